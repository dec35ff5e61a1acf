//! Progress of a run: a bar, plain lines, JSON lines or nothing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mbox2eml::source::Origin;
use serde::Serialize;

use crate::args::ProgressArg;
use crate::number;
use crate::terminal;

/// Counts what is done and shows it now and then. Counting is cheap enough to be done for every message.
pub(crate) struct Progress {
    bytes: AtomicU64,
    messages: AtomicU64,
    total: Option<u64>,
    begun: Instant,
    /// The mailbox that is being read.
    mailbox: Mutex<String>,
    display: Display,
}

enum Display {
    Nothing,
    Bar(ProgressBar),
    /// Lines, written at intervals.
    Lines {
        form: Form,
        every: Duration,
        last: Mutex<Instant>,
    },
}

/// A line of progress, for programs.
#[derive(Serialize)]
struct Line {
    event: &'static str,
    bytes: u64,
    total: Option<u64>,
    messages: u64,
    seconds: f64,
}

enum Form {
    Plain,
    Json,
}

/// The display is updated after this many bytes or messages.
const STEP_BYTES: u64 = 1 << 20;
const STEP_MESSAGES: u64 = 256;

/// The most characters of a mailbox's name: with the rest of the bar they fit 60 columns.
const NAME: usize = 20;

impl Progress {
    /// Progress of a run over `total` bytes, if that is known.
    pub(crate) fn new(how: ProgressArg, quiet: bool, total: Option<u64>) -> Self {
        let begun = Instant::now();
        let lines =
            |form, seconds| Display::Lines { form, every: Duration::from_secs(seconds), last: Mutex::new(begun) };
        let display = match how {
            ProgressArg::Auto if quiet => Display::Nothing,
            ProgressArg::Auto if terminal::is_watched() => Display::Bar(bar(total)),
            ProgressArg::Auto | ProgressArg::Plain => lines(Form::Plain, 5),
            ProgressArg::Bar => Display::Bar(bar(total)),
            ProgressArg::Json => lines(Form::Json, 1),
            ProgressArg::None => Display::Nothing,
        };
        let [bytes, messages] = [AtomicU64::new(0), AtomicU64::new(0)];
        Self { bytes, messages, total, begun, mailbox: Mutex::default(), display }
    }

    /// Names the mailbox that is read from now on.
    pub(crate) fn begin(&self, mailbox: &Origin) {
        if let (Display::Bar(bar), Ok(mut name)) = (&self.display, self.mailbox.lock()) {
            // The end says which one it is.
            *name = terminal::without_middle(terminal::escape(mailbox), NAME / 3, NAME);
            bar.set_message(name.clone());
        }
    }

    /// Counts bytes and messages that are done.
    pub(crate) fn advance(&self, bytes: u64, messages: u64) {
        let bytes_before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let messages_before = self.messages.fetch_add(messages, Ordering::Relaxed);
        let passes = |before: u64, more: u64, step: u64| before / step != (before + more) / step;
        if passes(bytes_before, bytes, STEP_BYTES) || passes(messages_before, messages, STEP_MESSAGES) {
            self.show();
        }
    }

    /// Writes something else to standard error without harm to the display.
    pub(crate) fn suspend(&self, write: impl FnOnce()) {
        match &self.display {
            Display::Bar(bar) => bar.suspend(write),
            Display::Nothing | Display::Lines { .. } => write(),
        }
    }

    /// Whether it is a bar, below which lines can be written.
    pub(crate) fn is_bar(&self) -> bool {
        matches!(self.display, Display::Bar(_))
    }

    /// Removes the display.
    pub(crate) fn end(&self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }

    fn show(&self) {
        match &self.display {
            Display::Nothing => {}
            Display::Bar(bar) => {
                bar.set_position(self.bytes.load(Ordering::Relaxed));
                let messages = number::count(self.messages.load(Ordering::Relaxed), "message");
                if let Ok(name) = self.mailbox.lock() {
                    bar.set_message(format!("{name}, {messages}"));
                }
            }
            Display::Lines { form, every, last } => {
                // If another thread has the clock, it writes the line.
                let Ok(mut last) = last.try_lock() else { return };
                if last.elapsed() >= *every {
                    *last = Instant::now();
                    self.line(form);
                }
            }
        }
    }

    fn line(&self, form: &Form) {
        let bytes = self.bytes.load(Ordering::Relaxed);
        let messages = self.messages.load(Ordering::Relaxed);
        let elapsed = self.begun.elapsed();
        match form {
            Form::Plain => terminal::eprint(format_args!("{}\n", self.plain(bytes, messages, elapsed))),
            Form::Json => {
                let (total, seconds) = (self.total, elapsed.as_secs_f64());
                terminal::eprint(terminal::json_line(&Line { event: "progress", bytes, total, messages, seconds }));
            }
        }
    }

    fn plain(&self, bytes: u64, messages: u64, elapsed: Duration) -> String {
        let messages = number::count(messages, "message");
        let rate = number::rate(bytes, elapsed).unwrap_or_default();
        let Some(total) = self.total.filter(|total| *total > 0) else {
            return format!("{messages}, {}, {rate}", number::size(bytes));
        };
        let percent = u128::from(bytes) * 100 / u128::from(total);
        let left = u128::from(total.saturating_sub(bytes)) * elapsed.as_millis() / u128::from(bytes.max(1));
        let left = number::time(Duration::from_millis(u64::try_from(left).unwrap_or(u64::MAX)));
        format!("{messages}, {} of {} ({percent} %), {rate}, {left} left", number::size(bytes), number::size(total))
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => {
            (ProgressBar::new(total), "{bar:8.green} {percent:>3} % of {binary_total_bytes}, {eta} left  {wide_msg}")
        }
        None => (ProgressBar::new_spinner(), "{spinner} {binary_bytes}, {binary_bytes_per_sec}  {wide_msg}"),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    // A template that did not parse would leave the library's own bar, which is good enough.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_people_shows_what_is_left_where_the_total_is_known() {
        for (total, expected) in [
            (None, "1,500 messages, 3.00 MiB, 1.50 MiB/s"),
            (Some(0), "1,500 messages, 3.00 MiB, 1.50 MiB/s"),
            (Some(12 << 20), "1,500 messages, 3.00 MiB of 12.00 MiB (25 %), 1.50 MiB/s, 6.00 s left"),
        ] {
            let progress = Progress::new(ProgressArg::Plain, false, total);
            assert!(matches!(progress.display, Display::Lines { form: Form::Plain, .. }));
            assert_eq!(progress.plain(3 << 20, 1500, Duration::from_secs(2)), expected);
        }
    }
}

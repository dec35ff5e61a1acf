//! Runs that end early: a reader that fails, and a user who stops the work.

use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

use mbox2eml::report::{Observer, Reported, Warning};
use mbox2eml::sink::{Directory, Durability, Encode, Entry, Placed, Sink};
use mbox2eml::source::{MappedFile, Origin, Stream};
use mbox2eml::split::SplitRule;
use mbox2eml::{Converter, Error, Mailbox, RunEnd, WriteError};
use proptest::prelude::*;
use proptest::sample::Index;
use tempfile::NamedTempFile;

use super::cases;
use super::choices::settings;
use super::mailbox::hostile;
use super::reruns::{contents, fill};
use super::run::{Copy, Kept, Memory, PATIENCE, Recorder, Settings, check_sums, convert, split_window, stream};
use super::sources::Broken;

/// An observer that cancels the run after some messages.
struct Stopping {
    left: AtomicUsize,
    recorder: Recorder,
}

impl Stopping {
    fn after(messages: usize) -> Self {
        Self { left: AtomicUsize::new(messages), recorder: Recorder::default() }
    }
}

impl Observer for Stopping {
    fn advanced(&self, _: u64, _: u64) {
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    }

    fn warned(&self, origin: &Origin, warning: &Warning, _: Option<Reported<'_>>) {
        self.recorder.warned(origin, warning, None);
    }

    fn cancelled(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }
}

/// An observer that stops the run while each of two workers is in a batch of its own.
#[derive(Default)]
struct StopsBoth {
    /// How many workers are in a batch.
    working: Mutex<usize>,
    joined: Condvar,
    stopped: AtomicBool,
    recorder: Recorder,
}

impl Observer for StopsBoth {
    fn advanced(&self, _: u64, _: u64) {
        let mut working = self.working.lock().unwrap();
        *working += 1;
        self.joined.notify_all();
        let (_guard, waited) = self.joined.wait_timeout_while(working, PATIENCE, |working| *working < 2).unwrap();
        assert!(!waited.timed_out(), "the second thread does not work");
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn warned(&self, origin: &Origin, warning: &Warning, _: Option<Reported<'_>>) {
        self.recorder.warned(origin, warning, None);
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

#[test]
fn lines_are_right_though_the_batch_before_was_left_unfinished() {
    let message = b"From ann@example.org Mon Jan  1 00:00:00 2024\n\nNo header field is above.\n\n";
    let observer = StopsBoth::default();
    // Four messages and a part of the fifth make a window, so that a batch has more than one.
    let mailbox = message.repeat(20);
    let source = stream(&mailbox, message.len() * 9 / 2);
    let done = Settings::raw(SplitRule::Any).converter(2).convert(source, Memory::default(), &observer);
    assert_eq!((done.ending, done.messages().found), (RunEnd::Cancelled, 2));
    let lines: Vec<_> = observer.recorder.warnings().iter().map(|w| (w.position.message, w.position.line)).collect();
    assert!(matches!(lines[..], [(1, 1), (second, line)] if line == 4 * (second - 1) + 1), "{lines:?}");
}

#[test]
fn the_first_error_is_the_result() {
    let missing = ["first", "second", "third"].map(|name| Stream::open(name).map(Mailbox::new));
    let done = Converter::builder().build().convert_all(missing.into_iter(), Memory::default(), &());
    let error = done.into_result().err().unwrap();
    assert!(error.to_string().starts_with("first: "), "{error}");
}

/// A sink that cuts its input as soon as it has the first message.
struct Cuts<'a> {
    mailbox: &'a File,
    length: u64,
    memory: Memory,
}

struct Cut<'a>(&'a File, u64);

impl Encode for Cut<'_> {
    type Item = Kept;

    fn encode(&self, entry: Entry<'_>) -> Result<Kept, WriteError> {
        let kept = Copy.encode(entry);
        self.0.set_len(self.1).unwrap();
        kept
    }
}

impl<'a> Sink for Cuts<'a> {
    type Encoder = Cut<'a>;
    type Receipt = Vec<Kept>;

    fn encoder(&self) -> Cut<'a> {
        Cut(self.mailbox, self.length)
    }

    fn put(&mut self, item: Kept) -> Result<Placed, WriteError> {
        self.memory.put(item)
    }

    fn finish(self) -> Vec<Kept> {
        self.memory.finish()
    }
}

/// All of it is in one page of memory, of which a byte stays, so that no signal is raised: what is cut off reads as zeros.
// Windows does not let a mapped file become shorter.
#[cfg(not(windows))]
#[test]
#[allow(unsafe_code)]
fn no_wrong_byte_of_a_mapped_file_is_written_when_it_becomes_shorter() {
    let message = b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Short\n\nA short body.\n\n";
    let mailbox = message.repeat(20);
    let length = |messages| u64::try_from(message.len() * messages).unwrap();
    for left in [1, length(1) - 1, length(1), length(3) + 50, length(20) - 1] {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&mailbox).unwrap();
        // SAFETY: not given, on purpose: the test is about what happens then.
        let source = unsafe { MappedFile::open(file.path()) }.unwrap();
        let sink = Cuts { mailbox: file.as_file(), length: left, memory: Memory::default() };
        let done = Settings::raw(SplitRule::Auto).converter(1).convert(source, sink, &());
        assert!(matches!(done.mailboxes[0].error, Some(Error::Changed { now, .. }) if now == left), "{left}");
        let body = &message[b"From ann@example.org Mon Jan  1 00:00:00 2024\n".len()..message.len() - 1];
        assert!(done.receipt.iter().all(|kept| kept.bytes == body), "{left}: {:?}", done.receipt);
    }
}

proptest! {
    #![proptest_config(cases(200))]

    /// The last message goes as far as it is certain.
    #[test]
    fn what_came_before_a_read_error_is_converted(
        mailbox in hostile(), at in any::<Index>(), settings in settings(), chunk in 1..2000_usize, threads in 1..3_usize,
    ) {
        let good = &mailbox[..at.index(mailbox.len() + 1)];
        let (done, recorder) = convert(Stream::new("broken", Broken(good)).chunk(chunk), &settings, threads);
        check_sums(&done);
        let error = done.mailboxes[0].error.as_ref().unwrap();
        let place = u64::try_from(good.len()).unwrap();
        let is_reported = matches!(error, Error::Read { byte, .. } if *byte == place);
        let decided = split_window(good, false, settings.rule);
        let refused = decided.refused.is_some();
        prop_assert!(is_reported || refused && matches!(error, Error::NotAnMbox { .. }), "{:?} not at {}", error, place);
        let found = u64::try_from(decided.spans.len()).unwrap();
        prop_assert!((found..=found + 1).contains(&done.messages().found), "{} {:?}", found, done.messages());
        prop_assert!(done.messages().failed <= 1);
        let (again, recorder_again) = convert(Stream::new("broken", Broken(good)).chunk(1 << 20), &settings, 1);
        prop_assert_eq!(&done.receipt, &again.receipt);
        prop_assert_eq!((done.messages(), done.bytes()), (again.messages(), again.bytes()));
        prop_assert_eq!(recorder.warnings(), recorder_again.warnings());
    }

    #[test]
    fn a_stopped_run_keeps_true_totals(
        mailbox in hostile(), after in 0..12_usize, settings in settings(), chunk in 1..800_usize, threads in 1..4_usize,
    ) {
        let (whole, recorder) = convert(stream(&mailbox, 1 << 20), &settings, 1);
        let observer = Stopping::after(after);
        let done = settings.converter(threads).convert(stream(&mailbox, chunk), Memory::default(), &observer);
        check_sums(&done);
        // A run asked to stop after its last message has nothing left to do.
        prop_assert!(done.ending == RunEnd::Complete || observer.cancelled(), "{:?}", done.ending);
        prop_assert!(done.ending == RunEnd::Cancelled || done.receipt == whole.receipt, "{:?}", done.ending);
        prop_assert!(done.receipt.iter().all(|kept| whole.receipt.contains(kept)));
        let known = recorder.warnings();
        for warning in observer.recorder.warnings() {
            prop_assert!(known.contains(&warning), "{:?} is not among {:?}", warning, known);
        }
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn a_stopped_run_is_completed_by_the_next(
        mailbox in hostile(), after in 0..12_usize, settings in settings(), chunk in 1..800_usize, threads in 1..4_usize,
    ) {
        let (folder, undisturbed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let _ = fill(undisturbed.path(), &mailbox, &settings, 1);
        let expected = contents(undisturbed.path());

        let sink = Directory::create(folder.path(), Durability::Cached).unwrap();
        let stopped = settings.converter(threads).convert(stream(&mailbox, chunk), sink, &Stopping::after(after));
        check_sums(&stopped);
        for (name, bytes) in contents(folder.path()) {
            prop_assert_eq!(Some(&bytes), expected.get(&name), "{} is not whole", name);
        }

        let completed = fill(folder.path(), &mailbox, &settings, threads);
        prop_assert_eq!(contents(folder.path()), expected);
        prop_assert_eq!(completed.messages().already_there, stopped.messages().written);
    }
}

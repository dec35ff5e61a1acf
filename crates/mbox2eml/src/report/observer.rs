//! Reports while a run goes on.

use super::{MailboxSummary, Record, Reported};
use crate::error::Error;
use crate::source::Origin;
use crate::warning::Warning;

/// Gets reports from a conversion while it runs. By default every method does nothing.
///
/// `advanced` and `cancelled` are called on any thread; the others in mailbox order, one at a time.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use mbox2eml::Converter;
/// use mbox2eml::report::Observer;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// #[derive(Default)]
/// struct Progress(AtomicU64);
///
/// impl Observer for Progress {
///     fn advanced(&self, bytes: u64, _messages: u64) {
///         self.0.fetch_add(bytes, Ordering::Relaxed);
///     }
/// }
///
/// let progress = Progress::default();
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let _ = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &progress);
/// assert_eq!(progress.0.into_inner(), 71);
/// ```
pub trait Observer: Sync {
    /// A mailbox was opened; `size` is in bytes, where it is known beforehand.
    fn started(&self, origin: &Origin, size: Option<u64>) {
        let _ = (origin, size);
    }

    /// This many more bytes and messages are done.
    fn advanced(&self, bytes: u64, messages: u64) {
        let _ = (bytes, messages);
    }

    /// There is a warning about a message; `None` if it is about the mailbox.
    fn warned(&self, origin: &Origin, warning: &Warning, message: Option<Reported<'_>>) {
        let _ = (origin, warning, message);
    }

    /// A message or a mailbox failed; the run goes on with the next.
    fn failed(&self, error: &Error) {
        let _ = error;
    }

    /// What is known of the next message, whatever became of it, if [records](super::Records) are kept.
    fn recorded(&self, origin: &Origin, record: &Record) {
        let _ = (origin, record);
    }

    /// A mailbox is done.
    fn finished(&self, summary: &MailboxSummary) {
        let _ = summary;
    }

    /// Whether the run should stop as soon as the messages being written are whole.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Ignores all reports.
impl Observer for () {}

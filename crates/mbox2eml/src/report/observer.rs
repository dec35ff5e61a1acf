//! Reports while a run goes on.

use super::{MailboxSummary, Record};
use crate::error::Error;
use crate::source::Origin;
use crate::warning::Warning;

/// Gets reports from a conversion while it runs. By default every method does nothing.
///
/// `advanced` and `cancelled` are called on any thread; the others in mailbox order, one at a time.
pub trait Observer: Sync {
    /// A mailbox was opened; `size` is in bytes, where it is known beforehand.
    fn started(&self, origin: &Origin, size: Option<u64>) {
        let _ = (origin, size);
    }

    /// So many more bytes and messages are done.
    fn advanced(&self, bytes: u64, messages: u64) {
        let _ = (bytes, messages);
    }

    /// There is a warning.
    fn warned(&self, origin: &Origin, warning: &Warning) {
        let _ = (origin, warning);
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

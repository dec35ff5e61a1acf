//! What a run reports: counts, a summary of each mailbox, a record of each message, and the observer that gets them.

mod about;
mod counts;
mod digest;
mod observer;
mod record;

pub use about::{About, Reported};
pub use counts::{ByteCounts, MessageCounts, MetadataCounts, ProofCounts};
pub use digest::{Digest, Hashing};
pub use observer::Observer;
pub use record::{Location, Record, Records, Status};

use std::ops::Range;

use crate::error::Error;
use crate::source::Origin;
use crate::split::Dialect;
pub use crate::tally::Tally;
pub use crate::warning::{Position, Warning, WarningCounts, WarningKind};

/// What was done with one mailbox.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &());
/// for mailbox in &done.mailboxes {
///     println!("{}: {} messages, {} bytes", mailbox.origin, mailbox.messages.found, mailbox.bytes.input);
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct MailboxSummary {
    /// The input it was read from.
    pub origin: Origin,
    /// Its folder in the output; empty for the output itself.
    pub folder: crate::name::Place,
    /// The folder of its export, if the mailboxes of exports share one tree.
    pub export: Option<String>,
    /// The offsets of the bytes that were to be converted, if not all.
    pub range: Option<Range<u64>>,
    /// Who wrote it, once known; `None` for an empty mailbox.
    pub dialect: Option<Dialect>,
    /// What became of its messages.
    pub messages: MessageCounts,
    /// Of the filtered ones, those that Thunderbird had marked as deleted.
    pub deleted: u64,
    /// Of all messages, those whose From_ line and topmost `Received` field are more than a day apart.
    pub two_dates: u64,
    /// When the first and the last of all its messages were received, in seconds since 1970.
    pub received: Option<(i64, i64)>,
    /// What its bytes are.
    pub bytes: ByteCounts,
    /// Its warnings.
    pub warnings: WarningCounts,
    /// What signatures say of the bodies, if they were checked.
    pub proof: Option<ProofCounts>,
    /// What the metadata of its export says of its messages, if there is any.
    pub metadata: Option<MetadataCounts>,
    /// Why it could not be read to its end, if so.
    pub error: Option<Error>,
}

impl MailboxSummary {
    /// Of a mailbox of which nothing was read yet.
    pub(crate) fn new(origin: Origin, folder: crate::name::Place, export: Option<String>) -> Self {
        Self {
            origin,
            folder,
            export,
            range: None,
            dialect: None,
            messages: MessageCounts::default(),
            deleted: 0,
            two_dates: 0,
            received: None,
            bytes: ByteCounts::default(),
            warnings: WarningCounts::default(),
            proof: None,
            metadata: None,
            error: None,
        }
    }

    /// The first of the two sums that does not add up, if any.
    pub(crate) fn unbalanced(&self) -> Option<Error> {
        let Self { origin, messages, bytes, .. } = self;
        let sums = [("messages", messages.found, messages.accounted()), ("bytes", bytes.input, bytes.accounted())];
        let (what, left, right) = sums.into_iter().find(|(_, left, right)| left != right)?;
        Some(Error::Unbalanced { origin: origin.clone(), what, left, right })
    }
}

/// How a run ended.
///
/// ```
/// use mbox2eml::report::Observer;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
/// use mbox2eml::{Converter, RunEnd};
///
/// struct Impatient;
/// impl Observer for Impatient {
///     fn cancelled(&self) -> bool {
///         true
///     }
/// }
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &Impatient);
/// assert_eq!(done.ending, RunEnd::Cancelled);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunEnd {
    /// All mailboxes were read.
    Complete,
    /// The observer asked to stop.
    Cancelled,
    /// Nothing more could be written: the disk is full, say.
    OutputFailed,
}

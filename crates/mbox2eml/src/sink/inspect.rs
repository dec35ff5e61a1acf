//! A sink that writes nothing and gathers what is in the mailboxes.

use super::{Encode, Entry, Placed, Sink, Statistics, WriteStatus};
use crate::message::{Field, Headers};
use crate::name::{EntryName, Place};
use crate::source::Origin;
use crate::transform::{LineStats, Quoting};
use crate::write_error::WriteError;

/// Gathers [`Statistics`] of each mailbox and of all together.
///
/// The converter has to read [`Inspect::FIELDS`] for it.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Inspect;
/// use mbox2eml::source::Stream;
///
/// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nFrom: ann@example.org\n\nHello\n\n"[..];
/// let converter = Converter::builder().read(Inspect::FIELDS).build();
/// let done = converter.convert(Stream::new("memory", mailbox), Inspect::default(), &()).into_result()?;
/// assert_eq!(done.receipt.total.senders.get("ann@example.org").unwrap().messages, 1);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Inspect(Findings);

/// What an [`Inspect`] has found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Findings {
    /// The mailboxes, in their order. Only the most frequent senders of each are kept.
    pub mailboxes: Vec<Statistics>,
    /// All together.
    pub total: Statistics,
}

impl Inspect {
    /// The header fields that it uses.
    pub const FIELDS: &[Field] = &[Field::Subject, Field::From, Field::Labels];

    /// How many senders of each mailbox are kept.
    const SENDERS: usize = 100;
}

/// The half of an [`Inspect`] for the workers.
#[derive(Clone, Copy, Debug)]
pub struct InspectEncoder;

/// What counts of one message.
#[derive(Clone, Debug)]
pub struct Inspected {
    pub(super) name: EntryName,
    /// Its number and its offset in the mailbox.
    pub(super) index: u64,
    pub(super) offset: u64,
    /// The size of its EML in bytes.
    pub(super) bytes: u64,
    pub(super) line_stats: LineStats,
    pub(super) quoting: Quoting,
    pub(super) headers: Headers,
}

impl Encode for InspectEncoder {
    type Item = Inspected;

    fn encode(&self, entry: Entry<'_>) -> Result<Inspected, WriteError> {
        let Entry { name, message, headers, eml, quoting } = entry;
        let (bytes, line_stats) = (eml.len(), *eml.line_stats());
        let (index, offset, headers) = (message.index, message.offset, headers.clone());
        Ok(Inspected { name, index, offset, bytes, line_stats, quoting, headers })
    }
}

impl Sink for Inspect {
    type Encoder = InspectEncoder;
    type Receipt = Findings;

    fn encoder(&self) -> InspectEncoder {
        InspectEncoder
    }

    fn begin(&mut self, _: &Origin, _: &Place) {
        self.end_mailbox();
        self.0.mailboxes.push(Statistics::default());
    }

    fn put(&mut self, message: Inspected) -> Result<Placed, WriteError> {
        if let Some(mailbox) = self.0.mailboxes.last_mut() {
            mailbox.add(&message);
        }
        Ok(Placed::new(message.name, WriteStatus::Written))
    }

    fn finish(mut self) -> Findings {
        self.end_mailbox();
        self.0
    }
}

impl Inspect {
    /// Adds the mailbox that ends here to the total.
    fn end_mailbox(&mut self) {
        let Findings { mailboxes, total } = &mut self.0;
        if let Some(mailbox) = mailboxes.last_mut() {
            *total += mailbox;
            mailbox.senders.keep_most_frequent(Self::SENDERS);
        }
    }
}

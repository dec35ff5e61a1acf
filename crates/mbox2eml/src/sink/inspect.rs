//! A sink that writes nothing and learns what is in the mailboxes.

use super::{Encode, Entry, Placed, Sink, Statistics, WriteStatus};
use crate::error::WriteError;
use crate::message::{Field, Headers};
use crate::name::{EntryName, Place};
use crate::source::Origin;
use crate::transform::{LineStats, Quoting};

/// Gathers [`Statistics`] of each mailbox and of all together.
///
/// Tell the converter to read what they are made of: [`Inspect::FIELDS`].
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Survey;
/// use mbox2eml::source::Stream;
///
/// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nFrom: ann@example.org\n\nHello\n\n"[..];
/// let converter = Converter::builder().read(Inspect::FIELDS).build();
/// let done = converter.convert(Stream::new("memory", mailbox), Survey::default(), &()).into_result()?;
/// assert_eq!(done.receipt.total.senders.get("ann@example.org").unwrap().messages, 1);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Inspect(Findings);

/// What a [`Inspect`] has found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Findings {
    /// The mailboxes, in their order. Of the senders of each only the most frequent are kept.
    pub mailboxes: Vec<Statistics>,
    /// All together.
    pub total: Statistics,
}

impl Inspect {
    /// The header fields that it looks at.
    pub const FIELDS: &[Field] = &[Field::Subject, Field::From, Field::Labels];

    /// So many senders are kept of each mailbox.
    const SENDERS: usize = 100;
}

/// The half of a [`Inspect`] for the workers.
#[derive(Clone, Copy, Debug)]
pub struct InspectEncoder;

/// What is noted of one message.
#[derive(Clone, Debug)]
pub struct Note {
    pub(super) name: EntryName,
    /// Its number and its place in the mailbox.
    pub(super) index: u64,
    pub(super) offset: u64,
    /// The size of its EML in bytes.
    pub(super) bytes: u64,
    pub(super) line_stats: LineStats,
    pub(super) quoting: Quoting,
    pub(super) headers: Headers,
}

impl Encode for InspectEncoder {
    type Item = Note;

    fn encode(&self, entry: Entry<'_>) -> Result<Note, WriteError> {
        let Entry { name, message, headers, eml, quoting } = entry;
        let (bytes, line_stats) = (eml.len(), *eml.line_stats());
        let (index, offset, headers) = (message.index, message.offset, headers.clone());
        Ok(Note { name, index, offset, bytes, line_stats, quoting, headers })
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

    fn put(&mut self, note: Note) -> Result<Placed, WriteError> {
        if let Some(mailbox) = self.0.mailboxes.last_mut() {
            mailbox.add(&note);
        }
        Ok(Placed::new(note.name, WriteStatus::Written))
    }

    fn finish(mut self) -> Findings {
        self.end_mailbox();
        self.0
    }
}

impl Inspect {
    /// Adds the mailbox that ends to the others.
    fn end_mailbox(&mut self) {
        let Findings { mailboxes, total } = &mut self.0;
        if let Some(mailbox) = mailboxes.last_mut() {
            *total += mailbox;
            mailbox.senders.keep_most_frequent(Self::SENDERS);
        }
    }
}

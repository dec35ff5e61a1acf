//! A sink that writes nothing and learns what is in the mailboxes.

use super::{Encode, Entry, Fate, Placed, Sink, Statistics};
use crate::error::WriteError;
use crate::message::{Field, Headers};
use crate::name::{EntryName, Folder};
use crate::source::Origin;
use crate::transform::{Census, Quoting};

/// Gathers [`Statistics`] of each mailbox and of all together.
///
/// Tell the converter to read what they are made of: [`Survey::FIELDS`].
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Survey;
/// use mbox2eml::source::Stream;
///
/// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nFrom: ann@example.org\n\nHello\n\n"[..];
/// let converter = Converter::builder().read(Survey::FIELDS).build();
/// let done = converter.convert(Stream::new("memory", mailbox), Survey::default(), &()).into_result()?;
/// assert_eq!(done.receipt.total.senders.get("ann@example.org").unwrap().messages, 1);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Survey(Findings);

/// What a [`Survey`] has found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Findings {
    /// The mailboxes, in their order. Of the senders of each only the most frequent are kept.
    pub mailboxes: Vec<Statistics>,
    /// All together.
    pub total: Statistics,
}

impl Survey {
    /// The header fields that it looks at.
    pub const FIELDS: &[Field] = &[Field::Subject, Field::From, Field::Labels];

    /// So many senders are kept of each mailbox.
    const SENDERS: usize = 100;
}

/// The half of a [`Survey`] for the workers.
#[derive(Clone, Copy, Debug)]
pub struct Surveyor;

/// What is noted of one message.
#[derive(Clone, Debug)]
pub struct Note {
    pub(super) name: EntryName,
    /// Its number and its place in the mailbox.
    pub(super) index: u64,
    pub(super) offset: u64,
    /// The size of its EML in bytes.
    pub(super) bytes: u64,
    pub(super) census: Census,
    pub(super) quoting: Quoting,
    pub(super) headers: Headers,
}

impl Encode for Surveyor {
    type Item = Note;

    fn encode(&self, entry: Entry<'_>) -> Result<Note, WriteError> {
        let Entry { name, message, headers, eml, quoting } = entry;
        let (bytes, census) = (eml.len(), *eml.census());
        let (index, offset, headers) = (message.index, message.offset, headers.clone());
        Ok(Note { name, index, offset, bytes, census, quoting, headers })
    }
}

impl Sink for Survey {
    type Encoder = Surveyor;
    type Receipt = Findings;

    fn encoder(&self) -> Surveyor {
        Surveyor
    }

    fn begin(&mut self, _: &Origin, _: &Folder) {
        self.end_mailbox();
        self.0.mailboxes.push(Statistics::default());
    }

    fn put(&mut self, note: Note) -> Result<Placed, WriteError> {
        if let Some(mailbox) = self.0.mailboxes.last_mut() {
            mailbox.add(&note);
        }
        Ok(Placed::new(note.name, Fate::Written))
    }

    fn finish(mut self) -> Findings {
        self.end_mailbox();
        self.0
    }
}

impl Survey {
    /// Adds the mailbox that ends to the others.
    fn end_mailbox(&mut self) {
        let Findings { mailboxes, total } = &mut self.0;
        if let Some(mailbox) = mailboxes.last_mut() {
            *total += mailbox;
            mailbox.senders.keep_most_frequent(Self::SENDERS);
        }
    }
}

//! Where messages go. One half of a sink runs on any worker, the other in mailbox order.

pub(crate) mod blocks;
mod compare;
pub(crate) mod comparison;
mod counter;
mod difference;
mod directory;
mod dry_run;
mod durability;
mod facts;
mod folder;
mod inspect;
mod mailboxes;
mod maildir;
mod measured;
pub(crate) mod output_folder;
mod renumbered;
mod statistics;
pub(crate) mod target;
mod volume_name;

pub use compare::{Compare, Differences, Existing, ExistingFolder};
pub use counter::Counter;
pub use directory::Directory;
pub use dry_run::DryRun;
pub use durability::Durability;
pub use inspect::{Findings, Inspect};
pub use mailboxes::{CompareMailboxes, ExistingMailboxes, Mailboxes, MailboxesBuilder, WrittenMailbox};
pub use maildir::{ExistingMaildir, Maildir};
pub use measured::Measured;
pub use statistics::{LargeMessage, Statistics};
pub use volume_name::VolumeName;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::Result;
use crate::message::{Field, Headers, RawMessage, Received};
use crate::name::{EntryName, Place};
use crate::source::Origin;
use crate::transform::{Eml, Quoting};
use crate::warning::WarningKind;
use crate::write_error::WriteError;

/// A message on its way out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// Its path below the output.
    pub name: EntryName,
    /// The message as it is in its mailbox.
    pub message: &'a RawMessage<'a>,
    /// The header fields that were asked for.
    pub headers: &'a Headers,
    /// Its bytes.
    pub eml: Eml<'a>,
    /// How its mailbox quotes, as far as this message shows.
    pub quoting: Quoting,
    /// What its bytes are part of, which a sink may keep instead of a copy.
    pub(crate) shared: Option<&'a Bytes>,
}

impl<'a> Entry<'a> {
    /// An entry as a converter makes it, for tests of an [`Encode`].
    ///
    /// ```
    /// use mbox2eml::message::{Headers, RawMessage};
    /// use mbox2eml::name::EntryName;
    /// use mbox2eml::sink::{DryRun, Encode, Entry, Sink};
    /// use mbox2eml::transform::{Eml, Eol, Quoting};
    ///
    /// let message = RawMessage::new(b"From -\n", b"Subject: lunch\n\nAt noon?\n");
    /// let headers = Headers::default();
    /// let eml = Eml::new(message.bytes, Quoting::None, Eol::Crlf);
    /// let entry = Entry::new(EntryName::new("in/1.eml")?, &message, &headers, eml);
    ///
    /// let mut sink = DryRun::default();
    /// let item = sink.encoder().encode(entry)?;
    /// assert_eq!(sink.put(item)?.name.as_str(), "in/1.eml");
    /// assert_eq!(sink.finish()["in"].bytes, 28);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(name: EntryName, message: &'a RawMessage<'a>, headers: &'a Headers, eml: Eml<'a>) -> Self {
        Self { name, message, headers, eml, quoting: Quoting::None, shared: None }
    }

    /// When it was received: the time for its file.
    pub fn received(&self) -> Option<Received> {
        self.headers.received
    }
}

/// Whether an entry had to be written.
///
/// ```
/// use mbox2eml::name::EntryName;
/// use mbox2eml::sink::{Placed, WriteStatus};
///
/// let placed = Placed::new(EntryName::new("in/1.eml")?, WriteStatus::AlreadyThere);
/// assert_ne!(placed.status, WriteStatus::Written);
/// # Ok::<(), mbox2eml::name::EntryNameError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteStatus {
    /// It was written, or completed where a part of it existed.
    Written,
    /// It existed with the same bytes.
    AlreadyThere,
}

/// Where an entry was put.
///
/// ```
/// use mbox2eml::name::EntryName;
/// use mbox2eml::sink::{Placed, SinkWarning, WriteStatus};
///
/// let name = EntryName::new("in/1.eml")?.alternative(2);
/// let placed = Placed::new(name, WriteStatus::Written).with_warnings([SinkWarning::NAME_TAKEN]);
/// assert_eq!(placed.name.as_str(), "in/1~2.eml");
/// # Ok::<(), mbox2eml::name::EntryNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placed {
    /// The name it has in the output.
    pub name: EntryName,
    /// The archive or mailbox that it is in, if any. If that is never completed, the entry counts as failed.
    pub volume: Option<VolumeName>,
    /// Where in the file of this name it begins, if that is a mailbox.
    pub offset: Option<u64>,
    /// Whether it had to be written.
    pub status: WriteStatus,
    /// What is unusual about its place.
    pub warnings: Vec<SinkWarning>,
    /// What people call its folder, where that is not the folder of its name.
    folder: Option<Arc<str>>,
}

impl Placed {
    /// An entry that is where it was meant to be.
    pub fn new(name: EntryName, status: WriteStatus) -> Self {
        Self { name, volume: None, offset: None, status, warnings: Vec::new(), folder: None }
    }

    /// The same in what people call this folder: `Work/Clients` for a file in `.Work.Clients/cur`.
    #[must_use]
    pub fn in_folder(self, folder: impl Into<Arc<str>>) -> Self {
        Self { folder: Some(folder.into()), ..self }
    }

    /// Its folder, as people call it: under this name it is counted.
    pub fn folder(&self) -> &str {
        self.folder.as_deref().unwrap_or(self.name.folder())
    }

    /// The same at this offset in a mailbox.
    #[must_use]
    pub fn at(self, offset: u64) -> Self {
        Self { offset: Some(offset), ..self }
    }

    /// The same in an archive or a mailbox that is to be completed.
    #[must_use]
    pub fn in_volume(self, volume: VolumeName) -> Self {
        Self { volume: Some(volume), ..self }
    }

    /// The same with these warnings.
    #[must_use]
    pub fn with_warnings(self, warnings: impl IntoIterator<Item = SinkWarning>) -> Self {
        Self { warnings: warnings.into_iter().collect(), ..self }
    }
}

/// Something unusual about the place of an entry. The converter adds the message's position.
///
/// ```
/// use mbox2eml::report::WarningKind;
/// use mbox2eml::sink::SinkWarning;
///
/// let warning = SinkWarning::new(WarningKind::Other, "too large to be indexed: it was stored without");
/// assert_eq!(warning.kind, WarningKind::Other);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SinkWarning {
    /// Its kind, for counting.
    pub kind: WarningKind,
    /// What was found and what was done, in one sentence.
    pub why: Cow<'static, str>,
}

impl SinkWarning {
    /// The entry's name was taken.
    pub const NAME_TAKEN: Self = Self {
        kind: WarningKind::NameTaken,
        why: Cow::Borrowed("name already taken by a different file: saved under the next free one"),
    };

    /// A warning of this kind; [`WarningKind::Other`] for one that only this sink has.
    pub fn new(kind: WarningKind, why: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, why: why.into() }
    }
}

/// The half of a sink that works on one message at a time, on any worker, in any order.
///
/// ```
/// use mbox2eml::WriteError;
/// use mbox2eml::name::EntryName;
/// use mbox2eml::sink::{Encode, Entry};
///
/// /// Encodes messages as they are uploaded.
/// struct Upload;
///
/// impl Encode for Upload {
///     type Item = (EntryName, Vec<u8>);
///
///     fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
///         let bytes = entry.eml.to_bytes().into_owned();
///         Ok((entry.name, bytes))
///     }
///
///     fn weight((_, bytes): &Self::Item) -> u64 {
///         bytes.len().try_into().unwrap_or(u64::MAX)
///     }
/// }
/// ```
pub trait Encode: Sync {
    /// What the other half gets.
    type Item: Send;

    /// Does the work that needs no order: writes a file, compresses an entry.
    ///
    /// # Errors
    /// [`WriteError`] if the entry cannot be written. The other entries are not affected.
    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError>;

    /// Does the work for the same message under another name. Default: [`encode`](Self::encode). A sink that compresses
    /// can use the result again.
    ///
    /// # Errors
    /// As for [`encode`](Self::encode).
    fn copy(&self, entry: Entry<'_>, first: &Self::Item) -> Result<Self::Item, WriteError> {
        let _ = first;
        self.encode(entry)
    }

    /// How many bytes of memory an item takes until it is put, to keep them bounded. Default: 0, for an item that is
    /// written already.
    fn weight(item: &Self::Item) -> u64 {
        let _ = item;
        0
    }
}

/// A place for messages.
///
/// See `examples/custom_sink.rs` for one that keeps the messages in a map.
///
/// ```
/// use mbox2eml::name::EntryName;
/// use mbox2eml::sink::{Encode, Entry, Placed, Sink, WriteStatus};
/// use mbox2eml::source::Memory;
/// use mbox2eml::{Converter, WriteError};
///
/// /// Adds up the bytes that would be written.
/// #[derive(Default)]
/// struct Size(u64);
///
/// /// Its half for the workers.
/// struct Measure;
///
/// impl Encode for Measure {
///     type Item = (EntryName, u64);
///
///     fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
///         Ok((entry.name, entry.eml.len()))
///     }
/// }
///
/// impl Sink for Size {
///     type Encoder = Measure;
///     type Receipt = u64;
///
///     fn encoder(&self) -> Measure {
///         Measure
///     }
///
///     fn put(&mut self, (name, bytes): (EntryName, u64)) -> Result<Placed, WriteError> {
///         self.0 += bytes;
///         Ok(Placed::new(name, WriteStatus::Written))
///     }
///
///     fn finish(self) -> u64 {
///         self.0
///     }
/// }
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), Size::default(), &());
/// assert_eq!(done.receipt, 28);
/// ```
pub trait Sink: Send {
    /// The half for the workers.
    type Encoder: Encode;
    /// What the sink reports at the end.
    type Receipt;

    /// The half for the workers.
    fn encoder(&self) -> Self::Encoder;

    /// The header fields that it reads: an entry's [`Headers`] have them and those that names and filters need.
    /// Default: none.
    fn fields(&self) -> Vec<Field> {
        Vec::new()
    }

    /// A mailbox begins, whose entries come next. Default: does nothing.
    fn begin(&mut self, origin: &Origin, place: &Place) {
        let _ = (origin, place);
    }

    /// Takes one encoded entry. Called in mailbox order.
    ///
    /// # Errors
    /// [`WriteError`] if the entry cannot be written. The other entries are not affected.
    fn put(&mut self, item: <Self::Encoder as Encode>::Item) -> Result<Placed, WriteError>;

    /// Completes the output after the last entry. Not called if the run ends early. Default: does nothing.
    ///
    /// # Errors
    /// If the output cannot be completed.
    fn close(&mut self) -> Result<()> {
        Ok(())
    }

    /// Ends the output, early if it was not [closed](Self::close), and reports.
    fn finish(self) -> Self::Receipt;
}

/// Takes every message and keeps none.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &());
/// assert_eq!(done.messages().written, 1);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl Encode for Null {
    type Item = Placed;

    fn encode(&self, entry: Entry<'_>) -> Result<Placed, WriteError> {
        Ok(Placed::new(entry.name, WriteStatus::Written))
    }
}

impl Sink for Null {
    type Encoder = Self;
    type Receipt = ();

    fn encoder(&self) -> Self {
        *self
    }

    fn put(&mut self, item: Placed) -> Result<Placed, WriteError> {
        Ok(item)
    }

    fn finish(self) {}
}

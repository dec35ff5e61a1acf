//! Where messages go. A sink has a half that runs on any worker and a half that runs in mailbox order.

mod compare;
mod directory;
mod dry_run;
mod folder;
mod inspect;
mod null;
mod statistics;
mod volume_name;

pub use compare::{Compare, Differences, Existing, ExistingFolder};
pub use directory::{Directory, Durability};
pub use dry_run::DryRun;
pub use inspect::{Findings, Inspect};
pub use null::Null;
pub use statistics::{Counter, LargeMessage, Statistics};
pub use volume_name::VolumeName;

use crate::error::{Result, WriteError};
use crate::message::{Headers, RawMessage, Received};
use crate::name::{EntryName, Place};
use crate::source::Origin;
use crate::transform::{Eml, Quoting};
use crate::warning::WarningKind;

/// A message on its way out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// Its path below the output.
    pub name: EntryName,
    /// The message as it stands in its mailbox.
    pub message: &'a RawMessage<'a>,
    /// What it says of itself, as far as anybody wanted to know.
    pub headers: &'a Headers,
    /// Its bytes.
    pub eml: Eml<'a>,
    /// The quoting that was undone in them, as far as there was any.
    pub quoting: Quoting,
}

impl Entry<'_> {
    /// When it was received; the time its file shall bear.
    pub fn received(&self) -> Option<Received> {
        self.headers.received
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteStatus {
    /// It was written, or a part that was there was completed.
    Written,
    /// It was there with the same bytes.
    AlreadyThere,
}

/// Where an entry was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The name it has in the output.
    pub name: EntryName,
    /// The archive that it stands in, if any.
    pub volume: Option<VolumeName>,
    /// What became of it.
    pub fate: WriteStatus,
    /// What is odd about the place.
    pub warnings: Vec<SinkWarning>,
}

impl Placed {
    /// An entry that was put where it asked to be.
    pub fn new(name: EntryName, fate: WriteStatus) -> Self {
        Self { name, volume: None, fate, warnings: Vec::new() }
    }
}

/// Something odd about the place of an entry: a warning to which the converter adds the message's position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SinkWarning {
    /// What sort of oddity it is, for counting.
    pub kind: WarningKind,
    /// What was met and what was done, in one sentence.
    pub why: &'static str,
}

impl SinkWarning {
    /// The entry's name was taken.
    pub const NAME_TAKEN: Self =
        Self { kind: WarningKind::NameTaken, why: "another file has its name: it got the next free one" };
}

/// The half of a sink that works on one message at a time, on any worker, in any order.
pub trait Encode: Sync {
    /// What is handed over to the ordered half.
    type Item: Send;

    /// Does the work that needs no order: writes a file, compresses an entry.
    ///
    /// # Errors
    /// [`WriteError`] if the entry cannot be put into the output; the others go on.
    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError>;

    /// Does it again for the same message under another name. Default: [`encode`](Self::encode); a sink that compresses
    /// has the work done already.
    ///
    /// # Errors
    /// As for [`encode`](Self::encode).
    fn copy(&self, entry: Entry<'_>, first: &Self::Item) -> Result<Self::Item, WriteError> {
        let _ = first;
        self.encode(entry)
    }

    /// How many bytes an item holds until its turn comes, so that memory can be bounded. Default: 0, which is right
    /// for an item that is in its place already.
    fn weight(item: &Self::Item) -> u64 {
        let _ = item;
        0
    }
}

/// A place for messages.
///
/// See `examples/custom_sink.rs` for one that keeps the messages in a map.
pub trait Sink: Send {
    /// The half for the workers.
    type Encoder: Encode;
    /// What is known when all is done.
    type Receipt;

    /// The half for the workers.
    fn encoder(&self) -> Self::Encoder;

    /// Whose entries come next; called in mailbox order, before the first of them. Default: does nothing.
    fn begin(&mut self, origin: &Origin, folder: &Place) {
        let _ = (origin, folder);
    }

    /// Takes over one encoded entry; called in mailbox order.
    ///
    /// # Errors
    /// [`WriteError`] if the entry cannot be put into the output; the others go on.
    fn put(&mut self, item: <Self::Encoder as Encode>::Item) -> Result<Placed, WriteError>;

    /// How many of the entries last put would not be there, or not be known to be there, if the output ended here, early.
    /// Default: 0, which is right for a sink that has each entry in its place at once.
    fn unfinished(&self) -> u64 {
        0
    }

    /// Brings the output to a good end, when all entries were put. What it could not finish counts as
    /// [`unfinished`](Self::unfinished). Default: nothing is left to do.
    ///
    /// # Errors
    /// If the output cannot be completed; it ends early then.
    fn close(&mut self) -> Result<()> {
        Ok(())
    }

    /// What is known when all is done; the output ends here, early unless it was [closed](Self::close).
    fn finish(self) -> Self::Receipt;
}

//! Where messages go. A sink has a half that runs on any worker and a half that runs in mailbox order.

mod directory;
mod null;

pub use directory::{Directory, Durability};
pub use null::Null;

use crate::error::{Result, WriteError};
use crate::message::Received;
use crate::name::EntryName;
use crate::transform::Eml;

/// A message on its way out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// Its path below the output.
    pub name: EntryName,
    /// When it was received; the time its file shall bear.
    pub received: Option<Received>,
    /// Its bytes.
    pub eml: Eml<'a>,
}

impl<'a> Entry<'a> {
    /// An entry for a sink.
    pub fn new(name: EntryName, received: Option<Received>, eml: Eml<'a>) -> Self {
        Self { name, received, eml }
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
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
    /// Whether that is another than it asked for, which was taken.
    pub moved: bool,
    /// What became of it.
    pub fate: Fate,
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
}

/// A place for messages.
///
/// See `examples/custom_sink.rs` for one that counts instead of writing.
pub trait Sink: Send {
    /// The half for the workers.
    type Encoder: Encode;
    /// What is known when all is done.
    type Receipt;

    /// The half for the workers.
    fn encoder(&self) -> Self::Encoder;

    /// Takes over one encoded entry; called in mailbox order.
    ///
    /// # Errors
    /// [`WriteError`] if the entry cannot be put into the output; the others go on.
    fn put(&mut self, item: <Self::Encoder as Encode>::Item) -> Result<Placed, WriteError>;

    /// Ends the output.
    ///
    /// # Errors
    /// If the output cannot be brought to a good end.
    fn finish(self) -> Result<Self::Receipt>;
}

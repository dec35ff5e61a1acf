//! A mailbox in memory.

use bytes::Bytes;

use super::{CHUNK, Origin, Source, Window, longer};
use crate::error::Result;
use crate::size::to_u64;

/// A mailbox in memory. No byte is copied.
///
/// ```
/// use mbox2eml::Mbox;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From a@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\nHello\n";
/// assert_eq!(Mbox::new(Memory::new("upload.mbox", mailbox)).messages().count(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Memory {
    origin: Origin,
    bytes: Bytes,
    position: u64,
    shown: usize,
}

impl Memory {
    /// The mailbox in `bytes`, with a name for messages to people.
    pub fn new(origin: impl Into<Origin>, bytes: impl Into<Bytes>) -> Self {
        Self { origin: origin.into(), bytes: bytes.into(), position: 0, shown: CHUNK }
    }
}

impl Source for Memory {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn size(&self) -> Option<u64> {
        Some(self.position + to_u64(self.bytes.len()))
    }

    fn window(&mut self) -> Result<Window<'_>> {
        let end = self.shown.min(self.bytes.len());
        self.shown = longer(self.shown, CHUNK);
        Ok(Window { base: self.position, bytes: &self.bytes[..end], at_end: end == self.bytes.len() })
    }

    fn take(&mut self, count: usize) -> Bytes {
        let taken = self.bytes.split_to(count.min(self.bytes.len()));
        self.position += to_u64(taken.len());
        self.shown = CHUNK;
        taken
    }
}

//! From one checkpoint to the next.

use std::ops::Range;
use std::sync::Arc;

use super::{Checkpoint, CheckpointError};

/// Messages of a mailbox that follow one another, from one checkpoint to a later one of the same plan. A clone is
/// cheap.
///
/// ```
/// use mbox2eml::Mbox;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nFrom b Mon Jan  1 00:00:00 2024\nSubject: 2\n\n";
/// for range in Mbox::from_bytes(mailbox).plan(1 << 30) {
///     let range = range?;
///     assert_eq!((range.bytes(), range.messages()), (0..88, 2));
/// }
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRange(Arc<Ends>);

#[derive(Debug, PartialEq, Eq)]
struct Ends {
    start: Checkpoint,
    end: Checkpoint,
}

impl MessageRange {
    /// The range between two checkpoints, which need not be neighbours.
    ///
    /// # Errors
    /// If they are of different mailboxes or plans, or in the wrong order.
    pub fn new(start: Checkpoint, end: Checkpoint) -> Result<Self, CheckpointError> {
        if start.leads_to(&end) { Ok(Self::between(start, end)) } else { Err(CheckpointError::NoRange) }
    }

    /// The range between two checkpoints that a plan has made.
    pub(super) fn between(start: Checkpoint, end: Checkpoint) -> Self {
        Self(Arc::new(Ends { start, end }))
    }

    /// Where it begins.
    pub fn start(&self) -> &Checkpoint {
        &self.0.start
    }

    /// Where it ends, and the next one begins.
    pub fn end(&self) -> &Checkpoint {
        &self.0.end
    }

    /// The offsets of its bytes in the mailbox.
    pub fn bytes(&self) -> Range<u64> {
        self.0.start.offset()..self.0.end.offset()
    }

    /// How many messages it has.
    pub fn messages(&self) -> u64 {
        self.0.end.message() - self.0.start.message()
    }
}

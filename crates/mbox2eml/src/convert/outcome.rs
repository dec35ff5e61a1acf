//! What became of a batch: handed by the workers to the ledger.

use crate::error::WriteError;
use crate::report::{ByteCounts, Position, Warning};
use crate::select::Unwanted;
use crate::split::Profile;

/// The results of one batch.
pub(super) struct Outcome<T> {
    /// How many messages the batch has, counted apart from what became of them.
    pub(super) found: u64,
    /// What became of each message, in order.
    pub(super) messages: Vec<(Position, Became<T>)>,
    /// What was odd. Lines count from the batch's start.
    pub(super) warnings: Vec<Warning>,
    pub(super) bytes: ByteCounts,
    /// How many lines the batch has.
    pub(super) lines: u64,
    /// Whether the run was stopped before all its messages were worked on.
    pub(super) interrupted: bool,
    /// Who wrote the mailbox, as far as it was read.
    pub(super) profile: Option<Profile>,
}

/// What became of one message, as far as a worker can tell.
pub(super) enum Became<T> {
    /// It goes to the sink's ordered half, with its copies under other names.
    Encoded { first: T, copies: Vec<T> },
    /// It is left behind.
    Unwanted(Unwanted),
    /// It could not be written.
    Failed(WriteError),
}

//! What became of a batch: handed by the workers to the ledger.

use std::borrow::Cow;

use crate::error::WriteError;
use crate::proof::Verdict;
use crate::report::{ByteCounts, Position, Record, Status, Warning};
use crate::select::SkipReason;
use crate::split::Dialect;

/// The results of one batch.
pub(super) struct Outcome<T> {
    /// How many messages the batch has, counted apart from what became of them.
    pub(super) found: u64,
    /// What was done with each message, in order.
    pub(super) messages: Vec<Worked<T>>,
    /// What was odd. Lines count from the batch's start.
    pub(super) warnings: Vec<Warning>,
    pub(super) bytes: ByteCounts,
    /// How many lines the batch has.
    pub(super) lines: u64,
    /// Whether the run was stopped before all its messages were worked on.
    pub(super) interrupted: bool,
    /// Who wrote the mailbox, as far as it was read.
    pub(super) profile: Option<Dialect>,
}

/// What was done with one message.
pub(super) struct Worked<T> {
    pub(super) position: Position,
    pub(super) became: Became<T>,
    /// What its signatures say of its body, if that was to be found out.
    pub(super) verdict: Option<Verdict>,
    /// What is known of it, if records are kept; what became of it is not yet told in it.
    pub(super) record: Option<Box<Record>>,
}

/// What became of one message, as far as a worker can tell.
pub(super) enum Became<T> {
    /// It goes to the sink's ordered half, with its copies under other names.
    Encoded { first: T, copies: Vec<T> },
    /// It is left behind.
    SkipReason(SkipReason),
    /// It could not be written.
    Failed(WriteError),
}

impl<T> Became<T> {
    /// The same as it stands in a record, and why, if it is left behind or failed.
    pub(super) fn status(&self) -> (Status, Option<Cow<'static, str>>) {
        match self {
            Self::Encoded { .. } => (Status::Written, None),
            Self::SkipReason(why) => (why.status(), Some(why.as_str().into())),
            Self::Failed(failure) => (Status::Failed, Some(failure.whole_story().into())),
        }
    }
}

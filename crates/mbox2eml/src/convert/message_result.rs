//! What was done with the messages of a batch: passed from the threads that work to the totals.

use std::borrow::Cow;

use crate::proof::Verdict;
use crate::report::{ByteCounts, Record, Status};
use crate::select::SkipReason;
use crate::split::Dialect;
use crate::warning::{Position, Warning};
use crate::write_error::WriteError;

/// What was done with one message. Lines count from the start of its batch.
pub(super) struct MessageResult<T> {
    pub(super) position: Position,
    pub(super) outcome: Outcome<T>,
    /// What its signatures say of its body, if they were checked.
    pub(super) verdict: Option<Verdict>,
    /// When it was received, in seconds since 1970.
    pub(super) received: Option<i64>,
    /// Whether its From_ line and its topmost `Received` field are more than a day apart.
    pub(super) has_two_dates: bool,
    pub(super) warnings: Vec<Warning>,
    /// Its folder, if that had to be cut.
    pub(super) cut_folder: Option<String>,
    /// A copy of what is known of it, if records are kept. Its warnings are added last.
    pub(super) record: Option<Box<Record>>,
}

/// What became of one message, as far as is known before its turn.
pub(super) enum Outcome<T> {
    /// It goes to the ordered half of the sink, with its copies under other names.
    Encoded { first: T, copies: Vec<T> },
    /// It is not wanted.
    Skipped(SkipReason),
    /// It could not be written.
    Failed(WriteError),
}

impl<T> Outcome<T> {
    /// The same for a record, with the reason why a message is not in the output.
    pub(super) fn status(&self) -> (Status, Option<Cow<'static, str>>) {
        match self {
            Self::Encoded { .. } => (Status::Written, None),
            Self::Skipped(why) => (why.into(), Some(why.text())),
            Self::Failed(failure) => (Status::Failed, Some(failure.whole_story().into())),
        }
    }

    pub(super) fn is_encoded(&self) -> bool {
        matches!(self, Self::Encoded { .. })
    }
}

/// What was done with a batch.
pub(super) struct BatchResult<T> {
    /// How many messages the batch has, counted apart from what became of them.
    pub(super) found: u64,
    /// Where its bytes belong; `input` is counted apart from the others.
    pub(super) bytes: ByteCounts,
    /// How many lines it has.
    pub(super) lines: u64,
    /// Warnings about a batch without messages.
    pub(super) warnings: Vec<Warning>,
    pub(super) messages: Vec<MessageResult<T>>,
    /// Whether the run was stopped before all its messages were worked on.
    pub(super) interrupted: bool,
    /// Who wrote the mailbox, as far as it was read.
    pub(super) dialect: Option<Dialect>,
}

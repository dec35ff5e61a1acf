//! What was done with the messages of a batch: passed from the threads that work to the totals.

use super::event::Work;
use crate::metadata::Joined;
use crate::proof::Verdict;
use crate::report::{ByteCounts, Record};
use crate::select::SkipReason;
use crate::sink::Encode;
use crate::size::to_u64;
use crate::split::Dialect;
use crate::warning::{Position, Warning};
use crate::write_error::WriteError;

/// What was done with one message. Lines count from the start of its batch.
pub(super) struct MessageResult<T> {
    pub(super) position: Position,
    pub(super) outcome: Outcome<T>,
    /// What its signatures say of its body, if they were checked.
    pub(super) verdict: Option<Verdict>,
    /// What the metadata of its export says of it, if there is any.
    pub(super) joined: Option<Joined>,
    /// When it was received, in seconds since 1970.
    pub(super) received: Option<i64>,
    /// Whether its From_ line and its topmost `Received` field are more than a day apart.
    pub(super) has_two_dates: bool,
    pub(super) warnings: Vec<Warning>,
    /// Its folder, if that had to be cut.
    pub(super) cut_folder: Option<String>,
    /// What is known of it, if records are kept. What became of it is added last.
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

/// What was done with a batch, and the batch itself, in case something has to be reported of one of its messages.
pub(super) struct Done<T> {
    pub(super) work: Work,
    pub(super) result: BatchResult<T>,
}

impl<T> Done<T> {
    /// How many bytes of memory it holds until it is counted.
    pub(super) fn weight<E: Encode<Item = T>>(&self) -> u64 {
        let Self { work: Work { info, batch, .. }, result } = self;
        // Those of a mapped file take no memory of their own.
        let bytes = if info.cut_check.is_some() { 0 } else { to_u64(batch.bytes.len()) };
        let items = |outcome: &Outcome<T>| match outcome {
            Outcome::Encoded { first, copies } => E::weight(first) + copies.iter().map(E::weight).sum::<u64>(),
            Outcome::Skipped(_) | Outcome::Failed(_) => 0,
        };
        let records = |message: &MessageResult<T>| message.record.as_ref().map_or(0, |record| record.weight());
        bytes + result.messages.iter().map(|message| items(&message.outcome) + records(message)).sum::<u64>()
    }
}

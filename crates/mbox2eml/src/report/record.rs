//! What is known of one message, whatever became of it.

use std::borrow::Cow;

use super::{Digest, Position, Warning};
use crate::message::{Field, Headers};
use crate::name::EntryName;
use crate::proof::Verdict;
use crate::sink::VolumeName;
use crate::size::to_u64;

/// Whether a record of every message is kept, for [`Observer::recorded`](super::Observer::recorded).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Records {
    /// No: it costs the reading of more header fields, and a SHA-256 of every EML. The default.
    #[default]
    Off,
    /// Of every message found.
    All,
}

/// What is known of one message that was found: a row of a manifest.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// Its number, and the byte and the line at which its From_ line begins.
    pub position: Position,
    /// How many bytes it takes in the mailbox, its From_ line and its separator included: the next one begins after them.
    pub length: u64,
    /// The From_ line without its line end.
    pub from_line: Vec<u8>,
    /// What it says of itself, as far as [`Record::FIELDS`] tell.
    pub headers: Headers,
    /// What became of it.
    pub status: Status,
    /// Why, if it was left behind or failed.
    pub reason: Option<Cow<'static, str>>,
    /// Where it stands in the output, once for each copy; of one that failed, the copies that are there all the same.
    pub places: Vec<Place>,
    /// Its EML, if it was written or is there already.
    pub digest: Option<Digest>,
    /// What its signatures say of its body, if that was to be found out.
    pub verdict: Option<Verdict>,
    /// What was odd about it.
    pub warnings: Vec<Warning>,
}

impl Record {
    /// The header fields that records hold.
    pub const FIELDS: &[Field] = &[
        Field::Date,
        Field::FromText,
        Field::ToText,
        Field::CcText,
        Field::Subject,
        Field::MessageId,
        Field::GmailThread,
        Field::Labels,
        Field::Flags,
    ];

    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> u64 {
        let Headers { subject, from_text, to_text, cc_text, message_id, labels, date, .. } = &self.headers;
        let texts = [subject, from_text, to_text, cc_text, message_id, date].into_iter().flatten().chain(labels);
        to_u64(size_of::<Self>() + self.from_line.len() + texts.map(String::len).sum::<usize>())
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// It was written in this run, or completed.
    Written,
    /// It was there with the same bytes.
    AlreadyThere,
    /// It repeats an earlier message.
    Duplicate,
    /// It was not wanted.
    Filtered,
    /// It could not be written.
    Failed,
}

impl Status {
    /// Its name in reports, such as `already_there`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::AlreadyThere => "already_there",
            Self::Duplicate => "duplicate",
            Self::Filtered => "filtered",
            Self::Failed => "failed",
        }
    }
}

/// Where a message stands in the output.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Place {
    /// Its path below the output, or in the archive.
    pub name: EntryName,
    /// The archive that it stands in, if any.
    pub volume: Option<VolumeName>,
}

//! What is known of one message, whatever became of it.

use std::borrow::Cow;

use super::Digest;
use crate::keyword::keywords;
use crate::message::{Field, Headers};
use crate::metadata::Check;
use crate::name::EntryName;
use crate::proof::Verdict;
use crate::select::SkipReason;
use crate::sink::VolumeName;
use crate::size::to_u64;
use crate::warning::{Position, Warning};

/// Whether a record of every message is kept, for [`Observer::recorded`](super::Observer::recorded).
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::report::Records;
///
/// let converter = Converter::builder().records(Records::All).build();
/// # drop(converter);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Records {
    /// No: it costs the reading of more header fields, and a SHA-256 of every EML. The default.
    #[default]
    Off,
    /// Of every message found.
    All,
}

keywords!(Records, "choice of records", Off = "off", All = "all");

/// What is known of one message that was found: a row of a manifest.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::report::{Observer, Record, Records};
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::{Memory, Origin};
///
/// struct Manifest;
/// impl Observer for Manifest {
///     fn recorded(&self, origin: &Origin, record: &Record) {
///         assert_eq!((origin.to_string().as_str(), record.position.message), ("in", 1));
///         assert_eq!(record.from_line, b"From ann@example.org Mon Jan  1 00:00:00 2024");
///         assert_eq!(record.headers.subject.as_deref(), Some("Lunch"));
///     }
/// }
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().records(Records::All).build();
/// let _ = converter.convert(Memory::new("in", mailbox), Null, &Manifest);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// Its number, and the byte and the line at which its From_ line begins.
    pub position: Position,
    /// How many bytes it takes in the mailbox, its From_ line and its separator included: the next one begins after
    /// them.
    pub length: u64,
    /// The From_ line without its line end.
    pub from_line: Vec<u8>,
    /// What its header says, as far as records need it.
    pub headers: Headers,
    /// What became of it.
    pub status: Status,
    /// Why, if it is not in the output.
    pub reason: Option<Cow<'static, str>>,
    /// Where it is in the output, once for each copy; for one that failed, the copies that were written nevertheless.
    pub locations: Vec<Location>,
    /// Its EML, if it was written or is there already.
    pub digest: Option<Digest>,
    /// What its signatures say of its body, if they were checked.
    pub verdict: Option<Verdict>,
    /// Whether it is the message that the metadata of its export describes, if that was compared.
    pub metadata: Option<Check>,
    /// Its warnings.
    pub warnings: Vec<Warning>,
}

impl Record {
    /// The header fields that records hold.
    pub(crate) const FIELDS: &[Field] = &[
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
///
/// ```
/// use mbox2eml::report::Status;
///
/// assert_eq!(Status::AlreadyThere.as_str(), "already_there");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// It was written in this run, or completed.
    Written,
    /// It was there with the same bytes.
    AlreadyThere,
    /// It repeats an earlier message.
    Duplicate,
    /// An earlier run has written it.
    Known,
    /// A filter, a limit or a sample left it out, or it is marked as deleted.
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
            Self::Known => "known",
            Self::Filtered => "filtered",
            Self::Failed => "failed",
        }
    }
}

impl From<&SkipReason> for Status {
    fn from(why: &SkipReason) -> Self {
        match why {
            SkipReason::Duplicate(_) => Self::Duplicate,
            SkipReason::Known => Self::Known,
            SkipReason::Deleted | SkipReason::Filtered(_) | SkipReason::NotSampled => Self::Filtered,
        }
    }
}

/// Where a message is in the output.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::report::{Observer, Record, Records};
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::{Memory, Origin};
///
/// struct Manifest;
/// impl Observer for Manifest {
///     fn recorded(&self, _origin: &Origin, record: &Record) {
///         let location = &record.locations[0];
///         assert_eq!(location.name.as_str(), "000001_20240101T000000Z_Lunch.eml");
///         assert!(location.volume.is_none());
///     }
/// }
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().records(Records::All).build();
/// let _ = converter.convert(Memory::new("in", mailbox), Null, &Manifest);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Location {
    /// Its path below the output, or in the archive.
    pub name: EntryName,
    /// The archive or mailbox that it is in, if any.
    pub volume: Option<VolumeName>,
    /// Where in the file of this name it begins, if that is a mailbox.
    pub offset: Option<u64>,
}

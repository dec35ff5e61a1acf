//! Counts of messages, bytes and body hashes, each of which adds up.

use std::iter::Sum;
use std::ops::AddAssign;

use super::Status;
use crate::metadata::{Check, Joined};
use crate::proof::Verdict;

/// Makes counts that can be added up.
macro_rules! sums {
    ($type:ident, $($count:ident),+) => {
        impl AddAssign for $type {
            fn add_assign(&mut self, other: Self) {
                $(self.$count += other.$count;)+
            }
        }

        impl Sum for $type {
            fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
                counts.fold(Self::default(), |mut sum, more| {
                    sum += more;
                    sum
                })
            }
        }
    };
}

/// What became of the messages found.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::select::Sample;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nFrom a Mon Jan  1 00:00:00 2024\nSubject: 2\n\n";
/// let converter = Converter::builder().sample(Sample::First(1)).build();
/// let messages = converter.convert(Memory::new("in", mailbox), Null, &()).messages();
/// assert_eq!((messages.found, messages.written, messages.accounted()), (1, 1, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MessageCounts {
    /// All messages of the mailbox.
    pub found: u64,
    /// Those written in this run, or completed.
    pub written: u64,
    /// Those whose file was there with the same bytes.
    pub already_there: u64,
    /// Those that repeat an earlier message.
    pub duplicates: u64,
    /// Those that an earlier run has written, as its manifest says.
    pub known: u64,
    /// Those that a filter, a limit or a sample left out, or that are marked as deleted.
    pub filtered: u64,
    /// Those that could not be written.
    pub failed: u64,
}

impl MessageCounts {
    /// Counts a message by what became of it.
    pub(crate) fn add(&mut self, status: Status) {
        let count = match status {
            Status::Written => &mut self.written,
            Status::AlreadyThere => &mut self.already_there,
            Status::Duplicate => &mut self.duplicates,
            Status::Known => &mut self.known,
            Status::Filtered => &mut self.filtered,
            Status::Failed => &mut self.failed,
        };
        *count += 1;
    }

    /// All messages accounted for; equals `found`.
    pub fn accounted(&self) -> u64 {
        self.written + self.already_there + self.duplicates + self.known + self.filtered + self.failed
    }
}

sums!(MessageCounts, found, written, already_there, duplicates, known, filtered, failed);

/// What the bytes of the input are.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nHello\n\n";
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &());
/// let bytes = done.bytes();
/// assert_eq!((bytes.from_lines, bytes.messages, bytes.separators), (32, 18, 1));
/// assert_eq!((bytes.input, bytes.accounted()), (51, 51));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ByteCounts {
    /// All bytes read.
    pub input: u64,
    /// Before the first From_ line.
    pub preamble: u64,
    /// From_ lines with their line ends.
    pub from_lines: u64,
    /// Messages, as they are in the mailbox.
    pub messages: u64,
    /// The empty line after a message.
    pub separators: u64,
}

impl ByteCounts {
    /// All bytes accounted for; equals `input`.
    pub fn accounted(&self) -> u64 {
        self.preamble + self.from_lines + self.messages + self.separators
    }
}

sums!(ByteCounts, input, preamble, from_lines, messages, separators);

/// What the signatures of the messages that are in the output say of their bodies.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::proof::Proof;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let done = Converter::builder().proof(Proof::BodyHash).build().convert(Memory::new("in", mailbox), Null, &());
/// let proof = done.proof().unwrap();
/// assert_eq!((proof.matched, proof.mismatched, proof.unsigned), (0, 0, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProofCounts {
    /// Messages whose body is the one that was signed.
    pub matched: u64,
    /// Messages with signatures, none of which is about their body.
    pub mismatched: u64,
    /// Messages without a signature that can be used.
    pub unsigned: u64,
}

impl ProofCounts {
    /// Counts one more.
    pub(crate) fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Matched => self.matched += 1,
            Verdict::Mismatched(_) => self.mismatched += 1,
            Verdict::Unsigned => self.unsigned += 1,
        }
    }
}

sums!(ProofCounts, matched, mismatched, unsigned);

/// What the metadata of an export says of the messages.
///
/// ```
/// use std::sync::Arc;
///
/// use mbox2eml::metadata::Metadata;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
/// use mbox2eml::{Converter, Mailbox};
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let mailbox = Mailbox::new(Memory::new("in", mailbox)).with_metadata(Arc::new(Metadata::default()));
/// let metadata = Converter::builder().build().convert_all(std::iter::once(Ok(mailbox)), Null, &()).metadata().unwrap();
/// assert_eq!((metadata.recorded, metadata.unrecorded), (0, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MetadataCounts {
    /// Messages found that have a record.
    pub recorded: u64,
    /// Messages found that have none.
    pub unrecorded: u64,
    /// Messages in the output with the size and the MD5 of their records.
    pub matched: u64,
    /// Messages in the output with another size or another MD5.
    pub differ: u64,
}

impl MetadataCounts {
    /// Counts a message that was found.
    pub(crate) fn find(&mut self, joined: Joined) {
        match joined {
            Joined::Unrecorded => self.unrecorded += 1,
            Joined::Recorded(_) => self.recorded += 1,
        }
    }

    /// Counts a message that is in the output.
    pub(crate) fn compare(&mut self, check: Check) {
        match check {
            Check::Matched => self.matched += 1,
            Check::Differs => self.differ += 1,
        }
    }
}

sums!(MetadataCounts, recorded, unrecorded, matched, differ);

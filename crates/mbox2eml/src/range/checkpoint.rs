//! A place between two messages, and all that is known there.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::message::LanguageSearch;
use crate::pairs::{Checksum, Maybe, PairReader, Pairs, Unreadable};
use crate::proof::QuotingVotes;
use crate::split::{Boundary, SplitRule};
use crate::warning::Position;

/// The version of the text.
const VERSION: &str = "1";

/// No mailbox is longer, so that no count overflows.
const LONGEST: u64 = u64::MAX / 4;

/// The start or the end of a mailbox, or a place between two messages, with all that the messages before have shown:
/// how they are separated and quoted, which program wrote them, how many there are.
///
/// It is written as one word of text, mostly of some 400 bytes, without blanks and quotes. Text that is no checkpoint,
/// was changed, or is of another version is refused. So is a mailbox that does not fit: one that has another size,
/// begins with other bytes, or has other From_ lines where the range begins and ends. What else is in the messages is
/// not compared.
///
/// ```
/// use mbox2eml::Mbox;
/// use mbox2eml::range::{Checkpoint, CheckpointError};
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nFrom b Mon Jan  1 00:00:00 2024\nSubject: 2\n\n";
/// let range = Mbox::from_bytes(mailbox).plan(1).next().unwrap()?;
/// let checkpoint = range.end();
/// assert_eq!((checkpoint.message(), checkpoint.offset(), checkpoint.line()), (2, 44, 4));
///
/// let text = checkpoint.to_string();
/// assert_eq!(text.parse().as_ref(), Ok(checkpoint));
/// assert_eq!(text.replace("byte=44", "byte=45").parse::<Checkpoint>(), Err(CheckpointError::Damaged));
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub(crate) mailbox: Fingerprint,
    /// Of the next message; lines count from 1.
    pub(crate) position: Position,
    pub(crate) votes: QuotingVotes,
    pub(crate) language: LanguageSearch,
    pub(crate) place: Place,
}

/// By what a mailbox is recognized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    /// In bytes, if known beforehand.
    pub(crate) size: Option<u64>,
    /// Of its first bytes.
    pub(crate) head: Checksum,
}

impl Fingerprint {
    /// How many of the first bytes the checksum covers.
    pub(crate) const HEAD: usize = 4096;
}

/// Where in the mailbox a checkpoint is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Start(SplitRule),
    /// Before a message that is not the first one.
    Message(Box<Boundary>),
    End(SplitRule),
}

/// Why a text is no checkpoint, or two checkpoints no range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It does not begin as a checkpoint does.
    #[error("not a checkpoint")]
    NotACheckpoint,
    /// It was written by another version.
    #[error("a checkpoint of version {0:?}, which this version cannot read: make a new plan")]
    Version(String),
    /// Its checksum is wrong.
    #[error("the checkpoint is incomplete or was changed")]
    Damaged,
    /// A part of it has no value that makes sense.
    #[error("the checkpoint has no valid value for {0:?}")]
    Invalid(&'static str),
    /// The second checkpoint does not follow the first one in the same plan.
    #[error("the checkpoints are not the start and the end of one range")]
    NoRange,
}

impl From<Unreadable> for CheckpointError {
    fn from(Unreadable(name): Unreadable) -> Self {
        Self::Invalid(name)
    }
}

impl Checkpoint {
    /// The number of the next message, from 1.
    pub fn message(&self) -> u64 {
        self.position.message
    }

    /// The offset in bytes of the next message's From_ line, or of the end of the mailbox.
    pub fn offset(&self) -> u64 {
        self.position.byte
    }

    /// The number of that line, from 1.
    pub fn line(&self) -> u64 {
        self.position.line
    }

    /// What begins a message in this plan.
    pub fn split_rule(&self) -> SplitRule {
        match &self.place {
            Place::Start(rule) | Place::End(rule) => *rule,
            Place::Message(boundary) => boundary.rule(),
        }
    }

    /// The boundary that it is at, if messages are before it and after it.
    pub(crate) fn boundary(&self) -> Option<&Boundary> {
        match &self.place {
            Place::Message(boundary) => Some(boundary),
            Place::Start(_) | Place::End(_) => None,
        }
    }

    /// Whether the other checkpoint comes after it in the same plan.
    pub(super) fn leads_to(&self, end: &Self) -> bool {
        let (from, to) = (self.position, end.position);
        let is_of_plan = self.mailbox == end.mailbox && self.split_rule() == end.split_rule();
        let is_in_order = from.message <= to.message && from.byte <= to.byte && from.line <= to.line;
        let is_longer = from.byte < to.byte || matches!(self.place, Place::Start(_));
        let is_end = matches!(self.place, Place::End(_)) || matches!(end.place, Place::Start(_));
        is_of_plan && is_in_order && is_longer && !is_end
    }

    fn read(text: &str) -> Result<Self, CheckpointError> {
        let mut pairs = PairReader::new(text);
        let version = pairs.text("checkpoint").map_err(|_| CheckpointError::NotACheckpoint)?;
        if version != VERSION {
            let known: String = version.chars().take(20).collect();
            return Err(CheckpointError::Version(known));
        }
        let (whole, sum) = text.rsplit_once(',').ok_or(CheckpointError::Damaged)?;
        if sum != format!("sum={}", Checksum::of(whole.as_bytes())) {
            return Err(CheckpointError::Damaged);
        }
        let mailbox = Fingerprint { size: pairs.value::<Maybe<u64>>("size")?.0, head: pairs.value("head")? };
        let (message, byte, line) = (pairs.value("message")?, pairs.value("byte")?, pairs.value("line")?);
        let position = Position { message, byte, line };
        if byte > mailbox.size.unwrap_or(LONGEST).min(LONGEST) {
            return Err(CheckpointError::Invalid("byte"));
        }
        // A message and a line have at least one byte.
        let counts = |number: u64| number.checked_sub(1).filter(|before| *before <= byte);
        let before = counts(message).ok_or(CheckpointError::Invalid("message"))?;
        counts(line).ok_or(CheckpointError::Invalid("line"))?;
        let votes = QuotingVotes::read(&mut pairs, before)?;
        let language = LanguageSearch::read(&mut pairs)?;
        let place = match pairs.text("at")? {
            "start" if byte == 0 && (message, line) == (1, 1) => Place::Start(pairs.value("split")?),
            "end" => Place::End(pairs.value("split")?),
            "message" => Place::Message(Box::new(Boundary::read(&mut pairs, byte, before)?)),
            _ => return Err(CheckpointError::Invalid("at")),
        };
        let checkpoint = Self { mailbox, position, votes, language, place };
        // Each value has one form.
        if checkpoint.to_string() == text { Ok(checkpoint) } else { Err(CheckpointError::Damaged) }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mailbox, position, votes, language, place } = self;
        let mut pairs = Pairs::default();
        pairs.add("checkpoint", VERSION);
        pairs.add("size", Maybe(mailbox.size));
        pairs.add("head", mailbox.head);
        pairs.add("message", position.message);
        pairs.add("byte", position.byte);
        pairs.add("line", position.line);
        votes.write(&mut pairs);
        language.write(&mut pairs);
        let (at, rule) = match place {
            Place::Start(rule) => ("start", Some(rule)),
            Place::End(rule) => ("end", Some(rule)),
            Place::Message(_) => ("message", None),
        };
        pairs.add("at", at);
        rule.into_iter().for_each(|rule| pairs.add("split", rule));
        self.boundary().into_iter().for_each(|boundary| boundary.write(&mut pairs));
        pairs.add("sum", Checksum::of(pairs.as_str().as_bytes()));
        f.write_str(pairs.as_str())
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        Self::read(text)
    }
}

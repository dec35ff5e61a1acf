//! What is counted and told: positions, warnings, the books of a mailbox, and who listens.

mod digest;
mod record;

use std::fmt;

pub use digest::Digest;
pub use record::{Place, Record, Records, Status};

use crate::error::Error;
use crate::name::Folder;
use crate::proof::Verdict;
use crate::source::Origin;
use crate::split::Dialect;

/// Where in a mailbox something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The message, counted from 1 over all messages found.
    pub message: u64,
    /// Offset in bytes from the start of the mailbox.
    pub byte: u64,
    /// The line, counted from 1.
    pub line: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, byte, line } = self;
        write!(f, "message {message} (byte {byte}, line {line})")
    }
}

/// Something odd that did not stop the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What sort of oddity it is, for counting.
    pub kind: WarningKind,
    /// Where it stands.
    pub position: Position,
    /// What was seen and what was decided, in one sentence.
    pub why: &'static str,
}

macro_rules! warning_kinds {
    ($($(#[$doc:meta])* $kind:ident => $name:literal,)*) => {
        /// The sorts of oddities that are counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum WarningKind { $($(#[$doc])* $kind,)* }

        impl WarningKind {
            /// Every sort, in the order in which they are told.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Its name in summaries, such as `doubtful-boundary`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

warning_kinds! {
    /// A line was taken as a separator, or kept in a body, on evidence that could be read otherwise.
    DoubtfulBoundary => "doubtful-boundary",
    /// A message begins without the empty line that should stand before its From_ line.
    MissingBlankLine => "missing-blank-line",
    /// Separators of another program follow in number, as in concatenated mailboxes.
    MixedProfiles => "mixed-profiles",
    /// The mailbox seems to end in the middle of a message.
    Truncated => "truncated",
    /// Bytes before the first From_ line belong to no message.
    LeadingBytes => "leading-bytes",
    /// The mail program's own folder data, which is no message, was passed over.
    FolderData => "folder-data",
    /// A message has no header field at all.
    NoHeader => "no-header",
    /// A message holds NUL bytes, which are kept.
    NulBytes => "nul-bytes",
    /// A message holds carriage returns without a line feed, which are kept.
    LoneCr => "lone-cr",
    /// A message holds U+FFFD in a part that is not declared to be UTF-8: bytes were lost before the mailbox was written.
    ReplacedBytes => "replaced-bytes",
    /// A message's body is not the one that its sender's server signed.
    BodyMismatch => "body-mismatch",
    /// A message has more labels than copies are made of it.
    ManyLabels => "many-labels",
    /// A message is larger than the importer takes it is meant for; it is written all the same.
    TooLarge => "too-large",
    /// A message does not fit into an archive of the size asked for, and has one of its own.
    OversizeVolume => "oversize-volume",
    /// A file of another content has the message's name, so that it got the next free one.
    NameTaken => "name-taken",
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How often each sort of warning was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarningCounts([u64; WarningKind::ALL.len()]);

impl WarningCounts {
    /// Counts one more of `kind`.
    pub fn add(&mut self, kind: WarningKind) {
        if let Some(slot) = Self::slot(kind).and_then(|at| self.0.get_mut(at)) {
            *slot += 1;
        }
    }

    /// The sorts met at least once, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (WarningKind, u64)> + '_ {
        WarningKind::ALL.iter().copied().zip(self.0).filter(|(_, count)| *count > 0)
    }

    /// How many there were of `kind`.
    pub fn of(&self, kind: WarningKind) -> u64 {
        Self::slot(kind).and_then(|at| self.0.get(at)).copied().unwrap_or(0)
    }

    /// How many warnings there were of all sorts.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    fn slot(kind: WarningKind) -> Option<usize> {
        WarningKind::ALL.iter().position(|k| *k == kind)
    }
}

impl std::ops::AddAssign<&Self> for WarningCounts {
    fn add_assign(&mut self, other: &Self) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum += more;
        }
    }
}

/// A number of messages, and how many bytes they have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many there are.
    pub messages: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Tally {
    /// Counts one more.
    pub(crate) fn add(&mut self, bytes: u64) {
        *self += Self { messages: 1, bytes };
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.bytes += other.bytes;
    }
}

impl std::ops::SubAssign for Tally {
    fn sub_assign(&mut self, other: Self) {
        self.messages -= other.messages;
        self.bytes -= other.bytes;
    }
}

/// What became of the messages found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// Those that were not wanted.
    pub filtered: u64,
    /// Those that could not be written.
    pub failed: u64,
}

impl MessageCounts {
    /// The messages whose fate is known; equals `found` when the books balance.
    pub fn accounted(&self) -> u64 {
        self.written + self.already_there + self.duplicates + self.filtered + self.failed
    }
}

impl std::ops::AddAssign for MessageCounts {
    fn add_assign(&mut self, other: Self) {
        self.found += other.found;
        self.written += other.written;
        self.already_there += other.already_there;
        self.duplicates += other.duplicates;
        self.filtered += other.filtered;
        self.failed += other.failed;
    }
}

/// Where the bytes of the input belong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ByteCounts {
    /// All bytes read.
    pub input: u64,
    /// Before the first From_ line.
    pub preamble: u64,
    /// From_ lines with their line ends.
    pub from_lines: u64,
    /// Messages, as they stand in the mailbox.
    pub messages: u64,
    /// The empty line after a message.
    pub separators: u64,
}

impl ByteCounts {
    /// The bytes whose place is known; equals `input` when the books balance.
    pub fn accounted(&self) -> u64 {
        self.preamble + self.from_lines + self.messages + self.separators
    }
}

impl std::ops::AddAssign for ByteCounts {
    fn add_assign(&mut self, other: Self) {
        self.input += other.input;
        self.preamble += other.preamble;
        self.from_lines += other.from_lines;
        self.messages += other.messages;
        self.separators += other.separators;
    }
}

/// The books of one mailbox.
#[derive(Debug)]
#[non_exhaustive]
pub struct MailboxSummary {
    /// The input it was read from.
    pub origin: Origin,
    /// Its folder in the output; empty for the output itself.
    pub folder: Folder,
    /// Who wrote it, once known; `None` for an empty mailbox.
    pub profile: Option<Dialect>,
    /// What became of its messages.
    pub messages: MessageCounts,
    /// Of the filtered ones, those that Thunderbird had marked as deleted.
    pub deleted: u64,
    /// Where its bytes belong.
    pub bytes: ByteCounts,
    /// What was odd.
    pub warnings: WarningCounts,
    /// What signatures say of the bodies, if that was to be found out.
    pub proof: Option<ProofCounts>,
    /// Why it could not be read to its end, if so.
    pub error: Option<Error>,
}

/// What the signatures of the messages that are in the output say of their bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

impl std::ops::AddAssign for ProofCounts {
    fn add_assign(&mut self, other: Self) {
        self.matched += other.matched;
        self.mismatched += other.mismatched;
        self.unsigned += other.unsigned;
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunEnd {
    /// Every mailbox was worked through.
    Complete,
    /// The observer asked to stop.
    Cancelled,
    /// Nothing more could be written: the disk is full, say.
    OutputFailed,
}

/// Who is told about a conversion while it runs. Every method has a body that does nothing.
///
/// `advanced` and `cancelled` are called from any worker; the others in mailbox order, one at a time.
pub trait Observer: Sync {
    /// A mailbox was opened; `size` is in bytes, where it is known beforehand.
    fn started(&self, origin: &Origin, size: Option<u64>) {
        let _ = (origin, size);
    }

    /// So many more bytes and messages are done with.
    fn advanced(&self, bytes: u64, messages: u64) {
        let _ = (bytes, messages);
    }

    /// Something odd was met.
    fn warned(&self, origin: &Origin, warning: &Warning) {
        let _ = (origin, warning);
    }

    /// A message or a mailbox failed; the run goes on with the next.
    fn failed(&self, error: &Error) {
        let _ = error;
    }

    /// What is known of the next message, if [records](Records) are kept; told in mailbox order, whatever became of it.
    fn recorded(&self, origin: &Origin, record: &Record) {
        let _ = (origin, record);
    }

    /// A mailbox is done with.
    fn finished(&self, summary: &MailboxSummary) {
        let _ = summary;
    }

    /// Whether the run should stop as soon as the messages in work are whole.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Nobody listens.
impl Observer for () {}

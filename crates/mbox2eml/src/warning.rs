//! What is unusual about a mailbox or a message, and where.

use std::borrow::Cow;
use std::fmt;

/// A place in a mailbox.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::report::{Observer, Reported, Warning};
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::{Memory, Origin};
///
/// struct Warnings;
/// impl Observer for Warnings {
///     fn warned(&self, _: &Origin, warning: &Warning, _: Option<Reported<'_>>) {
///         assert_eq!((warning.position.message, warning.position.byte, warning.position.line), (1, 0, 1));
///         assert_eq!(warning.position.to_string(), "message 1 (byte 0, line 1)");
///     }
/// }
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nA NUL: \0\n";
/// let _ = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &Warnings);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
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

/// Something unusual that did not stop the work.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::report::{Observer, Reported, Warning, WarningKind};
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::{Memory, Origin};
///
/// struct Warnings;
/// impl Observer for Warnings {
///     fn warned(&self, origin: &Origin, warning: &Warning, _: Option<Reported<'_>>) {
///         assert_eq!(warning.kind, WarningKind::NulBytes);
///         let text = format!("{origin}: {}: {}", warning.position, warning.why);
///         assert_eq!(text, "in: message 1 (byte 0, line 1): contains NUL bytes (kept)");
///     }
/// }
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nA NUL: \0\n";
/// let _ = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &Warnings);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Warning {
    /// Its kind, for counting.
    pub kind: WarningKind,
    /// Where it is.
    pub position: Position,
    /// What was seen and what was decided, as the end of a sentence that begins with the position.
    pub why: Cow<'static, str>,
}

impl Warning {
    pub(crate) fn new(kind: WarningKind, position: Position, why: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, position, why: why.into() }
    }
}

/// As manifests have it.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, position: Position { line, byte, .. }, why } = self;
        write!(f, "{kind} (line {line}, byte {byte}): {why}")
    }
}

macro_rules! warning_kinds {
    ($($(#[$doc:meta])* $kind:ident => $name:literal,)*) => {
        /// The kinds of warnings, which are counted.
        ///
        /// ```
        /// use mbox2eml::report::WarningKind;
        ///
        /// assert_eq!(WarningKind::NulBytes.as_str(), "nul-bytes");
        /// assert!(WarningKind::ALL.contains(&WarningKind::NulBytes));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum WarningKind { $($(#[$doc])* $kind,)* }

        impl WarningKind {
            /// All kinds, in the order in which they are reported.
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
    /// A message begins without an empty line before its From_ line.
    MissingBlankLine => "missing-blank-line",
    /// Separators of another program follow in number, as in concatenated mailboxes.
    MixedDialects => "mixed-dialects",
    /// The mailbox seems to end in the middle of a message.
    Truncated => "truncated",
    /// A message ends inside a MIME part, or holds the end of a part that an earlier message left open.
    OpenPart => "open-mime-part",
    /// Bytes before the first From_ line belong to no message.
    LeadingBytes => "leading-bytes",
    /// The mail program's own folder data, which is not a message, was skipped.
    FolderData => "folder-data",
    /// A message has no header field at all.
    NoHeader => "no-header",
    /// A message had attachments that were missing before the mailbox was converted.
    MissingAttachment => "missing-attachment",
    /// A message has an `X-Gmail-Labels` field that Gmail did not write, which is ignored.
    ForeignLabels => "foreign-labels",
    /// A message contains NUL bytes (kept).
    NulBytes => "nul-bytes",
    /// A message contains carriage returns without a line feed (kept).
    LoneCr => "lone-cr",
    /// A message holds U+FFFD in a part that is not declared to be UTF-8: bytes were lost before the mailbox was
    /// written.
    ReplacedBytes => "replaced-bytes",
    /// A message's body is not the one that its sender's server signed.
    BodyMismatch => "body-mismatch",
    /// A message has not the size or not the MD5 that the metadata of its export gives.
    MetadataMismatch => "metadata-mismatch",
    /// A message has no record in the metadata of its export.
    NoRecord => "no-record",
    /// A message has the Message-ID of an earlier one and other content, so that both are kept.
    SameId => "same-id",
    /// A message has more labels than copies are made of it.
    ManyLabels => "many-labels",
    /// A message is larger than the importer's limit; it was written anyway.
    TooLarge => "too-large",
    /// A message has no `From` field, or an empty one. Only where [importable
    /// mail](crate::ConverterBuilder::import_checks) is wanted, as the next four.
    NoFrom => "no-from",
    /// A message has several `From` fields.
    SeveralFrom => "several-from",
    /// A message has no `Date` field, or an empty one.
    NoDate => "no-date",
    /// The name of a header field has white space in it or behind it.
    SpacedName => "spaced-field-name",
    /// A line of a message is longer than the 998 bytes that RFC 5322 allows.
    LongLine => "long-line",
    /// A message does not fit into an archive of the size asked for, and is in one of its own.
    OversizeVolume => "oversize-volume",
    /// A message in a mailbox has a line that begins with `From ` and is not quoted.
    UnquotedLine => "unquoted-line",
    /// A folder's name was cut since the path would have been too long.
    CutFolder => "cut-folder",
    /// The name was taken by a different file, so the message got the next free one.
    NameTaken => "name-taken",
    /// A warning of a sink of another library.
    Other => "other",
}

#[cfg(feature = "serde")]
impl serde::Serialize for WarningKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for WarningCounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The number of warnings of each kind.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::report::WarningKind;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nA NUL: \0\n";
/// let warnings = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &()).warnings();
/// assert_eq!((warnings.of(WarningKind::NulBytes), warnings.total()), (1, 1));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarningCounts([u64; WarningKind::ALL.len()]);

impl WarningCounts {
    /// Counts one more of `kind`.
    pub fn add(&mut self, kind: WarningKind) {
        if let Some(slot) = Self::slot(kind).and_then(|at| self.0.get_mut(at)) {
            *slot += 1;
        }
    }

    /// The kinds with at least one warning, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (WarningKind, u64)> + '_ {
        WarningKind::ALL.iter().copied().zip(self.0).filter(|(_, count)| *count > 0)
    }

    /// How many there were of `kind`.
    pub fn of(&self, kind: WarningKind) -> u64 {
        Self::slot(kind).and_then(|at| self.0.get(at)).copied().unwrap_or(0)
    }

    /// How many warnings there were of all kinds.
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

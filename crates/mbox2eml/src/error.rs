//! Errors: each says what was being done, to which input, and where in it.
//!
//! `Display` is one line and never repeats the source; [`Error::with_causes`] adds the causes.

use std::borrow::Cow;
use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use crate::source::{FileKind, Origin};
#[cfg(feature = "convert")]
use crate::{report::About, warning::Position, write_error::WriteError};

/// The result of an operation on mailboxes.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a mailbox, a message or a whole run could not be converted.
///
/// ```
/// use mbox2eml::{Error, Mbox};
///
/// let error = Mbox::from_bytes("{}").messages().next().unwrap().unwrap_err();
/// assert_eq!(error.to_string(), "memory: not an mbox: it looks like JSON");
/// assert!(matches!(error, Error::NotAnMbox { .. }));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input could not be opened.
    #[error("{origin}: cannot open")]
    Open {
        /// The input.
        origin: Origin,
        /// The error of the system.
        source: io::Error,
    },
    /// A folder could not be searched for mailboxes.
    #[error("{origin}: cannot search this folder")]
    Search {
        /// The folder, or the entry in it that could not be read.
        origin: Origin,
        /// The error of the system.
        source: io::Error,
    },
    /// A folder or an archive was searched and holds no mailbox.
    #[error("{origin}: no mailbox found")]
    NoMailbox {
        /// The folder or archive.
        origin: Origin,
    },
    /// Reading an input failed in the middle.
    #[error("{origin}: cannot read at byte {byte}")]
    Read {
        /// The input.
        origin: Origin,
        /// Offset of the first byte that could not be read.
        byte: u64,
        /// The error of the system.
        source: io::Error,
    },
    /// An input does not begin as an mbox does.
    #[error("{origin}: not an mbox: {kind}")]
    NotAnMbox {
        /// The input.
        origin: Origin,
        /// What its first bytes look like instead.
        kind: FileKind,
    },
    /// A file named as an archive is something else.
    #[error("{origin}: not an archive: {kind}")]
    NotAnArchive {
        /// The file.
        origin: Origin,
        /// What its first bytes look like instead.
        kind: FileKind,
    },
    /// An archive holds no mailbox, but archives, which are not opened.
    #[error("{origin}: contains no mailbox, only archives ({archives})")]
    OnlyArchives {
        /// The archive.
        origin: Origin,
        /// How many archives are in it.
        archives: u64,
    },
    /// A folder holds messages of Apple Mail's own format.
    #[error("{origin}: contains messages of Apple Mail (.emlx: {messages}), which are not read")]
    AppleMail {
        /// The folder.
        origin: Origin,
        /// How many files of that kind are in it.
        messages: u64,
    },
    /// A file is a piece of a split mailbox, as `split` does it.
    #[error("{origin}: a piece of a split mailbox, {}", place_of_piece(origin, pieces, "without its first one"))]
    Piece {
        /// The file.
        origin: Origin,
        /// All pieces by their names, in order; the file itself if it has no neighbours.
        pieces: Vec<PathBuf>,
    },
    /// A file is a piece of a split archive, as `split` and programs for archives do it.
    #[error("{origin}: a piece of a split archive, {}", place_of_piece(origin, pieces, "without the others"))]
    ArchivePiece {
        /// The file.
        origin: Origin,
        /// All pieces by their names, in order; the file itself if the first one or all others are missing.
        pieces: Vec<PathBuf>,
    },
    /// A sample was asked for, and it is not known how long the input is.
    #[error("{origin}: cannot take a sample: its size is not known in advance")]
    NoSample {
        /// The input.
        origin: Origin,
    },
    /// An input was cut, replaced or appended to while it was being read.
    #[error("{origin}: changed while it was being read: {}", change(*was, *now))]
    Changed {
        /// The input.
        origin: Origin,
        /// Its size in bytes when it was opened.
        was: u64,
        /// Its size in bytes when the change was seen.
        now: u64,
    },
    /// The mailbox is not the one that the range was planned for, or has changed since.
    #[error("{origin}: not as it was planned: {what}")]
    NotAsPlanned {
        /// The input.
        origin: Origin,
        /// What differs.
        what: Cow<'static, str>,
    },
    /// A range cannot be converted as it would be in the whole mailbox.
    #[error("{origin}: cannot convert a range of it: {why}")]
    RangeRefused {
        /// The input.
        origin: Origin,
        /// What depends on other messages.
        why: &'static str,
    },
    /// A message of a stream is too long to be held in memory.
    #[error("{origin}: the message that begins at byte {byte} is longer than {limit} bytes")]
    MessageTooLong {
        /// The input.
        origin: Origin,
        /// Offset at which the message begins.
        byte: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// One message could not be converted; the others can.
    #[cfg(feature = "convert")]
    #[error("{origin}: {position}")]
    Message {
        /// Its mailbox.
        origin: Origin,
        /// Where it is.
        position: Position,
        /// What a person knows it by.
        about: Box<About>,
        /// What went wrong with it.
        source: WriteError,
    },
    /// The output itself cannot be used.
    #[error("{}: {doing}", path.display())]
    Output {
        /// The output.
        path: PathBuf,
        /// What could not be done, as in `cannot create this folder`.
        doing: &'static str,
        /// The error of the system.
        source: io::Error,
    },
    /// The counts of a finished mailbox do not add up: a defect of this program.
    #[error("{origin}: the {what} do not add up: {left} on one side, {right} on the other")]
    Unbalanced {
        /// The mailbox.
        origin: Origin,
        /// Which sum failed: `messages` or `bytes`.
        what: &'static str,
        /// What came in.
        left: u64,
        /// What is accounted for.
        right: u64,
    },
}

impl Error {
    /// The error and its causes on one line, joined with `: `.
    ///
    /// ```
    /// use mbox2eml::Mbox;
    ///
    /// let error = Mbox::open("absent.mbox").unwrap_err();
    /// assert!(error.with_causes().starts_with("absent.mbox: cannot open: "));
    /// ```
    pub fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(source) = cause {
            text = format!("{text}: {source}");
            cause = source.source();
        }
        text
    }

    /// The input it is about, unless it is about the output.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Open { origin, .. }
            | Self::Search { origin, .. }
            | Self::NoMailbox { origin }
            | Self::Read { origin, .. }
            | Self::NotAnMbox { origin, .. }
            | Self::NotAnArchive { origin, .. }
            | Self::OnlyArchives { origin, .. }
            | Self::AppleMail { origin, .. }
            | Self::Piece { origin, .. }
            | Self::ArchivePiece { origin, .. }
            | Self::NoSample { origin }
            | Self::Changed { origin, .. }
            | Self::NotAsPlanned { origin, .. }
            | Self::RangeRefused { origin, .. }
            | Self::MessageTooLong { origin, .. }
            | Self::Unbalanced { origin, .. } => Some(origin),
            #[cfg(feature = "convert")]
            Self::Message { origin, .. } => Some(origin),
            Self::Output { .. } => None,
        }
    }
}

fn place_of_piece(origin: &Origin, pieces: &[PathBuf], alone: &str) -> String {
    match pieces.iter().position(|piece| Some(piece.as_path()) == origin.path()) {
        Some(at) if pieces.len() > 1 => format!("number {} of {}", at + 1, pieces.len()),
        _ => alone.to_owned(),
    }
}

fn change(was: u64, now: u64) -> String {
    if was == now {
        format!("it was written to, and still has {now} bytes")
    } else {
        format!("{was} bytes when opened, {now} bytes now")
    }
}

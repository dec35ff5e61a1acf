//! What stops the work: every error says what was being done, to which input, and where in it.
//!
//! `Display` is one line and never repeats the source; print the chain, joined with `: `, to tell the whole story.

use std::io;
use std::path::PathBuf;

use crate::name::EntryName;
use crate::source::{FileKind, Origin};
use crate::warning::Position;

/// The result of an operation on mailboxes.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a mailbox, a message or a whole run could not be converted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input could not be opened.
    #[error("{origin}: cannot open it")]
    Open {
        /// The input.
        origin: Origin,
        /// What the system said.
        source: io::Error,
    },
    /// A folder could not be searched for mailboxes.
    #[error("{origin}: cannot search this folder")]
    Search {
        /// The folder, or the entry in it that could not be looked at.
        origin: Origin,
        /// What the system said.
        source: io::Error,
    },
    /// A folder or an archive was searched and holds no mailbox.
    #[error("{origin}: no mailbox found in it")]
    NoMailbox {
        /// The folder or archive.
        origin: Origin,
    },
    /// Reading an input failed in the middle.
    #[error("{origin}: cannot read on at byte {byte}")]
    Read {
        /// The input.
        origin: Origin,
        /// Offset of the first byte that could not be read.
        byte: u64,
        /// What the system said.
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
    #[error("{origin}: no mailbox in it, only archives ({archives})")]
    OnlyArchives {
        /// The archive.
        origin: Origin,
        /// How many archives are in it.
        archives: u64,
    },
    /// A folder holds messages of Apple Mail's own format.
    #[error("{origin}: holds messages of Apple Mail (.emlx: {messages}), which are not read")]
    AppleMail {
        /// The folder.
        origin: Origin,
        /// How many files of that kind are in it.
        messages: u64,
    },
    /// A file is a piece of a mailbox that was cut up, as `split` does it.
    #[error("{origin}: a piece of a mailbox that was cut up, {}", place_of_piece(origin, pieces))]
    Piece {
        /// The file.
        origin: Origin,
        /// All pieces by their names, in order; the file itself if it has no neighbours.
        pieces: Vec<PathBuf>,
    },
    /// A sample was asked for, and it is not known how long the input is.
    #[error("{origin}: no sample can be spread over it: its size is not known beforehand")]
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
    #[error("{origin}: {position}")]
    Message {
        /// The mailbox it stands in.
        origin: Origin,
        /// Where it stands.
        position: Position,
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
        /// What the system said.
        source: io::Error,
    },
    /// The books of a finished mailbox do not balance: a defect of this program.
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

/// Why one entry could not be put into the output.
///
/// ```
/// use mbox2eml::WriteError;
/// use mbox2eml::message::Headers;
/// use mbox2eml::name::{Namer, Place};
///
/// let name = Namer::default().name(&Place::root("in"), 1, &Headers::default());
/// let error = WriteError::new("cannot upload", name, "the server refused it");
/// assert_eq!(error.whole_story(), "cannot upload 000001.eml: the server refused it");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{doing} {name}")]
#[non_exhaustive]
pub struct WriteError {
    /// What could not be done, as in `cannot write`.
    pub doing: &'static str,
    /// The entry's name in the output.
    pub name: EntryName,
    /// The reason: an [`io::Error`], or whatever the place of the messages reports.
    pub source: Box<dyn std::error::Error + Send + Sync>,
    /// What else is lost with it.
    pub scope: ErrorScope,
}

/// How far an error in writing reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorScope {
    /// Only this entry is concerned, as far as one can tell. The default.
    #[default]
    Entry,
    /// No further entry can be put into the output.
    Output,
}

impl WriteError {
    /// An error that concerns this entry only ([`ErrorScope::Entry`]).
    pub fn new(
        doing: &'static str,
        name: EntryName,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { doing, name, source: source.into(), scope: ErrorScope::Entry }
    }

    /// The same error with another scope.
    #[must_use]
    pub fn with_scope(self, scope: ErrorScope) -> Self {
        Self { scope, ..self }
    }

    /// The reason, if the system gave it.
    pub fn io_error(&self) -> Option<&io::Error> {
        self.source.downcast_ref()
    }

    /// What happened and why, on one line.
    pub fn whole_story(&self) -> String {
        format!("{self}: {}", self.source)
    }

    /// Whether every further message would meet the same fate, so that going on is of no use: the output is broken, the
    /// disk or the quota is full, or the file system is read-only.
    pub fn stops_the_run(&self) -> bool {
        self.scope == ErrorScope::Output
            || matches!(
                self.io_error().map(io::Error::kind),
                Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::ReadOnlyFilesystem)
            )
    }
}

impl Error {
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
            | Self::NoSample { origin }
            | Self::Changed { origin, .. }
            | Self::MessageTooLong { origin, .. }
            | Self::Message { origin, .. }
            | Self::Unbalanced { origin, .. } => Some(origin),
            Self::Output { .. } => None,
        }
    }
}

fn place_of_piece(origin: &Origin, pieces: &[PathBuf]) -> String {
    match pieces.iter().position(|piece| Some(piece.as_path()) == origin.path()) {
        Some(at) if pieces.len() > 1 => format!("number {} of {}", at + 1, pieces.len()),
        _ => "without its first one".to_owned(),
    }
}

fn change(was: u64, now: u64) -> String {
    if was == now {
        format!("it was written to, and still has {now} bytes")
    } else {
        format!("{was} bytes when opened, {now} bytes now")
    }
}

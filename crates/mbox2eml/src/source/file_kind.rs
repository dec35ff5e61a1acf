//! What a file's first bytes look like: is it a mailbox, and if not, what is it?

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Origin;
use crate::error::{Error, Result};
use crate::field::field_name;
use crate::size::to_u64;

/// What the head of a file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// Begins with a `From ` line and a header field below it.
    Mbox,
    /// Begins with a `From ` line, and what follows is no header field.
    FromLine,
    /// Holds nothing but white space.
    Empty,
    /// A ZIP archive.
    Zip,
    /// Data compressed with gzip, such as a `.tgz`.
    Gzip,
    /// A tar archive (POSIX ustar or GNU).
    Tar,
    /// A PDF document.
    Pdf,
    /// A single message (RFC 5322), as in an `.eml` file.
    SingleMessage,
    /// A single message of Apple Mail (`.emlx`): a byte count on a line of its own, then the message.
    Emlx,
    /// An MMDF mailbox, whose messages stand between lines of four Control-A.
    Mmdf,
    /// An Outlook data file (`.pst`).
    Pst,
    /// An Outlook message (`.msg`) or another compound file.
    CompoundFile,
    /// A web page.
    Html,
    /// JSON, such as the settings in a Takeout.
    Json,
    /// Nothing known.
    Unknown,
}

impl FileKind {
    /// How many bytes of a file are enough to judge it by.
    pub const HEAD: usize = 8 << 10;

    /// Judges a file by its first bytes; [`HEAD`](Self::HEAD) of them are enough.
    ///
    /// ```
    /// use mbox2eml::source::Looks;
    ///
    /// assert_eq!(FileKind::at(b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: x\n"), Looks::Mbox);
    /// assert_eq!(FileKind::at(b"PK\x03\x04..."), Looks::Zip);
    /// ```
    pub fn at(head: &[u8]) -> Self {
        const MAGIC: [(&[u8], FileKind); 7] = [
            (b"PK\x03\x04", FileKind::Zip),
            (b"PK\x05\x06", FileKind::Zip),
            (b"\x1f\x8b", FileKind::Gzip),
            (b"%PDF-", FileKind::Pdf),
            (b"!BDN", FileKind::Pst),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::CompoundFile),
            (b"\x01\x01\x01\x01", FileKind::Mmdf),
        ];
        if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            return *kind;
        }
        if is_tar(head) {
            return Self::Tar;
        }
        let text = &head[leading_blank(head)..];
        let (first, rest) = split_line(text);
        let begin = text.trim_ascii_start();
        if text.is_empty() {
            Self::Empty
        } else if text.starts_with(b"From ") {
            let below = first_line_not(rest, b">From ");
            if field_name(below).is_some() { Self::Mbox } else { Self::FromLine }
        } else if begin.starts_with(b"<") {
            Self::Html
        } else if begin.starts_with(b"{") || begin.starts_with(b"[") {
            Self::Json
        } else if first.trim_ascii().iter().all(u8::is_ascii_digit) && field_name(rest).is_some() {
            Self::Emlx
        } else if field_name(text).is_some() {
            Self::SingleMessage
        } else {
            Self::Unknown
        }
    }

    /// Judges the file at `path` by its first bytes.
    ///
    /// # Errors
    /// [`Error::Open`] if they cannot be read.
    pub fn of_file(path: &Path) -> Result<Self> {
        let mut head = Vec::with_capacity(Self::HEAD);
        File::open(path)
            .and_then(|file| file.take(to_u64(Self::HEAD)).read_to_end(&mut head))
            .map_err(|source| Error::Open { origin: Origin::file(path), source })?;
        Ok(Self::at(&head))
    }

    /// What the user can do with such a file.
    pub fn hint(self) -> Option<&'static str> {
        match self {
            Self::Zip | Self::Gzip | Self::Tar => {
                Some("give the archive as a file, not through a pipe, or unpack it first")
            }
            Self::SingleMessage => Some("an .eml file needs no conversion"),
            Self::Emlx => Some("Apple Mail writes mailboxes with Mailbox > Export Mailbox"),
            Self::Mmdf => Some("MMDF mailboxes are not supported; a mail program such as mutt can save them as mbox"),
            Self::Pst => Some("readpst turns Outlook data files into mbox"),
            Self::Unknown => {
                Some("if it is a mailbox whose start was cut off, '--split any' begins at its first 'From ' line")
            }
            _ => None,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mbox | Self::FromLine => "it looks like an mbox",
            Self::Empty => "it is empty",
            Self::Zip => "it looks like a ZIP archive",
            Self::Gzip => "it looks like a gzip or .tgz archive",
            Self::Tar => "it looks like a tar archive",
            Self::Pdf => "it looks like a PDF document",
            Self::SingleMessage => "it looks like a single message (.eml)",
            Self::Emlx => "it looks like a single message of Apple Mail (.emlx)",
            Self::Mmdf => "it looks like an MMDF mailbox",
            Self::Pst => "it looks like an Outlook data file (.pst)",
            Self::CompoundFile => "it looks like an Outlook message (.msg)",
            Self::Html => "it looks like a web page",
            Self::Json => "it looks like JSON",
            Self::Unknown => "it has no 'From ' line at its start",
        })
    }
}

/// The magic of the header block that a tar archive begins with: POSIX ustar's, or GNU's with its blanks. Both hold a
/// NUL, so no text passes for one.
fn is_tar(head: &[u8]) -> bool {
    const MAGIC_AT: usize = 257;
    head.get(MAGIC_AT..).is_some_and(|magic| magic.starts_with(b"ustar\0") || magic.starts_with(b"ustar  \0"))
}

/// The length of what may stand before a mailbox's first line: a UTF-8 byte order mark and empty lines.
pub(crate) fn leading_blank(head: &[u8]) -> usize {
    let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let blank = head[mark..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    mark + blank
}

fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|b| matches!(b, b'\r' | b'\n')) {
        Some(end) => {
            let next = end + usize::from(text[end..].starts_with(b"\r\n")) + 1;
            (&text[..end], &text[next..])
        }
        None => (text, &[]),
    }
}

fn first_line_not<'a>(mut text: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    while text.starts_with(prefix) {
        text = split_line(text).1;
    }
    text
}

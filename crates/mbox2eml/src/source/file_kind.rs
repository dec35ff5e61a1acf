//! What a file's first bytes look like: is it a mailbox, and if not, what is it?

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Origin;
use crate::error::{Error, Result};
use crate::field::field_name;
use crate::size::to_u64;
use crate::split::{Dialect, FromLine, Shape};

/// What the head of a file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// Begins with a `From ` line and a header field below it, or with one as this library writes it.
    Mbox,
    /// Begins with a `From ` line, and what follows is no header field.
    FromLine,
    /// Holds nothing but white space.
    Empty,
    /// A ZIP archive.
    Zip,
    /// Data compressed with gzip, such as a `.tgz`.
    Gzip,
    /// Data compressed with bzip2, such as a `.tbz`.
    Bzip2,
    /// Data compressed with xz, such as a `.txz`.
    Xz,
    /// Data compressed with Zstandard, such as a `.tzst`.
    Zstd,
    /// A tar archive (POSIX ustar or GNU).
    Tar,
    /// A 7z archive.
    SevenZip,
    /// A RAR archive.
    Rar,
    /// A PDF document.
    Pdf,
    /// A single message (RFC 5322), as in an `.eml` file.
    SingleMessage,
    /// A single message of Apple Mail (`.emlx`): a byte count on a line of its own, then the message.
    Emlx,
    /// An MMDF mailbox, whose messages are between lines of four Control-A.
    Mmdf,
    /// An Outlook data file (`.pst`).
    Pst,
    /// An Outlook offline data file (`.ost`).
    Ost,
    /// A folder of Outlook Express (`.dbx`).
    Dbx,
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
    /// use mbox2eml::source::FileKind;
    ///
    /// assert_eq!(FileKind::at(b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: x\n"), FileKind::Mbox);
    /// assert_eq!(FileKind::at(b"PK\x03\x04..."), FileKind::Zip);
    /// ```
    pub fn at(head: &[u8]) -> Self {
        const MAGIC: [(&[u8], FileKind); 12] = [
            (b"PK\x03\x04", FileKind::Zip),
            (b"PK\x05\x06", FileKind::Zip),
            (b"\x1f\x8b", FileKind::Gzip),
            (b"\xfd7zXZ\0", FileKind::Xz),
            (b"\x28\xb5\x2f\xfd", FileKind::Zstd),
            (b"7z\xbc\xaf\x27\x1c", FileKind::SevenZip),
            (b"Rar!\x1a\x07", FileKind::Rar),
            (b"%PDF-", FileKind::Pdf),
            (b"!BDN", FileKind::Pst),
            (b"\xcf\xad\x12\xfe", FileKind::Dbx),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::CompoundFile),
            (b"\x01\x01\x01\x01", FileKind::Mmdf),
        ];
        match MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            // What wrote it is in bytes 8 and 9: "SM" for a .pst, "SO" for an .ost.
            Some((_, Self::Pst)) if head.get(8..10) == Some(b"SO") => return Self::Ost,
            Some((_, kind)) => return *kind,
            None if is_bzip2(head) => return Self::Bzip2,
            None if is_tar(head) => return Self::Tar,
            None => {}
        }
        let text = &head[leading_blank(head)..];
        let (first, rest) = split_line(text);
        let begin = text.trim_ascii_start();
        if begin.is_empty() {
            Self::Empty
        } else if text.starts_with(b"From ") {
            let below = first_line_not(rest, b">From ");
            // Below a From_ line of our own there may be anything.
            let is_certain = FromLine::parse(first).is_some_and(|line| line.dialect() == Dialect::Mbox2eml);
            if is_certain || field_name(below).is_some() { Self::Mbox } else { Self::FromLine }
        } else if is_quoted_from_line(first) && field_name(rest).is_some() {
            Self::Mbox
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

    /// Whether it is an archive or a compressed file of a kind that the crate `mbox2eml-archive` reads.
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Zip | Self::Tar | Self::Gzip | Self::Bzip2 | Self::Xz | Self::Zstd)
    }

    /// Its name for counting, such as `web page`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mbox => "mailbox",
            Self::FromLine => "text file",
            Self::Empty => "empty file",
            Self::Zip => "ZIP archive",
            Self::Gzip => "gzip file",
            Self::Tar => "tar archive",
            Self::Pdf => "PDF document",
            Self::SingleMessage => "single message",
            Self::Emlx => "Apple Mail message",
            Self::Mmdf => "MMDF mailbox",
            Self::Bzip2 => "bzip2 file",
            Self::Xz => "xz file",
            Self::Zstd => "Zstandard file",
            Self::SevenZip => "7z archive",
            Self::Rar => "RAR archive",
            Self::Pst | Self::Ost => "Outlook data file",
            Self::Dbx => "Outlook Express folder",
            Self::CompoundFile => "Outlook message",
            Self::Html => "web page",
            Self::Json => "JSON file",
            Self::Unknown => "other file",
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
            Self::Bzip2 => "it looks like a bzip2 or .tbz archive",
            Self::Xz => "it looks like an xz or .txz archive",
            Self::Zstd => "it looks like a Zstandard or .tzst archive",
            Self::Tar => "it looks like a tar archive",
            Self::SevenZip => "it looks like a 7z archive",
            Self::Rar => "it looks like a RAR archive",
            Self::Pdf => "it looks like a PDF document",
            Self::SingleMessage => "it looks like a single message (.eml)",
            Self::Emlx => "it looks like a single message of Apple Mail (.emlx)",
            Self::Mmdf => "it looks like an MMDF mailbox",
            Self::Pst => "it looks like an Outlook data file (.pst)",
            Self::Ost => "it looks like an Outlook offline data file (.ost)",
            Self::Dbx => "it looks like an Outlook Express folder (.dbx)",
            Self::CompoundFile => "it looks like an Outlook message (.msg)",
            Self::Html => "it looks like a web page",
            Self::Json => "it looks like JSON",
            Self::Unknown => "it has no 'From ' line at its start",
        })
    }
}

/// The magic of bzip2, with the size of its blocks as a digit, and of its first block or of its end if it is empty.
fn is_bzip2(head: &[u8]) -> bool {
    let [b'B', b'Z', b'h', b'1'..=b'9', block @ ..] = head else { return false };
    block.starts_with(b"1AY&SY") || block.starts_with(b"\x17\x72\x45\x38\x50\x90")
}

/// The magic of the header block that a tar archive begins with: POSIX ustar's, or GNU's with its blanks. Both hold a
/// NUL, so no text passes for one.
fn is_tar(head: &[u8]) -> bool {
    const MAGIC_AT: usize = 257;
    head.get(MAGIC_AT..).is_some_and(|magic| magic.starts_with(b"ustar\0") || magic.starts_with(b"ustar  \0"))
}

/// A From_ line with a date and a `>` before it, which some mailboxes begin with.
fn is_quoted_from_line(line: &[u8]) -> bool {
    let line = line.strip_prefix(b">").and_then(FromLine::parse);
    line.is_some_and(|line| line.shape() == Shape::Strong)
}

/// The length of what may come before a mailbox's first line: a UTF-8 byte order mark, and lines with nothing but
/// blanks and tabs.
pub(crate) fn leading_blank(head: &[u8]) -> usize {
    let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let blank = head[mark..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    // Blanks at the start of a line with text belong to that line.
    let end = head[..mark + blank].iter().rposition(|byte| matches!(byte, b'\r' | b'\n'));
    end.map_or(mark, |end| end + 1)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_and_mail_stores_are_known_by_their_first_bytes() {
        for (head, kind, is_read) in [
            (&b"PK\x03\x04\x14\0"[..], FileKind::Zip, true),
            (b"PK\x05\x06\0\0", FileKind::Zip, true),
            (b"\x1f\x8b\x08\0", FileKind::Gzip, true),
            (b"BZh91AY&SY", FileKind::Bzip2, true),
            (b"BZh1\x17\x72\x45\x38\x50\x90", FileKind::Bzip2, true),
            (b"BZh-alpha", FileKind::Unknown, false),
            (b"\xfd7zXZ\0\0\x04", FileKind::Xz, true),
            (b"\x28\xb5\x2f\xfd\x04", FileKind::Zstd, true),
            (b"7z\xbc\xaf\x27\x1c\0\x04", FileKind::SevenZip, false),
            (b"Rar!\x1a\x07\x00", FileKind::Rar, false),
            (b"Rar!\x1a\x07\x01\x00", FileKind::Rar, false),
            (b"!BDN\x01\x02\x03\x04SM\x17\0", FileKind::Pst, false),
            (b"!BDN\x01\x02\x03\x04SO\x17\0", FileKind::Ost, false),
            (b"!BDN", FileKind::Pst, false),
            (b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f", FileKind::Dbx, false),
        ] {
            assert_eq!((FileKind::at(head), kind.is_archive()), (kind, is_read), "{}", head.escape_ascii());
        }
    }
}

//! Does a message have the size and the MD5 that its record gives?

use std::io::{self, Write};

use md5::{Digest as _, Md5};

use super::Found;
use crate::keyword::keywords;
use crate::size::to_u64;
use crate::split::LineEnd;
use crate::transform::{Eml, Eol, Quoting};

/// Whether a message is, byte for byte, the one that its record describes.
///
/// ```
/// use mbox2eml::metadata::Check;
///
/// assert_eq!(Check::Matched.as_str(), "matched");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// It has the size and the MD5 of its record.
    Matched,
    /// It has another size or another MD5.
    Differs,
}

keywords!(Check, "result of the comparison with metadata", Matched = "matched", Differs = "differ");

/// What was found about a message in the metadata of its mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// There is no record of it.
    Unrecorded,
    /// There is one, and what the comparison with it says, if there was one.
    Recorded(Option<Check>),
}

impl Joined {
    /// What the comparison says, if there was one.
    pub(crate) fn check(self) -> Option<Check> {
        match self {
            Self::Unrecorded => None,
            Self::Recorded(check) => check,
        }
    }
}

/// A message as it is in its mailbox.
#[derive(Clone, Copy)]
pub(crate) struct Original<'a> {
    pub(crate) bytes: &'a [u8],
    /// How the lines of the mailbox end.
    pub(crate) line_end: LineEnd,
    /// The quoting that is undone.
    pub(crate) quoting: Quoting,
}

impl<'a> Original<'a> {
    /// What metadata describes: the message with CRLF line ends.
    fn eml(self) -> Eml<'a> {
        Eml::with_line_end(self.bytes, self.line_end, self.quoting, Eol::Crlf)
    }
}

impl Found<'_> {
    /// Compares a message with its record, by its EML if the lines of that end in CRLF; `None` if the record has no
    /// MD5, and not another size.
    pub(crate) fn check(&self, original: Original<'_>, crlf: Option<&Eml<'_>>) -> Option<Check> {
        let made;
        let eml = match crlf {
            Some(eml) => eml,
            None => {
                made = original.eml();
                &made
            }
        };
        if self.size().is_some_and(|size| size != eml.len()) {
            return Some(Check::Differs);
        }
        let md5 = self.md5()?;
        Some(if md5_of(eml) == md5 { Check::Matched } else { Check::Differs })
    }

    /// How a message differs from its record, and what it would take to be the same.
    pub(crate) fn difference(&self, original: Original<'_>) -> String {
        let eml = original.eml();
        let (size, md5) = (self.size().unwrap_or(eml.len()), self.md5().unwrap_or_default());
        let differs = if eml.len() == size {
            format!("has the MD5 {}, not {} as in the metadata of its export", hex(md5_of(&eml)), hex(md5))
        } else {
            format!("has {} bytes with CRLF line ends, not {size} as in the metadata of its export", eml.len())
        };
        let is_same = |bytes: &[u8]| to_u64(bytes.len()) == size && md5 == <[u8; 16]>::from(Md5::digest(bytes));
        let mut quotings = [Quoting::None, Quoting::Mboxo, Quoting::Mboxrd].into_iter();
        let cause = if eml.to_bytes().strip_suffix(b"\r\n").is_some_and(is_same) {
            ": there its last line has no line end, which mailboxes cannot keep"
        } else if quotings.any(|quoting| is_same(&Original { quoting, ..original }.eml().to_bytes())) {
            ": with another --unquote it would be the same"
        } else if is_same(original.bytes) {
            ": with the line ends of the mailbox it would be the same"
        } else {
            ""
        };
        differs + cause
    }
}

fn md5_of(eml: &Eml<'_>) -> [u8; 16] {
    let mut hashing = Hashing(Md5::new());
    // Nothing that is written here fails.
    drop(eml.write_to(&mut hashing));
    hashing.0.finalize().into()
}

struct Hashing(Md5);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// In hexadecimal digits.
fn hex(md5: [u8; 16]) -> String {
    md5.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! The outermost MIME multipart of a message (RFC 2046, section 5.1): where it is open, and whether it was closed.
//!
//! Only a hint for where messages begin, since truncated messages exist.

use memchr::{memchr_iter, memmem};

use crate::field::{MAX_HEADER, RawFields, parameter, strict};
use crate::line_end::LineEnd;

/// Longer boundaries than this are ignored; RFC 2046 allows 70 characters.
pub(super) const BOUNDARY_LIMIT: usize = 256;

/// Follows the outermost multipart of one message. Every byte is looked at once.
#[derive(Debug, Default)]
pub(super) struct Multipart {
    delimiter: Option<Option<Delimiter>>,
    /// How much of the message was looked at.
    seen: usize,
    open: bool,
}

impl Multipart {
    /// One whose header has this Content-Type field, if any.
    pub(super) fn of(content_type: Option<&[u8]>) -> Self {
        Self { delimiter: Some(content_type.and_then(Delimiter::of_content_type)), ..Self::default() }
    }

    /// What begins and ends its parts.
    pub(super) fn into_delimiter(self, message: &[u8], line_end: LineEnd) -> Option<Delimiter> {
        self.delimiter.unwrap_or_else(|| Delimiter::of(message, line_end))
    }

    /// Whether the multipart is open at the end of `message`, which must not be shorter than at the last call.
    pub(super) fn is_open(&mut self, message: &[u8], line_end: LineEnd) -> bool {
        let Some(delimiter) = self.delimiter.get_or_insert_with(|| Delimiter::of(message, line_end)) else {
            return false;
        };
        for at in memmem::find_iter(&message[self.seen..], &delimiter.0).map(|at| self.seen + at) {
            if let Some(closes) = delimiter.closes_at(message, at, line_end) {
                self.open = !closes;
            }
        }
        self.seen = message.len();
        self.open
    }
}

/// What begins and ends each part of a multipart: `--` and the boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delimiter(Vec<u8>);

impl Delimiter {
    /// The delimiter that these bytes are, if they can be one.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let boundary = bytes.strip_prefix(b"--")?.len();
        (1..=BOUNDARY_LIMIT).contains(&boundary).then_some(Self(bytes))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The delimiter that the header of `message` declares.
    fn of(message: &[u8], line_end: LineEnd) -> Option<Self> {
        let at = content_type(message, line_end)?;
        let (_, value) = RawFields::limited(message.get(at..)?, line_end).next().and_then(strict)?;
        Self::of_content_type(value)
    }

    /// The delimiter that the value of a Content-Type field declares.
    fn of_content_type(value: &[u8]) -> Option<Self> {
        let boundary = parameter(value, b"boundary")?;
        (1..=BOUNDARY_LIMIT).contains(&boundary.len()).then(|| Self([b"--", boundary].concat()))
    }

    /// Whether `message` ends inside one of the parts.
    pub(super) fn is_left_open(&self, message: &[u8], line_end: LineEnd) -> bool {
        // Nearly every multipart ends with its closing delimiter, and to prepare a search costs more than to compare
        // that.
        let before_dashes = message.trim_ascii_end().strip_suffix(b"--");
        if let Some(rest) = before_dashes.and_then(|text| text.strip_suffix(&self.0[..]))
            && self.closes_at(message, rest.len(), line_end) == Some(true)
        {
            return false;
        }
        let delimiters = memmem::rfind_iter(message, &self.0);
        delimiters.filter_map(|at| self.closes_at(message, at, line_end)).next() == Some(false)
    }

    /// Where `message` closes the multipart.
    pub(super) fn closed_in(&self, message: &[u8], line_end: LineEnd) -> Option<usize> {
        memmem::find_iter(message, &self.0).find(|at| self.closes_at(message, *at, line_end) == Some(true))
    }

    /// Whether the delimiter at `at` is the closing one; `None` if it is no delimiter, but the start of a longer line
    /// or in the middle of one.
    fn closes_at(&self, message: &[u8], at: usize, line_end: LineEnd) -> Option<bool> {
        if at > 0 && line_end.at_tail(&message[..at]) == 0 {
            return None;
        }
        let after = &message[at + self.0.len()..];
        let closes = after.starts_with(b"--");
        (closes || after[..line_end.first_line(after)].trim_ascii().is_empty()).then_some(closes)
    }
}

/// Where the Content-Type field is. Every message is searched, and most have none, so only first letters are compared.
fn content_type(message: &[u8], line_end: LineEnd) -> Option<usize> {
    const NAME: &[u8] = b"Content-Type";
    let header = message.get(..MAX_HEADER).unwrap_or(message);
    let line_starts = std::iter::once(0).chain(memchr_iter(line_end.byte(), header).map(|at| at + 1));
    for at in line_starts {
        match header.get(at)? {
            b'C' | b'c' if header.get(at..at + NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)) => {
                return Some(at);
            }
            b'\r' | b'\n' if line_end.at_head(&header[at..]) > 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise the rest of the line, which is the rest of the message, would be searched each time: for hours.
    #[test]
    fn a_delimiter_in_the_middle_of_a_long_line_takes_no_time() {
        let delimiter = Delimiter::from_bytes(b"--b".to_vec()).unwrap();
        let message = "--bx".repeat(5_000_000).into_bytes();
        assert!(!delimiter.is_left_open(&message, LineEnd::Lf));
        assert_eq!(delimiter.closed_in(&message, LineEnd::Lf), None);
    }

    #[test]
    fn a_delimiter_is_a_line_of_its_own_unless_it_closes() {
        let delimiter = Delimiter::from_bytes(b"--b".to_vec()).unwrap();
        for (message, at, expected) in [
            ("--b", 0, Some(false)),
            ("--b \t\nx", 0, Some(false)),
            ("\n--b\r\n", 1, Some(false)),
            ("\n--b--", 1, Some(true)),
            ("\n--b--x", 1, Some(true)),
            ("\n--bx", 1, None),
            ("x--b\n", 1, None),
            ("x--b--\n", 1, None),
        ] {
            assert_eq!(delimiter.closes_at(message.as_bytes(), at, LineEnd::Lf), expected, "{message:?}");
        }
    }
}

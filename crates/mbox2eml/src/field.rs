//! The fields of a header (RFC 5322, 2.2), and the one walk over them that all steps share.

use std::ops::Range;

use memchr::{Memchr, memchr};

use crate::line_end::LineEnd;

/// No more of a header than this is read, in bytes. A file that is no mailbox may look like one message with a header
/// of many gigabytes.
pub(crate) const MAX_HEADER: usize = 256 << 10;

/// The fields at the start of a message, each with its folded lines and their line ends, up to the first empty line.
/// What a field consists of is not checked: a line without a colon counts as one.
#[derive(Clone, Debug)]
pub(crate) struct RawFields<'a> {
    message: &'a [u8],
    line_end: LineEnd,
    line_ends: Memchr<'a>,
    position: usize,
}

impl<'a> RawFields<'a> {
    pub(crate) fn new(message: &'a [u8], line_end: LineEnd) -> Self {
        Self { message, line_end, line_ends: Memchr::new(line_end.byte(), message), position: 0 }
    }

    /// The same of the first [`MAX_HEADER`] bytes.
    pub(crate) fn limited(message: &'a [u8], line_end: LineEnd) -> Self {
        Self::new(message.get(..MAX_HEADER).unwrap_or(message), line_end)
    }

    /// The length of the fields passed so far.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// The length of the empty line that comes next; 0 if a field or the end of the message does.
    pub(crate) fn empty_line(&self) -> usize {
        self.line_end.at_head(&self.message[self.position..])
    }
}

impl<'a> Iterator for RawFields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.position;
        if start == self.message.len() || self.empty_line() > 0 {
            return None;
        }
        let mut end = || self.line_ends.next().map_or(self.message.len(), |at| at + 1);
        self.position = end();
        while matches!(self.message.get(self.position), Some(b' ' | b'\t')) {
            self.position = end();
        }
        Some(&self.message[start..self.position])
    }
}

/// The first empty line, which ends the header; an empty range at the end of `message` if there is none.
pub(crate) fn empty_line(message: &[u8], line_end: LineEnd) -> Range<usize> {
    let mut fields = RawFields::new(message, line_end);
    fields.by_ref().for_each(drop);
    fields.position()..fields.position() + fields.empty_line()
}

/// The length of the header with the empty line that ends it; `None` if that line is not there.
pub(crate) fn whole_header_len(message: &[u8], line_end: LineEnd) -> Option<usize> {
    let line = empty_line(message, line_end);
    (!line.is_empty()).then_some(line.end)
}

/// The name and the value of a field whose name is valid; the value keeps its folding.
pub(crate) fn strict(field: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, colon) = split_name(field);
    (name > 0 && field.get(colon) == Some(&b':')).then(|| (&field[..name], &field[colon + 1..]))
}

/// The same of any line with a colon. White space before the colon is obsolete, but occurs (RFC 5322, 4.5).
pub(crate) fn lenient(field: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = field.split_at_checked(memchr(b':', field)?)?;
    Some((name.trim_ascii_end(), value.get(1..)?))
}

/// Names and values of the fields of a header that ends its lines in LF, or in CR if it has no LF.
pub(crate) fn fields(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let line_end = if memchr(b'\n', header).is_some() { LineEnd::Lf } else { LineEnd::Cr };
    RawFields::new(header, line_end).filter_map(lenient)
}

/// A parameter of a field such as Content-Type (RFC 2045, 5.1), without its quotation marks. A missing semicolon before
/// it, or a missing mark at its end, is forgiven.
pub(crate) fn parameter<'a>(value: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let is_end = |byte: &u8| *byte == b';' || byte.is_ascii_whitespace();
    let mut rest = value;
    loop {
        let (before, after) = rest.split_at_checked(memchr(b'=', rest)?)?;
        let key = before.trim_ascii_end().rsplit(is_end).next()?;
        let after = after.get(1..)?.trim_ascii_start();
        let (found, next) = match after.strip_prefix(b"\"") {
            Some(quoted) => quoted.split_at_checked(end_of_quotes(quoted))?,
            None => after.split_at_checked(after.iter().position(is_end).unwrap_or(after.len()))?,
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(found);
        }
        rest = next;
    }
}

/// Where the quotation mark is that ends `quoted`; one behind a backslash is part of the text.
fn end_of_quotes(quoted: &[u8]) -> usize {
    let mut escaped = false;
    let is_end = |byte: &u8| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    };
    quoted.iter().position(is_end).unwrap_or(quoted.len())
}

/// The length of the field name that `line` begins with: bytes 33 to 126 without `:`, then `:` (RFC 5322, 2.2). White
/// space before the colon is obsolete, but occurs (4.5).
pub fn field_name(line: &[u8]) -> Option<usize> {
    let (name, colon) = split_name(line);
    (name > 0 && line.get(colon) == Some(&b':')).then_some(name)
}

/// Whether more bytes could turn `line` into the start of a header field.
pub(crate) fn may_become_field(line: &[u8]) -> bool {
    split_name(line).1 == line.len()
}

/// The length of the field name at the start of `line`, and where its colon would be.
#[inline]
fn split_name(line: &[u8]) -> (usize, usize) {
    let name = line.iter().position(|byte| !IS_NAME[usize::from(*byte)]).unwrap_or(line.len());
    let blanks = line[name..].iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len() - name);
    (name, name + blanks)
}

/// Which bytes a field's name may contain: a table, since this is asked of most bytes of a header.
static IS_NAME: [bool; 256] = {
    const COLON: usize = 0x3a;
    let mut table = [false; 256];
    let mut byte = 33;
    while byte <= 126 {
        table[byte] = byte != COLON;
        byte += 1;
    }
    table
};

/// Whether `line` consists of nothing but a line end.
pub(crate) fn is_empty_line(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_end_at_the_first_empty_line() {
        let expected: [(&[u8], &[u8]); 2] = [(b"A", b" 1\n\t2\n"), (b"b", b"3:4\n")];
        for after in ["", "\n", "\nC: 5\n", "\r\nC: 5\n", "\r\r\nC: 5\n"] {
            let header = format!("A: 1\n\t2\nno field\nb :3:4\n{after}");
            assert_eq!(fields(header.as_bytes()).collect::<Vec<_>>(), expected, "{after:?}");
        }
        assert_eq!(
            fields(b"A: 1\r\t2\rB:3\r\rC: 4").collect::<Vec<_>>(),
            [(&b"A"[..], &b" 1\r\t2\r"[..]), (b"B", b"3\r")]
        );
        assert_eq!(fields(b"").chain(fields(b"\nA: 1")).count(), 0);
        assert_eq!(fields(b"A:").collect::<Vec<_>>(), [(&b"A"[..], &b""[..])]);
    }

    #[test]
    fn a_walk_ends_before_the_empty_line() {
        for (message, line_end, fields, end, empty) in [
            (&b"A: 1\n\t2\nno field\n\nbody"[..], LineEnd::Lf, &[&b"A: 1\n\t2\n"[..], b"no field\n"][..], 17, 1),
            (b"A: 1\r\r\n\r\r\nbody", LineEnd::Lf, &[b"A: 1\r\r\n"], 7, 3),
            (b"A: 1\r\n 2", LineEnd::Lf, &[b"A: 1\r\n 2"], 8, 0),
            (b"A: 1\r\rB: 2", LineEnd::Cr, &[b"A: 1\r"], 5, 1),
            (b"A: 1\r\rB: 2\n", LineEnd::Lf, &[b"A: 1\r\rB: 2\n"], 11, 0),
            (b"\nbody", LineEnd::Lf, &[], 0, 1),
            (b"", LineEnd::Lf, &[], 0, 0),
        ] {
            let mut walk = RawFields::new(message, line_end);
            assert_eq!(walk.by_ref().collect::<Vec<_>>(), fields);
            assert_eq!((walk.position(), walk.empty_line(), walk.next()), (end, empty, None));
        }
    }

    #[test]
    fn parameters() {
        for (value, expected) in [
            ("multipart/mixed; boundary=b", Some("b")),
            ("multipart/mixed; boundary=\"b c;d\"; x=y", Some("b c;d")),
            ("multipart/mixed;\r\n\tcharset=utf-8;\r\n BOUNDARY = \"b\"\r\n", Some("b")),
            ("multipart/mixed; boundary=----=_Part_1=; x=y", Some("----=_Part_1=")),
            ("multipart/mixed; boundary=b (comment)", Some("b")),
            ("multipart/mixed boundary=b", Some("b")),
            ("multipart/mixed; boundary=\"b", Some("b")),
            ("multipart/mixed; name=\"x; boundary=no\"; boundary=b", Some("b")),
            ("multipart/mixed; name=\"\\\"; boundary=no\"; boundary=b", Some("b")),
            ("multipart/mixed; boundary=", Some("")),
            ("multipart/mixed; xboundary=b; boundary", None),
            ("multipart/mixed", None),
            ("", None),
        ] {
            assert_eq!(parameter(value.as_bytes(), b"boundary"), expected.map(str::as_bytes), "{value:?}");
        }
    }
}

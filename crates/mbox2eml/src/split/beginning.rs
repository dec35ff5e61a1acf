//! What is certain of the last message of an input that broke off: what it begins with, whatever would have followed.

use memchr::memmem;

use crate::field::whole_header_len;
use crate::line_end::LineEnd;

/// How much there is of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it, as far as is known.
    #[default]
    Whole,
    /// Its header and a part of its body: the input broke off in it.
    Beginning,
    /// Not even its whole header.
    NoHeader,
}

/// How many of these bytes the message begins with for certain, and how much of it that is.
///
/// `bytes` are all that came behind the From_ line of the last message. Left out are empty lines at the end, which may
/// be a separator, the beginning of a line end or of a `From ` line, and all from the first quoted line on: whether
/// that is read as quoted can depend on what would have followed. If the message `may_be_unended`, its last line end
/// may not be part of it, either.
pub(super) fn certain(bytes: &[u8], line_end: LineEnd, may_be_unended: bool) -> (usize, Extent) {
    let Some(header) = whole_header_len(bytes, line_end) else { return (bytes.len(), Extent::NoHeader) };
    let body = &bytes[header..];
    let last_line = memchr::memrchr(line_end.byte(), body).map_or(0, |at| at + 1);
    let tail = body[last_line..].iter().position(|byte| *byte != b'>').unwrap_or(body.len() - last_line);
    let may_be_from = b"From ".starts_with(&body[last_line + tail..]);
    let quoted = memmem::find_iter(body, b">From ").map(|at| start_of_marks(body, at));
    let quoted = quoted.into_iter().find(|start| begins_line(body, *start, line_end));
    let end = header + quoted.unwrap_or(if may_be_from { last_line } else { body.len() });
    let line_ends = bytes[..end].iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let text = end - line_ends;
    // An empty line at the start may be all of the message, or its separator.
    let last_end = if text > 0 && !may_be_unended { line_end.at_head(&bytes[text..end]) } else { 0 };
    (text + last_end, Extent::Beginning)
}

/// Where the row of `>` begins that ends with the one at `at`.
fn start_of_marks(body: &[u8], at: usize) -> usize {
    at - body[..at].iter().rev().take_while(|byte| **byte == b'>').count()
}

fn begins_line(body: &[u8], at: usize, line_end: LineEnd) -> bool {
    at.checked_sub(1).is_none_or(|before| body[before] == line_end.byte())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain() {
        for (certain_bytes, rest) in [
            ("A: 1\n\nbody", ""),
            ("A: 1\n\nbody\n", ""),
            ("A: 1\r\n\r\nbody", "\r"),
            ("A: 1\r\n\r\nbody\r\n", "\r\n\r"),
            ("A: 1\n\nbody\n", "\nFro"),
            ("A: 1\n\nbody\n\nFrog", ""),
            ("A: 1\n\nbody\n", ">>"),
            ("A: 1\n\nbody\n", "\n>>From"),
            ("A: 1\n\nbody\n> Fr", ""),
            ("A: 1\n\nbody\n", ">>From x\nmore\n"),
            ("A: 1\n\nx >From y\nmore", ""),
            ("A: 1\n", "\n"),
            ("A: 1\n", "\nF"),
            ("A: 1\n", "\n>From x"),
            ("", "\n"),
        ] {
            let bytes = format!("{certain_bytes}{rest}");
            let expected = (certain_bytes.len(), Extent::Beginning);
            assert_eq!(certain(bytes.as_bytes(), LineEnd::Lf, false), expected, "{bytes:?}");
        }
        assert_eq!(certain(b"A: 1\n\nbody\n\n", LineEnd::Lf, true), (10, Extent::Beginning));
        assert_eq!(certain(b"A: 1\r\rbody\r\rFrom", LineEnd::Cr, false), (11, Extent::Beginning));
    }

    #[test]
    fn a_header_without_an_end_is_none() {
        for bytes in ["", "A", "A: 1", "A: 1\n", "A: 1\r\n\r", "A: 1\n>From x\n"] {
            assert_eq!(certain(bytes.as_bytes(), LineEnd::Lf, false), (bytes.len(), Extent::NoHeader), "{bytes:?}");
        }
    }
}

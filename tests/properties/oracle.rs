//! What must be true, said slowly: naive versions of what the library does quickly. The fuzz targets use it too.

use std::collections::HashSet;

use mbox2eml::split::LineEnd;
use mbox2eml::transform::Eol;

use super::run::Split;

/// Every byte belongs to the preamble or to one part of one span, and spans begin where lines do.
pub(crate) fn check_tiling(mailbox: &[u8], split: &Split) {
    let size = u64::try_from(mailbox.len()).unwrap();
    let end_of_line: &[u8] = if split.line_end == LineEnd::Cr { b"\r" } else { b"\n" };
    let preamble = split.spans.first().map_or(size, |first| first.whole().start);
    let mut at = preamble;
    for span in &split.spans {
        assert_eq!(span.whole().start, at, "{span:?}");
        assert!(!span.from_line().is_empty() && span.message().start <= span.message().end, "{span:?}");
        assert!(span.message().end <= span.whole().end, "{span:?}");
        let start = usize::try_from(span.whole().start).unwrap();
        assert!(mailbox[start..].starts_with(b"From "), "{span:?}");
        let ends_before: &[&[u8]] = if at == preamble { &[b"\r", b"\n", b"\xef\xbb\xbf"] } else { &[end_of_line] };
        assert!(start == 0 || ends_before.iter().any(|end| mailbox[..start].ends_with(end)), "{span:?}");
        at = span.whole().end;
    }
    assert_eq!(at, size);
}

/// Every doubt names the message that its place is in, and no place is doubted twice for one reason.
pub(crate) fn check_doubts(split: &Split) {
    let mut met = HashSet::new();
    for doubt in &split.doubts {
        assert!(met.insert((doubt.byte, doubt.kind)), "twice: {doubt:?}");
        let begun = split.spans.iter().filter(|span| span.whole().start <= doubt.byte).count();
        // What stands before the first message is told with it.
        assert_eq!(usize::try_from(doubt.message), Ok(begun.max(1)), "{doubt:?}");
    }
}

/// Quotes a body as an mboxrd writer does.
pub(crate) fn quote(body: &[u8], line_end: LineEnd) -> Vec<u8> {
    let end = if line_end == LineEnd::Cr { b'\r' } else { b'\n' };
    let mut quoted = Vec::new();
    for line in body.split_inclusive(|byte| *byte == end) {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        if line[marks..].starts_with(b"From ") {
            quoted.push(b'>');
        }
        quoted.extend_from_slice(line);
    }
    quoted
}

/// Rewrites line ends byte by byte.
pub(crate) fn with_line_ends(bytes: &[u8], eol: Eol, line_end: LineEnd) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = match (&bytes[at..], line_end) {
            ([b'\r', b'\n', ..], _) => 2,
            ([b'\n', ..], _) | ([b'\r', ..], LineEnd::Cr) => 1,
            _ => 0,
        };
        match eol {
            Eol::Crlf if length > 0 => out.extend(b"\r\n"),
            Eol::Lf if length > 0 => out.extend(b"\n"),
            _ => out.extend(&bytes[at..at + length.max(1)]),
        }
        at += length.max(1);
    }
    out
}

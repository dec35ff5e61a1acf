//! What must be true, computed slowly: naive versions of what the library does quickly. The fuzz targets use it too.

use std::collections::HashSet;

use mbox2eml::internals::LineEnd;
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
        // Only the first may have a `>` before it.
        let line = &mailbox[start..];
        let line = line.strip_prefix(b">").filter(|_| at == preamble).unwrap_or(line);
        assert!(line.starts_with(b"From "), "{span:?}");
        let ends_before: &[&[u8]] = if at == preamble { &[b"\r", b"\n", b"\xef\xbb\xbf"] } else { &[end_of_line] };
        assert!(start == 0 || ends_before.iter().any(|end| mailbox[..start].ends_with(end)), "{span:?}");
        at = span.whole().end;
    }
    assert_eq!(at, size);
}

/// No line that could begin a message is skipped silently: one that starts with `From `, after an empty line and above
/// two header fields. The mailbox was split by [`SplitRule::Auto`](mbox2eml::split::SplitRule).
pub(crate) fn check_silence(mailbox: &[u8], split: &Split) {
    let line_end = if split.line_end == LineEnd::Cr { b'\r' } else { b'\n' };
    let lines: Vec<&[u8]> = mailbox.split_inclusive(|byte| *byte == line_end).collect();
    let is_empty = |line: &[u8]| line.last() == Some(&line_end) && line.iter().all(|byte| b"\r\n".contains(byte));
    // A line feed ends no line where CR does.
    let is_empty = |line: &[u8]| is_empty(line) && (line_end == b'\n' || line.len() == 1);
    let starts: HashSet<_> = split.spans.iter().map(|span| span.whole().start).collect();
    let doubts: HashSet<_> = split.doubts.iter().map(|doubt| doubt.byte).collect();
    let is_full = |message: u64| split.doubts.iter().filter(|doubt| doubt.message == message).count() > 1000;
    let mut at = lines.first().map_or(0, |line| line.len());
    for (above, below) in (1..lines.len()).map(|number| lines.split_at(number)) {
        let place = u64::try_from(at).unwrap();
        at += below[0].len();
        let begins = below[0].starts_with(b"From ") && above.last().is_some_and(|line| is_empty(line));
        if begins && count_fields(&below[1..]) >= 2 && !starts.contains(&place) && !doubts.contains(&place) {
            let message = split.spans.iter().filter(|span| span.whole().start <= place).count();
            assert!(is_full(u64::try_from(message).unwrap()), "silent at {place}: {split:?}");
        }
    }
}

/// How many header fields these lines begin with, at most two. Some programs write a few `>From ` lines before them.
fn count_fields(lines: &[&[u8]]) -> usize {
    let is_field = |line: &&[u8]| {
        let name = line.iter().take_while(|byte| (33..=126).contains(*byte) && **byte != b':').count();
        let rest = line[name..].iter().find(|byte| !b" \t".contains(byte));
        name > 0 && rest == Some(&b':')
    };
    let pseudo = lines.iter().take_while(|line| line.starts_with(b">From ")).count();
    let lines = if pseudo <= 4 { &lines[pseudo..] } else { lines };
    let mut fields = 0;
    for line in lines {
        let is_fold = fields > 0 && matches!(line.first(), Some(b' ' | b'\t'));
        match is_field(line) {
            true if fields == 2 => break,
            true => fields += 1,
            false if is_fold => {}
            false => break,
        }
    }
    fields
}

/// Every doubt names the message that its place is in, and no place is doubted twice for one reason.
pub(crate) fn check_doubts(split: &Split) {
    let mut seen = HashSet::new();
    for doubt in &split.doubts {
        assert!(seen.insert((doubt.byte, doubt.kind)), "twice: {doubt:?}");
        let begun = split.spans.iter().filter(|span| span.whole().start <= doubt.byte).count();
        // What comes before the first message is reported with it.
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

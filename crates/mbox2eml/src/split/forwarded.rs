//! Does a From_ line head a message that was forwarded inside another one? Such a line is body, not a separator.

use memchr::memmem;

use super::multipart::BOUNDARY_LIMIT;
use crate::field::strict;
use crate::line_end::LineEnd;
use crate::size::to_u64;

/// How far below the line the end of its MIME part is looked for, in bytes.
const REACH: usize = 4 << 20;

/// No more than this many bytes of a mailbox, and this many times its size so far, are searched for the ends of parts:
/// a sender can write any number of parts that do not end. Parts that follow one another and end take its size once.
const SEARCHED: u64 = 64 << 20;
const TIMES_SEARCHED: u64 = 4;

/// The header of a MIME part has at most this many lines, and this many empty lines follow a mark.
const PART_LINES: usize = 16;
const BLANK_LINES: usize = 4;

/// What mail programs write above a message that they include as text, between dashes.
const MARKS: [&[u8]; 2] = [b"begin included message", b"begin forwarded message"];

/// The search of a mailbox for the ends of parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PartSearch {
    /// How many bytes were searched so far.
    pub(super) searched: u64,
}

impl PartSearch {
    /// How far to search below the line at this offset.
    fn reach(self, place: u64) -> usize {
        let most = place.saturating_mul(TIMES_SEARCHED).saturating_add(SEARCHED);
        usize::try_from(most.saturating_sub(self.searched)).map_or(REACH, |left| left.min(REACH))
    }
}

/// The text around a From_ line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// The offset of the line in the mailbox.
    pub(super) place: u64,
    /// The message above it.
    pub(super) above: &'a [u8],
    /// The line and what follows.
    pub(super) below: &'a [u8],
    /// Whether nothing follows that.
    pub(super) at_end: bool,
    pub(super) line_end: LineEnd,
}

/// Whether the From_ line heads a forwarded message; `None` if more bytes are needed.
///
/// It does directly after the header of a MIME part that ends further down, or after a mark of the sender's mail
/// program. A part that does not end was cut short, as much spam is: the next message follows.
pub(super) fn is_forwarded(around: Around<'_>, search: &mut PartSearch) -> Option<bool> {
    let mut lines = Upwards { rest: around.above, line_end: around.line_end };
    let mut blank = 0;
    let last = loop {
        match lines.next() {
            Some(line) if line.is_empty() && blank < BLANK_LINES => blank += 1,
            Some(line) => break line,
            None => return Some(false),
        }
    };
    if is_mark(last) {
        return Some(true);
    }
    if blank != 1 {
        return Some(false);
    }
    match part_boundary(last, lines) {
        Some(boundary) => part_ends(boundary, around, search),
        None => Some(false),
    }
}

/// `----- Begin Included Message -----`, with any dashes and colon, and in any case.
fn is_mark(line: &[u8]) -> bool {
    let is_ornament = |byte: &u8| matches!(byte, b'-' | b'_' | b'=' | b'*' | b':' | b' ' | b'\t');
    let start = line.iter().take_while(|byte| is_ornament(byte)).count();
    let end = line.iter().rposition(|byte| !is_ornament(byte)).map_or(start, |at| at + 1);
    line.get(start..end).is_some_and(|text| MARKS.iter().any(|mark| text.eq_ignore_ascii_case(mark)))
}

/// The boundary above the lines of a MIME part's header, of which `last` is the last.
fn part_boundary<'a>(last: &'a [u8], above: Upwards<'a>) -> Option<&'a [u8]> {
    let mut has_field = false;
    for line in std::iter::once(last).chain(above).take(PART_LINES) {
        if let Some(boundary) = line.strip_prefix(b"--").filter(|_| has_field) {
            let boundary = boundary.trim_ascii_end();
            return (1..=BOUNDARY_LIMIT).contains(&boundary.len()).then_some(boundary);
        }
        let is_content = |name: &[u8]| name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"Content-"));
        match strict(line) {
            Some((name, _)) if is_content(name) => has_field = true,
            _ if line.starts_with(b" ") || line.starts_with(b"\t") => {}
            _ => return None,
        }
    }
    None
}

/// Whether the boundary comes again below, first of all as a boundary: a header that declares it begins a new message.
fn part_ends(boundary: &[u8], around: Around<'_>, search: &mut PartSearch) -> Option<bool> {
    let reach = search.reach(around.place);
    let within = &around.below[..around.below.len().min(reach)];
    let found = memmem::find(within, boundary);
    if found.is_none() && within.len() < reach && !around.at_end {
        return None;
    }
    search.searched += to_u64(found.unwrap_or(within.len()));
    let before = found.and_then(|at| within[..at].strip_suffix(b"--"));
    Some(before.is_some_and(|before| around.line_end.at_tail(before) > 0))
}

/// The lines of a text from the last to the first, without their line ends.
struct Upwards<'a> {
    rest: &'a [u8],
    line_end: LineEnd,
}

impl<'a> Iterator for Upwards<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = &self.rest[..self.rest.len() - self.line_end.at_tail(self.rest)];
        if text.len() == self.rest.len() {
            return None;
        }
        let start = memchr::memrchr(self.line_end.byte(), text).map_or(0, |at| at + 1);
        let line;
        (self.rest, line) = text.split_at(start);
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(above: &[u8], below: &[u8], line_end: LineEnd, at_end: bool) -> Option<bool> {
        is_forwarded(Around { place: 0, above, below, at_end, line_end }, &mut PartSearch::default())
    }

    #[test]
    fn a_line_below_a_mark_or_the_header_of_a_part_that_ends() {
        let end = "text\n\n--cut--\n";
        let part = "--cut\nContent-Type: message/rfc822;\n name=a\ncontent-id: <1>\n\n";
        let table = [
            (part, end, true),
            (part, "text\n\n--cut\nContent-Type: text/plain\n", true),
            ("x\n----- Begin Included Message -----\n\n", end, true),
            ("Begin forwarded message:\n\n\n", "", true),
            ("---------- Begin Forwarded Message\n", "", true),
            // The part never ends, or another message declares its boundary.
            (part, "text\n", false),
            (part, "Content-Type: multipart/mixed; boundary=cut\n\n--cut\n\n--cut--\n", false),
            (part, "text --cut\n", false),
            // No header of a part.
            ("--cut\n\n", end, false),
            ("Content-Type: text/plain\n\n", end, false),
            ("--cut\nSubject: x\n\n", end, false),
            ("--cut\nContent-Type: text/plain\n\n\n", end, false),
            ("--\nContent-Type: text/plain\n\n", "--\n", false),
            // Other marks, or a sentence.
            ("----- End Included Message -----\n\n", end, false),
            ("----- End forwarded message -----\n\n", end, false),
            ("Please begin forwarded message\n\n", end, false),
            ("----- Begin Included Message ----- x\n\n", end, false),
            ("-----Original Message-----\n\n", end, false),
            ("Begin forwarded message:\n\n\n\n\n\n", end, false),
            ("", end, false),
        ];
        for (above, below, expected) in table {
            for eol in ["\n", "\r\n"] {
                let [above, below] = [above, below].map(|text| text.replace('\n', eol));
                let answer = ask(above.as_bytes(), below.as_bytes(), LineEnd::Lf, true);
                assert_eq!(answer, Some(expected), "{above:?} {below:?}");
            }
            let [above, below] = [above, below].map(|text| text.replace('\n', "\r"));
            let answer = ask(above.as_bytes(), below.as_bytes(), LineEnd::Cr, true);
            assert_eq!(answer, Some(expected), "{above:?} {below:?}");
        }
    }

    #[test]
    fn the_end_of_the_part_may_not_be_visible_yet() {
        let part = b"--cut\nContent-Type: message/rfc822\n\n";
        assert_eq!(ask(part, b"text\n", LineEnd::Lf, false), None);
        assert_eq!(ask(part, &b"text\n".repeat(REACH / 5 + 1), LineEnd::Lf, false), Some(false));
    }

    #[test]
    fn the_bytes_that_are_searched_are_limited() {
        let above = b"--cut\nContent-Type: message/rfc822\n\n";
        let around = Around { place: 0, above, below: b"", at_end: false, line_end: LineEnd::Lf };
        let ends = &b"text\n\n--cut--\n"[..];
        let mut search = PartSearch::default();
        assert_eq!(is_forwarded(Around { below: ends, ..around }, &mut search), Some(true));
        assert_eq!(search.searched, 8);
        assert_eq!(is_forwarded(Around { below: b"text\n", ..around }, &mut search), None);
        assert_eq!(search.searched, 8);
        let endless = &b"text\n".repeat(REACH / 5 + 1)[..];
        for _ in 0..100 {
            assert_eq!(is_forwarded(Around { below: endless, ..around }, &mut search), Some(false));
        }
        assert_eq!(search.searched, SEARCHED);
        // What is left for it decides, not where the window ends.
        for (place, below, expected) in [
            (0, ends, Some(false)),
            (1, b"text\n", Some(false)),
            (2, b"text\n", None),
            (2, ends, Some(false)),
            (3, ends, Some(true)),
        ] {
            assert_eq!(is_forwarded(Around { place, below, ..around }, &mut search.clone()), expected, "{place}");
        }
    }
}

//! The evidence that a message begins at a `From ` line: the line itself and what is around it.

use memchr::memchr;

use super::from_line::{FromLine, Shape};
use crate::field::{field_name, may_become_field};
use crate::line_end::LineEnd;
use crate::source::Window;

/// How far below a `From ` line the evidence is looked for. A From_ line, two header fields and their folds fit easily.
pub(super) const LOOK_AHEAD: usize = 64 << 10;

/// At most this many `>From ` lines below one From_ line are taken for header fields, each of at most this length.
const PSEUDO_HEADERS: usize = 4;
const LONGEST_PSEUDO_HEADER: usize = 1000;

/// The fields that a message gets on its way. The text of a body rarely has three of them in one block.
const TRACE: [&str; 5] = ["From", "Date", "Received", "Return-Path", "Message-ID"];

/// Fields that nearly every message has one of.
const WELL_KNOWN: [&str; 20] = [
    "Received",
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Return-Path",
    "Delivered-To",
    "MIME-Version",
    "Content-Type",
    "Sender",
    "Reply-To",
    "In-Reply-To",
    "References",
    "Status",
    "X-Mozilla-Status",
    "X-GM-THRID",
    "X-IMAP",
    "X-IMAPbase",
];

/// A line that starts with `From `, with the evidence around it.
pub(super) struct Candidate<'a> {
    /// The line itself, parsed.
    pub(super) line: FromLine<'a>,
    /// The length of the line, and of `>From ` pseudo-headers directly below it, with their line ends.
    pub(super) length: usize,
    /// Whether the line above is empty, or there is none.
    pub(super) after_blank: bool,
    /// What follows below.
    pub(super) below: Below,
}

/// What follows below a `From ` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Below {
    pub(super) first: First,
    /// How many header fields follow, as far as they were counted: at least 2 if there are 2.
    pub(super) fields: usize,
    /// Whether one of them is well known.
    pub(super) well_known: bool,
    /// Whether three of the [`TRACE`] fields are among them. Only known of lines without a date after an empty line.
    pub(super) traced: bool,
    /// Whether the first is Gmail's `X-GM-THRID`, or the file ends before that could be seen.
    pub(super) gmail: bool,
}

/// What the first line below a `From ` line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    Field,
    EmptyLine,
    Separator,
    EndOfFile,
    Other,
}

impl<'a> Candidate<'a> {
    /// Gathers the evidence for the line that begins at `at` in the window; `None` if more bytes are needed.
    ///
    /// The result depends on the mailbox's bytes alone, never on where the window happens to end.
    pub(super) fn gather(window: &Window<'a>, at: usize, line_end: LineEnd) -> Option<Self> {
        let (before, after) = window.bytes.split_at(at);
        let visible = &after[..after.len().min(LOOK_AHEAD)];
        let text = Visible { line_end, more: visible.len() < LOOK_AHEAD && !window.at_end };
        let end = text.first_line(visible)?;
        let line = FromLine::parse(&visible[..end])?;
        let pseudo_headers = if line.dialect().is_certain() { 0 } else { text.pseudo_headers(&visible[end..])? };
        let length = end + pseudo_headers;
        let after_blank = before.is_empty() || line_end.empty_line_at_tail(before) > 0;
        // No header has an empty line, so none is searched twice, however many of its lines start with `From `.
        let wants_trace = after_blank && line.shape() != Shape::Strong;
        let below = text.below(&visible[length..], wants_trace)?;
        Some(Self { line, length, after_blank, below })
    }

    /// Whether a block of header fields follows: enough to begin a message without a date.
    pub(super) fn has_header(&self) -> bool {
        self.below.fields >= 2 && self.below.well_known
    }

    /// Whether a reader that takes every `From ` line for a separator would find a message with a header here.
    pub(super) fn heads_fields(&self) -> bool {
        self.after_blank && self.below.fields >= 2
    }
}

/// How the bytes below a candidate are read.
#[derive(Clone, Copy)]
struct Visible {
    line_end: LineEnd,
    /// Whether more bytes follow that are not in the window yet.
    more: bool,
}

impl Visible {
    /// The length of the first line; `None` if its end is not visible yet.
    fn first_line(self, text: &[u8]) -> Option<usize> {
        match memchr(self.line_end.byte(), text) {
            Some(at) => Some(at + 1),
            None if self.more => None,
            None => Some(text.len()),
        }
    }

    /// Whether `text` begins with `prefix`; `None` if that is not visible yet.
    fn starts_with(self, text: &[u8], prefix: &[u8]) -> Option<bool> {
        if text.len() < prefix.len() && self.more && prefix.starts_with(text) {
            return None;
        }
        Some(text.starts_with(prefix))
    }

    /// The length of the `>From ` lines at the start that are in the place of header fields: few and short, with a real
    /// field below. Others are text.
    fn pseudo_headers(self, text: &[u8]) -> Option<usize> {
        let mut length = 0;
        for _ in 0..PSEUDO_HEADERS {
            if !self.starts_with(&text[length..], b">From ")? {
                break;
            }
            match self.first_line(&text[length..])? {
                line if line > LONGEST_PSEUDO_HEADER => return Some(0),
                line => length += line,
            }
        }
        Some(if length > 0 && self.field_name(&text[length..])?.is_some() { length } else { 0 })
    }

    /// `wants_trace`: whether to search all of the header for [`TRACE`] fields, and not only as far as the rest takes.
    fn below(self, text: &[u8], wants_trace: bool) -> Option<Below> {
        let first = self.first(text)?;
        let gmail = self.starts_with(text, b"X-GM-THRID:")? || b"X-GM-THRID:".starts_with(text);
        let mut below = Below { first, fields: 0, well_known: false, traced: false, gmail };
        let mut trace = [false; TRACE.len()];
        let mut rest = text;
        loop {
            if if wants_trace { below.traced } else { below.fields >= 2 && below.well_known } {
                break;
            }
            let Some(name) = self.field_name(rest)? else { break };
            let is = |known: &str| known.as_bytes().eq_ignore_ascii_case(name);
            below.fields += 1;
            below.well_known |= WELL_KNOWN.iter().any(|known| is(known));
            if let Some(seen) = TRACE.iter().position(|known| is(known)).and_then(|at| trace.get_mut(at)) {
                *seen = true;
                below.traced = trace.iter().filter(|seen| **seen).count() >= 3;
            }
            rest = self.skip_field(rest)?;
        }
        Some(below)
    }

    fn first(self, text: &[u8]) -> Option<First> {
        if text.is_empty() {
            return if self.more { None } else { Some(First::EndOfFile) };
        }
        if self.is_empty_line(text)? {
            return Some(First::EmptyLine);
        }
        if self.field_name(text)?.is_some() {
            return Some(First::Field);
        }
        if self.starts_with(text, b"From ")? {
            let line = self.first_line(text)?;
            let shape = FromLine::parse(&text[..line]).map(|l| l.shape());
            return Some(if shape == Some(Shape::Strong) { First::Separator } else { First::Other });
        }
        Some(First::Other)
    }

    fn is_empty_line(self, text: &[u8]) -> Option<bool> {
        if self.more && text.iter().all(|b| *b == b'\r') {
            return None;
        }
        Some(self.line_end.at_head(text) > 0)
    }

    /// The field name at the start; `None` if that is not visible yet.
    fn field_name(self, text: &[u8]) -> Option<Option<&[u8]>> {
        let name = field_name(text).and_then(|length| text.get(..length));
        if name.is_none() && self.more && may_become_field(text) {
            return None;
        }
        Some(name)
    }

    /// What follows the field at the start and its folds.
    fn skip_field(self, text: &[u8]) -> Option<&[u8]> {
        let mut rest = text;
        loop {
            rest = &rest[self.first_line(rest)?..];
            match rest.first() {
                Some(b' ' | b'\t') => {}
                None if self.more => return None,
                _ => return Some(rest),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields_below(mailbox: &[u8], at: usize) -> usize {
        let candidate = Candidate::gather(&Window::new(0, mailbox, true), at, LineEnd::Lf).unwrap();
        candidate.below.fields
    }

    /// Each such line may be one that begins a message, and is a field below the ones before it.
    #[test]
    fn lines_that_are_fields_as_well_are_not_searched_again_and_again() {
        for line in ["From :\n", "From x\n", "From :\nA: 1\n", "From x\nA: 1\nB: 2\n", "From :\nA: 1\nB: 2\nC: 3\n"] {
            for blank in ["", "\n"] {
                let mailbox = format!("Subject: x\n{blank}{}", line.repeat(1000)).into_bytes();
                let looked_at: usize =
                    memchr::memmem::find_iter(&mailbox, b"From ").map(|at| fields_below(&mailbox, at)).sum();
                let lines = memchr::memchr_iter(b'\n', &mailbox).count();
                assert!(looked_at <= 3 * lines, "{line:?} {blank:?}: {looked_at} of {lines}");
            }
        }
    }
}

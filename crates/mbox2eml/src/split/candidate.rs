//! The evidence for a message's beginning: a `From ` line and what stands around it.

use memchr::memchr;

use super::from_line::{FromLine, Shape};
use crate::field::{field_name, is_name_byte};
use crate::line_end::LineEnd;
use crate::source::Window;

/// How far the evidence may lie behind a `From ` line. A From_ line, two header fields and their folds fit easily.
pub(super) const LOOK_AHEAD: usize = 64 << 10;

/// How many fields are looked at in search of a well-known one.
const FIELDS: usize = 8;

/// So many `>From ` lines are taken for header fields below one From_ line, at most, and of this length.
const PSEUDO_HEADERS: usize = 4;
const LONGEST_PSEUDO_HEADER: usize = 1000;

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

/// A `From ` line at a line's start, with the evidence around it.
pub(super) struct Candidate<'a> {
    /// The line itself, taken apart.
    pub(super) line: FromLine<'a>,
    /// The length of the line, and of `>From ` pseudo-headers directly below it, with their line ends.
    pub(super) length: usize,
    /// Whether an empty line stands before it, or nothing at all.
    pub(super) after_blank: bool,
    /// What comes below it.
    pub(super) below: Below,
}

/// What comes below a `From ` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Below {
    pub(super) first: First,
    /// How many header fields follow, as far as looked at.
    pub(super) fields: usize,
    /// Whether one of them is a well-known one.
    pub(super) well_known: bool,
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
    /// The answer depends on the mailbox's bytes alone, never on where the window happens to end.
    pub(super) fn gather(window: &Window<'a>, at: usize, line_end: LineEnd) -> Option<Self> {
        let (before, after) = window.bytes.split_at(at);
        let visible = &after[..after.len().min(LOOK_AHEAD)];
        let text = Visible { line_end, more: visible.len() < LOOK_AHEAD && !window.at_end };
        let line = text.first_line(visible)?;
        let length = line + text.pseudo_headers(&visible[line..])?;
        Some(Self {
            line: FromLine::parse(&visible[..line])?,
            length,
            after_blank: before.is_empty() || line_end.empty_line_at_tail(before) > 0,
            below: text.below(&visible[length..])?,
        })
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

    /// The length of the `>From ` lines at the start that pose as header fields: few and short, and a real field
    /// follows. Others are text.
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

    fn below(self, text: &[u8]) -> Option<Below> {
        let first = self.first(text)?;
        let gmail = self.starts_with(text, b"X-GM-THRID:")? || b"X-GM-THRID:".starts_with(text);
        let mut below = Below { first, fields: 0, well_known: false, gmail };
        let mut rest = text;
        while below.fields < FIELDS && !(below.fields >= 2 && below.well_known) {
            let Some(name) = self.field_name(rest)? else { break };
            below.fields += 1;
            below.well_known |= WELL_KNOWN.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(&rest[..name]));
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

    /// The length of the field name at the start; `None` if that is not visible yet.
    fn field_name(self, text: &[u8]) -> Option<Option<usize>> {
        let name = field_name(text);
        if name.is_none() && self.more && text.iter().all(|b| is_name_byte(*b)) {
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

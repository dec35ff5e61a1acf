//! What the pieces of a template make of one message.

use std::fmt::{self, Write};

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::Offset};

use super::characters::{Charset, Letters, Style, cut, push_path, push_text};
use super::component::fair_share;
use super::template::{Piece, TemplateField};
use super::{MessageInfo, Place};
use crate::message::{Headers, Received};

/// No more than this of a text is looked at, in bytes: any number of characters in it may be none that names are made
/// of.
const LONGEST_TEXT: usize = 4096;

/// The part of a path that pieces are in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Folders,
    BeforeIndex,
    AfterIndex,
}

/// All that the name of one message depends on, the template aside.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    letters: Letters,
    place: &'a Place,
    info: MessageInfo,
    headers: &'a Headers,
    label: Option<&'a String>,
    received: Option<DateTime>,
}

impl<'a> Values<'a> {
    /// The values of a message under its first label, if it has labels.
    pub(super) fn new(charset: Charset, place: &'a Place, info: MessageInfo, headers: &'a Headers) -> Self {
        let label = headers.labels.first();
        let received = headers.received.as_ref().and_then(civil);
        let letters = Letters { charset, language: info.language };
        Self { letters, place, info, headers, label, received }
    }

    /// The values of the same message under another label.
    pub(super) fn under(self, label: &'a String) -> Self {
        Self { label: Some(label), ..self }
    }

    /// The label that the message is named under.
    pub(super) fn label(&self) -> Option<&'a String> {
        self.label
    }

    /// What names are made of.
    pub(super) fn letters(&self) -> Letters {
        self.letters
    }

    /// Whether the message came out of a Google account, as its labels or its From_ line say.
    pub(super) fn is_of_gmail(&self) -> bool {
        self.headers.gmail_id.is_some() || !self.headers.labels.is_empty()
    }

    /// When the message was received, such as `2024` and `04`.
    pub(super) fn year_and_month(&self) -> Option<(String, String)> {
        let (mut year, mut month) = (String::new(), String::new());
        push_date(&mut year, TemplateField::Year, self.received?);
        push_date(&mut month, TemplateField::Month, self.received?);
        Some((year, month))
    }

    /// The place of the message's mailbox.
    pub(super) fn place(&self) -> &'a Place {
        self.place
    }

    /// Whether the message has a value for this field.
    pub(super) fn has(&self, field: TemplateField) -> bool {
        match field {
            TemplateField::GmailId => self.headers.gmail_id.is_some(),
            TemplateField::Hash => self.info.hash.is_some(),
            _ => true,
        }
    }

    /// How many digits the position in the mailbox has: at least six.
    pub(super) fn index_len(&self) -> usize {
        self.info.index.checked_ilog10().map_or(0, |log| usize::try_from(log + 1).unwrap_or(0)).max(6)
    }

    /// Appends the position in the mailbox.
    pub(super) fn push_index(&self, out: &mut String) {
        // By hand: every name has one, and a format string takes three times as long.
        push_digits(out, self.info.index, self.index_len());
    }

    /// Appends what `pieces` make of the message. If that is longer than `limit`, the longest texts give
    /// way; literals, numbers and dates do not, so it may still be longer.
    pub(super) fn fill(&self, out: &mut String, pieces: &[Piece], part: Part, limit: usize) {
        let start = out.len();
        let texts = self.render(out, pieces, part, limit);
        let length = out.len() - start;
        if length <= limit {
            return;
        }
        let fixed = length.saturating_sub(texts.iter().sum());
        let share = fair_share(&texts, limit.saturating_sub(fixed));
        out.truncate(start);
        self.render(out, pieces, part, share);
    }

    /// Appends what `pieces` make of the message, each text field at most `limit` bytes long;
    /// returns the lengths of the text fields.
    fn render(&self, out: &mut String, pieces: &[Piece], part: Part, limit: usize) -> Vec<usize> {
        let mut texts = Vec::new();
        let mut separator = "";
        let mut after_field = part == Part::AfterIndex;
        let mut pieces = pieces.iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Literal(text) => separator = text,
                Piece::Slash => {
                    out.push_str(separator);
                    out.push('/');
                    (separator, after_field) = ("", false);
                }
                Piece::Field(field) => {
                    let before = out.len();
                    out.push_str(separator);
                    let value = out.len();
                    self.push_field(out, *field, part, limit);
                    if field.is_text() {
                        texts.push(out.len() - value);
                    }
                    if out.len() > value {
                        (separator, after_field) = ("", true);
                        continue;
                    }
                    out.truncate(before);
                    let literal = |next: &&Piece| matches!(next, Piece::Literal(_));
                    // Without its value, the first field is left out with what follows it, any other with what precedes
                    // it.
                    if after_field || pieces.next_if(literal).is_none() {
                        separator = "";
                    }
                }
            }
        }
        out.push_str(separator);
        texts
    }

    /// Appends the value of a field, or nothing; if it is text at most `limit` bytes of it.
    fn push_field(&self, out: &mut String, field: TemplateField, part: Part, limit: usize) {
        let headers = self.headers;
        let (from, to) = (headers.from.as_ref(), headers.to.as_ref());
        match field {
            TemplateField::Index => self.push_index(out),
            TemplateField::GmailId => push(out, headers.gmail_id),
            TemplateField::Hash => push(out, self.info.hash.map(|hash| format!("{hash:016x}"))),
            TemplateField::Date | TemplateField::Year | TemplateField::Month | TemplateField::Day => {
                if let Some(at) = self.received {
                    push_date(out, field, at);
                }
            }
            TemplateField::Subject => self.push_word(out, headers.subject.as_deref(), limit),
            TemplateField::From => self.push_word(out, from.and_then(|from| from.address.as_deref()), limit),
            TemplateField::FromName => self.push_word(out, from.and_then(|from| from.name.as_deref()), limit),
            TemplateField::To => self.push_word(out, to.and_then(|to| to.address.as_deref()), limit),
            TemplateField::Id => self.push_word(out, headers.message_id.as_deref(), limit),
            TemplateField::Label => self.push_nested(out, self.label.map(String::as_str), part, limit),
            TemplateField::Mailbox => self.push_nested(out, Some(self.place.mailbox()), part, limit),
        }
    }

    fn push_word(&self, out: &mut String, text: Option<&str>, limit: usize) {
        if let Some(text) = text {
            push_text(out, cut(text, LONGEST_TEXT, char::len_utf8), Style::Slug, self.letters, limit);
        }
    }

    /// Text whose `/` makes folders, except in the file name, which has to stay one component.
    fn push_nested(&self, out: &mut String, text: Option<&str>, part: Part, limit: usize) {
        match (text, part) {
            (Some(text), Part::Folders) => push_path(out, text, self.letters, limit),
            (text, _) => self.push_word(out, text, limit),
        }
    }
}

/// The date and time in UTC, if its year has four digits.
fn civil(received: &Received) -> Option<DateTime> {
    let instant = Timestamp::from_second(received.seconds).ok()?;
    let civil = Offset::UTC.to_datetime(instant);
    (1..=9999).contains(&civil.year()).then_some(civil)
}

/// Appends a date or the part of it that `field` asks for. Every message has one in its name: by hand it takes a fifth
/// of the time that a format string takes.
fn push_date(out: &mut String, field: TemplateField, at: DateTime) {
    let (year, month, day) = (positive(at.year()), positive(at.month()), positive(at.day()));
    match field {
        TemplateField::Year => push_digits(out, year, 4),
        TemplateField::Month => push_digits(out, month, 2),
        TemplateField::Day => push_digits(out, day, 2),
        _ => {
            push_digits(out, (year * 100 + month) * 100 + day, 8);
            out.push('T');
            push_digits(out, (positive(at.hour()) * 100 + positive(at.minute())) * 100 + positive(at.second()), 6);
            out.push('Z');
        }
    }
}

/// A part of a date, none of which is negative.
fn positive(part: impl TryInto<u64>) -> u64 {
    part.try_into().unwrap_or_default()
}

/// Appends the last `digits` of a number, at most 20, with zeros before it.
fn push_digits(out: &mut String, number: u64, digits: usize) {
    let mut text = [b'0'; 20];
    let mut rest = number;
    for place in text.iter_mut().rev().take(digits) {
        *place += u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    out.push_str(text.get(20 - digits.min(20)..).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default());
}

fn push(out: &mut String, value: Option<impl fmt::Display>) {
    if let Some(value) = value {
        // Writing to a `String` never fails.
        let _ = write!(out, "{value}");
    }
}

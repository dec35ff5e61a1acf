//! What importers may refuse a message for.

use memchr::memchr_iter;

use super::line_end_of_header;
use crate::field::{RawFields, lenient};
use crate::line_end::LineEnd;
use crate::warning::WarningKind;

/// The most bytes of a line without its end (RFC 5322, 2.1.1).
const LONGEST_LINE: usize = 998;

/// What an importer may refuse this message for, beyond its size and single bytes.
pub(crate) fn objections(message: &[u8]) -> impl Iterator<Item = (WarningKind, &'static str)> {
    let line_end = line_end_of_header(message);
    let (mut from, mut dates, mut is_spaced) = (0, 0, false);
    for field in RawFields::limited(message, line_end) {
        let Some((name, value)) = lenient(field) else { continue };
        // The colon follows the name at once.
        is_spaced |= name.iter().any(u8::is_ascii_whitespace) || field.get(name.len()) != Some(&b':');
        let is_empty = value.trim_ascii().is_empty();
        from += u32::from(name.eq_ignore_ascii_case(b"From") && !is_empty);
        dates += u32::from(name.eq_ignore_ascii_case(b"Date") && !is_empty);
    }
    [
        (from == 0, WarningKind::NoFrom, "has no From field"),
        (from > 1, WarningKind::SeveralFrom, "has several From fields"),
        (dates == 0, WarningKind::NoDate, "has no Date field"),
        (is_spaced, WarningKind::SpacedName, "has a header field with white space in its name"),
        (has_long_line(message, line_end), WarningKind::LongLine, "has a line of more than 998 bytes"),
    ]
    .into_iter()
    .filter_map(|(is_so, kind, why)| is_so.then_some((kind, why)))
}

fn has_long_line(message: &[u8], line_end: LineEnd) -> bool {
    let mut start = 0;
    let mut ends = memchr_iter(line_end.byte(), message).chain([message.len()]);
    ends.any(|end| {
        let line = message.get(start..end).unwrap_or_default();
        start = end + 1;
        line.strip_suffix(b"\r").unwrap_or(line).len() > LONGEST_LINE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(message: &[u8]) -> Vec<WarningKind> {
        objections(message).map(|(kind, _)| kind).collect()
    }

    #[test]
    fn what_may_be_refused() {
        use WarningKind::{LongLine, NoDate, NoFrom, SeveralFrom, SpacedName};
        let good = "From: ann@example.org\nDate: Mon, 1 Apr 2024 12:00:00 +0000\n";
        for (message, expected) in [
            (format!("{good}\nFrom: body\n"), &[][..]),
            (format!("{good}Subject: a:\n b : c\n\n"), &[]),
            (good.replace('\n', "\r\n"), &[]),
            (good.replace('\n', "\r"), &[]),
            (String::new(), &[NoFrom, NoDate]),
            ("From: \nDate:\n\n".to_owned(), &[NoFrom, NoDate]),
            (format!("{good}from: bob@example.org\n\n"), &[SeveralFrom]),
            (format!("{good}Subject : a\n\n"), &[SpacedName]),
            (format!("{good}X Foo: a\n\n"), &[SpacedName]),
            (format!("{good}\n{}\n", "x".repeat(998)), &[]),
            (format!("{good}\r\n{}\r\n", "x".repeat(998)), &[]),
            (format!("{good}\n{}", "x".repeat(999)), &[LongLine]),
            (format!("{good}X: {}\n\n", "x".repeat(996)), &[LongLine]),
        ] {
            assert_eq!(kinds(message.as_bytes()), expected, "{message:?}");
        }
    }
}

//! When a message arrived, and how we know.

use jiff::fmt::rfc2822::DateTimeParser;
use memchr::{memchr, memrchr};

use super::encoded_word::decode;
use super::fields::Fields;
use crate::split::{FromLine, FromLineFacts};

/// When a message was received, and which part of the mailbox said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// Seconds since 1970-01-01T00:00:00Z; negative before it.
    pub seconds: i64,
    /// Where the instant was read.
    pub source: ReceivedSource,
}

/// The part of a mailbox that told when a message was received, best first.
///
/// A part without a plausible date is passed over: one outside the years 1970 to 9999, or the very
/// first second of 1970, which is what programs write that know no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceivedSource {
    /// Gmail's message id, whose upper bits are milliseconds since the epoch.
    GmailId,
    /// The date in the From_ line.
    FromLine,
    /// The topmost `Received` field.
    ReceivedField,
    /// The `Date` field, the sender's own clock.
    DateField,
}

/// The last second of the year 9999.
const LATEST: i64 = 253_402_300_799;

impl Received {
    /// A received date, for tests of code that reads one.
    #[must_use]
    pub const fn new(seconds: i64, source: ReceivedSource) -> Self {
        Self { seconds, source }
    }

    /// What the header says, which is asked only if the From_ line has no answer.
    pub(super) fn from_fields(fields: &Fields<'_>) -> Option<Self> {
        let topmost = fields.received.and_then(after_last_semicolon).and_then(parse_date);
        topmost
            .and_then(|seconds| Self::plausible(seconds, ReceivedSource::ReceivedField))
            .or_else(|| Self::plausible(parse_date(fields.date?)?, ReceivedSource::DateField))
    }

    /// What the From_ line says.
    pub(super) fn from_line(FromLineFacts { seconds, gmail_id }: FromLineFacts) -> Option<Self> {
        let seconds = seconds?;
        let said_by_id = gmail_id.is_some_and(|id| i64::try_from((id >> 20) / 1000) == Ok(seconds));
        let source = if said_by_id { ReceivedSource::GmailId } else { ReceivedSource::FromLine };
        Self::plausible(seconds, source)
    }

    fn plausible(seconds: i64, source: ReceivedSource) -> Option<Self> {
        (1..=LATEST).contains(&seconds).then_some(Self { seconds, source })
    }
}

/// The From_ line itself, without a pseudo-header below it.
pub(crate) fn first_line(from_line: &[u8]) -> &[u8] {
    let end = memchr(b'\n', from_line).or_else(|| memchr(b'\r', from_line));
    end.and_then(|end| from_line.get(..end)).unwrap_or(from_line)
}

/// The date of a `Received` field stands behind its last semicolon (RFC 5321, section 4.4).
fn after_last_semicolon(value: &[u8]) -> Option<&[u8]> {
    value.get(memrchr(b';', value)? + 1..)
}

/// A date-time of RFC 5322, section 3.3, obsolete forms included; else one in a form that From_
/// lines have, such as `Mon Apr  1 12:00:00 2024` or ISO 8601. Without a zone it is read as UTC.
fn parse_date(value: &[u8]) -> Option<i64> {
    // A wrong weekday is common and harms nothing.
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = decode(value);
    let date = PARSER.parse_timestamp(&text).or_else(|_| PARSER.parse_timestamp(format!("{text} +0000")));
    match date {
        Ok(date) => Some(date.as_second()),
        Err(_) => FromLine::parse(format!("From - {text}").as_bytes())?.seconds(),
    }
}

#[cfg(test)]
mod tests {
    use ReceivedSource::{DateField, FromLine as InFromLine, GmailId, ReceivedField};
    use proptest::prelude::*;

    use super::*;
    use crate::line_end::LineEnd;

    /// 2024-04-01T12:00:00Z.
    const NOON: i64 = 1_711_972_800;
    const NO_DATE: &str = "From -";
    const HEADER: &str = "Received: from a by b; Mon, 1 Apr 2024 12:00:01 +0000\r\n\
        Received: from c by a; Mon, 1 Apr 2024 11:00:00 +0000\r\n\
        Date: Mon, 1 Apr 2024 12:00:02 +0000\r\n";

    fn found(from_line: &str, header: &str) -> Option<(i64, ReceivedSource)> {
        let line = FromLine::parse(first_line(from_line.as_bytes()));
        let fields = Fields::find(header.as_bytes(), LineEnd::Lf, |_| false);
        let received =
            line.and_then(|line| Received::from_line(line.facts())).or_else(|| Received::from_fields(&fields))?;
        Some((received.seconds - NOON, received.source))
    }

    #[test]
    fn the_best_source_with_a_date_is_believed() {
        let id = (u64::try_from(NOON).unwrap() * 1000 + 3000) << 20 | 0xabc;
        let takeout = format!("From {id}@xxx Mon Apr 01 12:00:04 +0000 2024\r\n");
        assert_eq!(found(&takeout, HEADER), Some((3, GmailId)));
        let vault = format!("From {id}-12345678-9abc-def0-1234-56789abcdef0.mbox@xxx Mon Apr  1 00:00:04 2024\n");
        assert_eq!(found(&vault, HEADER), Some((3, GmailId)));
        let foreign_id = "From 1234@xxx Mon Apr 01 12:00:04 +0000 2024\r\n";
        assert_eq!(found(foreign_id, HEADER), Some((4, InFromLine)));
        let plain = "From ann@example.org Mon Apr  1 12:00:04 2024\n";
        assert_eq!(found(plain, HEADER), Some((4, InFromLine)));
        assert_eq!(found(NO_DATE, HEADER), Some((1, ReceivedField)));
        assert_eq!(found(NO_DATE, "Date: Mon, 1 Apr 2024 12:00:02 +0000\n"), Some((2, DateField)));
        assert_eq!(found(NO_DATE, "Subject: timeless\n"), None);
    }

    #[test]
    fn a_pseudo_header_below_the_from_line_is_not_read() {
        let line = "From - Mon Apr  1 12:00:04 2024\r\n>From - Tue Apr  2 12:00:04 2024\r\n";
        assert_eq!(found(line, ""), Some((4, InFromLine)));
        assert_eq!(first_line(b"From -\r>From x\r"), b"From -");
    }

    #[test]
    fn dates_that_mean_nothing_are_passed_over() {
        assert_eq!(found("From ann Thu Jan  1 00:00:00 1970\n", HEADER), Some((1, ReceivedField)));
        assert_eq!(found("From ann Mon Apr  1 12:00:04 1912\n", HEADER), Some((1, ReceivedField)));
        assert_eq!(found("From mboxrd@z Thu Jan  1 00:00:00 1970\n", HEADER), Some((1, ReceivedField)));
        for topmost in ["by b", "by b;", "by b; yesterday", "by b; Fri, 31 Dec 1999 00:00:00 +0000; x"] {
            let header = format!("Received: {topmost}\n{HEADER}");
            assert_eq!(found(NO_DATE, &header), Some((2, DateField)), "{topmost}");
        }
        assert_eq!(found(NO_DATE, "Date: Mon, 1 Apr 1912 12:00:02 +0000\n"), None);
    }

    #[test]
    fn dates_of_the_header_are_read_leniently() {
        for (date, expected) in [
            ("Mon, 1 Apr 2024 12:00:00 +0000", 0),
            ("1 Apr 2024 14:00 +0200", 0),
            ("Mon, 01 Apr 24 05:00:00 -0700 (PDT)", 0),
            ("Mon, 1 Apr 2024 12:00:00 GMT", 0),
            ("Mon, 1 Apr 2024\r\n\t12:00:00", 0),
            ("Mon, 1 Apr 2024 08:00:00 EDT", 0),
            ("Sun, 1 Apr 2024 12:00:00 +0000", 0),
            ("Mon,  1\r\n Apr 2024 12:00:00 +0000 (a (nested) comment)", 0),
            ("Mon, 1 Apr 2024 07:00 EST", 0),
            ("Mon Apr  1 12:00:00 2024", 0),
            ("2024-04-01T12:00:00Z", 0),
        ] {
            let header = format!("Date: {date}\r\n");
            assert_eq!(found(NO_DATE, &header), Some((expected, DateField)), "{date}");
        }
        for date in
            ["Mon, 1 Apr 2024 25:00:00 +0000", "Mon, 32 Apr 2024 12:00:00 +0000", "1 Foo 2024 12:00 +0000", "\u{fffd}"]
        {
            assert_eq!(found(NO_DATE, &format!("Date: {date}\r\n")), None, "{date}");
        }
    }
    proptest! {
        #[test]
        fn never_panics_on_dates(value in "([0-9]{1,6}|[ :;,()+\\\\-]|Jan|Tue|EST|T|Z|[a-z]{1,4}|\r\n )*") {
            parse_date(value.as_bytes());
        }

        #[test]
        fn any_date_is_read_as_it_was_written(seconds in 0_i64..253_402_300_799, zone in -1439_i32..1440) {
            let zone = jiff::tz::Offset::from_seconds(zone * 60).unwrap();
            let zoned = jiff::Timestamp::from_second(seconds).unwrap().to_zoned(zone.to_time_zone());
            prop_assume!((1970..=9999).contains(&zoned.year()));
            let value = zoned.strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
            prop_assert_eq!(parse_date(value.as_bytes()), Some(seconds), "{}", value);
        }
    }
}

//! When a message arrived, and how we know.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

use memchr::{memchr, memrchr};

use super::date::parse_date;
use super::fields::Fields;
use crate::split::{FromLineFacts, gmail_milliseconds};

/// When a message was received, and which part of the mailbox says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// Seconds since 1970-01-01T00:00:00Z; negative before it.
    pub seconds: i64,
    /// How many milliseconds later, below 1000: 0 unless the source is that exact.
    pub milliseconds: u16,
    /// Where the date was read.
    pub source: ReceivedSource,
}

/// The part of a mailbox that says when a message was received.
///
/// Gmail's id is certain. Else it is the From_ line, unless its date is that of a copy: programs that move or convert
/// mail write the time at which they do so. So the topmost `Received` field counts if it is more than 24 hours older;
/// without one the `Date` field, if it is more than 30 days older, or older at all below a sender that such programs
/// write (`-`, `MAILER-DAEMON`, `???@???`). Without a date in the From_ line `Received` is used, then `Date`.
///
/// Dates before 1970-01-01T14:00:00Z or after the year 9999 are ignored: programs that know no date write the start of
/// 1970 in some time zone.
///
/// ```
/// use mbox2eml::message::{HeaderReader, RawMessage, ReceivedSource};
///
/// let header = b"Received: from a by b; Mon, 1 Apr 2024 12:00:00 +0000\n\n";
/// let read = |from_line: &[u8]| HeaderReader::default().read(&RawMessage::new(from_line, header)).received;
/// assert_eq!(read(b"From a Mon Apr  1 12:00:09 2024\n").unwrap().source, ReceivedSource::FromLine);
/// assert_eq!(read(b"From -\n").unwrap().source, ReceivedSource::ReceivedField);
/// assert_eq!(ReceivedSource::ReceivedField.as_str(), "received");
/// ```
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
    /// The metadata of the export, in a file of its own.
    Metadata,
}

impl ReceivedSource {
    /// Its name in reports, such as `from-line`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GmailId => "gmail-id",
            Self::FromLine => "from-line",
            Self::ReceivedField => "received",
            Self::DateField => "date",
            Self::Metadata => "metadata",
        }
    }
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The dates that are believed.
const PLAUSIBLE: RangeInclusive<i64> = 14 * HOUR + 1..=253_402_300_799;

/// The `Received` field counts if it is older than the From_ line by more than this.
const COPIED: i64 = DAY;

/// The same for the `Date` field, which is often wrong.
const COPIED_BY_DATE: i64 = 30 * DAY;

impl Received {
    /// A received date, for tests of code that reads one.
    #[must_use]
    pub const fn new(seconds: i64, source: ReceivedSource) -> Self {
        Self { seconds, milliseconds: 0, source }
    }

    /// The date in a record of the message, in milliseconds since 1970.
    #[cfg(feature = "convert")]
    pub(super) fn of_record(milliseconds: i64) -> Option<Self> {
        Self::plausible(milliseconds, ReceivedSource::Metadata)
    }

    /// The same in whole seconds as the system's time, for the date of a file; `None` if the system cannot express it.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use mbox2eml::message::{Received, ReceivedSource};
    ///
    /// let received = Received::new(1_711_972_800, ReceivedSource::FromLine);
    /// assert_eq!(received.system_time(), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_711_972_800)));
    /// ```
    pub fn system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_secs(self.seconds.unsigned_abs());
        if self.seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        }
    }

    /// The received date of a message with these header fields, and whether its From_ line and the topmost `Received`
    /// field are more than a day apart.
    pub(super) fn of(from_line: FromLineFacts, fields: &Fields<'_>) -> (Option<Self>, bool) {
        let line = Self::from_line(from_line);
        if line.is_some_and(|line| line.source == ReceivedSource::GmailId || from_line.is_settled) {
            return (line, false);
        }
        let older = |field: &Self| line.map(|line| line.seconds - field.seconds);
        if let Some(received) = Self::from_received_field(fields) {
            let older = older(&received);
            let is_copy = older.is_none_or(|older| older > COPIED);
            return (if is_copy { Some(received) } else { line }, older.is_some_and(|older| older.abs() > COPIED));
        }
        let enough = if from_line.is_of_program { 0 } else { COPIED_BY_DATE };
        let date = Self::from_date_field(fields).filter(|date| older(date).is_none_or(|older| older > enough));
        (date.or(line), false)
    }

    /// What the From_ line says.
    pub(super) fn from_line(FromLineFacts { seconds, gmail_id, .. }: FromLineFacts) -> Option<Self> {
        match gmail_id.and_then(gmail_milliseconds) {
            Some(milliseconds) => Self::plausible(milliseconds, ReceivedSource::GmailId),
            None => Self::plausible(seconds?.checked_mul(1000)?, ReceivedSource::FromLine),
        }
    }

    fn from_received_field(fields: &Fields<'_>) -> Option<Self> {
        let seconds = fields.received.and_then(after_last_semicolon).and_then(parse_date)?;
        Self::plausible(seconds.checked_mul(1000)?, ReceivedSource::ReceivedField)
    }

    fn from_date_field(fields: &Fields<'_>) -> Option<Self> {
        Self::plausible(parse_date(fields.date?)?.checked_mul(1000)?, ReceivedSource::DateField)
    }

    /// A date in milliseconds since 1970, if it is believed.
    fn plausible(milliseconds: i64, source: ReceivedSource) -> Option<Self> {
        let seconds = milliseconds.div_euclid(1000);
        let milliseconds = u16::try_from(milliseconds.rem_euclid(1000)).ok()?;
        PLAUSIBLE.contains(&seconds).then_some(Self { seconds, milliseconds, source })
    }
}

/// The From_ line itself, without a pseudo-header below it.
pub(crate) fn first_line(from_line: &[u8]) -> &[u8] {
    let end = memchr(b'\n', from_line).or_else(|| memchr(b'\r', from_line));
    end.and_then(|end| from_line.get(..end)).unwrap_or(from_line)
}

/// The date of a `Received` field, after its last semicolon (RFC 5321, section 4.4).
fn after_last_semicolon(value: &[u8]) -> Option<&[u8]> {
    value.get(memrchr(b';', value)? + 1..)
}

#[cfg(test)]
mod tests {
    use ReceivedSource::{DateField, FromLine as InFromLine, GmailId, ReceivedField};

    use super::*;
    use crate::line_end::LineEnd;
    use crate::split::FromLine;

    /// 2024-04-01T12:00:00Z.
    const NOON: i64 = 1_711_972_800;
    const NO_DATE: &str = "From -";
    const HEADER: &str = "Received: from a by b; Mon, 1 Apr 2024 12:00:01 +0000\r\n\
        Received: from c by a; Mon, 1 Apr 2024 11:00:00 +0000\r\n\
        Date: Mon, 1 Apr 2024 12:00:02 +0000\r\n";

    fn found(from_line: &str, header: &str) -> Option<(i64, ReceivedSource)> {
        let line = FromLine::parse(first_line(from_line.as_bytes()));
        let fields = Fields::find(header.as_bytes(), LineEnd::Lf, |_| false);
        let received = Received::of(line?.facts(), &fields).0?;
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
    fn dates_that_mean_nothing_are_skipped() {
        assert_eq!(found("From ann Thu Jan  1 00:00:00 1970\n", HEADER), Some((1, ReceivedField)));
        assert_eq!(found("From ann Mon Apr  1 12:00:04 1912\n", HEADER), Some((1, ReceivedField)));
        assert_eq!(found("From mboxrd@z Thu Jan  1 00:00:00 1970\n", HEADER), Some((1, ReceivedField)));
        for topmost in ["by b", "by b;", "by b; yesterday", "by b; Fri, 31 Dec 1999 00:00:00 +0000; x"] {
            let header = format!("Received: {topmost}\n{HEADER}");
            assert_eq!(found(NO_DATE, &header), Some((2, DateField)), "{topmost}");
        }
        assert_eq!(found(NO_DATE, "Date: Mon, 1 Apr 1912 12:00:02 +0000\n"), None);
    }
}

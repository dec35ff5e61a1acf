//! Spans of time as people write them.

use std::str::FromStr;

use jiff::civil::{Date, DateTime, date};
use jiff::fmt::temporal::Pieces;
use thiserror::Error;

/// A day in seconds.
const DAY: i64 = 86_400;

/// A year, a month, a day or a second: `2023`, `2023-04`, `2023-04-01`, all three in UTC, or a date-time of RFC 3339
/// with its zone, such as `2023-04-01T12:00:00+02:00`.
///
/// Years are 0001 to 9999. A fraction of a second is dropped, and a leap second counts as the second before it.
///
/// # Examples
///
/// ```
/// use mbox2eml::select::Period;
///
/// let year: Period = "2023".parse()?;
/// assert_eq!(year.start(), 1_672_531_200); // 2023-01-01T00:00:00Z
/// assert_eq!(year.end(), 1_704_067_200); // 2024-01-01T00:00:00Z
///
/// let error = "2023-02-29".parse::<Period>().unwrap_err();
/// assert_eq!(error.to_string(), "this day does not exist");
/// # Ok::<(), mbox2eml::select::PeriodError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    start: i64,
    end: i64,
}

/// Why a text is not a [`Period`].
///
/// ```
/// use mbox2eml::select::Period;
///
/// let error = "2024-13".parse::<Period>().unwrap_err();
/// assert!(!error.to_string().is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PeriodError {
    /// It is written in another way.
    #[error("a date is written 2023, 2023-04, 2023-04-01 or 2023-04-01T12:00:00Z")]
    Form,
    /// The calendar has no such day, month or year.
    #[error("this day does not exist")]
    Day,
    /// The time of day is not one of RFC 3339.
    #[error("a time of day is written 12:00:00Z or 12:00:00+02:00")]
    Time,
    /// A time without its zone.
    #[error("a time needs its zone: Z for UTC, or one such as +02:00")]
    Zone,
}

impl Period {
    /// Its first second, in seconds since 1970-01-01T00:00:00Z.
    pub fn start(self) -> i64 {
        self.start
    }

    /// The first second after it, in seconds since 1970-01-01T00:00:00Z.
    pub fn end(self) -> i64 {
        self.end
    }

    /// All of these days and of those between them.
    fn days(first: Date, last: Date) -> Self {
        Self { start: seconds(first.into()), end: seconds(last.into()) + DAY }
    }

    fn second(start: i64) -> Self {
        Self { start, end: start + 1 }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        match text.split_once(['T', 't', ' ']) {
            Some((date, _)) => instant(date, text).map(Self::second),
            None => days(text),
        }
    }
}

/// A year, a month or a day.
fn days(text: &str) -> Result<Period, PeriodError> {
    let parts: Vec<&str> = text.split('-').collect();
    match parts[..] {
        [year] => Ok(Period::days(day(year, "01", "01")?, day(year, "12", "31")?)),
        [year, month] => day(year, month, "01").map(|first| Period::days(first, first.last_of_month())),
        [year, month, of_month] => day(year, month, of_month).map(|only| Period::days(only, only)),
        _ => Err(PeriodError::Form),
    }
}

fn day(year: &str, month: &str, day: &str) -> Result<Date, PeriodError> {
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let date = Date::new(year, month, day).map_err(|_| PeriodError::Day)?;
    if year > 0 { Ok(date) } else { Err(PeriodError::Day) }
}

/// A date-time of RFC 3339, section 5.6, that begins with `date`, as seconds since the epoch.
fn instant(date: &str, text: &str) -> Result<i64, PeriodError> {
    let parts: Vec<&str> = date.split('-').collect();
    let &[year, month, of_month] = parts.as_slice() else { return Err(PeriodError::Form) };
    let date = day(year, month, of_month)?;
    let pieces = Pieces::parse(text).map_err(|_| PeriodError::Time)?;
    let time = pieces.time().ok_or(PeriodError::Time)?;
    let offset = pieces.to_numeric_offset().ok_or(PeriodError::Zone)?;
    Ok(seconds(date.to_datetime(time)) - i64::from(offset.seconds()))
}

/// A number of exactly `digits` decimal digits.
fn number<T: FromStr>(text: &str, digits: usize) -> Result<T, PeriodError> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().map_err(|_| PeriodError::Form) } else { Err(PeriodError::Form) }
}

/// Whole seconds since 1970-01-01T00:00:00Z of a date-time in UTC.
fn seconds(moment: DateTime) -> i64 {
    const EPOCH: Date = date(1970, 1, 1);
    let since = moment.duration_since(EPOCH.into());
    since.as_secs() - i64::from(since.subsec_nanos() < 0)
}

#[cfg(test)]
mod tests {
    use PeriodError::{Day, Form, Time, Zone};
    use proptest::prelude::*;

    use super::*;

    /// 2023-04-01T00:00:00Z.
    const APRIL: i64 = 1_680_307_200;

    fn parse(text: &str) -> Result<(i64, i64), PeriodError> {
        text.parse::<Period>().map(|period| (period.start(), period.end()))
    }

    #[test]
    fn every_form() {
        for (text, start, seconds) in [
            ("2023", APRIL - 90 * DAY, 365 * DAY),
            ("2024", APRIL + 275 * DAY, 366 * DAY),
            ("2023-04", APRIL, 30 * DAY),
            ("2023-04-01", APRIL, DAY),
            ("2023-04-01T12:00:00Z", APRIL + DAY / 2, 1),
            ("2023-04-01t12:00:00z", APRIL + DAY / 2, 1),
            ("2023-04-01 12:00:00Z", APRIL + DAY / 2, 1),
            ("2023-04-01T12:00:00.999999999Z", APRIL + DAY / 2, 1),
            ("1969-12-31T23:59:59.5Z", -1, 1),
            ("2023-04-01T12:00Z", APRIL + DAY / 2, 1),
            ("2023-04-01T12:00:00+0200", APRIL + DAY / 2 - 7200, 1),
            ("2023-04-01T12:00:00+02:00", APRIL + DAY / 2 - 7200, 1),
            ("2023-04-01T00:00:00.5-09:30", APRIL + 34_200, 1),
            ("2023-04-01T00:00:00-00:00", APRIL, 1),
            ("2023-03-31T23:59:60Z", APRIL - 1, 1),
            ("1969-12-31", -DAY, DAY),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 1),
            ("9999", 253_370_764_800, 365 * DAY),
            ("9999-12", 253_402_300_800 - 31 * DAY, 31 * DAY),
            ("9999-12-31T23:59:59Z", 253_402_300_799, 1),
            ("9999-12-31T23:59:59-23:59", 253_402_300_799 + 86_340, 1),
        ] {
            assert_eq!(parse(text), Ok((start, start + seconds)), "{text}");
        }
    }

    #[test]
    fn leap_days() {
        for (february, days) in [("2023-02", 28), ("2024-02", 29), ("1900-02", 28), ("2000-02", 29), ("2100-02", 28)] {
            let (start, end) = parse(february).unwrap();
            assert_eq!(end - start, days * DAY, "{february}");
            let last = parse(&format!("{february}-{days}")).unwrap();
            assert_eq!(last, (end - DAY, end), "{february}");
            assert_eq!(parse(&format!("{february}-{}", days + 1)), Err(Day), "{february}");
        }
    }

    #[test]
    fn what_is_no_period() {
        for (text, error) in [
            ("", Form),
            ("23", Form),
            ("02023", Form),
            ("+023", Form),
            ("-2023", Form),
            ("2023-", Form),
            ("2023-4", Form),
            ("2023-04-1", Form),
            ("2023-04-01-01", Form),
            ("2023/04/01", Form),
            ("20230401", Form),
            ("01.04.2023", Form),
            ("yesterday", Form),
            (" 2023", Form),
            ("２０２３", Form),
            ("2023-04T12:00:00Z", Form),
            ("2023-04-01T", Time),
            ("2023-04-01T12:00:00.Z", Time),
            ("2023-04-01T12:00:00 Z", Time),
            ("2023-04-01T12:00:00UTC", Time),
            ("2023-04-01T12:00:0é", Time),
            ("2023-04-01T12:00:00+-2:00", Time),
            ("0000", Day),
            ("2023-00", Day),
            ("2023-13", Day),
            ("2023-04-00", Day),
            ("2023-04-31", Day),
            ("2023-02-29T12:00:00Z", Day),
            ("2023-04-01T24:00:00Z", Time),
            ("2023-04-01T12:60:00Z", Time),
            ("2023-04-01T12:00:61Z", Time),
            ("2023-04-01T12:00:00+26:00", Time),
            ("2023-04-01T12:00:00", Zone),
            ("2023-04-01T12:00:00.5", Zone),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    fn days_in_month(year: i64, month: i64) -> i64 {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        match month {
            2 => 28 + i64::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// The seconds before a day, counted month by month from year 1.
    fn counted(year: i64, month: i64, day: i64) -> i64 {
        let months = |year, end| (1..end).map(move |month| days_in_month(year, month));
        let days: i64 = (1..year).flat_map(|year| months(year, 13)).chain(months(year, month)).sum();
        (days + day - 1) * DAY - 62_135_596_800
    }

    proptest! {
        #[test]
        fn agrees_with_a_count_of_days(year in 1..=9999_i64, month in 1..=12_i64, day in 1..=31_i64) {
            let of_year = (counted(year, 1, 1), counted(year + 1, 1, 1));
            prop_assert_eq!(parse(&format!("{year:04}")), Ok(of_year));
            let month_after = if month == 12 { counted(year + 1, 1, 1) } else { counted(year, month + 1, 1) };
            prop_assert_eq!(parse(&format!("{year:04}-{month:02}")), Ok((counted(year, month, 1), month_after)));
            let of_day = parse(&format!("{year:04}-{month:02}-{day:02}"));
            let start = counted(year, month, day);
            prop_assert_eq!(of_day, if day <= days_in_month(year, month) { Ok((start, start + DAY)) } else { Err(Day) });
        }

        #[test]
        fn any_instant_is_read_in_any_zone(seconds in -62_135_500_000_i64..253_402_200_000, zone in -1439_i32..1440) {
            let offset = jiff::tz::Offset::from_seconds(zone * 60).unwrap();
            let text = jiff::Timestamp::from_second(seconds).unwrap().display_with_offset(offset).to_string();
            prop_assert_eq!(parse(&text), Ok((seconds, seconds + 1)), "{}", text);
        }

        #[test]
        fn never_panics(text in "[0-9]{0,5}(-[0-9]{0,3}){0,3}([Tt ][0-9]{0,3}(:[0-9]{0,3}){0,3}[.Zz+-]?\\PC{0,6})?") {
            let _ = parse(&text);
        }

        #[test]
        fn never_panics_on_text(text in "\\PC{0,24}") {
            let _ = parse(&text);
        }
    }
}

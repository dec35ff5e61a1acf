//! Dates of header fields, as they are written.

use jiff::civil;
use jiff::fmt::rfc2822::DateTimeParser;

use super::encoded_word::decode;
use crate::decimal::leading;
use crate::split::zone_minutes;

/// A date has at most this many words, those of a zone included.
const WORDS: usize = 24;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Zones in words begin with one of these; minutes east of UTC in winter. Longer names come before those that they
/// begin with.
const REGIONS: [(&str, i64); 21] = [
    ("alaskan", -540),
    ("atlantic", -240),
    ("aus eastern", 600),
    ("british", 0),
    ("central europe", 60),
    ("central", -360),
    ("china", 480),
    ("coordinated universal", 0),
    ("e. europe", 120),
    ("eastern europe", 120),
    ("eastern", -300),
    ("gmt", 0),
    ("greenwich", 0),
    ("hawaiian", -600),
    ("india", 330),
    ("mountain", -420),
    ("pacific", -480),
    ("romance", 60),
    ("tokyo", 540),
    ("w. europe", 60),
    ("western europe", 0),
];

/// Reads a date-time of RFC 5322, section 3.3, with its obsolete forms; else any order and punctuation in which a day,
/// a month by its name, a year and a clock time are clear. In seconds since 1970-01-01T00:00:00Z.
///
/// Without a zone, or with an unknown one, it is read as UTC.
pub(super) fn parse_date(value: &[u8]) -> Option<i64> {
    // A wrong weekday is common and harmless.
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = decode(value);
    match PARSER.parse_timestamp(&text) {
        Ok(date) => Some(date.as_second()),
        Err(_) => Parts::of(&text)?.seconds(),
    }
}

/// What a date says, as far as it was read. Nothing may be there twice.
#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    clock: Option<civil::Time>,
    /// Whether the clock has twelve hours, and the time is in the afternoon.
    afternoon: Option<bool>,
    /// Minutes east of UTC, as a number.
    offset: Option<i64>,
    /// The words of a zone's name.
    zone: Vec<String>,
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let mut parts = Self::default();
        let separates = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '(' | ')');
        let words = text.split(separates).filter(|word| !word.trim_matches('.').is_empty());
        for (number, word) in words.enumerate() {
            if number >= WORDS {
                return None;
            }
            parts.add(word)?;
        }
        Some(parts)
    }

    fn add(&mut self, word: &str) -> Option<()> {
        let lower = word.to_ascii_lowercase();
        let bare = lower.trim_end_matches('.');
        if self.clock.is_none()
            && let Some((clock, rest)) = clock(&lower)
        {
            self.clock = Some(clock);
            return if rest.is_empty() { Some(()) } else { self.add(rest) };
        }
        if let Some((date, rest)) = iso_date(&lower) {
            self.set_date(date.year(), date.month(), date.day())?;
            return if rest.is_empty() { Some(()) } else { self.add(rest) };
        }
        if let [day, month, year] = lower.split(['-', '/']).collect::<Vec<_>>()[..]
            && let Some(month) = index_of(month, &MONTHS)
        {
            return self.set_date(long_year(year)?, month, day.parse().ok()?);
        }
        if bare.starts_with(|c: char| c.is_ascii_digit()) {
            return self.add_number(bare);
        }
        if self.clock.is_some() {
            return self.add_behind_clock(bare);
        }
        if let Some(month) = index_of(bare, &MONTHS) {
            return set(&mut self.month, month);
        }
        index_of(bare, &WEEKDAYS).map(|_| ())
    }

    /// A day or a year.
    fn add_number(&mut self, word: &str) -> Option<()> {
        let digits = ["st", "nd", "rd", "th"].into_iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        match (digits.len(), self.day) {
            (1 | 2, None) => set(&mut self.day, digits.parse().ok()?),
            _ => set(&mut self.year, long_year(digits)?),
        }
    }

    /// A zone, half of the day, or the date where it comes last.
    fn add_behind_clock(&mut self, word: &str) -> Option<()> {
        match word {
            "am" | "a.m" => return set(&mut self.afternoon, false),
            "pm" | "p.m" => return set(&mut self.afternoon, true),
            _ => {}
        }
        if self.month.is_none()
            && let Some(month) = index_of(word, &MONTHS)
        {
            self.month = Some(month);
        } else if let (true, Some(minutes)) = (word.starts_with(['+', '-']), zone_minutes(word.as_bytes())) {
            self.offset = self.offset.or(Some(minutes));
        } else {
            self.zone.push(word.to_owned());
        }
        Some(())
    }

    fn set_date(&mut self, year: i16, month: i8, day: i8) -> Option<()> {
        set(&mut self.year, year)?;
        set(&mut self.month, month)?;
        set(&mut self.day, day)
    }

    fn seconds(&self) -> Option<i64> {
        let day = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        let clock = self.clock?;
        let hour = match (clock.hour(), self.afternoon) {
            (12, Some(false)) => 0,
            (hour @ 0..12, Some(true)) => hour + 12,
            (hour, _) => hour,
        };
        let clock = civil::Time::new(hour, clock.minute(), clock.second(), 0).ok()?;
        let offset = self.offset.or_else(|| self.named_offset()).unwrap_or(0);
        Some(day.to_datetime(clock).duration_since(civil::datetime(1970, 1, 1, 0, 0, 0, 0)).as_secs() - offset * 60)
    }

    /// What the name of a zone says, one of letters before one in words.
    fn named_offset(&self) -> Option<i64> {
        let short = self.zone.iter().find_map(|word| zone_minutes(word.as_bytes()));
        let name = self.zone.join(" ").replace("w europe", "w. europe").replace("e europe", "e. europe");
        let region = REGIONS.iter().find(|(region, _)| name.starts_with(region) && name.ends_with("time"));
        let summer = name.contains("daylight") || name.contains("summer");
        region.map(|(_, minutes)| minutes + if summer { 60 } else { 0 }).or(short)
    }
}

/// Sets what was not set before.
fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

/// `hh:mm[:ss[.fraction]]`, or with points, at the start of a word, and the rest of it.
fn clock(word: &str) -> Option<(civil::Time, &str)> {
    let (hour, rest) = number(word)?;
    let separator = rest.chars().next().filter(|c| matches!(c, ':' | '.'))?;
    let (minute, rest) = number(rest.strip_prefix(separator)?)?;
    let (second, rest) = rest.strip_prefix(separator).and_then(number).unwrap_or((0, rest));
    let after_fraction = rest.strip_prefix('.').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    // A leap second is the last one before it.
    let time = civil::Time::new(hour, minute, second.min(59), 0).ok().filter(|_| second <= 60)?;
    let rest = after_fraction.unwrap_or(rest);
    (!rest.starts_with(|c: char| c.is_ascii_digit())).then_some((time, rest))
}

/// One or two digits, and what follows them.
fn number(text: &str) -> Option<(i8, &str)> {
    let (number, rest) = leading(text.as_bytes(), 2)?;
    Some((i8::try_from(number).ok()?, &text[text.len() - rest.len()..]))
}

/// `yyyy-mm-dd` at the start of a word, and the rest of it without the `T` of ISO 8601.
fn iso_date(word: &str) -> Option<(civil::Date, &str)> {
    let (date, rest) = word.split_at_checked(10)?;
    let date = civil::Date::strptime("%Y-%m-%d", date).ok()?;
    Some((date, rest.strip_prefix('t').unwrap_or(rest)))
}

/// Four digits, or two by RFC 5322, section 4.3: 00 to 49 are of this century.
fn long_year(digits: &str) -> Option<i16> {
    let year: i16 = digits.parse().ok()?;
    match digits.len() {
        4 => Some(year),
        2 => Some(if year < 50 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

/// The number, from 1, of the name that `word` is or abbreviates with at least three letters.
fn index_of(word: &str, names: &[&str]) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let at = names.iter().position(|name| word.len() >= 3 && name.starts_with(word))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_as_people_have_them() {
        // 2008-03-03T10:00:00Z.
        const TEN: i64 = 1_204_538_400;
        for (date, hours) in [
            ("Mon, 3 Mar 2008 10:00:00 +0000", 0),
            ("3 Mar 2008 10:00 +0200", -2),
            ("Mon, 03 Mar 08 05:00:00 -0700 (PDT)", 2),
            ("Mon, 3 Mar 2008 10:00:00 GMT", 0),
            ("Mon, 3 Mar 2008\r\n\t10:00:00", 0),
            ("Mon, 3 Mar 2008 10:00:00 EDT", 4),
            ("Sun, 3 Mar 2008 10:00:00 +0000", 0),
            ("Mon,  3\r\n Mar 2008 10:00:00 +0000 (a (nested) comment)", 0),
            ("Mon, 3 Mar 2008 10:00 EST", 5),
            ("Mon Mar  3 10:00:00 2008", 0),
            ("Mon Mar  3 10:00:00 EST 2008", 5),
            ("2008-03-03T10:00:00Z", 0),
            ("2008-03-03 10:00:00.123 +0100", -1),
            ("Mon, 3 Mar 2008 10.00.00 +0100", -1),
            ("Mon, 3 Mar 2008 10.00", 0),
            ("Mon, 3 Mar 2008 10:00:00 \"GMT\"", 0),
            ("\"Mon, 3 Mar 2008 10:00:00 -0800\"", 8),
            ("Mon, 3 Mar 2008 10:00:00 -0700 (PDT) .", 7),
            ("Mon, 3 Mar 2008 10:00:00 (PDT) .", 7),
            ("03-Mar-2008 10:00:00", 0),
            ("03-mar-08 10:00:00 +0100", -1),
            ("Mon,3 Mar 2008 10:00:00+0100", -1),
            ("Mon, 3 Mar 2008 10:00:00 GMT+0100", -1),
            ("Monday, March 3, 2008 10:00 AM", 0),
            ("Monday, March 3rd, 2008 10:00 PM", 12),
            ("Monday, March 3, 2008 10:00:00 p.m.", 12),
            ("3 Sept. 2008 10:00 PM -0000", 12 + 184 * 24),
            ("Mon, 3 Mar 2008 9:00:00pm -0100", 12),
            ("Mon, 3 Mar 2008 10:00:00 Pacific Standard Time", 8),
            ("Mon, 3 Mar 2008 10:00:00 (Pacific Daylight Time)", 7),
            ("Mon, 3 Mar 2008 10:00:00 W. Europe Standard Time", -1),
            ("Mon, 3 Mar 2008 10:00:00 Central European Summer Time", -2),
            ("Mon, 3 Mar 2008 10:00:00 Central Standard Time", 6),
            ("Mon, 3 Mar 2008 10:00:00 GMT Daylight Time", -1),
            ("Mon, 3 Mar 2008 10:00:00 Greenwich Mean Time", 0),
            ("Mon, 3 Mar 2008 10:00:00 -0800 Nowhere Time", 8),
            ("Mon, 3 Mar 2008 10:00:00 Nowhere Time", 0),
            ("10:00:00 3 Mar 2008", 0),
        ] {
            assert_eq!(parse_date(date.as_bytes()).map(|seconds| seconds - TEN), Some(hours * 3600), "{date:?}");
        }
        assert_eq!(parse_date(b"Mon, 3 Mar 2008 12:00 AM +0000"), Some(TEN - 10 * 3600));
    }

    #[test]
    fn no_date() {
        let long = format!("Mon, 3 Mar 2008 10:00:00{}", " x".repeat(WORDS));
        for date in [
            "",
            "yesterday",
            "Mon, 3 Mar 2008",
            "Mon, 1 Apr 2024 25:00:00 +0000",
            "Mon, 32 Apr 2024 12:00:00 +0000",
            "Mon, 31 Apr 2024 12:00:00",
            "1 Foo 2024 12:00 +0000",
            "3 Mar Apr 2008 10:00",
            "3 4 Mar 2008 10:00",
            "3 Mar 2008 2009 10:00",
            "3 Mar 2008 10:60",
            "3 Mar 2008 10:00:61",
            "3 Mar 2008 10:00:000",
            "03/04/2008 10:00",
            "3 Mar 208 10:00",
            "\u{fffd}",
            &long,
        ] {
            assert_eq!(parse_date(date.as_bytes()), None, "{date:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_on_dates(value in "([0-9]{1,6}|[ :;,()+\\\\.\"/-]|Jan|Tue|EST|pm|T|Z|[a-z]{1,4}|é|\r\n )*") {
            parse_date(value.as_bytes());
        }

        #[test]
        fn any_date_is_read_as_it_was_written(seconds in 0_i64..253_402_300_799, zone in -1439_i32..1440) {
            let zone = jiff::tz::Offset::from_seconds(zone * 60).unwrap();
            let zoned = jiff::Timestamp::from_second(seconds).unwrap().to_zoned(zone.to_time_zone());
            prop_assume!((1970..=9999).contains(&zoned.year()));
            for form in ["%a, %d %b %Y %H:%M:%S %z", "%d-%b-%Y %H.%M.%S%z", "%A, %B %d, %Y %I:%M:%S %p %z"] {
                let value = zoned.strftime(form).to_string();
                prop_assert_eq!(parse_date(value.as_bytes()), Some(seconds), "{}", value);
            }
        }
    }
}

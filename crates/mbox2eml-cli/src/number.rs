//! Numbers as people read them.

use std::time::Duration;

use bytesize::ByteSize;
use jiff::{Timestamp, tz::Offset};

/// A number of things in memory, as a count to report.
pub(crate) fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and its noun, as in `1 message` and `2,000 messages`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), plural(number, "", if noun.ends_with("box") { "es" } else { "s" }))
}

/// The word that agrees with a number, as in `1 file matches` and `2 files match`.
pub(crate) fn plural(number: u64, one: &'static str, more: &'static str) -> &'static str {
    if number == 1 { one } else { more }
}

/// Bytes in binary units, as in `500 B`, `5.00 KiB` and `1.25 GiB`.
pub(crate) fn size(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// A size that was chosen, as in `450 MiB`.
pub(crate) fn round_size(bytes: u64) -> String {
    size(bytes).replace(".00 ", " ")
}

/// Bytes per second, as in `350.0 MiB/s`; `None` if the time is too short to measure.
pub(crate) fn rate(bytes: u64, elapsed: Duration) -> Option<String> {
    let milliseconds = elapsed.as_millis();
    if milliseconds < 100 {
        return None;
    }
    let per_second = u128::from(bytes) * 1000 / milliseconds;
    Some(format!("{}/s", size(u64::try_from(per_second).unwrap_or(u64::MAX))))
}

/// A time as in `12 ms`, `1.25 s`, `83 s`, `2 h 05 min`.
pub(crate) fn time(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    match seconds {
        0 => format!("{} ms", elapsed.as_millis()),
        1..10 => format!("{:.2} s", elapsed.as_secs_f64()),
        10..120 => format!("{seconds} s"),
        120..7200 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// The day of a moment, in seconds since 1970 and in UTC, as in `2024-04-01`.
pub(crate) fn date(seconds: i64) -> String {
    let day = Timestamp::from_second(seconds).map(|instant| Offset::UTC.to_datetime(instant).date().to_string());
    day.unwrap_or_else(|_| format!("{seconds} s after 1970"))
}

/// A moment in seconds since 1970 as RFC 3339 in UTC; `None` if no calendar has it.
pub(crate) fn instant(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds).ok().map(|instant| instant.to_string())
}

/// `40MB`, `1GiB` or a number of bytes.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let size: ByteSize =
        text.parse().map_err(|_| "expected a number of bytes, or a size such as 40MB or 1GiB".to_owned())?;
    Ok(size.as_u64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (100_000, "100,000")]
        {
            assert_eq!(grouped(number), text);
        }
        let counts = [count(1, "message"), count(2, "message"), count(1, "mailbox"), count(2, "mailbox")];
        assert_eq!(counts, ["1 message", "2 messages", "1 mailbox", "2 mailboxes"]);
    }

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [("0", 0), ("500", 500), ("40MB", 40_000_000), ("1GiB", 1 << 30), ("450 MiB", 450 << 20)] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "-1", "1XB", "1 MB 2", "0x10"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_and_rates_are_short() {
        for (milliseconds, text) in
            [(5, "5 ms"), (9_990, "9.99 s"), (83_000, "83 s"), (125_000, "2 min 05 s"), (7_500_000, "2 h 05 min")]
        {
            assert_eq!(time(Duration::from_millis(milliseconds)), text);
        }
        assert_eq!(rate(3 << 20, Duration::from_secs(2)).as_deref(), Some("1.50 MiB/s"));
        assert_eq!(rate(1, Duration::ZERO), None);
    }

    #[test]
    fn sizes_have_two_decimals_unless_they_are_chosen() {
        for (bytes, text, round) in
            [(500, "500 B", "500 B"), (5 << 10, "5.00 KiB", "5 KiB"), (5_000, "4.88 KiB", "4.88 KiB")]
        {
            assert_eq!((size(bytes), round_size(bytes)), (text.to_owned(), round.to_owned()));
        }
    }

    #[test]
    fn an_instant_that_no_calendar_has_is_none() {
        for (seconds, text) in [(0, Some("1970-01-01T00:00:00Z")), (-1, Some("1969-12-31T23:59:59Z")), (i64::MAX, None)]
        {
            assert_eq!(instant(seconds).as_deref(), text);
        }
    }
}

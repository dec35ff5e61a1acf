//! Any date is read without a panic, and the result is plausible; a well-formed date is read correctly in any field.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mbox2eml::message::{HeaderReader, RawMessage, Received, ReceivedSource};

/// The plausible dates.
const EARLIEST: i64 = 14 * 3600 + 1;
const LATEST: i64 = 253_402_300_799;

fuzz_target!(|data: &[u8]| {
    for before in ["Date: ", "Received: from a by b; "] {
        let field = [before.as_bytes(), data, b"\n\n"].concat();
        let received = read(b"From -\n", &field);
        assert!(received.is_none_or(|received| (EARLIEST..=LATEST).contains(&received.seconds)));
    }
    read(&[b"From a@example.org ", data, b"\n"].concat(), b"\n");

    let Some(bytes) = data.first_chunk::<8>() else { return };
    let seconds = EARLIEST + i64::from_le_bytes(*bytes).rem_euclid(LATEST - EARLIEST + 1);
    let [weekday, day, month, year, time] = parts(seconds);
    let zoned = format!("{weekday}, {day} {month} {year} {time} +0000");
    let asctime = format!("{weekday} {month} {day:>2} {time} {year}");
    for (line, header, source) in [
        ("From -\n".to_owned(), format!("Date: {zoned}\n\n"), ReceivedSource::DateField),
        ("From -\n".to_owned(), format!("Received: by a; {zoned}\n\n"), ReceivedSource::ReceivedField),
        (format!("From a@example.org {asctime}\n"), "\n".to_owned(), ReceivedSource::FromLine),
    ] {
        assert_eq!(read(line.as_bytes(), header.as_bytes()), Some(Received::new(seconds, source)), "{line}{header}");
    }
});

fn read(from_line: &[u8], bytes: &[u8]) -> Option<Received> {
    HeaderReader::new(&[]).read(&RawMessage::new(from_line, bytes)).received
}

/// The parts of a date in UTC, counted day by day within a cycle of 400 years.
fn parts(seconds: i64) -> [String; 5] {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let weekday = WEEKDAYS[usize::try_from(days % 7).expect("a day of the week")];
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970 + days / 146_097 * 400;
    let mut left = days % 146_097;
    let in_year = |year| 365 + i64::from(is_leap(year));
    while left >= in_year(year) {
        left -= in_year(year);
        year += 1;
    }
    let february = 28 + i64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while left >= lengths[month] {
        left -= lengths[month];
        month += 1;
    }
    let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    [weekday.to_owned(), (left + 1).to_string(), MONTHS[month].to_owned(), format!("{year:04}"), time]
}

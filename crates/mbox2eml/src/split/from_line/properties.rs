//! What holds for any line, and for any date that is written down and read back.

use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use proptest::prelude::*;

use super::{tests::parse, *};

/// Any instant from 1900 to 9999, and any whole-minute offset that RFC 5322 can write and jiff knows.
fn zoned() -> impl Strategy<Value = jiff::Zoned> {
    (-2_208_902_400_i64..253_402_100_000, -1439..1440_i32).prop_map(|(second, minutes)| {
        let offset = Offset::from_seconds(minutes * 60).expect("within a day");
        let timestamp = Timestamp::from_second(second).expect("within the calendar");
        timestamp.to_zoned(TimeZone::fixed(offset))
    })
}

/// Bytes likely to come near the grammar.
fn near_dates() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just("Mon"),
        Just("Fri,"),
        Just("Jan"),
        Just("feb"),
        Just("31"),
        Just("0"),
        Just("2024"),
        Just("99"),
        Just("10:30:00"),
        Just("1:02"),
        Just("23:59:60.5"),
        Just("2024-01-31T12:00:00Z"),
        Just("2024-02-30"),
        Just("+0200"),
        Just("GMT-07:00"),
        Just("(CEST)"),
        Just("("),
        Just("DST"),
        Just("remote"),
        Just("from"),
        Just("-"),
        Just("a@b"),
        Just("@"),
        Just(" "),
        Just("\t"),
        Just("\r"),
        Just("\n"),
        Just("ä"),
    ];
    proptest::collection::vec(word, 0..20).prop_map(|words| words.join(" ").into_bytes())
}

/// Whatever the bytes, the parts agree with each other.
fn is_coherent(text: &[u8]) -> Result<(), TestCaseError> {
    let line = [b"From ", text].concat();
    let parsed = FromLine::parse(&line).expect("it begins with `From `");
    prop_assert_eq!(parsed.sender(), parsed.sender().trim_ascii());
    prop_assert!(parsed.sender().is_empty() || text.windows(parsed.sender().len()).any(|part| part == parsed.sender()));
    prop_assert!(parsed.seconds().is_none() || parsed.shape() == Shape::Strong);
    prop_assert!(parsed.dialect() == Dialect::Generic || parsed.shape() == Shape::Strong);
    let google = matches!(parsed.dialect(), Dialect::GoogleTakeout | Dialect::GoogleVault);
    prop_assert!(parsed.gmail_id().is_none() || google);
    prop_assert!(parsed.dialect() != Dialect::Git || parsed.is_git_magic());
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_taken(line in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(FromLine::parse(&line).is_some(), line.starts_with(b"From "));
        is_coherent(&line)?;
    }

    #[test]
    fn anything_near_a_date_is_taken(text in near_dates()) {
        is_coherent(&text)?;
    }

    #[test]
    fn asctime_gives_the_instant_back(zoned in zoned()) {
        let utc = zoned.with_time_zone(TimeZone::UTC);
        let text = format!("From a@b {}", utc.strftime("%a %b %e %H:%M:%S %Y"));
        prop_assert_eq!(parse(&text).seconds(), Some(utc.timestamp().as_second()));
    }

    #[test]
    fn takeout_gives_the_instant_back(zoned in zoned(), id in any::<u64>()) {
        let utc = zoned.with_time_zone(TimeZone::UTC);
        let text = format!("From {id}@xxx {}\r\n", utc.strftime("%a %b %d %H:%M:%S +0000 %Y"));
        let line = parse(&text);
        prop_assert_eq!(line.dialect(), Dialect::GoogleTakeout);
        prop_assert!(line.gmail_id().is_none_or(|found| found == id));
        let seconds = line.seconds().expect("it has a date");
        prop_assert!(seconds.abs_diff(utc.timestamp().as_second()) <= GMAIL_TOLERANCE);
    }

    #[test]
    fn gmail_ids_go_before_the_date(seconds in 0..4_000_000_000_u64, low in 0..1_000_u64 << 20, wrong in -86_400..=86_400_i64) {
        let id = ((seconds * 1000) << 20) + low;
        let seconds = i64::try_from(seconds).expect("it is small");
        let date = Timestamp::from_second(seconds + wrong).expect("it is small").to_zoned(TimeZone::UTC);
        let text = format!("From {id}@xxx {}", date.strftime("%a %b %d %H:%M:%S +0000 %Y"));
        prop_assert_eq!((parse(&text).gmail_id(), parse(&text).seconds()), (Some(id), Some(seconds)));
        let far = Timestamp::from_second(seconds + wrong.signum() * 86_400 + wrong.signum()).expect("it is small");
        let text = format!("From {id}@xxx {}", far.strftime("%a %b %d %H:%M:%S +0000 %Y"));
        prop_assert_eq!(parse(&text).gmail_id(), (wrong == 0).then_some(id));
    }

    #[test]
    fn rfc_5322_gives_the_instant_back(zoned in zoned()) {
        let text = format!("From a@b {}", zoned.strftime("%a, %d %b %Y %H:%M:%S %z"));
        prop_assert_eq!(parse(&text).seconds(), Some(zoned.timestamp().as_second()));
    }

    #[test]
    fn asctime_with_a_zone_gives_the_instant_back(zoned in zoned()) {
        for form in ["%a %b %e %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Y %:z", "%a %b %d %Y %H:%M:%S GMT%z", "%FT%T%:z"] {
            let text = format!("From a@b {}", zoned.strftime(form));
            prop_assert_eq!(parse(&text).seconds(), Some(zoned.timestamp().as_second()), "{}", text);
        }
    }
}

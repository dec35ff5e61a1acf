//! The time zones of From_ lines.

use crate::decimal::two_digits;

/// Offsets in minutes east of UTC that a name gives with certainty.
///
/// Absent on purpose: names that several countries use (`IST`, `AST`), names whose offset changed
/// (`MSK`), and the single letters of RFC 822, which are unknown by RFC 5322, section 4.3.
const NAMED: [(&[u8], i64); 26] = [
    (b"UTC", 0),
    (b"GMT", 0),
    (b"UT", 0),
    (b"Z", 0),
    (b"EST", -300),
    (b"EDT", -240),
    (b"CST", -360),
    (b"CDT", -300),
    (b"MST", -420),
    (b"MDT", -360),
    (b"PST", -480),
    (b"PDT", -420),
    (b"WET", 0),
    (b"WEST", 60),
    (b"WETDST", 60),
    (b"BST", 60),
    (b"MET", 60),
    (b"CET", 60),
    (b"MEST", 120),
    (b"CEST", 120),
    (b"METDST", 120),
    (b"CETDST", 120),
    (b"EET", 120),
    (b"EEST", 180),
    (b"EETDST", 180),
    (b"JST", 540),
];

/// Minutes east of UTC of a zone, if its name is certain.
pub(crate) fn zone_minutes(word: &[u8]) -> Option<i64> {
    match Zone::parse(word)? {
        Zone::Numeric(minutes) | Zone::Named(minutes) => Some(minutes),
        Zone::Unknown => None,
    }
}

/// One zone, offsets in minutes east of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// `+0200`, `+02:00`, `+02`, or one of these after `GMT`.
    Numeric(i64),
    /// A name that is known.
    Named(i64),
    /// One to five letters that may mean anything.
    Unknown,
}

impl Zone {
    /// Reads one word; `(CEST)` is a comment that names the zone.
    pub(super) fn parse(word: &[u8]) -> Option<Self> {
        let bare = word.strip_prefix(b"(").and_then(|word| word.strip_suffix(b")")).unwrap_or(word);
        numeric(bare).map(Self::Numeric).or_else(|| by_name(bare))
    }

    /// The same zone with the word `DST` after it, one hour further east.
    pub(super) fn with_summer_time(self) -> Self {
        match self {
            Self::Named(minutes) => Self::Named(minutes + 60),
            other => other,
        }
    }
}

fn numeric(word: &[u8]) -> Option<i64> {
    let word = match word.get(..3) {
        Some(name) if name.eq_ignore_ascii_case(b"GMT") || name.eq_ignore_ascii_case(b"UTC") => word.get(3..)?,
        _ => word,
    };
    let (east, digits) = match word.split_first()? {
        (b'+', digits) => (1, digits),
        (b'-', digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = two_digits(digits)?;
    let (minutes, rest) = match minutes {
        [] => (0, minutes),
        _ => two_digits(minutes.strip_prefix(b":").unwrap_or(minutes))?,
    };
    (minutes < 60 && rest.is_empty()).then(|| east * i64::from(hours * 60 + minutes))
}

fn by_name(word: &[u8]) -> Option<Zone> {
    // A zone is followed by a year more often than by another zone.
    if !word.first()?.is_ascii_alphabetic() {
        return None;
    }
    if let Some((_, minutes)) = NAMED.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)) {
        return Some(Zone::Named(*minutes));
    }
    let (stem, end) = word.split_at_checked(word.len().saturating_sub(3))?;
    let letters = if end.eq_ignore_ascii_case(b"DST") && !stem.is_empty() { stem } else { word };
    let is_name = (1..=5).contains(&letters.len()) && letters.iter().all(u8::is_ascii_alphabetic);
    is_name.then_some(Zone::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_zone() {
        let table: [(&[u8], Option<Zone>); 40] = [
            (b"+0000", Some(Zone::Numeric(0))),
            (b"-0000", Some(Zone::Numeric(0))),
            (b"+0200", Some(Zone::Numeric(120))),
            (b"-0330", Some(Zone::Numeric(-210))),
            (b"+0545", Some(Zone::Numeric(345))),
            (b"+1400", Some(Zone::Numeric(840))),
            (b"+05:30", Some(Zone::Numeric(330))),
            (b"-07", Some(Zone::Numeric(-420))),
            (b"GMT-0700", Some(Zone::Numeric(-420))),
            (b"gmt+05:30", Some(Zone::Numeric(330))),
            (b"UTC+0100", Some(Zone::Numeric(60))),
            (b"(+0100)", Some(Zone::Numeric(60))),
            (b"+0060", None),
            (b"+020", None),
            (b"+02000", None),
            (b"+02;00", None),
            (b"+0 00", None),
            (b"+0:00", None),
            (b"0200", None),
            (b"+", None),
            (b"-", None),
            (b"", None),
            (b"GMT", Some(Zone::Named(0))),
            (b"utc", Some(Zone::Named(0))),
            (b"z", Some(Zone::Named(0))),
            (b"PDT", Some(Zone::Named(-420))),
            (b"(CEST)", Some(Zone::Named(120))),
            (b"JST", Some(Zone::Named(540))),
            (b"METDST", Some(Zone::Named(120))),
            (b"WETDST", Some(Zone::Named(60))),
            (b"FOO", Some(Zone::Unknown)),
            (b"A", Some(Zone::Unknown)),
            (b"LIGTX", Some(Zone::Unknown)),
            (b"LIGTXDST", Some(Zone::Unknown)),
            (b"DST", Some(Zone::Unknown)),
            (b"LIGTXT", None),
            (b"A1", None),
            (b"2024", None),
            (b"()", None),
            (b"\xff\xfe", None),
        ];
        for (word, zone) in table {
            assert_eq!(Zone::parse(word), zone, "{}", word.escape_ascii());
        }
    }

    #[test]
    fn no_name_is_there_twice() {
        for (index, (name, _)) in NAMED.iter().enumerate() {
            assert!(NAMED.iter().skip(index + 1).all(|(other, _)| name != other));
        }
    }

    #[test]
    fn the_word_dst_moves_only_names() {
        assert_eq!(Zone::Named(60).with_summer_time(), Zone::Named(120));
        assert_eq!(Zone::Numeric(60).with_summer_time(), Zone::Numeric(60));
        assert_eq!(Zone::Unknown.with_summer_time(), Zone::Unknown);
    }
}

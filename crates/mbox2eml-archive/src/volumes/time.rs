//! When a message was received, as a ZIP archive says it.

use jiff::{Timestamp, tz::Offset};

/// A moment in the form of MS-DOS: local time in steps of two seconds, from 1980 to 2107. Ours is in UTC, so that an
/// archive does not depend on where it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DosTime {
    pub(super) time: u16,
    pub(super) date: u16,
}

/// The first and the last of these moments, in seconds since 1970.
const FIRST: i64 = 315_532_800;
const LAST: i64 = 4_354_819_198;

impl DosTime {
    /// This many seconds after 1970, as near as the form allows; without a time, its first moment.
    pub(super) fn at(seconds: Option<i64>) -> Self {
        let seconds = seconds.unwrap_or(FIRST).clamp(FIRST, LAST);
        let at = Offset::UTC.to_datetime(Timestamp::from_second(seconds).unwrap_or_default());
        Self {
            time: bits(&[(at.hour().into(), 11), (at.minute().into(), 5), (i16::from(at.second()) / 2, 0)]),
            date: bits(&[(at.year() - 1980, 9), (at.month().into(), 5), (at.day().into(), 0)]),
        }
    }
}

/// Small numbers, each moved to its place.
fn bits(fields: &[(i16, u32)]) -> u16 {
    fields.iter().map(|(value, place)| u16::try_from(*value).unwrap_or(0) << place).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(DosTime { time, date }: DosTime) -> [u16; 6] {
        [(date >> 9) + 1980, date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2]
    }

    #[test]
    fn known_moments() {
        for (seconds, expected) in [
            (1_711_972_800, [2024, 4, 1, 12, 0, 0]),
            (1_709_251_199, [2024, 2, 29, 23, 59, 58]),
            (951_782_400, [2000, 2, 29, 0, 0, 0]),
            (4_107_542_399, [2100, 2, 28, 23, 59, 58]),
            (4_107_542_400, [2100, 3, 1, 0, 0, 0]),
            (FIRST, [1980, 1, 1, 0, 0, 0]),
            (LAST, [2107, 12, 31, 23, 59, 58]),
        ] {
            assert_eq!(parts(DosTime::at(Some(seconds))), expected, "{seconds}");
        }
    }

    #[test]
    fn other_moments_are_clamped() {
        for seconds in [i64::MIN, -1, 0, FIRST - 1] {
            assert_eq!(DosTime::at(Some(seconds)), DosTime::at(None));
        }
        assert_eq!(DosTime::at(Some(i64::MAX)), DosTime::at(Some(LAST)));
    }
}

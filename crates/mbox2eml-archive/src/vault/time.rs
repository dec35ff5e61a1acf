//! Dates as Vault writes them: `2024-01-01T00:00:00.123Z`, with a zone in one of several forms.

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Milliseconds since 1970; `None` if it is no such date.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let end =
        text.char_indices().skip(19).find(|(_, c)| !c.is_ascii_digit() && *c != '.').map_or(text.len(), |(at, _)| at);
    let (date, zone) = text.split_at_checked(end)?;
    let date: DateTime = date.parse().ok()?;
    let offset = Offset::from_seconds(zone_seconds(zone.trim())?).ok()?;
    Some(offset.to_timestamp(date).ok()?.as_millisecond())
}

/// `Z`, `UTC`, `GMT`, `+0100`, `-01:00`, `GMT+01:00`.
fn zone_seconds(zone: &str) -> Option<i32> {
    let is_utc = |zone: &str| matches!(zone, "Z" | "UTC" | "GMT");
    if is_utc(zone) {
        return Some(0);
    }
    let offset = zone.strip_prefix("GMT").or_else(|| zone.strip_prefix("UTC")).unwrap_or(zone);
    let (sign, digits) = match offset.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        5 => digits.split_once(':')?,
        4 => digits.split_at_checked(2)?,
        _ => return None,
    };
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i32>().ok())?;
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_all_their_forms() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01T00:00:01.5Z", Some(1500)),
            ("2024-04-01T12:00:00.123Z", Some(1_711_972_800_123)),
            ("2024-04-01T12:00:00+0000", Some(1_711_972_800_000)),
            ("2024-04-01T12:00:00GMT", Some(1_711_972_800_000)),
            ("2024-04-01T14:00:00GMT+02:00", Some(1_711_972_800_000)),
            ("2024-04-01T05:00:00-07:00", Some(1_711_972_800_000)),
            (" 2024-04-01T12:00:00 UTC ", Some(1_711_972_800_000)),
            ("2024-04-01T12:00:00", None),
            ("2024-04-01", None),
            ("2024-13-01T00:00:00Z", None),
            ("2024-04-01T12:00:00+9999", None),
            ("2024-04-01T12:00:00+é0", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text:?}");
        }
    }
}

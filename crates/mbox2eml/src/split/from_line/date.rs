//! The dates that end a From_ line.
//!
//! All of them have one clock time. It is looked for from the end; what follows it must be zones, a year and little
//! else, and before it is the rest of the date.

use std::iter::Peekable;

use jiff::civil;

use super::zone::Zone;
use crate::decimal::{leading, two_digits};

/// How many words from the end the clock time may be: enough for the longest comment that names a zone, and for
/// ` remote from x`.
const REACH: usize = 16;

/// A date at the end of a text, and the text before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dated<'a> {
    /// The text before the date, with its blanks.
    pub(super) before: &'a [u8],
    /// Seconds since 1970-01-01T00:00:00Z, a date without a known zone read as UTC. `None` before
    /// 1900: RFC 5322 section 3.3 has no such year, and programs without a date write year 1.
    pub(super) seconds: Option<i64>,
}

/// Reads the date at the end of `text`; names are English, in any case.
pub(super) fn at_end(text: &[u8]) -> Option<Dated<'_>> {
    let (before, clock, after) = last_clock(text)?;
    let Tail { half, year, offset } = Tail::parse(after)?;
    let (day, before) = Day::at_end(before, year)?;
    if day.is_null() {
        return Some(Dated { before, seconds: None });
    }
    let midnight = day.midnight()?;
    let seconds = (day.year >= 1900).then(|| midnight + clock.on(half).seconds() - offset * 60);
    Some(Dated { before, seconds })
}

/// Whether `text` holds a clock time with seconds and a year, and its names are not all English:
/// a date in another language. One in English would have been read, were it a date.
pub(super) fn is_localised(text: &[u8]) -> bool {
    let any_word = |wanted: fn(&[u8]) -> bool| Words(text).any(wanted);
    any_word(|word| Clock::parse(word).is_some_and(|(clock, _)| clock.second.is_some()))
        && text.split(|byte| !byte.is_ascii_digit()).any(is_recent_year)
        && !(any_word(is_weekday) && any_word(|word| month(word).is_some()))
}

fn is_recent_year(digits: &[u8]) -> bool {
    matches!(digits, [b'1', b'9', _, _] | [b'2', b'0', _, _])
}

/// The last clock time, and the text before and after it. The `T` of ISO 8601 is in neither.
fn last_clock(text: &[u8]) -> Option<(&[u8], Clock, &[u8])> {
    let mut words = Words(text);
    for _ in 0..REACH {
        let word = words.next()?;
        let skip = if begins_with_iso_date(word) { 11 } else { 0 };
        if let Some((clock, glued)) = word.get(skip..).and_then(Clock::parse) {
            let start = words.0.len();
            let before = text.get(..start + skip.saturating_sub(1))?;
            let after = text.get(start + word.len() - glued.len()..)?;
            return Some((before, clock, after));
        }
    }
    None
}

/// `yyyy-mm-ddT`.
fn begins_with_iso_date(word: &[u8]) -> bool {
    matches!(word, [_, _, _, _, b'-', _, _, b'-', _, _, b'T' | b't', ..])
}

/// `hh:mm[:ss[.fraction]]`.
#[derive(Clone, Copy)]
struct Clock {
    hour: i16,
    minute: i16,
    second: Option<i16>,
}

impl Clock {
    /// The time at the head of a word, and what is glued to it. Without seconds the hour needs two
    /// digits: `1:30` alone is as likely a ratio or a verse.
    fn parse(word: &[u8]) -> Option<(Self, &[u8])> {
        let (hour, after_hour) = leading(word, 2)?;
        let (minute, rest) = two_digits(after_hour.strip_prefix(b":")?)?;
        let (second, rest) = match rest.strip_prefix(b":") {
            Some(rest) => {
                let (second, rest) = two_digits(rest)?;
                (Some(second), without_fraction(rest))
            }
            None if word.len() - after_hour.len() < 2 => return None,
            None => (None, rest),
        };
        let clock = Self { hour, minute, second };
        (hour < 24 && minute < 60 && second.unwrap_or(0) <= 60).then_some((clock, rest))
    }

    /// The time on a clock of twelve hours, if `half` says which half of the day is meant.
    fn on(self, half: Option<Half>) -> Self {
        match half {
            Some(Half::Morning) if self.hour == 12 => Self { hour: 0, ..self },
            Some(Half::Afternoon) if self.hour < 12 => Self { hour: self.hour + 12, ..self },
            _ => self,
        }
    }

    fn seconds(self) -> i64 {
        let minutes = i64::from(self.hour) * 60 + i64::from(self.minute);
        minutes * 60 + i64::from(self.second.unwrap_or(0))
    }
}

/// Half of a day.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

impl Half {
    /// `AM`, `p.m.` and the like.
    fn parse(word: &[u8]) -> Option<Self> {
        let half = match word {
            [half, b'M' | b'm'] | [half, b'.', b'M' | b'm', b'.'] => half,
            _ => return None,
        };
        match half.to_ascii_uppercase() {
            b'A' => Some(Self::Morning),
            b'P' => Some(Self::Afternoon),
            _ => None,
        }
    }

    /// Takes it off the head of `words`, if it is there.
    fn take<'a>(words: &mut Peekable<impl Iterator<Item = &'a [u8]>>) -> Option<Self> {
        let half = Self::parse(words.peek()?)?;
        words.next();
        Some(half)
    }
}

fn without_fraction(text: &[u8]) -> &[u8] {
    match text.strip_prefix(b".") {
        Some([b'0'..=b'9', fraction @ ..]) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            fraction.get(digits..).unwrap_or_default()
        }
        _ => text,
    }
}

/// What follows the clock time.
struct Tail {
    half: Option<Half>,
    year: Option<i16>,
    /// Minutes east of UTC.
    offset: i64,
}

impl Tail {
    /// `[AM] zone{0,2} [year zone{0,2}]`, then a comment or `remote from x`. The half of the day may also come behind
    /// the zones or the year.
    fn parse(text: &[u8]) -> Option<Self> {
        let mut words = text.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty()).peekable();
        let mut half = Half::take(&mut words);
        let mut zones = Zones::default();
        zones.read(&mut words);
        half = half.or_else(|| Half::take(&mut words));
        let year = words.peek().and_then(|word| year(word));
        if year.is_some() {
            words.next();
            half = half.or_else(|| Half::take(&mut words));
            zones.read(&mut words);
            half = half.or_else(|| Half::take(&mut words));
        }
        let ends_well = match words.next() {
            None => true,
            Some(b"remote") => words.next() == Some(b"from") && words.next().is_some() && words.next().is_none(),
            Some(word) => word.starts_with(b"(") && text.ends_with(b")"),
        };
        ends_well.then(|| Self { half, year, offset: zones.offset() })
    }
}

/// The zones of a date, of which there may be several (`GMT-0700 (PDT)`, `UTC 1970 +0000`).
#[derive(Default)]
struct Zones {
    numeric: Option<i64>,
    named: Option<i64>,
}

impl Zones {
    /// Takes at most two zones off the head of `words`, each perhaps followed by `DST`.
    fn read<'a>(&mut self, words: &mut Peekable<impl Iterator<Item = &'a [u8]>>) {
        for _ in 0..2 {
            let is_zone = |word: &&&[u8]| Half::parse(word).is_none();
            let Some(mut zone) = words.peek().filter(is_zone).and_then(|word| Zone::parse(word)) else {
                return;
            };
            words.next();
            if words.next_if(|word| word.eq_ignore_ascii_case(b"DST")).is_some() {
                zone = zone.with_summer_time();
            }
            match zone {
                Zone::Numeric(minutes) => self.numeric = self.numeric.or(Some(minutes)),
                Zone::Named(minutes) => self.named = self.named.or(Some(minutes)),
                Zone::Unknown => {}
            }
        }
    }

    /// A number is more certain than a name, and a name that is not known is read as UTC.
    fn offset(&self) -> i64 {
        self.numeric.or(self.named).unwrap_or(0)
    }
}

/// A day of the calendar, not yet known to exist.
struct Day {
    year: i16,
    month: i8,
    day: i8,
}

impl Day {
    /// The day at the end of `text`, and the text before it. `year` is the one after the clock time; without it, the
    /// year is here.
    fn at_end(text: &[u8], year_after: Option<i16>) -> Option<(Self, &[u8])> {
        let mut words = Words(text);
        if let Some(year) = year_after {
            let day = Self::american(&mut words, year)?;
            return Some((day, words.0));
        }
        let word = words.next()?;
        if let Some(day) = Self::iso(word) {
            return Some((day, words.0));
        }
        let year = year(word)?;
        let mut american = Words(words.0);
        if let Some(day) = Self::american(&mut american, year) {
            return Some((day, american.0));
        }
        let month = month(words.next()?)?;
        let day = day_of_month(words.next()?)?;
        let mut before = Words(words.0);
        let before = if before.next().is_some_and(is_weekday) { before.0 } else { words.0 };
        Some((Self { year, month, day }, before))
    }

    /// `Www Mmm d`.
    fn american(words: &mut Words<'_>, year: i16) -> Option<Self> {
        let day = day_of_month(words.next()?)?;
        let month = month(words.next()?)?;
        words.next().is_some_and(is_weekday).then_some(Self { year, month, day })
    }

    /// `yyyy-mm-dd`.
    fn iso(word: &[u8]) -> Option<Self> {
        let (century, rest) = two_digits(word)?;
        let (year, rest) = two_digits(rest)?;
        let (month, rest) = two_digits(rest.strip_prefix(b"-")?)?;
        let (day, rest) = two_digits(rest.strip_prefix(b"-")?)?;
        let year = century * 100 + year;
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        rest.is_empty().then_some(Self { year, month, day })
    }

    /// Day 0 of year 0 (`Mon Jan 00 00:00:00 0000`): what some programs write for "no date".
    fn is_null(&self) -> bool {
        self.day == 0 && self.year == 0
    }

    /// The beginning of the day in UTC, if there is such a day.
    fn midnight(&self) -> Option<i64> {
        let day = civil::Date::new(self.year, self.month, self.day).ok()?;
        // Not by way of a timestamp, which must leave room for every zone and ends a day before the year 9999 does.
        Some(day.duration_since(civil::date(1970, 1, 1)).as_secs())
    }
}

/// Words from the last to the first; the field is the text before them.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = trim_end(self.0);
        let start = text.iter().rposition(|byte| is_blank(*byte)).map_or(0, |blank| blank + 1);
        let (before, word) = text.split_at_checked(start)?;
        self.0 = before;
        (!word.is_empty()).then_some(word)
    }
}

/// A space or a tab.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trim_end(mut text: &[u8]) -> &[u8] {
    while let [before @ .., b' ' | b'\t'] = text {
        text = before;
    }
    text
}

/// Four digits, or two by RFC 5322 section 4.3: 00 to 49 are of this century.
fn year(word: &[u8]) -> Option<i16> {
    let (head, rest) = two_digits(word)?;
    if rest.is_empty() {
        return Some(if head < 50 { 2000 + head } else { 1900 + head });
    }
    let (tail, rest) = two_digits(rest)?;
    rest.is_empty().then_some(head * 100 + tail)
}

fn day_of_month(word: &[u8]) -> Option<i8> {
    let (day, rest) = leading(word, 2)?;
    rest.is_empty().then(|| i8::try_from(day).ok()).flatten()
}

fn month(word: &[u8]) -> Option<i8> {
    let [a, b, c] = word else { return None };
    match &[a, b, c].map(u8::to_ascii_lowercase) {
        b"jan" => Some(1),
        b"feb" => Some(2),
        b"mar" => Some(3),
        b"apr" => Some(4),
        b"may" => Some(5),
        b"jun" => Some(6),
        b"jul" => Some(7),
        b"aug" => Some(8),
        b"sep" => Some(9),
        b"oct" => Some(10),
        b"nov" => Some(11),
        b"dec" => Some(12),
        _ => None,
    }
}

fn is_weekday(word: &[u8]) -> bool {
    let [a, b, c] = word.strip_suffix(b",").unwrap_or(word) else {
        return false;
    };
    matches!(&[a, b, c].map(u8::to_ascii_lowercase), b"mon" | b"tue" | b"wed" | b"thu" | b"fri" | b"sat" | b"sun")
}

//! Text made of names and values, `name=value,name=value`, in a fixed order. It has no blanks and no quotes, so it
//! survives shells and JSON.

use std::fmt::{self, Display, Write};
use std::str::FromStr;

use crate::fnv::fnv1a;

/// Writes pairs one after another.
#[derive(Debug, Default)]
pub(crate) struct Pairs(String);

impl Pairs {
    pub(crate) fn add(&mut self, name: &str, value: impl Display) {
        let comma = if self.0.is_empty() { "" } else { "," };
        // Writing to a string does not fail.
        let _ = write!(self.0, "{comma}{name}={value}");
    }

    /// The text so far.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A pair that is missing or makes no sense: its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) &'static str);

/// Reads pairs one after another.
#[derive(Debug)]
pub(crate) struct PairReader<'a>(&'a str);

impl<'a> PairReader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The value of the next pair, which must have this name.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<&'a str, Unreadable> {
        let (pair, rest) = self.0.split_once(',').unwrap_or((self.0, ""));
        self.0 = rest;
        pair.split_once('=').filter(|(own, _)| *own == name).map(|(_, value)| value).ok_or(Unreadable(name))
    }

    /// The same, read.
    pub(crate) fn value<T: FromStr>(&mut self, name: &'static str) -> Result<T, Unreadable> {
        self.text(name)?.parse().map_err(|_| Unreadable(name))
    }
}

/// A value that may be missing, written as `-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

impl<T: Display> Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("-"),
        }
    }
}

impl<T: FromStr> FromStr for Maybe<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text == "-" { Ok(Self(None)) } else { text.parse().map(|value| Self(Some(value))) }
    }
}

/// Bytes in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hex(pub(crate) Vec<u8>);

impl Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Hex {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let byte = |pair: &[u8]| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        };
        text.as_bytes().chunks(2).map(byte).collect::<Option<_>>().map(Self).ok_or(())
    }
}

/// A checksum, as sixteen hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checksum(u64);

impl Checksum {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(fnv1a(bytes.iter().copied()))
    }
}

impl Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Checksum {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_as_they_were_written() {
        let mut pairs = Pairs::default();
        pairs.add("number", 7);
        pairs.add("none", Maybe::<u64>(None));
        pairs.add("bytes", Hex(b"a=,\xff".to_vec()));
        pairs.add("sum", Checksum::of(b"a"));
        assert_eq!(pairs.as_str(), "number=7,none=-,bytes=613d2cff,sum=af63dc4c8601ec8c");
        let mut reader = PairReader::new(pairs.as_str());
        assert_eq!(reader.value::<u64>("number"), Ok(7));
        assert_eq!(reader.value::<Maybe<u64>>("none"), Ok(Maybe(None)));
        assert_eq!(reader.value::<Hex>("bytes"), Ok(Hex(b"a=,\xff".to_vec())));
        assert_eq!(reader.value::<Checksum>("sum"), Ok(Checksum::of(b"a")));
        assert_eq!(reader.text("more"), Err(Unreadable("more")));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in ["", "=", "a", "b=1", "a=x", "a=-1", "a=1x", "a=é"] {
            assert_eq!(PairReader::new(text).value::<u64>("a"), Err(Unreadable("a")), "{text}");
        }
        for text in ["1", "1g", "0x", "é", "+1"] {
            assert!(text.parse::<Hex>().is_err(), "{text}");
        }
    }
}

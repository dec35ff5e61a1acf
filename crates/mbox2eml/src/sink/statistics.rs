//! What is in a mailbox, in numbers.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::inspect::Inspected;
use crate::tally::Tally;
use crate::transform::{LineStats, Quoting};

/// What is in a mailbox. Sizes are those of the EML files, in bytes; dates are those of reception, in UTC.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Statistics {
    /// All its messages.
    pub all: Tally,
    /// The kinds of quoting that were undone in its messages.
    pub quotings: Vec<Quoting>,
    /// What was counted in the bytes of all its messages, such as line ends.
    pub line_stats: LineStats,
    /// The largest messages, largest first, at most [`Statistics::LARGEST`].
    pub largest: Vec<LargeMessage>,
    /// The first and the last date, in seconds since 1970.
    pub dates: Option<(i64, i64)>,
    /// The messages of each year.
    pub by_year: BTreeMap<i16, Tally>,
    /// The messages without a known date.
    pub undated: Tally,
    /// The messages of each Gmail label.
    pub labels: Counter,
    /// The messages of each sender's address, or name where there is no address, in lower case.
    pub senders: Counter,
}

/// A large message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LargeMessage {
    /// The size of its EML.
    pub bytes: u64,
    /// Its number in its mailbox, from 1.
    pub message: u64,
    /// Its offset in the mailbox.
    pub offset: u64,
    /// Its subject.
    pub subject: Option<String>,
}

impl Statistics {
    /// How many of the largest messages are kept.
    pub const LARGEST: usize = 10;

    pub(super) fn add(&mut self, message: &Inspected) {
        let Inspected { bytes, headers, .. } = message;
        self.all.add(*bytes);
        self.line_stats += message.line_stats;
        self.add_quoting(message.quoting);
        match headers.received {
            Some(received) => self.add_date(received.seconds, *bytes),
            None => self.undated.add(*bytes),
        }
        headers.labels.iter().for_each(|label| self.labels.add(label, *bytes));
        // A list archive hides the address, and leaves something like a name.
        if let Some(address) = headers.from.as_ref().and_then(|from| from.address.as_ref().or(from.name.as_ref())) {
            self.senders.add(&address.to_lowercase(), *bytes);
        }
        if self.largest.len() < Self::LARGEST || self.largest.last().is_some_and(|least| least.bytes < *bytes) {
            let subject = headers.subject.clone();
            self.keep_large(LargeMessage { bytes: *bytes, message: message.index, offset: message.offset, subject });
        }
    }

    fn add_quoting(&mut self, quoting: Quoting) {
        let quoting = if let Quoting::Partly(_) = quoting { Quoting::Mboxo } else { quoting };
        if !self.quotings.contains(&quoting) {
            self.quotings.push(quoting);
        }
    }

    fn add_date(&mut self, seconds: i64, bytes: u64) {
        let (first, last) = self.dates.unwrap_or((seconds, seconds));
        self.dates = Some((first.min(seconds), last.max(seconds)));
        match Timestamp::from_second(seconds) {
            Ok(instant) => self.by_year.entry(Offset::UTC.to_datetime(instant).year()).or_default().add(bytes),
            Err(_) => self.undated.add(bytes),
        }
    }

    fn keep_large(&mut self, large: LargeMessage) {
        let at = self.largest.partition_point(|other| other.bytes >= large.bytes);
        self.largest.insert(at, large);
        self.largest.truncate(Self::LARGEST);
    }
}

impl AddAssign<&Self> for Statistics {
    fn add_assign(&mut self, other: &Self) {
        self.all += other.all;
        self.line_stats += other.line_stats;
        other.quotings.iter().for_each(|quoting| self.add_quoting(*quoting));
        self.undated += other.undated;
        self.dates = match (self.dates, other.dates) {
            (Some((first, last)), Some((earlier, later))) => Some((first.min(earlier), last.max(later))),
            (dates, None) | (None, dates) => dates,
        };
        other.by_year.iter().for_each(|(year, tally)| *self.by_year.entry(*year).or_default() += *tally);
        self.labels += &other.labels;
        self.senders += &other.senders;
        other.largest.iter().for_each(|large| self.keep_large(large.clone()));
    }
}

/// Tallies by name. The number of names is bounded: senders can make up any number.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    by_name: BTreeMap<String, Tally>,
    others: Tally,
}

impl Counter {
    /// How many names are counted separately.
    const NAMES: usize = 100_000;

    /// The tally of a name.
    pub fn get(&self, name: &str) -> Option<Tally> {
        self.by_name.get(name).copied()
    }

    /// All names with their tallies, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Tally)> {
        self.by_name.iter().map(|(name, tally)| (name.as_str(), *tally))
    }

    /// What is counted for all other names together.
    pub fn others(&self) -> Tally {
        self.others
    }

    /// The names with the most messages, most first.
    pub fn most_frequent(&self, number: usize) -> Vec<(&str, Tally)> {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_by_key(|(_, tally)| Reverse((tally.messages, tally.bytes)));
        all.truncate(number);
        all
    }

    /// Keeps the most frequent names and counts all others together.
    pub(super) fn keep_most_frequent(&mut self, number: usize) {
        if self.by_name.len() > number {
            let kept = self.most_frequent(number).into_iter().map(|(name, tally)| (name.to_owned(), tally)).collect();
            for (_, tally) in std::mem::replace(&mut self.by_name, kept) {
                self.others += tally;
            }
            self.by_name.values().for_each(|tally| self.others -= *tally);
        }
    }

    fn add(&mut self, name: &str, bytes: u64) {
        self.add_tally(name, Tally { messages: 1, bytes });
    }

    fn add_tally(&mut self, name: &str, tally: Tally) {
        // Looked up first: one string is allocated per name, not per message.
        if let Some(sum) = self.by_name.get_mut(name) {
            *sum += tally;
        } else if self.by_name.len() < Self::NAMES {
            self.by_name.insert(name.to_owned(), tally);
        } else {
            self.others += tally;
        }
    }
}

impl AddAssign<&Self> for Counter {
    fn add_assign(&mut self, other: &Self) {
        other.iter().for_each(|(name, tally)| self.add_tally(name, tally));
        self.others += other.others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(names: &[(&str, u64)]) -> Counter {
        let mut counter = Counter::default();
        names.iter().for_each(|(name, bytes)| counter.add(name, *bytes));
        counter
    }

    fn counted(counter: &Counter) -> Vec<(&str, u64, u64)> {
        counter.most_frequent(9).into_iter().map(|(name, tally)| (name, tally.messages, tally.bytes)).collect()
    }

    #[test]
    fn the_most_frequent_come_first_then_the_largest() {
        let counter = counter(&[("b", 5), ("a", 1), ("c", 7), ("a", 1)]);
        assert_eq!(counted(&counter), [("a", 2, 2), ("c", 1, 7), ("b", 1, 5)]);
    }

    #[test]
    fn what_is_not_kept_is_counted_together() {
        let mut counter = counter(&[("b", 5), ("a", 1), ("c", 7), ("a", 1)]);
        counter.keep_most_frequent(1);
        assert_eq!((counted(&counter), counter.others()), (vec![("a", 2, 2)], Tally { messages: 2, bytes: 12 }));
    }

    #[test]
    fn the_number_of_names_is_bounded() {
        let mut counter = Counter::default();
        (0..=Counter::NAMES).for_each(|name| counter.add(&name.to_string(), 1));
        assert_eq!((counter.iter().count(), counter.others().messages), (Counter::NAMES, 1));
    }

    #[test]
    fn the_largest_are_kept_in_order() {
        let mut statistics = Statistics::default();
        for bytes in [3, 9, 4, 1, 12, 8, 2, 7, 5, 11, 6, 10] {
            statistics.keep_large(LargeMessage { bytes, message: bytes, offset: 0, subject: None });
        }
        let kept: Vec<u64> = statistics.largest.iter().map(|large| large.bytes).collect();
        assert_eq!(kept, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    }
}

//! Tallies by name.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::tally::Tally;

/// Tallies by name. The number of names is bounded: senders can make up any number.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Inspect, Statistics};
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// let findings = converter.convert(Memory::new("in", mailbox), Inspect::default(), &()).receipt;
/// let senders = &findings.total.senders;
/// assert!(senders.get("ann@example.org").is_none() && senders.most_frequent(10).is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Counter {
    by_name: BTreeMap<String, Tally>,
    /// How many bytes the names have together.
    bytes: usize,
    others: Tally,
}

impl Counter {
    /// How many names are counted separately, and how many bytes they may have together.
    const NAMES: usize = 100_000;
    const BYTES: usize = 16 << 20;

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
            self.bytes = self.by_name.keys().map(String::len).sum();
        }
    }

    pub(super) fn add(&mut self, name: &str, bytes: u64) {
        self.add_tally(name, Tally { messages: 1, bytes });
    }

    fn add_tally(&mut self, name: &str, tally: Tally) {
        // Looked up first: one string is allocated per name, not per message.
        if let Some(sum) = self.by_name.get_mut(name) {
            *sum += tally;
        } else if self.by_name.len() < Self::NAMES && self.bytes + name.len() <= Self::BYTES {
            self.bytes += name.len();
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
        let mut counter = Counter::default();
        (0..4).for_each(|name| counter.add(&name.to_string().repeat(Counter::BYTES / 3), 1));
        assert_eq!((counter.iter().count(), counter.others().messages), (3, 1));
    }
}

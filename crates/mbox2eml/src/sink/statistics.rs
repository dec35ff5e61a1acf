//! What is in a mailbox, in numbers.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::Counter;
use super::facts::Facts;
use crate::message::Field;
use crate::name::EntryName;
use crate::source::Origin;
use crate::tally::Tally;
use crate::transform::{LineStats, Quoting};

/// What is in a mailbox. Sizes are those of the EML files, in bytes; dates are those of reception, in UTC.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Inspect, Statistics};
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// let findings = converter.convert(Memory::new("in", mailbox), Inspect::default(), &()).receipt;
/// assert_eq!((findings.total.by_year()[&2024].messages, findings.total.undated.messages), (1, 0));
/// ```
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
    /// The messages of each month, by year and month.
    pub by_month: BTreeMap<(i16, i8), Tally>,
    /// The messages without a known date.
    pub undated: Tally,
    /// The messages of each size, by the smallest size of their class: 0, 4 KiB, 16 KiB and so on.
    pub by_size: BTreeMap<u64, Tally>,
    /// The messages of each Gmail label.
    pub labels: Counter,
    /// The messages of each sender's address, or name where there is no address, in lower case.
    pub senders: Counter,
    /// The files in each folder of the output, by its path; further copies of a message count as files. Empty where
    /// nothing is written.
    pub folders: Counter,
}

/// A large message.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Inspect, Statistics};
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// let findings = converter.convert(Memory::new("in", mailbox), Inspect::default(), &()).receipt;
/// let largest = &findings.total.largest[0];
/// assert_eq!((largest.bytes, largest.message, largest.subject.as_deref()), (28, 1, Some("Lunch")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LargeMessage {
    /// The size of its EML.
    pub bytes: u64,
    /// Its number in its mailbox, from 1.
    pub message: u64,
    /// Its offset in the mailbox.
    pub offset: u64,
    /// When it was received, in seconds since 1970.
    pub received: Option<i64>,
    /// The sender's address or name.
    pub sender: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its mailbox.
    pub mailbox: Origin,
    /// Its path in the output.
    pub path: String,
}

impl Statistics {
    /// How many of the largest messages are kept.
    pub const LARGEST: usize = 10;

    /// The header fields that it uses.
    pub(super) const FIELDS: &[Field] = &[Field::Subject, Field::FromAddress, Field::Labels];

    /// Adds a message of this mailbox that got this name.
    pub(super) fn add(&mut self, message: &Facts, mailbox: &Origin, name: &EntryName) {
        let bytes = message.bytes;
        self.all.add(bytes);
        self.line_stats += message.line_stats;
        self.add_quoting(message.quoting);
        match message.received {
            Some(seconds) => self.add_date(seconds, bytes),
            None => self.undated.add(bytes),
        }
        self.by_size.entry(size_class(bytes)).or_default().add(bytes);
        message.labels().for_each(|label| self.labels.add(label, bytes));
        message.sender().into_iter().for_each(|sender| self.senders.add(sender, bytes));
        if self.largest.len() < Self::LARGEST || self.largest.last().is_some_and(|least| least.bytes < bytes) {
            self.keep_large(LargeMessage {
                bytes,
                message: message.index,
                offset: message.offset,
                received: message.received,
                sender: message.sender().map(str::to_owned),
                subject: message.subject().map(str::to_owned),
                mailbox: mailbox.clone(),
                path: name.to_string(),
            });
        }
    }

    /// Adds a file of this size to a folder of the output.
    pub(super) fn add_to_folder(&mut self, folder: &str, bytes: u64) {
        self.folders.add(folder, bytes);
    }

    /// The messages of each year.
    pub fn by_year(&self) -> BTreeMap<i16, Tally> {
        let mut years = BTreeMap::<i16, Tally>::new();
        self.by_month.iter().for_each(|((year, _), tally)| *years.entry(*year).or_default() += *tally);
        years
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
            Ok(instant) => {
                let day = Offset::UTC.to_datetime(instant).date();
                self.by_month.entry((day.year(), day.month())).or_default().add(bytes);
            }
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
        other.by_month.iter().for_each(|(month, tally)| *self.by_month.entry(*month).or_default() += *tally);
        other.by_size.iter().for_each(|(size, tally)| *self.by_size.entry(*size).or_default() += *tally);
        self.labels += &other.labels;
        self.senders += &other.senders;
        self.folders += &other.folders;
        other.largest.iter().for_each(|large| self.keep_large(large.clone()));
    }
}

/// The smallest size of its class: a power of four from 4 KiB on, or 0.
fn size_class(bytes: u64) -> u64 {
    if bytes < 4 << 10 { 0 } else { 1 << (bytes.ilog2() & !1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_kept_in_order() {
        let mut statistics = Statistics::default();
        for bytes in [3, 9, 4, 1, 12, 8, 2, 7, 5, 11, 6, 10] {
            let (mailbox, path) = ("in".into(), String::new());
            let large = LargeMessage {
                bytes,
                message: bytes,
                offset: 0,
                received: None,
                sender: None,
                subject: None,
                mailbox,
                path,
            };
            statistics.keep_large(large);
        }
        let kept: Vec<u64> = statistics.largest.iter().map(|large| large.bytes).collect();
        assert_eq!(kept, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    }

    #[test]
    fn classes_of_sizes_are_powers_of_four() {
        let sizes =
            [(0, 0), (4095, 0), (4096, 4096), (16383, 4096), (16384, 16384), (1 << 20, 1 << 20), (3 << 20, 1 << 20)];
        for (bytes, class) in sizes {
            assert_eq!(size_class(bytes), class, "{bytes}");
        }
        assert_eq!(size_class(u64::MAX), 1 << 62);
    }
}

//! A sink that passes everything on to another one, and adds up what that took.

use super::facts::Facts;
use super::{Encode, Entry, Placed, Sink, Statistics};
use crate::error::Result;
use crate::message::Field;
use crate::name::Place;
use crate::source::Origin;
use crate::write_error::WriteError;

/// Adds up [`Statistics`] of what goes into another sink, if that is wanted.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{DryRun, Measured, Statistics};
/// use mbox2eml::source::Stream;
///
/// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nFrom: ann@example.org\n\nHello\n\n"[..];
/// let converter = Converter::builder().build();
/// let sink = Measured::new(DryRun::default(), true);
/// let (folders, statistics) = converter.convert(Stream::new("memory", mailbox), sink, &()).into_result()?.receipt;
/// assert_eq!(folders[""].messages, 1);
/// assert_eq!(statistics.unwrap().senders.get("ann@example.org").unwrap().messages, 1);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Debug)]
pub struct Measured<K> {
    sink: K,
    statistics: Option<Box<Statistics>>,
    /// The mailbox whose messages come in.
    mailbox: Option<Origin>,
}

impl<K: Sink> Measured<K> {
    /// Passes everything on to `sink`, and adds it up if `is_wanted`.
    pub fn new(sink: K, is_wanted: bool) -> Self {
        Self { sink, statistics: is_wanted.then(Box::default), mailbox: None }
    }
}

/// The half of a [`Measured`] for the workers.
#[derive(Clone, Copy, Debug)]
pub struct MeasuredEncoder<E> {
    encoder: E,
    is_wanted: bool,
}

/// An entry of the other sink, and what counts of it.
#[derive(Debug)]
pub struct MeasuredItem<T> {
    item: T,
    measure: Measure,
}

/// What counts of an entry.
#[derive(Debug)]
enum Measure {
    /// Nothing is wanted.
    Nothing,
    /// It is the first, or the only one, of its message.
    Message(Box<Facts>),
    /// It is a further copy of this size.
    Copy(u64),
}

impl<E: Encode> Encode for MeasuredEncoder<E> {
    type Item = MeasuredItem<E::Item>;

    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
        let measure = if self.is_wanted { Measure::Message(Box::new(Facts::of(&entry))) } else { Measure::Nothing };
        Ok(MeasuredItem { item: self.encoder.encode(entry)?, measure })
    }

    fn copy(&self, entry: Entry<'_>, first: &Self::Item) -> Result<Self::Item, WriteError> {
        let measure = if self.is_wanted { Measure::Copy(entry.eml.len()) } else { Measure::Nothing };
        Ok(MeasuredItem { item: self.encoder.copy(entry, &first.item)?, measure })
    }

    fn weight(MeasuredItem { item, measure }: &Self::Item) -> u64 {
        E::weight(item) + if let Measure::Message(facts) = measure { facts.weight() } else { 0 }
    }
}

impl<K: Sink> Sink for Measured<K> {
    type Encoder = MeasuredEncoder<K::Encoder>;
    /// The receipt of the other sink, and what was added up.
    type Receipt = (K::Receipt, Option<Box<Statistics>>);

    fn encoder(&self) -> Self::Encoder {
        MeasuredEncoder { encoder: self.sink.encoder(), is_wanted: self.statistics.is_some() }
    }

    fn fields(&self) -> Vec<Field> {
        let measured = self.statistics.as_ref().map_or(&[][..], |_| Statistics::FIELDS);
        [self.sink.fields().as_slice(), measured].concat()
    }

    fn begin(&mut self, origin: &Origin, place: &Place) {
        self.mailbox = Some(origin.clone());
        self.sink.begin(origin, place);
    }

    fn put(&mut self, MeasuredItem { item, measure }: <Self::Encoder as Encode>::Item) -> Result<Placed, WriteError> {
        let placed = self.sink.put(item)?;
        if let (Some(statistics), Some(mailbox)) = (&mut self.statistics, &self.mailbox) {
            match measure {
                Measure::Nothing => {}
                Measure::Message(facts) => {
                    statistics.add(&facts, mailbox, &placed.name);
                    statistics.add_to_folder(placed.folder(), facts.bytes);
                }
                Measure::Copy(bytes) => statistics.add_to_folder(placed.folder(), bytes),
            }
        }
        Ok(placed)
    }

    fn close(&mut self) -> Result<()> {
        self.sink.close()
    }

    fn finish(self) -> Self::Receipt {
        (self.sink.finish(), self.statistics)
    }
}

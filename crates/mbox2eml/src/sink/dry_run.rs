//! The sink of a dry run: it writes nothing and counts, folder by folder, what would be written.

use std::collections::BTreeMap;

use super::{Encode, Entry, Placed, Sink, WriteStatus};
use crate::name::EntryName;
use crate::tally::Tally;
use crate::write_error::WriteError;

/// Counts the files that each folder would get.
///
/// The receipt has the folders, by their paths below the output; the empty path is the output itself.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::DryRun;
/// use mbox2eml::source::Stream;
///
/// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\nHello\n\n"[..];
/// let done = Converter::builder().build().convert(Stream::new("memory", mailbox), DryRun::default(), &()).into_result()?;
/// assert_eq!(done.receipt[""].messages, 1);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct DryRun(BTreeMap<String, Tally>);

/// The half of a [`DryRun`] for the workers.
#[derive(Clone, Copy, Debug)]
pub struct Measure;

impl Encode for Measure {
    type Item = (EntryName, u64);

    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
        Ok((entry.name, entry.eml.len()))
    }
}

impl Sink for DryRun {
    type Encoder = Measure;
    type Receipt = BTreeMap<String, Tally>;

    fn encoder(&self) -> Measure {
        Measure
    }

    fn put(&mut self, (name, bytes): (EntryName, u64)) -> Result<Placed, WriteError> {
        // Looked up first: one string is allocated per folder, not per message.
        match self.0.get_mut(name.folder()) {
            Some(tally) => tally.add(bytes),
            None => {
                self.0.insert(name.folder().to_owned(), Tally { messages: 1, bytes });
            }
        }
        Ok(Placed::new(name, WriteStatus::Written))
    }

    fn finish(self) -> Self::Receipt {
        self.0
    }
}

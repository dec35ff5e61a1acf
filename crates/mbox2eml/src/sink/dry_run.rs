//! The sink of a dry run: it writes nothing, looks at what is there already, and counts, folder by folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compare::{Examined, ExistingFolder, Reader};
use super::difference::Difference;
use super::{Encode, Entry, Placed, Sink, SinkWarning, WriteStatus};
use crate::tally::Tally;
use crate::write_error::WriteError;

/// Counts what a [`Directory`](super::Directory) would write into each folder, and what is there already.
///
/// The receipt has the folders, by their paths below the output; the empty path is the output itself. It counts the files
/// that each has after the run.
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
pub struct DryRun {
    existing: Option<Arc<ExistingFolder>>,
    folders: BTreeMap<String, Tally>,
}

/// The half of a [`DryRun`] for the workers.
#[derive(Debug)]
pub struct Measure(Option<Reader<ExistingFolder>>);

/// What was found of one message.
#[derive(Debug)]
pub struct Measured {
    examined: Examined,
    bytes: u64,
}

impl DryRun {
    /// A dry run into a folder that is there. The default is one into an empty folder.
    ///
    /// ```
    /// use mbox2eml::Converter;
    /// use mbox2eml::sink::{DryRun, ExistingFolder};
    /// use mbox2eml::source::Stream;
    /// # let folder = tempfile::tempdir()?;
    ///
    /// std::fs::write(folder.path().join("000001_20240101T000000Z_One.eml"), "Subject: One\r\n\r\nHello\r\n")?;
    /// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\nHello\n\n"[..];
    /// let sink = DryRun::into_existing(ExistingFolder::open(folder.path())?);
    /// let done = Converter::builder().build().convert(Stream::new("memory", mailbox), sink, &());
    /// assert_eq!(done.messages().already_there, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn into_existing(folder: ExistingFolder) -> Self {
        Self { existing: Some(Arc::new(folder)), folders: BTreeMap::new() }
    }
}

impl Encode for Measure {
    type Item = Measured;

    fn encode(&self, entry: Entry<'_>) -> Result<Measured, WriteError> {
        let bytes = entry.eml.len();
        let examined = match &self.0 {
            Some(existing) => existing.encode(entry)?,
            None => Examined { name: entry.name, moved: false, difference: Some(Difference::Missing) },
        };
        Ok(Measured { examined, bytes })
    }
}

impl Sink for DryRun {
    type Encoder = Measure;
    type Receipt = BTreeMap<String, Tally>;

    fn encoder(&self) -> Measure {
        Measure(self.existing.clone().map(Reader::new))
    }

    fn put(&mut self, Measured { examined, bytes }: Measured) -> Result<Placed, WriteError> {
        let Examined { name, moved, difference } = examined;
        // Looked up first: one string is allocated per folder, not per message.
        match self.folders.get_mut(name.folder()) {
            Some(tally) => tally.add(bytes),
            None => {
                self.folders.insert(name.folder().to_owned(), Tally { messages: 1, bytes });
            }
        }
        let (status, is_taken) = match difference {
            None => (WriteStatus::AlreadyThere, moved),
            Some(Difference::Missing | Difference::Ends(_)) => (WriteStatus::Written, false),
            Some(Difference::Byte(_) | Difference::GoesOn(_) | Difference::Unreadable(_)) => {
                (WriteStatus::Written, true)
            }
        };
        Ok(Placed::new(name, status).with_warnings(is_taken.then_some(SinkWarning::NAME_TAKEN)))
    }

    fn finish(self) -> Self::Receipt {
        self.folders
    }
}

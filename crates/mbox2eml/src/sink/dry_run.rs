//! The sink of a dry run: it writes nothing, looks at what is there already, and counts, folder by folder.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::compare::{Empty, Examine, Examined, Existing, Files, place};
use super::difference::Difference;
use super::maildir::Deliveries;
use super::{Encode, Entry, Placed, Sink, WriteStatus};
use crate::message::Field;
use crate::tally::Tally;
use crate::write_error::WriteError;

/// Counts what a [`Directory`](super::Directory) or a [`Maildir`](super::Maildir) would write into each folder, and
/// what is there already.
///
/// The receipt has the folders, by their paths below the output; the empty path is the output itself. It counts the
/// files that each has after the run.
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
#[derive(Clone)]
pub struct DryRun {
    examine: Arc<dyn Examine>,
    folders: BTreeMap<String, Tally>,
}

/// The half of a [`DryRun`] for the workers.
pub struct Measure(Arc<dyn Examine>);

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measure").finish_non_exhaustive()
    }
}

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
    pub fn into_existing(folder: impl Existing + 'static) -> Self {
        Self::by(Files::new(folder))
    }

    /// A dry run into a new Maildir.
    ///
    /// ```
    /// use mbox2eml::Converter;
    /// use mbox2eml::sink::DryRun;
    /// use mbox2eml::source::Memory;
    ///
    /// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
    /// let done = Converter::builder().build().convert(Memory::new("in", mailbox), DryRun::maildir(), &());
    /// assert_eq!(done.receipt["INBOX"].messages, 1);
    /// ```
    #[must_use]
    pub fn maildir() -> Self {
        Self::by(Deliveries::new(Empty))
    }

    /// A dry run into a Maildir that is there.
    #[must_use]
    pub fn into_existing_maildir(maildir: impl Existing + 'static) -> Self {
        Self::by(Deliveries::new(maildir))
    }

    fn by(examine: impl Examine + 'static) -> Self {
        Self { examine: Arc::new(examine), folders: BTreeMap::new() }
    }
}

impl Default for DryRun {
    fn default() -> Self {
        Self::by(Files::new(Empty))
    }
}

impl fmt::Debug for DryRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DryRun").field("folders", &self.folders).finish_non_exhaustive()
    }
}

impl Encode for Measure {
    type Item = Measured;

    fn encode(&self, entry: Entry<'_>) -> Result<Measured, WriteError> {
        Ok(Measured { examined: self.0.examine(&entry), bytes: entry.eml.len() })
    }
}

impl Sink for DryRun {
    type Encoder = Measure;
    type Receipt = BTreeMap<String, Tally>;

    fn encoder(&self) -> Measure {
        Measure(Arc::clone(&self.examine))
    }

    fn fields(&self) -> Vec<Field> {
        self.examine.fields()
    }

    fn put(&mut self, Measured { examined, bytes }: Measured) -> Result<Placed, WriteError> {
        let Examined { name, moved, difference, folder } = examined;
        let (status, is_taken) = match difference {
            None => (WriteStatus::AlreadyThere, moved),
            Some(Difference::Missing | Difference::Ends(_)) => (WriteStatus::Written, false),
            Some(Difference::Byte(_) | Difference::GoesOn(_) | Difference::Unreadable(_)) => {
                (WriteStatus::Written, true)
            }
        };
        let placed = place(name, status, is_taken, folder.as_deref());
        // Looked up first: one string is allocated per folder, not per message.
        match self.folders.get_mut(placed.folder()) {
            Some(tally) => tally.add(bytes),
            None => {
                self.folders.insert(placed.folder().to_owned(), Tally { messages: 1, bytes });
            }
        }
        Ok(placed)
    }

    fn finish(self) -> Self::Receipt {
        self.folders
    }
}

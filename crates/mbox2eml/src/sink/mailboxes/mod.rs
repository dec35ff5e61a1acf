//! Mailboxes: a sink that appends the messages of each folder to one file.

mod compare;
mod encoder;
mod existing;
mod files;
mod names;
mod separator;

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

pub use self::compare::CompareMailboxes;
use self::encoder::{EncodedMessage, MailboxEncoder};
pub use self::existing::ExistingMailboxes;
use self::files::MailboxFiles;
use self::names::{Named, Names};
use super::folder::OpenFolders;
use super::output_folder::lock_folder;
use super::{Durability, Placed, Sink};
use crate::error::{Error, Result};
use crate::name::{EntryName, MailboxTree, Place};
use crate::source::Origin;
use crate::tally::Tally;
use crate::transform::Quote;
use crate::write_error::{ErrorScope, WriteError};

/// Sets up [`Mailboxes`].
///
/// ```
/// use mbox2eml::name::MailboxTree;
/// use mbox2eml::sink::{Durability, Mailboxes};
/// use mbox2eml::transform::Quote;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let sink = Mailboxes::below(&output)
///     .tree(MailboxTree::Thunderbird)
///     .quote(Quote::Mboxrd)
///     .durability(Durability::Synced)
///     .create()?;
/// # drop(sink);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MailboxesBuilder {
    root: PathBuf,
    tree: MailboxTree,
    quote: Quote,
    durability: Durability,
}

impl MailboxesBuilder {
    /// Sets how mailboxes for folders within folders are arranged. Default: [`MailboxTree::Folders`].
    #[must_use]
    pub fn tree(mut self, tree: MailboxTree) -> Self {
        self.tree = tree;
        self
    }

    /// Sets how lines that look like separators are protected. Default: [`Quote::Mboxrd`].
    #[must_use]
    pub fn quote(mut self, quote: Quote) -> Self {
        self.quote = quote;
        self
    }

    /// Sets whether a mailbox is on the disk before it gets its name. Default: [`Durability::Cached`].
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Uses the folder, which is created if it does not exist; it may be a link itself.
    ///
    /// Where the system can, it locks the folder against other runs for as long as the sink lives.
    ///
    /// # Errors
    /// [`Error::Output`] if it cannot be created, is not a folder, or another run is writing to it.
    pub fn create(self) -> Result<Mailboxes> {
        let fail = |doing, source| Error::Output { path: self.root.clone(), doing, source };
        fs::create_dir_all(&self.root).map_err(|source| fail("cannot create this folder", source))?;
        let (lock, folders) = lock_folder(&self.root)
            .and_then(|lock| Ok((lock, OpenFolders::below(&self.root)?)))
            .map_err(|source| fail("cannot use this folder", source))?;
        Ok(self.over(MailboxFiles::below(Some(Arc::new(folders)), false), lock))
    }

    /// Only compares with the mailboxes that are there, and writes nothing.
    ///
    /// # Errors
    /// [`Error::Output`] if there is something else than a folder.
    pub fn dry_run(self) -> Result<Mailboxes> {
        let folders = match OpenFolders::below(&self.root) {
            Ok(folders) => Some(Arc::new(folders)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(Error::Output { path: self.root, doing: "cannot open this folder", source }),
        };
        Ok(self.over(MailboxFiles::below(folders, true), None))
    }

    fn over(self, files: MailboxFiles, lock: Option<File>) -> Mailboxes {
        let Self { root, tree, quote, durability } = self;
        Mailboxes { root, quote, durability, files, names: Names::new(tree), is_broken: false, _lock: lock }
    }
}

/// A mailbox that was written, or was there with the same contents.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Mailboxes;
/// use mbox2eml::source::Memory;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let sink = Mailboxes::below(&output).create()?;
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), sink, &()).into_result()?;
/// let written = &done.receipt[0];
/// assert_eq!((written.folder.as_str(), written.tally.messages), ("mailbox", 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrittenMailbox {
    /// Its file.
    pub path: PathBuf,
    /// The folder that it is for.
    pub folder: String,
    /// Its messages, and all of its bytes.
    pub tally: Tally,
}

/// Writes the messages of each folder into one mailbox, in mailbox order: `Work/Clients.mbox`, or as [another
/// tree](MailboxTree). Messages without a folder go into one that is called after the mailbox that they come from.
///
/// Lines that look like separators are quoted, mboxrd by default. Then every byte comes back when the mailbox is read
/// again by this library, whatever is in it; FORMATS.md describes the From_ lines.
///
/// Until all mailboxes are complete they are called `….mbox.mbox2eml.partial`. If the run ends early, these files are
/// removed, and their messages count as failed. A finished mailbox is never overwritten: where one is there, its bytes
/// are compared with those that would be written, and if they differ the run ends with an error. So the same run again
/// finds everything there. A folder without a message gets no mailbox.
///
/// Links below the folder are not followed. At most 32 mailboxes are open at a time. Memory: a block for each of these,
/// and a few hundred bytes for each mailbox.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Mailboxes;
/// use mbox2eml::source::Memory;
/// use mbox2eml::transform::Eol;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nFrom noon on?\n";
/// let converter = Converter::builder().eol(Eol::Lf).build();
/// let sink = Mailboxes::below(&output).create()?;
/// let done = converter.convert(Memory::new("in", mailbox), sink, &()).into_result()?;
/// assert_eq!(done.receipt[0].path, output.join("mailbox.mbox"));
///
/// let written = std::fs::read_to_string(&done.receipt[0].path)?;
/// assert_eq!(written, "From ann@example.org   Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\n>From noon on?\n\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Mailboxes {
    root: PathBuf,
    quote: Quote,
    durability: Durability,
    files: MailboxFiles,
    names: Names,
    is_broken: bool,
    _lock: Option<File>,
}

impl Mailboxes {
    /// Mailboxes in the folder at `root`.
    pub fn below(root: impl Into<PathBuf>) -> MailboxesBuilder {
        let (tree, quote, durability) = Default::default();
        MailboxesBuilder { root: root.into(), tree, quote, durability }
    }

    /// The number of the mailbox for a folder, which is begun if need be.
    fn number(&mut self, folder: &str) -> Result<usize, (EntryName, io::Error)> {
        match self.names.find(folder) {
            Named::Known(number) => Ok(number),
            Named::New(name, folder) => self.files.begin(name.clone(), &folder).map_err(|error| (name, error)),
        }
    }

    fn write(&mut self, message: &EncodedMessage) -> Result<Placed, (EntryName, io::Error)> {
        let number = self.number(message.name.folder())?;
        let Self { files, quote, .. } = self;
        let fail = |error| (message.name.clone(), error);
        // Reported once only, with the error that caused it.
        let Some(file) = files.open(number).map_err(fail)? else { return Err(fail(broken())) };
        let offset = file.tally().bytes;
        message.write_to(*quote, file).map_err(|error| (file.name.clone(), error))?;
        file.end_message();
        Ok(Placed::new(file.name.clone(), file.status())
            .in_folder(Arc::clone(&file.folder))
            .in_volume(file.volume.clone())
            .at(offset)
            .with_warnings(message.warning()))
    }

    /// Makes the mailboxes that are only needed for those within them.
    fn make_empty_ones(&self) -> Result<()> {
        for path in self.files.names().flat_map(|name| self.names.around(name)) {
            self.files.make_empty(path).map_err(|source| Error::Output {
                path: self.root.join(path),
                doing: "cannot write this mailbox",
                source,
            })?;
        }
        Ok(())
    }
}

fn broken() -> io::Error {
    io::Error::other("the output is broken")
}

impl Sink for Mailboxes {
    type Encoder = MailboxEncoder;
    /// The finished mailboxes; of a dry run, those that would be.
    type Receipt = Vec<WrittenMailbox>;

    fn encoder(&self) -> MailboxEncoder {
        MailboxEncoder::new(self.quote)
    }

    fn begin(&mut self, _: &Origin, place: &Place) {
        self.names.begin(place);
    }

    fn put(&mut self, message: EncodedMessage) -> Result<Placed, WriteError> {
        let placed = if self.is_broken { Err((message.name.clone(), broken())) } else { self.write(&message) };
        placed.map_err(|(name, source)| {
            self.is_broken = true;
            WriteError::new("cannot write", name, source).with_scope(ErrorScope::Output)
        })
    }

    fn close(&mut self) -> Result<()> {
        let finished = self.files.finish(&self.root, self.durability);
        finished.map_err(|(name, source)| Error::Output {
            path: self.root.join(&name),
            doing: "cannot finish this mailbox",
            source,
        })?;
        self.make_empty_ones()
    }

    fn finish(self) -> Vec<WrittenMailbox> {
        self.files.finished(&self.root)
    }
}

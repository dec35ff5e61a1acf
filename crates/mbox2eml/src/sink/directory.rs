//! A folder of EML files. A second run is safe: files that exist are compared, never changed.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::difference::Difference;
use super::folder::{FileKind, Folder, OpenFolder, Purpose};
use super::output_folder::{Access, OutputFolder};
use super::renumbered::{Renumbered, Settled};
use super::{Durability, Encode, Entry, Placed, Sink, SinkWarning, WriteStatus};
use crate::error::Result;
use crate::name::{EntryName, fingerprint};
use crate::size::to_u64;
use crate::warning::WarningKind;
use crate::write_error::WriteError;

/// How many names are tried for a message whose own is taken.
pub(super) const NAMES_TRIED: u32 = 1000;

/// Writes one file per message below a folder.
///
/// What happens depends on what has the message's name:
///
/// - nothing: the file is created;
/// - a file with the same bytes: the message is already there;
/// - a strict prefix of the message, as an interrupted run leaves it: the file is completed;
/// - anything else: it is kept, and the message gets the next free name.
///
/// If the name has the message's number, a file that the folder had before the run and whose name differs in the number
/// only counts, too, if it has the same bytes: the message is already there.
///
/// Links below the folder are not followed. The folders last used are held open, 32 at most, and fewer where the system
/// allows few open files.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Directory, Durability};
/// use mbox2eml::source::Memory;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// for expected in [(1, 0), (0, 1)] {
///     let sink = Directory::create(&output, Durability::Cached)?;
///     let messages = converter.convert(Memory::new("in", mailbox), sink, &()).into_result()?.messages();
///     assert_eq!((messages.written, messages.already_there), expected);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Directory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    output: OutputFolder,
    renumbered: Renumbered,
    names: NameLocks,
}

/// The half of a [`Directory`] that writes files.
#[derive(Debug)]
pub struct Writer(Arc<Shared>);

impl Directory {
    /// Uses the folder at `root`, which is created if it does not exist; it may be a link itself.
    ///
    /// Where the system can, it locks the folder against other runs for as long as this value lives.
    ///
    /// # Errors
    /// [`Error::Output`](crate::Error::Output) if it cannot be created, is not a folder, or another run is writing to
    /// it.
    pub fn create(root: impl Into<PathBuf>, durability: Durability) -> Result<Self> {
        Self::open(root.into(), durability, Access::Exclusive)
    }

    /// The same for runs that write into the folder side by side, each a [range](crate::Mailbox::in_range) of a mailbox
    /// or mailboxes of its own. Even two that convert the same range at the same time write every file once.
    ///
    /// Runs of other kinds are kept out meanwhile. A file that differs from a message's name in the number only does
    /// not count, since another run may have just written it.
    ///
    /// ```
    /// use mbox2eml::sink::{Directory, Durability};
    /// # let folder = tempfile::tempdir()?;
    /// # let output = folder.path().join("out");
    ///
    /// let (one, other) = (Directory::shared(&output, Durability::Cached)?, Directory::shared(&output, Durability::Cached)?);
    /// # if cfg!(unix) {
    /// assert!(Directory::create(&output, Durability::Cached).is_err());
    /// # }
    /// # drop((one, other));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub fn shared(root: impl Into<PathBuf>, durability: Durability) -> Result<Self> {
        Self::open(root.into(), durability, Access::Shared)
    }

    fn open(root: PathBuf, durability: Durability, access: Access) -> Result<Self> {
        let output = OutputFolder::create(root, durability, access)?;
        Ok(Self(Arc::new(Shared { output, renumbered: Renumbered::default(), names: NameLocks::default() })))
    }
}

/// Keeps workers from using one name at the same time. Many names share a lock, but seldom two that are in use.
#[derive(Debug)]
struct NameLocks([Mutex<()>; 1024]);

impl Default for NameLocks {
    fn default() -> Self {
        Self([const { Mutex::new(()) }; 1024])
    }
}

impl NameLocks {
    /// Waits until no other worker uses the name. A worker uses one at a time, so no two wait for each other.
    fn lock(&self, name: &EntryName) -> MutexGuard<'_, ()> {
        let Self(locks) = self;
        let at = fingerprint(name.as_str()) % to_u64(locks.len());
        locks[usize::try_from(at).unwrap_or(0)].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Directory {
    type Encoder = Writer;
    type Receipt = ();

    fn encoder(&self) -> Writer {
        Writer(Arc::clone(&self.0))
    }

    fn put(&mut self, item: Placed) -> Result<Placed, WriteError> {
        Ok(item)
    }

    fn close(&mut self) -> Result<()> {
        self.0.output.sync_folders()
    }

    fn finish(self) {}
}

impl Encode for Writer {
    type Item = Placed;

    fn encode(&self, entry: Entry<'_>) -> Result<Placed, WriteError> {
        let failed = |name, source| WriteError::new("cannot write", name, source);
        let folder = match self.0.output.enter(entry.name.folder()) {
            Ok(folder) => folder,
            Err(source) => return Err(failed(entry.name, source)),
        };
        let entry = match self.0.find(&folder, &entry) {
            Settled::There { name, is_moved } => {
                let warnings = is_moved.then_some(SinkWarning::NAME_TAKEN);
                return Ok(Placed::new(name, WriteStatus::AlreadyThere).with_warnings(warnings));
            }
            Settled::NotThere(Some(name)) => Entry { name, ..entry },
            Settled::NotThere(None) => entry,
        };
        match self.0.place(&folder, &entry.name, &entry) {
            Ok(Some(status)) => return Ok(Placed::new(entry.name, status)),
            Ok(None) => {}
            Err(source) => return Err(failed(entry.name, source)),
        }
        for attempt in 2..=NAMES_TRIED {
            let name = entry.name.alternative(attempt);
            match self.0.place(&folder, &name, &entry) {
                // It counts for an equal message.
                Ok(Some(WriteStatus::AlreadyThere)) if !self.0.renumbered.is_free(&entry.name, attempt, &entry.eml) => {
                }
                Ok(Some(status)) => {
                    let warning =
                        if goes_on(&folder, &entry) { has_more(&entry.name) } else { SinkWarning::NAME_TAKEN };
                    return Ok(Placed::new(name, status).with_warnings([warning]));
                }
                Ok(None) => {}
                Err(source) => return Err(failed(name, source)),
            }
        }
        Err(failed(entry.name, io::Error::from(io::ErrorKind::AlreadyExists)))
    }
}

/// Whether the file that has the entry's name begins with all of the entry and goes on.
fn goes_on(folder: &OpenFolder, entry: &Entry<'_>) -> bool {
    let name = entry.name.file_name();
    let is_file = || matches!(folder.kind_of(name), Ok(FileKind::File { length }) if length > entry.eml.len());
    let difference = || Difference::of(folder.open_file(name, Purpose::Compare).ok()?, &entry.eml);
    is_file() && matches!(difference(), Some(Difference::GoesOn(_)))
}

/// The warning about such a file.
fn has_more(name: &EntryName) -> SinkWarning {
    let why = format!(
        "saved under the next free name, since {name} has all of this message and more after it, as when its input was \
         cut in a separator; if so, delete that file"
    );
    SinkWarning::new(WarningKind::NameTaken, why)
}

impl Shared {
    /// Finds the entry among the files of earlier runs, perhaps under another number.
    fn find(&self, folder: &OpenFolder, entry: &Entry<'_>) -> Settled {
        if self.output.access == Access::Shared {
            return Settled::NotThere(None);
        }
        let difference = |name: &EntryName| match folder.open_file(name.file_name(), Purpose::Compare) {
            Ok(file) if file.metadata().is_ok_and(|file| file.is_file()) => Difference::of(file, &entry.eml),
            _ => Some(Difference::Missing),
        };
        self.renumbered.find(&entry.name, &entry.eml, || folder.files(), difference)
    }

    /// Writes the entry into its folder under this name; `None` if something else has the name.
    fn place(&self, folder: &OpenFolder, name: &EntryName, entry: &Entry<'_>) -> io::Result<Option<WriteStatus>> {
        // A file that another worker is writing is not an interrupted one, even if it is still empty.
        let _lock = self.names.lock(name);
        let name = name.file_name();
        match self.output.write(folder, name, entry)? {
            None => self.output.complete(folder, name, entry),
            written => Ok(written),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::name::{Namer, Place};
    use crate::source::Stream;
    use crate::{Converter, Mailbox};
    use std::num::NonZeroUsize;

    const ONE: &[u8] = b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\nHello\n";
    const TWO: &[u8] = b"From ann@example.org Tue Jan  2 00:00:00 2024\nSubject: Two\n\nHello\n";

    #[test]
    fn a_folder_that_becomes_a_link_while_it_is_written_to_is_not_followed() {
        let scratch = tempfile::tempdir().unwrap();
        let at = |path: &str| scratch.path().join(path);
        fs::create_dir_all(at("outside/Inbox")).unwrap();
        let folder = Place::below("Mail/Inbox", &Namer::default());
        // With one worker the second mailbox is asked for when the messages of the first are written.
        let mailboxes = [ONE, TWO].into_iter().map(|bytes| {
            if bytes == TWO {
                assert_eq!(fs::read_dir(at("out/Mail/Inbox")).unwrap().count(), 1);
                fs::rename(at("out/Mail"), at("out/moved")).unwrap();
                symlink("../outside", at("out/Mail")).unwrap();
            }
            Ok(Mailbox::new(Stream::new("memory", bytes)).in_folder(folder.clone()))
        });
        let sink = Directory::create(at("out"), Durability::Cached).unwrap();
        let done = Converter::builder()
            .threads(NonZeroUsize::MIN)
            .build()
            .convert_all(mailboxes, sink, &())
            .into_result()
            .unwrap();
        assert_eq!(done.messages().written, 2);
        assert_eq!(fs::read_dir(at("outside/Inbox")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(at("out/moved/Inbox")).unwrap().count(), 2);
    }
}

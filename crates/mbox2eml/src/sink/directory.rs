//! A folder of EML files. A second run is safe: files that exist are compared, never changed.

use std::collections::HashSet;
use std::fs::{self, File, FileTimes, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::comparison::{Compared, Comparison};
use super::difference::Difference;
use super::folder::{FileKind, Folder, OpenFolder, OpenFolders, Purpose, outwards};
use super::renumbered::{Renumbered, Settled};
use super::{Encode, Entry, Placed, Sink, SinkWarning, WriteStatus};
use crate::error::{Error, Result};
use crate::keyword::keywords;
use crate::message::Received;
use crate::name::{EntryName, fingerprint};
use crate::transform::Eml;
use crate::warning::WarningKind;
use crate::write_error::WriteError;

/// How many names are tried for a message whose own is taken.
pub(super) const NAMES_TRIED: u32 = 1000;

/// When a message counts as written.
///
/// ```
/// use mbox2eml::sink::{Directory, Durability};
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let sink = Directory::create(&output, Durability::Synced)?;
/// # drop(sink);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// When the operating system has it; a power failure may still lose it. The default.
    #[default]
    Cached,
    /// When it is on the disk (`fsync`), which takes many times as long.
    Synced,
}

keywords!(Durability, "durability", Cached = "cached", Synced = "synced");

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
    root: PathBuf,
    durability: Durability,
    folders: OpenFolders,
    renumbered: Renumbered,
    /// The folders that are synced at the end.
    unsynced: Mutex<HashSet<String>>,
    /// The names that workers are writing at this moment.
    locked_names: Mutex<Vec<u64>>,
    access: Access,
    /// Keeps other runs out of the folder while it is held.
    _lock: Option<File>,
}

/// Who may write to the folder at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// This run only.
    Exclusive,
    /// Other runs with shared access, too. Each file that is written is locked meanwhile, since only its content says
    /// whether it is finished. What the folder had before the run is not known.
    Shared,
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
    /// [`Error::Output`] if it cannot be created, is not a folder, or another run is writing to it.
    pub fn create(root: impl Into<PathBuf>, durability: Durability) -> Result<Self> {
        Self::open(root.into(), durability, Access::Exclusive)
    }

    /// The same for runs that write into the folder side by side, each a [range](crate::Mailbox::in_range) of a mailbox or
    /// mailboxes of its own. Even two that convert the same range at the same time write every file once.
    ///
    /// Runs of other kinds are kept out meanwhile. A file that differs from a message's name in the number only does not
    /// count, since another run may have just written it.
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
        if let Err(source) = fs::create_dir_all(&root) {
            return Err(Error::Output { path: root, doing: "cannot create this folder", source });
        }
        let (lock, folders) = match lock(&root, access).and_then(|lock| Ok((lock, OpenFolders::below(&root)?))) {
            Ok(both) => both,
            Err(source) => return Err(Error::Output { path: root, doing: "cannot use this folder", source }),
        };
        let (renumbered, unsynced, locked_names) = (Renumbered::default(), Mutex::default(), Mutex::default());
        Ok(Self(Arc::new(Shared {
            root,
            durability,
            folders,
            renumbered,
            unsynced,
            locked_names,
            access,
            _lock: lock,
        })))
    }
}

/// Locks a folder against other runs, which would complete this one's half-written files.
///
/// Where folders cannot be locked, as on Windows and some network file systems, there is no lock.
///
/// ```
/// use mbox2eml::internals::lock_folder;
/// # let folder = tempfile::tempdir()?;
///
/// let lock = lock_folder(folder.path())?;
/// assert_eq!(lock.is_some(), lock_folder(folder.path()).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If another run has locked it.
pub fn lock_folder(root: &Path) -> io::Result<Option<File>> {
    lock(root, Access::Exclusive)
}

fn lock(root: &Path, access: Access) -> io::Result<Option<File>> {
    let Ok(folder) = File::open(root) else { return Ok(None) };
    let locked = match access {
        Access::Exclusive => folder.try_lock(),
        Access::Shared => folder.try_lock_shared(),
    };
    match locked {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another run is writing to it"))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Keeps other workers from using a name meanwhile. The name is known by its fingerprint: if two names ever share one, the
/// second message gets another name, and nothing is lost.
struct NameLock<'a> {
    locked: &'a Mutex<Vec<u64>>,
    name: u64,
}

impl<'a> NameLock<'a> {
    /// Locks the name; `None` if another worker has locked it.
    fn new(locked: &'a Mutex<Vec<u64>>, name: &EntryName) -> Option<Self> {
        let name = fingerprint(name.as_str());
        let mut names = locked.lock().unwrap_or_else(PoisonError::into_inner);
        if names.contains(&name) {
            return None;
        }
        names.push(name);
        Some(Self { locked, name })
    }
}

impl Drop for NameLock<'_> {
    fn drop(&mut self) {
        let mut names = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        names.retain(|name| *name != self.name);
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
        self.0.sync_folders()
    }

    fn finish(self) {}
}

impl Encode for Writer {
    type Item = Placed;

    fn encode(&self, entry: Entry<'_>) -> Result<Placed, WriteError> {
        let failed = |name, source| WriteError::new("cannot write", name, source);
        let folder = match self.0.enter(entry.name.folder()) {
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
        if self.access == Access::Shared {
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
        let Some(_lock) = NameLock::new(&self.locked_names, name) else { return Ok(None) };
        let name = name.file_name();
        let created = match folder.create_new(name) {
            Ok(file) => Some(file).filter(|file| self.is_first_at(file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
            Err(error) => return Err(error),
        };
        let Some(mut file) = created else {
            let _turn = self.wait_for(folder, name);
            return self.complete(folder, name, entry);
        };
        entry.eml.write_to(&mut file)?;
        self.seal(&file, entry)?;
        Ok(Some(WriteStatus::Written))
    }

    /// Locks a file that was created, until it is closed; whether no other run was faster.
    fn is_first_at(&self, file: &File) -> bool {
        match self.access {
            Access::Exclusive => true,
            Access::Shared => {
                let is_locked_by_other = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
                // Another may have found it before it was locked, and be done with it already.
                !is_locked_by_other && file.metadata().is_ok_and(|file| file.len() == 0)
            }
        }
    }

    /// Waits until no other run is writing a file, and keeps others from writing it. Nothing is written to more than one file
    /// at a time, so no two runs wait for each other.
    fn wait_for(&self, folder: &OpenFolder, name: &str) -> Option<File> {
        let is_file = || matches!(folder.kind_of(name), Ok(FileKind::File { .. }));
        if self.access == Access::Exclusive || !is_file() {
            return None;
        }
        // Where files cannot be locked, as in some network file systems, there is no lock.
        folder.open_file(name, Purpose::Complete).ok().filter(|file| file.lock().is_ok())
    }

    /// Compares the entry with the file that has its name, and completes the file if it is the start of the entry.
    fn complete(&self, folder: &OpenFolder, name: &str, entry: &Entry<'_>) -> io::Result<Option<WriteStatus>> {
        let FileKind::File { length } = folder.kind_of(name)? else { return Ok(None) };
        if length > entry.eml.len() {
            return Ok(None);
        }
        let is_whole = length == entry.eml.len();
        let file = match folder.open_file(name, if is_whole { Purpose::Compare } else { Purpose::Complete }) {
            Ok(file) => file,
            // A file that we may not read or write is not ours.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
            Err(error) => return Err(error),
        };
        // The file may have been replaced since.
        let opened = file.metadata()?;
        if !opened.is_file() || opened.len() != length {
            return Ok(None);
        }
        if !Completion::new(&file, length).run(&entry.eml)? {
            return Ok(None);
        }
        if is_whole {
            return Ok(Some(WriteStatus::AlreadyThere));
        }
        self.seal(&file, entry)?;
        Ok(Some(WriteStatus::Written))
    }

    /// Sets the time of a finished file and, if asked for, syncs it.
    fn seal(&self, file: &File, entry: &Entry<'_>) -> io::Result<()> {
        if let Some(time) = entry.received().and_then(Received::system_time) {
            // Some file systems cannot store the date; the message is complete without it.
            let _ = file.set_times(FileTimes::new().set_modified(time));
        }
        match self.durability {
            Durability::Cached => Ok(()),
            Durability::Synced => file.sync_all(),
        }
    }

    /// Opens the folder, which is created if it does not exist. No part of its path may be a link.
    fn enter(&self, folder: &str) -> io::Result<Arc<OpenFolder>> {
        let open = self.folders.enter(folder)?;
        if self.durability == Durability::Synced {
            self.unsynced.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
        }
        Ok(open)
    }

    /// Syncs the folders in which files were created.
    fn sync_folders(&self) -> Result<()> {
        if self.durability == Durability::Cached {
            return Ok(());
        }
        let folders = self.unsynced.lock().unwrap_or_else(PoisonError::into_inner);
        let all: HashSet<&str> = folders.iter().flat_map(|folder| outwards(folder)).chain([""]).collect();
        for folder in all {
            if let Err(source) = self.folders.find(folder).and_then(|folder| folder.sync()) {
                let path = self.root.join(folder);
                return Err(Error::Output { path, doing: "cannot sync this folder", source });
            }
        }
        Ok(())
    }
}

/// Compares what is written to it with the bytes of a file, and appends what comes after them.
struct Completion<'a> {
    file: &'a File,
    comparison: Comparison<io::Take<&'a File>>,
    progress: Progress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Comparing,
    Differs,
    Appending,
}

impl<'a> Completion<'a> {
    /// The completion of a file that has `length` bytes.
    fn new(file: &'a File, length: u64) -> Self {
        Self { file, comparison: Comparison::new(file.take(length)), progress: Progress::Comparing }
    }

    /// Whether the file is the EML now; `false`, with nothing written, if it holds something else.
    fn run(mut self, eml: &Eml<'_>) -> io::Result<bool> {
        match eml.write_to(&mut self) {
            Err(_) if self.progress == Progress::Differs => Ok(false),
            result => result.map(|()| true),
        }
    }
}

impl Write for Completion<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let equal = match self.progress {
            Progress::Appending => 0,
            Progress::Comparing | Progress::Differs => match self.comparison.next(bytes)? {
                Compared::Equal => return Ok(bytes.len()),
                Compared::Ended(equal) => equal,
                Compared::Differs => {
                    self.progress = Progress::Differs;
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
            },
        };
        self.progress = Progress::Appending;
        self.file.write_all(&bytes[equal..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
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

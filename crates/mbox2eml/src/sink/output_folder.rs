//! The folder that an output is written to: locked, its files created once and never changed.

use std::collections::HashSet;
use std::fs::{self, File, FileTimes, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::comparison::{Compared, Comparison};
use super::folder::{FileKind, Folder, OpenFolder, OpenFolders, Purpose, outwards};
use super::{Durability, Entry, WriteStatus};
use crate::error::{Error, Result};
use crate::message::Received;
use crate::transform::Eml;

/// The folder of an output. Links below it are not followed.
#[derive(Debug)]
pub(super) struct OutputFolder {
    root: PathBuf,
    durability: Durability,
    pub(super) access: Access,
    folders: OpenFolders,
    /// The folders that are synced at the end.
    unsynced: Mutex<HashSet<String>>,
    /// Keeps other runs out of the folder while it is held; none where folders cannot be locked.
    lock: Option<File>,
}

/// Who may write to the folder at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// This run only.
    Exclusive,
    /// Other runs with shared access, too. What the folder had before the run is not known.
    Shared,
}

impl OutputFolder {
    /// Uses the folder at `root`, which is created if it does not exist; it may be a link itself.
    ///
    /// Where the system can, it locks the folder against other runs for as long as this value lives.
    pub(super) fn create(root: PathBuf, durability: Durability, access: Access) -> Result<Self> {
        if let Err(source) = fs::create_dir_all(&root) {
            return Err(Error::Output { path: root, doing: "cannot create this folder", source });
        }
        let (lock, folders) = match lock(&root, access).and_then(|lock| Ok((lock, OpenFolders::below(&root)?))) {
            Ok(both) => both,
            Err(source) => return Err(Error::Output { path: root, doing: "cannot use this folder", source }),
        };
        Ok(Self { root, durability, access, folders, unsynced: Mutex::default(), lock })
    }

    /// Whether other runs may be writing to the folder. Each file that is written is locked meanwhile, then, since only
    /// its content says whether it is finished.
    fn has_other_writers(&self) -> bool {
        self.access == Access::Shared || self.lock.is_none()
    }

    /// Opens the folder, which is created if it does not exist. No part of its path may be a link.
    pub(super) fn enter(&self, folder: &str) -> io::Result<Arc<OpenFolder>> {
        let open = self.folders.enter(folder)?;
        if self.durability == Durability::Synced {
            self.unsynced.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
        }
        Ok(open)
    }

    /// Opens the folder, if it exists. No part of its path may be a link.
    pub(super) fn find(&self, folder: &str) -> io::Result<Arc<OpenFolder>> {
        self.folders.find(folder)
    }

    /// Writes the entry into a file of this name; `None` if something has the name.
    pub(super) fn write(&self, folder: &OpenFolder, name: &str, entry: &Entry<'_>) -> io::Result<Option<WriteStatus>> {
        let mut file = match folder.create_new(name) {
            Ok(file) if self.is_first_at(&file) => file,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(error),
        };
        entry.eml.write_to(&mut file)?;
        self.seal(&file, entry)?;
        Ok(Some(WriteStatus::Written))
    }

    /// Compares the entry with the file that has its name, and completes the file if it is the start of the entry;
    /// `None` if it is something else.
    pub(super) fn complete(
        &self,
        folder: &OpenFolder,
        name: &str,
        entry: &Entry<'_>,
    ) -> io::Result<Option<WriteStatus>> {
        let locked = self.wait_for(folder, name);
        let FileKind::File { length } = folder.kind_of(name)? else { return Ok(None) };
        if length > entry.eml.len() {
            return Ok(None);
        }
        let is_whole = length == entry.eml.len();
        let purpose = if is_whole { Purpose::Compare } else { Purpose::Complete };
        // On Windows, what is locked can be read only by the handle that locked it.
        let file = match locked.map_or_else(|| folder.open_file(name, purpose), Ok) {
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

    /// Locks a file that was created, until it is closed; whether no other run was faster.
    fn is_first_at(&self, file: &File) -> bool {
        if !self.has_other_writers() {
            return true;
        }
        let is_locked_by_other = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        // Another run may have opened it before it was locked, and have finished since.
        !is_locked_by_other && file.metadata().is_ok_and(|file| file.len() == 0)
    }

    /// Waits until no other run is writing a file, and keeps others from writing it. Nothing is written to more than
    /// one file at a time, so no two runs wait for each other.
    fn wait_for(&self, folder: &OpenFolder, name: &str) -> Option<File> {
        let is_file = || matches!(folder.kind_of(name), Ok(FileKind::File { .. }));
        if !self.has_other_writers() || !is_file() {
            return None;
        }
        // Where files cannot be locked, as in some network file systems, there is no lock.
        folder.open_file(name, Purpose::Complete).ok().filter(|file| file.lock().is_ok())
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

    /// Syncs the folders in which files were created.
    pub(super) fn sync_folders(&self) -> Result<()> {
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

/// Locks a folder against other runs, which would complete this one's half-written files.
///
/// Where folders cannot be locked, as on Windows and some network file systems, there is no lock, and each file is
/// locked while it is written.
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

//! A folder of EML files, safe to run into twice: what is there is compared, never changed.

use std::collections::HashSet;
use std::fs::{self, File, FileTimes, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use super::{Encode, Entry, Fate, Oddity, Placed, Sink};
use crate::error::{Error, Reach, Result, WriteError};
use crate::message::Received;
use crate::name::{EntryName, fingerprint};
use crate::size::to_u64;
use crate::transform::Eml;

/// So many names are tried for a message whose own is taken.
pub(super) const NAMES_TRIED: u32 = 1000;

/// When a message counts as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// When the system has taken it; a power failure may still lose it. The default.
    #[default]
    Cached,
    /// When it is on the disk (`fsync`), which takes many times as long.
    Synced,
}

/// Writes one file per message below a folder.
///
/// For a message's name: nothing there, it is created; the same bytes, it is already there; a strict prefix of the
/// message, as an interrupted run leaves it, it is completed; anything else is somebody's file, and the message gets
/// the next free name. Links below the folder are not followed.
#[derive(Debug)]
pub struct Directory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    durability: Durability,
    /// The folders below the root that were found or made, and are no links.
    folders: RwLock<HashSet<String>>,
    /// The names that workers are writing at this moment.
    in_work: Mutex<Vec<u64>>,
    /// Keeps other runs out of the folder while it is held.
    _lock: Option<File>,
}

/// The half of a [`Directory`] that writes files.
#[derive(Debug)]
pub struct Writer(Arc<Shared>);

impl Directory {
    /// Uses the folder at `root`, which is made if it is not there; it may be a link itself.
    ///
    /// The folder is locked against other runs for as long as this value lives, where the system can do that.
    ///
    /// # Errors
    /// [`Error::Output`] if it cannot be made, is no folder, or another run is writing to it.
    pub fn create(root: impl Into<PathBuf>, durability: Durability) -> Result<Self> {
        let root = root.into();
        if let Err(source) = fs::create_dir_all(&root) {
            return Err(Error::Output { path: root, doing: "cannot create this folder", source });
        }
        let lock = match lock(&root) {
            Ok(lock) => lock,
            Err(source) => return Err(Error::Output { path: root, doing: "cannot use this folder", source }),
        };
        let (folders, in_work) = (RwLock::default(), Mutex::default());
        Ok(Self(Arc::new(Shared { root, durability, folders, in_work, _lock: lock })))
    }
}

/// Locks a folder against other runs, which would take this one's half-written files for interrupted ones.
///
/// Where folders cannot be locked, as on Windows and some network file systems, there is no lock.
fn lock(root: &Path) -> io::Result<Option<File>> {
    let Ok(folder) = File::open(root) else { return Ok(None) };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another run is writing to it"))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// A name that no other worker may use meanwhile. It is known by its hash: should two names ever share one, the second
/// message gets another name, and nothing is lost.
struct Claim<'a> {
    in_work: &'a Mutex<Vec<u64>>,
    name: u64,
}

impl<'a> Claim<'a> {
    /// Claims the name; `None` if another worker has it.
    fn on(in_work: &'a Mutex<Vec<u64>>, name: &EntryName) -> Option<Self> {
        let name = fingerprint(name.as_str());
        let mut names = in_work.lock().unwrap_or_else(PoisonError::into_inner);
        if names.contains(&name) {
            return None;
        }
        names.push(name);
        Some(Self { in_work, name })
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut names = self.in_work.lock().unwrap_or_else(PoisonError::into_inner);
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
        let failed = |name, source| WriteError { doing: "cannot write", name, source, reach: Reach::Entry };
        if let Err(source) = self.0.enter(entry.name.folder()) {
            return Err(failed(entry.name, source));
        }
        match self.0.place(&entry.name, &entry) {
            Ok(Some(fate)) => return Ok(Placed::new(entry.name, fate)),
            Ok(None) => {}
            Err(source) => return Err(failed(entry.name, source)),
        }
        for attempt in 2..=NAMES_TRIED {
            let name = entry.name.alternative(attempt);
            match self.0.place(&name, &entry) {
                Ok(Some(fate)) => return Ok(Placed { oddities: vec![Oddity::NAME_TAKEN], ..Placed::new(name, fate) }),
                Ok(None) => {}
                Err(source) => return Err(failed(name, source)),
            }
        }
        Err(failed(entry.name, io::Error::from(io::ErrorKind::AlreadyExists)))
    }
}

impl Shared {
    /// Puts the entry under that name; `None` if the name is taken by something else.
    fn place(&self, name: &EntryName, entry: &Entry<'_>) -> io::Result<Option<Fate>> {
        // A file that another worker is writing is not an interrupted one, even if it is still empty.
        let Some(_claim) = Claim::on(&self.in_work, name) else { return Ok(None) };
        let path = self.root.join(name.as_str());
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                entry.eml.write_to(&mut file)?;
                self.seal(&file, entry)?;
                Ok(Some(Fate::Written))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.meet(&path, entry),
            Err(error) => Err(error),
        }
    }

    /// Holds the entry against what stands at its path.
    fn meet(&self, path: &Path, entry: &Entry<'_>) -> io::Result<Option<Fate>> {
        let there = fs::symlink_metadata(path)?;
        let length = entry.eml.len();
        if !there.is_file() || there.len() > length {
            return Ok(None);
        }
        let is_cut = there.len() < length;
        // To append overwrites nothing, even if somebody else writes to the file meanwhile.
        let file = match open_there(path, OpenOptions::new().read(true).append(is_cut)) {
            Ok(file) => file,
            // What may not be read is not ours to judge, and what may not be written not ours to finish.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
            Err(error) => return Err(error),
        };
        // Something else may have taken the place of what was looked at.
        let opened = file.metadata()?;
        if !opened.is_file() || opened.len() != there.len() {
            return Ok(None);
        }
        if !Completion::of(&file, there.len()).run(&entry.eml)? {
            return Ok(None);
        }
        if !is_cut {
            return Ok(Some(Fate::AlreadyThere));
        }
        self.seal(&file, entry)?;
        Ok(Some(Fate::Written))
    }

    /// Gives a file its time and, if wanted, its place on the disk.
    fn seal(&self, file: &File, entry: &Entry<'_>) -> io::Result<()> {
        if let Some(time) = entry.received().and_then(system_time) {
            // The mail is safe without it: some file systems know no such date.
            let _ = file.set_times(FileTimes::new().set_modified(time));
        }
        match self.durability {
            Durability::Cached => Ok(()),
            Durability::Synced => file.sync_all(),
        }
    }

    /// Makes sure that the folder is there, and that no part of it is a link.
    fn enter(&self, folder: &str) -> io::Result<()> {
        if folder.is_empty() || self.folders.read().unwrap_or_else(PoisonError::into_inner).contains(folder) {
            return Ok(());
        }
        let mut path = self.root.clone();
        for part in folder.split('/') {
            path.push(part);
            make_folder(&path)?;
        }
        self.folders.write().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
        Ok(())
    }

    /// Brings the folders' own entries to the disk, where files were.
    fn sync_folders(&self) -> Result<()> {
        if self.durability == Durability::Cached || !cfg!(unix) {
            return Ok(());
        }
        let folders = self.folders.read().unwrap_or_else(PoisonError::into_inner);
        let below = folders.iter().flat_map(|folder| Path::new(folder).ancestors());
        let all: HashSet<&Path> = below.chain([Path::new("")]).collect();
        for folder in all {
            let path = self.root.join(folder);
            if let Err(source) = File::open(&path).and_then(|file| file.sync_all()) {
                return Err(Error::Output { path, doing: "cannot bring this folder to the disk", source });
            }
        }
        Ok(())
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        result => return result,
    }
    let there = fs::symlink_metadata(path)?;
    if there.is_dir() {
        return Ok(());
    }
    let what = if there.is_symlink() { "its folder is a link, which is not followed" } else { "its folder is a file" };
    Err(io::Error::new(io::ErrorKind::NotADirectory, what))
}

/// Opens a file that is there, not what a link in its place leads to.
pub(super) fn open_there(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    options.open(path)
}

fn system_time(received: Received) -> Option<SystemTime> {
    let distance = Duration::from_secs(received.seconds.unsigned_abs());
    if received.seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    }
}

/// Compares what is written to it with the bytes of a file, and goes on writing where the file ends.
struct Completion<'a> {
    file: &'a File,
    /// How many bytes of the file are still to be compared.
    left: u64,
    differs: bool,
    scratch: Vec<u8>,
}

impl<'a> Completion<'a> {
    /// How many bytes are compared at a time.
    const SCRATCH: usize = 64 << 10;

    fn of(file: &'a File, length: u64) -> Self {
        Self { file, left: length, differs: false, scratch: Vec::new() }
    }

    /// Whether the file is the EML now; `false`, with nothing written, if it holds something else.
    fn run(mut self, eml: &Eml<'_>) -> io::Result<bool> {
        match eml.write_to(&mut self) {
            Err(_) if self.differs => Ok(false),
            result => result.map(|()| true),
        }
    }

    fn compare(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.scratch.resize(bytes.len(), 0);
        self.file.read_exact(&mut self.scratch)?;
        self.left -= to_u64(bytes.len());
        self.differs = self.scratch != bytes;
        if self.differs { Err(io::ErrorKind::AlreadyExists.into()) } else { Ok(()) }
    }
}

impl Write for Completion<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return self.file.write(bytes);
        }
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let count = bytes.len().min(left).min(Self::SCRATCH);
        self.compare(&bytes[..count])?;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

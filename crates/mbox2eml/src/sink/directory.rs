//! A folder of EML files, safe to run into twice: what is there is compared, never changed.

use std::collections::HashSet;
use std::fs::{self, File, FileTimes, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::folder::{Folder, OpenFolder, OpenFolders, Purpose, Standing, outwards};
use super::{Encode, Entry, Placed, Sink, SinkWarning, WriteStatus};
use crate::error::{Error, Result, WriteError};
use crate::keyword::keywords;
use crate::message::Received;
use crate::name::EntryName;
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

keywords!(Durability, "durability", Cached = "cached", Synced = "synced");

/// Writes one file per message below a folder.
///
/// For a message's name: nothing there, it is created; the same bytes, it is already there; a strict prefix of the
/// message, as an interrupted run leaves it, it is completed; anything else is somebody's file, and the message gets
/// the next free name. Links below the folder are not followed. The folders last used are held open, 32 at most, and
/// fewer where the system allows few open files.
#[derive(Debug)]
pub struct Directory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    durability: Durability,
    folders: OpenFolders,
    /// The folders whose own entries are to be brought to the disk at the end.
    unsynced: Mutex<HashSet<String>>,
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
        let (lock, folders) = match lock(&root).and_then(|lock| Ok((lock, OpenFolders::below(&root)?))) {
            Ok(both) => both,
            Err(source) => return Err(Error::Output { path: root, doing: "cannot use this folder", source }),
        };
        let (unsynced, in_work) = (Mutex::default(), Mutex::default());
        Ok(Self(Arc::new(Shared { root, durability, folders, unsynced, in_work, _lock: lock })))
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
        let name = quick_hash(name.as_str());
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

/// A hash for the few names in work at a time. Names that share one on purpose are easily found, and gain nothing.
fn quick_hash(name: &str) -> u64 {
    let (words, rest) = name.as_bytes().as_chunks();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    // Odd, without a pattern: the fraction of the golden ratio.
    let mix = |hash: u64, word: &[u8; 8]| {
        (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    };
    mix(words.iter().fold(to_u64(name.len()), mix), &last)
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
        match self.0.place(&folder, &entry.name, &entry) {
            Ok(Some(fate)) => return Ok(Placed::new(entry.name, fate)),
            Ok(None) => {}
            Err(source) => return Err(failed(entry.name, source)),
        }
        for attempt in 2..=NAMES_TRIED {
            let name = entry.name.alternative(attempt);
            match self.0.place(&folder, &name, &entry) {
                Ok(Some(fate)) => {
                    return Ok(Placed { warnings: vec![SinkWarning::NAME_TAKEN], ..Placed::new(name, fate) });
                }
                Ok(None) => {}
                Err(source) => return Err(failed(name, source)),
            }
        }
        Err(failed(entry.name, io::Error::from(io::ErrorKind::AlreadyExists)))
    }
}

impl Shared {
    /// Puts the entry into its folder under that name; `None` if the name is taken by something else.
    fn place(&self, folder: &OpenFolder, name: &EntryName, entry: &Entry<'_>) -> io::Result<Option<WriteStatus>> {
        // A file that another worker is writing is not an interrupted one, even if it is still empty.
        let Some(_claim) = Claim::on(&self.in_work, name) else { return Ok(None) };
        let name = name.file_name();
        match folder.create_new(name) {
            Ok(mut file) => {
                entry.eml.write_to(&mut file)?;
                self.seal(&file, entry)?;
                Ok(Some(WriteStatus::Written))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.meet(folder, name, entry),
            Err(error) => Err(error),
        }
    }

    /// Holds the entry against what stands under its name.
    fn meet(&self, folder: &OpenFolder, name: &str, entry: &Entry<'_>) -> io::Result<Option<WriteStatus>> {
        let Standing::File { length } = folder.look(name)? else { return Ok(None) };
        if length > entry.eml.len() {
            return Ok(None);
        }
        let is_whole = length == entry.eml.len();
        let file = match folder.open_there(name, if is_whole { Purpose::Compare } else { Purpose::Complete }) {
            Ok(file) => file,
            // What may not be read is not ours to judge, and what may not be written not ours to finish.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
            Err(error) => return Err(error),
        };
        // Something else may have taken the place of what was looked at.
        let opened = file.metadata()?;
        if !opened.is_file() || opened.len() != length {
            return Ok(None);
        }
        if !Completion::of(&file, length).run(&entry.eml)? {
            return Ok(None);
        }
        if is_whole {
            return Ok(Some(WriteStatus::AlreadyThere));
        }
        self.seal(&file, entry)?;
        Ok(Some(WriteStatus::Written))
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

    /// Opens the folder, which is made if it is not there. No part of its path may be a link.
    fn enter(&self, folder: &str) -> io::Result<Arc<OpenFolder>> {
        let open = self.folders.enter(folder)?;
        if self.durability == Durability::Synced {
            self.unsynced.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
        }
        Ok(open)
    }

    /// Brings the folders' own entries to the disk, where files were.
    fn sync_folders(&self) -> Result<()> {
        if self.durability == Durability::Cached {
            return Ok(());
        }
        let folders = self.unsynced.lock().unwrap_or_else(PoisonError::into_inner);
        let all: HashSet<&str> = folders.iter().flat_map(|folder| outwards(folder)).chain([""]).collect();
        for folder in all {
            if let Err(source) = self.folders.find(folder).and_then(|folder| folder.sync()) {
                let path = self.root.join(folder);
                return Err(Error::Output { path, doing: "cannot bring this folder to the disk", source });
            }
        }
        Ok(())
    }
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::name::{Charset, Folders};
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
        let folder = Folders::new(Charset::Unicode).claim("Mail/Inbox");
        // With one worker the second mailbox is asked for when the messages of the first are written.
        let mailboxes = [ONE, TWO].into_iter().map(|bytes| {
            if bytes == TWO {
                assert_eq!(fs::read_dir(at("out/Mail/Inbox")).unwrap().count(), 1);
                fs::rename(at("out/Mail"), at("out/moved")).unwrap();
                symlink("../outside", at("out/Mail")).unwrap();
            }
            Ok(Mailbox { source: Box::new(Stream::new("memory", bytes)), folder: folder.clone() })
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

    #[test]
    fn the_hash_of_a_name_depends_on_each_of_its_bytes_and_on_its_length() {
        let name = "Mail/Inbox/000001_20240101T000000Z_Hello.eml";
        let mut hashes = HashSet::new();
        for end in 0..=name.len() {
            hashes.insert(quick_hash(&name[..end]));
            hashes.insert(quick_hash(&format!("{}~{}", &name[..end], &name[end..])));
            hashes.insert(quick_hash(&format!("{}\0", &name[..end])));
        }
        assert_eq!(hashes.len(), 3 * (name.len() + 1));
    }
}

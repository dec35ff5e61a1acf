//! A file that gets its name when it is complete: its bytes go into a new one, or are compared with the finished file
//! that is there already.

use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::Durability;
use super::comparison::{Compared, Comparison};
use super::folder::{FileKind, Folder, OpenFolder, OpenFolders, Purpose};
use crate::size::to_u64;

/// A folder for such files.
#[derive(Clone, Debug)]
pub struct TargetFolder {
    folders: Arc<OpenFolders>,
    path: String,
}

impl TargetFolder {
    /// The folder at this path, which may be a link itself.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn at(path: &Path) -> io::Result<Self> {
        Ok(Self { folders: Arc::new(OpenFolders::below(path)?), path: String::new() })
    }

    /// A folder below an output, at this path.
    pub(super) fn below(folders: &Arc<OpenFolders>, path: &str) -> Self {
        Self { folders: Arc::clone(folders), path: path.to_owned() }
    }

    fn open(&self) -> io::Result<Arc<OpenFolder>> {
        self.folders.find(&self.path)
    }
}

/// Where the bytes of an output file go: into a new file, or into a comparison with the finished one.
#[derive(Debug)]
pub enum Target {
    /// A new file.
    Partial(Partial),
    /// A finished one.
    Existing(ExistingFile),
}

impl Target {
    /// Compares with the file called `existing`, or begins a new one that will be called `name` or something like it.
    ///
    /// What an interrupted run left of it is taken away.
    ///
    /// # Errors
    /// If that is not possible, or another run is writing to it.
    pub fn open(folder: TargetFolder, name: &OsStr, existing: Option<&OsStr>) -> io::Result<Self> {
        let partial = partial_name(name);
        remove_leftover(&*folder.open()?, &partial)?;
        match existing {
            Some(existing) => Self::compare(folder, existing),
            None => Partial::create(folder, partial).map(Self::Partial),
        }
    }

    /// Only compares with the file called `existing`.
    pub(super) fn compare(folder: TargetFolder, existing: &OsStr) -> io::Result<Self> {
        ExistingFile::open(folder, existing).map(Self::Existing)
    }

    /// Closes the file until it is needed again.
    pub(super) fn suspend(&mut self) {
        match self {
            Self::Partial(partial) => partial.file = None,
            Self::Existing(existing) => existing.suspend(),
        }
    }

    /// Gives a new file its name, which must be free. A finished file must end here.
    ///
    /// # Errors
    /// If the name is taken, the file goes on, or the system refuses.
    pub fn finish(self, name: &OsStr, durability: Durability) -> io::Result<()> {
        match self {
            Self::Partial(partial) => partial.finish(name, durability),
            Self::Existing(existing) => existing.finish(),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Partial(partial) => partial.write(bytes),
            Self::Existing(existing) => existing.compare(bytes).map(|()| bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file being written. It is removed unless it is finished.
#[derive(Debug)]
pub struct Partial {
    folder: TargetFolder,
    name: OsString,
    identity: Identity,
    length: u64,
    /// None while it is closed.
    file: Option<File>,
    is_renamed: bool,
}

impl Partial {
    fn create(folder: TargetFolder, name: OsString) -> io::Result<Self> {
        let file = folder.open()?.create_new(&name)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(in_use()),
            // Where files cannot be locked, there is no lock.
            _ => {
                let identity = Identity::of(&file)?;
                Ok(Self { folder, name, identity, length: 0, file: Some(file), is_renamed: false })
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            closed @ None => {
                let file = self.folder.open()?.open_file(&self.name, Purpose::Complete)?;
                if Identity::of(&file)? != self.identity || file.metadata()?.len() != self.length {
                    return Err(replaced());
                }
                closed.insert(file)
            }
        };
        let count = file.write(bytes)?;
        self.length += to_u64(count);
        Ok(count)
    }

    fn finish(mut self, name: &OsStr, durability: Durability) -> io::Result<()> {
        let folder = self.folder.open()?;
        // Windows syncs only what is open for writing.
        let file = match folder.open_file(&self.name, Purpose::Complete) {
            Ok(file) if self.is(&file) => file,
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => return Err(replaced()),
        };
        if durability == Durability::Synced {
            file.sync_all()?;
        }
        rename_to_free(&folder, &self.name, name)?;
        self.is_renamed = true;
        match durability {
            Durability::Synced => folder.sync(),
            Durability::Cached => Ok(()),
        }
    }

    /// Whether this is the file, and not another that was put in its place meanwhile.
    fn is(&self, file: &File) -> bool {
        Identity::of(file).is_ok_and(|identity| identity == self.identity)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.is_renamed {
            return;
        }
        // Closed first: no other file may be open.
        self.file = None;
        let Ok(folder) = self.folder.open() else { return };
        if open(&folder, &self.name).is_ok_and(|file| self.is(&file)) {
            // Should it stay, its name says what it is, and the next run replaces it.
            let _ = folder.remove(&self.name);
        }
    }
}

/// Opens a file that is not to be changed.
fn open(folder: &OpenFolder, name: &OsStr) -> io::Result<File> {
    folder.open_file(name, Purpose::Compare)
}

/// What distinguishes a file from another that is put in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity(Option<(u64, u64)>);

impl Identity {
    #[cfg(unix)]
    fn of(file: &File) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        file.metadata().map(|there| Self(Some((there.dev(), there.ino()))))
    }

    #[cfg(windows)]
    fn of(file: &File) -> io::Result<Self> {
        let there = winapi_util::file::information(file)?;
        Ok(Self(Some((there.volume_serial_number(), there.file_index()))))
    }

    /// Elsewhere there are no other programs.
    #[cfg(not(any(unix, windows)))]
    fn of(_file: &File) -> io::Result<Self> {
        Ok(Self(None))
    }
}

fn replaced() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the unfinished file was removed or replaced by another program")
}

/// Renames a file unless something has the new name.
fn rename_to_free(folder: &OpenFolder, from: &OsStr, to: &OsStr) -> io::Result<()> {
    match folder.link(from, to) {
        // A hard link never replaces a file, not even in a race.
        Ok(()) => folder.remove(from),
        // Some file systems have no hard links.
        Err(_) if folder.kind_of(to).is_ok() => {
            Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{} already exists", to.display())))
        }
        Err(_) => folder.rename(from, to),
    }
}

/// A file that exists and must contain exactly the bytes that would be written.
#[derive(Debug)]
pub struct ExistingFile {
    folder: TargetFolder,
    name: OsString,
    /// None while it is closed.
    comparison: Option<Comparison<File>>,
    /// How many bytes were equal before it was closed last.
    equal: u64,
}

impl ExistingFile {
    fn open(folder: TargetFolder, name: &OsStr) -> io::Result<Self> {
        if !matches!(folder.open()?.kind_of(name)?, FileKind::File { .. }) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it exists and is not a file"));
        }
        let mut existing = Self { folder, name: name.to_owned(), comparison: None, equal: 0 };
        existing.comparison()?;
        Ok(existing)
    }

    /// Its name.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    fn suspend(&mut self) {
        self.equal += self.comparison.take().map_or(0, |comparison| comparison.equal());
    }

    fn comparison(&mut self) -> io::Result<&mut Comparison<File>> {
        match &mut self.comparison {
            Some(comparison) => Ok(comparison),
            closed @ None => {
                let mut file = open(&*self.folder.open()?, &self.name)?;
                file.seek(SeekFrom::Start(self.equal))?;
                Ok(closed.insert(Comparison::new(file)))
            }
        }
    }

    fn compare(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.comparison()?.next(bytes)? {
            Compared::Equal => Ok(()),
            Compared::Differs | Compared::Ended(_) => Err(self.differs()),
        }
    }

    fn finish(mut self) -> io::Result<()> {
        if self.comparison()?.is_at_end()? { Ok(()) } else { Err(self.differs()) }
    }

    fn differs(&self) -> io::Error {
        let name = self.name.display();
        let what = format!("{name} exists and has different contents from what this run would write");
        io::Error::new(io::ErrorKind::AlreadyExists, what)
    }
}

/// Ends a file's name until it is finished. No other program uses this ending: a browser calls an unfinished download
/// `takeout.zip.partial`.
pub const PARTIAL: &str = ".mbox2eml.partial";

/// What a file is called until it is finished.
fn partial_name(name: &OsStr) -> OsString {
    let mut partial = name.to_owned();
    partial.push(PARTIAL);
    partial
}

/// Removes an unfinished file that its run left behind. It is not written to: it may be a second name of a finished
/// file, if the run ended while it was renamed.
fn remove_leftover(folder: &OpenFolder, name: &OsStr) -> io::Result<()> {
    match folder.kind_of(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(FileKind::File { .. }) => {}
        Ok(_) => {
            let what = format!("{} exists and is not a file", name.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
    }
    // Locked until it is gone, so that no two runs take each other's for a leftover.
    let leftover = folder.open_file(name, Purpose::Complete)?;
    match leftover.try_lock() {
        Err(TryLockError::WouldBlock) => Err(in_use()),
        _ => folder.remove(name),
    }
}

fn in_use() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "another run is writing to it")
}

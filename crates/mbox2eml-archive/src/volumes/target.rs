//! Where the bytes of a volume go: into a new file, or compared with the finished volume that is there already.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use mbox2eml::internals::{Compared, Comparison};
use mbox2eml::sink::Durability;

/// One or the other.
#[derive(Debug)]
pub(super) enum Target {
    Partial(Partial),
    Existing(Existing),
}

impl Target {
    /// Compares with the file at `existing`, or begins a new one that will be renamed to `path` or something like it.
    ///
    /// What an interrupted run left of it is taken away.
    pub(super) fn open(path: &Path, existing: Option<&Path>) -> io::Result<Self> {
        let partial = partial_path(path);
        remove_leftover(&partial)?;
        match existing {
            Some(existing) => Existing::open(existing).map(Self::Existing),
            None => Partial::create(partial).map(Self::Partial),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Partial(partial) => partial.file.write(bytes),
            Self::Existing(existing) => existing.compare(bytes).map(|()| bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file being written. It is removed unless it is finished.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    file: File,
    is_renamed: bool,
}

impl Partial {
    fn create(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(in_use()),
            // Where files cannot be locked, there is no lock.
            _ => Ok(Self { path, file, is_renamed: false }),
        }
    }

    /// Gives the complete file its name, under which there must be nothing.
    pub(super) fn finish(mut self, name: &Path, durability: Durability) -> io::Result<()> {
        if !self.is_ours() {
            let text = "the unfinished file was removed or replaced by another program";
            return Err(io::Error::new(io::ErrorKind::NotFound, text));
        }
        if durability == Durability::Synced {
            self.file.sync_all()?;
        }
        rename_to_free(&self.path, name)?;
        self.is_renamed = true;
        match name.parent() {
            Some(folder) if durability == Durability::Synced && cfg!(unix) => {
                File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()
            }
            _ => Ok(()),
        }
    }

    /// Whether the file at the path is still this one, and not another that was put there meanwhile.
    fn is_ours(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
            let both = (self.file.metadata().map(identity), fs::symlink_metadata(&self.path).map(identity));
            matches!(both, (Ok(ours), Ok(there)) if ours == there)
        }
        #[cfg(not(unix))]
        true
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_renamed && self.is_ours() {
            // Should it stay, its name says what it is, and the next run replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Renames a file unless something has the new name.
fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        // A second name is made only where there is none; so nothing can be replaced, not even in a race.
        Ok(()) => fs::remove_file(from),
        // Some file systems know no second names.
        Err(_) if fs::symlink_metadata(to).is_ok() => {
            let name = to.file_name().unwrap_or_default().display();
            Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{name} already exists")))
        }
        Err(_) => fs::rename(from, to),
    }
}

/// A file that exists and must contain exactly the bytes that would be written.
#[derive(Debug)]
pub(super) struct Existing {
    path: PathBuf,
    comparison: Comparison<File>,
}

impl Existing {
    fn open(path: &Path) -> io::Result<Self> {
        if !fs::symlink_metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it exists and is not a file"));
        }
        Ok(Self { path: path.to_owned(), comparison: Comparison::new(File::open(path)?) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn compare(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.comparison.next(bytes)? {
            Compared::Equal => Ok(()),
            Compared::Differs | Compared::Ended(_) => Err(self.differs()),
        }
    }

    /// Whether nothing more is in the file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.comparison.is_at_end()? { Ok(()) } else { Err(self.differs()) }
    }

    fn differs(&self) -> io::Error {
        let name = self.path.file_name().unwrap_or_default().display();
        let what = format!("{name} exists and has different contents from what this run would write");
        io::Error::new(io::ErrorKind::AlreadyExists, what)
    }
}

/// Ends a volume's name until it is finished. No other program uses this ending: a browser calls an unfinished download
/// `takeout.zip.partial`.
pub(super) const PARTIAL: &str = ".mbox2eml.partial";

/// What a volume is called until it is finished.
pub(super) fn partial_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(PARTIAL);
    name.into()
}

/// Removes an unfinished file that its run left behind. It is not written to: it may be a second name of a finished volume,
/// if the run ended while it was renamed.
fn remove_leftover(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(there) if !there.is_file() => {
            let name = path.file_name().unwrap_or_default().display();
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{name} exists and is not a file")));
        }
        Ok(_) => {}
    }
    // Locked until it is gone, so that no two runs take each other's for a leftover.
    let leftover = OpenOptions::new().write(true).open(path)?;
    match leftover.try_lock() {
        Err(TryLockError::WouldBlock) => Err(in_use()),
        _ => fs::remove_file(path),
    }
}

fn in_use() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "another run is writing to it")
}

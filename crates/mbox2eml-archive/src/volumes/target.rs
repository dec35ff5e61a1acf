//! Where the bytes of a volume go: into a `.partial` file, or against the finished volume that is there already.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use mbox2eml::sink::Durability;

/// One or the other.
#[derive(Debug)]
pub(super) enum Target {
    Partial(Partial),
    Existing(Existing),
}

impl Target {
    /// Compares with the file at `existing`, or begins a new one that will be renamed to `path` or something like it.
    pub(super) fn open(path: &Path, existing: Option<&Path>) -> io::Result<Self> {
        match existing {
            Some(existing) => Existing::open(existing).map(Self::Existing),
            None => Partial::create(path).map(Self::Partial),
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

/// A file in work. It is removed unless it is finished.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    file: File,
    is_renamed: bool,
}

impl Partial {
    /// Begins the file `path.partial`; what an interrupted run left there is replaced.
    fn create(path: &Path) -> io::Result<Self> {
        let path = with_suffix(path, ".partial");
        let mut options = OpenOptions::new();
        options.write(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        }
        let file = options.open(&path)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another run is writing to it"));
        }
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it is no file"));
        }
        file.set_len(0)?;
        Ok(Self { path, file, is_renamed: false })
    }

    /// Gives the complete file its name, under which there must be nothing.
    pub(super) fn finish(mut self, name: &Path, durability: Durability) -> io::Result<()> {
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
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_renamed {
            // Should it stay, its name tells what it is, and the next run replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Renames a file unless something has the new name.
fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        // A second name is made only where there is none; so nothing can be replaced, not even in a race.
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Some file systems know no second names.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

/// A file that is there, and must turn out to hold the very bytes that would be written.
#[derive(Debug)]
pub(super) struct Existing {
    path: PathBuf,
    file: BufReader<File>,
    scratch: Vec<u8>,
}

impl Existing {
    fn open(path: &Path) -> io::Result<Self> {
        if !fs::symlink_metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "something that is no file is there already"));
        }
        Ok(Self { path: path.to_owned(), file: BufReader::new(File::open(path)?), scratch: Vec::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn compare(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.scratch.resize(bytes.len(), 0);
        match self.file.read_exact(&mut self.scratch) {
            Ok(()) if self.scratch == bytes => Ok(()),
            Ok(()) => Err(self.differs()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.differs()),
            Err(error) => Err(error),
        }
    }

    /// Whether nothing more is in the file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        match self.file.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(self.differs()),
        }
    }

    fn differs(&self) -> io::Error {
        let name = self.path.file_name().unwrap_or_default().display();
        let what = format!("{name} is there already, and holds something else than this run makes");
        io::Error::new(io::ErrorKind::AlreadyExists, what)
    }
}

/// The path with something appended to its file name.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

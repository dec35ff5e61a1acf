//! A folder as a path, for systems without handles to folders. Whoever can rename it can put a link in its place.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{Folder, Purpose, Standing};

/// A folder that was there, and no link, when it was looked at.
#[derive(Debug)]
pub(in crate::sink) struct ByPath(PathBuf);

impl Folder for ByPath {
    /// Nothing is held open: so many are not looked at again.
    fn affordable() -> usize {
        32
    }

    fn root(path: &Path) -> io::Result<Self> {
        Ok(Self(path.to_owned()))
    }

    fn create_new(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name))
    }

    fn open_there(&self, name: &str, purpose: Purpose) -> io::Result<File> {
        OpenOptions::new().read(true).append(purpose == Purpose::Complete).open(self.0.join(name))
    }

    fn look(&self, name: &str) -> io::Result<Standing> {
        let there = fs::symlink_metadata(self.0.join(name))?;
        Ok(match there.file_type() {
            kind if kind.is_file() => Standing::File { length: there.len() },
            kind if kind.is_dir() => Standing::Folder,
            kind if kind.is_symlink() => Standing::Link,
            _ => Standing::Other,
        })
    }

    fn make(&self, name: &str) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    fn open(&self, name: &str) -> io::Result<Self> {
        match self.look(name)? {
            Standing::Folder => Ok(Self(self.0.join(name))),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

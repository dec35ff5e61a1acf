//! A folder as a path, for systems without handles to folders. Another program can replace it with a link.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{FileKind, Folder, Purpose};

/// A folder that existed, and was not a link, when it was checked.
#[derive(Debug)]
pub(in crate::sink) struct ByPath(PathBuf);

impl Folder for ByPath {
    /// No handles to cache; remember this many verified folders.
    fn affordable() -> usize {
        32
    }

    fn root(path: &Path) -> io::Result<Self> {
        Ok(Self(path.to_owned()))
    }

    fn create_new(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name.as_ref()))
    }

    fn open_file(&self, name: impl AsRef<OsStr>, purpose: Purpose) -> io::Result<File> {
        let name = name.as_ref();
        if self.kind_of(name)? == FileKind::Link {
            return Err(io::Error::other("it is a link, which is not followed"));
        }
        OpenOptions::new().read(true).append(purpose == Purpose::Complete).open(self.0.join(name))
    }

    fn kind_of(&self, name: impl AsRef<OsStr>) -> io::Result<FileKind> {
        let there = fs::symlink_metadata(self.0.join(name.as_ref()))?;
        Ok(match there.file_type() {
            kind if kind.is_file() => FileKind::File { length: there.len() },
            kind if kind.is_dir() => FileKind::Folder,
            kind if kind.is_symlink() => FileKind::Link,
            _ => FileKind::Other,
        })
    }

    fn files(&self) -> io::Result<Vec<(String, u64)>> {
        let names = fs::read_dir(&self.0)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(super::lengths(self, names))
    }

    fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::hard_link(self.0.join(from), self.0.join(to))
    }

    fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }

    fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    fn create(&self, name: &str) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    fn open(&self, name: &str) -> io::Result<Self> {
        match self.kind_of(name)? {
            FileKind::Folder => Ok(Self(self.0.join(name))),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn move_to(&self, name: &str, folder: &Self, new_name: &str) -> io::Result<()> {
        super::check_absent(folder, new_name)?;
        fs::rename(self.0.join(name), folder.0.join(new_name))
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

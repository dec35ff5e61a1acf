//! Folders that are held open: files are created and found in that very folder, even if its path is changed meanwhile.

#[cfg(any(not(unix), test))]
mod by_path;
#[cfg(unix)]
mod handle;
mod recent;
#[cfg(test)]
mod tests;

#[cfg(not(unix))]
pub(super) use by_path::ByPath as OpenFolder;
#[cfg(unix)]
pub(super) use handle::Handle as OpenFolder;
pub(super) use recent::{OpenFolders, outwards};

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;

/// What has a name. A link counts as a link, whatever it points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A regular file and its size in bytes.
    File { length: u64 },
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a device or the like.
    Other,
}

/// Why an existing file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read it.
    Compare,
    /// To read it and append what is missing. Nothing is overwritten, even if another program writes to it meanwhile.
    Complete,
}

/// An open folder. Every `name` is a single component, and a link of that name is not followed.
pub(super) trait Folder: Sized {
    /// How many folders may be held open at a time.
    fn affordable() -> usize;

    /// Opens the folder at `path`, which may be a link.
    fn root(path: &Path) -> io::Result<Self>;

    /// Creates a file that does not exist yet.
    fn create_new(&self, name: impl AsRef<OsStr>) -> io::Result<File>;

    /// Opens an existing file. Opening a pipe does not wait for its other end.
    fn open_file(&self, name: impl AsRef<OsStr>, purpose: Purpose) -> io::Result<File>;

    /// What has this name.
    fn kind_of(&self, name: impl AsRef<OsStr>) -> io::Result<FileKind>;

    /// The names and lengths of the regular files in it.
    fn files(&self) -> io::Result<Vec<(String, u64)>>;

    /// Gives a file a second name, which nothing may have.
    fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()>;

    /// Gives a file another name; what has that name is lost.
    fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, name: &OsStr) -> io::Result<()>;

    /// Creates a folder that does not exist yet.
    fn create(&self, name: &str) -> io::Result<()>;

    /// Opens a folder in this one.
    fn open(&self, name: &str) -> io::Result<Self>;

    /// Moves a file to another folder of the same file system, where nothing may have the name.
    fn move_to(&self, name: &str, folder: &Self, new_name: &str) -> io::Result<()>;

    /// Syncs the folder's own entries to the disk, where the system can.
    fn sync(&self) -> io::Result<()>;

    /// Opens a folder in this one; the error says what has its name instead.
    fn find(&self, name: &str) -> io::Result<Self> {
        self.open(name).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return error;
            }
            let what = match self.kind_of(name) {
                Ok(FileKind::Link) => "its folder is a link, which is not followed",
                Ok(FileKind::File { .. } | FileKind::Other) => "its folder is a file",
                Ok(FileKind::Folder) | Err(_) => return error,
            };
            io::Error::new(io::ErrorKind::NotADirectory, what)
        })
    }

    /// Opens a folder in this one, which is created if it does not exist.
    fn enter(&self, name: &str) -> io::Result<Self> {
        match self.find(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => return result,
        }
        match self.create(name) {
            // Another worker may have created it first.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => self.find(name),
        }
    }
}

/// Fails if something has this name.
fn check_absent(folder: &impl Folder, name: &str) -> io::Result<()> {
    match folder.kind_of(name) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Those of these names that are regular files, with their lengths.
fn lengths(folder: &impl Folder, names: impl Iterator<Item = String>) -> Vec<(String, u64)> {
    let file = |name: String| match folder.kind_of(&name) {
        Ok(FileKind::File { length }) => Some((name, length)),
        _ => None,
    };
    names.filter_map(file).collect()
}

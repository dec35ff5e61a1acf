//! Folders that are open: what is made or found in one is in that very folder, whatever becomes of its path meanwhile.

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

use std::fs::File;
use std::io;
use std::path::Path;

/// What stands under a name. A link is a link here, whatever it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A regular file, and how many bytes it has.
    File { length: u64 },
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a device or the like.
    Other,
}

/// What a file that is there is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read it.
    Compare,
    /// To read it and to append what is missing. It overwrites nothing, even if somebody else writes meanwhile.
    Complete,
}

/// A folder that is open. Every `name` is a single component, and a link under it is not followed.
pub(super) trait Folder: Sized {
    /// So many folders can well be held open at a time.
    fn affordable() -> usize;

    /// Opens the folder at `path`, which may be a link.
    fn root(path: &Path) -> io::Result<Self>;

    /// Makes a file that is not there yet.
    fn create_new(&self, name: &str) -> io::Result<File>;

    /// Opens a file that is there. It does not wait for the other end of a pipe.
    fn open_there(&self, name: &str, purpose: Purpose) -> io::Result<File>;

    /// Looks what stands there.
    fn look(&self, name: &str) -> io::Result<Standing>;

    /// Makes a folder that is not there yet.
    fn make(&self, name: &str) -> io::Result<()>;

    /// Opens a folder in this one.
    fn open(&self, name: &str) -> io::Result<Self>;

    /// Brings the folder's own entries to the disk, where the system can do that.
    fn sync(&self) -> io::Result<()>;

    /// Opens a folder in this one, or tells what stands in its place.
    fn find(&self, name: &str) -> io::Result<Self> {
        self.open(name).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return error;
            }
            let what = match self.look(name) {
                Ok(Standing::Link) => "its folder is a link, which is not followed",
                Ok(Standing::File { .. } | Standing::Other) => "its folder is a file",
                Ok(Standing::Folder) | Err(_) => return error,
            };
            io::Error::new(io::ErrorKind::NotADirectory, what)
        })
    }

    /// Opens a folder in this one, which is made if it is not there.
    fn enter(&self, name: &str) -> io::Result<Self> {
        match self.find(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => return result,
        }
        match self.make(name) {
            // Another worker may have been quicker.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => self.find(name),
        }
    }
}

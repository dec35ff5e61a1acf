//! A folder as a handle. It stays the same folder whatever its path becomes, and the system resolves no path again.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, linkat, mkdirat, openat, renameat, statat, unlinkat};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Resource, getrlimit};

use super::{FileKind, Folder, Purpose};

/// A handle for finding names only, which works for folders that are not readable.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SEARCH: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SEARCH: OFlags = OFlags::RDONLY;

/// How folders are opened.
const FOLDER: OFlags = SEARCH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// A folder that is open.
#[derive(Debug)]
pub(in crate::sink) struct Handle(OwnedFd);

impl Handle {
    /// Opens what has this name; if it is created, with these permissions less the umask.
    fn open_at(&self, name: impl AsRef<OsStr>, flags: OFlags, permissions: Mode) -> io::Result<OwnedFd> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(retry_on_intr(|| openat(&self.0, name.as_ref(), flags, permissions))?)
    }
}

impl Folder for Handle {
    /// An eighth of the limit of open files leaves enough for the rest. More than 32 would rarely be used again.
    fn affordable() -> usize {
        let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        usize::try_from(limit / 8).map_or(32, |some| some.min(32))
    }

    fn root(path: &Path) -> io::Result<Self> {
        Ok(Self(retry_on_intr(|| rustix::fs::open(path, FOLDER, Mode::empty()))?))
    }

    fn create_new(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        self.open_at(name, flags, Mode::from_raw_mode(0o666)).map(File::from)
    }

    fn open_file(&self, name: impl AsRef<OsStr>, purpose: Purpose) -> io::Result<File> {
        let flags = match purpose {
            Purpose::Compare => OFlags::RDONLY,
            Purpose::Complete => OFlags::RDWR | OFlags::APPEND,
        };
        self.open_at(name, flags | OFlags::NONBLOCK, Mode::empty()).map(File::from)
    }

    fn kind_of(&self, name: impl AsRef<OsStr>) -> io::Result<FileKind> {
        let there = statat(&self.0, name.as_ref(), AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(match FileType::from_raw_mode(there.st_mode) {
            FileType::RegularFile => FileKind::File { length: u64::try_from(there.st_size).unwrap_or(0) },
            FileType::Directory => FileKind::Folder,
            FileType::Symlink => FileKind::Link,
            _ => FileKind::Other,
        })
    }

    fn files(&self) -> io::Result<Vec<(String, u64)>> {
        let folder = self.open_at(".", OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?;
        let entries = Dir::new(folder)?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().to_str().ok().map(str::to_owned));
        Ok(super::lengths(self, names))
    }

    fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(linkat(&self.0, from, &self.0, to, AtFlags::empty())?)
    }

    fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    fn create(&self, name: &str) -> io::Result<()> {
        Ok(mkdirat(&self.0, name, Mode::from_raw_mode(0o777))?)
    }

    fn open(&self, name: &str) -> io::Result<Self> {
        self.open_at(name, FOLDER, Mode::empty()).map(Self)
    }

    fn move_to(&self, name: &str, folder: &Self, new_name: &str) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        match rustix::fs::renameat_with(&self.0, name, &folder.0, new_name, rustix::fs::RenameFlags::NOREPLACE) {
            // Some file systems cannot do this in one step.
            Err(Errno::INVAL | Errno::NOSYS) => {}
            result => return Ok(result?),
        }
        super::check_absent(folder, new_name)?;
        Ok(rustix::fs::renameat(&self.0, name, &folder.0, new_name)?)
    }

    fn sync(&self) -> io::Result<()> {
        // The handle itself may be good for finding names only.
        let folder = self.open_at(".", OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?;
        File::from(folder).sync_all()
    }
}

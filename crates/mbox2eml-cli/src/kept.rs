//! Files of earlier runs, which are kept under the next free name and never overwritten.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The most names that are tried for an earlier file.
const NAMES_TRIED: u32 = 9999;

/// A kind of file that runs write beside their output.
#[derive(Clone, Copy)]
pub(crate) struct OwnFile {
    /// What it is called, as in "not a manifest".
    pub(crate) noun: &'static str,
    /// Whether a file looks like one.
    pub(crate) looks_like_one: fn(&Path) -> io::Result<bool>,
}

impl OwnFile {
    /// Whether a file is one. An empty one may be replaced, but it may be anything.
    pub(crate) fn is_one(self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|file| file.len() > 0) && (self.looks_like_one)(path).unwrap_or(false)
    }

    /// Whether there is a file of an earlier run.
    ///
    /// # Errors
    /// If there is something else.
    pub(crate) fn is_there(self, path: &Path) -> io::Result<bool> {
        let Self { noun, looks_like_one } = self;
        let in_the_way = |what| io::Error::new(ErrorKind::AlreadyExists, format!("it exists and is not a {what}"));
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
            Ok(there) if there.is_symlink() => {
                Err(io::Error::new(ErrorKind::AlreadyExists, "it is a link, which is not followed"))
            }
            Ok(there) if !there.is_file() => Err(in_the_way("file")),
            Ok(_) if !looks_like_one(path)? => Err(in_the_way(noun)),
            Ok(_) => Ok(true),
        }
    }

    /// Renames the file of an earlier run to the next free name, and says to which.
    ///
    /// # Errors
    /// If there is something else.
    pub(crate) fn keep_earlier(self, path: &Path) -> io::Result<Option<PathBuf>> {
        if !self.is_there(path)? {
            return Ok(None);
        }
        #[cfg(windows)]
        check_closed(path)?;
        let free = (1..NAMES_TRIED).map(|number| numbered(path, number));
        for free in free {
            // A hard link never replaces a file.
            match fs::hard_link(path, &free) {
                Ok(()) => return fs::remove_file(path).map(|()| Some(free)),
                Err(_) if fs::symlink_metadata(&free).is_ok() => {}
                // Some file systems have no hard links.
                Err(_) => return fs::rename(path, &free).map(|()| Some(free)),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }
}

/// Fails if another program has the file open: Windows would give it a second name then, but not take the first one away.
#[cfg(windows)]
fn check_closed(path: &Path) -> io::Result<()> {
    use std::os::windows::fs::OpenOptionsExt;
    const DELETE: u32 = 0x0001_0000;
    fs::OpenOptions::new().access_mode(DELETE).open(path).map(drop)
}

/// The files under this name that earlier runs have written and later ones have renamed.
pub(crate) fn earlier(path: &Path) -> impl Iterator<Item = PathBuf> + '_ {
    (1..NAMES_TRIED).map(|number| numbered(path, number)).take_while(|path| path.is_file())
}

/// `m~1.csv` for `m.csv`.
fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("~{number}."));
    name.push(path.extension().unwrap_or_default());
    path.with_file_name(name)
}

/// The path without links, or at least absolute where nothing is there.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: OwnFile = OwnFile { noun: "note", looks_like_one: |path| Ok(fs::read(path)?.starts_with(b"note")) };

    #[test]
    fn earlier_files_have_numbers_before_the_ending() {
        for (path, kept) in [("a/m.csv", "a/m~7.csv"), ("m.b.jsonl", "m.b~7.jsonl"), ("M.CSV", "M~7.CSV")] {
            assert_eq!(numbered(Path::new(path), 7), Path::new(kept));
        }
    }

    #[test]
    fn earlier_files_are_kept_and_others_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.csv");
        assert_eq!(NOTE.keep_earlier(&path).unwrap(), None);
        for kept in ["m~1.csv", "m~2.csv"] {
            fs::write(&path, "note").unwrap();
            assert_eq!(NOTE.keep_earlier(&path).unwrap(), Some(folder.path().join(kept)));
        }
        fs::write(&path, "mine").unwrap();
        assert_eq!(NOTE.keep_earlier(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }
}

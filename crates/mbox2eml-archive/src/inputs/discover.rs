//! The search for mailboxes and archives in a folder: by content, since exports name files in the account's language.
//!
//! A file that is named as mail and cannot be read is an error, so that nothing is missed silently.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use mbox2eml::Error;
use mbox2eml::source::{FileKind, Origin};
use walkdir::WalkDir;

use super::pieces::{is_headless_mailbox, is_piece};
use super::skipped::{Skipped, SkippedWhy};
use super::split_archives::SplitArchives;
use crate::file_names::{has_archive_name, has_extension, has_mail_name, has_mailbox_name, is_mailbox};
use crate::vault::Sidecar;

/// What was found in a folder.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    /// The mailboxes, in the order of their paths.
    pub(crate) mailboxes: Vec<PathBuf>,
    /// Files that look like archives, in the order of their paths; whether they hold mailboxes is not known yet.
    pub(crate) archives: Vec<PathBuf>,
    /// Files that begin in the middle of a mailbox: pieces of one that was cut up.
    pub(crate) pieces: Vec<PathBuf>,
    /// Files that may belong to a Vault export, by their names.
    pub(crate) sidecars: Vec<PathBuf>,
    /// What is neither a mailbox nor an archive, links, and other things that are not read.
    pub(crate) skipped: Vec<Skipped>,
    /// Folders and files that could not be read, and files that are not what their names say.
    pub(crate) failed: Vec<Error>,
}

/// Searches the folder `root` and everything below it for mailboxes. Links are not followed.
///
/// `except` is left out with all it holds: the output, should it lie inside the input.
///
/// A Takeout, a Thunderbird profile (`Inbox`, `Inbox.msf`, `Inbox.sbd/Work`) and Apple Mail's `Name.mbox/mbox` need
/// no special treatment by the caller.
///
/// A file named as mail or as an archive that is empty or something
/// else is an error, and so is a folder of Apple Mail's `.emlx` files. An empty mailbox is no error where a mail
/// program keeps an index of it, or where it lies among others in a Takeout.
pub(crate) fn discover(root: &Path, except: Option<&Path>) -> Discovery {
    let except = except.and_then(|path| path.canonicalize().ok());
    let is_output = |path: &Path| except.is_some() && path.canonicalize().ok() == except;
    let mut search = Search::default();
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|e| !(e.file_type().is_dir() && is_output(e.path()))) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => search.add_file(root, entry.into_path()),
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let why = if entry.file_type().is_symlink() { SkippedWhy::Link } else { SkippedWhy::Special };
                search.skip(entry.path(), why);
            }
            Err(error) => search.found.failed.push(search_error(root, error)),
        }
    }
    search.finish()
}

/// A search under way.
#[derive(Default)]
struct Search {
    found: Discovery,
    split_archives: SplitArchives,
    /// Empty files named as mailboxes.
    empty: Vec<PathBuf>,
    /// How many files of Apple Mail's each of these folders holds.
    apple_mail: BTreeMap<PathBuf, u64>,
}

impl Search {
    fn add_file(&mut self, root: &Path, path: PathBuf) {
        let kind = match FileKind::of_file(&path) {
            Ok(kind) => kind,
            Err(error) => return self.found.failed.push(error),
        };
        let is_named_mail = || has_mailbox_name(&path) || has_index(&path);
        if let Some(pieces) = self.split_archives.pieces(&path, kind) {
            self.found.failed.push(Error::ArchivePiece { origin: Origin::file(path), pieces });
        } else if kind.is_archive() {
            self.found.archives.push(path);
        } else if kind == FileKind::Empty && has_mailbox_name(&path) && !has_index(&path) {
            self.empty.push(path);
        } else if is_mailbox(kind, is_named_mail) || is_headless_mailbox(&path, kind) {
            self.found.mailboxes.push(path);
        } else if Sidecar::is_one(&path) {
            self.found.sidecars.push(path);
        } else if kind == FileKind::Emlx && has_extension(&path, &["emlx"]) {
            *self.apple_mail.entry(store(root, &path)).or_default() += 1;
        } else if is_piece(&path, kind) {
            self.found.pieces.push(path);
        } else if is_named_mail()
            || has_mail_name(&path)
            || matches!(kind, FileKind::Pst | FileKind::Ost | FileKind::Dbx)
        {
            self.found.failed.push(Error::NotAnMbox { origin: Origin::file(path), kind });
        } else if has_archive_name(&path) {
            self.found.failed.push(Error::NotAnArchive { origin: Origin::file(path), kind });
        } else {
            self.skip(&path, SkippedWhy::NoMailbox(kind));
        }
    }

    fn skip(&mut self, path: &Path, why: SkippedWhy) {
        self.found.skipped.push(Skipped::new(Origin::file(path), why));
    }

    fn finish(mut self) -> Discovery {
        let folders: HashSet<PathBuf> =
            self.found.mailboxes.iter().filter_map(|path| Some(path.parent()?.to_owned())).collect();
        for path in std::mem::take(&mut self.empty) {
            let is_among_others = path.parent().is_some_and(|folder| folders.contains(folder));
            if is_among_others && is_in_takeout(&path) {
                self.found.mailboxes.push(path);
            } else {
                let origin = Origin::file(path);
                self.found.failed.push(Error::NotAnMbox { origin, kind: FileKind::Empty });
            }
        }
        self.found.mailboxes.sort();
        for (folder, messages) in self.apple_mail {
            self.found.failed.push(Error::AppleMail { origin: Origin::file(folder), messages });
        }
        let path = |error: &Error| error.origin().and_then(Origin::path).map(Path::to_owned);
        self.found.failed.sort_by_cached_key(path);
        self.found
    }
}

/// The folder of Apple Mail's that a message of it belongs to: a mailbox `Name.mbox`, or the folder it lies in.
fn store(root: &Path, path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(root);
    let mut above = folder.ancestors().take_while(|above| above.starts_with(root));
    above.find(|above| has_extension(above, &["mbox"])).unwrap_or(folder).to_owned()
}

/// Whether a file lies in a Takeout that was unpacked.
fn is_in_takeout(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().eq_ignore_ascii_case("takeout"))
}

fn search_error(root: &Path, error: walkdir::Error) -> Error {
    let origin = Origin::file(error.path().unwrap_or(root));
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop"));
    Error::Search { origin, source }
}

/// Whether Thunderbird's index of the file is next to it.
fn has_index(path: &Path) -> bool {
    with_suffix(path, ".msf").is_file()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_mailboxes_and_the_rest_are_kept_apart() {
        let folder = tempfile::tempdir().unwrap();
        let mut tar = [0; 512];
        tar[257..263].copy_from_slice(b"ustar\0");
        let files: [(&str, &[u8]); 8] = [
            ("a-001.zip", b"PK\x03\x04"),
            ("b.mbox.gz", b"\x1f\x8b"),
            ("c.tar", &tar),
            ("d.json", b"{}"),
            ("e", b"From a@example.org Mon Jan  1 00:00:00 2024\nSubject: x\n"),
            ("f.mbox", b""),
            ("._g.mbox", b"\0\x05\x16\x07"),
            ("h.mbox", b"\0\0\0\0"),
        ];
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let found = discover(folder.path(), None);
        assert_eq!(found.archives, ["a-001.zip", "b.mbox.gz", "c.tar"].map(|name| folder.path().join(name)));
        assert_eq!(found.mailboxes, [folder.path().join("e")]);
        let skipped: Vec<_> = found.skipped.iter().filter_map(|skipped| skipped.origin.path()).collect();
        assert_eq!(skipped, ["._g.mbox", "d.json"].map(|name| folder.path().join(name)));
        // Those that may be damaged are errors, and not taken for something else.
        let failed: Vec<_> = found.failed.iter().map(|error| error.origin().and_then(Origin::path)).collect();
        assert_eq!(
            failed,
            ["f.mbox", "h.mbox"].map(|name| Some(folder.path().join(name))).each_ref().map(Option::as_deref)
        );
    }
}

//! The search for mailboxes and archives in a folder: by content, since exports name files in the account's language.

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::{FileKind, Origin};
use crate::error::Error;

/// A mailbox file below a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundMailbox {
    /// The file.
    pub path: PathBuf,
    /// What people call the mailbox: its path below the folder with `/` between its parts, without `.mbox`,
    /// Thunderbird's `.sbd` and Apple Mail's inner `mbox`.
    pub name: String,
}

/// An archive below a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundArchive {
    /// The file.
    pub path: PathBuf,
    /// What people call it; see [`archive_name`].
    pub name: String,
}

/// What was found in a folder.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Discovery {
    /// The mailboxes, in the order of their paths.
    pub mailboxes: Vec<FoundMailbox>,
    /// Files that look like archives ([`FileKind::is_archive`]), in the order of their paths; whether they hold
    /// mailboxes is not known yet.
    pub archives: Vec<FoundArchive>,
    /// Files that are neither mailboxes nor archives.
    pub passed_over: Vec<PathBuf>,
    /// Folders and files that could not be looked at, and files that are called like mailboxes and are none.
    pub failed: Vec<Error>,
}

/// Searches the folder `root` and everything below it for mailboxes. Links are not followed.
///
/// `except` is left out with all it holds: the output, should it lie inside the input.
///
/// A Takeout, a Thunderbird profile (`Inbox`, `Inbox.msf`, `Inbox.sbd/Work`) and Apple Mail's `Name.mbox/mbox` need
/// no special treatment by the caller.
pub fn discover(root: &Path, except: Option<&Path>) -> Discovery {
    let except = except.and_then(|path| path.canonicalize().ok());
    let is_output = |path: &Path| except.is_some() && path.canonicalize().ok() == except;
    let mut found = Discovery::default();
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|e| !(e.file_type().is_dir() && is_output(e.path()))) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.failed.push(search_error(root, error));
                continue;
            }
        };
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.into_path();
        match FileKind::of_file(&path) {
            Ok(kind) if kind.is_archive() => {
                let name = archive_name(root, &path);
                found.archives.push(FoundArchive { path, name });
            }
            Ok(kind) if is_mailbox(kind, || has_mailbox_name(&path) || has_index(&path)) => {
                let name = mailbox_name(root, &path);
                found.mailboxes.push(FoundMailbox { path, name });
            }
            // A mailbox by its name alone may be a damaged one: nobody must think that there was none.
            Ok(kind) if has_mailbox_name(&path) || has_index(&path) => {
                found.failed.push(Error::NotAnMbox { origin: Origin::file(path), kind });
            }
            Ok(_) => found.passed_over.push(path),
            Err(error) => found.failed.push(error),
        }
    }
    found
}

fn search_error(root: &Path, error: walkdir::Error) -> Error {
    let origin = Origin::file(error.path().unwrap_or(root));
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop"));
    Error::Search { origin, source }
}

/// Whether a file is a mailbox, by what it looks like; where that does not decide it, by its name.
pub fn is_mailbox(kind: FileKind, has_mailbox_name: impl FnOnce() -> bool) -> bool {
    match kind {
        FileKind::Mbox => true,
        // Nothing but a From_ line, or nothing at all, is a mailbox only where a mail program says so.
        FileKind::FromLine | FileKind::Empty => has_mailbox_name(),
        _ => false,
    }
}

/// Whether mail programs call their mailboxes so: `Name.mbox`, or Apple Mail's `Name.mbox/mbox`, in any case. What a Mac
/// puts beside a file on other disks, `._Name.mbox`, is none.
pub fn has_mailbox_name(path: &Path) -> bool {
    let is_mbox = |part: Option<&OsStr>| part.is_some_and(|p| p.eq_ignore_ascii_case("mbox"));
    let in_bundle = is_mbox(path.parent().and_then(Path::extension)) && is_mbox(path.file_name());
    let is_companion = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"._"));
    (is_mbox(path.extension()) || in_bundle) && !is_companion
}

/// Whether Thunderbird's index of it stands next to the file.
fn has_index(path: &Path) -> bool {
    with_suffix(path, ".msf").is_file()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// What the mailbox at `path` is called, seen from the folder `root`; see [`FoundMailbox::name`].
pub fn mailbox_name(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let mut parts: Vec<String> = below
        .components()
        .filter_map(|c| match c {
            Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    if parts.last().is_some_and(|file| file.eq_ignore_ascii_case("mbox")) {
        let bundle = path.parent().and_then(Path::file_name).map(OsStr::to_string_lossy);
        if bundle.as_ref().is_some_and(|b| has_suffix(b, ".mbox")) {
            parts.pop();
            if parts.is_empty() {
                parts.extend(bundle.map(|b| b.into_owned()));
            }
        }
    }
    for part in &mut parts {
        for suffix in [".mbox", ".sbd"] {
            if has_suffix(part, suffix) {
                part.truncate(part.len() - suffix.len());
            }
        }
    }
    parts.join("/")
}

/// What the archive at `path` is called, seen from the folder `root`: what the names of its mailboxes shall begin with.
///
/// It is called as a mailbox is, by its path below the folder, without `.zip`, `.tgz`, `.tar.gz`, `.tar` and their like
/// and without the number of a part, a dash and three digits, so that all parts of a Takeout have one name. A file that
/// is merely compressed is called as it would be without `.gz`, `.bz2`, `.xz` or `.zst`.
///
/// ```
/// use std::path::Path;
///
/// use mbox2eml::source::archive_name;
///
/// assert_eq!(archive_name(Path::new("in"), Path::new("in/ann/takeout-20240101T000000Z-001.zip")),
///     "ann/takeout-20240101T000000Z");
/// assert_eq!(archive_name(Path::new("in"), Path::new("in/Sent.mbox.gz")), "Sent");
/// ```
pub fn archive_name(root: &Path, path: &Path) -> String {
    let file = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    let without = |suffix: &&str| has_suffix(&file, suffix).then(|| &file[..file.len() - suffix.len()]);
    const ARCHIVES: [&str; 12] = [
        ".zip", ".tar", ".tgz", ".tar.gz", ".tbz", ".tb2", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".tzst", ".tar.zst",
    ];
    const COMPRESSED: [&str; 4] = [".gz", ".bz2", ".xz", ".zst"];
    let stem = match ARCHIVES.iter().find_map(without) {
        Some(stem) => without_part_number(stem),
        None => COMPRESSED.iter().find_map(without).unwrap_or(&file),
    };
    mailbox_name(root, &path.with_file_name(stem))
}

fn without_part_number(stem: &str) -> &str {
    let is_number = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
    match stem.rsplit_once('-') {
        Some((whole, part)) if !whole.is_empty() && is_number(part) => whole,
        _ => stem,
    }
}

/// Whether `name` ends in `suffix` in any case, with something before it.
fn has_suffix(name: &str, suffix: &str) -> bool {
    name.len()
        .checked_sub(suffix.len())
        .is_some_and(|at| at > 0 && name.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(suffix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_named_by_their_path() {
        for (path, name) in [
            ("in/Takeout/Mail/Sent.mbox", "Takeout/Mail/Sent"),
            ("in/Takeout/Mail/Sent.MBOX", "Takeout/Mail/Sent"),
            ("in/X.mbox/mbox", "X"),
            ("in/Inbox.sbd/Work", "Inbox/Work"),
            ("in/Inbox.sbd/Work.sbd/2024", "Inbox/Work/2024"),
            ("in/mbox", "mbox"),
            ("in/.mbox", ".mbox"),
            ("in/a.mbox.mbox", "a.mbox"),
        ] {
            assert_eq!(mailbox_name(Path::new("in"), Path::new(path)), name, "{path}");
        }
        assert_eq!(mailbox_name(Path::new("in/X.mbox"), Path::new("in/X.mbox/mbox")), "X");
    }

    #[test]
    fn archives_are_named_by_their_path_and_parts_share_a_name() {
        for (path, name) in [
            ("in/ann/takeout-20240101T000000Z-001.zip", "ann/takeout-20240101T000000Z"),
            ("in/ann/takeout-20240101T000000Z-002.ZIP", "ann/takeout-20240101T000000Z"),
            ("in/takeout-20240101T000000Z-1-001.tgz", "takeout-20240101T000000Z-1"),
            ("in/backup-003.tar.gz", "backup"),
            ("in/backup.Tar", "backup"),
            ("in/backup.tar.bz2", "backup"),
            ("in/backup-002.tbz", "backup"),
            ("in/backup.tar.xz", "backup"),
            ("in/backup.tar.zst", "backup"),
            ("in/mail-2024.zip", "mail-2024"),
            ("in/mail-1a2.zip", "mail-1a2"),
            ("in/-001.zip", "-001"),
            ("in/.zip", ".zip"),
            ("in/backup.dat", "backup.dat"),
            ("in/Sent.mbox.gz", "Sent"),
            ("in/Inbox.sbd/Work.mbox.GZ", "Inbox/Work"),
            ("in/X.mbox/mbox.gz", "X"),
            ("in/Sent.mbox.bz2", "Sent"),
            ("in/Sent.mbox.xz", "Sent"),
            ("in/Sent.mbox.zst", "Sent"),
            ("in/2024-January.txt.gz", "2024-January.txt"),
            ("in/list-001.gz", "list-001"),
        ] {
            assert_eq!(archive_name(Path::new("in"), Path::new(path)), name, "{path}");
        }
    }

    #[test]
    fn archives_are_told_apart_from_mailboxes_and_the_rest() {
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
        let archives: Vec<_> = found.archives.iter().map(|archive| archive.name.as_str()).collect();
        let mailboxes: Vec<_> = found.mailboxes.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!((archives, mailboxes), (vec!["a", "b", "c"], vec!["e", "f"]));
        assert_eq!(found.passed_over, ["._g.mbox", "d.json"].map(|name| folder.path().join(name)));
        // One that may be damaged is told, and not taken for something else.
        let [Error::NotAnMbox { origin, kind: FileKind::Unknown }] = found.failed.as_slice() else {
            panic!("{:?}", found.failed)
        };
        assert_eq!(origin.path(), Some(folder.path().join("h.mbox").as_path()));
    }
}

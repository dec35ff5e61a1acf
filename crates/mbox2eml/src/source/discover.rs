//! The search for mailboxes and archives in a folder: by content, since exports name files in the account's language.
//!
//! A file whose name promises mail and that cannot be read is an error, so that nothing is missed in silence.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::pieces::is_piece;
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

/// A file or folder that was left out of a search, or a file of an archive that holds no mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// What was left out.
    pub origin: Origin,
    /// Why.
    pub why: SkippedWhy,
}

impl Skipped {
    /// Something that was left out for this reason.
    pub fn new(origin: Origin, why: SkippedWhy) -> Self {
        Self { origin, why }
    }
}

/// Why a file or folder was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkippedWhy {
    /// It is something else, to judge by its first bytes.
    NoMailbox(FileKind),
    /// It is a file of an archive, and holds no mailbox.
    NoMailboxMember,
    /// It is a link, which is not followed.
    Link,
    /// It is a pipe, a socket or a device.
    Special,
    /// It is an archive inside an archive, which was not opened.
    NestedArchive,
    /// It has the same content as this other input, as a second download has.
    SameAs(Origin),
}

impl SkippedWhy {
    /// The kind of thing that was left out, to count by; see [`Display`](std::fmt::Display) for a whole sentence.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoMailbox(kind) => kind.name(),
            Self::NoMailboxMember => "in archives",
            Self::Link => "link",
            Self::Special => "pipe or device",
            Self::NestedArchive => "archive within an archive",
            Self::SameAs(_) => "second copy",
        }
    }
}

impl std::fmt::Display for SkippedWhy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoMailbox(_) | Self::NoMailboxMember => f.write_str("no mailbox"),
            Self::Link => f.write_str("a link, which is not followed"),
            Self::Special => f.write_str("a pipe or a device"),
            Self::NestedArchive => f.write_str("an archive within an archive"),
            Self::SameAs(origin) => write!(f, "a second copy of {origin}"),
        }
    }
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
    /// Files that begin in the middle of a mailbox: pieces of one that was cut up. See
    /// [`pieces_around`](super::pieces_around).
    pub pieces: Vec<FoundMailbox>,
    /// What is neither a mailbox nor an archive, links, and other things that are not read.
    pub skipped: Vec<Skipped>,
    /// Folders and files that could not be read, and files that are not what their names promise.
    pub failed: Vec<Error>,
}

/// Searches the folder `root` and everything below it for mailboxes. Links are not followed.
///
/// `except` is left out with all it holds: the output, should it lie inside the input.
///
/// A Takeout, a Thunderbird profile (`Inbox`, `Inbox.msf`, `Inbox.sbd/Work`) and Apple Mail's `Name.mbox/mbox` need
/// no special treatment by the caller.
///
/// A file named as mail or as an archive (see [`has_mail_name`] and [`has_archive_name`]) that is empty or something
/// else is an error, and so is a folder of Apple Mail's `.emlx` files. An empty mailbox is none where a mail program
/// keeps an index of it, or where it lies among others in a Takeout.
pub fn discover(root: &Path, except: Option<&Path>) -> Discovery {
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
    search.finish(root)
}

/// A search under way.
#[derive(Default)]
struct Search {
    found: Discovery,
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
        if kind.is_archive() {
            let name = archive_name(root, &path);
            self.found.archives.push(FoundArchive { path, name });
        } else if kind == FileKind::Empty && has_mailbox_name(&path) && !has_index(&path) {
            self.empty.push(path);
        } else if is_mailbox(kind, is_named_mail) {
            self.add_mailbox(root, path);
        } else if kind == FileKind::Emlx && has_extension(&path, &["emlx"]) {
            *self.apple_mail.entry(store(root, &path)).or_default() += 1;
        } else if is_piece(&path, kind) {
            let name = mailbox_name(root, &path);
            self.found.pieces.push(FoundMailbox { path, name });
        } else if is_named_mail() || has_mail_name(&path) || kind.is_outlook_data() {
            self.found.failed.push(Error::NotAnMbox { origin: Origin::file(path), kind });
        } else if has_archive_name(&path) {
            self.found.failed.push(Error::NotAnArchive { origin: Origin::file(path), kind });
        } else {
            self.skip(&path, SkippedWhy::NoMailbox(kind));
        }
    }

    fn add_mailbox(&mut self, root: &Path, path: PathBuf) {
        let name = mailbox_name(root, &path);
        self.found.mailboxes.push(FoundMailbox { path, name });
    }

    fn skip(&mut self, path: &Path, why: SkippedWhy) {
        self.found.skipped.push(Skipped::new(Origin::file(path), why));
    }

    fn finish(mut self, root: &Path) -> Discovery {
        let folders: HashSet<PathBuf> =
            self.found.mailboxes.iter().filter_map(|found| Some(found.path.parent()?.to_owned())).collect();
        for path in std::mem::take(&mut self.empty) {
            let is_among_others = path.parent().is_some_and(|folder| folders.contains(folder));
            if is_among_others && is_in_takeout(&path) {
                self.add_mailbox(root, path);
            } else {
                let origin = Origin::file(path);
                self.found.failed.push(Error::NotAnMbox { origin, kind: FileKind::Empty });
            }
        }
        self.found.mailboxes.sort_by(|a, b| a.path.cmp(&b.path));
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
    (is_mbox(path.extension()) || in_bundle) && !is_companion(path)
}

/// Whether a file is named as mail, in a form that is read or not: `.mbox`, `.mbx`, `.pst`, `.ost`, `.dbx`.
pub fn has_mail_name(path: &Path) -> bool {
    has_extension(path, &["mbox", "mbx", "pst", "ost", "dbx"])
}

/// Whether a file is named as an archive or as compressed, in a form that is read or not: `.zip`, `.tgz`, `.tar`, `.gz`,
/// `.tbz`, `.tb2`, `.tbz2`, `.bz2`, `.txz`, `.xz`, `.tzst`, `.zst`, `.7z`, `.rar`.
pub fn has_archive_name(path: &Path) -> bool {
    const NAMES: [&str; 14] =
        ["zip", "tgz", "tar", "gz", "tbz", "tb2", "tbz2", "bz2", "txz", "xz", "tzst", "zst", "7z", "rar"];
    has_extension(path, &NAMES)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let is_one = |extension: &OsStr| extensions.iter().any(|one| extension.eq_ignore_ascii_case(one));
    path.extension().is_some_and(is_one) && !is_companion(path)
}

/// Whether it is what a Mac puts beside a file on other disks: `._Name`.
fn is_companion(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"._"))
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
        assert_eq!((archives, mailboxes), (vec!["a", "b", "c"], vec!["e"]));
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

//! Where a mailbox was found: its path, from the outermost component to the mailbox itself.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::google::ArchiveName;

/// The path of a mailbox or an archive among the inputs, and how much of it all inputs have in common.
///
/// # Examples
///
/// ```
/// use std::path::PathBuf;
///
/// use mbox2eml::name::{MailboxPath, Namer, Places};
///
/// let inputs = [Some(PathBuf::from("/p/ann/mail.mbox")), Some(PathBuf::from("/p/bob"))];
/// let paths = MailboxPath::of_inputs(&inputs);
/// let found = [paths[0].clone(), paths[1].join("old/Sent.mbox")];
/// let mut places = Places::new(&Namer::default(), &found, &[]);
/// assert_eq!(found.each_ref().map(|path| places.place(path).as_str().to_owned()), ["ann/mail", "bob/old/Sent"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MailboxPath {
    pub(super) parts: Vec<Part>,
    /// How many of the parts are above the inputs' common folder.
    pub(super) base: usize,
}

/// A component of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "PartText", from = "PartText"))]
pub(super) struct Part {
    pub(super) text: String,
    /// The component's own bytes, which are not always text.
    pub(super) bytes: Vec<u8>,
    pub(super) kind: PartKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum PartKind {
    /// A folder, or, as the last part, a mailbox.
    File,
    /// An archive, in which the parts after it are.
    Archive,
    /// The standard input.
    Stream,
}

impl Part {
    fn new(component: &OsStr) -> Self {
        let (text, bytes) = (component.to_string_lossy().into_owned(), component.as_encoded_bytes().to_vec());
        Self { text, bytes, kind: PartKind::File }
    }

    fn stream() -> Self {
        Self { text: "stdin".to_owned(), bytes: b"-".to_vec(), kind: PartKind::Stream }
    }
}

/// A component as it is serialized: nearly all are files with a name that is text.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum PartText {
    File(String),
    Other(PartKind, Vec<u8>),
}

#[cfg(feature = "serde")]
impl From<Part> for PartText {
    fn from(Part { bytes, kind, .. }: Part) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) if kind == PartKind::File => Self::File(text),
            Ok(text) => Self::Other(kind, text.into_bytes()),
            Err(error) => Self::Other(kind, error.into_bytes()),
        }
    }
}

#[cfg(feature = "serde")]
impl From<PartText> for Part {
    fn from(text: PartText) -> Self {
        match text {
            PartText::File(text) => Self::new(OsStr::new(&text)),
            PartText::Other(PartKind::Stream, _) => Self::stream(),
            PartText::Other(kind, bytes) => Self { text: String::from_utf8_lossy(&bytes).into_owned(), bytes, kind },
        }
    }
}

impl MailboxPath {
    /// The paths of the inputs, in their order; `None` is the standard input.
    ///
    /// A path should be absolute, so that one can be compared with another; `.` and `..` are resolved by their
    /// spelling. What all inputs have in common is their deepest common folder. One input alone has all of its path in
    /// common with itself, and so have the parts of one Takeout, wherever each was saved.
    pub fn of_inputs(inputs: &[Option<PathBuf>]) -> Vec<Self> {
        let paths: Vec<Vec<Part>> =
            inputs.iter().map(|input| input.as_deref().map_or_else(|| vec![Part::stream()], parts)).collect();
        if let [only] = paths.as_slice() {
            return vec![Self { base: only.len(), parts: only.clone() }];
        }
        let is_export = are_parts_of_one_export(&paths);
        let folders = paths.iter().filter(|path| path.last().is_some_and(|last| last.kind != PartKind::Stream));
        let common = folders.map(|path| folder(path)).reduce(common_start).unwrap_or_default().len();
        let base = |path: &Vec<Part>| {
            let folder = folder(path).len();
            if is_export { folder } else { common.min(folder) }
        };
        paths.iter().map(|path| Self { base: base(path), parts: path.clone() }).collect()
    }

    /// The path of a file at `below` in the folder that has this path.
    #[must_use]
    pub fn join(&self, below: impl AsRef<Path>) -> Self {
        let mut path = self.clone();
        path.parts.extend(parts(below.as_ref()));
        path
    }

    /// The path of a file of this name in the folder of the one that has this path.
    #[must_use]
    pub fn with_file_name(&self, name: impl AsRef<OsStr>) -> Self {
        let mut path = self.clone();
        path.parts.pop();
        path.parts.push(Part::new(name.as_ref()));
        path
    }

    /// The path of a member of the archive that has this path. The member's name has `/` between its components; it may
    /// be hostile, so what is deeper than any folder of mail counts as one component.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        let mut path = self.clone();
        if let Some(archive) = path.parts.last_mut() {
            archive.kind = PartKind::Archive;
        }
        // Not by way of a `Path`, which would read a name with a colon as a drive on some systems.
        let components = name.splitn(DEEPEST, '/').filter(|component| !matches!(*component, "" | "." | ".."));
        path.parts.extend(components.map(|component| Part::new(OsStr::new(component))));
        path
    }
}

/// How many components a member's name is taken apart into. Each costs memory, and a name may have thousands of them.
const DEEPEST: usize = 128;

/// The components of a path, as they are spelled.
fn parts(path: &Path) -> Vec<Part> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::Normal(_) => parts.push(Part::new(component.as_os_str())),
            Component::ParentDir => {
                parts.pop();
            }
            Component::RootDir | Component::CurDir => {}
        }
    }
    parts
}

/// The folder that an input is in.
fn folder(path: &[Part]) -> &[Part] {
    path.split_last().map_or(&[], |(_, folder)| folder)
}

fn common_start<'a>(one: &'a [Part], other: &'a [Part]) -> &'a [Part] {
    let common = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    one.get(..common).unwrap_or_default()
}

/// Whether the inputs are archives of the same Takeout, each another part.
fn are_parts_of_one_export(paths: &[Vec<Part>]) -> bool {
    let archives = paths.iter().map(|path| ArchiveName::parse(without_archive_extension(&path.last()?.text)));
    let Some(archives) = archives.collect::<Option<Vec<_>>>() else { return false };
    let different: HashSet<&ArchiveName> = archives.iter().collect();
    archives.iter().all(|archive| archive.export == archives[0].export) && different.len() == archives.len()
}

/// What compression adds to a file's name.
pub const COMPRESSIONS: &[&str] = &["gz", "bz2", "xz", "zst"];

/// The extensions of archives whose members are read.
pub const ARCHIVES: &[&str] = &["zip", "tar", "tgz", "tbz", "tb2", "tbz2", "txz", "tzst"];

/// The extensions of mailboxes.
const MAILBOXES: &[&str] = &["mbox", "mbx"];

/// The extensions of folders that mail programs make beside mailboxes or for them.
const FOLDERS: &[&str] = &["sbd", "mbox"];

pub(super) fn without_archive_extension(name: &str) -> &str {
    without(without(name, COMPRESSIONS), ARCHIVES)
}

pub(super) fn without_mailbox_extension(name: &str) -> &str {
    without(without(name, COMPRESSIONS), MAILBOXES)
}

pub(super) fn without_folder_extension(name: &str) -> &str {
    without(name, FOLDERS)
}

/// The name without one of these extensions, in any case, unless nothing would be left.
fn without<'a>(name: &'a str, extensions: &[&str]) -> &'a str {
    match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && extensions.iter().any(|one| one.eq_ignore_ascii_case(end)) => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(inputs: &[&str]) -> Vec<String> {
        let inputs: Vec<_> = inputs.iter().map(|input| (*input != "-").then(|| PathBuf::from(input))).collect();
        let paths = MailboxPath::of_inputs(&inputs);
        let texts =
            |path: &MailboxPath| path.parts[path.base..].iter().map(|part| part.text.clone()).collect::<Vec<_>>();
        paths.iter().map(|path| texts(path).join("/")).collect()
    }

    #[test]
    fn what_distinguishes_inputs() {
        assert_eq!(below(&["/p/ann/mail.mbox"]), [""]);
        assert_eq!(below(&["-"]), [""]);
        assert_eq!(below(&["/p/ann/mail.mbox", "/p/bob/mail.mbox"]), ["ann/mail.mbox", "bob/mail.mbox"]);
        assert_eq!(below(&["/p/ann/a.mbox", "/p/ann/b.mbox"]), ["a.mbox", "b.mbox"]);
        assert_eq!(below(&["/p/ann", "/p/bob/"]), ["ann", "bob"]);
        assert_eq!(below(&["/p", "/p/ann"]), ["p", "p/ann"]);
        assert_eq!(below(&["/p/x/../ann", "/p/./bob"]), ["ann", "bob"]);
        assert_eq!(below(&["/p/ann/a.mbox", "-"]), ["a.mbox", "stdin"]);
        assert_eq!(below(&["/p/ann/a.mbox", "/q/b.mbox"]), ["p/ann/a.mbox", "q/b.mbox"]);
        assert_eq!(below(&["/p/a.mbox", "/p/a.mbox"]), ["a.mbox", "a.mbox"]);
        assert_eq!(below(&["/", "/p"]), ["", "p"]);
    }

    #[cfg(all(feature = "serde", unix))]
    #[test]
    fn a_path_is_the_same_after_it_was_serialized() {
        use std::os::unix::ffi::OsStrExt as _;

        let mut paths = MailboxPath::of_inputs(&[Some("/p/ann".into()), None]);
        paths.push(paths[0].join(OsStr::from_bytes(b"f\xfcr.zip")).member("Takeout/Mail/Sent.mbox"));
        let text = serde_json::to_string(&paths).unwrap();
        assert_eq!(serde_json::from_str::<Vec<MailboxPath>>(&text).unwrap(), paths);
    }

    #[test]
    fn parts_of_one_export_may_be_saved_in_several_folders() {
        let (one, two) = ("takeout-20261122T091502Z-001.zip", "takeout-20261122T091502Z-002.zip");
        assert_eq!(below(&[&format!("/p/{one}"), &format!("/q/r/{two}")]), [one, two]);
        // Two people's, made in the same second.
        let same = [format!("/p/ann/{one}"), format!("/p/bob/{one}")];
        assert_eq!(below(&[&same[0], &same[1]]), [format!("ann/{one}"), format!("bob/{one}")]);
    }

    #[test]
    fn extensions() {
        for (name, stem) in [
            ("Sent.mbox", "Sent"),
            ("Sent.MBOX.gz", "Sent"),
            ("Sent.mbx", "Sent"),
            ("Sent.mbox.zst", "Sent"),
            ("Sent.xz", "Sent"),
            ("Sent", "Sent"),
            (".mbox", ".mbox"),
            (".gz", ".gz"),
            ("a.mbox.mbox", "a.mbox"),
            ("ann@example.org", "ann@example.org"),
        ] {
            assert_eq!(without_mailbox_extension(name), stem);
        }
        for (name, stem) in [
            ("ann.zip", "ann"),
            ("ann@example.zip.ZIP", "ann@example.zip"),
            ("ann.tar.gz", "ann"),
            ("ann.tbz", "ann"),
            ("ann.tb2", "ann"),
            ("ann.tbz2", "ann"),
            ("ann.txz", "ann"),
            ("ann.tzst", "ann"),
            ("ann.tar", "ann"),
            ("ann.tgz", "ann"),
            (".zip", ".zip"),
            ("é", "é"),
        ] {
            assert_eq!(without_archive_extension(name), stem);
        }
        assert_eq!(without_folder_extension("Inbox.sbd"), "Inbox");
        assert_eq!(without_folder_extension("ann@example.zip"), "ann@example.zip");
    }
}

//! Which mailbox belongs to which export, by where the files are and how they are named.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mbox2eml::source::Origin;
use mbox2eml::{Error, Result};

use super::export::{Export, Reading};
use super::role::{Role, role};

/// Opens a file that is no plain file.
pub(crate) type Opened = Box<dyn FnOnce() -> Result<Box<dyn Read>> + Send>;

/// A file beside mailboxes that may be one of an export.
pub(crate) struct Sidecar {
    /// Where it is; for a file of an archive, as if that were a folder.
    pub(crate) path: PathBuf,
    pub(crate) origin: Origin,
    /// How it is opened, if it is no plain file.
    pub(crate) open: Option<Opened>,
    pub(crate) given: Given,
}

/// How a file came among the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Given {
    /// It was named.
    Named,
    /// It is in a folder or an archive that was named.
    Found,
    /// It is beside a file that was named. It may have nothing to do with it.
    Beside,
}

impl fmt::Debug for Sidecar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sidecar").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Sidecar {
    /// A plain file.
    pub(crate) fn file(path: &Path, given: Given) -> Self {
        let (origin, path) = (Origin::file(path), absolute(path));
        Self { path, origin, open: None, given }
    }

    /// The files that may be of an export in the folder of this file, if one of them shows that there may be one.
    pub(crate) fn beside(path: &Path) -> Vec<Self> {
        let folder = absolute(path).parent().map(Path::to_owned).unwrap_or_default();
        let files = folder.read_dir().into_iter().flatten().filter_map(std::io::Result::ok).map(|entry| entry.path());
        let mut files: Vec<PathBuf> = files.filter(|file| Self::is_one(file) && file.is_file()).collect();
        files.sort();
        let named =
            |file: &Path| file.file_name().and_then(|name| name.to_str()).and_then(role).map(|named| named.role);
        let may_be_export = files.iter().any(|file| named(file).is_some_and(is_evidence));
        files.retain(|_| may_be_export);
        // As the file itself was named.
        let beside = path.parent().unwrap_or(Path::new(""));
        let shown = files.iter().map(|file| beside.join(file.file_name().unwrap_or_default()));
        shown.map(|file| Self::file(&file, Given::Beside)).collect()
    }

    /// Whether a file of this name may be one of an export.
    pub(crate) fn is_one(path: &Path) -> bool {
        path.file_name().and_then(|name| name.to_str()).and_then(role).is_some()
    }

    /// Whether a file of this name may be the metadata of one.
    pub(crate) fn has_records(path: &Path) -> bool {
        let named = path.file_name().and_then(|name| name.to_str()).and_then(role);
        named.is_some_and(|named| has_records(named.role))
    }

    fn open(&mut self) -> Result<Box<dyn Read>> {
        match self.open.take() {
            Some(open) => open(),
            None => match File::open(&self.path) {
                Ok(file) => Ok(Box::new(file)),
                Err(source) => Err(Error::Open { origin: self.origin.clone(), source }),
            },
        }
    }
}

/// The files of one export.
#[derive(Debug, Default)]
struct Group {
    folder: PathBuf,
    /// The name of the export.
    name: String,
    files: Vec<(Role, Sidecar)>,
    /// Whether one of them was named, and not found.
    is_named: bool,
    state: State,
}

/// What is known of an export.
#[derive(Debug, Default)]
enum State {
    #[default]
    Unread,
    Read(Arc<Export>),
    /// Its files are something else.
    Other,
}

impl Group {
    fn has_metadata(&self) -> bool {
        self.files.iter().any(|(role, _)| has_records(*role))
    }

    /// Whether it may be an export, by its files or since it is one. Many programs write a list of errors.
    fn may_be_export(&self) -> bool {
        match self.state {
            State::Unread => self.files.iter().any(|(role, _)| is_evidence(*role)),
            State::Read(_) => true,
            State::Other => false,
        }
    }
}

/// The exports of one folder, for there may be thousands, and as many mailboxes.
#[derive(Debug, Default)]
struct Index {
    /// Those that may be exports, by their names in lower case.
    exports: HashMap<String, BTreeSet<usize>>,
    /// How long their names are.
    lengths: BTreeSet<usize>,
}

impl Index {
    fn insert(&mut self, name: &str, at: usize) {
        let name = name.to_lowercase();
        self.lengths.insert(name.len());
        self.exports.entry(name).or_default().insert(at);
    }

    fn remove(&mut self, name: &str, at: usize) {
        let name = name.to_lowercase();
        if let Some(exports) = self.exports.get_mut(&name) {
            exports.remove(&at);
            if exports.is_empty() {
                self.exports.remove(&name);
            }
        }
    }

    /// The export with the longest name that a mailbox at this path has, by itself or by a folder or archive that it is in.
    fn named_in(&self, path: &Path) -> Option<usize> {
        let parts = path.iter().map(|part| part.to_string_lossy().to_lowercase());
        let found = parts.filter_map(|part| {
            let names = self.lengths.iter().rev().filter_map(|length| part.split_at_checked(*length));
            let mut named = names.filter(|(name, rest)| !name.is_empty() && !rest.starts_with(char::is_alphanumeric));
            named.find_map(|(name, _)| Some((name.len(), *self.exports.get(name)?.last()?)))
        });
        found.max().map(|(_, at)| at)
    }

    /// The only export.
    fn only(&self) -> Option<usize> {
        let mut all = self.exports.values().flatten();
        all.next().copied().filter(|_| all.next().is_none())
    }
}

/// The exports among the inputs. Their files are read when the first mailbox of each is opened.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    groups: Vec<Group>,
    /// Where the group of each name is, by the folder.
    by_folder: HashMap<PathBuf, HashMap<String, usize>>,
    /// The files that were added.
    paths: HashSet<PathBuf>,
    /// Which groups may be exports, by the folder.
    exports: HashMap<PathBuf, Index>,
    /// Those of them of which a file was named.
    named: Index,
    /// Those that were read, and not yet handed out.
    new: Vec<Arc<Export>>,
    /// Files that are something else.
    others: Vec<Origin>,
}

impl Exports {
    /// Adds a file, unless it is there already.
    pub(crate) fn add(&mut self, file: Sidecar) {
        let named = file.path.file_name().and_then(|name| name.to_str()).and_then(role);
        let Some((role, name)) = named.map(|named| (named.role, named.export.to_owned())) else { return };
        if !self.paths.insert(file.path.clone()) {
            return;
        }
        let folder = file.path.parent().unwrap_or(Path::new("")).to_owned();
        let at = *self.by_folder.entry(folder.clone()).or_default().entry(name.clone()).or_insert(self.groups.len());
        if at == self.groups.len() {
            self.groups.push(Group { folder, name, ..Group::default() });
        }
        if let Some(group) = self.groups.get_mut(at) {
            group.is_named |= file.given == Given::Named;
            group.files.push((role, file));
        }
        self.index(at);
    }

    /// Notes whether a group may be an export.
    fn index(&mut self, at: usize) {
        let Some(group) = self.groups.get(at) else { return };
        let here = self.exports.entry(group.folder.clone()).or_default();
        for index in [Some(here), Some(&mut self.named).filter(|_| group.is_named)].into_iter().flatten() {
            if group.may_be_export() { index.insert(&group.name, at) } else { index.remove(&group.name, at) }
        }
    }

    /// The plain files, as they were named, and how each came among the inputs.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Path, Given)> {
        let files = self.groups.iter().flat_map(|group| &group.files);
        files.filter_map(|(_, file)| Some((file.origin.path()?, file.given)))
    }

    /// The export of the mailbox in the file at `path`; if that is an archive, of its `member`.
    pub(crate) fn of(&mut self, path: &Path, member: Option<&str>, mailbox: &Origin) -> Option<Arc<Export>> {
        let path = absolute(path);
        loop {
            let at = self.choose(&path, member)?;
            if let Some(Group { state: State::Unread, .. }) = self.groups.get(at) {
                self.read(at, &member.map_or_else(|| path.clone(), |member| path.join(member)));
            }
            if let Some(Group { state: State::Read(export), .. }) = self.groups.get(at) {
                export.has_mailbox(mailbox);
                return Some(Arc::clone(export));
            }
        }
    }

    /// Which group it is: of the nearest folder, by its name or because there is only one beside it; else one that was
    /// named.
    fn choose(&self, path: &Path, member: Option<&str>) -> Option<usize> {
        let whole = member.map_or_else(|| path.to_owned(), |member| path.join(member));
        let folders = whole.ancestors().skip(1).filter_map(|folder| Some((folder, self.exports.get(folder)?)));
        let mut found = folders.filter_map(|(folder, here)| {
            let is_beside = folder.starts_with(path) || path.parent() == Some(folder);
            let below = whole.strip_prefix(folder).unwrap_or(&whole);
            here.named_in(below).or_else(|| here.only().filter(|_| is_beside))
        });
        found.next().or_else(|| self.named.named_in(&whole)).or_else(|| self.named.only())
    }

    /// Reads the files of an export of which there is a mailbox at this path.
    fn read(&mut self, at: usize, mailbox: &Path) {
        let unnamed = self.unnamed_beside(at);
        let Some(group) = self.groups.get_mut(at) else { return };
        // If the mailbox and several files have the name of an export, all of them belong to it.
        let mut own = Index::default();
        own.insert(&group.name, at);
        let name = Path::new(mailbox.file_name().unwrap_or_default());
        let is_meant = group.files.len() > 1 && own.named_in(name).is_some();
        let mut files = std::mem::take(&mut group.files);
        files.extend(unnamed);
        files.sort_by(|(one, a), (other, b)| (one, &a.path).cmp(&(other, &b.path)));
        let mut reading = Reading::default();
        let mut read = Vec::new();
        for (role, mut file) in files {
            let is_one = match file.open() {
                Ok(bytes) => reading.read(role, &file.origin, bytes),
                Err(error) => {
                    let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                    reading.damaged(&file.origin, 0, why);
                    true
                }
            };
            match is_one {
                true => read.push((role, file)),
                false if is_meant && is_evidence(role) => {
                    reading.damaged(&file.origin, 0, "it is something else than its name says".to_owned());
                    read.push((role, file));
                }
                false if file.given == Given::Beside => {}
                false => self.others.push(file.origin),
            }
        }
        group.state = if read.iter().any(|(role, _)| is_evidence(*role)) {
            let has_metadata = read.iter().any(|(role, _)| has_records(*role));
            let files = read.into_iter().map(|(_, file)| file.origin).collect();
            let export = Arc::new(Export::new(group.name.clone(), files, has_metadata, reading));
            self.new.push(Arc::clone(&export));
            State::Read(export)
        } else {
            let others = read.into_iter().filter(|(_, file)| file.given != Given::Beside);
            self.others.extend(others.map(|(_, file)| file.origin));
            State::Other
        };
        self.index(at);
    }

    /// The files beside an export that do not have its name, such as the `error.csv` of a classic one, if no other export
    /// is there.
    fn unnamed_beside(&mut self, at: usize) -> Vec<(Role, Sidecar)> {
        let here = self.groups.get(at).and_then(|group| self.by_folder.get(&group.folder));
        // Of the two one has no name.
        let unnamed = here.filter(|here| here.len() == 2).and_then(|here| here.get("").copied());
        let Some(unnamed) = unnamed.filter(|unnamed| *unnamed != at) else { return Vec::new() };
        let group = self.groups.get_mut(unnamed).filter(|group| !group.has_metadata());
        let files = group.map(|group| std::mem::take(&mut group.files)).unwrap_or_default();
        self.index(unnamed);
        files
    }

    /// An export that was read and not yet handed out.
    pub(crate) fn next_read(&mut self) -> Option<Arc<Export>> {
        (!self.new.is_empty()).then(|| self.new.remove(0))
    }

    /// The files that are something else, or beside which there is no mailbox.
    pub(crate) fn left_over(&mut self) -> Vec<Origin> {
        let unread = self.groups.iter_mut().filter(|group| matches!(group.state, State::Unread | State::Other));
        let unread = unread.flat_map(|group| group.files.drain(..)).filter(|(_, file)| file.given != Given::Beside);
        let unread: Vec<Origin> = unread.map(|(_, file)| file.origin).collect();
        std::mem::take(&mut self.others).into_iter().chain(unread).collect()
    }
}

/// Whether files of this kind show that there is an export.
fn is_evidence(role: Role) -> bool {
    has_records(role) || role == Role::Counts
}

fn has_records(role: Role) -> bool {
    matches!(role, Role::MetadataXml | Role::MetadataTable)
}

pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_that_differ_in_case_only_and_files_that_are_added_twice() {
        let mut exports = Exports::default();
        for name in ["case-metadata.xml", "Case-metadata.xml", "case-metadata (1).xml", "case-metadata.xml"] {
            exports.add(Sidecar::file(&Path::new("/a").join(name), Given::Found));
        }
        let choose = |exports: &Exports, path: &str| exports.choose(&absolute(Path::new(path)), None);
        assert_eq!(exports.groups.iter().map(|group| group.files.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(choose(&exports, "/a/CASE-1.mbox"), Some(1));
        exports.groups[1].state = State::Other;
        exports.index(1);
        assert_eq!(choose(&exports, "/a/CASE-1.mbox"), Some(0));
        assert_eq!(choose(&exports, "/a/other.mbox"), Some(0));
    }

    #[test]
    fn mailboxes_find_their_exports() {
        let mut exports = Exports::default();
        for file in [
            "/a/case-metadata.xml",
            "/b/one-metadata.xml",
            "/b/one two-metadata.csv",
            "/b/one two-errors.xml",
            "/c/log-errors.csv",
            "/d/x.zip/in/case-metadata.xml",
            "/e/metadata.xml",
        ] {
            exports.add(Sidecar::file(Path::new(file), Given::Found));
        }
        exports.add(Sidecar::file(Path::new("/n/named-metadata.xml"), Given::Named));
        let name = |path: &str, member: Option<&str>| {
            let group = exports.choose(&absolute(Path::new(path)), member).and_then(|at| exports.groups.get(at));
            group.map(|group| (group.folder.clone(), group.name.clone()))
        };
        for (path, member, (folder, export)) in [
            ("/a/case-1.mbox", None, ("/a", "case")),
            ("/a/any.mbox", None, ("/a", "case")),
            ("/a/case-1.zip", Some("case-ann.mbox"), ("/a", "case")),
            ("/a/b/case-1/ann.mbox", None, ("/a", "case")),
            ("/b/one-1.mbox", None, ("/b", "one")),
            ("/b/one two-1.mbox", None, ("/b", "one two")),
            ("/b/ONE TWO-1.zip", Some("x/y.mbox"), ("/b", "one two")),
            ("/d/x.zip", Some("in/ann.mbox"), ("/d/x.zip/in", "case")),
            ("/d/x.zip", Some("ann.mbox"), ("/n", "named")),
            ("/e/ann.mbox", None, ("/e", "")),
            // Nothing but what was named is left.
            ("/a/b/ann.mbox", None, ("/n", "named")),
            ("/b/onetwo.mbox", None, ("/n", "named")),
            ("/c/log.mbox", None, ("/n", "named")),
        ] {
            let expected = (absolute(Path::new(folder)), export.to_owned());
            assert_eq!(name(path, member), Some(expected), "{path} {member:?}");
        }
    }
}

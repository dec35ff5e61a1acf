//! Which mailbox belongs to which export, by where the files are and how they are named.

use std::collections::HashMap;
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

    /// Whether a mailbox at this path has the name of the export, by itself or by a folder or archive that it is in.
    fn names(&self, path: &Path) -> bool {
        let name = self.name.to_lowercase();
        let has_name = |part: &str| {
            let rest = part.strip_prefix(&*name);
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        !name.is_empty() && path.iter().any(|part| has_name(&part.to_string_lossy().to_lowercase()))
    }
}

/// The exports among the inputs. Their files are read when the first mailbox of each is opened.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    groups: Vec<Group>,
    /// The groups of each folder, for there may be thousands.
    by_folder: HashMap<PathBuf, Vec<usize>>,
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
        let folder = file.path.parent().unwrap_or(Path::new("")).to_owned();
        let here = self.by_folder.entry(folder.clone()).or_default();
        let at = here.iter().copied().find(|at| self.groups.get(*at).is_some_and(|group| group.name == name));
        let at = at.unwrap_or_else(|| {
            here.push(self.groups.len());
            self.groups.push(Group { folder, name, ..Group::default() });
            self.groups.len() - 1
        });
        if let Some(group) = self.groups.get_mut(at)
            && group.files.iter().all(|(_, other)| other.path != file.path)
        {
            group.is_named |= file.given == Given::Named;
            group.files.push((role, file));
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
        let best = |groups: &[(usize, &Group)], below: &Path| {
            let by_name = groups.iter().filter(|(_, group)| group.names(below));
            by_name.max_by_key(|(_, group)| group.name.len()).map(|(at, _)| *at)
        };
        let only = |groups: &[(usize, &Group)]| match groups {
            [(at, _)] => Some(*at),
            _ => None,
        };
        for folder in whole.ancestors().skip(1) {
            let here = self.by_folder.get(folder).into_iter().flatten();
            let here = here.filter_map(|at| Some((*at, self.groups.get(*at)?)));
            let here: Vec<_> = here.filter(|(_, group)| group.may_be_export()).collect();
            let is_beside = folder.starts_with(path) || path.parent() == Some(folder);
            let below = whole.strip_prefix(folder).unwrap_or(&whole);
            let found = best(&here, below).or_else(|| only(&here).filter(|_| is_beside));
            if found.is_some() {
                return found;
            }
        }
        let named = self.groups.iter().enumerate().filter(|(_, group)| group.is_named && group.may_be_export());
        let named: Vec<_> = named.collect();
        best(&named, &whole).or_else(|| only(&named))
    }

    /// Reads the files of an export of which there is a mailbox at this path.
    fn read(&mut self, at: usize, mailbox: &Path) {
        let unnamed = self.unnamed_beside(at);
        let Some(group) = self.groups.get_mut(at) else { return };
        // If the mailbox and several files have the name of an export, all of them belong to it.
        let is_meant = group.files.len() > 1 && group.names(Path::new(mailbox.file_name().unwrap_or_default()));
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
    }

    /// The files beside an export that do not have its name, such as the `error.csv` of a classic one, if no other export
    /// is there.
    fn unnamed_beside(&mut self, at: usize) -> Vec<(Role, Sidecar)> {
        let Some(folder) = self.groups.get(at).filter(|group| !group.name.is_empty()).map(|group| group.folder.clone())
        else {
            return Vec::new();
        };
        let named = self.groups.iter().filter(|group| group.folder == folder && !group.name.is_empty()).count();
        let unnamed = |group: &&mut Group| group.folder == folder && group.name.is_empty() && !group.has_metadata();
        let found = self.groups.iter_mut().find(unnamed).filter(|_| named == 1);
        found.map(|group| std::mem::take(&mut group.files)).unwrap_or_default()
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

//! The sink of a verification: it compares what would be written with what exists, and writes nothing.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use super::difference::Difference;
use super::directory::NAMES_TRIED;
use super::folder::{FileKind, Folder, OpenFolders, Purpose};
use super::maildir::{Deliveries, Mailfolder};
use super::renumbered::{Renumbered, Settled};
use super::{Encode, Entry, Placed, Sink, SinkWarning, WriteStatus};
use crate::error::{Error, Result};
use crate::message::Field;
use crate::name::{EntryName, fingerprint};
use crate::transform::Eml;
use crate::write_error::WriteError;

/// An output that was written before: a folder, or an archive.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::io::{self, Read};
///
/// use mbox2eml::sink::Existing;
///
/// struct Store(BTreeMap<String, Vec<u8>>);
///
/// impl Existing for Store {
///     fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
///         Ok(self.0.get(name).map(|bytes| Box::new(&bytes[..]) as Box<dyn Read>))
///     }
///
///     fn list(&self, each: &mut dyn FnMut(String)) -> mbox2eml::Result<()> {
///         self.0.keys().cloned().for_each(each);
///         Ok(())
///     }
/// }
/// # let store = Store(BTreeMap::from([("1.eml".to_owned(), Vec::new())]));
/// # assert!(store.open("1.eml")?.is_some());
/// # Ok::<(), io::Error>(())
/// ```
pub trait Existing: Send + Sync {
    /// Opens the file at this path below the output; `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>>;

    /// Calls `each` with the path of every file.
    ///
    /// # Errors
    /// If they cannot be listed.
    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()>;

    /// The names and lengths of the files in a folder, where a message may be under another number than its own, as a
    /// second run leaves it. Default: none.
    ///
    /// # Errors
    /// If they cannot be listed.
    fn files(&self, folder: &str) -> io::Result<Vec<(String, u64)>> {
        let _ = folder;
        Ok(Vec::new())
    }

    /// What the names of a file have in common, where other programs may rename it, such as the name without flags of a
    /// message in a Maildir. Default: the name.
    fn identity<'n>(&self, name: &'n str) -> Cow<'n, str> {
        Cow::Borrowed(name)
    }
}

impl<E: Existing + ?Sized> Existing for Box<E> {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        (**self).open(name)
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        (**self).list(each)
    }

    fn files(&self, folder: &str) -> io::Result<Vec<(String, u64)>> {
        (**self).files(folder)
    }

    fn identity<'n>(&self, name: &'n str) -> Cow<'n, str> {
        (**self).identity(name)
    }
}

/// No output at all.
pub(super) struct Empty;

impl Existing for Empty {
    fn open(&self, _: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        Ok(None)
    }

    fn list(&self, _: &mut dyn FnMut(String)) -> Result<()> {
        Ok(())
    }
}

/// Compares messages with those of an output.
pub(super) trait Examine: Send + Sync {
    /// Compares one with what is there.
    fn examine(&self, entry: &Entry<'_>) -> Examined;

    /// Calls `each` with the path of every file.
    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()>;

    /// The header fields that it reads.
    fn fields(&self) -> Vec<Field>;
}

/// How the file of this name differs from the EML.
pub(super) fn difference(existing: &impl Existing, name: &str, eml: &Eml<'_>) -> Option<Difference> {
    match existing.open(name) {
        Ok(Some(file)) => Difference::of(file, eml),
        Ok(None) => Some(Difference::Missing),
        Err(error) => Some(Difference::Unreadable(error)),
    }
}

/// A folder that was written before. Links in it are not followed, and no name leads out of it.
///
/// ```
/// use mbox2eml::sink::{Existing, ExistingFolder};
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path();
///
/// std::fs::write(output.join("1.eml"), "Subject: Lunch\r\n\r\n")?;
/// let existing = ExistingFolder::open(output)?;
/// assert!(existing.open("1.eml")?.is_some() && existing.open("2.eml")?.is_none());
/// assert!(existing.open("../1.eml").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExistingFolder {
    root: PathBuf,
    folders: Arc<OpenFolders>,
}

impl ExistingFolder {
    /// The folder at `root`.
    ///
    /// # Errors
    /// [`Error::Output`] if there is none.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        match fs::read_dir(&root).and_then(|_| OpenFolders::below(&root)) {
            Ok(folders) => Ok(Self { root, folders: Arc::new(folders) }),
            Err(source) => Err(Error::Output { path: root, doing: "cannot open this folder", source }),
        }
    }
}

impl Existing for ExistingFolder {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        // The name may come from a file that is not ours, such as a manifest.
        if !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(refusal("it leads out of the output"));
        }
        let name = relative(Path::new(""), Path::new(name));
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
        let found = self.folders.find(folder).and_then(|folder| Ok((folder.kind_of(file)?, folder)));
        match found {
            Ok((FileKind::File { .. }, folder)) => Ok(Some(Box::new(folder.open_file(file, Purpose::Compare)?))),
            Ok(_) => Err(refusal("it exists and is not a file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(refusal(error)),
            Err(error) => Err(error),
        }
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        for entry in WalkDir::new(&self.root).min_depth(1).sort_by_file_name() {
            let entry = entry.map_err(|error| Error::Output {
                path: self.root.clone(),
                doing: "cannot list this folder",
                source: error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop")),
            })?;
            if !entry.file_type().is_dir() {
                each(relative(&self.root, entry.path()));
            }
        }
        Ok(())
    }

    fn files(&self, folder: &str) -> io::Result<Vec<(String, u64)>> {
        self.folders.find(folder)?.files()
    }
}

/// An error about a file of the output.
fn refusal(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// The path below `root`, with `/` between its components.
fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Compares every message with the file of its name, byte by byte.
///
/// A message that is there counts as [`WriteStatus::AlreadyThere`], even under the name that it got because its own was
/// taken. One that is missing or differs counts as failed. The receipt lists these, and the files that belong to no
/// message.
///
/// Memory: 8 to 18 bytes for each message.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Compare, Directory, Durability, ExistingFolder};
/// use mbox2eml::source::Memory;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// let sink = Directory::create(&output, Durability::Cached)?;
/// let _ = converter.convert(Memory::new("in", mailbox), sink, &()).into_result()?;
///
/// let sink = Compare::new(ExistingFolder::open(&output)?);
/// let done = converter.convert(Memory::new("in", mailbox), sink, &());
/// assert_eq!(done.receipt.number, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Compare {
    examine: Arc<dyn Examine>,
    /// The fingerprints of the names that were looked for.
    known: HashSet<u64>,
    differences: Differences,
}

/// How an output differs from what a conversion would write. At most [`Differences::LISTED`] of each kind are listed.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Compare, Directory, Durability, ExistingFolder};
/// use mbox2eml::source::Memory;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// let sink = Directory::create(&output, Durability::Cached)?;
/// let _ = converter.convert(Memory::new("in", mailbox), sink, &()).into_result()?;
///
/// std::fs::write(output.join("notes.txt"), "mine")?;
/// let sink = Compare::new(ExistingFolder::open(&output)?);
/// let done = converter.convert(Memory::new("in", mailbox), sink, &());
/// assert_eq!((done.receipt.extra, done.receipt.number), (vec!["notes.txt".to_owned()], 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Differences {
    /// Messages that are not there.
    pub missing: Vec<String>,
    /// Messages whose file has other bytes, with the offset of the first one that differs.
    pub different: Vec<(String, u64)>,
    /// Files that belong to no message.
    pub extra: Vec<String>,
    /// How many there are of all kinds.
    pub number: u64,
}

impl Differences {
    /// The most of each kind that are listed; all are counted.
    pub const LISTED: usize = 100_000;

    /// Counts a message that is not there.
    pub(super) fn add_missing(&mut self, name: String) {
        self.number += 1;
        list(&mut self.missing, name);
    }

    /// Counts one that has other bytes, from this one on.
    pub(super) fn add_different(&mut self, name: String, byte: u64) {
        self.number += 1;
        list(&mut self.different, (name, byte));
    }

    /// Counts what belongs to no message.
    pub(super) fn add_extra(&mut self, name: String) {
        self.number += 1;
        list(&mut self.extra, name);
    }
}

impl Compare {
    /// A comparison with the EML files of an output that was written before.
    pub fn new(existing: impl Existing + 'static) -> Self {
        Self::by(Files::new(existing))
    }

    /// A comparison with a Maildir that was written before.
    ///
    /// ```
    /// use mbox2eml::Converter;
    /// use mbox2eml::sink::{Compare, Durability, ExistingMaildir, Maildir};
    /// use mbox2eml::source::Memory;
    /// # let folder = tempfile::tempdir()?;
    /// # let output = folder.path().join("Maildir");
    ///
    /// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
    /// let converter = Converter::builder().build();
    /// let sink = Maildir::create(&output, Durability::Cached)?;
    /// let _ = converter.convert(Memory::new("in", mailbox), sink, &()).into_result()?;
    ///
    /// let sink = Compare::maildir(ExistingMaildir::open(&output)?);
    /// assert_eq!(converter.convert(Memory::new("in", mailbox), sink, &()).receipt.number, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn maildir(existing: impl Existing + 'static) -> Self {
        Self::by(Deliveries::new(existing))
    }

    fn by(examine: impl Examine + 'static) -> Self {
        Self { examine: Arc::new(examine), known: HashSet::new(), differences: Differences::default() }
    }
}

impl fmt::Debug for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compare").field("differences", &self.differences).finish_non_exhaustive()
    }
}

/// The half of a [`Compare`] that reads files.
pub struct Reader(Arc<dyn Examine>);

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

/// How one message compares.
#[derive(Debug)]
pub struct Examined {
    pub(super) name: EntryName,
    /// Whether another file has the name that was asked for.
    pub(super) moved: bool,
    pub(super) difference: Option<Difference>,
    /// Its folder, in a Maildir.
    pub(super) folder: Option<Arc<Mailfolder>>,
}

impl Examined {
    /// A message that is in this file, or should be.
    fn new(name: EntryName, moved: bool, difference: Option<Difference>) -> Self {
        Self { name, moved, difference, folder: None }
    }
}

/// Where a [`Directory`](super::Directory) puts messages, or has put them.
pub(super) struct Files<S> {
    existing: S,
    renumbered: Renumbered,
}

impl<S: Existing> Files<S> {
    pub(super) fn new(existing: S) -> Self {
        Self { existing, renumbered: Renumbered::default() }
    }
}

impl<S: Existing> Examine for Files<S> {
    fn examine(&self, entry: &Entry<'_>) -> Examined {
        let Entry { name, eml, .. } = entry;
        let compare = |name: &EntryName| difference(&self.existing, name.as_str(), eml);
        let list = || self.existing.files(name.folder());
        let name = match self.renumbered.find(name, eml, list, compare) {
            Settled::There { name, is_moved } => return Examined::new(name, is_moved, None),
            Settled::NotThere(other) => other.unwrap_or_else(|| name.clone()),
        };
        let difference = compare(&name);
        if let Some(Difference::Byte(_) | Difference::GoesOn(_) | Difference::Unreadable(_)) = difference {
            // When the message was written another file may have had the name.
            for attempt in 2..=NAMES_TRIED {
                let alternative = name.alternative(attempt);
                match compare(&alternative) {
                    // It counts for an equal message.
                    None if !self.renumbered.is_free(&name, attempt, eml) => {}
                    None => return Examined::new(alternative, true, None),
                    Some(Difference::Missing) => break,
                    Some(_) => {}
                }
            }
        }
        Examined::new(name, false, difference)
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        self.existing.list(each)
    }

    fn fields(&self) -> Vec<Field> {
        Vec::new()
    }
}

impl Encode for Reader {
    type Item = Examined;

    fn encode(&self, entry: Entry<'_>) -> Result<Examined, WriteError> {
        Ok(self.0.examine(&entry))
    }
}

impl Sink for Compare {
    type Encoder = Reader;
    type Receipt = Differences;

    fn encoder(&self) -> Reader {
        Reader(Arc::clone(&self.examine))
    }

    fn fields(&self) -> Vec<Field> {
        self.examine.fields()
    }

    fn put(&mut self, Examined { name, moved, difference, folder }: Examined) -> Result<Placed, WriteError> {
        self.known.insert(fingerprint(name.as_str()));
        let Some(difference) = difference else {
            return Ok(place(name, WriteStatus::AlreadyThere, moved, folder.as_deref()));
        };
        let Differences { missing, different, number, .. } = &mut self.differences;
        *number += 1;
        let (at, why) = match difference {
            Difference::Missing => {
                list(missing, name.as_str().to_owned());
                return Err(WriteError::new(
                    "cannot compare",
                    name,
                    io::Error::new(io::ErrorKind::NotFound, "it is missing"),
                ));
            }
            Difference::Unreadable(source) => {
                list(different, (name.as_str().to_owned(), 0));
                return Err(WriteError::new("cannot compare", name, source));
            }
            Difference::Byte(at) => (at, format!("byte {at} differs")),
            Difference::Ends(at) => (at, format!("it ends at byte {at}, before the end of the message")),
            Difference::GoesOn(at) => (at, format!("it continues after byte {at}, the end of the message")),
        };
        list(different, (name.as_str().to_owned(), at));
        Err(WriteError::new("not the same:", name, why))
    }

    fn close(&mut self) -> Result<()> {
        let Self { examine, known, differences } = self;
        examine.list(&mut |name| {
            if !known.contains(&fingerprint(&name)) {
                differences.number += 1;
                list(&mut differences.extra, name);
            }
        })
    }

    fn finish(self) -> Differences {
        self.differences
    }
}

/// Where a message is, or would be, with what is unusual about that.
pub(super) fn place(name: EntryName, status: WriteStatus, is_moved: bool, folder: Option<&Mailfolder>) -> Placed {
    let warnings = is_moved.then_some(SinkWarning::NAME_TAKEN).into_iter().chain(folder.and_then(Mailfolder::warning));
    let placed = Placed::new(name, status).with_warnings(warnings);
    match folder {
        Some(folder) => placed.in_folder(folder.shown()),
        None => placed,
    }
}

fn list<T>(these: &mut Vec<T>, one: T) {
    if these.len() < Differences::LISTED {
        these.push(one);
    }
}

//! The sink of a verification: what would be written is held against what is there. Nothing is written.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use super::directory::NAMES_TRIED;
use super::folder::{Folder, OpenFolders, Purpose, Standing};
use super::{Encode, Entry, Placed, Sink, SinkWarning, WriteStatus};
use crate::error::{Error, Result, WriteError};
use crate::name::{EntryName, fingerprint};
use crate::size::to_u64;
use crate::transform::Eml;

/// An output that was written before: a folder, or an archive.
pub trait Existing: Send + Sync {
    /// Opens the file at this path below the output; `None` if there is nothing.
    ///
    /// # Errors
    /// If what is there cannot be read.
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>>;

    /// Hands the path of every file there is to `tell`.
    ///
    /// # Errors
    /// If they cannot be listed.
    fn list(&self, tell: &mut dyn FnMut(String)) -> Result<()>;
}

/// A folder that was written before. Links in it are not followed, and no name leads out of it.
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
        // The name may be what somebody else has written.
        if !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(refusal("it leads out of the output"));
        }
        let name = relative(Path::new(""), Path::new(name));
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
        let found = self.folders.find(folder).and_then(|folder| Ok((folder.look(file)?, folder)));
        match found {
            Ok((Standing::File { .. }, folder)) => Ok(Some(Box::new(folder.open_there(file, Purpose::Compare)?))),
            Ok(_) => Err(refusal("something that is no file stands there")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(refusal(error)),
            Err(error) => Err(error),
        }
    }

    fn list(&self, tell: &mut dyn FnMut(String)) -> Result<()> {
        for entry in WalkDir::new(&self.root).min_depth(1).sort_by_file_name() {
            let entry = entry.map_err(|error| Error::Output {
                path: self.root.clone(),
                doing: "cannot list this folder",
                source: error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop")),
            })?;
            if !entry.file_type().is_dir() {
                tell(relative(&self.root, entry.path()));
            }
        }
        Ok(())
    }
}

/// An error about what stands in the output.
fn refusal(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// The path below `root` with `/` between its parts.
fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Holds every message against the file of its name, byte by byte.
///
/// A message that is there counts as [`WriteStatus::AlreadyThere`], also under the name that it got because its own was taken.
/// One that is missing or differs counts as failed. The receipt lists these, and the files that are no message's.
///
/// Memory: 8 to 18 bytes for each message.
#[derive(Debug)]
pub struct Compare<S> {
    existing: Arc<S>,
    /// The fingerprints of the names that were looked for.
    known: HashSet<u64>,
    differences: Differences,
}

/// How an output differs from what a conversion would write. Of each sort at most [`Differences::LISTED`] are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Differences {
    /// Messages that are not there.
    pub missing: Vec<String>,
    /// Messages whose file holds something else, with the offset of the first byte that differs.
    pub different: Vec<(String, u64)>,
    /// Files that are no message's.
    pub extra: Vec<String>,
    /// How many of all sorts there are.
    pub number: u64,
}

impl Differences {
    /// So many of each sort are listed; all are counted.
    pub const LISTED: usize = 100_000;
}

impl<S: Existing> Compare<S> {
    /// A comparison with what is in `stock`.
    pub fn new(existing: S) -> Self {
        Self { existing: Arc::new(existing), known: HashSet::new(), differences: Differences::default() }
    }
}

/// The half of a [`Compare`] that reads files.
#[derive(Debug)]
pub struct Reader<S>(Arc<S>);

/// What became of one comparison.
#[derive(Debug)]
pub struct Compared {
    name: EntryName,
    /// Whether that is not the name it asked for.
    moved: bool,
    verdict: Verdict,
}

#[derive(Debug)]
enum Verdict {
    Same,
    Missing,
    Differs { at: u64, why: String },
    Unreadable(io::Error),
}

impl<S: Existing> Reader<S> {
    fn compare(&self, name: &EntryName, eml: &Eml<'_>) -> Verdict {
        match self.0.open(name.as_str()) {
            Ok(Some(file)) => Comparison::of(file).run(eml),
            Ok(None) => Verdict::Missing,
            Err(error) => Verdict::Unreadable(error),
        }
    }
}

impl<S: Existing> Encode for Reader<S> {
    type Item = Compared;

    fn encode(&self, entry: Entry<'_>) -> Result<Compared, WriteError> {
        let verdict = self.compare(&entry.name, &entry.eml);
        if let Verdict::Differs { .. } = verdict {
            // Somebody else's file may have had the name when the message was written.
            for attempt in 2..=NAMES_TRIED {
                let name = entry.name.alternative(attempt);
                match self.compare(&name, &entry.eml) {
                    Verdict::Same => return Ok(Compared { name, moved: true, verdict: Verdict::Same }),
                    Verdict::Missing => break,
                    _ => {}
                }
            }
        }
        Ok(Compared { name: entry.name, moved: false, verdict })
    }
}

impl<S: Existing> Sink for Compare<S> {
    type Encoder = Reader<S>;
    type Receipt = Differences;

    fn encoder(&self) -> Reader<S> {
        Reader(Arc::clone(&self.existing))
    }

    fn put(&mut self, Compared { name, moved, verdict }: Compared) -> Result<Placed, WriteError> {
        self.known.insert(fingerprint(name.as_str()));
        let failed = |doing, name, source| Err(WriteError::new(doing, name, source));
        let differences = &mut self.differences;
        match verdict {
            Verdict::Same => {
                let warnings = if moved { vec![SinkWarning::NAME_TAKEN] } else { Vec::new() };
                Ok(Placed { warnings, ..Placed::new(name, WriteStatus::AlreadyThere) })
            }
            Verdict::Missing => {
                differences.number += 1;
                list(&mut differences.missing, name.as_str().to_owned());
                failed("cannot find", name, io::Error::new(io::ErrorKind::NotFound, "it is missing"))
            }
            Verdict::Differs { at, why } => {
                differences.number += 1;
                list(&mut differences.different, (name.as_str().to_owned(), at));
                failed("not the same:", name, io::Error::new(io::ErrorKind::InvalidData, why))
            }
            Verdict::Unreadable(source) => {
                differences.number += 1;
                list(&mut differences.different, (name.as_str().to_owned(), 0));
                failed("cannot read", name, source)
            }
        }
    }

    fn close(&mut self) -> Result<()> {
        let Self { existing, known, differences } = self;
        existing.list(&mut |name| {
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

fn list<T>(these: &mut Vec<T>, one: T) {
    if these.len() < Differences::LISTED {
        these.push(one);
    }
}

/// Compares what is written to it with what a reader gives.
struct Comparison<R> {
    there: R,
    /// How many bytes were the same.
    same: u64,
    verdict: Option<Verdict>,
    scratch: Vec<u8>,
}

impl<R: Read> Comparison<R> {
    /// How many bytes are compared at a time.
    const SCRATCH: usize = 64 << 10;

    fn of(there: R) -> Self {
        Self { there, same: 0, verdict: None, scratch: Vec::new() }
    }

    fn run(mut self, eml: &Eml<'_>) -> Verdict {
        if let Err(error) = eml.write_to(&mut self) {
            return self.verdict.unwrap_or(Verdict::Unreadable(error));
        }
        let at = self.same;
        match self.there.read(&mut [0]) {
            Ok(0) => Verdict::Same,
            Ok(_) => Verdict::Differs { at, why: format!("it goes on after byte {at}, where the message ends") },
            Err(error) => Verdict::Unreadable(error),
        }
    }

    /// Compares the next bytes, as many as the reader gives.
    fn compare(&mut self, bytes: &[u8]) -> Result<usize, Verdict> {
        self.scratch.resize(bytes.len().min(Self::SCRATCH), 0);
        let count = match self.there.read(&mut self.scratch) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(0),
            Err(error) => return Err(Verdict::Unreadable(error)),
        };
        let (there, wanted) = (&self.scratch[..count], &bytes[..count]);
        let alike = there.iter().zip(wanted).take_while(|(one, other)| one == other).count();
        self.same += to_u64(alike);
        let at = self.same;
        if alike < count {
            Err(Verdict::Differs { at, why: format!("byte {at} differs") })
        } else if count == 0 && !bytes.is_empty() {
            Err(Verdict::Differs { at, why: format!("it ends at byte {at}, and the message goes on") })
        } else {
            Ok(count)
        }
    }
}

impl<R: Read> Write for Comparison<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < bytes.len() {
            match self.compare(&bytes[done..]) {
                Ok(count) => done += count,
                Err(verdict) => {
                    self.verdict = Some(verdict);
                    return Err(io::ErrorKind::InvalidData.into());
                }
            }
        }
        Ok(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! What the inputs stand for: mailboxes, found beforehand where that is possible, opened when their turn comes.

use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::vec;

use mbox2eml::name::{Charset, Folders, Place};
use mbox2eml::source::{
    Discovery, FileKind, FoundArchive, MappedFile, Origin, Source, Stream, archive_name, discover, mailbox_name,
};
use mbox2eml::split::SplitRule;
use mbox2eml::{Error, Mailbox, Result};
use mbox2eml_archive::members::{Archive, InflateLimit, Kind, Member, Members};
use mbox2eml_archive::volumes::Volumes;

use crate::args::Args;
use crate::signals;

/// The inputs, looked at and not yet read.
pub(crate) struct Inputs {
    found: Vec<Found>,
    /// Files in searched folders that are no mailboxes.
    pub(crate) passed_over: Vec<PathBuf>,
    /// Gives each mailbox a folder of its own; none if there is one that needs none.
    folders: Option<Folders>,
}

/// An input, or why it cannot be one.
struct Found {
    /// What the mailbox is called, or what the names of an archive's mailboxes begin with. An input that fails has one,
    /// too, so that the others' folders do not depend on it.
    name: String,
    input: Result<Input>,
}

/// A mailbox or an archive.
struct Input {
    way: Way,
    /// In bytes, if known.
    size: Option<u64>,
}

/// How an input is read.
enum Way {
    StandardInput,
    Mapped(PathBuf),
    Read(PathBuf),
    Archive(Packed),
}

/// An archive.
struct Packed {
    path: PathBuf,
    limit: InflateLimit,
    /// The archive as it was opened to look into it, if it can be kept; else it is opened again when its turn comes,
    /// for there may be thousands.
    opened: Option<Archive>,
    /// Whether it is one file in gzip, which counts as a mailbox and not as an archive.
    is_one_file: bool,
    /// Whether it is known to hold no mailbox.
    is_empty: bool,
    found: FoundBy,
}

impl Packed {
    fn open(self) -> Result<Archive> {
        match self.opened {
            Some(archive) => Ok(archive),
            None => Archive::open(&self.path, self.limit),
        }
    }
}

/// How an input was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FoundBy {
    /// It was named on the command line, and must hold a mailbox.
    Name,
    /// In a searched folder.
    Search,
}

impl Inputs {
    /// Looks at the inputs of the command line; what lies in `output` is none of them.
    pub(crate) fn new(args: &Args, paths: &[PathBuf], output: Option<&Path>, charset: Charset) -> Self {
        let mut search = Search { args, output, found: Vec::new(), passed_over: Vec::new(), memory: KEPT };
        paths.iter().for_each(|path| search.add(path));
        let Search { found, passed_over, .. } = search;
        let several = paths.len() > 1 || paths.iter().any(|path| path.is_dir()) || found.iter().any(Found::is_several);
        let folders = several.then(|| Folders::new(charset));
        Self { found, passed_over, folders }
    }

    /// Whether there may be more than one mailbox.
    pub(crate) fn several(&self) -> bool {
        self.found.len() > 1 || self.found.iter().any(Found::is_several)
    }

    /// Whether no input can be read.
    pub(crate) fn all_failed(&self) -> bool {
        self.found.iter().all(|found| found.input.is_err())
    }

    /// The size of all inputs in bytes, if every one is known.
    pub(crate) fn size(&self) -> Option<u64> {
        self.found.iter().filter_map(|found| found.input.as_ref().ok()).map(|input| input.size).sum()
    }

    /// The mailboxes one after another, each with its folder. `pass_over` is told of the other members of archives.
    pub(crate) fn open<'a>(self, pass_over: impl Fn(&Origin) + Send + 'a) -> Mailboxes<'a> {
        let Self { found, folders, .. } = self;
        Mailboxes { inputs: found.into_iter(), folders, archive: None, pass_over: Box::new(pass_over) }
    }
}

impl Found {
    /// Whether its mailboxes have folders of their own even if there is one only.
    fn is_several(&self) -> bool {
        matches!(&self.input, Ok(Input { way: Way::Archive(packed), .. }) if !packed.is_one_file)
    }
}

/// Looks for the mailboxes that the inputs stand for.
struct Search<'a> {
    args: &'a Args,
    output: Option<&'a Path>,
    found: Vec<Found>,
    passed_over: Vec<PathBuf>,
    /// How much more memory opened archives may take until their turn comes.
    memory: usize,
}

/// How much memory opened archives may take until their turn comes.
const KEPT: usize = 64 << 20;

impl Search<'_> {
    fn add(&mut self, path: &Path) {
        if is_standard_input(path) {
            return self.add_input("stdin".to_owned(), Ok(Input { way: Way::StandardInput, size: None }));
        }
        let name = mailbox_name(path.parent().unwrap_or(path), path);
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path),
            Ok(metadata) if metadata.is_file() => match FileKind::of_file(path) {
                Ok(kind) if kind.is_archive() => self.add_archive(path),
                kind => {
                    let input = kind.and_then(|kind| self.recognise(path, kind));
                    self.add_input(name, input.map(|()| self.file(path.to_owned(), Some(metadata.len()))));
                }
            },
            Ok(_) => self.add_input(name, Ok(self.file(path.to_owned(), None))),
            Err(source) => self.add_input(name, Err(Error::Open { origin: Origin::file(path), source })),
        }
    }

    /// Tells what is no mailbox before anything is made for it.
    fn recognise(&self, path: &Path, kind: FileKind) -> Result<()> {
        match kind {
            FileKind::Mbox | FileKind::FromLine | FileKind::Empty => Ok(()),
            _ if self.args.split == SplitRule::Any => Ok(()),
            kind => Err(Error::NotAnMbox { origin: Origin::file(path), kind }),
        }
    }

    /// An archive named on the command line: its mailboxes are called by their paths in it.
    fn add_archive(&mut self, path: &Path) {
        let name = archive_name(path.parent().unwrap_or(path), path);
        match self.archive(path, FoundBy::Name) {
            Ok((packed, _)) if packed.is_empty => {
                self.add_input(name, Err(Error::NoMailbox { origin: Origin::file(path) }));
            }
            Ok((packed, size)) => {
                let name = if packed.is_one_file { name } else { String::new() };
                self.add_input(name, Ok(Input { way: Way::Archive(packed), size }));
            }
            Err(error) => self.add_input(name, Err(error)),
        }
    }

    fn add_folder(&mut self, root: &Path) {
        let Discovery { mailboxes, archives, passed_over, failed, .. } = discover(root, self.output);
        let before = self.found.len();
        for mailbox in mailboxes {
            let size = fs::metadata(&mailbox.path).ok().map(|metadata| metadata.len());
            let file = self.file(mailbox.path, size);
            self.add_input(mailbox.name, Ok(file));
        }
        for FoundArchive { path, name, .. } in archives {
            if self.output.is_some_and(|output| is_in_work(output, &path)) {
                continue;
            }
            match self.archive(&path, FoundBy::Search) {
                Ok((packed, _)) if packed.is_empty => self.passed_over.push(path),
                found => self.add_input(name, found.map(|(packed, size)| Input { way: Way::Archive(packed), size })),
            }
        }
        for error in failed {
            self.add_input(String::new(), Err(error));
        }
        self.passed_over.extend(passed_over);
        if self.found.len() == before {
            self.add_input(String::new(), Err(Error::NoMailbox { origin: Origin::file(root) }));
        }
    }

    /// Looks into an archive; also says how many bytes its mailboxes have, if that is known.
    fn archive(&mut self, path: &Path, found: FoundBy) -> Result<(Packed, Option<u64>)> {
        let limit = self.args.inflate_limit.map_or_else(InflateLimit::default, InflateLimit::Bytes);
        let archive = Archive::open(path, limit)?;
        let (is_one_file, is_empty) = (archive.kind() == Kind::Gzip, archive.mailboxes() == Some(0));
        let size = archive.size();
        let left = archive.memory().filter(|_| !is_empty).and_then(|memory| self.memory.checked_sub(memory));
        let opened = left.map(|left| {
            self.memory = left;
            archive
        });
        Ok((Packed { path: path.to_owned(), limit, opened, is_one_file, is_empty, found }, size))
    }

    /// How a file is read, and its size if known.
    fn file(&self, path: PathBuf, size: Option<u64>) -> Input {
        let way = if self.args.no_mmap || size.is_none() { Way::Read(path) } else { Way::Mapped(path) };
        Input { way, size }
    }

    fn add_input(&mut self, name: String, input: Result<Input>) {
        self.found.push(Found { name, input });
    }
}

/// The mailboxes of a run, each opened when it is asked for.
pub(crate) struct Mailboxes<'a> {
    inputs: vec::IntoIter<Found>,
    folders: Option<Folders>,
    archive: Option<OpenArchive>,
    pass_over: Box<dyn Fn(&Origin) + Send + 'a>,
}

/// An archive being read.
struct OpenArchive {
    members: Members,
    origin: Origin,
    /// What the names of its mailboxes begin with.
    name: String,
    /// Whether it must still be told that there is no mailbox in it.
    in_vain: bool,
}

impl Mailboxes<'_> {
    fn folder(&mut self, name: &str) -> Place {
        match &mut self.folders {
            Some(folders) => folders.claim(name),
            None => Place::root(name),
        }
    }

    /// The next mailbox of the archive in work.
    fn next_member(&mut self) -> Option<Result<Mailbox<'static>>> {
        let archive = self.archive.as_mut()?;
        let member = iter::from_fn(|| archive.members.next()).find(|member| match member {
            Ok(Member::PassedOver(origin)) => {
                (self.pass_over)(origin);
                false
            }
            _ => true,
        });
        let in_vain = std::mem::take(&mut archive.in_vain);
        match member {
            Some(Ok(Member::Mailbox { name, source })) => {
                let parts = [archive.name.as_str(), &name];
                let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
                Some(Ok(Mailbox { source, folder: self.folder(&name) }))
            }
            Some(Err(error)) => Some(Err(error)),
            _ => {
                let origin = archive.origin.clone();
                self.archive = None;
                in_vain.then_some(Err(Error::NoMailbox { origin }))
            }
        }
    }

    /// The mailbox that an input is; none if the input is an archive, which is the one in work from now on.
    fn open(&mut self, Found { name, input }: Found) -> Option<Result<Mailbox<'static>>> {
        let source = match input.map(|input| input.way) {
            Ok(Way::Archive(packed)) if !packed.is_one_file => {
                let (origin, in_vain) = (Origin::file(&packed.path), packed.found == FoundBy::Name);
                match packed.open() {
                    Ok(archive) => {
                        self.archive = Some(OpenArchive { members: archive.members(), origin, name, in_vain });
                        return None;
                    }
                    Err(error) => Err(error),
                }
            }
            Ok(way) => way.open(),
            Err(error) => Err(error),
        };
        Some(match source {
            // A folder that could not be searched has no mailbox, and takes nobody's name.
            Err(error) if name.is_empty() => Err(error),
            source => {
                let folder = self.folder(&name);
                source.map(|source| Mailbox { source, folder })
            }
        })
    }
}

impl Way {
    fn open(self) -> Result<Box<dyn Source>> {
        match self {
            Self::StandardInput => Ok(Box::new(Stream::new(Origin::standard_input(), io::stdin()))),
            Self::Read(path) => Ok(Box::new(Stream::open(path)?)),
            Self::Mapped(path) => open_mapped(&path),
            Self::Archive(packed) => {
                let origin = Origin::file(&packed.path);
                match packed.open()?.members().next() {
                    Some(Ok(Member::Mailbox { source, .. })) => Ok(source),
                    Some(Err(error)) => Err(error),
                    _ => Err(Error::NoMailbox { origin }),
                }
            }
        }
    }
}

impl Iterator for Mailboxes<'_> {
    type Item = Result<Mailbox<'static>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(mailbox) = self.next_member() {
                return Some(mailbox);
            }
            let found = self.inputs.next()?;
            if let Some(mailbox) = self.open(found) {
                return Some(mailbox);
            }
        }
    }
}

/// Maps a file; one that cannot be mapped is read.
fn open_mapped(path: &Path) -> Result<Box<dyn Source>> {
    signals::guard_mapping(path);
    // SAFETY: this program does not write to its inputs. That nobody else does meanwhile is the user's word, for which
    // SECURITY.md asks, and `--no-mmap` is for whoever cannot give it. Broken by accident, it is told: a cut by the
    // guard, by a look at zeros or by the next window, and a changed byte by the file's time at the mailbox's end.
    #[allow(unsafe_code)]
    let mapped = unsafe { MappedFile::open(path) };
    match mapped {
        Ok(mapped) => Ok(Box::new(mapped)),
        Err(_) => Ok(Box::new(Stream::open(path)?)),
    }
}

/// Whether a file is a volume that a run in work, or one that was killed, writes to this output.
pub(crate) fn is_in_work(output: &Path, path: &Path) -> bool {
    let resolved = |path: &Path| {
        let path = std::path::absolute(path).ok()?;
        Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?))
    };
    let both = resolved(output).zip(resolved(path));
    both.is_some_and(|(output, path)| Volumes::is_in_work(&output, &path))
}

/// Whether the standard input is meant.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

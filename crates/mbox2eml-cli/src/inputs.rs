//! What the inputs stand for: mailboxes, found beforehand where that is possible, opened when their turn comes.

use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::vec;

use mbox2eml::name::{Charset, Folder, Folders};
use mbox2eml::source::{
    Discovery, FoundArchive, Looks, MappedFile, Origin, Source, Stream, archive_name, discover, mailbox_name,
};
use mbox2eml::{Error, Mailbox, Result};
use mbox2eml_archive::members::{Archive, InflateLimit, Kind, Member, Members};
use mbox2eml_archive::volumes::Volumes;

use crate::args::{Args, SplitArg};
use crate::sigbus;

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
    from: From,
    /// In bytes, if known.
    size: Option<u64>,
}

enum From {
    StandardInput,
    Mapped(PathBuf),
    Read(PathBuf),
    Archive { archive: Archive, origin: Origin, found: FoundBy },
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
        let mut search = Search { args, output, found: Vec::new(), passed_over: Vec::new() };
        paths.iter().for_each(|path| search.add(path));
        let Search { found, passed_over, .. } = search;
        let is_several = |found: &Found| matches!(&found.input, Ok(input) if input.is_several());
        let several = paths.len() > 1 || paths.iter().any(|path| path.is_dir()) || found.iter().any(is_several);
        let folders = several.then(|| Folders::new(charset));
        Self { found, passed_over, folders }
    }

    /// Whether there may be more than one mailbox.
    pub(crate) fn several(&self) -> bool {
        self.found.len() > 1 || self.found.iter().any(|found| found.input.as_ref().is_ok_and(Input::is_several))
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

impl Input {
    /// Whether its mailboxes have folders of their own even if there is one only.
    fn is_several(&self) -> bool {
        matches!(&self.from, From::Archive { archive, .. } if archive.kind() != Kind::Gzip)
    }
}

/// Looks for the mailboxes that the inputs stand for.
struct Search<'a> {
    args: &'a Args,
    output: Option<&'a Path>,
    found: Vec<Found>,
    passed_over: Vec<PathBuf>,
}

impl Search<'_> {
    fn add(&mut self, path: &Path) {
        if is_standard_input(path) {
            return self.add_input("stdin".to_owned(), Ok(Input { from: From::StandardInput, size: None }));
        }
        let name = mailbox_name(path.parent().unwrap_or(path), path);
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path),
            Ok(metadata) if metadata.is_file() => match Looks::of_file(path) {
                Ok(Looks::Zip | Looks::Gzip | Looks::Tar) => self.add_archive(path),
                looks => {
                    let input = looks.and_then(|looks| self.recognise(path, looks));
                    self.add_input(name, input.map(|()| self.file(path.to_owned(), Some(metadata.len()))));
                }
            },
            Ok(_) => self.add_input(name, Ok(self.file(path.to_owned(), None))),
            Err(source) => self.add_input(name, Err(Error::Open { origin: Origin::file(path), source })),
        }
    }

    /// Tells what is no mailbox before anything is made for it.
    fn recognise(&self, path: &Path, looks: Looks) -> Result<()> {
        match looks {
            Looks::Mbox | Looks::FromLine | Looks::Empty => Ok(()),
            _ if matches!(self.args.split, SplitArg::Any) => Ok(()),
            looks => Err(Error::NotAnMbox { origin: Origin::file(path), looks }),
        }
    }

    /// An archive named on the command line: its mailboxes are called by their paths in it.
    fn add_archive(&mut self, path: &Path) {
        let input = self.archive(path, FoundBy::Name);
        let is_one_file = matches!(&input, Ok(input) if !input.is_several());
        let name = if is_one_file { archive_name(path.parent().unwrap_or(path), path) } else { String::new() };
        let no_mailbox =
            |input: &Input| matches!(&input.from, From::Archive { archive, .. } if archive.mailboxes() == Some(0));
        let input = match input {
            Ok(input) if no_mailbox(&input) => Err(Error::NoMailbox { origin: Origin::file(path) }),
            input => input,
        };
        self.add_input(name, input);
    }

    fn add_folder(&mut self, root: &Path) {
        let Discovery { mailboxes, archives, passed_over, failed, .. } = discover(root, self.output);
        if mailboxes.is_empty() && archives.is_empty() && failed.is_empty() {
            self.add_input(String::new(), Err(Error::NoMailbox { origin: Origin::file(root) }));
        }
        for mailbox in mailboxes {
            let size = fs::metadata(&mailbox.path).ok().map(|metadata| metadata.len());
            let file = self.file(mailbox.path, size);
            self.add_input(mailbox.name, Ok(file));
        }
        for FoundArchive { path, name, .. } in archives {
            if self.is_output(&path) {
                continue;
            }
            match self.archive(&path, FoundBy::Search) {
                Ok(Input { from: From::Archive { archive, .. }, .. }) if archive.mailboxes() == Some(0) => {
                    self.passed_over.push(path);
                }
                input => self.add_input(name, input),
            }
        }
        for error in failed {
            self.add_input(String::new(), Err(error));
        }
        self.passed_over.extend(passed_over);
    }

    /// Whether an archive is one that this run makes, or that an earlier one like it has made.
    fn is_output(&self, archive: &Path) -> bool {
        let resolved = |path: &Path| Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
        let output = self.output.and_then(|output| resolved(&absolute(output)));
        let both = output.zip(resolved(archive));
        both.is_some_and(|(output, archive)| Volumes::are_called(&output, &archive))
    }

    fn archive(&self, path: &Path, found: FoundBy) -> Result<Input> {
        let limit = self.args.inflate_limit.map_or_else(InflateLimit::default, InflateLimit::Bytes);
        let archive = Archive::open(path, limit)?;
        let size = archive.size();
        Ok(Input { from: From::Archive { archive, origin: Origin::file(path), found }, size })
    }

    /// How a file is read, and its size if known.
    fn file(&self, path: PathBuf, size: Option<u64>) -> Input {
        let from = if self.args.no_mmap || size.is_none() { From::Read(path) } else { From::Mapped(path) };
        Input { from, size }
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
    fn folder(&mut self, name: &str) -> Folder {
        match &mut self.folders {
            Some(folders) => folders.claim(name),
            None => Folder::root(name),
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
        let source = match input.map(|input| input.from) {
            Ok(From::Archive { archive, origin, found }) if archive.kind() != Kind::Gzip => {
                let (members, in_vain) = (archive.members(), found == FoundBy::Name);
                self.archive = Some(OpenArchive { members, origin, name, in_vain });
                return None;
            }
            Ok(from) => from.open(),
            Err(error) => Err(error),
        };
        let folder = self.folder(&name);
        Some(source.map(|source| Mailbox { source, folder }))
    }
}

impl From {
    fn open(self) -> Result<Box<dyn Source>> {
        match self {
            Self::StandardInput => Ok(Box::new(Stream::new(Origin::standard_input(), io::stdin()))),
            Self::Read(path) => Ok(Box::new(Stream::open(path)?)),
            Self::Mapped(path) => open_mapped(&path),
            Self::Archive { archive, origin, .. } => match archive.members().next() {
                Some(Ok(Member::Mailbox { source, .. })) => Ok(source),
                Some(Err(error)) => Err(error),
                _ => Err(Error::NoMailbox { origin }),
            },
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
    sigbus::guard(path);
    // SAFETY: this program does not write to its inputs. Should another one cut the file short, the guard ends the
    // process with an error before a wrong byte is written; should it write into the file, the change is reported at
    // the mailbox's end, and no decision in memory depends on bytes staying the same between two reads.
    #[allow(unsafe_code)]
    let mapped = unsafe { MappedFile::open(path) };
    match mapped {
        Ok(mapped) => Ok(Box::new(mapped)),
        Err(_) => Ok(Box::new(Stream::open(path)?)),
    }
}

/// The path from the root on, so that it has a parent.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether the standard input is meant.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

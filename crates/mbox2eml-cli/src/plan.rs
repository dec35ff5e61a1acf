//! From what was typed to what the library does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mbox2eml::name::{Charset, Folder, Folders, Namer, Template, TemplateError};
use mbox2eml::select::Deleted;
use mbox2eml::sink::Durability;
use mbox2eml::source::{Discovery, Looks, MappedFile, Origin, Source, Stream, discover, mailbox_name};
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};
use mbox2eml::{Converter, Error, Mailbox, Result};

use crate::args::{Args, DeletedArg, EolArg, SplitArg, UnquoteArg};
use crate::{sigbus, terminal};

/// Why a command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Usage {
    #[error("an input and an output are needed: mbox2eml INPUT... OUTPUT")]
    TooFewPaths,
    #[error("--name: {0}")]
    Template(#[from] TemplateError),
    #[error("{}: ZIP output is not available in this version; give a folder", terminal::escape(.0.display()))]
    ZipOutput(PathBuf),
    #[error("standard input can be given only once")]
    StandardInputTwice,
    #[error(
        "{}: the last argument is the OUTPUT folder, and this is a file: mbox2eml INPUT... OUTPUT",
        terminal::escape(.0.display())
    )]
    OutputIsFile(PathBuf),
    #[error("{}: this is both INPUT and OUTPUT; give the EML files a folder of their own", terminal::escape(.0.display()))]
    OutputIsInput(PathBuf),
    #[error("'{0}' is not available in this version; a mailbox of that name is ./{0}")]
    Verb(&'static str),
}

/// Everything that is known before the first mailbox is opened.
pub(crate) struct Plan {
    pub(crate) converter: Converter,
    /// The inputs, in order; those that cannot be read are told in their turn.
    pub(crate) inputs: Vec<Result<Input>>,
    /// Files in searched folders that are no mailboxes.
    pub(crate) passed_over: Vec<PathBuf>,
    pub(crate) output: PathBuf,
    pub(crate) durability: Durability,
}

/// A mailbox that will be opened when its turn comes.
pub(crate) struct Input {
    from: From,
    folder: Folder,
    /// In bytes, if known.
    size: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum From {
    StandardInput,
    Mapped(PathBuf),
    Read(PathBuf),
}

impl Plan {
    pub(crate) fn new(args: &Args) -> std::result::Result<Self, Usage> {
        let (output, inputs) = match args.paths.split_last() {
            Some((output, inputs)) if !inputs.is_empty() => (output.clone(), inputs),
            _ => return Err(Usage::TooFewPaths),
        };
        check(inputs, &output)?;
        let charset = if args.ascii { Charset::Ascii } else { Charset::Unicode };
        let converter = converter(args, charset)?;
        let mut search = Search { args, output: &output, found: Vec::new(), passed_over: Vec::new() };
        inputs.iter().for_each(|path| search.add(path));
        let Search { mut found, passed_over, .. } = search;
        if inputs.len() > 1 || inputs.iter().any(|path| path.is_dir()) {
            give_folders(&mut found, charset);
        }
        let inputs = found.into_iter().map(|found| found.input).collect();
        let durability = if args.fsync { Durability::Synced } else { Durability::Cached };
        Ok(Self { converter, inputs, passed_over, output, durability })
    }

    /// The size of all inputs in bytes, if every one is known.
    pub(crate) fn size(&self) -> Option<u64> {
        self.inputs.iter().flatten().map(|input| input.size).sum()
    }
}

impl Input {
    /// Opens the mailbox.
    pub(crate) fn open(self) -> Result<Mailbox<'static>> {
        let source: Box<dyn Source> = match self.from {
            From::StandardInput => Box::new(Stream::new(Origin::standard_input(), io::stdin())),
            From::Read(path) => Box::new(Stream::open(path)?),
            From::Mapped(path) => open_mapped(&path)?,
        };
        Ok(Mailbox { source, folder: self.folder })
    }
}

/// Refuses paths that cannot be meant.
fn check(inputs: &[PathBuf], output: &Path) -> std::result::Result<(), Usage> {
    for verb in ["inspect", "verify"] {
        if inputs.first().is_some_and(|path| path.as_os_str() == verb) {
            return Err(Usage::Verb(verb));
        }
    }
    if inputs.iter().filter(|path| is_standard_input(path)).count() > 1 {
        return Err(Usage::StandardInputTwice);
    }
    if output.is_file() {
        return Err(Usage::OutputIsFile(output.to_owned()));
    }
    let same =
        |path: &PathBuf| path.canonicalize().is_ok_and(|path| output.canonicalize().is_ok_and(|out| out == path));
    if inputs.iter().any(same) {
        return Err(Usage::OutputIsInput(output.to_owned()));
    }
    if output.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip")) && !output.is_dir() {
        return Err(Usage::ZipOutput(output.to_owned()));
    }
    Ok(())
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

fn converter(args: &Args, charset: Charset) -> std::result::Result<Converter, Usage> {
    let template: Template = args.name.parse()?;
    let builder = Converter::builder()
        .names(Namer::new(template, charset))
        .limit(args.limit)
        .eol(match args.eol {
            EolArg::Crlf => Eol::Crlf,
            EolArg::Lf => Eol::Lf,
            EolArg::Keep => Eol::Keep,
        })
        .unquote(match args.unquote {
            UnquoteArg::Auto => Unquote::Auto,
            UnquoteArg::Mboxrd => Unquote::Mboxrd,
            UnquoteArg::Mboxo => Unquote::Mboxo,
            UnquoteArg::None => Unquote::None,
        })
        .split(match args.split {
            SplitArg::Auto => SplitRule::Auto,
            SplitArg::Strict => SplitRule::Strict,
            SplitArg::Any => SplitRule::Any,
        })
        .deleted(match args.deleted {
            DeletedArg::Skip => Deleted::Skip,
            DeletedArg::Keep => Deleted::Keep,
        });
    Ok(match args.threads {
        Some(threads) => builder.threads(threads).build(),
        None => builder.build(),
    })
}

/// Looks for the mailboxes that the inputs stand for.
struct Search<'a> {
    args: &'a Args,
    output: &'a Path,
    found: Vec<Found>,
    passed_over: Vec<PathBuf>,
}

/// An input, or why it cannot be one.
struct Found {
    /// What the mailbox is called; that of an input that fails, too, so that the others' folders do not depend on it.
    name: String,
    input: Result<Input>,
}

impl Search<'_> {
    fn add(&mut self, path: &Path) {
        if is_standard_input(path) {
            return self.add_input("stdin".to_owned(), Ok((From::StandardInput, None)));
        }
        let name = mailbox_name(path.parent().unwrap_or(path), path);
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path),
            Ok(metadata) if metadata.is_file() => {
                let input = self.recognise(path).map(|()| self.file(path.to_owned(), Some(metadata.len())));
                self.add_input(name, input);
            }
            Ok(_) => self.add_input(name, Ok(self.file(path.to_owned(), None))),
            Err(source) => self.add_input(name, Err(Error::Open { origin: Origin::file(path), source })),
        }
    }

    /// Tells what is no mailbox before anything is made for it.
    fn recognise(&self, path: &Path) -> Result<()> {
        match Looks::of_file(path)? {
            Looks::Mbox | Looks::FromLine | Looks::Empty => Ok(()),
            _ if matches!(self.args.split, SplitArg::Any) => Ok(()),
            looks => Err(Error::NotAnMbox { origin: Origin::file(path), looks }),
        }
    }

    fn add_folder(&mut self, root: &Path) {
        let Discovery { mailboxes, passed_over, failed, .. } = discover(root, Some(self.output));
        if mailboxes.is_empty() && failed.is_empty() {
            self.add_input(String::new(), Err(Error::NoMailbox { origin: Origin::file(root) }));
        }
        for mailbox in mailboxes {
            let size = fs::metadata(&mailbox.path).ok().map(|metadata| metadata.len());
            let file = self.file(mailbox.path, size);
            self.add_input(mailbox.name, Ok(file));
        }
        for error in failed {
            self.add_input(String::new(), Err(error));
        }
        self.passed_over.extend(passed_over);
    }

    /// How a file is read, and its size if known.
    fn file(&self, path: PathBuf, size: Option<u64>) -> (From, Option<u64>) {
        let from = if self.args.no_mmap || size.is_none() { From::Read(path) } else { From::Mapped(path) };
        (from, size)
    }

    fn add_input(&mut self, name: String, input: Result<(From, Option<u64>)>) {
        let folder = Folder::root(name.clone());
        let input = input.map(|(from, size)| Input { from, folder, size });
        self.found.push(Found { name, input });
    }
}

fn give_folders(found: &mut [Found], charset: Charset) {
    let mut folders = Folders::new(charset);
    for Found { name, input } in found {
        let folder = folders.claim(name);
        if let Ok(input) = input {
            input.folder = folder;
        }
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

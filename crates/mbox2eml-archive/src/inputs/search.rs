//! Finds the inputs that the given paths mean.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mbox2eml::name::{MailboxPath, Namer, Places};
use mbox2eml::source::{FileKind, Origin, Source, Stream};
use mbox2eml::split::SplitRule;
use mbox2eml::{Error, Result};

use super::discover::{Discovery, discover};
use super::exports::{export, missing_parts, second_copies};
use super::pieces::{is_piece, pieces_around};
use super::repeated::{drop_repeated, without_repeated};
use super::shared::shared_names;
use super::split_archives::SplitArchives;
use super::{Found, Input, Inputs, Kind, MailFound, Packed, Skipped, SkippedWhy};
use crate::file_names::{has_archive_name, has_extension};
use crate::members::zip::{Record, each_record};
use crate::members::{self, Archive, InflateLimit};
use crate::vault::{Exports, Given, Sidecar};
use crate::volumes::Volumes;

/// How a plain file is opened.
pub(super) type OpenFile = Box<dyn Fn(&Path) -> Result<Box<dyn Source>> + Send>;

/// Where a copy of an archive is, if it is read from one.
pub(super) type CopyArchive = Box<dyn Fn(&Path) -> Result<Option<PathBuf>> + Send>;

/// How a pipe is opened, or the standard input.
pub(super) type OpenStream = Box<dyn Fn(Option<&Path>) -> Result<Box<dyn Source>> + Send>;

/// Sets up a search for [`Inputs`].
///
/// ```
/// use mbox2eml::name::{Charset, Namer, Template};
/// use mbox2eml_archive::inputs::{InflateLimit, Inputs};
/// # let folder = tempfile::tempdir()?;
/// # let mail = folder.path();
///
/// let inputs = Inputs::builder()
///     .names(Namer::new(Template::default(), Charset::Ascii))
///     .inflate_limit(InflateLimit::Bytes(10 << 30))
///     .output(mail.join("out"))
///     .find(&[mail]);
/// # drop(inputs);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct InputsBuilder {
    pub(super) limit: InflateLimit,
    split: SplitRule,
    pub(super) namer: Namer,
    pub(super) output: Option<PathBuf>,
    pub(super) open_file: OpenFile,
    pub(super) copy_archive: CopyArchive,
    pub(super) open_stream: OpenStream,
    pub(super) opening: Box<dyn Fn(&Path) + Send>,
}

impl fmt::Debug for InputsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputsBuilder")
            .field("limit", &self.limit)
            .field("output", &self.output)
            .finish_non_exhaustive()
    }
}

impl Default for InputsBuilder {
    fn default() -> Self {
        Self {
            limit: InflateLimit::default(),
            split: SplitRule::default(),
            namer: Namer::default(),
            output: None,
            open_file: Box::new(|path| Ok(Box::new(Stream::open(path)?))),
            copy_archive: Box::new(|_| Ok(None)),
            open_stream: Box::new(|path| match path {
                Some(path) => Ok(Box::new(Stream::open(path)?)),
                None => Ok(Box::new(Stream::new(Origin::standard_input(), io::stdin()))),
            }),
            opening: Box::new(|_| ()),
        }
    }
}

impl InputsBuilder {
    /// Sets how much may be unpacked. Default: [`InflateLimit::Automatic`].
    #[must_use]
    pub fn inflate_limit(mut self, limit: InflateLimit) -> Self {
        self.limit = limit;
        self
    }

    /// Sets what begins a message: with [`SplitRule::Any`], a file that was named may begin with anything. Default:
    /// [`SplitRule::Auto`].
    #[must_use]
    pub fn split(mut self, rule: SplitRule) -> Self {
        self.split = rule;
        self
    }

    /// Sets how messages are named, which says what the folders of mailboxes are made of and how long they may be.
    /// Default: [`Namer::default`].
    #[must_use]
    pub fn names(mut self, namer: Namer) -> Self {
        self.namer = namer;
        self
    }

    /// Sets the output, a folder or a ZIP, which is no input where it lies in a folder that is searched. Default: none.
    #[must_use]
    pub fn output(mut self, output: impl Into<PathBuf>) -> Self {
        self.output = Some(output.into());
        self
    }

    /// Sets how a plain file is opened, so that an application can map it. Default: [`Stream::open`].
    #[must_use]
    pub fn open_files(mut self, open: impl Fn(&Path) -> Result<Box<dyn Source>> + Send + 'static) -> Self {
        self.open_file = Box::new(open);
        self
    }

    /// Sets what makes a local copy of an archive that is elsewhere, and returns its path; `None` for an archive that needs
    /// no copy. The copy is needed until the next one is made. Default: no copies are made.
    #[must_use]
    pub fn copy_archives(mut self, copy: impl Fn(&Path) -> Result<Option<PathBuf>> + Send + 'static) -> Self {
        self.copy_archive = Box::new(copy);
        self
    }

    /// Whether a path that was named is that of a file of a Vault export that is no mailbox.
    fn is_sidecar(&self, path: &Path) -> bool {
        let is_mail = |kind: FileKind| matches!(kind, FileKind::Mbox | FileKind::FromLine) || kind.is_archive();
        Sidecar::is_one(path)
            && self.split != SplitRule::Any
            && path.is_file()
            && !FileKind::of_file(path).is_ok_and(is_mail)
    }

    /// Sets how a pipe is opened, or without a path the standard input. Default: as a [`Stream`].
    #[must_use]
    pub fn open_streams(mut self, open: impl Fn(Option<&Path>) -> Result<Box<dyn Source>> + Send + 'static) -> Self {
        self.open_stream = Box::new(open);
        self
    }

    /// Sets what is called with the path of every mailbox file and archive, and every file of a Vault export beside them,
    /// before it is opened to be read, perhaps more than once. Default: nothing.
    #[must_use]
    pub fn before_opening(mut self, opening: impl Fn(&Path) + Send + 'static) -> Self {
        self.opening = Box::new(opening);
        self
    }

    /// Examines the paths, and searches folders; `-` is the standard input. No mailbox is opened yet.
    pub fn find(self, paths: &[impl AsRef<Path>]) -> Inputs {
        let (mut paths, skipped) = without_repeated(paths.iter().map(AsRef::as_ref));
        // They are no mailboxes, and so no reason for others to have folders of their own.
        let sidecars: Vec<&Path> = paths.extract_if(.., |path| self.is_sidecar(path)).collect();
        sidecars.iter().for_each(|path| (self.opening)(path));
        let sidecars = sidecars.into_iter().map(|path| Sidecar::file(path, Given::Named)).collect();
        let mut search = Search {
            builder: self,
            found: Vec::new(),
            split_archives: SplitArchives::default(),
            pieces: BTreeMap::new(),
            sidecars,
            skipped,
            memory: KEPT,
        };
        let ways = paths.iter().map(|path| {
            (!is_standard_input(path)).then(|| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
        });
        let ways = MailboxPath::of_inputs(&ways.collect::<Vec<_>>());
        paths.iter().zip(ways).for_each(|(path, way)| search.add(path, way));
        drop_repeated(&mut search.found, &mut search.skipped, &paths);
        search.join_pieces();
        search.drop_copies();
        search.refuse_sidecars_alone();
        let Search { builder, mut found, sidecars, skipped, .. } = search;
        let mut exports = Exports::default();
        // The search begins at the paths that were named.
        let is_named = sidecars.iter().any(|sidecar: &Sidecar| sidecar.given == Given::Named);
        let files = paths.iter().filter(|path| !is_named && !is_standard_input(path) && path.is_file());
        let folders: BTreeMap<_, _> = files.map(|path| (path.parent(), path)).collect();
        let beside = folders.into_values().flat_map(|path| Sidecar::beside(path));
        let beside = beside.inspect(|sidecar| (builder.opening)(sidecar.origin.path().unwrap_or(&sidecar.path)));
        sidecars.into_iter().chain(beside).for_each(|sidecar| exports.add(sidecar));
        in_order(&mut found);
        let several = found.len() > 1 || found.iter().any(|input| input.kind.as_ref().is_ok_and(Kind::is_several));
        // What cannot be read counts, too, so that the others' places do not change when it is repaired.
        let ways = Ways::of(found.iter().map(|Input { way, kind, .. }| (way, kind.as_ref().ok())));
        let mut places = ways.places(&builder.namer);
        let output = builder.output.as_deref();
        let shared = output.map(|output| shared_names(output, &mut places, &ways.mailboxes, &ways.archives));
        let missing = missing_parts(found.iter().filter(|input| input.is_archive()).map(|input| &*input.path));
        let mut mail = MailFound::default();
        for input in found.iter().filter(|input| matches!(input.kind, Ok(Kind::File { .. }))) {
            mail.add_plain(&input.path);
        }
        let mut inputs = Inputs::of(builder, found, several, places, exports, mail);
        let skipped = skipped.into_iter().map(Found::Skipped);
        let missing = missing.into_iter().map(Found::MissingParts);
        inputs.ready = skipped.chain(missing).chain(shared.into_iter().flatten().map(Found::SharedName)).collect();
        inputs
    }
}

/// The paths of all inputs, of which places are made.
pub(super) struct Ways {
    mailboxes: Vec<MailboxPath>,
    archives: Vec<MailboxPath>,
}

impl Ways {
    /// Those of these inputs; of one without a kind it is not known what it is.
    pub(super) fn of<'a>(inputs: impl Iterator<Item = (&'a MailboxPath, Option<&'a Kind>)>) -> Self {
        let (mut ways, mut members) = (Self { mailboxes: Vec::new(), archives: Vec::new() }, Vec::new());
        for (way, kind) in inputs {
            match kind.filter(|kind| kind.is_several()) {
                Some(archive) => {
                    ways.archives.push(way.clone());
                    members.extend(archive.mailboxes(way));
                }
                None => ways.mailboxes.push(way.clone()),
            }
        }
        ways.mailboxes.extend(members);
        ways
    }

    pub(super) fn places(&self, namer: &Namer) -> Places {
        Places::new(namer, &self.mailboxes, &self.archives)
    }
}

struct Search {
    builder: InputsBuilder,
    found: Vec<Input>,
    split_archives: SplitArchives,
    /// Files that begin in the middle of a mailbox.
    pieces: BTreeMap<PathBuf, MailboxPath>,
    /// Files that may belong to a Vault export.
    sidecars: Vec<Sidecar>,
    skipped: Vec<Skipped>,
    /// How much more memory opened archives may take until their turn comes.
    memory: usize,
}

/// How much memory opened archives may take until their turn comes.
const KEPT: usize = 64 << 20;

impl Search {
    fn add(&mut self, path: &Path, way: MailboxPath) {
        if is_standard_input(path) {
            return self.push(path.to_owned(), way, Ok(Kind::StandardInput));
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path, &way),
            Ok(metadata) if metadata.is_file() => match FileKind::of_file(path) {
                Ok(kind) => match self.split_archives.pieces(path, kind) {
                    Some(pieces) => {
                        let error = Error::ArchivePiece { origin: Origin::file(path), pieces };
                        self.push(path.to_owned(), way, Err(error));
                    }
                    None if kind.is_archive() => self.add_archive(path, way, None),
                    None => self.add_file(path, way, kind, metadata.len()),
                },
                Err(error) => self.push(path.to_owned(), way, Err(error)),
            },
            Ok(_) => self.push(path.to_owned(), way, Ok(Kind::Stream)),
            Err(source) => {
                let error = Error::Open { origin: Origin::file(path), source };
                self.push(path.to_owned(), way, Err(error));
            }
        }
    }

    /// A file that was named, and must be a mailbox.
    fn add_file(&mut self, path: &Path, way: MailboxPath, kind: FileKind, size: u64) {
        let origin = || Origin::file(path);
        let input = match kind {
            FileKind::Mbox | FileKind::FromLine | FileKind::Empty => Ok(Kind::File { size }),
            _ if self.builder.split == SplitRule::Any => Ok(Kind::File { size }),
            _ if is_piece(path, kind) => {
                self.pieces.insert(path.to_owned(), way);
                return;
            }
            kind if has_archive_name(path) => Err(Error::NotAnArchive { origin: origin(), kind }),
            kind => Err(Error::NotAnMbox { origin: origin(), kind }),
        };
        self.push(path.to_owned(), way, input);
    }

    fn add_folder(&mut self, root: &Path, way: &MailboxPath) {
        let way_to = |path: &Path| way.join(path.strip_prefix(root).unwrap_or(Path::new("")));
        let Discovery { mailboxes, mut archives, pieces, sidecars, skipped, failed } =
            discover(root, self.builder.output.as_deref());
        if let Some(output) = self.builder.output.as_deref() {
            archives.retain(|path| !is_unfinished(output, path) && !is_own_volume(output, path));
        }
        let is_empty = mailboxes.is_empty() && archives.is_empty() && pieces.is_empty() && failed.is_empty();
        for path in mailboxes {
            let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
            let way = way_to(&path);
            self.push(path, way, Ok(Kind::File { size }));
        }
        for path in archives {
            let way = way_to(&path);
            self.add_archive(&path, way, Some(root));
        }
        self.pieces.extend(pieces.into_iter().map(|piece| {
            let way = way_to(&piece);
            (piece, way)
        }));
        sidecars.iter().for_each(|path| (self.builder.opening)(path));
        self.sidecars.extend(sidecars.iter().map(|path| Sidecar::file(path, Given::Found)));
        self.skipped.extend(skipped);
        for error in failed {
            let path = error.origin().and_then(Origin::path).unwrap_or(root).to_owned();
            let way = way_to(&path);
            self.push(path, way, Err(error));
        }
        if is_empty {
            let error = Error::NoMailbox { origin: Origin::file(root) };
            self.push(root.to_owned(), way.clone(), Err(error));
        }
    }

    /// Searches an archive, which was found in the folder `root` or named.
    fn add_archive(&mut self, path: &Path, way: MailboxPath, root: Option<&Path>) {
        (self.builder.opening)(path);
        let archive = match Archive::open(path, self.builder.limit) {
            Ok(archive) => archive,
            Err(error) => return self.push(path.to_owned(), way, Err(error)),
        };
        let is_one_file = archive.kind() == members::Kind::Compressed;
        let packed = Packed {
            is_one_file,
            is_sequential: !is_one_file && archive.memory().is_none(),
            members: archive.mailbox_paths().to_vec(),
            size: archive.size(),
            root: root.map(Path::to_owned),
        };
        let left = archive.memory().and_then(|memory| self.memory.checked_sub(memory));
        self.memory = left.unwrap_or(self.memory);
        let opened = left.map(|_| archive);
        self.found.push(Input { path: path.to_owned(), way, kind: Ok(Kind::Archive(packed)), opened });
    }

    fn push(&mut self, path: PathBuf, way: MailboxPath, kind: Result<Kind>) {
        self.found.push(Input { path, way, kind, opened: None });
    }

    /// Makes failures of the pieces of mailboxes, and of the first piece of each, which is a mailbox by its start.
    fn join_pieces(&mut self) {
        let whole: HashSet<PathBuf> =
            self.found.iter().filter(|input| input.kind.is_ok()).map(|input| input.path.clone()).collect();
        let (mut joined, mut failed) = (HashSet::new(), Vec::new());
        for (piece, way) in std::mem::take(&mut self.pieces) {
            if joined.contains(&piece) {
                continue;
            }
            let pieces = pieces_with(&piece, &whole);
            // Together they are one mailbox, with one place.
            let whole = pieces.first().and_then(|first| first.file_stem()).filter(|_| pieces.len() > 1);
            let way = whole.map_or(way.clone(), |whole| way.with_file_name(whole));
            for path in &pieces {
                if joined.insert(path.clone()) {
                    let error = Error::Piece { origin: Origin::file(path), pieces: pieces.clone() };
                    failed.push((path.clone(), way.clone(), error));
                }
            }
        }
        self.found.retain(|input| !joined.contains(&input.path));
        self.skipped.retain(|skipped| !skipped.origin.path().is_some_and(|path| joined.contains(path)));
        failed.into_iter().for_each(|(path, way, error)| self.push(path, way, Err(error)));
    }

    /// Makes failures of files that were named as part of an export and are all that was named.
    fn refuse_sidecars_alone(&mut self) {
        if self.found.is_empty() {
            let named: Vec<PathBuf> = std::mem::take(&mut self.sidecars).into_iter().map(|file| file.path).collect();
            let absolute: Vec<Option<PathBuf>> = named.iter().cloned().map(Some).collect();
            for (path, way) in named.into_iter().zip(MailboxPath::of_inputs(&absolute)) {
                let error = Error::NoMailbox { origin: Origin::file(&path) };
                self.push(path, way, Err(error));
            }
        }
    }

    /// Leaves out what is a second copy of another input.
    fn drop_copies(&mut self) {
        let is_file = |input: &&Input| matches!(input.kind, Ok(Kind::Archive(_) | Kind::File { .. }));
        let paths: Vec<PathBuf> = self.found.iter().filter(is_file).map(|input| input.path.clone()).collect();
        let copies = second_copies(&paths);
        self.found.retain(|input| !copies.contains_key(&input.path));
        for (copy, of) in copies {
            self.skipped.push(Skipped::new(Origin::file(copy), SkippedWhy::SameAs(Origin::file(of))));
        }
    }
}

/// The pieces around this one: back to the one that begins as a mailbox does, as those that are `whole` do, and on while
/// none does.
fn pieces_with(piece: &Path, whole: &HashSet<PathBuf>) -> Vec<PathBuf> {
    let around = pieces_around(piece);
    let at = around.iter().position(|path| path == piece).unwrap_or(0);
    let (before, after) = around.split_at(at);
    let first = before.iter().rposition(|path| whole.contains(path));
    // A mailbox that ends as one should is no piece, but the file before them by its name alone.
    let first = match first {
        Some(first) if ends_with_empty_line(&before[first]).unwrap_or(true) => first + 1,
        Some(first) => first,
        None => 0,
    };
    let pieces = before[first..].iter().chain(after.iter().take_while(|path| !whole.contains(*path)));
    pieces.cloned().collect()
}

/// Puts the parts of each export where its first one is, in the order of their names.
pub(super) fn in_order(found: &mut [Input]) {
    let mut exports: HashMap<PathBuf, usize> = HashMap::new();
    for (at, input) in found.iter().enumerate() {
        exports.entry(export(&input.path)).or_insert(at);
    }
    found.sort_by_cached_key(|input| (exports.get(&export(&input.path)).copied(), input.path.clone()));
}

fn ends_with_empty_line(path: &Path) -> io::Result<bool> {
    let mut end = Vec::new();
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-3)).and_then(|_| file.read_to_end(&mut end))?;
    Ok(end.ends_with(b"\n\n") || end.ends_with(b"\n\r\n"))
}

/// Whether the file at `path` is being written to this output, or was when its program was stopped.
pub fn is_unfinished(output: &Path, path: &Path) -> bool {
    let both = resolved(output).zip(resolved(path));
    both.is_some_and(|(output, path)| Volumes::is_unfinished(&output, &path))
}

/// Whether the file at `path` is a ZIP of EML files that an earlier run wrote to this output. The name is not enough: a
/// part of an export may have it.
fn is_own_volume(output: &Path, path: &Path) -> bool {
    let has_eml_files_only = || {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let is_eml = |record: Record| record.is_folder() || has_extension(Path::new(record.name.as_str()), &["eml"]);
        io::Result::Ok(each_record(&Arc::new(file), length, is_eml).is_some())
    };
    is_volume(output, path) && has_eml_files_only().unwrap_or(false)
}

/// Whether the file at `path` is this output, a ZIP, or has the name of one of its numbered volumes.
fn is_volume(output: &Path, path: &Path) -> bool {
    let Some((output, path)) = resolved(output).zip(resolved(path)) else { return false };
    let text = |part: Option<&OsStr>| part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
    let (stem, of) = (text(path.file_stem()), text(output.file_stem()));
    let number = stem.strip_prefix(&of).map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    path.parent() == output.parent()
        && path.extension() == output.extension()
        && number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn resolved(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?))
}

/// Whether the standard input is meant: `-`.
pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

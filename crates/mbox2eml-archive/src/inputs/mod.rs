//! What the user gave, opened: mailbox files, folders, archives, the parts of an export, the standard input.
//!
//! ```
//! use mbox2eml_archive::inputs::{Found, Inputs};
//! # let folder = tempfile::tempdir()?;
//! # let mail = folder.path().join("mail");
//! # std::fs::create_dir(&mail)?;
//!
//! std::fs::write(mail.join("Sent.mbox"), "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\nBody\n\n")?;
//! std::fs::write(mail.join("notes.txt"), "nothing")?;
//! std::fs::write(mail.join("broken.zip"), "")?;
//!
//! let (mut mailboxes, mut skipped, mut failed) = (0, 0, 0);
//! for found in Inputs::builder().find(&[mail]) {
//!     match found {
//!         Found::Mailbox(mailbox) => mailboxes += u32::from(mailbox.folder.as_str() == "Sent"),
//!         Found::Skipped(_) => skipped += 1,
//!         Found::Failed(_) => failed += 1,
//!         _ => {}
//!     }
//! }
//! assert_eq!((mailboxes, skipped, failed), (1, 1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod discover;
mod exports;
mod objects;
#[cfg(feature = "serde")]
mod path_text;
mod pieces;
mod repeated;
mod search;
mod shared;
mod skipped;
mod split_archives;
mod survey;

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, vec};

pub use exports::MissingParts;
use exports::export;
use mbox2eml::internals::to_u64;
use mbox2eml::name::{MailboxPath, Namer, Place, Places};
use mbox2eml::range::MessageRange;
use mbox2eml::source::{FileKind, Origin, Source};
use mbox2eml::{Error, Mailbox, Result};
pub use objects::Object;
pub use search::InputsBuilder;
pub use shared::SharedName;
// For the command, which refuses some inputs before it opens any.
#[doc(hidden)]
pub use search::{is_standard_input, is_unfinished};
pub use skipped::{Skipped, SkippedWhy};
#[doc(hidden)]
pub use split_archives::is_named_first_piece;
pub use survey::Survey;

use crate::file_names::has_archive_name;
pub use crate::members::InflateLimit;
use crate::members::{Archive, Member, Members};
use crate::vault::{Export, Exports, Given, Sidecar, absolute};

/// What an input turned out to be.
///
/// ```
/// use mbox2eml_archive::inputs::{Found, Inputs};
/// # let folder = tempfile::tempdir()?;
/// # let mail = folder.path();
///
/// std::fs::write(mail.join("notes.txt"), "nothing")?;
/// let found: Vec<Found> = Inputs::builder().find(&[mail]).collect();
/// assert!(matches!(found[..], [Found::Skipped(_), Found::Failed(_)]));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Found {
    /// A mailbox, open, with its folder in the output.
    Mailbox(Mailbox<'static>),
    /// What an export says of the mailboxes that follow, in files of its own.
    Export(Arc<Export>),
    /// Something that is no mailbox and was not expected to be one, or a second copy.
    Skipped(Skipped),
    /// Parts of an export that were not given.
    MissingParts(MissingParts),
    /// A folder of an earlier run, whose mailbox has another one now.
    SharedName(SharedName),
    /// Something that cannot be read, or holds no mailbox where there should be one.
    Failed(Failure),
}

/// An input that cannot be read.
///
/// ```
/// use mbox2eml_archive::inputs::{Found, Inputs};
/// # let folder = tempfile::tempdir()?;
/// # let mail = folder.path();
///
/// std::fs::write(mail.join("Sent.mbox"), "{}")?;
/// for found in Inputs::builder().find(&[mail]) {
///     let Found::Failed(failure) = found else { unreachable!() };
///     assert_eq!(failure.place, "Sent");
///     assert!(failure.error.to_string().ends_with("Sent.mbox: not an mbox: it looks like JSON"));
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// What is wrong with it.
    pub error: Error,
    /// The folder in the output where its mail would go, as far as that is known.
    pub place: String,
}

/// An input that was examined but not yet read.
#[derive(Debug)]
struct Input {
    path: PathBuf,
    /// Its path among the inputs, of which its place is made.
    way: MailboxPath,
    kind: Result<Kind>,
    /// An archive as it was opened to search it, if it can be kept open; else it is opened again when its turn comes, for
    /// there may be thousands.
    opened: Option<Archive>,
}

/// How an input is read.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Kind {
    StandardInput,
    File {
        /// In bytes.
        size: u64,
    },
    /// A pipe, of which nothing is known beforehand.
    Stream,
    Archive(Packed),
}

/// An archive.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Packed {
    /// Whether it is one file that is merely compressed, which counts as a mailbox and not as an archive.
    is_one_file: bool,
    /// Whether its members are known only as it is read.
    is_sequential: bool,
    /// The paths in it of its mailboxes, as far as they are known before it is read.
    members: Vec<String>,
    /// How many bytes they have, if that is known.
    size: Option<u64>,
    /// The folder in whose search it was found; none if it was named.
    #[cfg_attr(feature = "serde", serde(with = "path_text::optional"))]
    root: Option<PathBuf>,
}

impl Kind {
    /// Whether its mailboxes have folders of their own even if there is one only.
    fn is_several(&self) -> bool {
        matches!(self, Self::Archive(packed) if !packed.is_one_file)
    }

    fn size(&self) -> Option<u64> {
        match self {
            Self::File { size } => Some(*size),
            Self::Archive(packed) => packed.size,
            Self::StandardInput | Self::Stream => None,
        }
    }

    /// The mailboxes in an input at this path, as far as they are known before it is read.
    fn mailboxes(&self, way: &MailboxPath) -> Vec<MailboxPath> {
        match self {
            Self::Archive(packed) if !packed.is_one_file => {
                packed.members.iter().map(|member| way.member(member)).collect()
            }
            _ => vec![way.clone()],
        }
    }

    fn for_unit(&self) -> UnitKind<'_> {
        match self {
            Self::File { .. } => UnitKind::File,
            Self::Archive(_) => UnitKind::Archive,
            Self::StandardInput | Self::Stream => UnitKind::Stream,
        }
    }
}

impl Input {
    fn is_archive(&self) -> bool {
        matches!(&self.kind, Ok(Kind::Archive(_)))
    }

    fn size(&self) -> Option<u64> {
        self.kind.as_ref().map_or(Some(0), Kind::size)
    }

    /// Why it cannot be read; none if it can.
    fn into_failure(self, namer: &Namer) -> Option<Failure> {
        let Self { path, way, kind, .. } = self;
        let error = kind.err()?;
        Some(Failure { place: place_of_failure(namer, &path, &way), error })
    }
}

/// How many bytes the inputs have together, if that is known of all. An archive may say anything.
fn total_size(inputs: &[Input]) -> Option<u64> {
    inputs.iter().try_fold(0_u64, |sum, input| Some(sum.saturating_add(input.size()?)))
}

/// What the user gave: an iterator over what was [found](Found), in the order of the paths, and in that of their numbers
/// for the parts of an export. Each mailbox is opened when its turn comes.
///
/// Reports about archives without a mailbox come last, since they depend on what was found beside them. Such an
/// archive is a failure where it was named, where it is empty or holds archives only, and where a mailbox was expected:
/// neither the folder of the same person nor another part of the same export has one.
///
/// ```
/// use mbox2eml_archive::inputs::{Found, Inputs};
/// # let folder = tempfile::tempdir()?;
/// # let mail = folder.path();
///
/// for name in ["Inbox.mbox", "Sent.mbox"] {
///     std::fs::write(mail.join(name), "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\n")?;
/// }
/// let mut inputs = Inputs::builder().find(&[mail]);
/// assert!(inputs.several() && inputs.has_mailbox());
/// assert_eq!((inputs.size(), inputs.count()), (Some(124), 2));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Inputs {
    builder: InputsBuilder,
    size: Option<u64>,
    several: bool,
    inputs: vec::IntoIter<Input>,
    places: Places,
    archive: Option<OpenArchive>,
    /// What Vault exports have beside their mailboxes.
    exports: Exports,
    /// A mailbox whose export comes before it.
    described: Option<Mailbox<'static>>,
    /// Files that turned out to belong to no export.
    left_over: VecDeque<Origin>,
    /// Found already, and not yet handed out.
    ready: VecDeque<Found>,
    mail: MailFound,
    /// Archives in which no mailbox was found.
    without_mail: VecDeque<Contents>,
    /// What is converted of the mailboxes in plain files, if not all.
    range: Option<MessageRange>,
}

/// An input that was found: all that is read from one file.
///
/// ```
/// use mbox2eml_archive::inputs::{Inputs, UnitKind};
/// # let folder = tempfile::tempdir()?;
/// # let mail = folder.path();
///
/// std::fs::write(mail.join("Sent.mbox"), "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\n")?;
/// let mut inputs = Inputs::builder().find(&[mail]);
/// let unit = inputs.units().next().unwrap();
/// assert!(unit.path.ends_with("Sent.mbox") && matches!(unit.kind, UnitKind::File));
/// assert!(inputs.keep(&mail.join("Sent.mbox"), None) && !inputs.keep(mail, None));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Unit<'a> {
    /// The file.
    pub path: &'a Path,
    /// How it is read.
    pub kind: UnitKind<'a>,
}

/// How an input is read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum UnitKind<'a> {
    /// It is a mailbox, of which any part can be read.
    File,
    /// It is an archive or is compressed.
    Archive,
    /// It is the standard input or a pipe.
    Stream,
    /// It cannot be read, for this reason.
    Unreadable(&'a Error),
}

impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs").field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

/// An archive being read.
struct OpenArchive {
    members: Members,
    contents: Contents,
}

/// What was found in an archive.
struct Contents {
    path: PathBuf,
    way: MailboxPath,
    packed: Packed,
    /// Mailboxes, and what may be one and cannot be read.
    mailboxes: u64,
    archives: u64,
    others: u64,
}

impl Inputs {
    /// A builder with every default.
    pub fn builder() -> InputsBuilder {
        InputsBuilder::default()
    }

    /// These inputs, none of which is read yet. What each has among the others is known.
    fn of(
        builder: InputsBuilder,
        inputs: Vec<Input>,
        several: bool,
        places: Places,
        exports: Exports,
        mail: MailFound,
    ) -> Self {
        Self {
            builder,
            size: total_size(&inputs),
            several,
            inputs: inputs.into_iter(),
            places,
            archive: None,
            exports,
            described: None,
            left_over: VecDeque::new(),
            ready: VecDeque::new(),
            mail,
            without_mail: VecDeque::new(),
            range: None,
        }
    }

    /// Whether there may be more than one mailbox.
    pub fn several(&self) -> bool {
        self.several
    }

    /// The size of all mailboxes in bytes, if every one is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The inputs that were found, in their order; nothing is opened.
    pub fn units(&self) -> impl Iterator<Item = Unit<'_>> {
        self.inputs.as_slice().iter().map(|Input { path, kind, .. }| Unit {
            path,
            kind: kind.as_ref().map_or_else(UnitKind::Unreadable, Kind::for_unit),
        })
    }

    /// The mailboxes as far as they are known before any is read, each with its place: of an archive that can only be read in
    /// the order of its files, one for all.
    pub fn known_places(&self) -> Vec<(Origin, Place)> {
        let mut places = self.places.clone();
        let mut known = Vec::new();
        for Input { path, way, kind, .. } in self.inputs.as_slice() {
            match kind {
                Ok(Kind::Archive(packed)) if !packed.is_one_file => {
                    let unknown = ["mailbox".to_owned()];
                    let members = if packed.is_sequential { &unknown[..] } else { &packed.members };
                    for member in members {
                        let origin = Origin::from(format!("{}!{member}", path.display()).as_str());
                        known.push((origin, places.place(&way.member(member))));
                    }
                }
                Ok(_) => known.push((Origin::file(path), places.place(way))),
                Err(_) => {}
            }
        }
        known
    }

    /// Leaves out all inputs but the one at this path, of which `range` is converted, or all. It keeps the folder that it has
    /// among the others. Returns whether there is such an input.
    pub fn keep(&mut self, path: &Path, range: Option<MessageRange>) -> bool {
        let mut inputs: Vec<Input> = self.inputs.by_ref().filter(|input| input.path == path).collect();
        inputs.truncate(1);
        self.size = total_size(&inputs);
        self.inputs = inputs.into_iter();
        self.set_range(range);
        self.ready.clear();
        self.inputs.len() > 0
    }

    /// Sets what is converted of the only mailbox.
    fn set_range(&mut self, range: Option<MessageRange>) {
        if let (Some(size), Some(range)) = (&mut self.size, &range) {
            *size = (range.bytes().end - range.bytes().start).min(*size);
        }
        self.range = range;
    }

    /// Whether a mailbox is still to come. Archives are opened to find that out, up to the first one that holds a mailbox.
    pub fn has_mailbox(&mut self) -> bool {
        while !matches!(self.ready.back(), Some(Found::Mailbox(_))) {
            let next = self.inputs.as_slice().first().filter(|_| self.archive.is_none());
            if next
                .is_some_and(|input| matches!(input.kind, Ok(Kind::File { .. } | Kind::Stream | Kind::StandardInput)))
            {
                return true;
            }
            match self.advance() {
                Some(found) => self.ready.push_back(found),
                None => return false,
            }
        }
        true
    }

    fn advance(&mut self) -> Option<Found> {
        loop {
            let found = if let Some(mailbox) = self.described.take() {
                Some(Found::Mailbox(mailbox))
            } else if self.archive.is_some() {
                self.next_member()
            } else if let Some(input) = self.inputs.next() {
                self.open(input)
            } else if let Some(contents) = self.without_mail.pop_front() {
                self.missing_mail(&contents).map(|error| self.fail(error, &contents.path, &contents.way))
            } else {
                self.left_over.extend(self.exports.left_over());
                Some(Found::Skipped(no_mailbox(self.left_over.pop_front()?)))
            };
            if found.is_some() {
                return found;
            }
        }
    }

    fn fail(&self, error: Error, path: &Path, way: &MailboxPath) -> Found {
        Found::Failed(Failure { place: place_of_failure(&self.builder.namer, path, way), error })
    }

    fn reopen(&self, path: &Path) -> Result<Archive> {
        let copy = (self.builder.copy_archive)(path)?;
        Archive::open_copy(path, copy.as_deref(), self.builder.limit)
    }

    /// The mailbox that an input is; none if the input is an archive, which is read from now on.
    fn open(&mut self, Input { path, way, kind, opened }: Input) -> Option<Found> {
        let source: Result<Box<dyn Source>> = match kind {
            Ok(Kind::Archive(packed)) => match opened.map_or_else(|| self.reopen(&path), Ok) {
                Ok(mut archive) => {
                    let sidecars = archive.take_sidecars();
                    let others = to_u64(sidecars.len());
                    for member in sidecars {
                        let (path, origin) = (absolute(&path).join(member.path()), member.origin());
                        self.exports.add(Sidecar {
                            path,
                            origin,
                            open: Some(Box::new(|| member.open())),
                            given: Given::Found,
                        });
                    }
                    let contents = Contents { path, way, packed, mailboxes: 0, archives: 0, others };
                    self.archive = Some(OpenArchive { members: archive.members(), contents });
                    return None;
                }
                Err(error) => Err(error),
            },
            Ok(Kind::StandardInput) => (self.builder.open_stream)(None),
            Ok(Kind::Stream) => (self.builder.open_stream)(Some(&path)),
            Ok(Kind::File { .. }) => {
                (self.builder.opening)(&path);
                (self.builder.open_file)(&path)
            }
            Err(error) => Err(error),
        };
        Some(match source {
            Ok(source) => self.mailbox(source, &path, None, &way),
            Err(error) => self.fail(error, &path, &way),
        })
    }

    /// A mailbox in the file at `path`, or in a member of the archive there, with what its export says of it. If that was
    /// not handed out yet, it comes first.
    fn mailbox(&mut self, source: Box<dyn Source>, path: &Path, member: Option<&str>, way: &MailboxPath) -> Found {
        let export = self.exports.of(path, member, source.origin());
        let mut mailbox = Mailbox::new(source).in_folder(self.places.place(way));
        mailbox.range = self.range.clone();
        let mailbox = match export {
            Some(export) if export.has_metadata => mailbox.with_metadata(Arc::clone(&export.metadata)),
            _ => mailbox,
        };
        match self.exports.next_read() {
            Some(export) => {
                self.described = Some(mailbox);
                Found::Export(export)
            }
            None => Found::Mailbox(mailbox),
        }
    }

    /// What comes next in the archive that is being read; none at its end.
    fn next_member(&mut self) -> Option<Found> {
        let OpenArchive { members, contents } = self.archive.as_mut()?;
        match members.next() {
            Some(Ok(Member::Other(origin))) => Some(Found::Skipped(contents.skip(origin))),
            Some(Ok(Member::Unreadable(origin))) => {
                contents.others += 1;
                Some(Found::Skipped(Skipped::new(origin, SkippedWhy::UnreadableMember)))
            }
            Some(Ok(Member::Mailbox { path, source })) => {
                contents.mailboxes += 1;
                self.mail.add(&contents.path);
                let (archive, is_one_file) = (contents.path.clone(), contents.packed.is_one_file);
                let way = if is_one_file { contents.way.clone() } else { contents.way.member(&path) };
                Some(self.mailbox(source, &archive, (!is_one_file).then_some(&path), &way))
            }
            Some(Err(error)) => {
                contents.mailboxes += 1;
                let (path, way) = (contents.path.clone(), contents.way.clone());
                Some(match error.origin().and_then(|origin| member_of(&path, origin)) {
                    Some(member) => {
                        let place = self.places.place(&way.member(&member)).as_str().to_owned();
                        Found::Failed(Failure { error, place })
                    }
                    None => self.fail(error, &path, &way),
                })
            }
            None => {
                let contents = self.archive.take()?.contents;
                if contents.mailboxes == 0 {
                    self.without_mail.push_back(contents);
                }
                None
            }
        }
    }

    /// What is wrong with an archive without a mailbox, now that all inputs were read: nothing if none was expected.
    fn missing_mail(&self, contents: &Contents) -> Option<Error> {
        let Contents { path, packed, archives, others, .. } = contents;
        let is_expected = match &packed.root {
            Some(root) => has_archive_name(path) && !packed.is_one_file && !self.mail.is_beside(root, path),
            None => true,
        };
        if *others > 0 && (!is_expected || self.mail.is_in_export_of(path)) {
            return None;
        }
        let origin = Origin::file(path);
        Some(match archives {
            0 => Error::NoMailbox { origin },
            archives => Error::OnlyArchives { origin, archives: *archives },
        })
    }
}

/// Where the mail of an input that cannot be read would go.
fn place_of_failure(namer: &Namer, path: &Path, way: &MailboxPath) -> String {
    let one = std::slice::from_ref(way);
    if has_archive_name(path) {
        // What would be in it is not known. The folder of any mailbox in it is.
        let member = Places::new(namer, &[], one).place(&way.member("mailbox"));
        member.as_str().rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default()
    } else {
        Places::new(namer, one, &[]).place(way).as_str().to_owned()
    }
}

/// A file that was taken for one of an export, and is not.
fn no_mailbox(origin: Origin) -> Skipped {
    let kind = origin.path().map(|path| FileKind::of_file(path).unwrap_or(FileKind::Unknown));
    Skipped::new(origin, kind.map_or(SkippedWhy::NoMailboxMember, SkippedWhy::NoMailbox))
}

/// The path in the archive at `path` of the member that an error is about, if it is about one.
fn member_of(path: &Path, origin: &Origin) -> Option<String> {
    origin.to_string().strip_prefix(&format!("{}!", path.display())).map(str::to_owned)
}

impl Contents {
    /// Counts a file that is no mailbox.
    fn skip(&mut self, origin: Origin) -> Skipped {
        if !self.packed.is_one_file && has_archive_name(Path::new(&origin.to_string())) {
            self.archives += 1;
            return Skipped::new(origin, SkippedWhy::NestedArchive);
        }
        self.others += 1;
        // Out of a ZIP it was taken before.
        let is_metadata = !self.packed.is_one_file && Sidecar::has_records(Path::new(&origin.to_string()));
        let why = if is_metadata { SkippedWhy::LateMetadata } else { SkippedWhy::NoMailboxMember };
        Skipped::new(origin, why)
    }
}

impl Iterator for Inputs {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        self.ready.pop_front().or_else(|| self.advance())
    }
}

/// Where mailboxes were found.
#[derive(Debug, Default)]
struct MailFound {
    exports: HashSet<PathBuf>,
    /// The folders that hold one or have one further down.
    folders: HashSet<PathBuf>,
    /// The folders that hold one as a plain file.
    plain: HashSet<PathBuf>,
}

impl MailFound {
    /// Notes a mailbox in the file at `path`.
    fn add(&mut self, path: &Path) {
        self.exports.insert(export(path));
        for folder in path.ancestors().skip(1) {
            if !self.folders.insert(folder.to_owned()) {
                break;
            }
        }
    }

    fn add_plain(&mut self, path: &Path) {
        self.add(path);
        self.plain.extend(path.parent().map(Path::to_owned));
    }

    fn is_in_export_of(&self, path: &Path) -> bool {
        self.exports.contains(&export(path))
    }

    /// Whether there is mail in the folder that most likely holds all of the same person: the one below the folder
    /// `root` that was searched, or the Takeout. Archives side by side in `root` may be those of several persons.
    fn is_beside(&self, root: &Path, path: &Path) -> bool {
        let is_takeout = |folder: &&Path| folder.file_name().is_some_and(|name| name.eq_ignore_ascii_case("takeout"));
        let folders = || path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        match folders().filter(is_takeout).last().or_else(|| folders().filter(|folder| *folder != root).last()) {
            Some(folder) => self.folders.contains(folder),
            None => self.plain.contains(root),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_of_all_may_be_more_than_a_number_holds() {
        let input = |kind| Input {
            path: PathBuf::from("/in"),
            way: MailboxPath::of_inputs(&[None]).remove(0),
            kind,
            opened: None,
        };
        let file = |size| input(Ok(Kind::File { size }));
        let failed = || input(Err(Error::NoMailbox { origin: Origin::named("in") }));
        assert_eq!(total_size(&[file(u64::MAX), file(3)]), Some(u64::MAX));
        assert_eq!(total_size(&[file(2), failed(), file(3)]), Some(5));
        assert_eq!(total_size(&[file(2), input(Ok(Kind::Stream))]), None);
    }
}

//! What is in a store that is no file system: objects, of which a listing and the first bytes are known.

use std::path::{Path, PathBuf};

use mbox2eml::Error;
use mbox2eml::internals::ARCHIVES;
use mbox2eml::name::{MailboxPath, Namer};
use mbox2eml::source::{FileKind, Origin};
use mbox2eml::split::SplitRule;

use super::search::in_order;
use super::{Failure, Input, Kind, Packed, Survey};
use crate::file_names::{has_archive_name, has_extension, has_mail_name, has_mailbox_name, is_mailbox};

/// An object that was listed.
///
/// ```
/// use mbox2eml::name::Namer;
/// use mbox2eml::split::SplitRule;
/// use mbox2eml_archive::inputs::{Object, Survey};
///
/// let object = |name: &str, head: &[u8]| Object::new("s3://mail/users", name, 1 << 30, head);
/// let mailbox = object("ann/Sent.mbox", b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n");
/// let objects = vec![mailbox, object("ann/notes.txt", b"notes"), object("bob/Sent.mbox", b"{}")];
/// let (survey, failures) = Survey::of_objects(&["s3://mail/users"], objects, SplitRule::Auto, &Namer::default());
/// assert_eq!((survey.units().count(), failures.len()), (1, 1));
/// assert_eq!(failures[0].place, "bob/Sent");
/// ```
#[derive(Clone, Debug)]
pub struct Object {
    input: String,
    below: String,
    size: u64,
    kind: FileKind,
}

impl Object {
    /// An object of `size` bytes, the first [`FileKind::HEAD`] of which are `head`. Its name begins with that of the input,
    /// and goes on with `below` after a `/`; or it is the input itself, and `below` is empty.
    pub fn new(input: impl Into<String>, below: impl Into<String>, size: u64, head: &[u8]) -> Self {
        let kind = if size == 0 { FileKind::Empty } else { FileKind::at(head) };
        Self { input: input.into(), below: below.into(), size, kind }
    }

    fn path(&self) -> PathBuf {
        match self.below.as_str() {
            "" => self.input.clone().into(),
            below => format!("{}/{below}", self.input.trim_end_matches('/')).into(),
        }
    }

    fn is_named(&self) -> bool {
        self.below.is_empty()
    }

    /// Whether it is a mailbox or an archive, or should be one; none if it is something else.
    fn input_kind(&self, path: &Path, split: SplitRule) -> Option<Result<Kind, Error>> {
        let (kind, origin) = (self.kind, || Origin::file(path));
        let named =
            self.is_named() && (matches!(kind, FileKind::FromLine | FileKind::Empty) || split == SplitRule::Any);
        if kind.is_archive() {
            // Its directory is at its end, and not read before its turn.
            let is_one_file = !matches!(kind, FileKind::Zip | FileKind::Tar) && !is_packed_tar(path);
            let packed =
                Packed { is_one_file, is_sequential: !is_one_file, members: Vec::new(), size: None, root: None };
            Some(Ok(Kind::Archive(packed)))
        } else if named || is_mailbox(kind, || has_mailbox_name(path) && kind != FileKind::Empty) {
            Some(Ok(Kind::File { size: self.size }))
        } else if has_archive_name(path) {
            Some(Err(Error::NotAnArchive { origin: origin(), kind }))
        } else if self.is_named() || has_mail_name(path) || has_mailbox_name(path) {
            Some(Err(Error::NotAnMbox { origin: origin(), kind }))
        } else {
            None
        }
    }
}

/// Whether a compressed file is a tar archive, by its name.
fn is_packed_tar(path: &Path) -> bool {
    has_extension(path, ARCHIVES) || has_extension(&path.with_extension(""), &["tar"])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Mailbox,
    Archive,
    Unreadable,
}

impl Survey {
    /// A survey of what was listed below these inputs of a store, with the folders that a search of the same files has, and
    /// what cannot be read. Mailboxes and archives are known by their first bytes, as in files; pieces of mailboxes are not
    /// looked for, nor what Vault exports have beside mailboxes.
    ///
    /// To open it, set how: [`open_files`](super::InputsBuilder::open_files),
    /// [`copy_archives`](super::InputsBuilder::copy_archives).
    pub fn of_objects(
        inputs: &[impl AsRef<str>],
        objects: Vec<Object>,
        split: SplitRule,
        namer: &Namer,
    ) -> (Self, Vec<Failure>) {
        let paths: Vec<_> = inputs.iter().map(|input| Some(PathBuf::from(input.as_ref()))).collect();
        let ways = MailboxPath::of_inputs(&paths);
        // Below each input mailboxes come first, then archives, as in a folder.
        let mut found: Vec<(usize, Rank, Input)> = Vec::new();
        for object in objects {
            let path = object.path();
            let Some(at) = inputs.iter().position(|input| input.as_ref() == object.input) else { continue };
            let (Some(way), Some(kind)) = (ways.get(at), object.input_kind(&path, split)) else { continue };
            let way = if object.is_named() { way.clone() } else { way.join(&object.below) };
            let rank = match kind {
                Ok(Kind::Archive(_)) => Rank::Archive,
                Ok(_) => Rank::Mailbox,
                Err(_) => Rank::Unreadable,
            };
            found.push((at, rank, Input { path, way, kind, opened: None }));
        }
        for (at, (input, way)) in inputs.iter().zip(ways).enumerate() {
            if found.iter().all(|(of, ..)| *of != at) {
                let path = PathBuf::from(input.as_ref());
                let error = Error::NoMailbox { origin: Origin::file(&path) };
                found.push((at, Rank::Unreadable, Input { path, way, kind: Err(error), opened: None }));
            }
        }
        found.sort_by(|(at, rank, one), (other_at, other_rank, other)| {
            (at, rank, &one.path).cmp(&(other_at, other_rank, &other.path))
        });
        let mut found: Vec<Input> = found.into_iter().map(|(_, _, input)| input).collect();
        in_order(&mut found);
        let survey = Self::of(&found);
        (survey, found.into_iter().filter_map(|input| input.into_failure(namer)).collect())
    }
}

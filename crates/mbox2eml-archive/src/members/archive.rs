//! From a path to the members of the archive there.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use mbox2eml::source::{FileKind, Stream};
use mbox2eml::{Error, Result};

use super::classify::Peeked;
use super::compressed::{Compressed, unpack};
use super::directory::{Directory, SidecarMember};
use super::names::{Place, Version};
use super::readers::{Limited, Sticky};
use super::salvage::Salvage;
use super::sequence::Sequence;
use super::tar::{Positioned, Tar};
use super::zip_member::BUFFER;
use super::{InflateLimit, Member};
use crate::file_names::{has_mailbox_name, is_mailbox};

/// What an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A ZIP archive.
    Zip,
    /// A tar archive, compressed or not.
    Tar,
    /// A single file, compressed, which people take for the file itself.
    Compressed,
}

/// An archive, opened.
#[derive(Debug)]
pub(crate) struct Archive {
    kind: Kind,
    size: Option<u64>,
    memory: Option<usize>,
    paths: Vec<String>,
    sidecars: Vec<SidecarMember>,
    members: Members,
}

/// The members of an archive, each mailbox ready to be read; made by [`Archive::members`].
///
/// Folders are left out. An `Err` is a mailbox that cannot be read or, as the last item, says that the archive
/// cannot be read on. Members that can only be read one after another, as in a tar archive, are lost when the
/// next one is asked for: reading on in one is an error then.
pub(crate) struct Members(Box<dyn Iterator<Item = Result<Member>> + Send>);

impl Iterator for Members {
    type Item = Result<Member>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Members").finish_non_exhaustive()
    }
}

impl Archive {
    /// Opens the archive at `path`; its kind is recognised by its content.
    ///
    /// Of a ZIP the directory is read, and the head of every member. Where the directory is missing or damaged, the
    /// members are read one after another instead, in the order of the file.
    ///
    /// # Errors
    /// [`Error::Open`] if it cannot be opened, [`Error::NotAnMbox`] if it is no archive, and [`Error::Read`] if it is
    /// so damaged that its content is not known.
    pub(crate) fn open(path: &Path, limit: InflateLimit) -> Result<Self> {
        Self::open_copy(path, None, limit)
    }

    /// The same for an archive that is read from a copy, if there is one.
    pub(crate) fn open_copy(path: &Path, copy: Option<&Path>, limit: InflateLimit) -> Result<Self> {
        let place = Place::new(path, copy);
        let kind = FileKind::of_file(place.file())?;
        let (file, version) = place.open()?;
        if kind == FileKind::Zip {
            return Ok(Self::zip(place, file, version, limit));
        }
        let bytes = BufReader::with_capacity(BUFFER, file);
        if kind == FileKind::Tar {
            return Ok(Self::tar(place, bytes));
        }
        match unpack(kind, bytes) {
            Some(packed) => Self::compressed(place, packed, version.length, limit),
            None => Err(Error::NotAnMbox { origin: place.origin(), kind }),
        }
    }

    /// What it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// How many bytes all its mailboxes have, if known.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// The paths in it of its mailboxes, as far as they are known before it is read.
    pub(crate) fn mailbox_paths(&self) -> &[String] {
        &self.paths
    }

    /// How many bytes of memory it takes while it waits to be read; `None` if it keeps its file open, too.
    pub(crate) fn memory(&self) -> Option<usize> {
        self.memory
    }

    /// What may belong to a Vault export, as far as it can be read before the mailboxes: out of a ZIP.
    pub(crate) fn take_sidecars(&mut self) -> Vec<SidecarMember> {
        std::mem::take(&mut self.sidecars)
    }

    /// Its members: those of a ZIP in the order in which a walk through the unpacked folder would find them, mailboxes
    /// first; of all others in the order of the file.
    pub(crate) fn members(self) -> Members {
        self.members
    }

    fn zip(place: Place, file: File, version: Version, limit: InflateLimit) -> Self {
        let file = Arc::new(file);
        match Directory::read(&place, &file, version, limit) {
            Some(mut directory) => Self {
                kind: Kind::Zip,
                size: Some(directory.size()),
                memory: Some(directory.memory()),
                paths: directory.mailbox_paths(),
                sidecars: directory.take_sidecars(),
                members: Members(Box::new(directory)),
            },
            None => Self::unknown(Kind::Zip, Sequence::new(place, Salvage::new(file, version.length, limit))),
        }
    }

    fn tar(place: Place, bytes: impl Positioned + 'static) -> Self {
        Self::unknown(Kind::Tar, Sequence::new(place, Tar::new(bytes)))
    }

    /// An archive of which nothing is known yet.
    fn unknown(kind: Kind, members: impl Iterator<Item = Result<Member>> + Send + 'static) -> Self {
        Self {
            kind,
            size: None,
            memory: None,
            paths: Vec::new(),
            sidecars: Vec::new(),
            members: Members(Box::new(members)),
        }
    }

    /// A compressed file: a mailbox, or a tar archive.
    fn compressed(place: Place, packed: Box<dyn Compressed>, length: u64, limit: InflateLimit) -> Result<Self> {
        let mut bytes = Peeked::new(Sticky::new(Limited::new(packed, limit, length)));
        let kind = bytes.kind();
        if kind == FileKind::Tar {
            return Ok(Self::tar(place, bytes));
        }
        let (origin, path) = (place.origin(), place.path().with_extension(""));
        let is_named_so = has_mailbox_name(&path);
        let member = if is_mailbox(kind, || is_named_so) {
            let path = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Member::Mailbox { path, source: Box::new(Stream::new(origin, bytes)) }
        } else if let Some((_, source)) = bytes.broken() {
            return Err(Error::Read { origin, byte: packed_position(&bytes), source });
        } else if is_named_so {
            return Err(Error::NotAnMbox { origin, kind });
        } else {
            Member::Other(origin)
        };
        let members = Members(Box::new(std::iter::once(Ok(member))));
        Ok(Self { kind: Kind::Compressed, size: None, memory: None, paths: Vec::new(), sidecars: Vec::new(), members })
    }
}

/// A compressed file as it is read here.
type Unpacked = Peeked<Sticky<Limited<Box<dyn Compressed>>>>;

fn packed_position(bytes: &Unpacked) -> u64 {
    bytes.rest().get_ref().get_ref().position()
}

impl Positioned for Unpacked {
    fn position(&self) -> Option<u64> {
        Some(packed_position(self))
    }
}

impl<R: Read + Send> Positioned for BufReader<R> {
    fn position(&self) -> Option<u64> {
        None
    }
}

//! Mailboxes in archives, as sources: ZIP (stored and deflated, ZIP64), tar, and files and tar archives that are
//! compressed by gzip, bzip2, xz or Zstandard.
//!
//! Nothing is unpacked to disk, and memory stays small whatever is inside. Archives are hostile: what a header says is
//! checked against the bytes, names are names and no paths, and unpacking has an [`InflateLimit`].
//!
//! What a damaged archive still holds comes out, and then the damage is reported: by a mailbox that cannot be read to its
//! end itself ([`Source::finish`]), and by an archive that cannot be read on as the last of its [`Members`].

mod archive;
mod classify;
mod codec;
mod compressed;
mod directory;
mod file;
mod names;
mod readers;
mod salvage;
mod sequence;
mod tar;
mod zip_member;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

/// What the comparison with finished volumes reads them by.
pub(crate) mod zip {
    pub(crate) use super::directory::{Fields, Record, each_record};
    pub(crate) use super::file::Window;
    pub(crate) use super::readers::Verified;
}

use std::fmt;

pub(crate) use archive::{Archive, Kind, Members};
use mbox2eml::source::{Origin, Source};
pub use readers::InflateLimit;

/// A file in an archive.
pub(crate) enum Member {
    /// A mailbox.
    Mailbox {
        /// Its path in the archive, with `/` between its components. It may be hostile: it is to be given to
        /// [`MailboxPath::member`](mbox2eml::name::MailboxPath::member), never to the file system.
        path: String,
        /// Its bytes.
        source: Box<dyn Source>,
    },
    /// Something else.
    Other(Origin),
    /// Something that is encrypted or packed in an unknown way, and no mailbox by its name.
    Unreadable(Origin),
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mailbox { path, source } => {
                f.debug_struct("Mailbox").field("path", path).field("source", source.origin()).finish()
            }
            Self::Other(origin) => f.debug_tuple("Other").field(origin).finish(),
            Self::Unreadable(origin) => f.debug_tuple("Unreadable").field(origin).finish(),
        }
    }
}

/// A size in a file, bounded by one in memory.
fn at_most(bytes: u64, limit: usize) -> usize {
    usize::try_from(bytes).map_or(limit, |bytes| bytes.min(limit))
}

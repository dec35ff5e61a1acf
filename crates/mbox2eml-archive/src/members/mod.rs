//! Mailboxes in archives, as sources: ZIP (stored and deflated, ZIP64), tar, and files and tar archives that are
//! compressed by gzip, bzip2, xz or Zstandard.
//!
//! Nothing is unpacked to disk, and memory stays small whatever is inside. Archives are hostile: what a header says is
//! checked against the bytes, names are names and no paths, and unpacking has an [`InflateLimit`].
//!
//! What a damaged archive still holds comes out, and then the damage is reported: by a mailbox that cannot be read to its
//! end itself ([`Source::finish`]), and by an archive that cannot be read on as the last of its [`Members`].
//!
//! ```
//! use std::io::Write;
//!
//! use mbox2eml::source::Source;
//! use mbox2eml_archive::members::{Archive, InflateLimit, Member};
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("Sent.mbox.gz");
//!
//! let mut gz = flate2::write::GzEncoder::new(std::fs::File::create(&path)?, flate2::Compression::fast());
//! gz.write_all(b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\nBody\n\n")?;
//! gz.finish()?;
//!
//! for member in Archive::open(&path, InflateLimit::default())?.members() {
//!     if let Member::Mailbox { name, mut source, .. } = member? {
//!         assert_eq!(name, "Sent");
//!         assert_eq!(source.window()?.bytes.len(), 68);
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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

pub use archive::{Archive, Kind, Members};
use mbox2eml::source::{Origin, Source};
pub use readers::InflateLimit;

/// A file in an archive.
#[non_exhaustive]
pub enum Member {
    /// A mailbox.
    Mailbox {
        /// What people call it: its path in the archive, as [`mailbox_name`](mbox2eml::source::mailbox_name) shortens
        /// it. It may be hostile.
        name: String,
        /// Its whole path in the archive, with `/` between its components. It may be hostile: give it to
        /// [`MailboxPath::member`](mbox2eml::name::MailboxPath::member), never to a path.
        path: String,
        /// Its bytes.
        source: Box<dyn Source>,
    },
    /// Something else.
    PassedOver(Origin),
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mailbox { name, source, .. } => {
                f.debug_struct("Mailbox").field("name", name).field("source", source.origin()).finish()
            }
            Self::PassedOver(origin) => f.debug_tuple("PassedOver").field(origin).finish(),
        }
    }
}

/// A size in a file, bounded by one in memory.
fn at_most(bytes: u64, limit: usize) -> usize {
    usize::try_from(bytes).map_or(limit, |bytes| bytes.min(limit))
}

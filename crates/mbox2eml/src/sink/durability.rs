//! When a message counts as written.

use crate::keyword::keywords;

/// When a message counts as written.
///
/// ```
/// use mbox2eml::sink::{Directory, Durability};
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let sink = Directory::create(&output, Durability::Synced)?;
/// # drop(sink);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// When the operating system has it; a power failure may still lose it. The default.
    #[default]
    Cached,
    /// When it is on the disk (`fsync`), which takes many times as long.
    Synced,
}

keywords!(Durability, "durability", Cached = "cached", Synced = "synced");

//! What is left out of the inputs, and why.

use std::fmt;

use mbox2eml::source::{FileKind, Origin};

/// A file or folder that was left out of a search, or a file of an archive that holds no mailbox.
///
/// ```
/// use mbox2eml_archive::inputs::{Found, Inputs};
/// # let folder = tempfile::tempdir()?;
/// # let mail = folder.path();
///
/// std::fs::write(mail.join("notes.txt"), "nothing")?;
/// for found in Inputs::builder().find(&[mail]) {
///     if let Found::Skipped(skipped) = found {
///         assert!(skipped.origin.to_string().ends_with("notes.txt"));
///         assert_eq!(skipped.why.to_string(), "no mailbox");
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// What was left out.
    pub origin: Origin,
    /// Why.
    pub why: SkippedWhy,
}

impl Skipped {
    /// Something that was left out for this reason.
    pub fn new(origin: Origin, why: SkippedWhy) -> Self {
        Self { origin, why }
    }
}

/// Why a file or folder was left out.
///
/// ```
/// use mbox2eml_archive::inputs::SkippedWhy;
///
/// assert_eq!(SkippedWhy::Link.kind(), "link");
/// assert_eq!(SkippedWhy::Link.to_string(), "a link, which is not followed");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkippedWhy {
    /// It is something else, to judge by its first bytes.
    NoMailbox(FileKind),
    /// It is a file of an archive, and holds no mailbox.
    NoMailboxMember,
    /// It is a file of an archive that is encrypted or packed in an unknown way, and no mailbox by its name.
    UnreadableMember,
    /// It is a file of an archive that may be the metadata of a Vault export, and can only be read after mailboxes.
    LateMetadata,
    /// It is a link, which is not followed.
    Link,
    /// It is a pipe, a socket or a device.
    Special,
    /// It is an archive inside an archive, which was not opened.
    NestedArchive,
    /// It has the same content as this other input, as a second download has.
    SameAs(Origin),
    /// It is the same file or folder as this other input, under the same name or another one.
    SameFile(Origin),
}

impl SkippedWhy {
    /// The kind of thing that was left out, to count by; see [`Display`](std::fmt::Display) for a whole sentence.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoMailbox(kind) => kind.name(),
            Self::NoMailboxMember => "in archives",
            Self::UnreadableMember => "unreadable file in an archive",
            Self::LateMetadata => "metadata in an archive",
            Self::Link => "link",
            Self::Special => "pipe or device",
            Self::NestedArchive => "archive within an archive",
            Self::SameAs(_) | Self::SameFile(_) => "second copy",
        }
    }
}

impl fmt::Display for SkippedWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMailbox(_) | Self::NoMailboxMember => f.write_str("no mailbox"),
            Self::UnreadableMember => f.write_str("encrypted, or packed in an unknown way"),
            Self::LateMetadata => f.write_str("in an archive that can only be read in the order of its files"),
            Self::Link => f.write_str("a link, which is not followed"),
            Self::Special => f.write_str("a pipe or a device"),
            Self::NestedArchive => f.write_str("an archive within an archive"),
            Self::SameAs(origin) => write!(f, "a second copy of {origin}"),
            Self::SameFile(origin) => write!(f, "the same as {origin}"),
        }
    }
}

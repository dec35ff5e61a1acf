//! What members are called. Nothing here is a path of this machine.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use mbox2eml::source::{FileKind, Origin};
use mbox2eml::{Error, Result};

use crate::file_names::{has_mailbox_name, is_mailbox};

/// The second half of code page 437, in which names in a ZIP are written unless they say otherwise (APPNOTE, D.1).
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// A member's name, as the archive gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberName(Box<str>);

impl MemberName {
    /// A name in a ZIP: UTF-8 where it is valid, flagged so or not, as Takeout writes it; else code page 437.
    pub(super) fn in_zip(bytes: &[u8]) -> Self {
        Self(match std::str::from_utf8(bytes) {
            Ok(name) => name.into(),
            Err(_) => {
                let high: Vec<char> = CP437.chars().collect();
                let of = |byte: u8| high.get(usize::from(byte & 0x7f)).copied().unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { of(*byte) }).collect()
            }
        })
    }

    /// A name in a tar archive: UTF-8, which is what every system of today writes; what is not valid is replaced.
    pub(super) fn in_tar(bytes: &[u8]) -> Self {
        Self(String::from_utf8_lossy(bytes).into())
    }

    /// As the archive gives it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// With `/` between its parts. Some ZIPs made on Windows have `\`, and then no `/` at all.
    pub(super) fn normal(&self) -> Cow<'_, str> {
        if self.0.contains('/') { Cow::Borrowed(&self.0) } else { Cow::Owned(self.0.replace('\\', "/")) }
    }

    /// To sort by: as a walk through the unpacked folder would find it.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(self.normal().into_owned())
    }

    /// Whether it is a folder's name.
    pub(super) fn is_folder(&self) -> bool {
        self.normal().ends_with('/')
    }

    /// Whether a member that looks so is a mailbox.
    pub(super) fn is_mailbox(&self, kind: FileKind) -> bool {
        is_mailbox(kind, || has_mailbox_name(&self.path()))
    }

    /// What is wrong with a member that is no mailbox: nothing, unless it is called like one, and may be damaged.
    pub(super) fn misnamed(&self, place: &Place, kind: FileKind) -> Option<Error> {
        has_mailbox_name(&self.path()).then(|| Error::NotAnMbox { origin: place.member(self), kind })
    }

    /// Whether a member that cannot be read might be a mailbox.
    pub(super) fn may_be_mailbox(&self) -> bool {
        let path = self.path();
        has_mailbox_name(&path) || path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("mbox"))
    }
}

/// By which a file that was changed meanwhile is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// In bytes.
    pub(super) length: u64,
    pub(super) modified: Option<SystemTime>,
}

/// The archive itself.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// As it was given.
    path: PathBuf,
    /// Where it is read, if that is a copy.
    copy: Option<PathBuf>,
}

impl Place {
    pub(super) fn new(path: &Path, copy: Option<&Path>) -> Self {
        Self { path: path.to_owned(), copy: copy.map(Path::to_owned) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file that is read.
    pub(super) fn file(&self) -> &Path {
        self.copy.as_ref().unwrap_or(&self.path)
    }

    /// Opens the archive.
    pub(super) fn open(&self) -> Result<(File, Version)> {
        let opened = File::open(self.file()).and_then(|file| {
            let metadata = file.metadata()?;
            Ok((file, Version { length: metadata.len(), modified: metadata.modified().ok() }))
        });
        opened.map_err(|source| Error::Open { origin: self.origin(), source })
    }

    /// The archive.
    pub(super) fn origin(&self) -> Origin {
        Origin::file(&self.path)
    }

    /// A member of it: `takeout-001.zip!Takeout/Mail/Sent.mbox`.
    pub(super) fn member(&self, name: &MemberName) -> Origin {
        Origin::named(format!("{}!{}", self.path.display(), name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_their_maker_meant_them() {
        for (bytes, name) in [
            (&b"Takeout/Mail/Entw\xc3\xbcrfe.mbox"[..], "Takeout/Mail/Entwürfe.mbox"),
            (b"Entw\x81rfe.mbox", "Entwürfe.mbox"),
            (b"\x80\xe1\xff", "Çß\u{a0}"),
            (b"a\0b", "a\0b"),
            (b"", ""),
        ] {
            assert_eq!(MemberName::in_zip(bytes).as_str(), name);
        }
        assert_eq!(MemberName::in_tar(b"a\xffb").as_str(), "a\u{fffd}b");
        assert_eq!(CP437.chars().count(), 128);
    }

    #[test]
    fn backslashes_part_a_name_without_slashes() {
        for (member, path) in [
            ("Takeout/Mail/Sent.mbox", "Takeout/Mail/Sent.mbox"),
            ("Takeout\\Mail\\Sent.mbox", "Takeout/Mail/Sent.mbox"),
            ("a\\b/c", "a\\b/c"),
        ] {
            assert_eq!(MemberName::in_zip(member.as_bytes()).normal(), path);
        }
    }

    #[test]
    fn only_some_names_are_those_of_mailboxes() {
        for (name, may_be) in [
            ("a/Sent.mbox", true),
            ("SENT.MBOX", true),
            ("X.mbox/mbox", true),
            ("a\\mbox", true),
            ("mbox", true),
            ("mbox.json", false),
            ("a.mbox/", true),
            ("photo.jpg", false),
        ] {
            assert_eq!(MemberName::in_zip(name.as_bytes()).may_be_mailbox(), may_be, "{name}");
        }
    }
}

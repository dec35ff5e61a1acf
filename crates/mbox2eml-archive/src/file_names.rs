//! What the names of files say of their content.

use std::ffi::OsStr;
use std::path::Path;

use mbox2eml::internals::{ARCHIVES, COMPRESSIONS};
use mbox2eml::source::FileKind;

/// Whether a file is a mailbox, by what it looks like; where that does not decide it, by its name.
pub(crate) fn is_mailbox(kind: FileKind, has_mailbox_name: impl FnOnce() -> bool) -> bool {
    match kind {
        FileKind::Mbox => true,
        // Nothing but a From_ line, or nothing at all, is a mailbox only where a mail program says so.
        FileKind::FromLine | FileKind::Empty => has_mailbox_name(),
        _ => false,
    }
}

/// Whether mail programs call their mailboxes so: `Name.mbox`, or Apple Mail's `Name.mbox/mbox`, in any case.
/// `._Name.mbox`, which a Mac puts beside a file on other disks, is not one.
pub(crate) fn has_mailbox_name(path: &Path) -> bool {
    let is_mbox = |part: Option<&OsStr>| part.is_some_and(|p| p.eq_ignore_ascii_case("mbox"));
    let in_bundle = is_mbox(path.parent().and_then(Path::extension)) && is_mbox(path.file_name());
    (is_mbox(path.extension()) || in_bundle) && !is_companion(path)
}

/// Whether a file is named as mail, in a form that is read or not: `.mbox`, `.mbx`, `.pst`, `.ost`, `.dbx`.
pub(crate) fn has_mail_name(path: &Path) -> bool {
    has_extension(path, &["mbox", "mbx", "pst", "ost", "dbx"])
}

/// Whether a file is named as an archive or as compressed, in a form that is read or not: `.zip`, `.tar`, `.tgz`, `.gz`,
/// `.7z`, `.rar` and so on.
pub(crate) fn has_archive_name(path: &Path) -> bool {
    [ARCHIVES, COMPRESSIONS, &["7z", "rar"]].iter().any(|extensions| has_extension(path, extensions))
}

pub(crate) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let is_one = |extension: &OsStr| extensions.iter().any(|one| extension.eq_ignore_ascii_case(one));
    path.extension().is_some_and(is_one) && !is_companion(path)
}

/// Whether it is what a Mac puts beside a file on other disks: `._Name`.
fn is_companion(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"._"))
}

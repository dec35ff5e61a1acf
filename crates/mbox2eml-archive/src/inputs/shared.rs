//! Folders of earlier runs that mailboxes had alone. Since then another mailbox or export of the same name has come, so that
//! each has a folder of its own, and a run writes again what the old folder holds.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use mbox2eml::name::{MailboxPath, Places};

/// A folder of an earlier run, whose mailbox has another one now, since others have the same name.
///
/// ```
/// use mbox2eml_archive::inputs::{Found, Inputs};
/// # let folder = tempfile::tempdir()?;
/// # let (mail, out) = (folder.path().join("mail"), folder.path().join("out"));
///
/// for name in ["Sent.mbox", "Sent.mbx"] {
///     std::fs::create_dir_all(&mail)?;
///     std::fs::write(mail.join(name), "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\nBody\n\n")?;
/// }
/// std::fs::create_dir_all(out.join("Sent"))?;
/// std::fs::write(out.join("Sent/000001.eml"), "")?;
///
/// let found = Inputs::builder().output(&out).find(&[mail]).next();
/// let Some(Found::SharedName(shared)) = found else { panic!("{found:?}") };
/// assert_eq!((shared.folder, shared.now.len()), (out.join("Sent"), 2));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedName {
    /// The folder.
    pub folder: PathBuf,
    /// The folders that the mailboxes have now.
    pub now: Vec<PathBuf>,
}

/// These folders in an output.
pub(super) fn shared_names(
    output: &Path,
    places: &mut Places,
    mailboxes: &[MailboxPath],
    archives: &[MailboxPath],
) -> Vec<SharedName> {
    if !output.is_dir() {
        return Vec::new();
    }
    let mut taken = HashSet::new();
    let mut alone: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    // What is in an archive may not be known, but whether that is an export.
    let inside = archives.iter().map(|archive| archive.member("mailbox"));
    for mailbox in mailboxes.iter().cloned().chain(inside) {
        let (with_others, by_itself) = places.with_others_and_alone(&mailbox);
        let folder = output.join(&with_others);
        if with_others != by_itself {
            alone.entry(output.join(by_itself)).or_default().insert(folder.clone());
        }
        taken.insert(folder);
    }
    // If all of the new ones are there already, the warning was given before.
    alone.retain(|folder, now| now.iter().any(|now| !now.exists()) && has_mail(folder, &taken));
    alone.into_iter().map(|(folder, now)| SharedName { folder, now: now.into_iter().collect() }).collect()
}

/// Whether there are messages in a folder or below it, but for the folders of other mailboxes.
fn has_mail(folder: &Path, taken: &HashSet<PathBuf>) -> bool {
    let is_mail = |path: &Path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
    !taken.contains(folder)
        && fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).any(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => has_mail(&entry.path(), taken),
            Ok(kind) => kind.is_file() && is_mail(&entry.path()),
            Err(_) => false,
        })
}

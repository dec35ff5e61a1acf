//! The search for mailboxes in a folder: by content, since exports name their files in the account's language.

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::{Looks, Origin};
use crate::error::{Error, Result};

/// A mailbox file below a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundMailbox {
    /// The file.
    pub path: PathBuf,
    /// What people call the mailbox: its path below the folder with `/` between its parts, without `.mbox`,
    /// Thunderbird's `.sbd` and Apple Mail's inner `mbox`.
    pub name: String,
}

/// What was found in a folder.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Discovery {
    /// The mailboxes, in the order of their paths.
    pub mailboxes: Vec<FoundMailbox>,
    /// Files that are no mailboxes.
    pub passed_over: Vec<PathBuf>,
    /// Folders and files that could not be looked at.
    pub failed: Vec<Error>,
}

/// Searches the folder `root` and everything below it for mailboxes. Links are not followed.
///
/// `except` is left out with all it holds: the output, should it lie inside the input.
///
/// A Takeout, a Thunderbird profile (`Inbox`, `Inbox.msf`, `Inbox.sbd/Work`) and Apple Mail's `Name.mbox/mbox` need
/// no special treatment by the caller.
pub fn discover(root: &Path, except: Option<&Path>) -> Discovery {
    let except = except.and_then(|path| path.canonicalize().ok());
    let is_output = |path: &Path| except.is_some() && path.canonicalize().ok() == except;
    let mut found = Discovery::default();
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|e| !(e.file_type().is_dir() && is_output(e.path()))) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.failed.push(search_error(root, error));
                continue;
            }
        };
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.into_path();
        match is_mailbox(&path) {
            Ok(true) => {
                let name = mailbox_name(root, &path);
                found.mailboxes.push(FoundMailbox { path, name });
            }
            Ok(false) => found.passed_over.push(path),
            Err(error) => found.failed.push(error),
        }
    }
    found
}

fn search_error(root: &Path, error: walkdir::Error) -> Error {
    let origin = Origin::file(error.path().unwrap_or(root));
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop"));
    Error::Search { origin, source }
}

fn is_mailbox(path: &Path) -> Result<bool> {
    Ok(match Looks::of_file(path)? {
        Looks::Mbox => true,
        // Nothing but a From_ line, or nothing at all, is a mailbox only where a mail program says so.
        Looks::FromLine | Looks::Empty => has_mailbox_name(path),
        _ => false,
    })
}

fn has_mailbox_name(path: &Path) -> bool {
    let is_mbox = |part: Option<&OsStr>| part.is_some_and(|p| p.eq_ignore_ascii_case("mbox"));
    let in_bundle = is_mbox(path.parent().and_then(Path::extension)) && is_mbox(path.file_name());
    is_mbox(path.extension()) || in_bundle || with_suffix(path, ".msf").is_file()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// What the mailbox at `path` is called, seen from the folder `root`; see [`FoundMailbox::name`].
pub fn mailbox_name(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let mut parts: Vec<String> = below
        .components()
        .filter_map(|c| match c {
            Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    if parts.last().is_some_and(|file| file.eq_ignore_ascii_case("mbox")) {
        let bundle = path.parent().and_then(Path::file_name).map(OsStr::to_string_lossy);
        if bundle.as_ref().is_some_and(|b| has_suffix(b, ".mbox")) {
            parts.pop();
            if parts.is_empty() {
                parts.extend(bundle.map(|b| b.into_owned()));
            }
        }
    }
    for part in &mut parts {
        for suffix in [".mbox", ".sbd"] {
            if has_suffix(part, suffix) {
                part.truncate(part.len() - suffix.len());
            }
        }
    }
    parts.join("/")
}

/// Whether `name` ends in `suffix` in any case, with something before it.
fn has_suffix(name: &str, suffix: &str) -> bool {
    name.len()
        .checked_sub(suffix.len())
        .is_some_and(|at| at > 0 && name.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(suffix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_named_by_their_path() {
        for (path, name) in [
            ("in/Takeout/Mail/Sent.mbox", "Takeout/Mail/Sent"),
            ("in/Takeout/Mail/Sent.MBOX", "Takeout/Mail/Sent"),
            ("in/X.mbox/mbox", "X"),
            ("in/Inbox.sbd/Work", "Inbox/Work"),
            ("in/Inbox.sbd/Work.sbd/2024", "Inbox/Work/2024"),
            ("in/mbox", "mbox"),
            ("in/.mbox", ".mbox"),
            ("in/a.mbox.mbox", "a.mbox"),
        ] {
            assert_eq!(mailbox_name(Path::new("in"), Path::new(path)), name, "{path}");
        }
        assert_eq!(mailbox_name(Path::new("in/X.mbox"), Path::new("in/X.mbox/mbox")), "X");
    }
}

//! Inputs that are given twice, under one name or several, or lie in a folder that is given, too.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use mbox2eml::source::Origin;

use super::{Input, Skipped, SkippedWhy};

/// What a file or folder is known by, whatever path leads to it.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

/// The identity of the file or folder at `path`, links followed; none if it is neither, or cannot be read.
fn identity(path: &Path) -> Option<Identity> {
    let metadata = fs::metadata(path).ok().filter(|metadata| metadata.is_file() || metadata.is_dir());
    #[cfg(unix)]
    let of = |metadata: fs::Metadata| {
        use std::os::unix::fs::MetadataExt as _;
        Some((metadata.dev(), metadata.ino()))
    };
    #[cfg(not(unix))]
    let of = |_| path.canonicalize().ok();
    metadata.and_then(of)
}

/// The paths without those that lead to the same file or folder as an earlier one, and these.
pub(super) fn without_repeated<'a>(paths: impl Iterator<Item = &'a Path>) -> (Vec<&'a Path>, Vec<Skipped>) {
    let mut seen: HashMap<Identity, &Path> = HashMap::new();
    let (mut kept, mut repeated) = (Vec::new(), Vec::new());
    for path in paths {
        // The standard input has a name that a file may have, too.
        let known = identity(path).filter(|_| !super::is_standard_input(path)).map(|identity| seen.entry(identity));
        match known {
            Some(Entry::Occupied(first)) => repeated.push(same(path, first.get())),
            Some(Entry::Vacant(vacant)) => {
                vacant.insert(path);
                kept.push(path);
            }
            None => kept.push(path),
        }
    }
    (kept, repeated)
}

/// Leaves out the files that were found twice, since a path in `named` leads to what a search of another one finds.
///
/// Several hard links that are found in folders are several mailboxes: those of several persons, perhaps.
pub(super) fn drop_repeated(found: &mut Vec<Input>, skipped: &mut Vec<Skipped>, named: &[&Path]) {
    if named.len() < 2 {
        return;
    }
    let named: HashSet<&Path> = named.iter().copied().collect();
    let mut places = HashSet::new();
    skipped.retain(|skipped| match skipped.origin.path() {
        Some(path) if !matches!(skipped.why, SkippedWhy::SameFile(_)) => places.insert(super::search::resolved(path)),
        _ => true,
    });
    let mut seen: HashMap<Identity, Links> = HashMap::new();
    found.retain(|Input { path, .. }| {
        let Some(identity) = identity(path).filter(|_| path.is_file()) else { return true };
        let first = seen.entry(identity).or_default().first(path, named.contains(&**path));
        skipped.extend(first.map(|first| same(path, first)));
        first.is_none()
    });
}

/// The hard links of one file that were found, each of them once.
#[derive(Default)]
struct Links {
    paths: Vec<PathBuf>,
    /// Where the first of them is that was named.
    named: Option<usize>,
    /// Where each of them is, by its path without links to folders.
    resolved: HashMap<Option<PathBuf>, usize>,
}

impl Links {
    /// The first link that this path repeats. If there is none, it is one from now on.
    fn first(&mut self, path: &Path, is_named: bool) -> Option<&PathBuf> {
        let resolved = path.canonicalize().ok();
        let same = self.resolved.get(&resolved).copied().into_iter().chain(self.named).min();
        let same = if is_named { same.or(Some(0)) } else { same };
        if let Some(at) = same.filter(|at| *at < self.paths.len()) {
            return self.paths.get(at);
        }
        let at = self.paths.len();
        self.resolved.insert(resolved, at);
        self.named = self.named.or(Some(at).filter(|_| is_named));
        self.paths.push(path.to_owned());
        None
    }
}

fn same(path: &Path, first: &Path) -> Skipped {
    Skipped::new(Origin::file(path), SkippedWhy::SameFile(Origin::file(first)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_is_that_which_is_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["a", "b", "c"] {
            fs::write(path(name), name).unwrap();
        }
        fs::create_dir(path("d")).unwrap();
        std::os::unix::fs::symlink("..", path("d/up")).unwrap();
        let mut links = Links::default();
        let mut first = |name: &str, is_named| links.first(&path(name), is_named).cloned();
        assert_eq!(first("a", false), None);
        assert_eq!(first("b", false), None);
        assert_eq!(first("d/up/b", false), Some(path("b")));
        assert_eq!(first("c", true), Some(path("a")));
        let mut links = Links::default();
        let mut first = |name: &str, is_named| links.first(&path(name), is_named).cloned();
        assert_eq!(first("a", true), None);
        assert_eq!(first("b", false), Some(path("a")));
        assert_eq!(first("c", true), Some(path("a")));
    }
}

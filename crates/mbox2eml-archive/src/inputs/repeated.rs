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
    let is_same = |one: &Path, other: &Path| {
        named.contains(one) || named.contains(other) || one.canonicalize().ok() == other.canonicalize().ok()
    };
    let mut places = HashSet::new();
    skipped.retain(|skipped| match skipped.origin.path() {
        Some(path) if !matches!(skipped.why, SkippedWhy::SameFile(_)) => places.insert(super::search::resolved(path)),
        _ => true,
    });
    let mut seen: HashMap<Identity, Vec<PathBuf>> = HashMap::new();
    found.retain(|Input { path, .. }| {
        let Some(identity) = identity(path).filter(|_| path.is_file()) else { return true };
        let others = seen.entry(identity).or_default();
        let first = others.iter().find(|other| is_same(other, path));
        skipped.extend(first.map(|first| same(path, first)));
        let is_first = first.is_none();
        if is_first {
            others.push(path.clone());
        }
        is_first
    });
}

fn same(path: &Path, first: &Path) -> Skipped {
    Skipped::new(Origin::file(path), SkippedWhy::SameFile(Origin::file(first)))
}

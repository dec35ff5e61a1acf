//! The folders of an output, the most recently used of them held open.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Folder, OpenFolder};

/// The folders below a root. There may be any number, but only a few files may be open: the most recently used are.
#[derive(Debug)]
pub(in crate::sink) struct OpenFolders<F = OpenFolder> {
    root: Arc<F>,
    /// The others by their paths, the last used first: nearly always the one that is needed next.
    recent: Mutex<Vec<(String, Arc<F>)>>,
    /// How many of them may be held open.
    most: usize,
}

impl<F: Folder> OpenFolders<F> {
    /// The folders below `root`, which may be a link itself.
    pub(in crate::sink) fn below(root: &Path) -> io::Result<Self> {
        Ok(Self { root: Arc::new(F::root(root)?), recent: Mutex::default(), most: F::affordable() })
    }

    /// Opens the folder at this path below the root and creates what does not exist. No part of it may be a link.
    pub(in crate::sink) fn enter(&self, path: &str) -> io::Result<Arc<F>> {
        self.get(path, F::enter)
    }

    /// Opens the folder at this path below the root. No part of it may be a link.
    pub(in crate::sink) fn find(&self, path: &str) -> io::Result<Arc<F>> {
        self.get(path, F::find)
    }

    /// Opens each component in the folder before it, starting from the innermost one that is open already.
    fn get(&self, path: &str, step: fn(&F, &str) -> io::Result<F>) -> io::Result<Arc<F>> {
        if path.is_empty() {
            return Ok(Arc::clone(&self.root));
        }
        let known = outwards(path).find_map(|path| Some((self.known(path)?, path.len())));
        let (mut folder, mut end) = known.unwrap_or_else(|| (Arc::clone(&self.root), 0));
        for name in path[end..].split('/').filter(|name| !name.is_empty()) {
            folder = Arc::new(step(&folder, name)?);
            end += usize::from(end > 0) + name.len();
            self.hold(&path[..end], &folder);
        }
        Ok(folder)
    }

    /// Holds a folder open, and closes the least recently used one.
    fn hold(&self, path: &str, folder: &Arc<F>) {
        let mut recent = self.lock();
        recent.insert(0, (path.to_owned(), Arc::clone(folder)));
        recent.truncate(self.most);
    }

    /// The folder at this path, if it is held open. It becomes the most recently used one.
    fn known(&self, path: &str) -> Option<Arc<F>> {
        let mut recent = self.lock();
        let place = recent.iter().position(|(known, _)| known == path)?;
        recent[..=place].rotate_right(1);
        Some(Arc::clone(&recent[0].1))
    }

    /// How many folders are held open besides the root.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, Arc<F>)>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The path of a folder, then those of the folders around it below the root.
pub(in crate::sink) fn outwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |inner| inner.rsplit_once('/').map(|(outer, _)| outer))
}

//! The folders of an output, as many of them open as are likely to be met again.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Folder, OpenFolder};

/// The folders below a root, of which those last used are held open. There may be any number of folders, and only a few
/// files may be open.
#[derive(Debug)]
pub(in crate::sink) struct OpenFolders<F = OpenFolder> {
    root: Arc<F>,
    /// The others by their paths, the last used first: nearly always the one that is looked for.
    recent: Mutex<Vec<(String, Arc<F>)>>,
    /// How many of them are held open.
    most: usize,
}

impl<F: Folder> OpenFolders<F> {
    /// The folders below `root`, which may be a link itself.
    pub(in crate::sink) fn below(root: &Path) -> io::Result<Self> {
        Ok(Self { root: Arc::new(F::root(root)?), recent: Mutex::default(), most: F::affordable() })
    }

    /// Opens the folder at that path below the root; what is not there is made. No part of it may be a link.
    pub(in crate::sink) fn enter(&self, path: &str) -> io::Result<Arc<F>> {
        self.get(path, F::enter)
    }

    /// Opens the folder at that path below the root, no part of which may be a link.
    pub(in crate::sink) fn find(&self, path: &str) -> io::Result<Arc<F>> {
        self.get(path, F::find)
    }

    /// Opens a folder by opening each part of its path in the folder before, unless it is open already.
    fn get(&self, path: &str, step: fn(&F, &str) -> io::Result<F>) -> io::Result<Arc<F>> {
        if path.is_empty() {
            return Ok(Arc::clone(&self.root));
        }
        if let Some(folder) = self.known(path) {
            return Ok(folder);
        }
        let (outer, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = Arc::new(step(&*self.get(outer, step)?, name)?);
        let mut recent = self.lock();
        recent.insert(0, (path.to_owned(), Arc::clone(&folder)));
        recent.truncate(self.most);
        Ok(folder)
    }

    /// The folder at that path, if it is held open. It is the last used one then.
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

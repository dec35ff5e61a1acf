//! The name of an archive or a mailbox that is being written.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The name of an archive. It is known once the archive is complete: the first of several has another name than a
/// single one.
///
/// Clones share one cell. It stays empty if the archive was never completed; then its entries do not exist.
///
/// ```
/// use std::path::Path;
///
/// use mbox2eml::sink::VolumeName;
///
/// let name = VolumeName::default();
/// let of_entry = name.clone();
/// assert!(of_entry.path().is_none());
/// name.finish(Path::new("out.zip"));
/// assert_eq!(of_entry.path(), Some(Path::new("out.zip")));
/// ```
#[derive(Clone, Debug, Default)]
pub struct VolumeName(Arc<OnceLock<PathBuf>>);

impl VolumeName {
    /// Reports that the archive is complete, with its path. Only the first call counts.
    pub fn finish(&self, path: &Path) {
        let _ = self.0.set(path.to_owned());
    }

    /// Its path, if it is complete.
    pub fn path(&self) -> Option<&Path> {
        self.0.get().map(PathBuf::as_path)
    }
}

/// Whether both are the same archive.
impl PartialEq for VolumeName {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for VolumeName {}

impl Hash for VolumeName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

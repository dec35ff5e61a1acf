//! What an archive in work will be called.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The name of an archive, which is known once it is finished: an archive that turns out to be the first of several is
/// called otherwise than one alone.
///
/// Clones are of the same archive. One that is never given up to a name was not finished, and nothing in it is there.
#[derive(Clone, Debug, Default)]
pub struct VolumeName(Arc<OnceLock<PathBuf>>);

impl VolumeName {
    /// Says that the archive is finished, and stands at `path`. Only the first time counts.
    pub fn finish(&self, path: &Path) {
        // The second name of an archive would be a defect of its sink, and harms nobody here.
        let _ = self.0.set(path.to_owned());
    }

    /// Where it stands, if it is finished.
    pub fn path(&self) -> Option<&Path> {
        self.0.get().map(PathBuf::as_path)
    }
}

/// Whether both are of the same archive.
impl PartialEq for VolumeName {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for VolumeName {}

//! What a summary says of a manifest.

use std::path::PathBuf;

use serde::Serialize;

use super::Checked;
use crate::summary::ShownPath;

/// What became of the manifest of a run.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum ManifestReport {
    /// It was written.
    Written { path: ShownPath, complete: bool },
    /// Files were compared with it, and with others.
    Checked {
        path: ShownPath,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        others: Vec<ShownPath>,
        #[serde(flatten)]
        checked: Checked,
    },
}

impl ManifestReport {
    /// That of a run that wrote one.
    pub(crate) fn written(path: PathBuf, complete: bool) -> Self {
        Self::Written { path: ShownPath(path), complete }
    }

    /// That of a check of files against these.
    pub(crate) fn checked(manifests: &[PathBuf], checked: Checked) -> Self {
        let mut paths = manifests.iter().cloned().map(ShownPath);
        let path = paths.next().unwrap_or_else(|| ShownPath(PathBuf::new()));
        Self::Checked { path, others: paths.collect(), checked }
    }

    /// Whether all of it was written, or nothing differs from it.
    pub(crate) fn is_complete(&self) -> bool {
        match self {
            Self::Written { complete, .. } => *complete,
            Self::Checked { checked, .. } => checked.is_complete(),
        }
    }
}

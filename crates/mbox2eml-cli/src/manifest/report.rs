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
    /// Files were compared with it.
    Checked {
        path: ShownPath,
        #[serde(flatten)]
        checked: Checked,
    },
}

impl ManifestReport {
    /// That of a run that wrote one.
    pub(crate) fn written(path: PathBuf, complete: bool) -> Self {
        Self::Written { path: ShownPath(path), complete }
    }

    /// Whether all of it was written, or nothing differs from it.
    pub(crate) fn is_complete(&self) -> bool {
        match self {
            Self::Written { complete, .. } => *complete,
            Self::Checked { checked, .. } => checked.is_complete(),
        }
    }
}

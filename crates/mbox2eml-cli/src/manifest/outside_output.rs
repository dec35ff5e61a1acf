//! The files of an output without manifests and the files of file managers.

use std::collections::HashSet;
use std::io::{self, Read};
use std::iter;
use std::path::Path;

use mbox2eml::Result;
use mbox2eml::sink::Existing;

use super::file::MANIFEST;
use crate::kept::folder_of;

/// The files of an output, without its manifest and those of earlier runs beside it.
pub(crate) struct Apart<S> {
    existing: S,
    /// Their paths below the output.
    manifests: HashSet<String>,
}

impl<S> Apart<S> {
    /// The files in `existing`, which is at `output`.
    pub(crate) fn new(existing: S, output: &Path, manifest: Option<&Path>) -> Self {
        let manifests = manifest.and_then(|manifest| manifests(manifest, output)).unwrap_or_default();
        Self { existing, manifests }
    }
}

fn manifests(manifest: &Path, output: &Path) -> Option<HashSet<String>> {
    let folder = folder_of(manifest).canonicalize().ok()?;
    let below = folder.strip_prefix(output.canonicalize().ok()?).ok()?;
    let place = |path: &Path| {
        let path = below.join(path.file_name()?);
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        Some(parts.join("/"))
    };
    Some(MANIFEST.earlier(manifest).chain(iter::once(manifest.to_owned())).filter_map(|path| place(&path)).collect())
}

/// Whether a file is one in which file managers keep their own notes on a folder.
fn is_of_file_manager(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [".DS_Store", "Thumbs.db", "desktop.ini"].iter().any(|junk| name.eq_ignore_ascii_case(junk))
}

impl<S: Existing> Existing for Apart<S> {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        self.existing.open(name)
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        self.existing.list(&mut |name| {
            if !self.manifests.contains(&name) && !is_of_file_manager(&name) {
                each(name);
            }
        })
    }
}

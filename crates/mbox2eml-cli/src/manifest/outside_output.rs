//! The files of an output without those of this program beside the messages, and without those of file managers.

use std::collections::HashSet;
use std::io::{self, Read};
use std::iter;
use std::path::Path;

use mbox2eml::Result;
use mbox2eml::sink::Existing;

use crate::kept::{OwnFile, folder_of};

/// The files of an output, without its manifest, its report, and those of earlier runs beside them.
pub(crate) struct Apart<S> {
    existing: S,
    /// Their paths below the output.
    own: HashSet<String>,
}

impl<S> Apart<S> {
    /// The files in `existing`, which is at `output`.
    pub(crate) fn new<'a>(existing: S, output: &Path, own: impl Iterator<Item = (OwnFile, &'a Path)>) -> Self {
        let own = own.filter_map(|(kind, path)| paths_below(output, kind, path)).flatten().collect();
        Self { existing, own }
    }
}

/// The path of such a file below the output, and those of earlier ones.
fn paths_below(output: &Path, kind: OwnFile, path: &Path) -> Option<Vec<String>> {
    let folder = folder_of(path).canonicalize().ok()?;
    let below = folder.strip_prefix(output.canonicalize().ok()?).ok()?;
    let place = |path: &Path| {
        let path = below.join(path.file_name()?);
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        Some(parts.join("/"))
    };
    Some(kind.earlier(path).chain(iter::once(path.to_owned())).filter_map(|path| place(&path)).collect())
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

    fn files(&self, folder: &str) -> io::Result<Vec<(String, u64)>> {
        self.existing.files(folder)
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        self.existing.list(&mut |name| {
            if !self.own.contains(&name) && !is_of_file_manager(&name) {
                each(name);
            }
        })
    }
}

//! The files of an output without those of this program beside the messages, and without those of file managers.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mbox2eml::Result;
use mbox2eml::sink::Existing;

use super::{Format, MANIFEST};
use crate::page::{REPORT, is_page};

/// The files of an output, without the manifests and reports that this program has written there.
pub(crate) struct Apart<S> {
    existing: S,
    output: PathBuf,
}

impl<S> Apart<S> {
    /// The files in `existing`, which is at `output`.
    pub(crate) fn new(existing: S, output: &Path) -> Self {
        Self { existing, output: output.to_owned() }
    }
}

/// Whether a file at this path below an output is part of it.
pub(crate) fn is_part(output: &Path, name: &str) -> bool {
    !is_own(&output.join(name)) && !is_of_file_manager(name)
}

/// Whether a file is a manifest or a report, by its content.
fn is_own(path: &Path) -> bool {
    let kind = if Format::of(path).is_some() {
        MANIFEST
    } else if is_page(path) {
        REPORT
    } else {
        return false;
    };
    fs::symlink_metadata(path).is_ok_and(|there| there.is_file()) && kind.is_one(path)
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

    fn identity<'n>(&self, name: &'n str) -> Cow<'n, str> {
        self.existing.identity(name)
    }

    fn files(&self, folder: &str) -> io::Result<Vec<(String, u64)>> {
        self.existing.files(folder)
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        self.existing.list(&mut |name| {
            if is_part(&self.output, &name) {
                each(name);
            }
        })
    }
}

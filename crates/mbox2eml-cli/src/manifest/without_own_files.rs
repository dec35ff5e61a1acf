//! The files of an output without those of this program beside the messages, without inputs that are there, and without
//! those of file managers.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mbox2eml::Result;
use mbox2eml::sink::Existing;

use super::{Format, MANIFEST};
use crate::kept::{folder_of, resolved};
use crate::page::{REPORT, is_page};

/// Which files of an output hold messages, and which are others that are there.
#[derive(Debug)]
pub(crate) struct MessageFiles {
    output: PathBuf,
    /// The inputs that are below the output, by their paths there.
    inputs: Vec<PathBuf>,
}

impl MessageFiles {
    /// Those of a conversion of these inputs into that output.
    pub(crate) fn new(output: &Path, inputs: impl IntoIterator<Item = impl AsRef<Path>>) -> Self {
        let root = resolved(output);
        let below = |input: &Path| {
            // A link is listed under its own name.
            let path = resolved(folder_of(input)).join(input.file_name()?);
            path.strip_prefix(&root).ok().map(Path::to_owned)
        };
        let inputs = inputs.into_iter().filter_map(|input| below(input.as_ref()));
        Self { output: output.to_owned(), inputs: inputs.filter(|path| path != Path::new("")).collect() }
    }

    /// Whether the file at this path below the output is an input, or in one.
    pub(crate) fn is_input(&self, name: &str) -> bool {
        // A message in a mailbox is named by its byte there.
        let mailbox = name.rsplit_once('!').map_or(name, |(mailbox, _)| mailbox);
        self.inputs.iter().any(|input| [name, mailbox].iter().any(|name| Path::new(name).starts_with(input)))
    }

    /// Whether the file at this path below the output is one of them.
    pub(crate) fn is_one(&self, name: &str) -> bool {
        !self.is_input(name) && !is_own(&self.output.join(name)) && !is_of_file_manager(name)
    }
}

/// The files of an output, without the manifests and reports that this program has written there, and without inputs.
pub(crate) struct WithoutOwnFiles<S> {
    existing: S,
    files: MessageFiles,
}

impl<S> WithoutOwnFiles<S> {
    /// The files in `existing` that are messages.
    pub(crate) fn new(existing: S, files: MessageFiles) -> Self {
        Self { existing, files }
    }
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

impl<S: Existing> Existing for WithoutOwnFiles<S> {
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
            if self.files.is_one(&name) {
                each(name);
            }
        })
    }
}

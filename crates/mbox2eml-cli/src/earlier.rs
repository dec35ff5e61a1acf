//! Finds out how an output was written: by the summary or manifest of an earlier run beside it, or by its files.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use mbox2eml::sink::{Existing, ExistingFolder};
use mbox2eml::source::FileKind;
use mbox2eml_archive::volumes::ExistingVolumes;
use serde_json::Value;

use crate::kept::folder_of;
use crate::manifest::{self, Format, MANIFEST};
use crate::paths::is_eml;

/// How many files of a folder are checked, and how many bytes of each are read.
const FILES: usize = 1000;
const LONGEST: u64 = 64 << 20;

/// What can show the options of an earlier run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    Summary(PathBuf),
    Manifest(PathBuf),
}

/// The summary of an earlier run into this output, or else its manifest, if there is one in the folder that the output
/// is in, or in the folder in which the program runs.
pub(crate) fn evidence(output: &Path) -> Option<Evidence> {
    let parent = folder_of(output);
    let folders = if parent == Path::new(".") { vec![parent] } else { vec![parent, Path::new(".")] };
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).take(FILES);
        files.extend(
            entries
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
                .map(|entry| if folder == Path::new(".") { PathBuf::from(entry.file_name()) } else { entry.path() }),
        );
    }
    files.sort();
    let mut manifests = files.iter().filter(|path| is_manifest_of(path, output));
    let mut summaries = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let summary = summaries.find(|path| is_summary_of(path, output)).cloned().map(Evidence::Summary);
    summary.or_else(|| manifests.next().cloned().map(Evidence::Manifest))
}

/// What a folder is, by its files, and the option that is missing, if it is not an output of this format.
pub(crate) fn other_format(format: &str, output: &Path) -> Option<&'static str> {
    let mut files = Vec::new();
    let list = |folder: ExistingFolder| {
        folder.list(&mut |name| {
            if files.len() < FILES {
                files.push(name);
            }
        })
    };
    ExistingFolder::open(output).and_then(list).ok()?;
    let has = |is: &dyn Fn(&Path) -> bool| files.iter().any(|file| is(Path::new(file)));
    let is_mailbox = |file: &Path| FileKind::of_file(&output.join(file)).is_ok_and(|kind| kind == FileKind::Mbox);
    let is_of_maildir = |file: &Path| {
        let folder = file.parent().and_then(Path::file_name).unwrap_or_default();
        folder == "cur" || folder == "new" || file.file_name().is_some_and(|name| name == "maildirfolder")
    };
    Some(match format {
        // The mailbox may be an input.
        "eml" if has(&is_eml) => return None,
        "maildir" | "mbox" if has(&is_eml) => "holds EML files: leave out --format",
        "eml" | "maildir" if has(&is_mailbox) => "holds mailboxes: add --format mbox",
        "eml" | "mbox" if has(&is_of_maildir) => "is a Maildir: add --format maildir",
        _ => return None,
    })
}

/// Whether a file is the manifest of a conversion into this output: the first path in it is there.
fn is_manifest_of(path: &Path, output: &Path) -> bool {
    let Some(format) = Format::of(path).filter(|_| MANIFEST.is_one(path)) else { return false };
    let Ok(mut rows) = manifest::read(path, format) else { return false };
    let first = rows.find_map(|row| row.ok()?.path.0.first().cloned()).unwrap_or_default();
    let volumes = if output.is_dir() { None } else { ExistingVolumes::open(output).ok() };
    let is_there = |name: &str| match &volumes {
        Some(volumes) => matches!(volumes.open(name), Ok(Some(_))),
        None => output.join(name).is_file(),
    };
    let mailbox = first.rsplit_once('!').map(|(mailbox, _)| mailbox);
    manifest::names_in(&first).chain(mailbox).any(is_there)
}

/// Whether a file is the summary of a conversion into this output.
fn is_summary_of(path: &Path, output: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let summary: Value = serde_json::from_reader(BufReader::new(file.take(LONGEST))).unwrap_or_default();
    let is_same =
        |other: &str| fs::canonicalize(other).ok().zip(fs::canonicalize(output).ok()).is_some_and(|(a, b)| a == b);
    summary["command"] == "convert"
        && summary["options"].is_object()
        && summary["output"].as_str().is_some_and(|other| Path::new(other) == output || is_same(other))
}

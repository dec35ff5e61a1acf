//! Finds the summary or manifest of an earlier run beside an output.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::kept::folder_of;
use crate::manifest::{Format, MANIFEST};

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
    let mut manifests = files.iter().filter(|path| Format::of(path).is_some() && MANIFEST.is_one(path));
    let mut summaries = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let summary = summaries.find(|path| is_summary_of(path, output)).cloned().map(Evidence::Summary);
    summary.or_else(|| manifests.next().cloned().map(Evidence::Manifest))
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

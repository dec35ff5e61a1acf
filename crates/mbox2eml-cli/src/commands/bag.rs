//! An output that is a bag: checked before a run adds to it, and completed after it.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;

use jiff::Timestamp;
use mbox2eml::report::{Digest, Observer};
use mbox2eml::sink::{Existing, ExistingFolder};
use mbox2eml::{Error, Result, RunEnd};
use mbox2eml_archive::bag::{Bag, BagInfo, ListedFile, OpenBag, Payload};

use crate::kept::{earlier, folder_of};
use crate::manifest::{Checked, Format, MANIFEST, Row, Rows, check};
use crate::plan::Bagging;
use crate::reporter::Reporter;
use crate::shell::quoted_path;
use crate::summary::BagReport;

/// Begins a bag, or prepares to add to one.
pub(super) fn begin(bag: &Bag, threads: NonZeroUsize) -> Result<OpenBag> {
    check_unchanged(bag, threads)?;
    bag.begin().map_err(|error| fault(bag, BEGIN, error))
}

/// Checks that the files of a bag are as they are listed: to hash them again would hide damage.
pub(super) fn check_unchanged(bag: &Bag, threads: NonZeroUsize) -> Result<()> {
    let checked = || {
        let renamed = bag.clone();
        let tags =
            bag.listed_unchanged()?.filter(move |file| !file.as_ref().is_ok_and(|file| is_renamed(&renamed, file)));
        check_rows(bag, Box::new(rows(bag.listed()?).chain(rows(tags))), threads, &())
    };
    let checked = checked().map_err(|error| fault(bag, BEGIN, error))?;
    let found = checked.numbers().into_iter().filter(|(number, what)| *number > 0 && *what != "extra");
    let found: Vec<String> = found.map(|(number, what)| format!("{number} {what}")).collect();
    if found.is_empty() {
        return Ok(());
    }
    let why = format!(
        "its files are not as its manifest lists them: {}; 'mbox2eml verify {}' lists them",
        found.join(", "),
        quoted_path(bag.root())
    );
    Err(fault(bag, BEGIN, io::Error::new(io::ErrorKind::InvalidData, why)))
}

/// Whether a manifest of messages has another name since, as a later run gave it that was not completed.
fn is_renamed(bag: &Bag, ListedFile { path, sha256, .. }: &ListedFile) -> bool {
    let path = bag.root().join(path);
    let is_it = |path: &Path| File::open(path).and_then(Digest::of_file).is_ok_and(|digest| digest.hex() == *sha256);
    Format::of(&path).is_some() && !is_it(&path) && earlier(&path).any(|path| is_it(&path))
}

const BEGIN: &str = "cannot add to this bag";

/// Completes the bag after a run that was not ended early. It has a copy of a manifest that is elsewhere.
pub(super) fn complete(
    Bagging { bag, organization, open }: &Bagging,
    manifest: Option<&Path>,
    ending: RunEnd,
    threads: NonZeroUsize,
    reporter: &Reporter,
) -> BagReport {
    let unfinished = BagReport { files: 0, bytes: 0, complete: false, earlier_manifests: Vec::new() };
    let Some(open) = open.as_ref().filter(|_| ending == RunEnd::Complete) else { return unfinished };
    let (today, agent) = (Timestamp::now().to_string(), concat!("mbox2eml ", env!("CARGO_PKG_VERSION")));
    let info = BagInfo::new(today.split('T').next().unwrap_or_default(), agent);
    let info = organization.iter().fold(info, |info, name| info.organization(name));
    let copied = manifest.map_or(Ok(()), |manifest| copy_into(bag, manifest));
    let manifests = manifests(bag.root());
    match copied.and_then(|()| open.complete(&info, &manifests, threads, &|| reporter.cancelled())) {
        Ok(Payload { files, bytes, .. }) => {
            let own = manifest.and_then(Path::file_name);
            let earlier = manifests.into_iter().filter(|name| Some(OsStr::new(name)) != own);
            BagReport { files, bytes, complete: true, earlier_manifests: earlier.collect() }
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => unfinished,
        Err(error) => {
            reporter.report_error(&fault(bag, "cannot complete this bag", error));
            unfinished
        }
    }
}

/// Copies a manifest that is not in the bag into it; what has its name there is kept.
fn copy_into(bag: &Bag, manifest: &Path) -> io::Result<()> {
    let is_inside = folder_of(manifest).canonicalize()? == bag.root().canonicalize()?;
    let Some(name) = manifest.file_name().filter(|_| !is_inside) else { return Ok(()) };
    let copy = bag.root().join(name);
    MANIFEST.keep_earlier(&copy)?;
    let mut to = OpenOptions::new().write(true).create_new(true).open(copy)?;
    io::copy(&mut File::open(manifest)?, &mut to).map(drop)
}

/// The manifests that runs have written beside the payload.
fn manifests(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root).into_iter().flatten().filter_map(io::Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let manifests = files.filter(|file| Format::of(&file.path()).is_some() && MANIFEST.is_one(&file.path()));
    let mut names: Vec<String> = manifests.filter_map(|file| file.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Checks every file of a bag against its checksum, that is all of the payload, and the files beside it that are listed.
pub(super) fn check_bag(bag: &Bag, threads: NonZeroUsize, observer: &dyn Observer) -> Result<Checked> {
    let checked = || {
        let rows = Box::new(rows(bag.listed()?).chain(rows(bag.listed_tags()?)));
        let mut checked = check_rows(bag, rows, threads, observer)?;
        checked.add_faults(bag.faults()?);
        Ok(checked)
    };
    checked().map_err(|error| fault(bag, "cannot check this bag", error))
}

fn check_rows(bag: &Bag, rows: Rows, threads: NonZeroUsize, observer: &dyn Observer) -> io::Result<Checked> {
    let Ok(files) = ExistingFolder::open(bag.root()) else { return Ok(Checked::default()) };
    check(vec![rows], bag.root(), &InBag(files), threads, observer)
}

/// The rows of a manifest of a bag, which says nothing of messages.
fn rows(listed: impl Iterator<Item = Result<ListedFile, String>> + Send + 'static) -> Rows {
    Box::new(listed.map(|file| file.map(|file| Row::of_file(file.path, file.sha256))))
}

/// The files of a bag, of which those of the payload have to be listed.
struct InBag(ExistingFolder);

impl Existing for InBag {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn io::Read + '_>>> {
        self.0.open(name)
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        self.0.list(&mut |name| {
            if name.starts_with("data/") {
                each(name);
            }
        })
    }
}

fn fault(bag: &Bag, doing: &'static str, source: io::Error) -> Error {
    Error::Output { path: bag.root().to_owned(), doing, source }
}

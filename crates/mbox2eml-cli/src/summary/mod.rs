//! What a run has done: the figures, gathered once for people, for programs and for the page.

mod run;
mod table;
mod text;
mod warnings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mbox2eml::Conversion;
use mbox2eml::name::MailboxTree;
use mbox2eml::report::Tally;
use mbox2eml::sink::Differences;
use serde::{Serialize, Serializer};

use crate::manifest::ManifestReport;
use crate::number::{count, size};
use crate::reporter::Reporter;
use crate::sums::Part;
use crate::terminal::escape;
pub(crate) use run::{Mailbox, Run, State, is_lost, place_of};
pub(crate) use table::write_rows as write_mailboxes;
pub(crate) use text::{mailbox_line, profile_in_words, proof_sum, sampled, two_dates, write_two_dates};
pub(crate) use warnings::{Counts, Warned, write_warnings};

/// What a conversion or a comparison has done.
#[derive(Serialize)]
pub(crate) struct Summary {
    #[serde(flatten)]
    pub(crate) run: Run<Mailbox>,
    pub(crate) output: ShownPath,
    pub(crate) dry_run: bool,
    /// How many messages each folder of the output got or has.
    pub(crate) folders: BTreeMap<String, u64>,
    /// How many bytes a dry run would have written into each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) folder_bytes: Option<BTreeMap<String, u64>>,
    /// The archives or mailboxes that were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<Vec<ShownPath>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) differences: Option<Different>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) manifest: Option<ManifestReport>,
    /// What part of a plan was converted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) range: Option<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bag: Option<BagReport>,
    /// What to do with the output, if an importer was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
    #[serde(skip)]
    pub(crate) purpose: Purpose,
    /// What the files of the output are.
    #[serde(skip)]
    pub(crate) kind: FileKind,
}

/// What the files of an output are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// One for each message.
    Message,
    /// ZIPs with many.
    Archive,
    /// Mailboxes, in this tree.
    Mailbox(MailboxTree),
}

/// How many manifests of earlier runs are named.
const MANIFESTS: usize = 3;

/// What became of the bag.
#[derive(Serialize)]
pub(crate) struct BagReport {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Whether it has all its checksums.
    pub(crate) complete: bool,
    /// The manifests of earlier runs that are in it.
    pub(crate) earlier_manifests: Vec<String>,
}

impl BagReport {
    /// What it holds, for people.
    pub(crate) fn sentence(&self) -> String {
        let Self { files, bytes, complete, ref earlier_manifests } = *self;
        if !complete {
            return "not complete: run the same command again".to_owned();
        }
        let bag = format!("{} in data/, {}; each has its checksum", count(files, "file"), size(bytes));
        let named = earlier_manifests.iter().take(MANIFESTS).map(|name| escape(name).to_string());
        let named: Vec<String> = named.collect();
        match earlier_manifests.len() - named.len() {
            _ if named.is_empty() => bag,
            0 => format!("{bag}; manifests of earlier runs: {}", named.join(", ")),
            more => format!("{bag}; manifests of earlier runs: {} and {more} more", named.join(", ")),
        }
    }
}

/// A path, for programs as far as it is Unicode.
#[derive(Clone, Debug)]
pub(crate) struct ShownPath(pub(crate) PathBuf);

impl Serialize for ShownPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string_lossy())
    }
}

/// What a run has made.
pub(crate) enum Made {
    /// It was a dry run; these files would have been written into each folder.
    Nothing(BTreeMap<String, Tally>),
    /// EML files in a folder.
    Files,
    /// These archives, finished.
    Archives(Vec<PathBuf>),
    /// These mailboxes, finished.
    Mailboxes(Vec<PathBuf>),
    /// It was a comparison, which found these differences.
    Compared(Differences),
}

/// What a run is for, which decides what its counts are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Convert,
    /// To convert into archives, while they are not finished.
    Pack,
    DryRun,
    Verify,
}

/// What a comparison found.
#[derive(Serialize)]
pub(crate) struct Different {
    /// How many there are; of each kind so many at most are listed.
    pub(crate) number: u64,
    pub(crate) missing: Vec<String>,
    pub(crate) different: Vec<DifferentFile>,
    pub(crate) extra: Vec<String>,
}

/// A file that differs.
#[derive(Serialize)]
pub(crate) struct DifferentFile {
    pub(crate) path: String,
    /// The first byte that does.
    pub(crate) byte: u64,
}

impl From<&Differences> for Different {
    fn from(Differences { number, missing, different, extra, .. }: &Differences) -> Self {
        let different = different.iter().map(|(path, byte)| DifferentFile { path: path.clone(), byte: *byte });
        Self { number: *number, missing: missing.clone(), different: different.collect(), extra: extra.clone() }
    }
}

impl Made {
    fn purpose(&self) -> Purpose {
        match self {
            Self::Nothing(_) => Purpose::DryRun,
            Self::Files | Self::Archives(_) | Self::Mailboxes(_) => Purpose::Convert,
            Self::Compared(_) => Purpose::Verify,
        }
    }
}

impl Summary {
    /// The summary of a run into `output`, or over what is there.
    pub(crate) fn new(done: &Conversion<Made>, output: &Path, reporter: &Reporter) -> Self {
        let purpose = done.receipt.purpose();
        let command = if purpose == Purpose::Verify { "verify" } else { "convert" };
        let mailbox =
            |at, summary: &_, state| Mailbox { differing: reporter.differing(at), ..Mailbox::new(summary, state) };
        let mut summary = Self {
            run: Run::new(command, done, mailbox, reporter),
            dry_run: purpose == Purpose::DryRun,
            folders: done.folders.clone(),
            purpose,
            ..Self::without_run(Run::empty(command, reporter), output)
        };
        match &done.receipt {
            Made::Files => {}
            Made::Nothing(folders) => {
                let bytes = folders.iter().map(|(folder, tally)| (folder.clone(), tally.bytes));
                summary.folder_bytes = Some(bytes.collect());
            }
            Made::Compared(differences) => summary.differ(Different::from(differences)),
            Made::Archives(files) | Made::Mailboxes(files) => {
                summary.files = Some(files.iter().cloned().map(ShownPath).collect());
            }
        }
        summary
    }

    /// The summary of a comparison that reads no mailbox.
    pub(crate) fn without_run(run: Run<Mailbox>, output: &Path) -> Self {
        Self {
            run,
            output: ShownPath(output.to_owned()),
            dry_run: false,
            folders: BTreeMap::new(),
            folder_bytes: None,
            files: None,
            differences: None,
            manifest: None,
            range: None,
            bag: None,
            next: None,
            purpose: Purpose::Verify,
            kind: FileKind::Message,
        }
    }

    fn differ(&mut self, differences: Different) {
        self.run.complete &= differences.number == 0;
        self.differences = Some(differences);
    }

    /// Sets what the files of the output are.
    pub(crate) fn of_kind(mut self, kind: FileKind) -> Self {
        self.kind = kind;
        self
    }

    /// Adds what became of the bag.
    pub(crate) fn with_bag(mut self, bag: Option<BagReport>) -> Self {
        self.run.complete &= bag.as_ref().is_none_or(|bag| bag.complete);
        self.bag = bag;
        self
    }

    /// Adds what became of the manifest.
    pub(crate) fn with_manifest(mut self, manifest: Option<ManifestReport>) -> Self {
        self.run.complete &= manifest.as_ref().is_none_or(ManifestReport::is_complete);
        self.manifest = manifest;
        self
    }
}

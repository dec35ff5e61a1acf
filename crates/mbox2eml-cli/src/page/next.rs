//! What to do after a run.

use std::path::Path;

use super::model::{Page, State, Step, Task};
use crate::manifest::ManifestReport;
use crate::shell::quoted_path;
use crate::summary::FileKind;

/// What the steps depend on beside the figures of the page.
pub(super) struct After<'a> {
    /// What the files of the output are, and where.
    pub(super) kind: FileKind,
    pub(super) output: &'a Path,
    /// Whether parts of an export were not given.
    pub(super) misses_parts: bool,
    /// Whether files that were compared are missing or different.
    pub(super) lacks_files: bool,
    /// What the importer says.
    pub(super) importer: Option<&'a str>,
    pub(super) manifest: Option<&'a ManifestReport>,
}

/// The steps, in order.
pub(super) fn next(page: &Page, after: &After<'_>) -> Vec<Step> {
    let what = repair(page, after).into_iter().chain(look(page)).chain(go_on(page, after));
    let mut steps: Vec<Step> = what.map(|what| Step { what, command: None }).collect();
    if page.task == Task::Convert {
        steps.push(keep(after));
    }
    steps
}

/// What to do about failures and differences.
fn repair(page: &Page, After { kind, misses_parts, lacks_files, .. }: &After<'_>) -> Vec<String> {
    let has_failed = page.failures.all > 0;
    let differs = page.differences.iter().any(|(_, files)| files.all > 0);
    let files = kind.plural();
    let is_added_to = *kind == FileKind::Message;
    let again = if is_added_to {
        "run the same command again: it writes what is missing and changes nothing else.".to_owned()
    } else {
        format!("move away the {files} that this run wrote, and run the same command again.")
    };
    let step = match page.task {
        Task::Convert if has_failed => format!("Follow the advice on each failure. Then {again}"),
        Task::Convert if *misses_parts => format!("Download the missing parts of the export. Then {again}"),
        Task::Convert if page.state != State::Good && is_added_to => {
            "Run the same command again: it writes what is missing and changes nothing else.".to_owned()
        }
        Task::Convert if page.state != State::Good => format!("Run the same command again to make the other {files}."),
        Task::Verify | Task::CheckManifest if *lacks_files && is_added_to => {
            "Run the conversion again with the options of the first time: it writes what is missing. A file that differs \
             is kept, and its message gets the next free name."
                .to_owned()
        }
        Task::Verify | Task::CheckManifest if *lacks_files => format!(
            "Move the output away and run the conversion again with the same options: finished {files} are never added to."
        ),
        Task::Verify if has_failed => "Follow the advice on each failure. Then verify again.".to_owned(),
        Task::Verify | Task::CheckManifest if differs => "Look at the differences above.".to_owned(),
        Task::DryRun | Task::Inspect if *misses_parts => {
            "Download the missing parts of the export. Then run the same command again.".to_owned()
        }
        _ => return Vec::new(),
    };
    vec![step]
}

fn look(page: &Page) -> Option<String> {
    let step = "Read the warnings above: a message may need a look, or part of the mail may be missing.";
    (!page.warnings.is_empty()).then(|| step.to_owned())
}

/// What the output is for.
fn go_on(page: &Page, After { misses_parts, importer, .. }: &After<'_>) -> Option<String> {
    let is_fine = page.failures.all == 0 && page.differences.iter().all(|(_, files)| files.all == 0);
    match page.task {
        Task::Convert => importer.map(str::to_owned),
        Task::DryRun | Task::Inspect if *misses_parts => None,
        Task::DryRun => Some("Run the same command without --dry-run to write the messages.".to_owned()),
        Task::Inspect => Some(
            "Convert the mailboxes: mbox2eml INPUT... OUTPUT; --dry-run shows beforehand what would be written."
                .to_owned(),
        ),
        Task::Verify | Task::CheckManifest if is_fine => {
            Some("Nothing has to be done. Keep the mailboxes or the manifest if you want to verify again.".to_owned())
        }
        Task::Verify | Task::CheckManifest => None,
    }
}

/// How to check the output later.
fn keep(After { output, manifest, .. }: &After<'_>) -> Step {
    match manifest {
        Some(ManifestReport::Written { path, complete: true }) => Step {
            what: "Keep the manifest: it can check the files later, without the mailboxes.".to_owned(),
            command: Some(format!("mbox2eml verify --manifest {} {}", quoted_path(&path.0), quoted_path(output))),
        },
        _ => Step {
            what: "Before you delete a mailbox, compare: mbox2eml verify INPUT... OUTPUT, with the same options for \
                   messages, filters and names, compares every file with it, byte by byte."
                .to_owned(),
            command: None,
        },
    }
}

//! What to do after a run.

use std::path::Path;

use super::model::{Page, State, Step, Task};
use crate::manifest::ManifestReport;
use crate::shell::quoted_path;

/// The steps, in order.
pub(super) fn next(
    page: &Page,
    into_archives: bool,
    importer: Option<&str>,
    manifest: Option<&ManifestReport>,
    output: &Path,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = |what: &str| steps.push(Step { what: what.to_owned(), command: None });
    let has_failed = page.failures.all > 0 || page.differences.iter().any(|(_, files)| files.all > 0);
    match page.task {
        Task::Convert if has_failed && into_archives => {
            step(
                "Follow the advice on each failure. Then move the ZIPs of this run away and run the same command again: ZIPs are never added to.",
            );
        }
        Task::Convert if has_failed => {
            step(
                "Follow the advice on each failure. Then run the same command again: it writes what is missing and changes nothing else.",
            );
        }
        Task::Convert if page.state != State::Good => {
            step("Run the same command again: it writes what is missing and changes nothing else.");
        }
        Task::Verify | Task::CheckManifest if has_failed => {
            step(
                "Run the conversion again with the options of the first time: it writes what is missing. A file that differs is kept, and its message gets the next free name.",
            );
        }
        _ => {}
    }
    if !page.warnings.is_empty() {
        step("Read the warnings above. Nothing was lost, but a message may need a look.");
    }
    match page.task {
        Task::Convert => {
            if let Some(importer) = importer {
                step(importer);
            }
            match manifest {
                Some(ManifestReport::Written { path, complete: true }) => steps.push(Step {
                    what: "Keep the manifest: it can check the files later, without the mailboxes.".to_owned(),
                    command: Some(format!(
                        "mbox2eml verify --manifest {} {}",
                        quoted_path(&path.0),
                        quoted_path(output)
                    )),
                }),
                _ => step(
                    "Before you delete a mailbox, verify: the same command with the word verify after mbox2eml compares every \
                     file with it, byte by byte.",
                ),
            }
        }
        Task::DryRun => step("Run the same command without --dry-run to write the messages."),
        Task::Inspect => {
            step("Convert the mailboxes: mbox2eml INPUT... OUTPUT; --dry-run shows beforehand what would be written.")
        }
        Task::Verify | Task::CheckManifest if !has_failed => {
            step("Nothing has to be done. Keep the mailboxes or the manifest if you want to verify again.");
        }
        Task::Verify | Task::CheckManifest => {}
    }
    steps
}

//! The result of a run in a few words and in one sentence.

use std::path::Path;

use mbox2eml::RunEnd;

use super::model::{State, Task};
use crate::manifest::Checked;
use crate::number::{count, grouped, plural, to_u64};
use crate::summary::Run;
use crate::terminal::escape;

/// What the verdict depends on beside the figures.
pub(super) struct Outcome<'a> {
    pub(super) task: Task,
    pub(super) output: Option<&'a Path>,
    /// How many files are not what they should be.
    pub(super) differing: u64,
    /// The check of the manifest, if there was one.
    pub(super) checked: Option<&'a Checked>,
}

/// How it went.
pub(super) fn state<M>(run: &Run<M>, outcome: &Outcome<'_>) -> State {
    match run.ending {
        _ if outcome.checked.is_some_and(|checked| checked.interrupted) => State::Partly,
        RunEnd::Cancelled => State::Partly,
        RunEnd::OutputFailed => State::Bad,
        _ if outcome.differing > 0 => State::Bad,
        _ if run.is_lost => State::Bad,
        _ if !run.complete || run.misses_parts() => State::Partly,
        _ => State::Good,
    }
}

/// The result in a few words.
pub(super) fn title<M>(run: &Run<M>, outcome: &Outcome<'_>) -> &'static str {
    let stopped = run.ending == RunEnd::Cancelled || outcome.checked.is_some_and(|checked| checked.interrupted);
    let is_good = state(run, outcome) == State::Good;
    let only_misses_parts = run.complete && outcome.differing == 0 && run.misses_parts();
    match outcome.task {
        _ if stopped => "Stopped before the end",
        _ if run.ending == RunEnd::OutputFailed => "The output could not be completed",
        _ if only_misses_parts => "Parts of the export are missing",
        Task::Verify | Task::CheckManifest if is_good => "Everything is there and unchanged",
        Task::Verify | Task::CheckManifest if outcome.differing > 0 => "The output is not as expected",
        Task::Verify | Task::CheckManifest => "Not everything could be verified",
        Task::Convert if is_good => "Everything was converted",
        Task::DryRun if is_good => "Everything can be converted",
        Task::Inspect if is_good => "Everything can be read",
        _ if state(run, outcome) == State::Bad => "Nothing could be read or written",
        Task::Convert => "Not everything was converted",
        Task::DryRun => "Not everything can be converted",
        Task::Inspect => "Not everything can be read",
    }
}

/// The result in one sentence, with the two totals.
pub(super) fn sentence<M>(run: &Run<M>, outcome: &Outcome<'_>) -> String {
    if let (Task::CheckManifest, Some(checked)) = (outcome.task, outcome.checked) {
        return of_check(checked, outcome);
    }
    let failed = match run.failed.len() {
        0 => String::new(),
        number => format!("; {}, see below", count(to_u64(number), "failure")),
    };
    format!("{}; {}{failed}.", of_messages(run, outcome), of_bytes(run))
}

fn of_check(checked: &Checked, Outcome { output, differing, .. }: &Outcome<'_>) -> String {
    let output = output.map(|output| escape(output.display()).to_string()).unwrap_or_default();
    let differing = match differing {
        0 => "nothing differs".to_owned(),
        number => count(*number, "difference"),
    };
    format!(
        "{} in {output} with {} {} the manifest; {differing}.",
        count(checked.same, "file"),
        count(checked.bytes, "byte"),
        plural(checked.same, "matches", "match"),
    )
}

fn of_messages<M>(run: &Run<M>, Outcome { task, output, .. }: &Outcome<'_>) -> String {
    let there = run.messages.written + run.messages.already_there;
    let output = output.map(|output| escape(output.display()).to_string()).unwrap_or_default();
    let (is, are) = match task {
        Task::Convert => (format!("is in {output}"), format!("are in {output}")),
        Task::DryRun => (format!("would be written to {output}"), format!("would be written to {output}")),
        Task::Verify | Task::CheckManifest => {
            return match run.expected() {
                0 => "No message was expected".to_owned(),
                expected if there == expected => {
                    format!("All messages expected in {output} are there: {}", grouped(there))
                }
                expected => {
                    let verb = plural(there, "matches", "match");
                    format!("{} of {} expected in {output} {verb}", grouped(there), count(expected, "message"))
                }
            };
        }
        Task::Inspect => {
            let mailboxes = to_u64(run.mailboxes.len());
            let what = plural(mailboxes, "mailbox", "mailboxes");
            return format!("{} found in {} {what}", count(run.messages.found, "message"), grouped(mailboxes));
        }
    };
    match run.messages.found {
        0 => "No message was found".to_owned(),
        1 if there == 1 => format!("The only message found {is}"),
        found if there == found => format!("All {} messages found {are}", grouped(found)),
        found => {
            let verb = if there == 1 { is } else { are };
            format!("{} of {} found {verb}", grouped(there), count(found, "message"))
        }
    }
}

fn of_bytes<M>(run: &Run<M>) -> String {
    let (read, known) = (run.bytes.input, run.bytes.accounted());
    match read.abs_diff(known) {
        0 => format!("all {} read {} accounted for", count(read, "byte"), plural(read, "is", "are")),
        number => {
            let are = plural(number, "is", "are");
            format!("of {} read {} {are} not accounted for", count(read, "byte"), grouped(number))
        }
    }
}

//! What a page shows: values only, each list with a limit, so that the page has a bounded size.

use crate::vault::Vault;
use mbox2eml::report::{ByteCounts, MessageCounts, ProofCounts, Tally};

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Good,
    Partly,
    Bad,
}

/// What was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Convert,
    DryRun,
    Verify,
    Inspect,
    /// A check of the files against their manifest, without the mailboxes.
    CheckManifest,
}

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) task: Task,
    pub(crate) state: State,
    /// The result in a few words.
    pub(crate) title: String,
    /// The result in one sentence, with the two totals.
    pub(crate) verdict: String,
    pub(crate) messages: MessageCounts,
    /// How many of those that failed are missing from the output that is verified, or different there.
    pub(crate) differing: u64,
    pub(crate) bytes: ByteCounts,
    /// The figures of a check of the manifest.
    pub(crate) check: Option<Check>,
    pub(crate) mailboxes: Shown<Mailbox>,
    pub(crate) failures: Shown<Failure>,
    pub(crate) failed_messages: Shown<Place>,
    /// Files that differ from what they should be, by what is wrong with them.
    pub(crate) differences: Vec<(&'static str, Shown<String>)>,
    pub(crate) warnings: Vec<Warnings>,
    pub(crate) statistics: Option<Statistics>,
    /// What else is to be known of the totals.
    pub(crate) notes: Vec<String>,
    /// What was said about duplicates.
    pub(crate) duplicates: String,
    pub(crate) proof: Option<ProofCounts>,
    /// What Vault exports say of the messages.
    pub(crate) vault: Option<Vault>,
    /// What was left out of the inputs, a line for each kind.
    pub(crate) omitted: Vec<String>,
    /// What to do next, in order.
    pub(crate) next: Vec<Step>,
    /// How the page was made: names and values.
    pub(crate) making: Vec<(&'static str, String)>,
    /// The archives that were written.
    pub(crate) archives: Shown<String>,
}

/// What a check of the manifest found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Check {
    pub(crate) rows: u64,
    /// Files that are as listed, and how many bytes they have.
    pub(crate) same: u64,
    pub(crate) bytes: u64,
    pub(crate) differences: u64,
}

/// A thing to do.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) what: String,
    /// The command that does it.
    pub(crate) command: Option<String>,
}

/// The first or the most important of a list, and how many it has in all.
#[derive(Debug)]
pub(crate) struct Shown<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) all: u64,
}

impl<T> Default for Shown<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), all: 0 }
    }
}

impl<T> Shown<T> {
    /// The first `limit` of a list.
    pub(crate) fn first(limit: usize, list: impl IntoIterator<Item = T>) -> Self {
        let mut shown = Self::default();
        for row in list {
            shown.all += 1;
            if shown.rows.len() < limit {
                shown.rows.push(row);
            }
        }
        shown
    }

    /// How many are not among the rows.
    pub(crate) fn more(&self) -> u64 {
        self.all.saturating_sub(crate::number::to_u64(self.rows.len()))
    }
}

/// One mailbox.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mailbox {
    pub(crate) name: String,
    /// Its folder in the output.
    pub(crate) place: String,
    /// Who wrote it.
    pub(crate) profile: &'static str,
    pub(crate) messages: MessageCounts,
    /// How many of those that failed are missing from the output that is verified, or different there.
    pub(crate) differing: u64,
    pub(crate) bytes: u64,
    pub(crate) warnings: u64,
    /// The first and the last date, in seconds since 1970.
    pub(crate) dates: Option<(i64, i64)>,
    /// Whether it was read to its end.
    pub(crate) is_whole: bool,
}

impl Mailbox {
    /// Whether something of it failed.
    pub(crate) fn has_failed(&self) -> bool {
        !self.is_whole || self.messages.failed > 0
    }
}

/// Something that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) input: String,
    pub(crate) reason: String,
    pub(crate) advice: Option<String>,
}

/// The warnings of one kind.
#[derive(Debug)]
pub(crate) struct Warnings {
    pub(crate) kind: &'static str,
    pub(crate) number: u64,
    pub(crate) places: Vec<Place>,
}

/// Where a warning is, and about which message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) mailbox: String,
    /// The message, the byte and the line, if it is about a message.
    pub(crate) position: Option<(u64, u64, u64)>,
    pub(crate) why: String,
    /// Of the message: when it was received, its sender, subject and file.
    pub(crate) received: Option<i64>,
    pub(crate) sender: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) advice: Option<String>,
}

/// What is in the messages, in numbers.
#[derive(Debug, Default)]
pub(crate) struct Statistics {
    pub(crate) all: Tally,
    pub(crate) dates: Option<(i64, i64)>,
    /// The years with the most messages, in order, each with its months.
    pub(crate) years: Shown<Year>,
    pub(crate) undated: Tally,
    pub(crate) labels: Bars,
    pub(crate) folders: Bars,
    pub(crate) senders: Bars,
    /// Classes of sizes, by their smallest.
    pub(crate) sizes: Vec<(u64, Tally)>,
    pub(crate) largest: Vec<Large>,
}

/// The messages of one year.
#[derive(Clone, Debug)]
pub(crate) struct Year {
    pub(crate) year: i16,
    pub(crate) months: [u64; 12],
    pub(crate) all: Tally,
}

/// Names with tallies, those with the most messages first.
#[derive(Debug, Default)]
pub(crate) struct Bars {
    pub(crate) shown: Shown<(String, Tally)>,
    /// What was counted for names that are not among them.
    pub(crate) others: Tally,
}

/// A large message.
#[derive(Debug)]
pub(crate) struct Large {
    pub(crate) bytes: u64,
    pub(crate) message: u64,
    pub(crate) received: Option<i64>,
    pub(crate) sender: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) mailbox: String,
    /// Its path in the output.
    pub(crate) file: String,
}

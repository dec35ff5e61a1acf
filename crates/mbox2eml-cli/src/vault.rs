//! What Vault exports say in the files beside their mailboxes: their records, and what is wrong with them.

use std::fmt::Write as _;
use std::sync::Arc;

use mbox2eml::report::MetadataCounts;
use mbox2eml::{Conversion, RunEnd};
use mbox2eml_archive::vault::{Export, Miscount, Problem};
use serde::Serialize;

use crate::number::{count, grouped, plural, to_u64};
use crate::reporter::Reporter;
use crate::terminal::escape;

/// How many records without a message are named.
const NAMED: usize = 3;

/// For how many accounts of an export it is said that their numbers of messages are wrong.
const ACCOUNTS: usize = 20;

/// What the files of Vault exports say.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Vault {
    #[serde(flatten)]
    pub(crate) counts: MetadataCounts,
    pub(crate) exports: Vec<OfExport>,
}

/// What the files of one export say.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OfExport {
    name: String,
    files: Vec<String>,
    records: u64,
    /// How many labels occur in them.
    labels: u64,
    /// How many records no message has; `None` if not every message was read.
    unused: Option<u64>,
}

impl Vault {
    /// What the exports of a run say; none if there are none.
    pub(crate) fn new<R>(done: &Conversion<R>, exports: &[Arc<Export>], reporter: &Reporter) -> Option<Self> {
        let is_whole = is_whole(done, reporter);
        let of_export = |export: &Arc<Export>| OfExport {
            name: export.name.clone(),
            files: export.files.iter().map(ToString::to_string).collect(),
            records: to_u64(export.metadata.len()),
            labels: to_u64(export.metadata.labels().len()),
            unused: is_whole.then(|| to_u64(export.metadata.unused().count())),
        };
        (!exports.is_empty()).then(|| Self {
            counts: done.metadata().unwrap_or_default(),
            exports: exports.iter().map(of_export).collect(),
        })
    }

    /// What the files say, and how the messages compare, each in a line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let is_compared = self.exports.iter().any(|export| export.records > 0);
        let exports = self.of_exports().map(|line| escape(line).to_string());
        is_compared.then(|| self.sum()).into_iter().chain(exports)
    }

    /// How the messages compare with their records.
    pub(crate) fn sum(&self) -> String {
        let MetadataCounts { recorded, unrecorded, matched, differ, .. } = self.counts;
        let verb = plural(differ, "differs", "differ");
        let [matched, differ] = [matched, differ].map(grouped);
        let mut line = match (self.counts.matched, self.counts.differ) {
            (0, 0) if recorded > 0 => format!("{} with a record, none compared", count(recorded, "message")),
            _ => format!("{matched} matched + {differ} {verb}"),
        };
        if unrecorded > 0 {
            // Writing to a string cannot fail.
            let _ = write!(line, "; {} without a record", count(unrecorded, "message"));
        }
        line
    }

    /// What the files of each export say.
    pub(crate) fn of_exports(&self) -> impl Iterator<Item = String> {
        self.exports.iter().map(|OfExport { files, records, labels, .. }| {
            let (first, others) = files.split_first().map_or(("", 0), |(first, others)| (first, others.len()));
            let others = match others {
                0 => String::new(),
                others => format!(" and {}", count(to_u64(others), "other file")),
            };
            format!("{} and {} in {first}{others}", count(*records, "record"), count(*labels, "label"))
        })
    }
}

/// Whether all mailboxes were read as far as they can be, so that what is missing is missing.
fn is_whole<R>(done: &Conversion<R>, reporter: &Reporter) -> bool {
    let is_partial = ["limit", "range"].iter().any(|option| reporter.options().get(option).is_some());
    !is_partial && done.ending == RunEnd::Complete
}

/// What is wrong with the files of an export, as warnings: what kind, and the text.
pub(crate) fn problems(export: &Export) -> impl Iterator<Item = (&'static str, String)> + '_ {
    export.problems.iter().map(|problem| {
        let kind = match problem {
            Problem::Repeated { .. } => "repeated-record",
            Problem::NotExported { .. } => "not-exported",
            _ => "unread-metadata",
        };
        (kind, problem.to_string())
    })
}

/// What messages and their exports do not have in common, now that all were read.
pub(crate) fn gaps<R>(
    done: &Conversion<R>,
    exports: &[Arc<Export>],
    reporter: &Reporter,
) -> Vec<(&'static str, String)> {
    let mut gaps = Vec::new();
    if !is_whole(done, reporter) {
        return gaps;
    }
    for export in exports {
        let file = export.files.first().map(ToString::to_string).unwrap_or_default();
        let unused = export.metadata.unused().count();
        if unused > 0 {
            let named: Vec<&str> = export.metadata.unused().take(NAMED).collect();
            let and_more = if unused > named.len() { " and others" } else { "" };
            let (records, have) = (count(to_u64(unused), "record"), plural(to_u64(unused), "has", "have"));
            let text = format!(
                "{file}: {records} {have} no message in these mailboxes: {}{and_more}; parts of the export may be missing",
                named.join(", "),
            );
            gaps.push(("unused-record", text));
        }
        let found = |mailbox: &_| {
            let read = done.mailboxes.iter().find(|read| read.origin == *mailbox);
            read.map(|read| read.messages.found)
        };
        let miscounts = export.miscounts(found);
        let more = miscounts.len().saturating_sub(ACCOUNTS);
        for Miscount { file, account, counted, found, .. } in miscounts.into_iter().take(ACCOUNTS) {
            let account = account.unwrap_or_else(|| "all accounts together".to_owned());
            let text = format!(
                "{file}: {account}: Google counted {}, but {} found",
                count(counted, "message"),
                format_args!("{} {}", grouped(found), plural(found, "was", "were")),
            );
            gaps.push(("other-count", text));
        }
        if more > 0 {
            let accounts = count(to_u64(more), "more account");
            gaps.push(("other-count", format!("{file}: the same is true of {accounts}")));
        }
    }
    gaps
}

//! What a run has done, for people and for programs.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mbox2eml::message::LabelName;
use mbox2eml::report::{ByteCounts, MailboxSummary, MessageCounts, ProofCounts, Tally, WarningCounts, WarningKind};
use mbox2eml::sink::Differences;
use mbox2eml::split::Dialect;
use mbox2eml::{Conversion, Error, RunEnd};
use serde_json::{Value, json};

use crate::earlier::{self, Evidence};
use crate::failures::{self, Failed};
use crate::folders;
use crate::number::{count, grouped, rate, size, time, to_u64};
use crate::omitted::Omitted;
use crate::terminal::{BAD, BOLD, GOOD, WARN, escape};

/// What the summary shows.
pub(crate) struct Summary<'a> {
    pub(crate) output: &'a Path,
    pub(crate) done: &'a Conversion<Made>,
    pub(crate) several: bool,
    /// The most messages to read of each mailbox.
    pub(crate) limit: Option<u64>,
    /// What was left out of the inputs.
    pub(crate) omitted: Omitted,
    /// What failed.
    pub(crate) failed: Vec<Failed>,
    pub(crate) elapsed: Duration,
    /// How many bodies match their signatures, if that was checked.
    pub(crate) proof: Option<ProofCounts>,
    /// The first places with a warning of this kind.
    pub(crate) places: Box<dyn Fn(WarningKind) -> Vec<String> + 'a>,
    /// Whether everything is listed, however long.
    pub(crate) verbose: bool,
}

/// What a run has made.
pub(crate) enum Made {
    /// It was a dry run; these files would have been written into each folder.
    Nothing(BTreeMap<String, Tally>),
    /// EML files in a folder.
    Files,
    /// These archives, finished.
    Archives(Vec<PathBuf>),
    /// It was a comparison, which found these differences.
    Compared(Differences),
}

/// What a run is for, which decides what its counts are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Convert,
    DryRun,
    Verify,
}

impl Made {
    fn purpose(&self) -> Purpose {
        match self {
            Self::Nothing(_) => Purpose::DryRun,
            Self::Files | Self::Archives(_) => Purpose::Convert,
            Self::Compared(_) => Purpose::Verify,
        }
    }
}

impl Summary<'_> {
    /// The summary as text.
    pub(crate) fn for_people(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let done = self.done;
        let (messages, bytes) = (done.messages(), done.bytes());
        writeln!(text, "{}", self.headline())?;
        if let ([mailbox], false) = (&*done.mailboxes, self.several) {
            writeln!(
                text,
                "  {BOLD}mailbox{BOLD:#}   {}, {}",
                escape(&mailbox.origin),
                profile_in_words(mailbox.dialect)
            )?;
        }
        writeln!(text, "  {BOLD}messages{BOLD:#}  {}", message_sum(&messages, done.receipt.purpose()))?;
        writeln!(text, "  {BOLD}bytes{BOLD:#}     {}", byte_sum(&bytes))?;
        self.write_made(text)?;
        if done.receipt.purpose() != Purpose::Verify {
            folders::write_folders(text, &done.folders, self.verbose)?;
        }
        if let Some(proof) = self.proof {
            writeln!(text, "  {BOLD}proof{BOLD:#}     {}", proof_sum(proof))?;
        }
        self.write_warnings(text, &done.warnings())?;
        let deleted: u64 = done.mailboxes.iter().map(|mailbox| mailbox.deleted).sum();
        if deleted > 0 {
            let were = if deleted == 1 { "was" } else { "were" };
            writeln!(
                text,
                "  {} marked as deleted {were} left behind (include them with --deleted keep)",
                count(deleted, "message")
            )?;
        }
        write_two_dates(text, done.mailboxes.iter().map(|mailbox| mailbox.two_dates).sum())?;
        self.omitted.write(text)?;
        if self.is_dry_run() {
            writeln!(text, "  Nothing was written, and existing output was not checked.")?;
        }
        if let Some(limit) = self.limit {
            writeln!(text, "  Limited to the first {} of each mailbox.", count(limit, "message"))?;
        }
        if done.ending != RunEnd::Complete && matches!(done.receipt, Made::Archives(_)) {
            writeln!(text, "  Unfinished archives were removed; their messages count as failed.")?;
        }
        if done.ending == RunEnd::Cancelled {
            writeln!(text, "  Everything written so far is complete. Run the same command again to continue.")?;
        }
        Ok(())
    }

    fn command(&self) -> &'static str {
        if self.done.receipt.purpose() == Purpose::Verify { "verify" } else { "convert" }
    }

    fn differs(&self) -> bool {
        matches!(&self.done.receipt, Made::Compared(differences) if differences.number > 0)
    }

    fn is_dry_run(&self) -> bool {
        self.done.receipt.purpose() == Purpose::DryRun
    }

    fn write_made(&self, text: &mut String) -> std::fmt::Result {
        match &self.done.receipt {
            Made::Files | Made::Nothing(_) => Ok(()),
            Made::Compared(Differences { missing, different, extra, number, .. }) => {
                let listed = [(missing.len(), "missing"), (different.len(), "different"), (extra.len(), "extra")];
                let listed = listed.map(|(number, what)| format!("{number} {what}")).join(", ");
                writeln!(text, "  {BOLD}differing{BOLD:#} {}: {listed}", grouped(*number))?;
                match other_options(&self.done.messages(), *number, self.output) {
                    Some(hint) => writeln!(text, "{hint}"),
                    None => Ok(()),
                }
            }
            Made::Archives(files) => match files.as_slice() {
                [] => writeln!(text, "  {BOLD}archives{BOLD:#}  none"),
                [only] => writeln!(text, "  {BOLD}archive{BOLD:#}   {}", archive(only)),
                [first, .., last] => {
                    let number = grouped(to_u64(files.len()));
                    writeln!(text, "  {BOLD}archives{BOLD:#}  {number}: {} to {}", archive(first), archive(last))
                }
            },
        }
    }

    fn headline(&self) -> String {
        let done = self.done;
        let (messages, bytes) = (done.messages(), done.bytes());
        let (style, word) = match done.ending {
            RunEnd::Cancelled => (WARN, "Stopped"),
            RunEnd::OutputFailed => (BAD, "Aborted"),
            _ if self.differs() => (BAD, "Differs"),
            _ if done.has_failures() && messages.written + messages.already_there == 0 => (BAD, "Failed"),
            _ if done.has_failures() => (WARN, "Done, with failures"),
            _ => match done.receipt.purpose() {
                Purpose::DryRun => (GOOD, "Dry run"),
                Purpose::Verify => (GOOD, "Verified"),
                Purpose::Convert => (GOOD, "Done"),
            },
        };
        let (number, what) = match done.receipt.purpose() {
            Purpose::DryRun => (messages.written, "would be written to"),
            Purpose::Verify => (messages.already_there, "as expected in"),
            Purpose::Convert => (messages.written, "written to"),
        };
        let found = self.findings().map(|findings| format!(" {findings};")).unwrap_or_default();
        let (messages, output) = (count(number, "message"), escape(self.output.display()));
        let (size, time) = (size(bytes.input), time(self.elapsed));
        let rate = rate(bytes.input, self.elapsed).map(|rate| format!(" ({rate})")).unwrap_or_default();
        format!("{style}{word}{style:#}:{found} {messages} {what} {output}; {size} read in {time}{rate}")
    }

    /// What a comparison found, in a few words; `None` if nothing differs.
    fn findings(&self) -> Option<String> {
        let Made::Compared(Differences { missing, different, extra, number, .. }) = &self.done.receipt else {
            return None;
        };
        let kinds = [(missing.len(), "missing"), (different.len(), "different"), (extra.len(), "extra")];
        let found = kinds.iter().filter(|(number, _)| *number > 0);
        let found: Vec<String> = found.map(|(number, what)| format!("{} {what}", grouped(to_u64(*number)))).collect();
        (*number > 0).then(|| found.join(", "))
    }

    fn write_warnings(&self, text: &mut String, warnings: &WarningCounts) -> std::fmt::Result {
        let unmatched = &self.done.unmatched_labels;
        let total = warnings.total() + self.omitted.warnings() + to_u64(unmatched.len());
        if total == 0 {
            return writeln!(text, "  {BOLD}warnings{BOLD:#}  none");
        }
        writeln!(text, "  {BOLD}warnings{BOLD:#}  {}", grouped(total))?;
        self.omitted.write_warnings(text, WARN)?;
        folders::write_unmatched(text, unmatched, WARN)?;
        for (kind, number) in warnings.iter() {
            writeln!(text, "    {WARN}{}{WARN:#} {}", kind.as_str(), grouped(number))?;
            let places = (self.places)(kind);
            for place in &places {
                writeln!(text, "      {place}")?;
            }
            let listed = to_u64(places.len());
            if number > listed {
                writeln!(text, "      and {} more (list with -v)", grouped(number - listed))?;
            }
        }
        Ok(())
    }

    /// The same as a JSON object.
    pub(crate) fn to_json(&self) -> Value {
        let done = self.done;
        let mailboxes = done.mailboxes.iter().map(mailbox_json).collect();
        let mut object = totals_json(done, self.elapsed, &self.omitted, &self.failed, mailboxes);
        object["output"] = json!(self.output.to_string_lossy());
        object["command"] = json!(self.command());
        if self.differs() {
            object["complete"] = json!(false);
        }
        object["dry_run"] = json!(self.is_dry_run());
        add_proof(&mut object, self.proof);
        object["folders"] = json!(done.folders);
        match &done.receipt {
            Made::Files => {}
            Made::Nothing(folders) => {
                let bytes = folders.iter().map(|(folder, tally)| (folder.clone(), json!(tally.bytes)));
                object["folder_bytes"] = Value::Object(bytes.collect());
            }
            Made::Compared(differences) => {
                let of = |(name, at): &(String, u64)| json!({ "path": name, "byte": at });
                object["differences"] = json!({
                    "number": differences.number,
                    "missing": differences.missing,
                    "different": differences.different.iter().map(of).collect::<Vec<_>>(),
                    "extra": differences.extra,
                });
            }
            Made::Archives(files) => object["files"] = files.iter().map(|file| file.to_string_lossy()).collect(),
        }
        object
    }
}

/// A hint if nearly everything is missing and about as much is extra: the output was probably written with other options.
fn other_options(messages: &MessageCounts, differences: u64, output: &Path) -> Option<String> {
    let extra = differences.saturating_sub(messages.failed);
    let is_most = |part: u64, of: u64| of > 0 && part >= of - of / 10;
    if !is_most(messages.failed, messages.found) || !is_most(extra, messages.failed) {
        return None;
    }
    let evidence = match earlier::evidence(output) {
        Some(Evidence::Summary(path)) => {
            format!("{} is the summary of such a run: use it with --like", escape(path.display()))
        }
        Some(Evidence::Manifest(path)) => {
            format!(
                "{} is the manifest of such a run and lists the paths: use verify --manifest",
                escape(path.display())
            )
        }
        None => {
            "its summary has them (--like SUMMARY.json), and its manifest has the paths (verify --manifest)".to_owned()
        }
    };
    Some(format!(
        "  Nearly everything is missing, and about as many files are extra: the output was probably written with other\n  \
         options; {evidence}."
    ))
}

/// How many bodies match their signatures, in one line.
pub(crate) fn proof_sum(ProofCounts { matched, mismatched, unsigned, .. }: ProofCounts) -> String {
    let [matched, mismatched, unsigned] = [matched, mismatched, unsigned].map(grouped);
    format!("{matched} matched + {mismatched} mismatched + {unsigned} unsigned")
}

/// The same in JSON, if it was asked for.
pub(crate) fn add_proof(object: &mut Value, proof: Option<ProofCounts>) {
    if let Some(ProofCounts { matched, mismatched, unsigned, .. }) = proof {
        object["proof"] = json!({ "matched": matched, "mismatched": mismatched, "unsigned": unsigned });
    }
}

/// What every JSON summary has.
pub(crate) fn totals_json<R>(
    done: &Conversion<R>,
    elapsed: Duration,
    omitted: &Omitted,
    failed: &[Failed],
    mailboxes: Vec<Value>,
) -> Value {
    let mut object = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "complete": done.ending == RunEnd::Complete && !done.has_failures(),
        "seconds": elapsed.as_secs_f64(),
        "mailboxes": mailboxes,
        "unopened": done.unopened.iter().map(whole_story).collect::<Vec<_>>(),
        "failed": failures::to_json(failed),
        "messages": messages_json(&done.messages()),
        "bytes": bytes_json(&done.bytes()),
        "warnings": warnings_json(&done.warnings()),
        "unmatched_labels": done.unmatched_labels.iter().map(LabelName::as_str).collect::<Vec<_>>(),
    });
    omitted.add_to(&mut object);
    object
}

/// An archive with its size.
fn archive(path: &Path) -> String {
    let bytes = fs::metadata(path).map(|metadata| format!(" ({})", size(metadata.len())));
    format!("{}{}", escape(path.display()), bytes.unwrap_or_default())
}

/// One line about one of several mailboxes.
pub(crate) fn mailbox_line(mailbox: &MailboxSummary, purpose: Purpose) -> String {
    let mut line = format!("{}: {}", escape(&mailbox.origin), message_sum(&mailbox.messages, purpose));
    match mailbox.warnings.total() {
        0 => {}
        warnings => line = format!("{line}; {WARN}{}{WARN:#}", count(warnings, "warning")),
    }
    if mailbox.error.is_some() {
        line = format!("{line}; {BAD}not read to the end{BAD:#}");
    }
    line.push('\n');
    line
}

/// `found = written + …`, without the terms that are zero.
fn message_sum(messages: &MessageCounts, purpose: Purpose) -> String {
    let (written, there) = match purpose {
        Purpose::Convert => ("written", "already there"),
        Purpose::DryRun => ("to be written", "already there"),
        Purpose::Verify => ("written", "the same"),
    };
    let failed = if purpose == Purpose::Verify { "missing or different" } else { "failed" };
    let mut terms = [
        (messages.written, written),
        (messages.already_there, there),
        (messages.duplicates, "duplicates"),
        (messages.known, "known"),
        (messages.filtered, "filtered"),
        (messages.failed, failed),
    ];
    if purpose == Purpose::Verify {
        // The first term is always shown, and verify writes nothing.
        terms.swap(0, 1);
    }
    let listed: Vec<String> = terms
        .iter()
        .enumerate()
        .filter(|(place, (number, _))| *place == 0 || *number > 0)
        .map(|(_, (number, what))| format!("{} {what}", grouped(*number)))
        .collect();
    format!("{} found = {}", grouped(messages.found), listed.join(" + "))
}

fn byte_sum(bytes: &ByteCounts) -> String {
    format!(
        "{} read = {} preamble + {} From_ lines + {} messages + {} separators",
        grouped(bytes.input),
        grouped(bytes.preamble),
        grouped(bytes.from_lines),
        grouped(bytes.messages),
        grouped(bytes.separators),
    )
}

pub(crate) fn profile_in_words(profile: Option<Dialect>) -> &'static str {
    match profile {
        None => "empty",
        Some(Dialect::GoogleTakeout) => "a Google Takeout",
        Some(Dialect::GoogleVault) => "a Google Vault export",
        Some(Dialect::Thunderbird) => "written by Thunderbird",
        Some(Dialect::PublicInbox) => "written by public-inbox",
        Some(Dialect::Pipermail) => "a Mailman archive",
        Some(Dialect::Git) => "git patches",
        Some(_) => "an mbox",
    }
}

/// How many messages were copied or moved long after they had been received.
pub(crate) fn write_two_dates(text: &mut String, messages: u64) -> std::fmt::Result {
    if messages == 0 {
        return Ok(());
    }
    let have = if messages == 1 { "has" } else { "have" };
    let messages = count(messages, "message");
    writeln!(text, "  {messages} {have} a From_ line more than a day away from Received; the older date was used")
}

pub(crate) fn mailbox_json(mailbox: &MailboxSummary) -> Value {
    let mut object = json!({
        "input": mailbox.origin.to_string(),
        "folder": mailbox.folder.as_str(),
        "place": mailbox.folder.as_str(),
        "state": if mailbox.error.is_some() || mailbox.messages.failed > 0 { "failed" } else { "done" },
        "profile": mailbox.dialect.map_or("empty", Dialect::as_str),
        "messages": messages_json(&mailbox.messages),
        "deleted": mailbox.deleted,
        "two_dates": mailbox.two_dates,
        "bytes": bytes_json(&mailbox.bytes),
        "warnings": warnings_json(&mailbox.warnings),
        "error": mailbox.error.as_ref().map(whole_story),
    });
    add_proof(&mut object, mailbox.proof);
    object
}

/// An error with all that led to it.
pub(crate) fn whole_story(error: &Error) -> String {
    let mut story = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        story = format!("{story}: {source}");
        cause = source.source();
    }
    story
}

fn messages_json(messages: &MessageCounts) -> Value {
    json!({
        "found": messages.found, "written": messages.written, "already_there": messages.already_there,
        "duplicates": messages.duplicates, "known": messages.known, "filtered": messages.filtered, "failed": messages.failed,
    })
}

fn bytes_json(bytes: &ByteCounts) -> Value {
    json!({
        "input": bytes.input, "preamble": bytes.preamble, "from_lines": bytes.from_lines,
        "messages": bytes.messages, "separators": bytes.separators,
    })
}

/// Every kind of warning, so that programs find the same keys in every summary.
fn warnings_json(warnings: &WarningCounts) -> Value {
    let count = |kind: &WarningKind| (kind.as_str().to_owned(), json!(warnings.of(*kind)));
    Value::Object(WarningKind::ALL.iter().map(count).collect())
}

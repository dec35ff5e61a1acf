//! Makes a page of the figures of a run: the same that people and programs get.

use mbox2eml::RunEnd;
use mbox2eml::sink::{Counter, LargeMessage, Statistics as Found};

use super::mailboxes::choose;
use super::model::{Bars, Check, Failure, Large, Mailbox, Page, Place, Shown, Statistics, Task, Warnings, Year};
use super::next::{After, next};
use super::verdict::{self, Outcome};
use super::{ARCHIVES, DIFFERENCES, FAILED_MESSAGES, FAILURES, LARGEST, NAMES, OMITTED, PLACES, YEARS, making};
use crate::failures::{Failed, FailedMessage};
use crate::inspection::{InspectedMailbox, Inspection};
use crate::manifest::{Checked, ManifestReport};
use crate::message::Message;
use crate::number::{count, plural, to_u64};
use crate::summary::{
    Different, FileKind, Mailbox as Summed, Purpose, Run, Summary, Warned, profile_in_words, sampled, two_dates,
};

impl Page {
    /// The page of a conversion, a dry run or a verification.
    pub(crate) fn of_summary(summary: &Summary, found: Option<&Found>) -> Self {
        let Summary { run, output, purpose, manifest, bag, differences, files, next: importer, kind, .. } = summary;
        let task = match purpose {
            _ if run.mailboxes.is_empty() && matches!(manifest, Some(ManifestReport::Checked { .. })) => {
                Task::CheckManifest
            }
            Purpose::Convert | Purpose::Pack => Task::Convert,
            Purpose::DryRun => Task::DryRun,
            Purpose::Verify => Task::Verify,
        };
        let checked = match manifest {
            Some(ManifestReport::Checked { checked, .. }) => Some(checked),
            _ => None,
        };
        let differing = differences.as_ref().map_or(0, |differences| differences.number);
        let differing = differing + checked.map_or(0, |checked| checked.differences.number);
        let outcome = Outcome { task, output: Some(&output.0), differing, checked };
        let mut page = Self::of_run(run, |mailbox| mailbox, found, &outcome);
        page.differences =
            differences.iter().flat_map(of_comparison).chain(checked.into_iter().flat_map(of_check)).collect();
        let archives = files.iter().flatten().filter(|_| *kind == FileKind::Archive);
        let archives = archives.map(|file| file.0.display().to_string());
        page.archives = Shown::first(ARCHIVES, archives);
        let lacks = |differences: &Different| !differences.missing.is_empty() || !differences.different.is_empty();
        let lacks_rows =
            |checked: &Checked| !checked.differences.missing.is_empty() || !checked.differences.different.is_empty();
        page.next = next(
            &page,
            &After {
                kind: *kind,
                output: &output.0,
                misses_parts: run.misses_parts(),
                lacks_files: differences.as_ref().is_some_and(lacks) || checked.is_some_and(lacks_rows),
                importer: importer.as_deref(),
                manifest: manifest.as_ref(),
            },
        );
        page.making = making::of(run, Some(&output.0), manifest.as_ref());
        page.making.extend(bag.as_ref().map(|bag| ("Bag (RFC 8493)", bag.sentence())));
        page
    }

    /// The page of an inspection.
    pub(crate) fn of_inspection(Inspection { run, found, manifest }: &Inspection<'_>) -> Self {
        let outcome = Outcome { task: Task::Inspect, output: None, differing: 0, checked: None };
        let mut page =
            Self::of_run(run, |InspectedMailbox { mailbox, .. }| mailbox, Some(found.statistics()), &outcome);
        page.next = next(
            &page,
            &After {
                kind: FileKind::Message,
                output: "OUTPUT".as_ref(),
                misses_parts: run.misses_parts(),
                lacks_files: false,
                importer: None,
                manifest: None,
            },
        );
        page.making = making::of(run, None, manifest.as_ref());
        page
    }

    fn of_run<M>(run: &Run<M>, summed: impl Fn(&M) -> &Summed, found: Option<&Found>, outcome: &Outcome<'_>) -> Self {
        let state = verdict::state(run, outcome);
        Self {
            task: outcome.task,
            state,
            title: verdict::title(run, outcome).to_owned(),
            verdict: verdict::sentence(run, outcome),
            messages: run.messages,
            differing: run.differing,
            bytes: run.bytes,
            check: outcome.checked.map(|checked| Check {
                rows: checked.rows,
                same: checked.same,
                bytes: checked.bytes,
                differences: checked.differences.number,
            }),
            mailboxes: choose(run.mailboxes.iter().map(|mailbox| mailbox_of(summed(mailbox))).collect()),
            failures: Shown::first(FAILURES, run.failed.iter().map(failure)),
            failed_messages: Shown::first(
                FAILED_MESSAGES,
                run.failed_messages.iter().filter(|failed| !failed.differs).map(failed_message),
            ),
            differences: Vec::new(),
            warnings: warnings(run),
            statistics: found.map(statistics),
            notes: notes(run),
            duplicates: duplicates(run),
            proof: run.proof,
            vault: run.vault.clone(),
            omitted: omitted(run),
            next: Vec::new(),
            making: Vec::new(),
            archives: Shown::default(),
        }
    }
}

fn mailbox_of(
    Summed { input, place, dialect, messages, differing, bytes, received, warnings, error, .. }: &Summed,
) -> Mailbox {
    Mailbox {
        name: input.clone(),
        place: place.clone(),
        profile: profile_in_words(*dialect),
        messages: *messages,
        differing: *differing,
        bytes: bytes.input,
        warnings: warnings.total(),
        dates: received.seconds,
        is_whole: error.is_none(),
    }
}

fn failure(Failed { input, reason, advice, .. }: &Failed) -> Failure {
    Failure { input: input.clone(), reason: reason.clone(), advice: advice.clone() }
}

fn failed_message(FailedMessage { input, message, reason, advice, .. }: &FailedMessage) -> Place {
    let advice = advice.clone();
    Place { advice, ..place(input.clone(), Some(message), reason.clone()) }
}

fn place(mailbox: String, message: Option<&Message>, why: String) -> Place {
    Place {
        mailbox,
        position: message.map(|message| (message.message, message.offset, message.line)),
        why,
        received: message.and_then(|message| message.seconds),
        sender: message.and_then(|message| message.from.clone()),
        subject: message.and_then(|message| message.subject.clone()),
        file: message.and_then(Message::file),
        advice: None,
    }
}

/// The warnings by kind, each kind with its first ones.
fn warnings<M>(run: &Run<M>) -> Vec<Warnings> {
    let of_kind = |kind| run.first_warnings.iter().filter(move |warned| warned.kind == kind).take(PLACES);
    let shown = |Warned { input, message, why, advice, .. }: &Warned| {
        let advice = advice.clone();
        Place { advice, ..place(input.clone().unwrap_or_default(), message.as_ref(), why.clone()) }
    };
    let warnings = run.warnings.iter();
    warnings.map(|(kind, number)| Warnings { kind, number, places: of_kind(kind).map(shown).collect() }).collect()
}

fn statistics(found: &Found) -> Statistics {
    Statistics {
        all: found.all,
        dates: found.dates,
        years: years(found),
        undated: found.undated,
        labels: bars(&found.labels),
        folders: bars(&found.folders),
        senders: bars(&found.senders),
        sizes: found.by_size.iter().map(|(least, tally)| (*least, *tally)).collect(),
        largest: found.largest.iter().take(LARGEST).map(large).collect(),
    }
}

/// The years with the most messages, in order.
fn years(found: &Found) -> Shown<Year> {
    let by_year = found.by_year();
    let mut order: Vec<i16> = by_year.keys().copied().collect();
    order.sort_by_key(|year| std::cmp::Reverse(by_year.get(year).map(|tally| tally.messages)));
    order.truncate(YEARS);
    order.sort_unstable();
    let months = |year| {
        let of = |month| found.by_month.get(&(year, month)).map_or(0, |tally| tally.messages);
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(of)
    };
    let row = |year| Some(Year { year, months: months(year), all: *by_year.get(&year)? });
    Shown { rows: order.into_iter().filter_map(row).collect(), all: to_u64(by_year.len()) }
}

fn bars(counter: &Counter) -> Bars {
    let rows = counter.most_frequent(NAMES).into_iter().map(|(name, tally)| (name.to_owned(), tally));
    let shown = Shown { rows: rows.collect(), all: to_u64(counter.iter().count()) };
    let mut others = counter.others();
    counter.iter().for_each(|(_, tally)| others += tally);
    shown.rows.iter().for_each(|(_, tally)| others -= *tally);
    Bars { shown, others }
}

fn large(large: &LargeMessage) -> Large {
    Large {
        bytes: large.bytes,
        message: large.message,
        received: large.received,
        sender: large.sender.clone(),
        subject: large.subject.clone(),
        mailbox: large.mailbox.to_string(),
        file: large.path.clone(),
    }
}

/// What a comparison with the mailboxes found.
fn of_comparison(Different { missing, different, extra, .. }: &Different) -> [(&'static str, Shown<String>); 3] {
    let different = different.iter().map(|file| format!("{}, from byte {} on", file.path, file.byte));
    [
        ("Missing files", Shown::first(DIFFERENCES, missing.iter().cloned())),
        ("Files with other content", Shown::first(DIFFERENCES, different)),
        ("Extra files", Shown::first(DIFFERENCES, extra.iter().cloned())),
    ]
}

/// What a comparison with the manifest found.
fn of_check(Checked { differences, .. }: &Checked) -> [(&'static str, Shown<String>); 5] {
    let different = differences.different.iter().map(|file| format!("{}: {}", file.path, file.why));
    let failed = differences.failed.iter().map(|row| format!("{}: {}", row.what, row.why));
    [
        ("Files missing, by the manifest", Shown::first(DIFFERENCES, differences.missing.iter().cloned())),
        ("Files that differ from the manifest", Shown::first(DIFFERENCES, different)),
        ("Extra files, not in the manifest", Shown::first(DIFFERENCES, differences.extra.iter().cloned())),
        ("Messages and mailboxes that failed in the conversion", Shown::first(DIFFERENCES, failed)),
        ("Unreadable rows of the manifest", Shown::first(DIFFERENCES, differences.faults.iter().cloned())),
    ]
}

/// What else is to be known of the totals.
fn notes<M>(run: &Run<M>) -> Vec<String> {
    let mut notes = Vec::new();
    if run.deleted > 0 {
        notes.push(format!(
            "{} {} marked as deleted; --deleted keep includes {}.",
            count(run.deleted, "filtered message"),
            plural(run.deleted, "is", "are"),
            plural(run.deleted, "it", "them"),
        ));
    }
    notes.extend(two_dates(run.two_dates).map(|sentence| format!("{sentence}.")));
    notes.extend(sampled(run.sample));
    if run.ending != RunEnd::Complete {
        notes.push("The run did not reach the end of the mailboxes: what was not read is not counted.".to_owned());
    }
    notes
}

fn duplicates<M>(run: &Run<M>) -> String {
    match run.messages.duplicates {
        0 if run.options.get("dedup").is_some_and(|how| how != "off") => {
            "No message repeats an earlier one.".to_owned()
        }
        0 => "No message was left out as a duplicate. --dedup id and --dedup content find them.".to_owned(),
        number => format!(
            "{} {} out. A manifest (--manifest) shows which.",
            count(number, "message"),
            plural(number, "repeats an earlier one and was left", "repeat an earlier one and were left"),
        ),
    }
}

fn omitted<M>(run: &Run<M>) -> Vec<String> {
    let sentences = run.omitted.sentences().into_iter();
    sentences.flat_map(|(sentence, more)| std::iter::once(sentence).chain(more)).take(OMITTED).collect()
}

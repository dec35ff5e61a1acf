//! What is in mailboxes: the figures, gathered once for people, for programs and for the page.

mod text;

use std::collections::BTreeMap;

use mbox2eml::Conversion;
use mbox2eml::report::{Tally, WarningCounts, WarningKind};
use mbox2eml::sink::{Findings, LargeMessage, Statistics};
use serde::{Serialize, Serializer};

use crate::importer::{Importer, OBJECTIONS};
use crate::manifest::ManifestReport;
use crate::number::{date, instant};
use crate::reporter::Reporter;
use crate::summary::{Mailbox, Run, Warned};

/// How many senders programs get without `-v`.
const SENDERS: usize = 100;

/// What was found in all mailboxes.
#[derive(Serialize)]
pub(crate) struct Inspection<'a> {
    #[serde(flatten)]
    pub(crate) run: Run<InspectedMailbox<'a>>,
    #[serde(flatten)]
    pub(crate) found: Found<'a>,
    /// The manifest, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) manifest: Option<ManifestReport>,
}

/// What was found in one.
#[derive(Serialize)]
pub(crate) struct InspectedMailbox<'a> {
    #[serde(flatten)]
    pub(crate) mailbox: Mailbox,
    #[serde(flatten)]
    pub(crate) found: Found<'a>,
}

/// What was found in messages.
#[derive(Serialize)]
pub(crate) struct Found<'a> {
    labels: BTreeMap<&'a str, u64>,
    dates: FoundDates,
    sizes: Sizes<'a>,
    /// The senders with the most messages.
    senders: BTreeMap<&'a str, u64>,
    line_ends: LineEnds,
    doubtful: Vec<Warned>,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    importer: Option<Import>,
    #[serde(skip)]
    statistics: &'a Statistics,
}

/// The days on which messages were received, in UTC.
#[derive(Serialize)]
struct FoundDates {
    first: Option<String>,
    last: Option<String>,
    by_year: BTreeMap<i16, u64>,
    unknown: u64,
}

/// Sizes of EMLs in bytes.
#[derive(Serialize)]
struct Sizes<'a> {
    total: u64,
    largest: Vec<Large<'a>>,
    by_label: BTreeMap<&'a str, u64>,
}

/// A large message.
#[derive(Serialize)]
struct Large<'a> {
    bytes: u64,
    input: String,
    message: u64,
    offset: u64,
    received: Option<String>,
    from: Option<&'a str>,
    subject: Option<&'a str>,
}

/// How many lines end how.
#[derive(Serialize)]
struct LineEnds {
    crlf: u64,
    lf: u64,
    cr: u64,
}

/// What the messages are for an importer.
#[derive(Serialize)]
struct Import {
    importer: &'static str,
    archives_about: Option<u64>,
    /// How many messages it may refuse for each reason.
    may_refuse: Refusals,
}

/// The reasons for which messages may be refused: what the warning is called, how many there are, and the evidence.
struct Refusals(Vec<(&'static str, u64, String)>);

impl Serialize for Refusals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(kind, number, _)| (kind, number)))
    }
}

impl Import {
    fn new(importer: &'static Importer, all: Tally, warnings: &WarningCounts) -> Self {
        let reason = |kind: WarningKind| Some((kind.as_str(), warnings.of(kind), importer.objection(kind)?));
        let may_refuse = Refusals(OBJECTIONS.iter().filter_map(|(kind, _)| reason(*kind)).collect());
        Self { importer: importer.name, archives_about: archives(importer, all), may_refuse }
    }
}

impl<'a> Inspection<'a> {
    /// What was found, for this importer if one is named.
    pub(crate) fn new(
        done: &'a Conversion<Findings>,
        importer: Option<&'static Importer>,
        reporter: &Reporter,
    ) -> Self {
        let Findings { mailboxes, total, .. } = &done.receipt;
        let doubtful = reporter.doubtful();
        let is_verbose = reporter.is_verbose();
        let found = |statistics: &'a Statistics, warnings: &WarningCounts, at: Option<usize>| {
            let here = doubtful.iter().filter(|(mailbox, _)| at.is_none_or(|at| *mailbox == at));
            let import = importer.map(|importer| Import::new(importer, statistics.all, warnings));
            Found::new(statistics, import, here.map(|(_, warned)| warned.clone()).collect(), is_verbose)
        };
        let run = Run::new(
            "inspect",
            done,
            |at, summary, state| InspectedMailbox {
                mailbox: Mailbox::new(summary, state),
                found: found(mailboxes.get(at).unwrap_or(total), &summary.warnings, Some(at)),
            },
            reporter,
        );
        Self { run, found: found(total, &done.warnings(), None), manifest: None }
    }
}

impl<'a> Found<'a> {
    /// What it was taken from.
    pub(crate) fn statistics(&self) -> &'a Statistics {
        self.statistics
    }

    fn new(statistics: &'a Statistics, importer: Option<Import>, doubtful: Vec<Warned>, is_verbose: bool) -> Self {
        let Statistics { all, dates, undated, labels, senders, largest, line_stats, .. } = statistics;
        let large = |large: &'a LargeMessage| {
            let LargeMessage { bytes, message, offset, received, sender, subject, mailbox, .. } = large;
            Large {
                bytes: *bytes,
                input: mailbox.to_string(),
                message: *message,
                offset: *offset,
                received: received.and_then(instant),
                from: sender.as_deref(),
                subject: subject.as_deref(),
            }
        };
        let frequent = senders.most_frequent(if is_verbose { usize::MAX } else { SENDERS });
        Self {
            labels: labels.iter().map(|(name, tally)| (name, tally.messages)).collect(),
            dates: FoundDates {
                first: dates.map(|(first, _)| date(first)),
                last: dates.map(|(_, last)| date(last)),
                by_year: statistics.by_year().into_iter().map(|(year, tally)| (year, tally.messages)).collect(),
                unknown: undated.messages,
            },
            sizes: Sizes {
                total: all.bytes,
                largest: largest.iter().map(large).collect(),
                by_label: labels.iter().map(|(name, tally)| (name, tally.bytes)).collect(),
            },
            senders: frequent.into_iter().map(|(name, tally)| (name, tally.messages)).collect(),
            line_ends: LineEnds { crlf: line_stats.crlf, lf: line_stats.bare_lf(), cr: line_stats.lone_cr() },
            doubtful,
            importer,
            statistics,
        }
    }
}

/// About how many archives the importer would need if nothing could be compressed: messages are not cut, so it can be
/// one more here and there, and usually it is fewer.
fn archives(importer: &Importer, all: Tally) -> Option<u64> {
    let by_size = importer.zip_max_size.map(|max| all.bytes.div_ceil(max));
    let by_entries = importer.zip_max_entries.map(|max| all.messages.div_ceil(max));
    by_size.max(by_entries)
}

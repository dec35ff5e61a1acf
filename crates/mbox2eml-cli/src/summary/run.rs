//! What every run over mailboxes reports, whatever it is for.

use std::time::Duration;

use mbox2eml::report::{ByteCounts, MailboxSummary, MessageCounts, MetadataCounts, ProofCounts, WarningCounts};
use mbox2eml::select::Sample;
use mbox2eml::split::Dialect;
use mbox2eml::{Conversion, Error, RunEnd};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Counts, Warned};
use crate::failures::{Failed, FailedMessage, failures};
use crate::number::instant;
use crate::omitted::{MISSING_PARTS, Omitted};
use crate::reporter::Reporter;
use crate::sources::HashedSource;
use crate::vault::{self, Vault};

/// The figures of a run; `M` is what is known of each mailbox.
#[derive(Serialize)]
pub(crate) struct Run<M> {
    pub(crate) version: &'static str,
    pub(crate) command: &'static str,
    /// The options as they were given.
    pub(crate) options: Value,
    /// When it was started, RFC 3339.
    pub(crate) started: String,
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub(crate) elapsed: Duration,
    /// Whether all that was to be done was done, and nothing differs.
    pub(crate) complete: bool,
    pub(crate) mailboxes: Vec<M>,
    pub(crate) failed: Vec<Failed>,
    /// The first messages that failed.
    pub(crate) failed_messages: Vec<FailedMessage>,
    #[serde(flatten)]
    pub(crate) omitted: Omitted,
    pub(crate) messages: MessageCounts,
    pub(crate) bytes: ByteCounts,
    pub(crate) received: Dates,
    pub(crate) warnings: Counts,
    /// The first warnings of each kind.
    pub(crate) first_warnings: Vec<Warned>,
    pub(crate) unmatched_labels: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<ProofCounts>,
    /// What Vault exports say beside their mailboxes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vault: Option<Vault>,
    /// The files that were read, with their hashes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sources: Option<Vec<HashedSource>>,
    #[serde(skip)]
    pub(crate) ending: RunEnd,
    /// Whether mailboxes were searched for, or several were given.
    #[serde(skip)]
    pub(crate) several: bool,
    /// Whether everything is listed for people, however long.
    #[serde(skip)]
    pub(crate) verbose: bool,
    /// How many messages of each mailbox are read.
    #[serde(skip)]
    pub(crate) sample: Sample,
    /// Whether something failed, and nothing of any mailbox was converted.
    #[serde(skip)]
    pub(crate) is_lost: bool,
    #[serde(skip)]
    pub(crate) deleted: u64,
    #[serde(skip)]
    pub(crate) two_dates: u64,
    /// How many of the failed messages are missing from the output that is verified, or different there.
    #[serde(skip)]
    pub(crate) differing: u64,
}

/// What was done with a mailbox.
#[derive(Serialize)]
pub(crate) struct Mailbox {
    pub(crate) input: String,
    /// Its folder below the output, or that of its export if the mailboxes of that share one tree.
    pub(crate) place: String,
    pub(crate) profile: &'static str,
    pub(crate) state: State,
    pub(crate) messages: MessageCounts,
    pub(crate) deleted: u64,
    pub(crate) two_dates: u64,
    pub(crate) bytes: ByteCounts,
    pub(crate) received: Dates,
    pub(crate) warnings: Counts,
    /// Why it could not be read to its end.
    pub(crate) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<ProofCounts>,
    #[serde(rename = "vault", skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<MetadataCounts>,
    /// How many of the failed messages are missing from the output that is verified, or different there.
    #[serde(skip)]
    pub(crate) differing: u64,
    /// The folder that it has by itself.
    #[serde(skip)]
    pub(crate) own_place: String,
    #[serde(skip)]
    pub(crate) dialect: Option<Dialect>,
}

/// What became of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Done,
    /// It could not be read to its end, or a message of it failed.
    Failed,
    /// The run was stopped in it.
    Stopped,
}

/// When the first and the last message were received, RFC 3339; `None` without a known date.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Dates {
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
    /// The same in seconds since 1970.
    #[serde(skip)]
    pub(crate) seconds: Option<(i64, i64)>,
}

impl From<Option<(i64, i64)>> for Dates {
    fn from(seconds: Option<(i64, i64)>) -> Self {
        let instant = |pick: fn((i64, i64)) -> i64| seconds.map(pick).and_then(instant);
        Self { first: instant(|(first, _)| first), last: instant(|(_, last)| last), seconds }
    }
}

impl<M> Run<M> {
    /// A run in which no mailbox was read.
    pub(crate) fn empty(command: &'static str, reporter: &Reporter) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            command,
            options: reporter.options().clone(),
            started: reporter.started().to_string(),
            elapsed: reporter.elapsed(),
            complete: true,
            mailboxes: Vec::new(),
            failed: Vec::new(),
            failed_messages: Vec::new(),
            omitted: Omitted::default(),
            messages: MessageCounts::default(),
            bytes: ByteCounts::default(),
            received: Dates::default(),
            warnings: Counts::of_run(&WarningCounts::default(), &Omitted::default(), &[]),
            first_warnings: Vec::new(),
            unmatched_labels: Vec::new(),
            proof: None,
            vault: None,
            sources: reporter.sources(),
            ending: RunEnd::Complete,
            several: false,
            verbose: reporter.is_verbose(),
            sample: Sample::All,
            is_lost: false,
            deleted: 0,
            two_dates: 0,
            differing: 0,
        }
    }

    /// The figures of a run; `mailbox` makes what is known of each, by its number and its summary.
    pub(crate) fn new<R>(
        command: &'static str,
        done: &Conversion<R>,
        mailbox: impl Fn(usize, &MailboxSummary, State) -> M,
        reporter: &Reporter,
    ) -> Self {
        let (mut omitted, exports) = (reporter.omitted(), reporter.exports());
        omitted.warn_of_export(vault::gaps(done, &exports, reporter));
        let last = done.mailboxes.len().wrapping_sub(1);
        let state = |at: usize, mailbox: &MailboxSummary| match done.ending {
            _ if mailbox.error.is_some() || mailbox.messages.failed > 0 => State::Failed,
            RunEnd::Cancelled if at == last => State::Stopped,
            _ => State::Done,
        };
        let mailboxes = done.mailboxes.iter().enumerate();
        let dates = done.mailboxes.iter().filter_map(|mailbox| mailbox.received);
        let dates = dates.reduce(|(first, last), (earlier, later)| (first.min(earlier), last.max(later)));
        let first_warnings = omitted.warned().chain(Warned::of_labels(done)).chain(reporter.warned());
        Self {
            complete: done.ending == RunEnd::Complete && !done.has_failures(),
            mailboxes: mailboxes.map(|(at, summary)| mailbox(at, summary, state(at, summary))).collect(),
            failed: failures(done, reporter),
            failed_messages: reporter.failed_messages(),
            messages: done.messages(),
            bytes: done.bytes(),
            received: dates.into(),
            warnings: Counts::of_run(&done.warnings(), &omitted, &done.unmatched_labels),
            first_warnings: first_warnings.collect(),
            unmatched_labels: done.unmatched_labels.iter().map(|label| label.as_str().to_owned()).collect(),
            proof: reporter.proves().then(|| done.proof().unwrap_or_default()),
            vault: Vault::new(done, &exports, reporter),
            ending: done.ending,
            is_lost: is_lost(done),
            several: reporter.has_several(),
            deleted: done.mailboxes.iter().map(|mailbox| mailbox.deleted).sum(),
            two_dates: done.mailboxes.iter().map(|mailbox| mailbox.two_dates).sum(),
            differing: (0..done.mailboxes.len()).map(|at| reporter.differing(at)).sum(),
            omitted,
            ..Self::empty(command, reporter)
        }
    }

    /// Whether parts of an export were not given.
    pub(crate) fn misses_parts(&self) -> bool {
        self.warnings.of(MISSING_PARTS) > 0
    }

    /// How many messages the output should have.
    pub(crate) fn expected(&self) -> u64 {
        let MessageCounts { found, duplicates, known, filtered, .. } = self.messages;
        found.saturating_sub(duplicates + known + filtered)
    }
}

impl Mailbox {
    pub(crate) fn new(summary: &MailboxSummary, state: State) -> Self {
        Self {
            input: summary.origin.to_string(),
            place: place_of(summary).to_owned(),
            profile: summary.dialect.map_or("empty", Dialect::as_str),
            state,
            messages: summary.messages,
            deleted: summary.deleted,
            two_dates: summary.two_dates,
            bytes: summary.bytes,
            received: summary.received.into(),
            warnings: Counts::of_mailbox(&summary.warnings),
            error: summary.error.as_ref().map(Error::with_causes),
            proof: summary.proof,
            metadata: summary.metadata,
            own_place: summary.folder.as_str().to_owned(),
            differing: 0,
            dialect: summary.dialect,
        }
    }
}

/// Whether something failed, and of every mailbox nothing was converted, although it has messages or could not be read.
pub(crate) fn is_lost<R>(done: &Conversion<R>) -> bool {
    let is_lost = |mailbox: &MailboxSummary| {
        mailbox.messages.found == mailbox.messages.failed && (mailbox.error.is_some() || mailbox.messages.found > 0)
    };
    done.has_failures() && done.mailboxes.iter().all(is_lost)
}

/// The folder of a mailbox below the output.
pub(crate) fn place_of(summary: &MailboxSummary) -> &str {
    summary.export.as_deref().unwrap_or(summary.folder.as_str())
}

fn seconds<S: Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(elapsed.as_secs_f64())
}

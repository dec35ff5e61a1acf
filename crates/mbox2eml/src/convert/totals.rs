//! The counts of a run, and the ordered half of its sink: both take results in mailbox order.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::mailbox_info::MailboxInfo;
use super::message_result::{BatchResult, MessageResult, Outcome};
use super::reorder_buffer::Receive;
use super::{Conversion, Item};
use crate::batch::Batch;
use crate::error::Error;
use crate::message::{LabelName, RawMessage};
use crate::proof::Verdict;
use crate::report::{
    About, ByteCounts, Location, MailboxSummary, MessageCounts, Observer, ProofCounts, Record, Reported, RunEnd,
    Status, WarningCounts,
};
use crate::select::SkipReason;
use crate::sink::{Encode, Sink, SinkWarning, VolumeName, WriteStatus};
use crate::size::to_u64;
use crate::warning::{Position, Warning, WarningKind};
use crate::write_error::WriteError;

/// What a thread has done with an event.
pub(super) enum Done<T> {
    Unopened(Error),
    Begin(Arc<MailboxInfo>),
    Messages(Work<T>),
    End(Option<Error>),
}

/// What was done with a batch, and the batch itself, in case something has to be said of one of its messages.
pub(super) struct Work<T> {
    pub(super) result: BatchResult<T>,
    pub(super) batch: Batch,
    /// Whether its bytes are those of a mapped file, which take no memory of their own.
    pub(super) is_mapped: bool,
}

impl<T> Done<T> {
    /// How many bytes of memory it holds until it is counted.
    pub(super) fn weight<E: Encode<Item = T>>(&self) -> u64 {
        let Self::Messages(Work { result, batch, is_mapped }) = self else { return 0 };
        let bytes = if *is_mapped { 0 } else { to_u64(batch.bytes.len()) };
        let items = |outcome: &Outcome<T>| match outcome {
            Outcome::Encoded { first, copies } => E::weight(first) + copies.iter().map(E::weight).sum::<u64>(),
            Outcome::Skipped(_) | Outcome::Failed(_) => 0,
        };
        let message = |message: &MessageResult<T>| {
            items(&message.outcome) + message.record.as_ref().map_or(0, |record| record.weight())
        };
        bytes + result.messages.iter().map(message).sum::<u64>()
    }
}

/// The counts of a run so far.
pub(super) struct Totals<'o, K> {
    sink: K,
    observer: &'o dyn Observer,
    /// Set when nothing more can be written.
    stop: &'o AtomicBool,
    current: Option<MailboxTotals<'o>>,
    mailboxes: Vec<MailboxSummary>,
    unopened: Vec<Error>,
    folders: BTreeMap<String, u64>,
    /// The folders that were cut, which are warned about once.
    cut_folders: HashSet<String>,
    output_failed: bool,
    /// The archive that the last message is in, and what was counted for its messages until it is completed.
    volume: Option<VolumeName>,
    unconfirmed: Unconfirmed,
    /// Whether a batch was left before its end because the run was stopped.
    interrupted: bool,
}

impl<K: Sink> Receive<Done<Item<K>>> for Totals<'_, K> {
    fn receive(&mut self, done: Done<Item<K>>) {
        match done {
            Done::Unopened(error) => {
                self.observer.failed(&error);
                self.unopened.push(error);
            }
            Done::Begin(info) => {
                self.observer.started(&info.origin, info.size);
                self.sink.begin(&info.origin, &info.folder);
                let mut mailbox = MailboxTotals::new(&info, self.observer);
                let (is_cut, folder) = match &info.export {
                    Some(export) => (info.folder.is_export_cut(), export.as_str()),
                    None => (info.folder.is_cut(), info.folder.as_str()),
                };
                if is_cut && self.cut_folders.insert(folder.to_owned()) {
                    mailbox.warn(cut(folder, Position { message: 1, byte: 0, line: 0 }), None);
                }
                self.current = Some(mailbox);
            }
            Done::Messages(Work { result, batch, .. }) => self.add(result, &batch),
            Done::End(error) => self.end_mailbox(error),
        }
    }
}

impl<'o, K: Sink> Totals<'o, K> {
    pub(super) fn new(sink: K, observer: &'o dyn Observer, stop: &'o AtomicBool) -> Self {
        Self {
            sink,
            observer,
            stop,
            current: None,
            mailboxes: Vec::new(),
            unopened: Vec::new(),
            folders: BTreeMap::new(),
            cut_folders: HashSet::new(),
            output_failed: false,
            volume: None,
            unconfirmed: Unconfirmed::default(),
            interrupted: false,
        }
    }

    /// Puts the messages of a batch into the sink and counts them.
    fn add(&mut self, result: BatchResult<Item<K>>, batch: &Batch) {
        let Some(mut mailbox) = self.current.take() else { return };
        self.interrupted |= result.interrupted;
        for warning in result.warnings {
            mailbox.warn(warning, None);
        }
        for (message, (raw, _)) in result.messages.into_iter().zip(batch.messages()) {
            self.add_message(&mut mailbox, message, raw);
        }
        mailbox.summary.dialect = result.dialect.or(mailbox.summary.dialect);
        mailbox.summary.messages.found += result.found;
        mailbox.summary.bytes += result.bytes;
        mailbox.lines += result.lines;
        self.current = Some(mailbox);
    }

    fn add_message(&mut self, mailbox: &mut MailboxTotals<'_>, message: MessageResult<Item<K>>, raw: RawMessage<'_>) {
        let MessageResult { position, outcome, verdict, received, has_two_dates, mut warnings, cut_folder, mut record } =
            message;
        mailbox.summary.two_dates += u64::from(has_two_dates);
        mailbox.receive(received);
        if let Some(folder) = cut_folder
            && self.cut_folders.insert(folder.clone())
        {
            warnings.push(cut(&folder, position));
        }
        let mut location = None;
        match outcome {
            Outcome::Skipped(why) => mailbox.skip(&why),
            Outcome::Failed(failure) => self.fail(mailbox, position, raw, failure),
            Outcome::Encoded { first, copies } => match self.put(first, copies, record.as_deref_mut()) {
                Ok(Put { status, warnings: of_sink, location: first }) => {
                    location = first;
                    mailbox.keep(status, verdict);
                    if self.volume.as_ref().is_some_and(|volume| volume.path().is_none()) {
                        self.unconfirmed.add(status, verdict);
                    }
                    warnings.extend(of_sink.into_iter().map(|SinkWarning { kind, why }| Warning {
                        kind,
                        position,
                        why,
                    }));
                }
                Err(failure) => self.fail(mailbox, position, raw, failure),
            },
        }
        let location = location.as_ref().or(record.as_ref().and_then(|record| record.locations.first()));
        let warn = |warning| mailbox.warn(warning, Some(Reported { raw, location }));
        let warnings = warnings.into_iter().map(warn).collect();
        if let Some(record) = record {
            mailbox.observer.recorded(
                &mailbox.summary.origin,
                &Record { position: mailbox.position(position), warnings, ..*record },
            );
        }
    }

    /// Hands a message and its copies to the sink: it counts as written if one of them is, and as failed if one fails.
    /// What becomes of it goes into its record, if there is one.
    fn put(
        &mut self,
        first: Item<K>,
        copies: Vec<Item<K>>,
        mut record: Option<&mut Record>,
    ) -> Result<Put, WriteError> {
        let (mut status, mut volume, mut warnings, mut failure) = (WriteStatus::AlreadyThere, None, Vec::new(), None);
        let mut first_location = None;
        for item in std::iter::once(first).chain(copies) {
            match self.sink.put(item) {
                Ok(placed) => {
                    volume = placed.volume.clone();
                    if placed.status == WriteStatus::Written {
                        status = WriteStatus::Written;
                    }
                    warnings.extend(placed.warnings);
                    count(&mut self.folders, placed.name.folder());
                    let location = Location { name: placed.name, volume: placed.volume };
                    match &mut record {
                        Some(record) => record.locations.push(location),
                        None => first_location = first_location.or(Some(location)),
                    }
                }
                // The others are put all the same: one bad entry never loses another.
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if let Some(failure) = failure {
            if let Some(record) = record {
                (record.status, record.reason) = (Status::Failed, Some(failure.whole_story().into()));
                record.verdict = None;
                record.digest = record.digest.filter(|_| !record.locations.is_empty());
            }
            return Err(failure);
        }
        if let (Some(record), WriteStatus::AlreadyThere) = (record, status) {
            record.status = Status::AlreadyThere;
        }
        if volume != self.volume {
            self.confirm();
            self.volume = volume;
        }
        Ok(Put { status, warnings, location: first_location })
    }

    /// Keeps what was counted for the messages of the last archive if the archive is complete.
    fn confirm(&mut self) {
        if self.volume.as_ref().is_some_and(|volume| volume.path().is_some()) {
            self.unconfirmed = Unconfirmed::default();
        }
    }

    /// Counts a message that failed, and ends the run if all others would fail, too.
    fn fail(&mut self, mailbox: &mut MailboxTotals<'_>, position: Position, raw: RawMessage<'_>, failure: WriteError) {
        mailbox.summary.messages.failed += 1;
        let stops = failure.stops_the_run();
        // A broken output or a full disk is reported once, however many threads met it.
        if !stops || !self.output_failed {
            let (origin, position) = (mailbox.summary.origin.clone(), mailbox.position(position));
            let about = Box::new(About::of(&raw));
            self.observer.failed(&Error::Message { origin, position, about, source: failure });
        }
        if stops {
            self.output_failed = true;
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn end_mailbox(&mut self, error: Option<Error>) {
        let Some(MailboxTotals { mut summary, .. }) = self.current.take() else { return };
        summary.error = error.or_else(|| unbalanced(&summary));
        if let Some(error) = &summary.error {
            self.observer.failed(error);
        }
        self.observer.finished(&summary);
        self.mailboxes.push(summary);
    }

    /// Closes the sink and returns what was done; `exhausted` if all mailboxes were read to their ends.
    pub(super) fn finish(mut self, exhausted: bool, unmatched_labels: Vec<LabelName>) -> Conversion<K::Receipt> {
        self.end_mailbox(None);
        let mut ending = match (self.output_failed, exhausted && !self.interrupted) {
            (true, _) => RunEnd::OutputFailed,
            (false, true) => RunEnd::Complete,
            (false, false) => RunEnd::Cancelled,
        };
        let mut unclosed = None;
        if ending == RunEnd::Complete
            && let Err(error) = self.sink.close()
        {
            self.observer.failed(&error);
            (ending, unclosed) = (RunEnd::OutputFailed, Some(error));
            self.confirm();
        }
        if ending != RunEnd::Complete {
            self.mailboxes.iter_mut().rev().for_each(|summary| self.unconfirmed.take_back(summary));
        }
        let Self { sink, mailboxes, unopened, folders, .. } = self;
        let receipt = sink.finish();
        Conversion { mailboxes, unopened, unclosed, folders, unmatched_labels, ending, receipt }
    }
}

/// What became of a message that was handed to the sink.
struct Put {
    status: WriteStatus,
    warnings: Vec<SinkWarning>,
    /// Its first place, if there is no record that has it.
    location: Option<Location>,
}

/// The warning about a folder that was cut.
fn cut(folder: &str, position: Position) -> Warning {
    let why = format!("its folder had to be cut, since the path would be too long: {folder}");
    Warning { kind: WarningKind::CutFolder, position, why: why.into() }
}

/// Counts one more message in a folder.
fn count(folders: &mut BTreeMap<String, u64>, folder: &str) {
    // Looked up first: a string is made for each folder, not for each message.
    match folders.get_mut(folder) {
        Some(messages) => *messages += 1,
        None => drop(folders.insert(folder.to_owned(), 1)),
    }
}

/// The counts of the mailbox whose results come in.
struct MailboxTotals<'o> {
    summary: MailboxSummary,
    /// How many lines the batches before had.
    lines: u64,
    observer: &'o dyn Observer,
}

impl<'o> MailboxTotals<'o> {
    fn new(info: &MailboxInfo, observer: &'o dyn Observer) -> Self {
        let summary = MailboxSummary {
            origin: info.origin.clone(),
            folder: info.folder.clone(),
            export: info.export.clone(),
            dialect: None,
            messages: MessageCounts::default(),
            deleted: 0,
            two_dates: 0,
            received: None,
            bytes: ByteCounts::default(),
            warnings: WarningCounts::default(),
            proof: None,
            error: None,
        };
        Self { summary, lines: 0, observer }
    }

    /// The position in the mailbox of a position in the current batch.
    fn position(&self, in_batch: Position) -> Position {
        Position { line: self.lines + in_batch.line + 1, ..in_batch }
    }

    /// Counts and reports a warning about a message, and returns it with its position in the mailbox.
    fn warn(&mut self, warning: Warning, message: Option<Reported<'_>>) -> Warning {
        let warning = Warning { position: self.position(warning.position), ..warning };
        self.summary.warnings.add(warning.kind);
        // What was seen before a message was only noted with it.
        let message = message.filter(|message| warning.position.byte >= message.raw.offset);
        self.observer.warned(&self.summary.origin, &warning, message);
        warning
    }

    /// Notes when a message was received.
    fn receive(&mut self, received: Option<i64>) {
        if let Some(seconds) = received {
            let (first, last) = self.summary.received.unwrap_or((seconds, seconds));
            self.summary.received = Some((first.min(seconds), last.max(seconds)));
        }
    }

    /// Counts a message that is in the output.
    fn keep(&mut self, status: WriteStatus, verdict: Option<Verdict>) {
        match status {
            WriteStatus::Written => self.summary.messages.written += 1,
            WriteStatus::AlreadyThere => self.summary.messages.already_there += 1,
        }
        if let Some(verdict) = verdict {
            self.summary.proof.get_or_insert_default().add(verdict);
        }
    }

    /// Counts a message that is not wanted.
    fn skip(&mut self, why: &SkipReason) {
        match why {
            SkipReason::Duplicate(_) => self.summary.messages.duplicates += 1,
            SkipReason::Known => self.summary.messages.known += 1,
            SkipReason::Deleted => {
                self.summary.messages.filtered += 1;
                self.summary.deleted += 1;
            }
            SkipReason::Filtered(_) | SkipReason::NotSampled => self.summary.messages.filtered += 1,
        }
    }
}

/// What was counted for the last messages, which are in an archive that is not finished.
#[derive(Default)]
struct Unconfirmed {
    written: u64,
    already_there: u64,
    proof: ProofCounts,
}

impl Unconfirmed {
    fn add(&mut self, status: WriteStatus, verdict: Option<Verdict>) {
        match status {
            WriteStatus::Written => self.written += 1,
            WriteStatus::AlreadyThere => self.already_there += 1,
        }
        if let Some(verdict) = verdict {
            self.proof.add(verdict);
        }
    }

    /// Counts as failed those of these messages that belong to a mailbox; the last mailbox comes first.
    fn take_back(&mut self, MailboxSummary { messages, proof, .. }: &mut MailboxSummary) {
        messages.failed += subtract(&mut self.written, &mut messages.written);
        messages.failed += subtract(&mut self.already_there, &mut messages.already_there);
        if let Some(proof) = proof {
            subtract(&mut self.proof.matched, &mut proof.matched);
            subtract(&mut self.proof.mismatched, &mut proof.mismatched);
            subtract(&mut self.proof.unsigned, &mut proof.unsigned);
        }
    }
}

/// Takes from both as much as they have in common.
fn subtract(lost: &mut u64, counted: &mut u64) -> u64 {
    let common = (*lost).min(*counted);
    *lost -= common;
    *counted -= common;
    common
}

/// The first of the two sums of a mailbox that does not add up, if any.
fn unbalanced(summary: &MailboxSummary) -> Option<Error> {
    let MailboxSummary { origin, messages, bytes, .. } = summary;
    let sums = [("messages", messages.found, messages.accounted()), ("bytes", bytes.input, bytes.accounted())];
    sums.into_iter().find(|(_, left, right)| left != right).map(|(what, left, right)| Error::Unbalanced {
        origin: origin.clone(),
        what,
        left,
        right,
    })
}

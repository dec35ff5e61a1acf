//! The counts of a run, and what is reported of it: from results in mailbox order.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use super::event::{Event, MailboxInfo};
use super::label_use::Unmatched;
use super::message_result::{Done, MessageResult, Outcome};
use super::output::Output;
use super::{Conversion, Item};
use crate::error::Error;
use crate::message::RawMessage;
use crate::metadata::Joined;
use crate::range::MessageRange;
use crate::report::{About, MailboxSummary, Observer, Record, Reported, RunEnd, Status};
use crate::select::SkipReason;
use crate::sink::{Sink, SinkWarning};
use crate::warning::{Position, Warning, WarningKind};
use crate::write_error::WriteError;

/// The counts of a run so far.
pub(super) struct Totals<'o, K> {
    output: Output<K>,
    observer: &'o dyn Observer,
    /// Set when nothing more can be written.
    stop: &'o AtomicBool,
    current: Option<MailboxTotals<'o>>,
    mailboxes: Vec<MailboxSummary>,
    unopened: Vec<Error>,
    /// The folders that were cut, which are warned about once.
    cut_folders: HashSet<String>,
    output_failed: bool,
    /// Whether a batch was left before its end because the run was stopped.
    interrupted: bool,
}

impl<'o, K: Sink> Totals<'o, K> {
    pub(super) fn new(sink: K, observer: &'o dyn Observer, stop: &'o AtomicBool) -> Self {
        Self {
            output: Output::new(sink),
            observer,
            stop,
            current: None,
            mailboxes: Vec::new(),
            unopened: Vec::new(),
            cut_folders: HashSet::new(),
            output_failed: false,
            interrupted: false,
        }
    }

    /// Adds what was done next.
    pub(super) fn add(&mut self, done: Event<Done<Item<K>>>) {
        match done {
            Event::Unopened(error) => {
                self.observer.failed(&error);
                self.unopened.push(error);
            }
            Event::Begin(info) => self.begin(&info),
            Event::Messages(done) => self.add_batch(done),
            Event::End(error) => self.end_mailbox(error),
        }
    }

    fn begin(&mut self, info: &MailboxInfo) {
        self.observer.started(&info.origin, info.length());
        self.output.begin(info);
        let mut mailbox = MailboxTotals::new(info, self.observer);
        let (is_cut, folder) = match &info.export {
            Some(export) => (info.folder.is_export_cut(), export.as_str()),
            None => (info.folder.is_cut(), info.folder.as_str()),
        };
        let start = Position { message: 1, byte: 0, line: 0 };
        let is_start = info.start().is_none_or(|start| start.offset() == 0);
        if let Some(warning) = self.warning_of_cut((is_cut && is_start).then_some(folder), start) {
            mailbox.warn(warning, None);
        }
        self.current = Some(mailbox);
    }

    /// Puts the messages of a batch into the sink and counts them.
    fn add_batch(&mut self, Done { work, result }: Done<Item<K>>) {
        let Some(mut mailbox) = self.current.take() else { return };
        self.interrupted |= result.interrupted;
        for warning in result.warnings {
            mailbox.warn(warning, None);
        }
        for (message, (raw, _)) in result.messages.into_iter().zip(work.batch.messages()) {
            self.add_message(&mut mailbox, message, raw);
        }
        mailbox.summary.dialect = result.dialect.or(mailbox.summary.dialect);
        mailbox.summary.messages.found += result.found;
        mailbox.summary.bytes += result.bytes;
        mailbox.lines += result.lines;
        self.current = Some(mailbox);
    }

    fn add_message(&mut self, mailbox: &mut MailboxTotals<'_>, message: MessageResult<Item<K>>, raw: RawMessage<'_>) {
        let MessageResult {
            position,
            outcome,
            verdict,
            joined,
            received,
            has_two_dates,
            mut warnings,
            cut_folder,
            record,
        } = message;
        if let Some(joined) = joined {
            mailbox.summary.metadata.get_or_insert_default().find(joined);
        }
        mailbox.summary.two_dates += u64::from(has_two_dates);
        mailbox.receive(received);
        warnings.extend(self.warning_of_cut(cut_folder.as_deref(), position));
        let mut locations = Vec::new();
        let (status, reason) = match outcome {
            Outcome::Skipped(why) => {
                mailbox.summary.deleted += u64::from(matches!(why, SkipReason::Deleted));
                ((&why).into(), Some(why.text()))
            }
            Outcome::Failed(failure) => self.fail(mailbox, position, raw, failure),
            Outcome::Encoded { first, copies } => {
                let check = joined.and_then(Joined::check);
                let put = self.output.put(first, copies, verdict, check);
                locations = put.locations;
                match put.result {
                    Ok(status) => {
                        if let Some(verdict) = verdict {
                            mailbox.summary.proof.get_or_insert_default().add(verdict);
                        }
                        if let Some(check) = check {
                            mailbox.summary.metadata.get_or_insert_default().compare(check);
                        }
                        let of_sink = put.warnings.into_iter();
                        warnings.extend(of_sink.map(|SinkWarning { kind, why }| Warning { kind, position, why }));
                        (status, None)
                    }
                    Err(failure) => self.fail(mailbox, position, raw, failure),
                }
            }
        };
        mailbox.summary.messages.add(status);
        let about = OnceCell::new();
        let reported = Reported { raw, location: locations.first(), about: &about };
        let warn = |warning| mailbox.warn(warning, Some(reported));
        let warnings = warnings.into_iter().map(warn).collect();
        if let Some(record) = record {
            let digest = record.digest.filter(|_| !locations.is_empty());
            // A message that is not in the output proves nothing.
            let is_there = matches!(status, Status::Written | Status::AlreadyThere);
            let verdict = record.verdict.filter(|_| is_there);
            let metadata = record.metadata.filter(|_| is_there);
            let position = mailbox.position(position);
            let record = Record { position, status, reason, locations, digest, verdict, metadata, warnings, ..*record };
            self.observer.recorded(&mailbox.summary.origin, &record);
        }
    }

    /// Reports a message that failed, and ends the run if all others would fail, too. Returns what its record says.
    fn fail(
        &mut self,
        mailbox: &MailboxTotals<'_>,
        position: Position,
        raw: RawMessage<'_>,
        failure: WriteError,
    ) -> (Status, Option<Cow<'static, str>>) {
        let (stops, reason) = (failure.stops_the_run(), failure.with_causes());
        // A broken output or a full disk is reported once, however many threads it stopped.
        if !stops || !self.output_failed {
            let (origin, position) = (mailbox.summary.origin.clone(), mailbox.position(position));
            let about = Box::new(About::of(&raw));
            self.observer.failed(&Error::Message { origin, position, about, source: failure });
        }
        if stops {
            self.output_failed = true;
            self.stop.store(true, Ordering::Relaxed);
        }
        (Status::Failed, Some(reason.into()))
    }

    /// The warning about a folder that had to be cut, the first time.
    fn warning_of_cut(&mut self, folder: Option<&str>, position: Position) -> Option<Warning> {
        let folder = folder.filter(|folder| self.cut_folders.insert((*folder).to_owned()))?;
        let why = format!("folder name shortened because the path would be too long: {folder}");
        Some(Warning::new(WarningKind::CutFolder, position, why))
    }

    fn end_mailbox(&mut self, error: Option<Error>) {
        let Some(MailboxTotals { mut summary, .. }) = self.current.take() else { return };
        summary.error = error.or_else(|| summary.unbalanced());
        if let Some(error) = &summary.error {
            self.observer.failed(error);
        }
        self.observer.finished(&summary);
        self.mailboxes.push(summary);
    }

    /// Closes the sink and returns what was done; `exhausted` if all mailboxes were read to their ends.
    pub(super) fn finish(mut self, exhausted: bool, unmatched: Unmatched) -> Conversion<K::Receipt> {
        self.end_mailbox(None);
        let Self { mut output, mut mailboxes, unopened, .. } = self;
        let mut unclosed = None;
        let mut ending = match (self.output_failed, exhausted && !self.interrupted) {
            (true, _) => RunEnd::OutputFailed,
            (false, true) => RunEnd::Complete,
            (false, false) => RunEnd::Cancelled,
        };
        if ending == RunEnd::Complete
            && let Err(error) = output.close()
        {
            self.observer.failed(&error);
            (ending, unclosed) = (RunEnd::OutputFailed, Some(error));
        }
        if ending != RunEnd::Complete {
            output.take_back(&mut mailboxes);
        }
        let (receipt, folders) = output.finish();
        let Unmatched { all: unmatched_labels, unknown: unknown_labels } = unmatched;
        Conversion { mailboxes, unopened, unclosed, folders, unmatched_labels, unknown_labels, ending, receipt }
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
        let mut summary = MailboxSummary::new(info.origin.clone(), info.folder.clone(), info.export.clone());
        summary.range = info.range.as_ref().map(MessageRange::bytes);
        let lines = info.start().map_or(0, |start| start.line() - 1);
        Self { summary, lines, observer }
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
}

//! The books of a run, entered in mailbox order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::feed::About;
use super::outcome::{Became, Outcome, Worked};
use super::{Conversion, Item};
use crate::error::{Error, Result, WriteError};
use crate::proof::Verdict;
use crate::report::{
    ByteCounts, MailboxSummary, MessageCounts, Observer, Place, Position, ProofCounts, Record, RunEnd, Status, Warning,
    WarningCounts,
};
use crate::select::SkipReason;
use crate::sink::{Sink, SinkWarning, WriteStatus};

/// What a worker has done with a step.
pub(super) enum Done<T> {
    Unopened(Error),
    Begin(Arc<About>),
    Messages(Outcome<T>),
    End(Option<Error>),
}

/// The books of a run; everything is entered in mailbox order.
pub(super) struct Ledger<'o, K> {
    sink: K,
    observer: &'o dyn Observer,
    /// Set when nothing more can be written.
    stop: &'o AtomicBool,
    current: Option<Account>,
    mailboxes: Vec<MailboxSummary>,
    unopened: Vec<Error>,
    output_failed: bool,
    /// How many entries of the sink are not finished, and the messages to which they belong.
    unfinished: u64,
    at_risk: AtRisk,
    /// Whether a batch was left before its end because the run was stopped.
    interrupted: bool,
}

/// The mailbox whose results come in.
struct Account {
    summary: MailboxSummary,
    /// How many lines the batches before had.
    lines: u64,
}

impl<'o, K: Sink> Ledger<'o, K> {
    pub(super) fn new(sink: K, observer: &'o dyn Observer, stop: &'o AtomicBool) -> Self {
        Self {
            sink,
            observer,
            stop,
            current: None,
            mailboxes: Vec::new(),
            unopened: Vec::new(),
            output_failed: false,
            unfinished: 0,
            at_risk: AtRisk::default(),
            interrupted: false,
        }
    }

    /// Enters what was done with the next step.
    pub(super) fn detect_quoting(&mut self, done: Done<Item<K>>) {
        match done {
            Done::Unopened(error) => {
                self.observer.failed(&error);
                self.unopened.push(error);
            }
            Done::Begin(about) => {
                self.observer.started(&about.origin, about.size);
                self.sink.begin(&about.origin, &about.folder);
                self.current = Some(Account::open(&about));
            }
            Done::Messages(outcome) => self.enter(outcome),
            Done::End(error) => self.close(error),
        }
    }

    fn enter(&mut self, outcome: Outcome<Item<K>>) {
        let Some(mut account) = self.current.take() else { return };
        self.interrupted |= outcome.interrupted;
        for warning in outcome.warnings {
            account.warn(warning, self.observer);
        }
        for Worked { position, became, verdict, mut record } in outcome.messages {
            match became {
                Became::SkipReason(why) => account.leave(why),
                Became::Failed(failure) => self.fail(&mut account, position, failure),
                Became::Encoded { first, copies } => {
                    let put = self.put(first, copies, record.as_deref_mut());
                    match put {
                        Ok((fate, warnings)) => {
                            account.keep(fate, verdict);
                            if self.unfinished > 0 {
                                self.at_risk.add(fate, verdict);
                            }
                            account.warn_of(warnings, position, record.as_deref_mut(), self.observer);
                        }
                        Err(failure) => self.fail(&mut account, position, failure),
                    }
                }
            }
            if let Some(record) = record {
                account.tell(*record, self.observer);
            }
        }
        account.summary.profile = outcome.profile.or(account.summary.profile);
        account.summary.messages.found += outcome.found;
        account.summary.bytes += outcome.bytes;
        account.lines += outcome.lines;
        self.current = Some(account);
    }

    /// Hands a message and its copies to the sink: it counts as written if one of them is, and as failed if one fails.
    /// What becomes of it is noted in its record, if there is one.
    fn put(
        &mut self,
        first: Item<K>,
        copies: Vec<Item<K>>,
        mut record: Option<&mut Record>,
    ) -> Result<(WriteStatus, Vec<SinkWarning>), WriteError> {
        let (mut fate, mut entries, mut warnings, mut failure) = (WriteStatus::AlreadyThere, 0, Vec::new(), None);
        for item in std::iter::once(first).chain(copies) {
            match self.sink.put(item) {
                Ok(placed) => {
                    entries += 1;
                    if placed.fate == WriteStatus::Written {
                        fate = WriteStatus::Written;
                    }
                    warnings.extend(placed.warnings);
                    if let Some(record) = &mut record {
                        record.places.push(Place { name: placed.name, volume: placed.volume });
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
                record.digest = record.digest.filter(|_| !record.places.is_empty());
            }
            return Err(failure);
        }
        if let (Some(record), WriteStatus::AlreadyThere) = (record, fate) {
            record.status = Status::AlreadyThere;
        }
        self.watch_unfinished(entries);
        Ok((fate, warnings))
    }

    /// Looks how many entries would not be there if the output ended here, early, after so many more.
    fn watch_unfinished(&mut self, entries: u64) {
        let unfinished = self.sink.unfinished();
        if unfinished < self.unfinished + entries {
            // What came before is finished.
            self.at_risk = AtRisk::default();
        }
        self.unfinished = unfinished;
    }

    /// Counts a message that failed, and ends the run if all others would fail, too.
    fn fail(&mut self, account: &mut Account, position: Position, failure: WriteError) {
        account.summary.messages.failed += 1;
        let stops = failure.stops_the_run();
        // That the output is broken, or its disk full, is told once, however many threads found it out.
        if !stops || !self.output_failed {
            account.tell_failure(position, failure, self.observer);
        }
        if stops {
            self.output_failed = true;
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn close(&mut self, error: Option<Error>) {
        let Some(Account { mut summary, .. }) = self.current.take() else { return };
        summary.error = error.or_else(|| unbalanced(&summary));
        if let Some(error) = &summary.error {
            self.observer.failed(error);
        }
        self.observer.finished(&summary);
        self.mailboxes.push(summary);
    }

    /// Closes the books and the sink; `exhausted` says that no input was left.
    pub(super) fn finish(mut self, exhausted: bool) -> Conversion<K::Receipt> {
        self.close(None);
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
            self.watch_unfinished(0);
        }
        if ending != RunEnd::Complete {
            self.mailboxes.iter_mut().rev().for_each(|summary| self.at_risk.take_back(summary));
        }
        let receipt = self.sink.finish();
        Conversion { mailboxes: self.mailboxes, unopened: self.unopened, unclosed, ending, receipt }
    }
}

/// The messages put last, which stand in an archive that is not finished.
#[derive(Default)]
struct AtRisk {
    written: u64,
    already_there: u64,
    proof: ProofCounts,
}

impl AtRisk {
    fn add(&mut self, fate: WriteStatus, verdict: Option<Verdict>) {
        match fate {
            WriteStatus::Written => self.written += 1,
            WriteStatus::AlreadyThere => self.already_there += 1,
        }
        if let Some(verdict) = verdict {
            self.proof.add(verdict);
        }
    }

    /// Counts as failed what of these messages belongs to a mailbox; the last mailbox comes first.
    fn take_back(&mut self, MailboxSummary { messages, proof, .. }: &mut MailboxSummary) {
        messages.failed += settle_up(&mut self.written, &mut messages.written);
        messages.failed += settle_up(&mut self.already_there, &mut messages.already_there);
        if let Some(proof) = proof {
            settle_up(&mut self.proof.matched, &mut proof.matched);
            settle_up(&mut self.proof.mismatched, &mut proof.mismatched);
            settle_up(&mut self.proof.unsigned, &mut proof.unsigned);
        }
    }
}

/// Takes from both as much as they have in common.
fn settle_up(lost: &mut u64, here: &mut u64) -> u64 {
    let common = (*lost).min(*here);
    *lost -= common;
    *here -= common;
    common
}

impl Account {
    fn open(about: &About) -> Self {
        let summary = MailboxSummary {
            origin: about.origin.clone(),
            folder: about.folder.clone(),
            profile: None,
            messages: MessageCounts::default(),
            deleted: 0,
            bytes: ByteCounts::default(),
            warnings: WarningCounts::default(),
            proof: None,
            error: None,
        };
        Self { summary, lines: 0 }
    }

    /// The place in the mailbox of a place in a batch.
    fn place(&self, in_batch: Position) -> Position {
        Position { line: self.lines + in_batch.line + 1, ..in_batch }
    }

    fn warn(&mut self, warning: Warning, observer: &dyn Observer) {
        let warning = Warning { position: self.place(warning.position), ..warning };
        self.summary.warnings.add(warning.kind);
        observer.warned(&self.summary.origin, &warning);
    }

    /// Counts a message that is in the output.
    fn keep(&mut self, fate: WriteStatus, verdict: Option<Verdict>) {
        match fate {
            WriteStatus::Written => self.summary.messages.written += 1,
            WriteStatus::AlreadyThere => self.summary.messages.already_there += 1,
        }
        if let Some(verdict) = verdict {
            self.summary.proof.get_or_insert_default().add(verdict);
        }
    }

    /// Tells what the sink found odd about the place of a message.
    fn warn_of(
        &mut self,
        warnings: Vec<SinkWarning>,
        position: Position,
        record: Option<&mut Record>,
        observer: &dyn Observer,
    ) {
        let warnings = warnings.into_iter().map(|SinkWarning { kind, why }| Warning { kind, position, why });
        let warnings: Vec<Warning> = warnings.collect();
        for warning in &warnings {
            self.warn(*warning, observer);
        }
        if let Some(record) = record {
            record.warnings.extend(warnings);
        }
    }

    /// Tells what is known of a message.
    fn tell(&self, mut record: Record, observer: &dyn Observer) {
        record.position = self.place(record.position);
        record.warnings.iter_mut().for_each(|warning| warning.position = self.place(warning.position));
        observer.recorded(&self.summary.origin, &record);
    }

    /// Counts a message that is left behind.
    fn leave(&mut self, why: SkipReason) {
        match why {
            SkipReason::Duplicate => self.summary.messages.duplicates += 1,
            SkipReason::Deleted => {
                self.summary.messages.filtered += 1;
                self.summary.deleted += 1;
            }
            SkipReason::Filtered | SkipReason::NotSampled => self.summary.messages.filtered += 1,
        }
    }

    fn tell_failure(&self, position: Position, source: WriteError, observer: &dyn Observer) {
        let (origin, position) = (self.summary.origin.clone(), self.place(position));
        observer.failed(&Error::Message { origin, position, source });
    }
}

/// Holds both sums of the books against each other.
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

//! What each thread does: read a batch, work on its messages, hand in the results.

use std::mem;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::batch_reader::BatchReader;
use super::decisions::Decisions;
use super::event::{Event, Work};
use super::in_order::InOrder;
use super::inspected::Inspected;
use super::label_use::LabelUse;
use super::message_result::{BatchResult, Done, MessageResult, Outcome};
use super::positions::Positions;
use super::reorder_buffer::ReorderBuffer;
use super::settings::Settings;
use super::totals::Totals;
use super::{Item, LabelCopies, Mailbox};
use crate::error::Result;
use crate::message::{HeaderReader, Headers, RawMessage, first_line, trim_returns};
use crate::metadata::{Check, Found, Joined, Original};
use crate::name::MessageInfo;
use crate::proof::{QuotingVotes, Verdict};
use crate::report::{ByteCounts, Digest, Observer, Record, Records, Status};
use crate::sink::{Encode, Sink};
use crate::size::to_u64;
use crate::source::CutCheck;
use crate::split::{Extent, Span};
use crate::transform::{Eml, Eol, Quoting, StatusLines};
use crate::warning::{Position, Warning, WarningKind};
use crate::write_error::{ErrorScope, WriteError};

/// The bytes of an EML are needed twice where records are kept, for its hash and for its file: up to this length they
/// are made once, which takes memory.
const MADE_ONCE: u64 = 1 << 20;

/// One run, as its threads see it.
pub(super) struct Worker<'a, 'o, K: Sink> {
    pub(super) settings: &'a Settings,
    pub(super) headers: &'a HeaderReader,
    pub(super) encoder: &'a K::Encoder,
    pub(super) observer: &'a dyn Observer,
    /// How the mailbox is quoted, as its signed messages show, if that is to be found out.
    pub(super) votes: Option<&'a InOrder<QuotingVotes>>,
    /// Decides what depends on the messages before, if anything does.
    pub(super) decisions: Option<&'a InOrder<Decisions>>,
    /// Notes which of the labels that are named are found.
    pub(super) label_use: &'a LabelUse,
    pub(super) results: &'a ReorderBuffer<Event<Done<Item<K>>>, Totals<'o, K>>,
    /// Set when no further message can be written.
    pub(super) stop: &'a AtomicBool,
}

impl<K: Sink> Worker<'_, '_, K> {
    /// Works until nothing is left to do.
    pub(super) fn run<'s, I: Iterator<Item = Result<Mailbox<'s>>>>(&self, reader: &BatchReader<'s, I>) {
        // The other threads must not wait for one that panics.
        let _abort = OnPanic(|| {
            self.results.abort();
            self.votes.inspect(|votes| votes.abort());
            self.decisions.inspect(|decisions| decisions.abort());
        });
        while !self.should_stop() && self.results.wait_for_room() {
            let Some((number, event)) = reader.next() else { break };
            if !matches!(event, Event::Messages(_)) {
                self.pass(number, &event);
            }
            let done = event.map(|work| Done { result: self.work(number, &work), work });
            let bytes = if let Event::Messages(done) = &done { done.weight::<K::Encoder>() } else { 0 };
            self.results.hand_in(number, done, bytes);
        }
    }

    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.observer.cancelled()
    }
}

impl<K: Sink> Worker<'_, '_, K> {
    /// Takes the turns of an event without messages.
    fn pass(&self, number: u64, event: &Event<Work>) {
        if let Some(votes) = self.votes {
            let start = if let Event::Begin(info) = event { info.start() } else { None };
            votes.turn(number, |votes| *votes = start.map_or_else(QuotingVotes::default, |start| start.votes));
        }
        if let Some(decisions) = self.decisions {
            decisions.turn(number, |decisions| {
                if let Event::Begin(info) = event {
                    decisions.begin(info);
                }
            });
        }
    }

    /// Works on a batch: inspects its messages, decides which are written, and writes those.
    fn work(&self, number: u64, work: &Work) -> BatchResult<Item<K>> {
        let messages = work.batch.messages().zip(self.quotings(number, work));
        let messages = messages.map_while(|((raw, span), quoting)| self.inspect(work, raw, span, quoting));
        match self.decisions {
            None => self.write_all(work, messages),
            Some(decisions) => {
                let mut messages = messages.collect();
                decisions.turn(number, |decisions| decisions.decide(&work.info, &mut messages));
                self.write_all(work, messages)
            }
        }
    }

    /// The quoting to undo in each message.
    fn quotings(&self, number: u64, Work { batch, .. }: &Work) -> Vec<Quoting> {
        let unquote = self.settings.unquote;
        let evidence = batch.quoting_evidence(unquote);
        let mut quotings = Vec::new();
        let mut decide = |votes: &mut QuotingVotes| quotings = batch.quotings(unquote, &evidence, votes);
        match self.votes {
            Some(votes) => votes.turn(number, decide),
            None => decide(&mut QuotingVotes::default()),
        }
        quotings
    }

    /// Reads a message; `None` if its bytes are no longer those of the input.
    fn inspect<'b>(
        &self,
        Work { info, batch, .. }: &'b Work,
        raw: RawMessage<'b>,
        span: &'b Span,
        quoting: Quoting,
    ) -> Option<Inspected<'b>> {
        let Settings { selection, eol, namer, .. } = self.settings;
        let mut headers = self.headers.read_below(span.from_line_facts, &raw);
        let record = info.join.as_ref().map(|join| join.record(&raw, &headers));
        if let Some(Some(record)) = record {
            headers.add(record.labels(), record.received());
        }
        let undone = if span.may_be_quoted { quoting } else { Quoting::None };
        let eml = Eml::with_line_end(raw.bytes, batch.line_end, undone, *eol);
        // The rest of the batch is gone. The source finds that out by itself and reports it.
        if eml.line_stats().nul > 0 && info.cut_check.as_ref().is_some_and(CutCheck::is_cut) {
            return None;
        }
        // What there is of a header decides nothing.
        let skip_reason = match span.extent {
            Extent::NoHeader => None,
            Extent::Whole | Extent::Beginning => selection.skip_reason(&headers, &eml, span.dialect),
        };
        let export = info.export.as_deref();
        let key = if skip_reason.is_none() { selection.key(&headers, &eml, export) } else { None };
        // What is left of a message that was cut off is not the same as the whole, even under the same id.
        let key = key.filter(|_| !batch.is_cut_off(raw.index));
        let needs_rest = namer.needs_hash() || selection.needs_content(export);
        Some(Inspected {
            raw,
            span,
            headers,
            record,
            eml,
            batch: &batch.bytes,
            quoting,
            key,
            shares_id: false,
            spelled: None,
            skip_reason,
            needs_rest,
        })
    }

    /// Writes the messages that are wanted, and counts all.
    fn write_all<'b>(
        &self,
        work: &'b Work,
        inspected: impl IntoIterator<Item = Inspected<'b>>,
    ) -> BatchResult<Item<K>> {
        let Work { info, batch, .. } = work;
        let (mut positions, mut warnings) = Positions::new(batch);
        let mut bytes = ByteCounts { preamble: to_u64(batch.preamble().len()), ..ByteCounts::default() };
        let mut messages = Vec::with_capacity(batch.spans.len());
        let mut interrupted = false;
        for message in inspected {
            interrupted = self.should_stop();
            if interrupted {
                break;
            }
            let span = message.span;
            bytes.from_lines += length(span.from_line());
            bytes.messages += length(span.message());
            bytes.separators += length(span.separator());
            // What comes before the first message is noted with it.
            let before = mem::take(&mut warnings);
            messages.push(self.message(work, message, &mut positions, before));
            self.observer.advanced(length(span.whole()), 1);
        }
        let complete = messages.len() == batch.spans.len();
        // What came in is counted by itself, so that the sums prove something.
        bytes.input = if complete { to_u64(batch.bytes.len()) } else { bytes.accounted() };
        // What was read ahead of a mailbox's early end does not count, and does not show who wrote it.
        let last = messages.len().checked_sub(1).and_then(|last| batch.spans.get(last));
        let dialect = if info.is_ended() { last.map(|span| span.dialect) } else { batch.dialect };
        let found = to_u64(messages.len());
        BatchResult { found, bytes, lines: positions.lines(complete), warnings, messages, interrupted, dialect }
    }

    /// Does all that is to be done with one message.
    fn message(
        &self,
        work: &Work,
        message: Inspected<'_>,
        positions: &mut Positions<'_>,
        mut warnings: Vec<Warning>,
    ) -> MessageResult<Item<K>> {
        let Settings { proof, records, status_lines, .. } = *self.settings;
        let (header, made);
        let mut message = message;
        let line_stats = *message.eml.line_stats();
        let position = positions.next(&message.raw);
        let mut cut_folder = None;
        self.label_use.note(&message.headers.labels);
        let mut joined = message.record.map(|record| record.map_or(Joined::Unrecorded, |_| Joined::Recorded(None)));
        if joined == Some(Joined::Unrecorded) {
            warnings.push(Warning::new(WarningKind::NoRecord, position, "has no record in the metadata of its export"));
        }
        let (outcome, verdict) = match (message.skip_reason.clone(), message.missing_part()) {
            (None, Some(missing)) => (Outcome::Failed(self.incomplete(work, &message, missing)), None),
            (Some(why), _) => (Outcome::Skipped(why), None),
            (None, None) => {
                let mut warn = |(kind, why)| warnings.push(Warning::new(kind, position, why));
                message.warnings(&work.batch, self.settings).for_each(&mut warn);
                let verdict = match message.span.extent {
                    Extent::Whole => proof.verdict(message.raw.bytes, work.batch.line_end, &message.eml),
                    Extent::Beginning | Extent::NoHeader => None,
                };
                if let Some(Verdict::Mismatched(cause)) = verdict {
                    warn((WarningKind::BodyMismatch, cause.as_warning()));
                }
                let flags = message.headers.flags;
                if let Some(other) = status_lines.header(message.raw.bytes, work.batch.line_end, flags) {
                    header = other;
                    message.eml = message.eml.with_header(&header);
                }
                if records == Records::All && message.eml.len() <= MADE_ONCE {
                    made = message.eml.to_bytes();
                    message.eml = message.eml.made(&made);
                }
                if let (Some(Some(record)), Extent::Whole) = (message.record, message.span.extent) {
                    let check = self.check(record, work, &message);
                    joined = Some(Joined::Recorded(check));
                    if check == Some(Check::Differs) {
                        let why = record.difference(original(work, &message));
                        warnings.push(Warning::new(WarningKind::MetadataMismatch, position, why));
                    }
                }
                let (outcome, folder) = self.write(work, &message);
                cut_folder = folder;
                (outcome, verdict)
            }
        };
        positions.pass(message.span, &line_stats, &mut warnings);
        let has_two_dates = message.headers.has_two_dates;
        let received = message.headers.received.map(|received| received.seconds);
        let record = match records {
            Records::Off => None,
            Records::All => {
                let is_encoded = matches!(outcome, Outcome::Encoded { .. });
                Some(Box::new(record(message, position, is_encoded, verdict, joined)))
            }
        };
        MessageResult { position, outcome, verdict, joined, received, has_two_dates, warnings, cut_folder, record }
    }

    /// Compares a message with its record.
    fn check(&self, record: Found<'_>, work: &Work, message: &Inspected<'_>) -> Option<Check> {
        let Settings { eol, status_lines, .. } = *self.settings;
        let crlf = (eol == Eol::Crlf && status_lines == StatusLines::Keep).then_some(&message.eml);
        record.check(original(work, message), crlf)
    }

    /// Why a message is not written of which a part is missing that decides about its name or whether it is wanted.
    fn incomplete(&self, Work { info, .. }: &Work, message: &Inspected<'_>, missing: &'static str) -> WriteError {
        let index = info.before + message.raw.index;
        let name = self.settings.namer.name(&info.folder, index, &Headers::default());
        WriteError::new("cannot be converted", name, missing).with_scope(ErrorScope::Input)
    }

    /// Writes a message under each of its names; also returns its folder if that had to be cut.
    fn write(&self, work: &Work, message: &Inspected<'_>) -> (Outcome<Item<K>>, Option<String>) {
        let Work { info, language, .. } = work;
        let Settings { namer, copies, .. } = self.settings;
        let known = MessageInfo {
            index: info.before + message.raw.index,
            hash: namer.needs_hash().then(|| Digest::of(&message.eml).first_bits()),
            language: language.at(message.raw.index),
        };
        let headers = message.headers_for_names();
        let (name, is_cut) = namer.named(&info.folder, known, &headers);
        let cut_folder = is_cut.then(|| name.folder().to_owned());
        let mut names = match copies {
            LabelCopies::First => vec![],
            LabelCopies::All => namer.names(&info.folder, known, &headers),
        }
        .into_iter();
        let first = names.next().unwrap_or(name);
        let encoded = self.encoder.encode(message.entry(first)).and_then(|first| {
            let copy = |name| self.encoder.copy(message.entry(name), &first);
            let copies = names.map(copy).collect::<Result<_, _>>()?;
            Ok(Outcome::Encoded { first, copies })
        });
        let outcome = encoded.unwrap_or_else(|error| {
            self.stop.fetch_or(error.stops_the_run(), Ordering::Relaxed);
            Outcome::Failed(error)
        });
        (outcome, cut_folder)
    }
}

/// A message as it is in the mailbox.
fn original<'b>(work: &Work, message: &Inspected<'b>) -> Original<'b> {
    let quoting = if message.span.may_be_quoted { message.quoting } else { Quoting::None };
    Original { bytes: message.raw.bytes, line_end: work.batch.line_end, quoting }
}

/// What is known of a message before its turn.
fn record(
    message: Inspected<'_>,
    position: Position,
    is_encoded: bool,
    verdict: Option<Verdict>,
    joined: Option<Joined>,
) -> Record {
    let Inspected { raw, span, headers, eml, .. } = message;
    Record {
        position,
        length: length(span.whole()),
        from_line: trim_returns(first_line(raw.from_line)).to_vec(),
        headers,
        status: Status::Written,
        reason: None,
        locations: Vec::new(),
        digest: is_encoded.then(|| Digest::of(&eml)),
        verdict,
        metadata: joined.and_then(Joined::check),
        warnings: Vec::new(),
    }
}

/// The number of bytes in a range of offsets.
fn length(range: Range<u64>) -> u64 {
    range.end - range.start
}

/// Calls its function if the thread panics.
struct OnPanic<F: Fn()>(F);

impl<F: Fn()> Drop for OnPanic<F> {
    fn drop(&mut self) {
        if thread::panicking() {
            (self.0)();
        }
    }
}

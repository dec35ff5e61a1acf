//! One batch in work: the books of its bytes, its lines and its oddities.

use std::iter::Peekable;
use std::ops::Range;
use std::slice;

use memchr::memchr_iter;

use super::outcome::{Became, Outcome, Worked};
use super::worker::Look;
use crate::batch::Batch;
use crate::field::field_name;
use crate::message::{RawMessage, first_line, has_replaced_bytes, trim_returns};
use crate::name::Namer;
use crate::proof::Verdict;
use crate::report::{ByteCounts, Digest, Position, Record, Records, Warning, WarningKind};
use crate::size::to_u64;
use crate::split::{Doubt, LineEnd};

/// Keeps the books of a batch while its messages are worked on. Lines count from the batch's start.
pub(super) struct Desk<'b, T> {
    pub(super) batch: &'b Batch,
    doubts: Peekable<slice::Iter<'b, Doubt>>,
    outcome: Outcome<T>,
    /// Whether what is known of each message is kept.
    records: Records,
    /// How many of the warnings belong to messages that are closed.
    recorded: usize,
}

impl<'b, T> Desk<'b, T> {
    pub(super) fn new(batch: &'b Batch, records: Records) -> Self {
        let preamble = batch.preamble();
        let bytes = ByteCounts { preamble: to_u64(preamble.len()), ..ByteCounts::default() };
        let messages = Vec::with_capacity(batch.spans.len());
        let lines = lines(preamble, batch.line_end);
        let mut desk = Self {
            batch,
            doubts: batch.doubts.iter().peekable(),
            outcome: Outcome {
                found: 0,
                messages,
                warnings: Vec::new(),
                bytes,
                lines,
                interrupted: false,
                profile: batch.profile,
            },
            records,
            recorded: 0,
        };
        desk.tell_doubts(batch.base, batch.base + bytes.preamble, 0);
        desk
    }

    /// Where the next message stands.
    pub(super) fn position(&self, raw: &RawMessage<'_>) -> Position {
        Position { message: raw.index, byte: raw.offset, line: self.outcome.lines }
    }

    /// Tells what is odd about a message's bytes, and if they are more than an importer takes.
    pub(super) fn inspect(&mut self, look: &Look<'_>, position: Position, importer: Option<u64>) {
        let Look { raw, eml, .. } = look;
        let line_stats = eml.line_stats();
        let mut warn = |kind, why| self.outcome.warnings.push(Warning { kind, position, why });
        if field_name(raw.bytes).is_none() {
            warn(WarningKind::NoHeader, "does not begin with a header field");
        }
        if line_stats.nul > 0 {
            warn(WarningKind::NulBytes, "holds NUL bytes, which are kept");
        }
        if line_stats.lone_cr() > 0 && self.batch.line_end == LineEnd::Lf {
            warn(WarningKind::LoneCr, "holds carriage returns without a line feed, which are kept");
        }
        if line_stats.is_8bit && has_replaced_bytes(raw.bytes) {
            warn(WarningKind::ReplacedBytes, "bytes were replaced by U+FFFD before the mailbox was written");
        }
        if importer.is_some_and(|limit| eml.len() > limit) {
            warn(WarningKind::TooLarge, "larger than the importer takes; it is written all the same");
        }
    }

    /// Tells if a message has so many labels that not each gets a copy.
    pub(super) fn count_labels(&mut self, labels: usize, position: Position) {
        if labels > Namer::COPIES {
            let why = "has more than 100 labels: no further copies are made";
            self.outcome.warnings.push(Warning { kind: WarningKind::ManyLabels, position, why });
        }
    }

    /// Tells if a message's body is not the one that was signed.
    pub(super) fn judge(&mut self, verdict: Option<Verdict>, position: Position) {
        if let Some(Verdict::Mismatched(cause)) = verdict {
            let why = cause.as_warning();
            self.outcome.warnings.push(Warning { kind: WarningKind::BodyMismatch, position, why });
        }
    }

    /// Puts a message into the books.
    pub(super) fn close(&mut self, look: Look<'_>, position: Position, became: Became<T>, verdict: Option<Verdict>) {
        let Look { span, eml, .. } = look;
        let line_stats = eml.line_stats();
        self.tell_doubts(span.whole().start, span.whole().end, position.line);
        let bytes = &mut self.outcome.bytes;
        bytes.from_lines += length(span.from_line());
        bytes.messages += length(span.message());
        bytes.separators += length(span.separator());
        let line_end = self.batch.line_end;
        let around = [self.batch.slice(span.from_line()), self.batch.slice(span.separator())];
        let inside = match line_end {
            LineEnd::Lf => line_stats.lf,
            LineEnd::Cr => line_stats.cr,
        };
        self.outcome.lines += inside + around.map(|part| lines(part, line_end)).iter().sum::<u64>();
        let record = match self.records {
            Records::Off => None,
            Records::All => Some(Box::new(self.record(look, position, &became, verdict))),
        };
        self.outcome.messages.push(Worked { position, became, verdict, record });
    }

    /// What is known of a message.
    fn record(&mut self, look: Look<'_>, position: Position, became: &Became<T>, verdict: Option<Verdict>) -> Record {
        let (status, reason) = became.status();
        let warnings = self.outcome.warnings[self.recorded..].to_vec();
        self.recorded = self.outcome.warnings.len();
        Record {
            position,
            length: length(look.span.whole()),
            from_line: trim_returns(first_line(look.raw.from_line)).to_vec(),
            headers: look.headers,
            status,
            reason,
            places: Vec::new(),
            digest: matches!(became, Became::Encoded { .. }).then(|| Digest::of(&look.eml)),
            // What did not come into the output proves nothing.
            verdict: verdict.filter(|_| matches!(became, Became::Encoded { .. })),
            warnings,
        }
    }

    /// Notes that the mailbox ends here because enough was taken of it: what was read ahead says nothing of it.
    pub(super) fn end_mailbox(&mut self) {
        let last = self.outcome.messages.len().checked_sub(1).and_then(|last| self.batch.spans.get(last));
        self.outcome.profile = last.map(|span| span.profile);
    }

    /// Notes that the run is stopped here.
    pub(super) fn interrupt(&mut self) {
        self.outcome.interrupted = true;
    }

    /// Closes the books.
    pub(super) fn finish(mut self) -> Outcome<T> {
        let complete = self.outcome.messages.len() == self.batch.spans.len();
        let bytes = &mut self.outcome.bytes;
        // What came in is counted by itself, so that the sums prove something.
        bytes.input = if complete { to_u64(self.batch.bytes.len()) } else { bytes.accounted() };
        let known = if complete { self.batch.spans.len() } else { self.outcome.messages.len() };
        self.outcome.found = to_u64(known);
        // The lines are always those of the whole batch: another worker may be in the midst of the next one.
        if !complete {
            self.outcome.lines = lines(&self.batch.bytes, self.batch.line_end);
        }
        self.outcome
    }

    /// Turns the doubts about `from..to` into warnings; `line` is the line at `from`.
    fn tell_doubts(&mut self, from: u64, to: u64, line: u64) {
        let (mut at, mut line) = (from, line);
        while let Some(doubt) = self.doubts.next_if(|doubt| doubt.byte < to) {
            line += lines(self.batch.slice(at..doubt.byte), self.batch.line_end);
            at = doubt.byte;
            let position = Position { message: doubt.message, byte: doubt.byte, line };
            self.outcome.warnings.push(Warning { kind: doubt.kind, position, why: doubt.why });
        }
    }
}

/// The number of bytes in a range of offsets.
pub(super) fn length(range: Range<u64>) -> u64 {
    range.end - range.start
}

/// How many lines end in `bytes`.
fn lines(bytes: &[u8], line_end: LineEnd) -> u64 {
    to_u64(memchr_iter(line_end.byte(), bytes).count())
}

//! Counts the lines of a batch, so that each message and each doubt gets its position.

use std::iter::Peekable;
use std::ops::Range;
use std::slice;

use memchr::memchr_iter;

use crate::batch::Batch;
use crate::message::RawMessage;
use crate::size::to_u64;
use crate::split::{Doubt, LineEnd, Span};
use crate::transform::LineStats;
use crate::warning::{Position, Warning};

/// Walks through a batch message by message. Lines count from the start of the batch.
pub(super) struct Positions<'b> {
    batch: &'b Batch,
    doubts: Peekable<slice::Iter<'b, Doubt>>,
    /// The line that the next message begins with.
    line: u64,
}

impl<'b> Positions<'b> {
    /// Begins behind the bytes before the first message, with the doubts about those.
    pub(super) fn new(batch: &'b Batch) -> (Self, Vec<Warning>) {
        let mut positions = Self { batch, doubts: batch.doubts.iter().peekable(), line: 0 };
        let preamble = batch.preamble();
        let warnings = positions.doubts(batch.base..batch.base + to_u64(preamble.len())).collect();
        positions.line = lines(preamble, batch.line_end);
        (positions, warnings)
    }

    /// The position of the next message.
    pub(super) fn next(&self, raw: &RawMessage<'_>) -> Position {
        Position { message: raw.index, byte: raw.offset, line: self.line }
    }

    /// Passes that message, and adds the doubts about it to `warnings`.
    pub(super) fn pass(&mut self, span: &Span, stats: &LineStats, warnings: &mut Vec<Warning>) {
        warnings.extend(self.doubts(span.whole()));
        let line_end = self.batch.line_end;
        let around = [self.batch.slice(span.from_line()), self.batch.slice(span.separator())];
        let inside = match line_end {
            LineEnd::Lf => stats.lf,
            LineEnd::Cr => stats.cr,
        };
        self.line += inside + around.map(|part| lines(part, line_end)).iter().sum::<u64>();
    }

    /// How many lines the batch has, if all its messages were passed or not.
    pub(super) fn lines(self, complete: bool) -> u64 {
        // Another thread may be working on the next batch, so it must be the lines of all of this one.
        if complete { self.line } else { lines(&self.batch.bytes, self.batch.line_end) }
    }

    /// The doubts about bytes in `range` as warnings; the current line is that at its start.
    fn doubts(&mut self, range: Range<u64>) -> impl Iterator<Item = Warning> + use<'_, 'b> {
        let (mut at, mut line) = (range.start, self.line);
        std::iter::from_fn(move || {
            let doubt = self.doubts.next_if(|doubt| doubt.byte < range.end)?;
            line += lines(self.batch.slice(at..doubt.byte), self.batch.line_end);
            at = doubt.byte;
            let position = Position { message: doubt.message, byte: doubt.byte, line };
            Some(Warning::new(doubt.kind, position, doubt.why))
        })
    }
}

/// How many lines end in `bytes`.
fn lines(bytes: &[u8], line_end: LineEnd) -> u64 {
    to_u64(memchr_iter(line_end.byte(), bytes).count())
}

//! Reads a source in batches of whole messages, in mailbox order, for the converter and the plain reader.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::message::{RawMessage, header_len_in};
use crate::pairs::Checksum;
use crate::proof::{QuotingEvidence, QuotingVotes, detect_quoting};
use crate::range::{Fingerprint, MessageRange};
use crate::size::to_u64;
use crate::source::{CHUNK, FileKind, Source, Window};
use crate::split::{Boundary, Dialect, Doubt, LineEnd, NotAnMbox, Span, SplitRule, Splitter};
use crate::transform::{Quoting, Unquote};
use crate::warning::WarningKind;

/// Some messages of a mailbox that follow one another, with their bytes.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Offset of the first byte in the mailbox.
    pub(crate) base: u64,
    pub(crate) bytes: Bytes,
    /// The number of the first message.
    pub(crate) first: u64,
    pub(crate) spans: Vec<Span>,
    /// Doubts about places in these bytes, in their order.
    pub(crate) doubts: Vec<Doubt>,
    pub(crate) line_end: LineEnd,
    /// Who wrote the mailbox, as far as it was read.
    pub(crate) dialect: Option<Dialect>,
}

impl Batch {
    /// The bytes before the first From_ line; only the first batch of a mailbox has any.
    pub(crate) fn preamble(&self) -> &[u8] {
        let end = self.spans.first().map_or(self.bytes.len(), |span| self.index(span.whole().start));
        &self.bytes[..end]
    }

    /// The messages, in their order.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (RawMessage<'_>, &Span)> {
        (self.first..).zip(&self.spans).map(|(index, span)| (self.message(index, span), span))
    }

    /// What each message shows of how it is quoted, if that is to be found out.
    pub(crate) fn quoting_evidence(&self, unquote: Unquote) -> Vec<QuotingEvidence> {
        let evidence = |span: &Span| match unquote {
            Unquote::Auto if span.may_be_quoted && !span.dialect.is_certain() => detect_quoting(
                self.slice(span.message()),
                self.line_end,
                unquote.quoting(span.dialect, span.length_proven),
            ),
            _ => QuotingEvidence::Irrelevant,
        };
        self.spans.iter().map(evidence).collect()
    }

    /// The quoting to undo in each message: as its own signature proves, or as those before it, or as the mailbox's
    /// writer is known to quote.
    pub(crate) fn quotings(
        &self,
        unquote: Unquote,
        quoting_evidence: &[QuotingEvidence],
        votes: &mut QuotingVotes,
    ) -> Vec<Quoting> {
        let mut quoting = |(span, evidence): (&Span, &QuotingEvidence)| {
            if span.dialect.is_certain() {
                return unquote.quoting(span.dialect, span.length_proven);
            }
            if self.holds_unquoted_line(span) {
                votes.add_unquoted();
            }
            let quoting = votes.reading(evidence, unquote.quoting(span.dialect, span.length_proven));
            votes.add(evidence);
            quoting
        };
        self.spans.iter().zip(quoting_evidence).map(&mut quoting).collect()
    }

    /// Whether a line of the body starts with `From ` in a mailbox whose program may quote or not.
    fn holds_unquoted_line(&self, span: &Span) -> bool {
        let is_body = |line: u64| {
            let header = header_len_in(self.slice(span.message()), self.line_end);
            (span.message().start + to_u64(header)..span.message().end).contains(&line)
        };
        !span.dialect.quotes_all() && span.unquoted_line.is_some_and(is_body)
    }

    pub(crate) fn message(&self, index: u64, span: &Span) -> RawMessage<'_> {
        RawMessage {
            index,
            offset: span.whole().start,
            from_line: self.slice(span.from_line()),
            bytes: self.slice(span.message()),
        }
    }

    /// Whether the mailbox seems to end in the middle of this message.
    pub(crate) fn is_cut_off(&self, index: u64) -> bool {
        says_cut_off(self.doubts.iter(), index)
    }

    /// The bytes at these offsets in the mailbox.
    pub(crate) fn slice(&self, range: Range<u64>) -> &[u8] {
        &self.bytes[self.index(range.start)..self.index(range.end)]
    }

    /// The place in `bytes` of an offset in the mailbox.
    pub(crate) fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX).min(self.bytes.len())
    }
}

/// Whether one of these doubts, which are in order, says so of this message. It can only be the last one, so there is
/// no need to search the doubts about others.
fn says_cut_off<'a>(doubts: impl DoubleEndedIterator<Item = &'a Doubt>, message: u64) -> bool {
    let mut about_it = doubts.rev().take_while(|doubt| doubt.message == message);
    about_it.any(|doubt| doubt.kind == WarningKind::Truncated)
}

/// How a window is read.
type Split = fn(&mut Splitter, &Window<'_>, &mut Vec<Span>, &mut Vec<Doubt>) -> Result<(), NotAnMbox>;

/// Reads a mailbox batch by batch.
#[derive(Debug)]
pub(crate) struct Batches<S> {
    source: S,
    splitter: Splitter,
    /// Offset of the first byte not yet in a batch.
    position: u64,
    /// The number of the next message.
    next: u64,
    done: bool,
    /// Whether the source's end was reached, and it is still to be asked whether it changed meanwhile.
    unconfirmed: bool,
    /// Messages found and not yet in a batch.
    ready: VecDeque<Span>,
    /// Offset of the mailbox's end, once that is known.
    end: Option<u64>,
    /// Doubts about places not yet in a batch, in their order.
    doubts: VecDeque<Doubt>,
    /// What is read of the mailbox, if not all.
    range: Option<MessageRange>,
    /// Whether the mailbox is still to be compared with that of the range.
    is_new: bool,
}

impl<S: Source> Batches<S> {
    pub(crate) fn new(source: S, rule: SplitRule) -> Self {
        Self {
            source,
            splitter: Splitter::new(rule),
            position: 0,
            next: 1,
            done: false,
            unconfirmed: false,
            ready: VecDeque::new(),
            end: None,
            doubts: VecDeque::new(),
            range: None,
            is_new: false,
        }
    }

    /// Reads a range only.
    pub(crate) fn in_range(source: S, range: MessageRange) -> Self {
        let start = range.start();
        let rule = start.split_rule();
        let mut splitter = match start.boundary() {
            Some(boundary) => Splitter::resume(boundary.clone()),
            None => Splitter::new(rule),
        };
        if range.end().boundary().is_some() {
            splitter.pause_at(range.end().offset());
        }
        let (position, next) = (start.offset(), start.message());
        Self { splitter, position, next, range: Some(range), is_new: true, ..Self::new(source, rule) }
    }

    /// Pauses at the first message that begins at this offset or further on: until the next call there are no more
    /// batches.
    pub(crate) fn pause_at(&mut self, offset: u64) {
        self.splitter.pause_at(offset);
    }

    /// Where it has paused, if it has.
    pub(crate) fn paused(&self) -> Option<&Boundary> {
        self.splitter.paused()
    }

    /// By what the mailbox can be recognized; to be asked before anything is read.
    pub(crate) fn fingerprint(&mut self) -> Result<Fingerprint> {
        loop {
            let Window { bytes, at_end, .. } = self.source.window()?;
            if at_end || bytes.len() >= Fingerprint::HEAD {
                let head = Checksum::of(&bytes[..bytes.len().min(Fingerprint::HEAD)]);
                return Ok(Fingerprint { size: self.source.size(), head });
            }
        }
    }

    /// Who wrote the mailbox, once that is known.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        self.splitter.dialect()
    }

    /// Who wrote its first line, once that was read.
    pub(crate) fn first_dialect(&self) -> Option<Dialect> {
        self.splitter.first_dialect()
    }

    /// How many messages were found so far, those before the range included.
    pub(crate) fn found(&self) -> u64 {
        self.next - 1
    }

    /// The next messages; `None` at the mailbox's end.
    ///
    /// After an error there are no more.
    pub(crate) fn next_batch(&mut self) -> Result<Option<Batch>> {
        if self.done {
            // Checked last, so that the last messages are not lost, and a change during their work is not missed.
            let confirm = std::mem::take(&mut self.unconfirmed);
            return if confirm { self.source.finish().map(|()| None) } else { Ok(None) };
        }
        self.read().inspect_err(|_| self.done = true)
    }

    fn read(&mut self) -> Result<Option<Batch>> {
        if self.is_new {
            self.is_new = false;
            self.begin_range()?;
        }
        if self.ready.is_empty() {
            if self.paused().is_some() {
                return self.end_range();
            }
            self.look()?;
        }
        let spans = self.portion();
        let end = match (self.ready.is_empty(), self.end, spans.last()) {
            (true, Some(end), _) => {
                self.done = true;
                end
            }
            (_, _, last) => last.map_or(self.position, |span| span.whole().end),
        };
        Ok(Some(self.take(spans, end)))
    }

    /// Moves to the start of the range, if this is its mailbox.
    fn begin_range(&mut self) -> Result<()> {
        let Some(range) = self.range.clone() else { return Ok(()) };
        let (planned, start) = (&range.start().mailbox, range.start().offset());
        let now = self.fingerprint()?;
        if let (Some(was), Some(now)) = (planned.size, now.size)
            && was != now
        {
            return Err(self.not_as_planned(format!("it has {now} bytes now, and had {was}")));
        }
        if now.head != planned.head {
            return Err(self.not_as_planned("it begins with other bytes"));
        }
        self.source.begin_at(start)
    }

    /// Ends a range where the next one begins.
    fn end_range(&mut self) -> Result<Option<Batch>> {
        if self.range.is_none() {
            return Ok(None);
        }
        self.done = true;
        self.source.leave().map(|()| None)
    }

    /// Checks, if the end of the range is known by now, that it is the one that was planned.
    fn check_end(&self) -> Result<()> {
        let Some(range) = &self.range else { return Ok(()) };
        let (planned, byte) = (range.end().boundary(), range.end().offset());
        match (self.paused(), self.end) {
            (Some(boundary), _) if Some(boundary) == planned => Ok(()),
            (Some(boundary), _) if boundary.start() != byte => {
                Err(self.not_as_planned(format!("no message begins at byte {byte}, where the range ends")))
            }
            (Some(_), _) => Err(self.not_as_planned(format!("other lines begin messages before byte {byte}"))),
            (None, Some(end)) if planned.is_some() || end != byte => {
                Err(self.not_as_planned(format!("it ends at byte {end}, and the range at byte {byte}")))
            }
            (None, _) => Ok(()),
        }
    }

    fn not_as_planned(&self, what: impl Into<Cow<'static, str>>) -> Error {
        Error::NotAsPlanned { origin: self.source.origin().clone(), what: what.into() }
    }

    /// Finds more messages, or the mailbox's end.
    fn look(&mut self) -> Result<()> {
        let (mut found, mut doubts) = (Vec::new(), Vec::new());
        while found.is_empty() && self.end.is_none() && self.paused().is_none() {
            let mut split: Split = Splitter::advance;
            let mut window = self.source.window()?;
            if window.at_end {
                if self.source.breaks_off() {
                    split = Splitter::break_off;
                }
                // The same once more.
                window = self.source.window()?;
            }
            if split(&mut self.splitter, &window, &mut found, &mut doubts).is_err() {
                return Err(self.not_an_mbox());
            }
            if window.at_end && self.splitter.paused().is_none() {
                self.end = Some(window.base + to_u64(window.bytes.len()));
                self.unconfirmed = true;
            }
        }
        self.ready.extend(found);
        // Here and not for each batch, of which a long window may have many.
        self.doubts.extend(doubts);
        self.doubts.make_contiguous().sort_by_key(|doubt| doubt.byte);
        self.check_end()
    }

    /// The next messages that make up a batch. After a long message the window may hold millions of short ones.
    fn portion(&mut self) -> Vec<Span> {
        let limit = self.position + to_u64(CHUNK);
        let fitting = self.ready.iter().take_while(|span| span.whole().end <= limit).count();
        let count = fitting.max(1).min(self.ready.len());
        self.ready.drain(..count).collect()
    }

    fn take(&mut self, spans: Vec<Span>, end: u64) -> Batch {
        let within = self.doubts.partition_point(|doubt| doubt.byte < end);
        let first = self.next;
        self.next += to_u64(spans.len());
        let base = std::mem::replace(&mut self.position, end);
        Batch {
            base,
            bytes: self.source.take(usize::try_from(end - base).unwrap_or(usize::MAX)),
            first,
            spans,
            doubts: self.doubts.drain(..within).collect(),
            line_end: self.splitter.line_end(),
            dialect: self.splitter.dialect(),
        }
    }

    /// Says what the input looks like instead, by as many bytes as that takes.
    fn not_an_mbox(&mut self) -> Error {
        if let Some(start) = self.range.as_ref().map(|range| range.start().offset()).filter(|start| *start > 0) {
            return self.not_as_planned(format!("another line is at byte {start}, where the range begins"));
        }
        let kind = loop {
            match self.source.window() {
                Ok(Window { bytes, at_end, .. }) if at_end || bytes.len() >= FileKind::HEAD => {
                    break FileKind::at(&bytes[..bytes.len().min(FileKind::HEAD)]);
                }
                Ok(_) => {}
                Err(error) => return error,
            }
        };
        // An input that broke off at its start may well be an mbox.
        let origin = self.source.origin().clone();
        self.source.finish().err().unwrap_or(Error::NotAnMbox { origin, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubts_about_other_messages_are_not_searched() {
        let doubt = |message, kind| Doubt { kind, message, byte: message, why: "" };
        let mut doubts: Vec<Doubt> = (1..1000).map(|message| doubt(message, WarningKind::MissingBlankLine)).collect();
        doubts.extend([WarningKind::Truncated, WarningKind::OpenPart].map(|kind| doubt(1000, kind)));
        let mut looked_at = 0;
        let mut is_cut_off = |message| says_cut_off(doubts.iter().inspect(|_| looked_at += 1), message);
        assert_eq!((1..=1000).filter(|message| is_cut_off(*message)).collect::<Vec<_>>(), [1000]);
        assert_eq!(looked_at, 999 + 2);
    }
}

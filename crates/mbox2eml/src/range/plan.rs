//! Cuts a mailbox into ranges, in one pass.

use memchr::memchr_iter;

use super::checkpoint::{Checkpoint, Place};
use super::message_range::MessageRange;
use crate::batch::{Batch, Batches};
use crate::error::Result;
use crate::message::{Field, HeaderReader, LanguageSearch};
use crate::proof::QuotingVotes;
use crate::size::to_u64;
use crate::source::Source;
use crate::split::SplitRule;
use crate::transform::Unquote;
use crate::warning::Position;

/// The ranges of a mailbox, in its order; they cover all of it. The iterator ends after an error.
///
/// A mailbox that has no message has one range without any. It takes a few MiB of memory, or as much as the longest
/// message has.
///
/// ```
/// use mbox2eml::Mbox;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nAt noon?\n\n".repeat(10);
/// let ranges = Mbox::from_bytes(mailbox).plan(100).collect::<Result<Vec<_>, _>>()?;
/// assert!(ranges.iter().map(|range| range.bytes()).eq([0..108, 108..216, 216..324, 324..432, 432..540]));
/// assert!(ranges.iter().all(|range| range.messages() == 2));
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Debug)]
pub struct Plan<S> {
    batches: Batches<S>,
    rule: SplitRule,
    every: u64,
    labels: HeaderReader,
    votes: QuotingVotes,
    language: LanguageSearch,
    position: Position,
    /// Where the next range begins; none before the first one and after the last.
    next: Option<Checkpoint>,
    is_begun: bool,
}

impl<S: Source> Plan<S> {
    /// Plans ranges of at least `every` bytes, but for the last one.
    pub(crate) fn new(source: S, rule: SplitRule, every: u64) -> Self {
        Self {
            batches: Batches::new(source, rule),
            rule,
            every: every.max(1),
            labels: HeaderReader::new(&[Field::Labels]),
            votes: QuotingVotes::default(),
            language: LanguageSearch::default(),
            position: Position { message: 1, byte: 0, line: 1 },
            next: None,
            is_begun: false,
        }
    }

    /// Reads the range that begins there.
    fn range(&mut self, start: Checkpoint) -> Result<MessageRange> {
        self.batches.pause_at(start.offset().saturating_add(self.every));
        while let Some(batch) = self.batches.next_batch()? {
            self.pass(&batch);
        }
        let place = match self.batches.paused() {
            Some(boundary) => Place::Message(Box::new(boundary.clone())),
            None => Place::End(self.rule),
        };
        let is_last = matches!(place, Place::End(_));
        let Self { votes, language, position, .. } = *self;
        let end = Checkpoint { mailbox: start.mailbox.clone(), position, votes, language, place };
        self.next = (!is_last).then(|| end.clone());
        Ok(MessageRange::between(start, end))
    }

    /// Notes what a batch shows.
    fn pass(&mut self, batch: &Batch) {
        batch.quotings(Unquote::Auto, &batch.quoting_evidence(Unquote::Auto), &mut self.votes);
        self.language.look(&self.labels, batch.messages());
        let lines = memchr_iter(batch.line_end.byte(), &batch.bytes).count();
        let Position { message, byte, line } = &mut self.position;
        *message += to_u64(batch.spans.len());
        *byte += to_u64(batch.bytes.len());
        *line += to_u64(lines);
    }

    fn start(&mut self) -> Result<Checkpoint> {
        let mailbox = self.batches.fingerprint()?;
        let Self { votes, language, position, rule, .. } = *self;
        Ok(Checkpoint { mailbox, position, votes, language, place: Place::Start(rule) })
    }
}

impl<S: Source> Iterator for Plan<S> {
    type Item = Result<MessageRange>;

    fn next(&mut self) -> Option<Result<MessageRange>> {
        let start = match self.next.take() {
            Some(start) => Ok(start),
            None if self.is_begun => return None,
            None => self.start(),
        };
        self.is_begun = true;
        Some(start.and_then(|start| self.range(start)))
    }
}

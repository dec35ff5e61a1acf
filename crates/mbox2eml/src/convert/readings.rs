//! How the messages of a batch are read: which quoting is undone in each.

use std::collections::VecDeque;

use super::poll::Poll;
use crate::batch::Batch;
use crate::message::RawMessage;
use crate::proof::{Settlement, Votes, settle};
use crate::split::Span;
use crate::transform::{Eml, Eol, Quoting, Transform, Unquote};

/// Reads the messages of a batch, one after another.
pub(super) struct Readings<'w, 'b> {
    batch: &'b Batch,
    unquote: Unquote,
    transform: Transform,
    /// Where to report the votes of this step, and ask for those before it; nowhere if nothing is to be settled.
    poll: Option<(&'w Poll, u64)>,
    is_reported: bool,
    /// The votes so far: those of this batch, and, once they were asked for, of all before it.
    votes: Votes,
    /// What is known already of the messages that come next.
    ahead: VecDeque<Settlement>,
}

impl<'w, 'b> Readings<'w, 'b> {
    pub(super) fn new(batch: &'b Batch, unquote: Unquote, eol: Eol, poll: Option<(&'w Poll, u64)>) -> Self {
        let transform = Transform::new(eol, batch.line_end);
        Self { batch, unquote, transform, poll, is_reported: false, votes: Votes::default(), ahead: VecDeque::new() }
    }

    /// The next message as it is written, and the quoting that is undone in it.
    pub(super) fn next(&mut self, raw: &RawMessage<'b>, span: &Span) -> (Eml<'b>, Quoting) {
        let own = self.own(span);
        let eml = self.transform.apply(raw.bytes, own);
        let Some((poll, number)) = self.poll else { return (eml, own) };
        let settlement = self.ahead.pop_front().unwrap_or_else(|| match own {
            _ if eml.census().angle_lines == 0 => Settlement::Alike,
            Quoting::Mboxrd if !eml.is_quoted() => Settlement::Alike,
            _ => settle(raw.bytes, self.batch.line_end, own),
        });
        if settlement == Settlement::Open && !self.is_reported {
            self.ask(poll, number, raw.index);
        }
        let quoting = self.votes.reading(&settlement, own);
        self.votes.add(&settlement);
        (if quoting == own { eml } else { self.transform.apply(raw.bytes, quoting) }, quoting)
    }

    /// What the mailbox is held to use.
    fn own(&self, span: &Span) -> Quoting {
        self.unquote.quoting(span.profile, span.length_proven)
    }

    /// Asks for the votes of all messages before the one with this number. The rest of the batch is looked at first, so
    /// that nobody has to wait until its messages are written.
    fn ask(&mut self, poll: &Poll, number: u64, index: u64) {
        let after = self.batch.messages().skip_while(|(raw, _)| raw.index <= index);
        let line_end = self.batch.line_end;
        let settlements = after.map(|(raw, span)| settle(raw.bytes, line_end, self.own(span)));
        self.ahead = settlements.collect();
        let mut all = self.votes;
        self.ahead.iter().for_each(|settlement| all.add(settlement));
        self.votes += poll.exchange(number, all);
        self.is_reported = true;
    }
}

impl Drop for Readings<'_, '_> {
    fn drop(&mut self) {
        if let (Some((poll, number)), false) = (self.poll, self.is_reported) {
            poll.report(number, self.votes);
        }
    }
}

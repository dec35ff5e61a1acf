//! How the messages of a batch are read: which quoting is undone in each.

use std::collections::VecDeque;
use std::iter;

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
    standing: Standing,
    /// The votes so far: those of this batch, and, once they were asked for, of all before it.
    votes: Votes,
    /// The messages that come next, as far as they were looked at already.
    ahead: VecDeque<Reading<'b>>,
}

/// A message as its mailbox is held to quote, and what tells whether it does.
struct Reading<'b> {
    own: Quoting,
    eml: Eml<'b>,
    settlement: Settlement,
}

/// What the others know of the votes of a batch, and the batch of theirs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing yet.
    Silent,
    /// Its votes are announced; those before it were not asked for.
    Announced,
    /// Its votes are told, and those before it are known or will not be needed.
    Done,
}

impl<'w, 'b> Readings<'w, 'b> {
    pub(super) fn new(batch: &'b Batch, unquote: Unquote, eol: Eol, poll: Option<(&'w Poll, u64)>) -> Self {
        let (transform, votes, ahead) = (Transform::new(eol, batch.line_end), Votes::default(), VecDeque::new());
        let mut readings = Self { batch, unquote, transform, poll, standing: Standing::Silent, votes, ahead };
        if let Some((poll, number)) = poll.filter(|(poll, _)| poll.is_wanted()) {
            readings.tell(poll, number, batch.first, &Settlement::Alike);
        }
        readings
    }

    /// The next message as it is written, and the quoting that is undone in it.
    pub(super) fn next(&mut self, raw: &RawMessage<'b>, span: &Span) -> (Eml<'b>, Quoting) {
        let reading = self.ahead.pop_front().unwrap_or_else(|| self.read(raw, span));
        let Reading { own, eml, settlement } = reading;
        let Some((poll, number)) = self.poll else { return (eml, own) };
        if settlement == Settlement::Open && self.standing != Standing::Done {
            if self.standing == Standing::Silent {
                self.tell(poll, number, raw.index + 1, &settlement);
            }
            self.votes += poll.before(number);
            self.standing = Standing::Done;
        }
        let quoting = self.votes.reading(&settlement, own);
        self.votes.add(&settlement);
        (if quoting == own { eml } else { self.transform.apply(raw.bytes, quoting) }, quoting)
    }

    fn read(&self, raw: &RawMessage<'b>, span: &Span) -> Reading<'b> {
        let own = self.unquote.quoting(span.profile, span.length_proven);
        let eml = self.transform.apply(raw.bytes, own);
        let settlement = match own {
            _ if self.poll.is_none() || eml.census().angle_lines == 0 => Settlement::Alike,
            Quoting::Mboxrd if !eml.is_quoted() => Settlement::Alike,
            _ => settle(raw.bytes, self.batch.line_end, own),
        };
        Reading { own, eml, settlement }
    }

    /// Tells the votes of the whole batch, of which the messages from that number on are looked at first, so that nobody
    /// has to wait until its messages are written. `last` is what the message before them says.
    fn tell(&mut self, poll: &Poll, number: u64, from: u64, last: &Settlement) {
        let rest = self.batch.messages().skip_while(|(raw, _)| raw.index < from);
        self.ahead = rest.map(|(raw, span)| self.read(&raw, span)).collect();
        let settlements = || iter::once(last).chain(self.ahead.iter().map(|reading| &reading.settlement));
        let mut all = self.votes;
        settlements().for_each(|settlement| all.add(settlement));
        if settlements().any(|settlement| *settlement == Settlement::Open) {
            poll.announce(number, all);
            self.standing = Standing::Announced;
        } else {
            poll.report(number, all);
            self.standing = Standing::Done;
        }
    }
}

impl Drop for Readings<'_, '_> {
    fn drop(&mut self) {
        if let (Some((poll, number)), Standing::Silent) = (self.poll, self.standing) {
            poll.report(number, self.votes);
        }
    }
}

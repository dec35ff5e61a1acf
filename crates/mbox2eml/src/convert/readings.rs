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
    standing: Standing,
    /// The votes so far: those of this batch, and, once they were asked for, of all before it.
    votes: Votes,
    /// What is known already of the messages that come next.
    ahead: VecDeque<Settlement>,
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
            readings.tell(poll, number, batch.first);
        }
        readings
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
        if settlement == Settlement::Open && self.standing != Standing::Done {
            if self.standing == Standing::Silent {
                self.tell(poll, number, raw.index);
                // The message itself is known by now.
                self.ahead.pop_front();
            }
            self.votes += poll.before(number);
            self.standing = Standing::Done;
        }
        let quoting = self.votes.reading(&settlement, own);
        self.votes.add(&settlement);
        (if quoting == own { eml } else { self.transform.apply(raw.bytes, quoting) }, quoting)
    }

    /// What the mailbox is held to use.
    fn own(&self, span: &Span) -> Quoting {
        self.unquote.quoting(span.profile, span.length_proven)
    }

    /// Tells the votes of the whole batch, of which the messages from that number on are looked at first, so that nobody
    /// has to wait until its messages are written.
    fn tell(&mut self, poll: &Poll, number: u64, from: u64) {
        let rest = self.batch.messages().skip_while(|(raw, _)| raw.index < from);
        let line_end = self.batch.line_end;
        self.ahead = rest.map(|(raw, span)| settle(raw.bytes, line_end, self.own(span))).collect();
        let mut all = self.votes;
        self.ahead.iter().for_each(|settlement| all.add(settlement));
        if self.ahead.contains(&Settlement::Open) {
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

//! What each thread does: take a batch, work on its messages, hand the results over.

use std::sync::atomic::{AtomicBool, Ordering};

use super::decisions::Decisions;
use super::desk::{Desk, length};
use super::feed::{About, Feed, Step};
use super::in_order::InOrder;
use super::ledger::Done;
use super::outcome::{Became, Outcome};
use super::outlet::Outlet;
use super::panic::OnPanic;
use super::{Converter, LabelCopies, Mailbox};
use crate::batch::Batch;
use crate::error::Result;
use crate::message::{Headers, RawMessage};
use crate::name::EntryName;
use crate::proof::QuotingVotes;
use crate::report::Observer;
use crate::select::{DuplicateKey, SkipReason};
use crate::sink::{Encode, Entry, Sink};
use crate::source::CutCheck;
use crate::split::Span;
use crate::transform::{Eml, Quoting, Transform};

/// One thread's view of a run.
pub(super) struct Worker<'a, E> {
    pub(super) converter: &'a Converter,
    pub(super) encoder: &'a E,
    pub(super) observer: &'a dyn Observer,
    /// How the mailbox quotes, as its signed messages show, if anybody wants to know.
    pub(super) votes: Option<&'a InOrder<QuotingVotes>>,
    /// Where to wait, if something must be decided in mailbox order.
    pub(super) turn: Option<&'a InOrder<Decisions>>,
    /// Set when no further message can be written.
    pub(super) stop: &'a AtomicBool,
}

impl<E: Encode> Worker<'_, E> {
    /// Works until there is nothing left to do.
    pub(super) fn run<'s, I, K>(&self, feed: &Feed<'s, I>, outlet: &Outlet<'_, K>)
    where
        I: Iterator<Item = Result<Mailbox<'s>>>,
        K: Sink<Encoder = E>,
    {
        // Should this thread panic, the others must not wait for it.
        let _alarm = OnPanic(|| {
            outlet.abort();
            self.votes.inspect(|votes| votes.abort());
            self.turn.inspect(|turn| turn.abort());
        });
        while !self.should_stop() && outlet.wait_for_room() {
            let Some((number, step)) = feed.next() else { break };
            if let (Some(votes), false) = (self.votes, matches!(step, Step::Messages(..))) {
                votes.turn(number, |votes| *votes = QuotingVotes::default());
            }
            if let (Some(turn), false) = (self.turn, matches!(step, Step::Messages(..))) {
                turn.turn(number, |decisions| {
                    if let Step::Begin(about) = &step {
                        decisions.begin(about);
                    }
                });
            }
            let done = match step {
                Step::Unopened(error) => Done::Unopened(error),
                Step::Begin(about) => Done::Begin(about),
                Step::Messages(about, batch) => Done::Messages(self.work(number, &about, &batch)),
                Step::End(error) => Done::End(error),
            };
            outlet.detect_quoting(number, done);
        }
    }

    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.observer.cancelled()
    }

    fn work(&self, number: u64, about: &About, batch: &Batch) -> Outcome<E::Item> {
        let quotings = self.quotings(number, batch);
        let messages = batch.messages().zip(quotings);
        let inspected = messages.map_while(move |((raw, span), quoting)| self.look(about, batch, raw, span, quoting));
        match self.turn {
            None => self.write_all(about, batch, inspected),
            Some(turn) => {
                let mut inspected = inspected.collect();
                turn.turn(number, |decisions| decisions.decide(about, &mut inspected));
                self.write_all(about, batch, inspected)
            }
        }
    }

    /// The quoting to undo in each message.
    fn quotings(&self, number: u64, batch: &Batch) -> Vec<Quoting> {
        let unquote = self.converter.unquote;
        let quoting_evidence = batch.quoting_evidence(unquote);
        let mut quotings = Vec::new();
        let mut decide = |votes: &mut QuotingVotes| quotings = batch.quotings(unquote, &quoting_evidence, votes);
        match self.votes {
            Some(votes) => votes.turn(number, decide),
            None => decide(&mut QuotingVotes::default()),
        }
        quotings
    }

    /// Looks at a message; `None` if its bytes are no longer those of the input.
    fn look<'b>(
        &self,
        about: &About,
        batch: &'b Batch,
        raw: RawMessage<'b>,
        span: &'b Span,
        quoting: Quoting,
    ) -> Option<Look<'b>> {
        let Converter { headers, selection, eol, .. } = self.converter;
        let headers = headers.read_below(span.from_line_facts, &raw);
        let undone = if span.may_be_quoted { quoting } else { Quoting::None };
        let eml = Transform::new(*eol, batch.line_end).apply(raw.bytes, undone);
        // The rest of the batch is gone; the feed finds that out by itself and tells it.
        if eml.line_stats().nul > 0 && about.cut_check.as_ref().is_some_and(CutCheck::is_cut) {
            return None;
        }
        let skip_reason = selection.skip_reason(&headers, &eml, span.profile);
        let key = if skip_reason.is_none() { selection.dedup.key(&headers, &eml) } else { None };
        // What is left of a message that was cut off is not the same as the whole, even under the same id.
        let key = key.filter(|_| !batch.is_cut_off(raw.index));
        Some(Look { raw, span, headers, eml, quoting, key, skip_reason })
    }

    /// Writes the messages that are wanted, and keeps the books of all.
    fn write_all<'b>(
        &self,
        about: &About,
        batch: &'b Batch,
        inspected: impl IntoIterator<Item = Look<'b>>,
    ) -> Outcome<E::Item> {
        let Converter { copies, importer_limit, proof, records, .. } = *self.converter;
        let mut desk = Desk::new(batch, records);
        for look in inspected {
            if self.should_stop() {
                desk.interrupt();
                break;
            }
            let position = desk.position(&look.raw);
            let length = length(look.span.whole());
            let (became, verdict) = match look.skip_reason {
                Some(why) => (Became::SkipReason(why), None),
                None => {
                    desk.inspect(&look, position, importer_limit);
                    if copies == LabelCopies::All {
                        desk.count_labels(look.headers.labels.len(), position);
                    }
                    let verdict = proof.verdict(look.raw.bytes, batch.line_end, &look.eml);
                    desk.judge(verdict, position);
                    (self.write(about, &look), verdict)
                }
            };
            desk.close(look, position, became, verdict);
            self.observer.advanced(length, 1);
        }
        if about.is_ended() {
            desk.end_mailbox();
        }
        desk.finish()
    }

    /// Writes a message under each of its names.
    fn write(&self, about: &About, look: &Look<'_>) -> Became<E::Item> {
        let Converter { namer, copies, .. } = self.converter;
        let index = look.raw.index;
        let mut names = match copies {
            LabelCopies::First => vec![],
            LabelCopies::All => namer.names(&about.folder, index, &look.headers),
        }
        .into_iter();
        let first = names.next().unwrap_or_else(|| namer.name(&about.folder, index, &look.headers));
        let encoded = self.encoder.encode(look.entry(first)).and_then(|first| {
            let copy = |name| self.encoder.copy(look.entry(name), &first);
            let copies = names.map(copy).collect::<Result<_, _>>()?;
            Ok(Became::Encoded { first, copies })
        });
        encoded.unwrap_or_else(|error| {
            if let (Some(turn), Some(key)) = (self.turn, look.key) {
                turn.now(|decisions| decisions.forget(key));
            }
            self.stop.fetch_or(error.stops_the_run(), Ordering::Relaxed);
            Became::Failed(error)
        })
    }
}

/// What a worker knows of a message when it has looked at it.
pub(super) struct Look<'b> {
    pub(super) raw: RawMessage<'b>,
    pub(super) span: &'b Span,
    pub(super) headers: Headers,
    pub(super) eml: Eml<'b>,
    quoting: Quoting,
    /// What it has in common with messages that are equal to it, if duplicates are dropped.
    pub(super) key: Option<DuplicateKey>,
    /// Why it is left behind, if so.
    pub(super) skip_reason: Option<SkipReason>,
}

impl Look<'_> {
    fn entry(&self, name: EntryName) -> Entry<'_> {
        Entry { name, message: &self.raw, headers: &self.headers, eml: self.eml, quoting: self.quoting }
    }
}

//! What each thread does: take a batch, work on its messages, hand the results over.

use std::sync::atomic::{AtomicBool, Ordering};

use super::desk::Desk;
use super::feed::{About, Feed, Step};
use super::ledger::Done;
use super::outcome::{Became, Outcome};
use super::outlet::Outlet;
use super::{Converter, Mailbox};
use crate::batch::Batch;
use crate::error::Result;
use crate::message::RawMessage;
use crate::report::{Observer, Position};
use crate::sink::{Encode, Entry, Sink};
use crate::source::CutCheck;
use crate::split::Span;
use crate::transform::{Census, Transform};

/// One thread's view of a run.
pub(super) struct Worker<'a, E> {
    pub(super) converter: &'a Converter,
    pub(super) encoder: &'a E,
    pub(super) observer: &'a dyn Observer,
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
        // Should this thread panic, the others must not wait for its results.
        let _alarm = outlet.alarm();
        while !self.should_stop() && outlet.wait_for_room() {
            let Some((number, step)) = feed.next() else { break };
            let done = match step {
                Step::Unopened(error) => Done::Unopened(error),
                Step::Begin(about) => Done::Begin(about),
                Step::Messages(about, batch) => Done::Messages(self.work(&about, &batch)),
                Step::End(error) => Done::End(error),
            };
            outlet.settle(number, done);
        }
    }

    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.observer.cancelled()
    }

    fn work(&self, about: &About, batch: &Batch) -> Outcome<E::Item> {
        let mut desk = Desk::new(batch);
        for (raw, span) in batch.messages() {
            if self.should_stop() {
                desk.interrupt();
                break;
            }
            // The rest of the batch is gone; the feed finds that out by itself and tells it.
            let Some((position, census, became)) = self.message(about, &raw, span, &mut desk) else { break };
            desk.close(span, position, census, became);
            self.observer.advanced(span.next - span.start, 1);
        }
        desk.finish()
    }

    /// Works on one message; `None` if its bytes are no longer those of the input.
    fn message(
        &self,
        about: &About,
        raw: &RawMessage<'_>,
        span: &Span,
        desk: &mut Desk<'_, E::Item>,
    ) -> Option<(Position, Census, Became<E::Item>)> {
        let position = desk.position(raw);
        let headers = self.converter.headers.read(raw);
        if self.converter.selection.drops_deleted(&headers, span.profile) {
            return Some((position, Census::of(raw.bytes), Became::Deleted));
        }
        let quoting = self.converter.unquote.quoting(span.profile, span.length_proven);
        let eml = Transform::new(self.converter.eol, desk.batch.line_end).apply(raw.bytes, quoting);
        let census = *eml.census();
        if census.nul > 0 && about.cut_check.as_ref().is_some_and(CutCheck::is_cut) {
            return None;
        }
        let name = self.converter.namer.name(&about.folder, raw.index, &headers);
        desk.inspect(raw, position, &census);
        if self.converter.importer_limit.is_some_and(|limit| eml.len() > limit) {
            desk.tell_too_large(position);
        }
        let became = match self.encoder.encode(Entry::new(name, headers.received, eml)) {
            Ok(item) => Became::Encoded(item),
            Err(error) => {
                self.stop.fetch_or(error.stops_the_run(), Ordering::Relaxed);
                Became::Failed(error)
            }
        };
        Some((position, census, became))
    }
}

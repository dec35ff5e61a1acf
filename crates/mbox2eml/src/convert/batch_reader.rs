//! Reads mailbox after mailbox, batch after batch, for the threads that ask.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Mailbox;
use super::event::{Event, MailboxInfo, Work};
use super::exports::{Export, Exports};
use super::join::Join;
use super::settings::Settings;
use crate::batch::{Batch, Batches};
use crate::error::{Error, Result};
use crate::name::Namer;
use crate::range::MessageRange;
use crate::select::Sample;
use crate::source::Source;
use crate::split::{Dialect, SplitRule};

/// Reads the events, numbered from 0, one at a time for any number of threads.
pub(super) struct BatchReader<'s, I>(Mutex<State<'s, I>>);

struct State<'s, I> {
    mailboxes: I,
    rule: SplitRule,
    sample: Sample,
    /// Why no range can be converted, if so.
    objection: Option<&'static str>,
    namer: Namer,
    exports: Exports,
    current: Option<Current<'s>>,
    next: u64,
    exhausted: bool,
}

/// The mailbox being read.
struct Current<'s> {
    info: Arc<MailboxInfo>,
    export: Export,
    /// The first batch, if it was read to know whose mailbox it is.
    ahead: Option<Result<Option<Batch>>>,
    batches: Batches<Box<dyn Source + 's>>,
}

impl<'s, I: Iterator<Item = Result<Mailbox<'s>>>> BatchReader<'s, I> {
    pub(super) fn new(mailboxes: I, settings: &Settings) -> Self {
        let Settings { split, selection, namer, .. } = settings;
        Self(Mutex::new(State {
            mailboxes,
            rule: *split,
            sample: selection.sample,
            objection: settings.objection_to_ranges(),
            namer: namer.clone(),
            exports: Exports::new(namer),
            current: None,
            next: 0,
            exhausted: false,
        }))
    }

    /// Whether all mailboxes were read to their ends.
    pub(super) fn is_exhausted(&self) -> bool {
        self.lock().exhausted
    }

    /// The next event and its number; `None` when all mailboxes are done.
    pub(super) fn next(&self) -> Option<(u64, Event<Work>)> {
        let mut state = self.lock();
        // An iterator may start again after its end, so it is not called again.
        if state.exhausted {
            return None;
        }
        let event = state.read();
        state.exhausted = event.is_none();
        let number = state.next;
        state.next += 1;
        event.map(|event| (number, event))
    }

    fn lock(&self) -> MutexGuard<'_, State<'s, I>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'s, I: Iterator<Item = Result<Mailbox<'s>>>> State<'s, I> {
    fn read(&mut self) -> Option<Event<Work>> {
        let Some(Current { info, export, ahead, batches }) = &mut self.current else {
            return Some(match self.mailboxes.next()? {
                Ok(mailbox) => self.begin(mailbox),
                Err(error) => Event::Unopened(error),
            });
        };
        let next = match ahead.take() {
            Some(next) => next,
            None if info.is_ended() => Ok(None),
            None => batches.next_batch(),
        };
        let error = match next {
            Ok(Some(batch)) => {
                let language = self.exports.language(export, &batch);
                return Some(Event::Messages(Work { info: Arc::clone(info), batch, language }));
            }
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if let Some(Current { info, export, batches, .. }) = self.current.take() {
            self.exports.end(info.export.as_deref(), export, batches.found());
        }
        Some(Event::End(error))
    }

    fn objection_to(&self, range: &MessageRange) -> Option<&'static str> {
        let is_other = range.start().split_rule() != self.rule;
        self.objection.or(is_other.then_some("it was planned with another split rule"))
    }

    fn begin(&mut self, mailbox: Mailbox<'s>) -> Event<Work> {
        let Mailbox { source, folder, range, metadata } = mailbox;
        let (origin, size, cut_check) = (source.origin().clone(), source.size(), source.cut_check());
        if matches!(self.sample, Sample::Evenly(_)) && size.is_none() {
            return Event::Unopened(Error::NoSample { origin });
        }
        if let Some(why) = range.as_ref().and_then(|range| self.objection_to(range)) {
            return Event::Unopened(Error::RangeRefused { origin, why });
        }
        let (sample, ended) = (self.sample, AtomicBool::new(false));
        let mut batches = match range.clone() {
            Some(range) => Batches::in_range(source, range),
            None => Batches::new(source, self.rule),
        };
        let ahead = folder.is_alone().then(|| batches.next_batch());
        let folder = match batches.first_dialect() {
            Some(Dialect::GoogleTakeout) => folder.of_google(),
            _ => folder,
        };
        let name = self.namer.shared_place(&folder).map(str::to_owned);
        let mut export = self.exports.begin(name.as_deref());
        if let Some(range) = &range {
            export.language = range.start().language;
        }
        let before = export.messages;
        let join = metadata.map(|metadata| Join::new(metadata, &origin));
        let info =
            Arc::new(MailboxInfo { origin, folder, export: name, before, size, range, cut_check, sample, join, ended });
        self.current = Some(Current { info: Arc::clone(&info), export, ahead, batches });
        Event::Begin(info)
    }
}

//! The input side: mailbox after mailbox, batch after batch, handed to whoever asks next.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Mailbox;
use crate::batch::{Batch, Batches};
use crate::error::{Error, Result};
use crate::name::Folder;
use crate::select::Quota;
use crate::source::{CutCheck, Origin, Source};
use crate::split::SplitRule;

/// What a worker needs to know of the mailbox a batch comes from.
#[derive(Debug)]
pub(super) struct About {
    pub(super) origin: Origin,
    pub(super) folder: Folder,
    /// Its size in bytes, if known.
    pub(super) size: Option<u64>,
    pub(super) cut_check: Option<CutCheck>,
    /// What may be taken of it.
    pub(super) quota: Quota,
    /// Set when enough of it was taken.
    ended: AtomicBool,
}

impl About {
    /// Has no more of the mailbox read.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Whether enough was taken of the mailbox.
    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

/// The next thing that happens, in mailbox order.
pub(super) enum Step {
    /// An input could not be opened.
    Unopened(Error),
    /// A mailbox begins.
    Begin(Arc<About>),
    /// Some of its messages.
    Messages(Arc<About>, Batch),
    /// It ends, early if there is an error.
    End(Option<Error>),
}

/// Hands out the steps, numbered from 0.
pub(super) struct Feed<'s, I>(Mutex<State<'s, I>>);

struct State<'s, I> {
    mailboxes: I,
    rule: SplitRule,
    quota: Quota,
    current: Option<Current<'s>>,
    next: u64,
    exhausted: bool,
}

/// The mailbox being read.
struct Current<'s> {
    about: Arc<About>,
    batches: Batches<Box<dyn Source + 's>>,
}

impl<'s, I: Iterator<Item = Result<Mailbox<'s>>>> Feed<'s, I> {
    pub(super) fn new(mailboxes: I, rule: SplitRule, quota: Quota) -> Self {
        Self(Mutex::new(State { mailboxes, rule, quota, current: None, next: 0, exhausted: false }))
    }

    /// Whether every step was handed out.
    pub(super) fn is_exhausted(&self) -> bool {
        self.lock().exhausted
    }

    /// The next step and its number; `None` when all mailboxes are done.
    pub(super) fn next(&self) -> Option<(u64, Step)> {
        let mut state = self.lock();
        // Asked once only: an iterator may begin anew after its end.
        if state.exhausted {
            return None;
        }
        let step = state.step();
        state.exhausted = step.is_none();
        let number = state.next;
        state.next += 1;
        step.map(|step| (number, step))
    }

    fn lock(&self) -> MutexGuard<'_, State<'s, I>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'s, I: Iterator<Item = Result<Mailbox<'s>>>> State<'s, I> {
    fn step(&mut self) -> Option<Step> {
        let Some(Current { about, batches }) = &mut self.current else {
            return Some(match self.mailboxes.next()? {
                Ok(mailbox) => self.begin(mailbox),
                Err(error) => Step::Unopened(error),
            });
        };
        let next = if about.is_ended() { Ok(None) } else { batches.next_batch() };
        let error = match next {
            Ok(Some(batch)) => return Some(Step::Messages(Arc::clone(about), batch)),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        self.current = None;
        Some(Step::End(error))
    }

    fn begin(&mut self, mailbox: Mailbox<'s>) -> Step {
        let Mailbox { source, folder } = mailbox;
        let (origin, size, cut_check) = (source.origin().clone(), source.size(), source.cut_check());
        if matches!(self.quota, Quota::Spread(_)) && size.is_none() {
            return Step::Unopened(Error::NoSample { origin });
        }
        let (quota, ended) = (self.quota, AtomicBool::new(false));
        let about = Arc::new(About { origin, folder, size, cut_check, quota, ended });
        let batches = Batches::new(source, self.rule);
        self.current = Some(Current { about: Arc::clone(&about), batches });
        Step::Begin(about)
    }
}

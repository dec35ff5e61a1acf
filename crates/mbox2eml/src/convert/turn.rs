//! What can only be decided in mailbox order: which of equal messages is the first, and which ones a number or a sample
//! lets through.
//!
//! Each worker looks at its batch first, then waits until the batches before it were decided, decides in no time, and
//! goes on to write. A run in which nothing depends on order does not wait.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::feed::{About, Step};
use super::worker::Look;
use crate::select::{Allowance, DuplicateKey, Seen, Unwanted};

/// Lets the steps through one after another.
pub(super) struct Turn {
    state: Mutex<State>,
    passed: Condvar,
}

struct State {
    /// The number of the step whose turn it is.
    next: u64,
    /// The keys of all messages taken so far.
    seen: Seen,
    /// The keys of those that could then not be written, for which an equal one is taken in their place.
    failed: HashSet<DuplicateKey>,
    /// What is left to be taken of the mailbox in work.
    allowance: Allowance,
    aborted: bool,
}

impl Turn {
    pub(super) fn new() -> Self {
        let state =
            State { next: 0, seen: Seen::default(), failed: HashSet::new(), allowance: Allowance::All, aborted: false };
        Self { state: Mutex::new(state), passed: Condvar::new() }
    }

    /// Lets a step pass in which nothing is decided.
    pub(super) fn pass(&self, number: u64, step: &Step) {
        let mut state = self.wait(number);
        if let Step::Begin(about) = step {
            state.allowance = Allowance::new(about.quota, about.size.unwrap_or(0));
        }
        self.end(state);
    }

    /// Decides about the messages of a batch. Those after the last one that may be taken are dropped, and no more of
    /// their mailbox is read.
    pub(super) fn decide(&self, number: u64, about: &About, looks: &mut Vec<Look<'_>>) {
        let mut state = self.wait(number);
        let State { seen, failed, allowance, .. } = &mut *state;
        let mut kept = 0;
        for look in looks.iter_mut() {
            if allowance.is_used_up() {
                break;
            }
            kept += 1;
            if look.unwanted.is_some() {
                continue;
            }
            // The sample comes last, so that it is a part of what all would be.
            if look.key.is_some_and(|key| !seen.insert(key) && !failed.remove(&key)) {
                look.unwanted = Some(Unwanted::Duplicate);
            } else if !allowance.take(look.raw.offset) {
                look.unwanted = Some(Unwanted::NotSampled);
            }
        }
        looks.truncate(kept);
        if allowance.is_used_up() {
            about.end();
        }
        self.end(state);
    }

    /// Takes the next message that is equal to one that could not be written. Those decided already stay left behind.
    pub(super) fn forget(&self, key: DuplicateKey) {
        self.lock().failed.insert(key);
    }

    /// Lets nobody wait for a thread that panics.
    pub(super) fn abort(&self) {
        self.lock().aborted = true;
        self.passed.notify_all();
    }

    fn wait(&self, number: u64) -> MutexGuard<'_, State> {
        let before = |state: &mut State| state.next != number && !state.aborted;
        self.passed.wait_while(self.lock(), before).unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, mut state: MutexGuard<'_, State>) {
        state.next += 1;
        drop(state);
        self.passed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

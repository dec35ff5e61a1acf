//! What is done in mailbox order, whichever thread does it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A value that the steps get one after another, by their numbers from 0 on.
pub(super) struct InOrder<T> {
    state: Mutex<State<T>>,
    passed: Condvar,
}

struct State<T> {
    value: T,
    /// The number of the step whose turn it is.
    next: u64,
    aborted: bool,
}

impl<T> InOrder<T> {
    pub(super) fn new(value: T) -> Self {
        Self { state: Mutex::new(State { value, next: 0, aborted: false }), passed: Condvar::new() }
    }

    /// Waits for the turn of that step, and gives it the value.
    pub(super) fn turn(&self, number: u64, take: impl FnOnce(&mut T)) {
        let early = |state: &mut State<T>| state.next != number && !state.aborted;
        let mut state = self.passed.wait_while(self.lock(), early).unwrap_or_else(PoisonError::into_inner);
        if state.aborted {
            return;
        }
        take(&mut state.value);
        state.next += 1;
        drop(state);
        self.passed.notify_all();
    }

    /// Gives somebody the value out of turn.
    pub(super) fn now(&self, take: impl FnOnce(&mut T)) {
        take(&mut self.lock().value);
    }

    /// Lets nobody wait for a thread that panics.
    pub(super) fn abort(&self) {
        self.lock().aborted = true;
        self.passed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! How mailboxes quote, by the votes of their signed messages, which are counted in mailbox order.
//!
//! Every step reports its votes and goes on. Only one that holds a quoted message without a signature waits until all
//! before it have reported.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::feed::Step;
use crate::proof::Votes;

/// Counts the votes of the steps one after another.
pub(super) struct Poll {
    state: Mutex<State>,
    counted: Condvar,
    /// Set once somebody wanted to know.
    is_wanted: AtomicBool,
}

struct State {
    /// The number of the step to be counted next.
    next: u64,
    /// What later steps have reported already.
    reports: BTreeMap<u64, Report>,
    /// The votes of the mailbox in work.
    votes: Votes,
    /// What those who wait want to know: the votes before their step.
    before: BTreeMap<u64, Votes>,
    aborted: bool,
}

enum Report {
    /// A mailbox begins.
    Begin,
    /// More votes of the same mailbox.
    Votes(Votes),
    /// The same from somebody who will ask for those before.
    Announce(Votes),
}

impl Poll {
    pub(super) fn new() -> Self {
        let (reports, before) = (BTreeMap::new(), BTreeMap::new());
        let state = State { next: 0, reports, votes: Votes::default(), before, aborted: false };
        Self { state: Mutex::new(state), counted: Condvar::new(), is_wanted: AtomicBool::new(false) }
    }

    /// Lets a step pass that has no messages.
    pub(super) fn pass(&self, number: u64, step: &Step) {
        let begins = matches!(step, Step::Begin(_));
        self.count(number, if begins { Report::Begin } else { Report::Votes(Votes::default()) });
    }

    /// Reports the votes of a step.
    pub(super) fn report(&self, number: u64, votes: Votes) {
        self.count(number, Report::Votes(votes));
    }

    /// Whether somebody asked before, so that others will ask and had better be told soon. What is answered never
    /// depends on it.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Relaxed)
    }

    /// Reports the votes of a step that will then ask for [those before](Self::before), once.
    pub(super) fn announce(&self, number: u64, votes: Votes) {
        self.is_wanted.store(true, Ordering::Relaxed);
        self.count(number, Report::Announce(votes));
    }

    /// Waits for the votes of all steps before this one in the same mailbox.
    pub(super) fn before(&self, number: u64) -> Votes {
        let state = self.lock();
        let waits = |state: &mut State| !state.before.contains_key(&number) && !state.aborted;
        let mut state = self.counted.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner);
        state.before.remove(&number).unwrap_or_default()
    }

    /// Lets nobody wait for a thread that panics.
    pub(super) fn abort(&self) {
        self.lock().aborted = true;
        self.counted.notify_all();
    }

    fn count(&self, number: u64, report: Report) {
        let mut state = self.lock();
        state.reports.insert(number, report);
        if state.count() {
            self.counted.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts the reports whose turn it is; says whether somebody waited for that.
    fn count(&mut self) -> bool {
        let mut is_awaited = false;
        while let Some(report) = self.reports.remove(&self.next) {
            match report {
                Report::Begin => self.votes = Votes::default(),
                Report::Votes(votes) => self.votes += votes,
                Report::Announce(votes) => {
                    self.before.insert(self.next, self.votes);
                    self.votes += votes;
                    is_awaited = true;
                }
            }
            self.next += 1;
        }
        is_awaited
    }
}

//! What can only be decided in mailbox order: which of equal messages is the first, and which ones a number or a sample
//! lets through.

use std::collections::HashSet;

use super::feed::About;
use super::worker::Look;
use crate::select::{Allowance, DuplicateKey, Seen, Unwanted};

/// What was decided so far.
pub(super) struct Decisions {
    /// The keys of all messages taken so far.
    seen: Seen,
    /// The keys of those that could then not be written, for which an equal one is taken in their place.
    failed: HashSet<DuplicateKey>,
    /// What is left to be taken of the mailbox in work.
    allowance: Allowance,
}

impl Decisions {
    pub(super) fn new() -> Self {
        Self { seen: Seen::default(), failed: HashSet::new(), allowance: Allowance::All }
    }

    pub(super) fn begin(&mut self, about: &About) {
        self.allowance = Allowance::new(about.quota, about.size.unwrap_or(0));
    }

    /// Decides about the messages of a batch. Those after the last one that may be taken are dropped, and no more of
    /// their mailbox is read.
    pub(super) fn decide(&mut self, about: &About, looks: &mut Vec<Look<'_>>) {
        let mut kept = 0;
        for look in looks.iter_mut() {
            if self.allowance.is_used_up() {
                break;
            }
            kept += 1;
            if look.unwanted.is_some() {
                continue;
            }
            // The sample comes last, so that it is a part of what all would be.
            if look.key.is_some_and(|key| !self.seen.insert(key) && !self.failed.remove(&key)) {
                look.unwanted = Some(Unwanted::Duplicate);
            } else if !self.allowance.take(look.raw.offset) {
                look.unwanted = Some(Unwanted::NotSampled);
            }
        }
        looks.truncate(kept);
        if self.allowance.is_used_up() {
            about.end();
        }
    }

    /// Takes the next message that is equal to one that could not be written. Those decided already stay left behind.
    pub(super) fn forget(&mut self, key: DuplicateKey) {
        self.failed.insert(key);
    }
}

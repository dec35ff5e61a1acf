//! What can only be decided in mailbox order: which of equal messages is the first, and which ones a number or a sample
//! lets through.

use std::collections::HashSet;

use super::feed::About;
use super::worker::Look;
use crate::select::{DuplicateKey, Remaining, Seen, SkipReason};

/// What was decided so far.
pub(super) struct Decisions {
    /// The keys of all messages taken so far.
    seen: Seen,
    /// The keys of those that could then not be written, for which an equal one is taken in their place.
    failed: HashSet<DuplicateKey>,
    /// What is left to be taken of the mailbox in work.
    remaining: Remaining,
}

impl Decisions {
    pub(super) fn new() -> Self {
        Self { seen: Seen::default(), failed: HashSet::new(), remaining: Remaining::All }
    }

    pub(super) fn begin(&mut self, about: &About) {
        self.remaining = Remaining::new(about.quota, about.size.unwrap_or(0));
    }

    /// Decides about the messages of a batch. Those after the last one that may be taken are dropped, and no more of
    /// their mailbox is read.
    pub(super) fn decide(&mut self, about: &About, inspected: &mut Vec<Look<'_>>) {
        let mut kept = 0;
        for look in inspected.iter_mut() {
            if self.remaining.is_used_up() {
                break;
            }
            kept += 1;
            if look.skip_reason.is_some() {
                continue;
            }
            // The sample comes last, so that it is a part of what all would be.
            if look.key.is_some_and(|key| !self.seen.insert(key) && !self.failed.remove(&key)) {
                look.skip_reason = Some(SkipReason::Duplicate);
            } else if !self.remaining.take(look.raw.offset) {
                look.skip_reason = Some(SkipReason::NotSampled);
            }
        }
        inspected.truncate(kept);
        if self.remaining.is_used_up() {
            about.end();
        }
    }

    /// Takes the next message that is equal to one that could not be written. Those decided already stay left behind.
    pub(super) fn forget(&mut self, key: DuplicateKey) {
        self.failed.insert(key);
    }
}

//! What can only be decided in mailbox order: which of equal messages is the first, and which ones a limit or a sample
//! lets through.

use super::batch_reader::MailboxInfo;
use super::inspected::Inspected;
use crate::select::{Remaining, Seen, SkipReason};

/// What was decided so far.
pub(super) struct Decisions {
    /// The keys of all messages taken so far, also of those that could then not be written: whether one could is known
    /// only later, and how much later depends on the threads.
    seen: Seen,
    /// How many of the current mailbox may still be taken.
    remaining: Remaining,
}

impl Decisions {
    pub(super) fn new() -> Self {
        Self { seen: Seen::default(), remaining: Remaining::All }
    }

    /// Begins a mailbox.
    pub(super) fn begin(&mut self, info: &MailboxInfo) {
        self.remaining = Remaining::new(info.sample, info.size.unwrap_or(0));
    }

    /// Decides about the messages of a batch. Those after the last one that may be taken are dropped, and no more of
    /// their mailbox is read.
    pub(super) fn decide(&mut self, info: &MailboxInfo, messages: &mut Vec<Inspected<'_>>) {
        let mut kept = 0;
        for message in messages.iter_mut() {
            if self.remaining.is_used_up() {
                break;
            }
            kept += 1;
            if message.skip_reason.is_some() {
                continue;
            }
            // The sample comes last, so that it is a part of what all would be.
            if message.key.is_some_and(|key| !self.seen.insert(key)) {
                message.skip_reason = Some(SkipReason::Duplicate);
            } else if !self.remaining.take(message.raw.offset) {
                message.skip_reason = Some(SkipReason::NotSampled);
            }
        }
        messages.truncate(kept);
        if self.remaining.is_used_up() {
            info.end();
        }
    }
}

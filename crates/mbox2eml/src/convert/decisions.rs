//! What can only be decided in mailbox order: which of equal messages is the first, and which ones a limit or a sample
//! lets through.

use std::collections::HashMap;

use super::inspected::Inspected;
use super::mailbox_info::MailboxInfo;
use crate::select::{Remaining, Sample, Seen, SkipReason};

/// What was decided so far.
pub(super) struct Decisions {
    /// The keys of all messages taken so far, also of those that could then not be written: whether one could is known
    /// only later, and how much later depends on the threads.
    seen: Seen,
    /// How many of the current mailbox may still be taken.
    remaining: Remaining,
    /// The export that it is part of, if its mailboxes are merged.
    export: Option<String>,
    /// How many may still be taken of the other exports: a limit is for all mailboxes of one.
    exports: HashMap<String, Remaining>,
}

impl Decisions {
    pub(super) fn new() -> Self {
        Self { seen: Seen::default(), remaining: Remaining::All, export: None, exports: HashMap::new() }
    }

    /// Begins a mailbox.
    pub(super) fn begin(&mut self, info: &MailboxInfo) {
        let left = std::mem::replace(&mut self.remaining, Remaining::All);
        if let Some(export) = self.export.take() {
            self.exports.insert(export, left);
        }
        self.export = info.export.clone().filter(|_| matches!(info.sample, Sample::First(_)));
        let continued = self.export.as_ref().and_then(|export| self.exports.remove(export));
        self.remaining = continued.unwrap_or_else(|| Remaining::new(info.sample, info.size.unwrap_or(0)));
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
            let (mut is_new, mut shares_id) = (true, false);
            if let Some(key) = message.key {
                shares_id = self.seen.has_id(key);
                is_new = self.seen.insert(key);
            }
            message.shares_id = is_new && shares_id;
            // The sample comes last, so that it is a part of what all would be.
            if !is_new {
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

//! What can only be decided in mailbox order: which of equal messages is the first, and which ones a limit or a sample
//! lets through.

use std::collections::HashMap;

use super::event::MailboxInfo;
use super::inspected::Inspected;
use super::originals::Originals;
use super::spellings::Spellings;
use crate::report::Records;
use crate::select::{DuplicateKey, Remaining, Sample, Seen, SkipReason};

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
    /// Where the first message of each key is, if that is to be reported.
    originals: Option<Originals>,
    /// How the current mailbox spells labels, if they make folders, and the other exports.
    spellings: Option<Spellings>,
    other_spellings: HashMap<String, Spellings>,
    /// The export that `spellings` belongs to, if any.
    spelled: Option<String>,
}

impl Decisions {
    /// Decides for a run whose records are kept or not, and in which labels make folders or not.
    pub(super) fn new(records: Records, has_label_folders: bool) -> Self {
        let originals = (records == Records::All).then(Originals::default);
        let spellings = has_label_folders.then(Spellings::default);
        Self {
            seen: Seen::default(),
            remaining: Remaining::All,
            export: None,
            exports: HashMap::new(),
            originals,
            spellings,
            other_spellings: HashMap::new(),
            spelled: None,
        }
    }

    /// Begins a mailbox.
    pub(super) fn begin(&mut self, info: &MailboxInfo) {
        self.originals.iter_mut().for_each(|originals| originals.begin(&info.origin));
        self.begin_spellings(info);
        let left = std::mem::replace(&mut self.remaining, Remaining::All);
        if let Some(export) = self.export.take() {
            self.exports.insert(export, left);
        }
        self.export = info.export.clone().filter(|_| matches!(info.sample, Sample::First(_)));
        let continued = self.export.as_ref().and_then(|export| self.exports.remove(export));
        self.remaining = continued.unwrap_or_else(|| Remaining::new(info.sample, info.size.unwrap_or(0)));
    }

    fn begin_spellings(&mut self, info: &MailboxInfo) {
        let Some(spellings) = &mut self.spellings else { return };
        let before = std::mem::take(spellings);
        if let Some(export) = std::mem::replace(&mut self.spelled, info.export.clone()) {
            self.other_spellings.insert(export, before);
        }
        let known = self.spelled.as_ref().and_then(|export| self.other_spellings.remove(export));
        *spellings = known.unwrap_or_default();
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
            message.spelled = self.spellings.as_mut().and_then(|spellings| spellings.of(&message.headers.labels));
            if message.skip_reason.is_some() {
                self.note(message.raw.index, None);
                continue;
            }
            let (mut is_new, mut shares_id) = (true, false);
            if let Some(key) = message.key {
                shares_id = self.seen.has_id(key);
                is_new = self.seen.insert(key);
            }
            self.note(message.raw.index, message.key.filter(|_| is_new));
            message.shares_id = is_new && shares_id;
            // The sample comes last, so that it is a part of what all would be.
            if !is_new {
                let originals = self.originals.as_ref().zip(message.key);
                let original = originals.and_then(|(originals, key)| originals.of(key));
                message.skip_reason = Some(SkipReason::Duplicate(original));
            } else if !self.remaining.take(message.raw.offset) {
                message.skip_reason = Some(SkipReason::NotSampled);
            }
        }
        messages.truncate(kept);
        if self.remaining.is_used_up() {
            info.end();
        }
    }

    /// Notes where a message is; `key` if it is the first of its equals.
    fn note(&mut self, message: u64, key: Option<DuplicateKey>) {
        if let Some(originals) = &mut self.originals {
            originals.note(message, key);
        }
    }
}

//! What is known of a mailbox while its messages are worked on.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::name::Place;
use crate::select::Sample;
use crate::source::{CutCheck, Origin};

/// What is known of a mailbox while its messages are worked on.
#[derive(Debug)]
pub(super) struct MailboxInfo {
    pub(super) origin: Origin,
    pub(super) folder: Place,
    /// The export that it is part of, if exports are merged.
    pub(super) export: Option<String>,
    /// How many messages the mailboxes of the export before it have.
    pub(super) before: u64,
    /// Its size in bytes, if known.
    pub(super) size: Option<u64>,
    pub(super) cut_check: Option<CutCheck>,
    /// How many of its messages are taken.
    pub(super) sample: Sample,
    /// Set when its sample is used up.
    pub(super) ended: AtomicBool,
}

impl MailboxInfo {
    /// Has no more of the mailbox read.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Whether no more of it is wanted.
    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

//! The steps of a run: mailboxes begin, their messages follow in batches, and they end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exports::AccountLanguage;
use super::join::Join;
use crate::batch::Batch;
use crate::error::Error;
use crate::name::Place;
use crate::range::{Checkpoint, MessageRange};
use crate::select::Sample;
use crate::source::{CutCheck, Origin};

/// A step of a run, in mailbox order: first with the messages that were read, then with what was done with them.
pub(super) enum Event<M> {
    /// An input could not be opened.
    Unopened(Error),
    /// A mailbox begins.
    Begin(Arc<MailboxInfo>),
    /// Some of its messages.
    Messages(M),
    /// It ends, early if there is an error.
    End(Option<Error>),
}

impl<M> Event<M> {
    /// The same step, with what is made of its messages.
    pub(super) fn map<N>(self, work: impl FnOnce(M) -> N) -> Event<N> {
        match self {
            Self::Unopened(error) => Event::Unopened(error),
            Self::Begin(info) => Event::Begin(info),
            Self::Messages(messages) => Event::Messages(work(messages)),
            Self::End(error) => Event::End(error),
        }
    }
}

/// Messages to be worked on.
pub(super) struct Work {
    pub(super) info: Arc<MailboxInfo>,
    pub(super) batch: Batch,
    pub(super) language: AccountLanguage,
}

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
    /// What is converted of it, if not all.
    pub(super) range: Option<MessageRange>,
    pub(super) cut_check: Option<CutCheck>,
    /// How many of its messages are taken.
    pub(super) sample: Sample,
    /// What its export says of its messages.
    pub(super) join: Option<Join>,
    /// Set when its sample is used up.
    pub(super) ended: AtomicBool,
}

impl MailboxInfo {
    /// What is known where it begins: at its start nothing.
    pub(super) fn start(&self) -> Option<&Checkpoint> {
        self.range.as_ref().map(MessageRange::start)
    }

    /// How many bytes of it are converted, if known.
    pub(super) fn length(&self) -> Option<u64> {
        match &self.range {
            Some(range) => Some(range.bytes().end - range.bytes().start),
            None => self.size,
        }
    }

    /// Ends the reading of the mailbox.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Whether no more of it is wanted.
    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

//! Which messages are wanted.

use crate::message::Headers;

/// What becomes of messages that Thunderbird marked as deleted and has not yet removed from the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deleted {
    /// They are counted and left behind. The default.
    #[default]
    Skip,
    /// They are taken like all others.
    Keep,
}

/// The choice among the messages of a mailbox.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Selection {
    /// Whether deleted messages are taken.
    pub deleted: Deleted,
    /// How many messages of each mailbox are read at most; all of them by default.
    pub limit: Option<u64>,
}

impl Selection {
    /// Whether a message is left behind because it was deleted.
    pub(crate) fn drops_deleted(&self, headers: &Headers) -> bool {
        self.deleted == Deleted::Skip && headers.mozilla_status.deleted()
    }
}

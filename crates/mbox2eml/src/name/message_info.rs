//! What a name is made of besides the place of the mailbox and the header of the message.

use crate::message::Language;

/// What is known of a message besides its header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MessageInfo {
    /// Its position in the mailbox, counted from 1. In one export that is [merged](super::Layout::Label), the numbers
    /// run on from one mailbox to the next.
    pub(crate) index: u64,
    /// The first 64 bits of the SHA-256 of its EML, if the template has `{hash}`.
    pub(crate) hash: Option<u64>,
    /// The language of the Google account, if it is known.
    pub(crate) language: Option<Language>,
}

impl From<u64> for MessageInfo {
    fn from(index: u64) -> Self {
        Self { index, ..Self::default() }
    }
}

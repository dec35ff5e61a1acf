//! What a message and its record have in common.

use sha2::{Digest as _, Sha256};

/// What a message and its record have in common.
///
/// ```
/// use mbox2eml::metadata::{Facts, Key, Metadata};
///
/// let mut metadata = Metadata::default();
/// metadata.add("1.mbox", &[Key::Sender("1.mbox"), Key::GmailId(1)], Facts::default());
/// assert_eq!(metadata.len(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Key<'a> {
    /// The sender in the From_ line, up to the last `@`.
    Sender(&'a str),
    /// Gmail's id of the message.
    GmailId(u64),
    /// The `Message-ID` without its angle brackets. Other messages may have the same.
    MessageId(&'a str),
    /// The same in the mailbox of this account, whose address is part of the mailbox's name.
    MessageIdIn {
        /// The `Message-ID`.
        id: &'a str,
        /// The account's address.
        account: &'a str,
    },
}

/// A key, so short that it can be kept of every record: half of a SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeyHash(u128);

impl Key<'_> {
    /// Whether no two messages have it in common.
    pub(super) fn is_unique(self) -> bool {
        matches!(self, Self::Sender(_) | Self::GmailId(_))
    }

    pub(crate) fn hash(self) -> KeyHash {
        let mut hash = Sha256::new();
        match self {
            Self::Sender(sender) => hash.update([b"s", sender.as_bytes()].concat()),
            Self::GmailId(id) => hash.update([&b"g"[..], &id.to_be_bytes()].concat()),
            Self::MessageId(id) => hash.update([b"m", id.as_bytes()].concat()),
            Self::MessageIdIn { id, account } => {
                hash.update([b"a", account.to_lowercase().as_bytes(), b"\0", id.as_bytes()].concat());
            }
        }
        KeyHash(hash.finalize().first_chunk().copied().map_or(0, u128::from_be_bytes))
    }
}

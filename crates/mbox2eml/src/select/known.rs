//! Messages that an earlier run has written, by what its manifest says of them.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use crate::message::{Field, Headers};
use crate::report::Digest;

/// The messages that an earlier run has written, which a later one leaves out.
///
/// A message is known by its Gmail id; without one, by its Message-ID together with its date, subject and addresses,
/// since different messages are sent under one Message-ID; and without either, by the bytes of its EML. The last needs
/// the same line ends and quoting in both runs.
///
/// Memory: about 36 bytes for each message.
///
/// ```
/// use mbox2eml::select::{Known, KnownMessage};
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Stream;
/// use mbox2eml::Converter;
///
/// let mut message = KnownMessage::default();
/// (message.message_id, message.subject) = ("1@example.org", "One");
/// let mut known = Known::default();
/// known.insert(&message);
///
/// let mailbox = &b"From a@example.org Mon Jan  1 00:00:00 2024\nMessage-ID: <1@example.org>\nSubject: One\n\nHello\n\n\
///     From a@example.org Mon Jan  1 00:00:00 2024\nMessage-ID: <2@example.org>\nSubject: Two\n\nHello\n\n"[..];
/// let converter = Converter::builder().known(known).build();
/// let done = converter.convert(Stream::new("memory", mailbox), Null, &());
/// assert_eq!((done.messages().known, done.messages().written), (1, 1));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Known {
    keys: HashSet<u128>,
}

/// What a manifest says of a message, as far as it is known by that; see [`Known`]. What is absent is empty.
///
/// ```
/// use mbox2eml::select::{Known, KnownMessage};
///
/// let mut message = KnownMessage::default();
/// let mut known = Known::default();
/// assert!(!known.insert(&message));
/// message.gmail_id = Some(1_867_212_345_678_901_234);
/// assert!(known.insert(&message) && known.len() == 1);
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct KnownMessage<'a> {
    /// Gmail's number of it.
    pub gmail_id: Option<u64>,
    /// Its Message-ID.
    pub message_id: &'a str,
    /// Its `Date` field.
    pub date: &'a str,
    /// Its `From` field, decoded.
    pub from: &'a str,
    /// Its `To` fields, decoded.
    pub to: &'a str,
    /// Its subject, decoded.
    pub subject: &'a str,
    /// The SHA-256 of its EML, in hexadecimal.
    pub sha256: &'a str,
}

impl Known {
    /// The header fields that [`contains`](Self::contains) reads.
    pub(crate) fn fields(&self) -> &'static [Field] {
        match self.is_empty() {
            true => &[],
            false => &[Field::MessageId, Field::Date, Field::FromText, Field::ToText, Field::Subject],
        }
    }

    /// Adds a message; says whether it has anything to be known by.
    pub fn insert(&mut self, message: &KnownMessage<'_>) -> bool {
        let by_bytes = || (!message.sha256.is_empty()).then(|| hash(&[b"sha256", message.sha256.as_bytes()]));
        let key = by_id(message).or_else(by_bytes);
        key.is_some_and(|key| {
            self.keys.insert(key);
            true
        })
    }

    /// Adds all messages of `other`.
    pub fn extend(&mut self, other: Self) {
        self.keys.extend(other.keys);
    }

    /// How many different messages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a message is among them; `digest` is that of its EML.
    pub(crate) fn contains(&self, headers: &Headers, digest: impl FnOnce() -> Digest) -> bool {
        if self.is_empty() {
            return false;
        }
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let [message_id, date] = [&headers.message_id, &headers.date].map(text);
        let [from, to, subject] = [&headers.from_text, &headers.to_text, &headers.subject].map(text);
        let message = KnownMessage {
            gmail_id: headers.gmail_id,
            message_id: &message_id,
            date: &date,
            from: &from,
            to: &to,
            subject: &subject,
            sha256: "",
        };
        let key = by_id(&message).unwrap_or_else(|| hash(&[b"sha256", digest().hex().as_bytes()]));
        self.keys.contains(&key)
    }
}

fn by_id(message: &KnownMessage<'_>) -> Option<u128> {
    let KnownMessage { gmail_id, message_id, date, from, to, subject, .. } = message;
    if let Some(gmail_id) = gmail_id {
        return Some(hash(&[b"gmail id", &gmail_id.to_be_bytes()]));
    }
    // An id with characters that could not be read may look like another's.
    let is_id = !message_id.is_empty() && !message_id.contains(char::REPLACEMENT_CHARACTER);
    is_id.then(|| hash(&["message id", message_id, date, from, to, subject].map(str::as_bytes)))
}

/// Half of the SHA-256 of all parts.
fn hash(parts: &[&[u8]]) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    hash.first_chunk().copied().map_or(0, u128::from_be_bytes)
}

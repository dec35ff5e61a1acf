//! Which messages are the same.

use std::num::NonZeroU128;

use sha2::{Digest, Sha256};

use super::content::Content;
use crate::keyword::keywords;
use crate::message::{Field, Headers};
use crate::transform::Eml;

/// What makes two messages the same.
///
/// # Examples
///
/// ```
/// use mbox2eml::select::Dedup;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
/// use mbox2eml::Converter;
///
/// let mailbox = "From a@example.org Mon Jan  1 00:00:00 2024\nMessage-ID: <1@example.org>\nStatus: R\n\nHello\n\n\
///     From a@example.org Mon Jan  1 00:00:00 2024\nMessage-ID: <1@example.org>\nStatus: O\n\nHello\n\n";
/// for dedup in [Dedup::Id, Dedup::Content] {
///     let converter = Converter::builder().dedup(dedup).build();
///     let done = converter.convert(Memory::new("memory", mailbox), Null, &());
///     assert_eq!((done.messages().written, done.messages().duplicates), (1, 1));
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dedup {
    /// By nothing: every message is kept. The default.
    #[default]
    Off,
    /// By Gmail's message id; of a message that has none, by its Message-ID and its content. A message without either
    /// id is like no other.
    ///
    /// So the copies of a message in several folders are one, and under several labels, too. A Message-ID counts to the
    /// letter, and is the sender's word: messages with the same one and different [content](Self::Content) are all
    /// kept. Gmail's ids are its own, and messages with the same one are one. A message with a Gmail id is never the
    /// same as one without.
    Id,
    /// By the whole content, but for what may differ between two exports of one message: the line
    /// ends, the empty lines at its end, and the header fields in which mailboxes keep their own
    /// notes, such as `Status` or `X-Gmail-Labels`.
    ///
    /// It is compared after unquoting. All else counts, `Received` fields too: the copy that was
    /// sent and the one that came back are different.
    Content,
}

keywords!(Dedup, "way to find duplicates", Off = "off", Id = "id", Content = "content");

impl Dedup {
    /// The header fields that [`key`](Self::key) reads.
    #[doc(hidden)]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Id => &[Field::MessageId],
            Self::Off | Self::Content => &[],
        }
    }

    /// The key that a message has in common with those that are the same; `None` if it can be compared with no other
    /// and is always kept.
    ///
    /// Of two runs, and on two machines, the keys are the same, whatever line ends are written.
    #[doc(hidden)]
    pub fn key(self, headers: &Headers, eml: &Eml<'_>) -> Option<DuplicateKey> {
        match self {
            Self::Off => None,
            Self::Id => by_gmail_id(headers).or_else(|| by_message_id(headers, eml)),
            Self::Content => Some(DuplicateKey::of(Content::of(eml))),
        }
    }
}

/// What two messages that count as the same have in common: 128 bits of SHA-256, since a message could be forged to
/// match a weaker hash, so that another one is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DuplicateKey(NonZeroU128);

impl DuplicateKey {
    fn of(hash: Sha256) -> Self {
        Self::from_bits(first_bits(hash))
    }

    /// A hash of nothing but zeros counts as a one.
    fn from_bits(bits: u128) -> Self {
        Self(NonZeroU128::new(bits).unwrap_or(NonZeroU128::MIN))
    }

    /// The half that two messages with the same id have in common, whatever their content.
    pub(super) fn id(self) -> u64 {
        u64::try_from(self.0.get() >> 64).unwrap_or(0)
    }

    /// The half that depends on the content, where the other one is the id.
    pub(super) fn content(self) -> u64 {
        u64::try_from(self.0.get() & u128::from(u64::MAX)).unwrap_or(0)
    }

    /// The key with these bits.
    #[cfg(test)]
    pub(super) fn with(bits: NonZeroU128) -> Self {
        Self(bits)
    }
}

/// The first half of a hash.
fn first_bits(hash: Sha256) -> u128 {
    let hash: [u8; 32] = hash.finalize().into();
    hash.first_chunk().copied().map_or(0, u128::from_be_bytes)
}

fn by_gmail_id(headers: &Headers) -> Option<DuplicateKey> {
    let hash = Sha256::new_with_prefix(b"gmail id\0");
    Some(DuplicateKey::of(hash.chain_update(headers.gmail_id?.to_be_bytes())))
}

/// What a message has in common with those of the same Gmail id in the same export.
pub(crate) fn by_gmail_id_in(export: &str, headers: &Headers) -> Option<DuplicateKey> {
    let hash = Sha256::new_with_prefix(b"gmail id in an export\0").chain_update(headers.gmail_id?.to_be_bytes());
    Some(DuplicateKey::of(hash.chain_update(export)))
}

/// Half of the key is the id and half the content, so that one table says of a message whether it is the same as an
/// earlier one, and whether it only has its id. An id with characters that could not be read may look like another's,
/// and does not count.
fn by_message_id(headers: &Headers, eml: &Eml<'_>) -> Option<DuplicateKey> {
    let id = headers.message_id.as_deref().filter(|id| !id.contains(char::REPLACEMENT_CHARACTER))?;
    let id = first_bits(Sha256::new_with_prefix(b"message id\0").chain_update(id));
    let content = first_bits(Content::of(eml));
    Some(DuplicateKey::from_bits((id >> 64 << 64) | (content >> 64)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{HeaderReader, RawMessage};
    use crate::transform::{Eml, Eol, Quoting};

    fn key(dedup: Dedup, from_line: &str, bytes: &[u8]) -> Option<DuplicateKey> {
        let raw = RawMessage::new(from_line.as_bytes(), bytes);
        let eml = Eml::new(bytes, Quoting::Mboxrd, Eol::Crlf);
        dedup.key(&HeaderReader::new(dedup.fields()).read(&raw), &eml)
    }

    const GMAIL: &str = "From 1651234567890123456@xxx Wed Nov 27 00:08:58 +0000 2019\n";
    const VAULT: &str =
        "From 1651234567890123456-12345678-9abc-def0-1234-56789abcdef0.mbox@xxx Wed Nov 27 00:08:58 2019\n";
    const OTHER: &str = "From 1651234567890123457@xxx Wed Nov 27 00:08:58 +0000 2019\n";
    const PLAIN: &str = "From ann@example.org Wed Nov 27 00:08:58 2019\n";

    #[test]
    fn by_id() {
        let key = |from_line, bytes: &[u8]| key(Dedup::Id, from_line, bytes);
        let of_gmail = key(GMAIL, b"Message-ID: <a@b>\n\n");
        assert_eq!(of_gmail, key(VAULT, b"Message-ID: <c@d>\n\nother"));
        assert_eq!(of_gmail, key(GMAIL, b"no header"));
        assert_ne!(of_gmail, key(OTHER, b"Message-ID: <a@b>\n\n"));

        let plain = key(PLAIN, b"Message-ID: <a@b>\n\nInbox");
        assert_ne!(of_gmail, plain);
        let id = |key: Option<DuplicateKey>| key.map(DuplicateKey::id);
        for same in ["Message-ID: <a@b>", "message-id:<a@b>", "Message-ID:\r\n\t<a@b> (added)", "Message-ID: a@b"] {
            let other = key("From -\n", format!("X: y\n{same}\n\nSent").as_bytes());
            assert!(id(other) == id(plain) && other != plain, "{same}");
        }
        assert_eq!(key("From -\n", b"Status: R\nMessage-ID: <a@b>\n\nInbox\n\n"), plain);
        for other in ["Message-ID: <A@b>", "Message-ID: <a@b.c>", "Message-ID: <1651234567890123456>"] {
            let other = key(PLAIN, format!("{other}\n").as_bytes());
            assert!(other.is_some() && id(other) != id(plain) && id(other) != id(of_gmail));
        }
    }

    #[test]
    fn within_an_export() {
        let headers = |id| Headers { gmail_id: id, ..Headers::default() };
        let one = by_gmail_id_in("ann", &headers(Some(1)));
        assert!(one.is_some() && one == by_gmail_id_in("ann", &headers(Some(1))));
        assert_ne!(one, by_gmail_id_in("bob", &headers(Some(1))));
        assert_ne!(one, by_gmail_id_in("ann", &headers(Some(2))));
        assert_eq!(by_gmail_id_in("ann", &headers(None)), None);
    }

    #[test]
    fn what_has_no_id_is_like_no_other() {
        for bytes in [&b"Subject: a\n"[..], b"Message-ID:\n", b"Message-ID: <>\n", b"\nMessage-ID: <a@b>\n"] {
            assert_eq!(key(Dedup::Id, PLAIN, bytes), None);
        }
        assert_eq!(key(Dedup::Id, PLAIN, "Message-ID: <é\u{fffd}@b>\n".as_bytes()), None);
        assert_eq!(key(Dedup::Id, PLAIN, b"Message-ID: <caf\xc3\xa9caf\xc3\xa9\xc3@b>\n"), None);
        assert!(key(Dedup::Id, PLAIN, b"Message-ID: <caf\xe9@b>\n").is_some());
    }

    #[test]
    fn by_content_the_id_does_not_matter() {
        let content = key(Dedup::Content, GMAIL, b"Subject: a\n\nbody\n");
        assert_eq!(content, key(Dedup::Content, PLAIN, b"Subject: a\nX-GM-THRID: 1\n\nbody\n"));
        assert_ne!(content, key(Dedup::Content, GMAIL, b"Subject: b\n\nbody\n"));
    }

    #[test]
    fn off_compares_nothing() {
        assert_eq!(key(Dedup::default(), GMAIL, b"Message-ID: <a@b>\n"), None);
    }

    /// Keys may be kept between runs: these were reckoned by another program.
    #[test]
    fn keys_stay_what_they_are() {
        let bits = |dedup, from_line, bytes| key(dedup, from_line, bytes).map(|key| key.0.get());
        assert_eq!(bits(Dedup::Id, GMAIL, b""), Some(0x5b77ec1e_10f48abd_335e3570_fd0bba25));
        assert_eq!(bits(Dedup::Id, PLAIN, b"Message-ID: <a@b>\n"), Some(0x16a0a7f0_b31a509e_ccf2b522_e45a3a45));
        assert_eq!(
            bits(Dedup::Content, PLAIN, b"Subject: a\nStatus: R\n\n>From\n>From b\n\n"),
            Some(0x5daa8c45_c92dfeb2_d121446b_c89805df)
        );
    }
}

//! The tags of a signature that concern the body (RFC 6376, 3.5).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::canonical::Canonicalization;

/// Signers omit the padding, and some set the unused bits at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The longest valid value, in bytes: the body length may have 76 digits (RFC 6376, 3.5).
const MAX_VALUE: usize = 76;

/// What one signature says about the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    pub(super) canonicalization: Canonicalization,
    /// How many bytes of the canonical body were signed; `None` for all of them.
    pub(super) length: Option<u64>,
    pub(super) hash: BodyHash,
}

/// The hash of a canonical body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyHash {
    Sha256([u8; 32]),
    Sha1([u8; 20]),
}

impl Signature {
    /// Reads the value of a signature field; `None` if no body can be compared with it.
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let [mut algorithm, mut canonicalization, mut length, mut hash] = [None; 4];
        for tag in value.split(|byte| *byte == b';') {
            let mut parts = tag.splitn(2, |byte| *byte == b'=');
            let (Some(name), Some(value)) = (parts.next(), parts.next()) else { continue };
            let slot = match name.trim_ascii() {
                b"a" => &mut algorithm,
                b"c" => &mut canonicalization,
                b"l" => &mut length,
                b"bh" => &mut hash,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        Some(Self {
            canonicalization: canonicalization.map_or(Some(Canonicalization::Simple), of_body)?,
            length: length.map(byte_count).map_or(Some(None), |count| count.map(Some))?,
            hash: BodyHash::parse(algorithm?, hash?)?,
        })
    }
}

impl BodyHash {
    fn parse(algorithm: &[u8], hash: &[u8]) -> Option<Self> {
        let mut decoded = [0; MAX_VALUE];
        let length = BASE64.decode_slice(without_space(hash)?, &mut decoded).ok()?;
        let hash = decoded.get(..length)?;
        match without_space(algorithm)?.to_ascii_lowercase().as_slice() {
            b"rsa-sha256" | b"ed25519-sha256" | b"sha256" => hash.try_into().ok().map(Self::Sha256),
            b"rsa-sha1" | b"sha1" => hash.try_into().ok().map(Self::Sha1),
            _ => None,
        }
    }
}

/// The canonicalization of the body in `header/body`; simple if only the one of the header is given.
fn of_body(value: &[u8]) -> Option<Canonicalization> {
    let both = without_space(value)?.to_ascii_lowercase();
    match both.split(|byte| *byte == b'/').nth(1) {
        None | Some(b"simple") => Some(Canonicalization::Simple),
        Some(b"relaxed") => Some(Canonicalization::Relaxed),
        Some(_) => None,
    }
}

/// A number of bytes. One that is too large for 64 bits is larger than any body.
fn byte_count(value: &[u8]) -> Option<u64> {
    let digits = without_space(value)?;
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let digit = |count: u64, byte: &u8| count.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
    is_number.then(|| digits.iter().fold(0, digit))
}

/// The value of a tag without white space, which folding may insert; `None` if it is too long to be valid.
fn without_space(value: &[u8]) -> Option<Vec<u8>> {
    let bytes = value.iter().filter(|byte| !byte.is_ascii_whitespace());
    let text: Vec<u8> = bytes.take(MAX_VALUE + 1).copied().collect();
    (text.len() <= MAX_VALUE).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Canonicalization::{Relaxed, Simple};
    use super::*;

    const BH: &str = "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=";
    const BH1: &str = "uoq1oCgLlTqpdDX/iUbLy7J1Wic=";

    fn parse(value: &str) -> Option<(Canonicalization, Option<u64>, bool)> {
        let value = value.replace("BH1", BH1).replace("BH", BH);
        let signature = Signature::parse(value.as_bytes())?;
        Some((signature.canonicalization, signature.length, matches!(signature.hash, BodyHash::Sha256(_))))
    }

    #[test]
    fn what_is_usable() {
        for (value, expected) in [
            ("a=rsa-sha256;bh=BH", (Simple, None, true)),
            (" v=1; a=rsa-sha256 ; c=relaxed/relaxed; d=example.org;\r\n\tbh=BH;\r\n b=abc==", (Relaxed, None, true)),
            ("bh = BH ; a\t=\r\n ed25519-sha256;", (Simple, None, true)),
            ("a=SHA256;bh=BH", (Simple, None, true)),
            ("a=rsa-sha1;bh=BH1", (Simple, None, false)),
            ("a=sha1;bh=BH1;c=simple/relaxed", (Relaxed, None, false)),
            ("a=rsa-sha256;bh=BH;c=relaxed", (Simple, None, true)),
            ("a=rsa-sha256;bh=BH;c=relaxed/simple", (Simple, None, true)),
            ("a=rsa-sha256;bh=BH;c=relaxed /\r\n relaxed", (Relaxed, None, true)),
            ("a=rsa-sha256;bh=BH;l=0", (Simple, Some(0), true)),
            ("a=rsa-sha256;bh=BH;l= 12\r\n 34", (Simple, Some(1234), true)),
            ("a=rsa-sha256;bh=BH;l=18446744073709551616", (Simple, Some(u64::MAX), true)),
            ("i=1; a=rsa-sha256; bh=BH; i=2; A=x; L=x; no tag;=;;;", (Simple, None, true)),
            ("a=rsa-sha256;bh=frcCV1k9oG9oKj3d\r\n pUqdJg1PxRT2\t RSN/XKdLCPjaYaY", (Simple, None, true)),
        ] {
            assert_eq!(parse(value), Some(expected), "{value:?}");
        }
    }

    #[test]
    fn what_is_not() {
        let many = "9".repeat(77);
        for value in [
            "",
            ";;;=;",
            "\0\u{ff}",
            "a=rsa-sha256",
            "bh=BH",
            "a=;bh=BH",
            "a=rsa-sha256;bh=",
            "a=rsa-sha512;bh=BH",
            "a=rsa-sha1;bh=BH",
            "a=rsa-sha256;bh=BH1",
            "a=rsa-sha256;bh=BHBH",
            "a=rsa-sha256;bh=BH=",
            "a=rsa-sha256;bh=-rcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=",
            "a=rsa-sha256;a=rsa-sha256;bh=BH",
            "a=rsa-sha256;bh=BH;bh=BH",
            "a=rsa-sha256;bh=BH;c=simple;c=simple",
            "a=rsa-sha256;bh=BH;l=1;l=1",
            "a=rsa-sha256;bh=BH;c=relaxed/",
            "a=rsa-sha256;bh=BH;c=relaxed/nowsp",
            "a=rsa-sha256;bh=BH;l=",
            "a=rsa-sha256;bh=BH;l=-1",
            "a=rsa-sha256;bh=BH;l=1x",
            &format!("a=rsa-sha256;bh=BH;l={many}"),
        ] {
            assert_eq!(parse(value), None, "{value:?}");
        }
        let long = [b"a=rsa-sha256;bh=".as_slice(), &b"A".repeat(1 << 20)].concat();
        assert_eq!(Signature::parse(&long), None);
    }

    proptest! {
        #[test]
        fn never_panics(value in proptest::collection::vec(any::<u8>(), 0..80)) {
            Signature::parse(&value);
        }

        #[test]
        fn never_panics_on_tags(value in "(a=rsa-sha256|bh=|c=|l=|[0-9]{0,25}|[ \t\r\n;/=]|[A-Za-z+/]{0,44}|relaxed){0,16}") {
            Signature::parse(value.as_bytes());
        }
    }
}

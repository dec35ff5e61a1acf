//! The names of IMAP folders (RFC 3501, section 5.1.3), which Thunderbird and Maildir++ use as names of files and
//! folders.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// Base64 with `,` for `/` and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// Encodes a name in modified UTF-7: `Entwürfe` as `Entw&APw-rfe`.
pub(crate) fn encode_modified_utf7(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| is_plain(char::from(byte)) && byte != b'&') {
        return Cow::Borrowed(name);
    }
    let (mut encoded, mut rest) = (String::new(), name);
    while !rest.is_empty() {
        let (plain, after) = rest.split_at(rest.find(|c| !is_plain(c)).unwrap_or(rest.len()));
        encoded.push_str(&plain.replace('&', "&-"));
        let (shifted, after) = after.split_at(after.find(is_plain).unwrap_or(after.len()));
        if !shifted.is_empty() {
            let units: Vec<u8> = shifted.encode_utf16().flat_map(u16::to_be_bytes).collect();
            encoded.push('&');
            BASE64.encode_string(units, &mut encoded);
            encoded.push('-');
        }
        rest = after;
    }
    Cow::Owned(encoded)
}

/// Whether a character is written as it is; only `&` is `&-`.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~')
}

/// Decodes a name in modified UTF-7, such as `Entw&APw-rfe` for `Entwürfe`.
///
/// A name that is not valid, or not as an encoder writes it, is returned unchanged: a `&` is common in names that are
/// not encoded.
///
/// ```
/// use mbox2eml::internals::decode_modified_utf7;
///
/// assert_eq!(decode_modified_utf7("Entw&APw-rfe"), "Entwürfe");
/// assert_eq!(decode_modified_utf7("a & b"), "a & b");
/// ```
#[must_use]
pub fn decode_modified_utf7(name: &str) -> Cow<'_, str> {
    if !name.contains('&') {
        return Cow::Borrowed(name);
    }
    decode(name).map_or(Cow::Borrowed(name), Cow::Owned)
}

fn decode(name: &str) -> Option<String> {
    if !name.chars().all(is_plain) {
        return None;
    }
    let mut pieces = name.split('&');
    let mut decoded = pieces.next()?.to_owned();
    for piece in pieces {
        let (encoded, plain) = piece.split_once('-')?;
        if encoded.is_empty() {
            decoded.push('&');
        } else {
            decoded.push_str(&shifted(encoded)?);
        }
        decoded.push_str(plain);
    }
    Some(decoded)
}

/// Text between `&` and `-`: UTF-16 in base64. No character that ASCII could have written.
fn shifted(encoded: &str) -> Option<String> {
    let units = BASE64.decode(encoded).ok()?;
    let (pairs, []) = units.as_chunks::<2>() else { return None };
    let text: String =
        char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair))).collect::<Result<_, _>>().ok()?;
    (!text.contains(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_folders() {
        for (name, decoded) in [
            ("Entw&APw-rfe", "Entwürfe"),
            ("&BB8EQARLBDI-", "Прыв"),
            ("&U,BTFw-", "台北"),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("Gel&APY-schte Elemente", "Gelöschte Elemente"),
            ("Smile &2D3eAA- now", "Smile 😀 now"),
            ("R&-D", "R&D"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(decode_modified_utf7(name), decoded);
        }
    }

    #[test]
    fn other_names_stay_whole() {
        for name in [
            "R&D",
            "Tom & Jerry - 2004",
            "a&APw",
            "&APw-r&fe",
            "&A-",
            "&APx-",
            "&AP/-",
            "&2D0-",
            "&AGE-",
            "ü&APw-",
            "&=-",
            "&APw=-",
            "&*-",
            "&AAA-x\u{7f}",
        ] {
            assert_eq!(decode_modified_utf7(name), name);
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in "[ -~äß☯😀\u{1}]{0,12}") {
            let encoded = encode_modified_utf7(&name);
            prop_assert!(encoded.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{encoded}");
            prop_assert_eq!(decode_modified_utf7(&encoded), &*name);
        }

        #[test]
        fn never_panics(name in "[&A-Za-z0-9,/+=ä -]{0,16}") {
            let _ = decode_modified_utf7(&name);
        }
    }
}

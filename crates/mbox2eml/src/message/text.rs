//! The text of a field, whatever its structure.
//!
//! Nothing is parsed, so the time grows with the header only, however many addresses a field holds.

use super::encoded_word::decode;

/// The text of a field's value, decoded and unfolded; `None` if it is blank.
pub(super) fn text(value: &[u8]) -> Option<String> {
    present(decode(value))
}

/// The texts of several values, a comma between two.
pub(super) fn joined<'a>(values: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    values.filter_map(text).reduce(|mut all, next| {
        all.push_str(", ");
        all.push_str(&next);
        all
    })
}

/// `text` without the white space around it, if anything is left.
pub(super) fn present(text: String) -> Option<String> {
    match text.trim() {
        "" => None,
        trimmed if trimmed.len() == text.len() => Some(text),
        trimmed => Some(trimmed.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::message::{Field, HeaderReader, RawMessage};

    #[track_caller]
    fn check(message: &[u8], expected: Option<&str>) {
        let shown = String::from_utf8_lossy(message);
        assert_eq!(cc(message).as_deref(), expected, "{shown:?}");
    }

    fn cc(bytes: &[u8]) -> Option<String> {
        let message = RawMessage::new(b"From -\n", bytes);
        HeaderReader::new(&[Field::CcText]).read(&message).cc_text
    }

    #[test]
    fn every_name_and_address_is_in_the_text() {
        check(b"Cc: Ann <ann@example.org>,\r\n\tBob <bob@example.org>\r\n", {
            Some("Ann <ann@example.org>, Bob <bob@example.org>")
        });
        check(b"Cc: =?iso-8859-1?Q?J=F6?=\n =?iso-8859-1?Q?rg?= <j@example.org>\n", Some("Jörg <j@example.org>"));
        check(b"Cc: \"=?utf-8?B?w4k=?=, A\" <e@example.org> (late)\n", Some("\"É, A\" <e@example.org> (late)"));
        check(b"Cc: J\xf6rg <j@example.org>\n", Some("Jörg <j@example.org>"));
        check(b"Cc: Team: ann@example.org, bob@example.org;", Some("Team: ann@example.org, bob@example.org;"));
    }

    #[test]
    fn fields_of_one_name_are_joined() {
        check(b"Cc: a@b\nTo: c@d\nCC : e@f\n\n", Some("a@b, e@f"));
        check(b"cc:\ncC: a@b\nCc: \r\n", Some("a@b"));
        check(b"Cc:\n", None);
        check(b"Bcc: a@b\nCcc: a@b\nX-Cc: a@b\n Cc: a@b\nC\n", None);
        check(b"", None);
    }

    #[test]
    fn the_first_empty_line_ends_the_header() {
        check(b"Cc: a@b\n\nCc: c@d\n", Some("a@b"));
        check(b"Cc: a@b\r\n\r\n Cc: c@d\n", Some("a@b"));
        check(b"Cc: a@b\r\r\n\r\r\n Cc: c@d\n", Some("a@b"));
        check(b"Cc: a@b\n \n\tc@d\nCc: e@f", Some("a@b  c@d, e@f"));
        check(b"\nCc: a@b\n", None);
    }

    #[test]
    fn ten_thousand_addresses_are_all_in_the_text() {
        let addresses: Vec<String> = (0..10_000).map(|number| format!("u{number:04}@example.org")).collect();
        let bytes = format!("To: {}\r\n\r\n", addresses.join(",\r\n "));
        let message = RawMessage::new(b"From -\n", bytes.as_bytes());
        let to = HeaderReader::new(&[Field::ToText]).read(&message).to_text;
        assert_eq!(to, Some(addresses.join(", ")));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            cc(&bytes);
        }

        #[test]
        fn the_first_address_is_in_the_text(message in "((To|Cc|Date|X) ?:|[ab:@, \t]|\r?\n){0,24}") {
            let raw = RawMessage::new(b"From -\n", message.as_bytes());
            let headers = HeaderReader::new(&[Field::To, Field::ToText]).read(&raw);
            let address = headers.to.and_then(|to| to.address).unwrap_or_default();
            prop_assert!(headers.to_text.unwrap_or_default().contains(&address), "{address:?}");
        }
    }
}

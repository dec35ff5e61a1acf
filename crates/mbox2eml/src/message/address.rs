//! The addresses of a field (RFC 5322, 3.4), parsed by mail-parser.
//!
//! It gets one address at a time: its time grows with the square of unfinished encoded words. Its `MessageParser` is
//! not used: `parse` reads bodies and can panic, `parse_headers` reads every field at more than twice the cost.

use std::borrow::Cow;

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use super::encoded_word::normalise;
use super::plain_address::{address_after_any_name, plain_address};
use super::text::present;

/// No more of one address than this is read, in bytes.
const MAX_ADDRESS: usize = 4 * 1024;

/// A mailbox address of a header field (RFC 5322, section 3.4).
///
/// ```
/// use mbox2eml::Mbox;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nTo: Ann Lee <ann@example.org>, bob@example.org\n\n";
/// for message in Mbox::from_bytes(mailbox).messages() {
///     let to = message?.headers().get("To").unwrap().addresses();
///     assert_eq!((to[0].name.as_deref(), to[0].address.as_deref()), (Some("Ann Lee"), Some("ann@example.org")));
///     assert_eq!((to[1].name.as_deref(), to[1].address.as_deref()), (None, Some("bob@example.org")));
/// }
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Address {
    /// The display name, decoded.
    pub name: Option<String>,
    /// The address itself, such as `ann@example.org`.
    pub address: Option<String>,
}

/// The first address in the first 4 KiB of `value`, that of a group's first member included.
pub(super) fn first_address(value: &[u8]) -> Option<Address> {
    let plain = if value.len() <= MAX_ADDRESS { plain_address(value) } else { None };
    plain.or_else(|| parsed_address(value))
}

/// The first address in `value`, or its name where there is no address. The name takes longest to read and is mostly
/// not needed.
pub(super) fn address_or_name(value: &[u8]) -> Option<String> {
    let plain = if value.len() <= MAX_ADDRESS { address_after_any_name(value) } else { None };
    plain.or_else(|| first_address(value).and_then(|Address { name, address }| address.or(name)))
}

fn parsed_address(value: &[u8]) -> Option<Address> {
    let line = normalise(value.get(..MAX_ADDRESS).unwrap_or(value));
    in_line(&line).next()
}

/// All addresses of `value`, those of a group's members included.
pub(super) fn addresses(value: &[u8]) -> Vec<Address> {
    in_line(&normalise(value)).collect()
}

/// The addresses in a value that has been normalised.
fn in_line(line: &str) -> impl Iterator<Item = Address> {
    at_commas(line).filter(|part| !part.trim().is_empty()).flat_map(parse)
}

/// Cuts `line` at the commas and semicolons that are not part of a quoted string, a comment or an angle address.
fn at_commas(line: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped, mut is_angle, mut comments) = (false, false, false, 0_usize);
    line.split(move |character| {
        if std::mem::take(&mut is_escaped) {
            return false;
        }
        match character {
            '\\' => is_escaped = is_quoted || comments > 0,
            '"' if comments == 0 => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' => comments += 1,
            ')' => comments = comments.saturating_sub(1),
            _ if comments > 0 => {}
            '<' => is_angle = true,
            '>' => is_angle = false,
            ',' | ';' => return !is_angle,
            _ => {}
        }
        false
    })
}

/// Reads one address, or several where an unfinished quotation keeps them together.
fn parse(part: &str) -> Vec<Address> {
    let part = part.as_bytes();
    // Without a line end mail-parser drops the last token.
    let line = [part.get(..MAX_ADDRESS).unwrap_or(part), b"\n"].concat();
    let HeaderValue::Address(addresses) = MessageStream::new(&line).parse_address() else {
        return Vec::new();
    };
    let text = |text: &Option<Cow<'_, str>>| present(text.as_deref()?.to_owned());
    let address = |one: &mail_parser::Addr<'_>| Address { name: text(&one.name), address: text(&one.address) };
    addresses.iter().map(address).filter(|one| one.name.is_some() || one.address.is_some()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(value: &str) -> Vec<(String, String)> {
        let text = |text: Option<String>| text.unwrap_or_default();
        addresses(value.as_bytes()).into_iter().map(|one| (text(one.name), text(one.address))).collect()
    }

    #[test]
    fn every_address_of_a_field() {
        for (value, expected) in [
            ("a@b, C <c@d>,\r\n\t<e@f>", &[("", "a@b"), ("C", "c@d"), ("", "e@f")][..]),
            ("\"Doe, Ann; \\\"A, B\\\"\" <a@b>, c@d", &[("Doe, Ann; \"A, B\"", "a@b"), ("", "c@d")]),
            ("a@b (x, y (z, \\), ) w), c@d", &[("x, y (z, ), ) w", "a@b"), ("", "c@d")]),
            ("=?utf-8?Q?Doe=2C_Ann?= <a@b>, c@d", &[("Doe, Ann", "a@b"), ("", "c@d")]),
            ("Team: a@b, C <c@d>; e@f", &[("", "a@b"), ("C", "c@d"), ("", "e@f")]),
            ("undisclosed-recipients:;", &[]),
            (", ,a@b;;", &[("", "a@b")]),
            ("a@b, \"never closed, c@d", &[("", "a@b"), ("never closed, c@d", "")]),
            ("", &[]),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|(name, address)| (name.to_string(), address.to_string())).collect();
            assert_eq!(all(value), expected, "{value:?}");
        }
        let many: Vec<String> = (0..10_000).map(|number| format!("u{number}@example.org")).collect();
        assert_eq!(all(&many.join(", ")).len(), many.len());
    }

    #[test]
    fn of_one_address_no_more_than_four_kib_are_parsed() {
        for part in ["=?", "=?a?q?", "(", "\"", "<", "=?a?q?b?= ", "a ", "a,"] {
            let found = all(&part.repeat(100_000));
            assert!(found.iter().all(|(name, address)| name.len() + address.len() <= MAX_ADDRESS), "{part:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn plain_addresses_are_read_as_the_parser_reads_them(
            value in " ?([Aa1.@&/:,' -]|  |\"|=\\?utf-8\\?[QqBb]\\?[A1=_ ]{0,4}\\?=|=\\?iso-8859-1\\?Q\\?(=E9|=20|=2C|a){0,4}\\?=|=\\?x-y\\?Q\\?(=E9|a)?\\?=){0,6} ?<?[a.=+1-]{0,3}@?[b.1-]{0,3}>? ?"
        ) {
            if let Some(plain) = plain_address(value.as_bytes()) {
                prop_assert_eq!(Some(plain), parsed_address(value.as_bytes()), "{:?}", value);
            }
        }

        #[test]
        fn an_address_does_not_depend_on_whether_its_name_is_read(
            value in "([Aa1.@,;:()<>\"\\\\' \u{e9}\r\n-]|=\\?utf-8\\?Q\\?(=2C|=3C|=22|a){0,4}\\?=){0,8} ?<?[a.=+1-]{0,3}@?[b.1-]{0,3}>? ?"
        ) {
            let parsed = parsed_address(value.as_bytes()).and_then(|Address { name, address }| address.or(name));
            prop_assert_eq!(address_or_name(value.as_bytes()), parsed, "{:?}", value);
        }

        #[test]
        fn never_panics_on_bytes_in_addresses(value in proptest::collection::vec(any::<u8>(), 0..60)) {
            first_address(&value);
            addresses(&value);
        }

        #[test]
        fn never_panics_on_addresses(value in "([<>\"\\\\()@,;:. \r\n\ta=?é]|=\\?utf-8\\?q\\?|\\?=)*") {
            let (first, all) = (first_address(value.as_bytes()), addresses(value.as_bytes()));
            prop_assert_eq!(first.as_ref(), all.first());
        }
    }
}

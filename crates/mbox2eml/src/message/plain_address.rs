//! The most common shapes of an address, which need no parser: `ann@example.org`, `Ann Doe <ann@example.org>`,
//! `"Doe, Ann" <ann@example.org>`, and the same with a name in an encoded word.

use memchr::{memchr, memrchr};

use super::Address;
use super::encoded_word::decode;
use super::text::present;

/// The address that is all of `value`, as the parser would read it; `None` if it has another shape.
pub(super) fn plain_address(value: &[u8]) -> Option<Address> {
    let value = value.trim_ascii();
    let Some(inner) = value.strip_suffix(b">") else {
        return Some(Address { name: None, address: Some(address(value)?) });
    };
    let (before, after) = inner.split_at(memrchr(b'<', inner)?);
    let address = address(after.get(1..)?)?;
    Some(Address { name: name(before.trim_ascii_end())?, address: Some(address) })
}

/// The address at the end of `value` if it is the only one, and what is before it can only be its name.
pub(super) fn address_after_any_name(value: &[u8]) -> Option<String> {
    let value = value.trim_ascii();
    let Some(inner) = value.strip_suffix(b">") else { return address(value) };
    let (before, after) = inner.split_at(memrchr(b'<', inner)?);
    let is_special = |byte: &u8| b",;:\"\\()<>@".contains(byte);
    let name = before.trim_ascii_end();
    let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
    if name.iter().any(is_special) { None } else { address(after.get(1..)?) }
}

fn address(value: &[u8]) -> Option<String> {
    let (local, domain) = value.split_at(memchr(b'@', value)?);
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._+-=".contains(byte);
    let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let domain_alone = domain.get(1..).filter(|domain| !domain.is_empty())?;
    let is_plain = !local.is_empty() && local.iter().all(is_local) && domain_alone.iter().all(is_domain);
    if is_plain { str::from_utf8(value).ok().map(str::to_owned) } else { None }
}

/// The name before an address, which may be none; `None` if it takes a parser.
#[expect(clippy::option_option, reason = "no name is an answer, too")]
fn name(value: &[u8]) -> Option<Option<String>> {
    if value.is_empty() {
        return Some(None);
    }
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b" '-".contains(byte);
    if value.iter().all(is_word) {
        return has_single_blanks(value).then(|| text(value));
    }
    if let Some(quoted) = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")) {
        let is_plain = |byte: &u8| is_word(byte) || b".,@&/:".contains(byte);
        return (quoted.iter().all(is_plain) && has_single_blanks(quoted)).then(|| text(quoted));
    }
    let word = value.strip_prefix(b"=?").and_then(|value| value.strip_suffix(b"?="))?;
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"=?-_+/.".contains(byte);
    let is_one_word = word.iter().all(is_plain) && word.iter().filter(|byte| **byte == b'?').count() == 2;
    is_one_word.then(|| present(decode(value)))
}

/// Whether every blank is between two other characters, and there are some.
fn has_single_blanks(value: &[u8]) -> bool {
    !value.is_empty() && value.trim_ascii().len() == value.len() && !value.windows(2).any(|two| two == b"  ")
}

fn text(value: &[u8]) -> Option<String> {
    str::from_utf8(value).ok().map(str::to_owned)
}

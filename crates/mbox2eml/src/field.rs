//! What a header field looks like.

/// The length of the field name that `line` begins with: bytes 33 to 126 without `:`, then `:` (RFC 5322, 2.2).
pub(crate) fn field_name(line: &[u8]) -> Option<usize> {
    let name = line.iter().take_while(|b| is_name_byte(**b)).count();
    (name > 0 && line.get(name) == Some(&b':')).then_some(name)
}

/// Whether a byte may stand in a field's name.
pub(crate) fn is_name_byte(byte: u8) -> bool {
    matches!(byte, 33..=57 | 59..=126)
}

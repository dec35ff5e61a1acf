//! Looks through the parts of a message for bytes that were replaced.

use memchr::{memchr_iter, memmem};

use crate::field::{fields, is_empty_line, parameter};

/// U+FFFD in UTF-8: some program could not read a byte and wrote this in its place.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// The most boundaries of a message that are followed.
const MAX_BOUNDARIES: usize = 32;

/// Whether U+FFFD occurs in the body of a part that is not declared to be UTF-8.
///
/// Parts are read line by line, including nested ones and attached messages (RFC 2046, 5.1 and 5.2).
pub(crate) fn has_replaced_bytes(eml: &[u8]) -> bool {
    if memmem::find(eml, REPLACEMENT).is_none() {
        return false;
    }
    let mut boundaries: Vec<&[u8]> = Vec::new();
    // Where the header that is being read begins; `None` in a body.
    let mut header = Some(0);
    let mut is_utf8 = false;
    let mut start = 0;
    for end in memchr_iter(b'\n', eml).map(|at| at + 1).chain([eml.len()]) {
        let line = eml.get(start..end).unwrap_or_default();
        if let Some(is_end) = delimiter(line, &boundaries) {
            // What follows the last part belongs to none, and its charset is unknown.
            (header, is_utf8) = if is_end { (None, true) } else { (Some(end), false) };
        } else if let Some(from) = header {
            if is_empty_line(line) {
                let content = content_type(eml.get(from..start).unwrap_or_default()).unwrap_or_default();
                let boundary = parameter(content, b"boundary").filter(|_| boundaries.len() < MAX_BOUNDARIES);
                boundaries.extend(boundary);
                is_utf8 = is_type(content, b"multipart/") || is_utf8_charset(parameter(content, b"charset"));
                header = is_type(content, b"message/").then_some(end);
            }
        } else if !is_utf8 && memmem::find(line, REPLACEMENT).is_some() {
            return true;
        }
        start = end;
    }
    false
}

/// Whether a line begins the next part (`false`) or ends the last one (`true`); `None` if it does neither.
fn delimiter(line: &[u8], boundaries: &[&[u8]]) -> Option<bool> {
    let text = line.strip_prefix(b"--")?.trim_ascii_end();
    boundaries.iter().find_map(|boundary| match text.strip_prefix(*boundary)? {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    })
}

/// The value of the Content-Type field.
pub(crate) fn content_type(header: &[u8]) -> Option<&[u8]> {
    fields(header).find(|(name, _)| name.eq_ignore_ascii_case(b"Content-Type")).map(|(_, value)| value)
}

fn is_type(content: &[u8], start: &[u8]) -> bool {
    content.trim_ascii_start().get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}

fn is_utf8_charset(charset: Option<&[u8]>) -> bool {
    charset.is_some_and(|charset| charset.eq_ignore_ascii_case(b"utf-8") || charset.eq_ignore_ascii_case(b"utf8"))
}

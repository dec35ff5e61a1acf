//! A message as it is in its mailbox, and where its header ends.

use std::ops::Range;

use memchr::memchr;

use super::HeaderFields;
use crate::field::empty_line;
use crate::line_end::LineEnd;

/// One message as it is in its mailbox: still quoted, with the mailbox's line ends.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::RawMessage;
///
/// let line = b"From ann@example.org Mon Apr  1 12:00:00 2024\n";
/// let message = RawMessage::new(line, b"Subject: lunch\n\nAt noon?\n");
/// assert_eq!(message.header(), b"Subject: lunch\n");
/// assert_eq!(message.body(), b"At noon?\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawMessage<'a> {
    /// Its number in the mailbox, from 1, counted over all messages found.
    pub index: u64,
    /// Byte offset in the mailbox at which its From_ line begins.
    pub offset: u64,
    /// The From_ line with its line end, and a `>From ` pseudo-header directly below it if there is one.
    pub from_line: &'a [u8],
    /// Header, empty line and body, without the separator that follows in the mailbox.
    pub bytes: &'a [u8],
}

impl<'a> RawMessage<'a> {
    /// The first message of a mailbox. A message that was in none has an empty From_ line.
    pub fn new(from_line: &'a [u8], bytes: &'a [u8]) -> Self {
        Self { index: 1, offset: 0, from_line, bytes }
    }

    /// The header fields with their line ends, without the empty line that ends them.
    pub fn header(&self) -> &'a [u8] {
        header_of(self.bytes)
    }

    /// The header fields, each by its name.
    pub fn headers(&self) -> HeaderFields<'a> {
        HeaderFields::of(self.bytes)
    }

    /// What follows the first empty line; empty if there is none.
    pub fn body(&self) -> &'a [u8] {
        self.bytes.get(header_len(self.bytes)..).unwrap_or_default()
    }
}

/// The number of bytes of `message` before its body: the header and the empty line that ends it
/// (RFC 5322, section 2.1).
///
/// A line is empty if it has nothing but carriage returns before its line feed. This covers LF, CRLF, mixtures of both,
/// and the `CR CR LF` of files that were converted twice. If an empty line that ends in CR alone comes before the first
/// line feed, lines end in CR, as on a classic Macintosh. Without an empty line the whole message is header.
///
/// # Examples
///
/// ```
/// use mbox2eml::internals::header_len;
///
/// assert_eq!(header_len(b"Subject: lunch\r\n\r\nAt noon?\r\n"), 18);
/// assert_eq!(header_len(b"\nno header at all\n"), 1);
/// assert_eq!(header_len(b"Subject: no body"), 16);
/// ```
pub fn header_len(message: &[u8]) -> usize {
    first_empty_line(message).end
}

/// The same as [`header_len`] where the line end of the mailbox is known: in a mailbox with LF, a stray carriage return
/// does not end a line.
pub(crate) fn header_len_in(message: &[u8], line_end: LineEnd) -> usize {
    match line_end {
        LineEnd::Lf => empty_line(message, line_end).end,
        LineEnd::Cr => header_len(message),
    }
}

/// The header of `message`, without the empty line that ends it.
fn header_of(message: &[u8]) -> &[u8] {
    let end = first_empty_line(message).start;
    message.get(..end).unwrap_or(message)
}

/// The first empty line; an empty range at the end of `message` if there is none.
fn first_empty_line(message: &[u8]) -> Range<usize> {
    empty_line(message, line_end_of_header(message))
}

/// How header lines end: in CR alone if there is no line feed, or an empty line that ends in CR before it.
pub(super) fn line_end_of_header(message: &[u8]) -> LineEnd {
    let first_line = before_line_feed(message);
    let is_cr = first_line.len() == message.len() || !empty_line(first_line, LineEnd::Cr).is_empty();
    if is_cr { LineEnd::Cr } else { LineEnd::Lf }
}

/// The bytes before the first line feed and the carriage returns that belong to it.
fn before_line_feed(message: &[u8]) -> &[u8] {
    memchr(b'\n', message).and_then(|at| message.get(..at)).map_or(message, trim_returns)
}

/// `line` without the carriage returns at its end.
pub(crate) fn trim_returns(line: &[u8]) -> &[u8] {
    let kept = line.iter().rposition(|&byte| byte != b'\r').map_or(0, |at| at + 1);
    line.get(..kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(bytes: &[u8]) -> RawMessage<'_> {
        RawMessage::new(b"From -\n", bytes)
    }

    #[test]
    fn header_and_body_are_parted_by_the_first_empty_line() {
        let cases: &[(&[u8], &[u8], &[u8])] = &[
            (b"A: 1\nB: 2\n\nbody\n\nmore", b"A: 1\nB: 2\n", b"body\n\nmore"),
            (b"A: 1\r\n\r\nbody\r\n", b"A: 1\r\n", b"body\r\n"),
            (b"A: 1\r\n\nbody", b"A: 1\r\n", b"body"),
            (b"A: 1\n\r\nbody", b"A: 1\n", b"body"),
            (b"A: 1\r\r\n\r\r\nbody", b"A: 1\r\r\n", b"body"),
            (b"A: 1\rB: 2\r\rbody\r\rmore", b"A: 1\rB: 2\r", b"body\r\rmore"),
            (b"\nbody", b"", b"body"),
            (b"\r\nbody", b"", b"body"),
            (b"\rbody", b"", b"body"),
            (b"A: 1\n", b"A: 1\n", b""),
            (b"A: 1", b"A: 1", b""),
            (b"A: 1\n\n", b"A: 1\n", b""),
            (b"A: 1\n \nB: 2\n\nbody", b"A: 1\n \nB: 2\n", b"body"),
            (b"A: 1\rB: 2\r\rbody\n\nmore\r", b"A: 1\rB: 2\r", b"body\n\nmore\r"),
            (b"A: 1\nB: stray\r\rreturns\n\nbody", b"A: 1\nB: stray\r\rreturns\n", b"body"),
            (b"A: 1\n\r", b"A: 1\n\r", b""),
            (b"", b"", b""),
        ];
        for (bytes, header, body) in cases {
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(message(bytes).header(), *header, "{shown:?}");
            assert_eq!(message(bytes).body(), *body, "{shown:?}");
        }
    }

    /// The same rule, written the simple and slow way.
    fn header_len_by_lines(message: &str) -> usize {
        let start = message.find('\n').map_or(message, |at| message[..at].trim_end_matches('\r'));
        let end = if start.starts_with('\r') || start.contains("\r\r") { '\r' } else { '\n' };
        let mut length = 0;
        for line in message.split_inclusive(end) {
            length += line.len();
            if line.ends_with(end) && line.trim_matches('\r').trim_end_matches(end).is_empty() {
                break;
            }
        }
        length
    }

    proptest! {
        #[test]
        fn header_len_agrees_with_a_reading_by_lines(bytes in "[a:\r\n]{0,24}") {
            prop_assert_eq!(header_len(bytes.as_bytes()), header_len_by_lines(&bytes));
        }

        #[test]
        fn only_the_empty_line_is_in_neither_part(bytes in "[a:\r\n]{0,24}") {
            let message = message(bytes.as_bytes());
            let (header, body) = (message.header().len(), message.body().len());
            let between = &bytes[header..bytes.len() - body];
            prop_assert!(between.trim_matches(['\r', '\n']).is_empty(), "{between:?}");
        }
    }
}

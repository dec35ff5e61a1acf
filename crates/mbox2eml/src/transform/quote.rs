//! Puts `>` before the lines of a body that a reader of mailboxes would take for separators.

use std::io::{self, Write};
use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr_iter, memrchr};

use crate::keyword::keywords;

/// How lines that look like separators are protected in a mailbox that is written.
///
/// ```
/// use std::io::Write;
///
/// use mbox2eml::transform::Quote;
///
/// let written = |quote: Quote| {
///     let mut writer = quote.writer(Vec::new());
///     writer.write_all(b"Subject: 1\n\nFrom a\n>From b\n")?;
///     writer.finish()
/// };
/// assert_eq!(written(Quote::Mboxrd)?, b"Subject: 1\n\n>From a\n>>From b\n");
/// assert_eq!(written(Quote::Mboxo)?, b"Subject: 1\n\n>From a\n>From b\n");
/// assert_eq!(written(Quote::None)?, b"Subject: 1\n\nFrom a\n>From b\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quote {
    /// Every line of a body that begins with `From `, perhaps after some `>`, gets one more `>`. Reversible. The
    /// default.
    #[default]
    Mboxrd,
    /// Every line of a body that begins with `From ` gets a `>`. Afterwards `From ` and `>From ` are alike.
    Mboxo,
    /// None. A reader takes such lines for separators.
    None,
}

keywords!(Quote, "quoting", Mboxrd = "mboxrd", Mboxo = "mboxo", None = "none");

static FROM: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(NEEDLE));
const NEEDLE: &[u8] = b"From ";

impl Quote {
    /// A writer that quotes what it passes on to `out`: one message, header first. Line ends are those of mailboxes
    /// with LF.
    pub fn writer<W: Write>(self, out: W) -> QuoteWriter<W> {
        let header = Some(Header { is_empty_line: true });
        QuoteWriter { quote: self, out, header, at: At::LINE_START, has_unquoted: false }
    }

    /// Whether a line is quoted that begins with `From `, after `>` if it `has_angle`.
    fn quotes(self, has_angle: bool) -> bool {
        self == Self::Mboxrd || self == Self::Mboxo && !has_angle
    }
}

/// Whether a line of `message` begins with `From `, perhaps after some `>`.
pub(crate) fn has_separator(message: &[u8]) -> bool {
    FROM.find_iter(message).any(|at| start_of_line(message, at).is_some())
}

/// Where the line begins that has nothing but `>` before `at`, if there is such a line.
fn start_of_line(bytes: &[u8], at: usize) -> Option<usize> {
    let start = bytes[..at].iter().rposition(|byte| *byte != b'>').map_or(0, |at| at + 1);
    (start == 0 || bytes[start - 1] == b'\n').then_some(start)
}

/// Writes one message with its body quoted. Made by [`Quote::writer`].
///
/// It holds back no more than the five bytes of `From `, so memory does not depend on the length of lines.
#[derive(Debug)]
pub struct QuoteWriter<W> {
    quote: Quote,
    out: W,
    /// None in the body.
    header: Option<Header>,
    at: At,
    has_unquoted: bool,
}

#[derive(Clone, Copy, Debug)]
struct Header {
    /// Whether the current line has nothing but carriage returns so far.
    is_empty_line: bool,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug)]
enum At {
    /// The start of a line: after `>`, if it `has_angle`, and `matched` bytes of `From `, which were not written yet.
    LineStart { has_angle: bool, matched: usize },
    /// The rest of a line.
    Line,
}

impl At {
    const LINE_START: Self = Self::LineStart { has_angle: false, matched: 0 };
}

impl<W: Write> QuoteWriter<W> {
    /// Ends the message, and returns what it was written to.
    ///
    /// # Errors
    /// Those of the inner writer.
    pub fn finish(mut self) -> io::Result<W> {
        if let At::LineStart { matched, .. } = self.at {
            self.out.write_all(&NEEDLE[..matched])?;
        }
        Ok(self.out)
    }

    /// Whether there was a line, in the header or in the body, that a reader may take for a separator.
    pub(crate) fn has_unquoted(&self) -> bool {
        self.has_unquoted
    }

    /// The length of what belongs to the header, the empty line included.
    fn header(&mut self, bytes: &[u8]) -> usize {
        let Some(Header { mut is_empty_line }) = self.header else { return 0 };
        let is_empty = |line: &[u8]| line.iter().all(|byte| *byte == b'\r');
        let mut line = 0;
        for end in memchr_iter(b'\n', bytes) {
            if is_empty_line && is_empty(&bytes[line..end]) {
                self.header = None;
                return end + 1;
            }
            (line, is_empty_line) = (end + 1, true);
        }
        is_empty_line &= is_empty(&bytes[line..]);
        self.header = Some(Header { is_empty_line });
        bytes.len()
    }

    /// Whether a line that begins with `From ` is quoted here.
    fn quotes(&mut self, quote: Quote, has_angle: bool) -> bool {
        let quotes = quote.quotes(has_angle);
        self.has_unquoted |= !quotes && !has_angle;
        quotes
    }

    /// Writes what belongs to the header, or to the body.
    fn part(&mut self, bytes: &[u8], quote: Quote) -> io::Result<()> {
        let start = self.line_start(bytes, quote)?;
        if start < bytes.len() { self.lines(&bytes[start..], quote) } else { Ok(()) }
    }

    /// Writes what belongs to the start of a line; returns how long it was.
    fn line_start(&mut self, bytes: &[u8], quote: Quote) -> io::Result<usize> {
        let At::LineStart { mut has_angle, matched } = self.at else { return Ok(0) };
        let angles = match matched {
            0 => bytes.iter().position(|byte| *byte != b'>').unwrap_or(bytes.len()),
            _ => 0,
        };
        self.out.write_all(&bytes[..angles])?;
        has_angle |= angles > 0;
        let (rest, wanted) = (&bytes[angles..], &NEEDLE[matched..]);
        let more = rest.iter().zip(wanted).take_while(|(byte, wanted)| byte == wanted).count();
        if more == rest.len() && more < wanted.len() {
            self.at = At::LineStart { has_angle, matched: matched + more };
            return Ok(bytes.len());
        }
        self.at = At::Line;
        if more == wanted.len() && self.quotes(quote, has_angle) {
            self.out.write_all(b">")?;
        }
        self.out.write_all(&NEEDLE[..matched])?;
        Ok(angles)
    }

    /// Writes what comes after the start of a line, up to a line whose start is not whole.
    fn lines(&mut self, bytes: &[u8], quote: Quote) -> io::Result<()> {
        let mut from = 0;
        for at in FROM.find_iter(bytes) {
            // What begins here does not begin a line.
            let start = start_of_line(bytes, at).filter(|start| *start > 0);
            if start.is_some_and(|start| self.quotes(quote, start < at)) {
                self.out.write_all(&bytes[from..at])?;
                self.out.write_all(b">")?;
                from = at;
            }
        }
        // The start of the last line may go on in the next piece.
        let last = memrchr(b'\n', bytes).map(|at| at + 1);
        let start = last.map(|last| last + bytes[last..].iter().take_while(|byte| **byte == b'>').count());
        let end = match (last, start) {
            (Some(last), Some(start)) if NEEDLE.starts_with(&bytes[start..]) && bytes.len() - start < NEEDLE.len() => {
                self.at = At::LineStart { has_angle: start > last, matched: bytes.len() - start };
                start
            }
            _ => bytes.len(),
        };
        self.out.write_all(&bytes[from..end])
    }
}

impl<W: Write> Write for QuoteWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (header, body) = bytes.split_at(self.header(bytes));
        self.part(header, Quote::None)?;
        self.part(body, self.quote)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::line_end::LineEnd;
    use crate::message::header_len_in;
    use crate::transform::{Eml, Eol, Quoting};

    fn quoted<'a>(quote: Quote, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut writer = quote.writer(Vec::new());
        pieces.into_iter().for_each(|piece| writer.write_all(piece).unwrap());
        writer.finish().unwrap()
    }

    /// The same, line by line.
    fn by_lines(quote: Quote, message: &[u8]) -> Vec<u8> {
        let (header, body) = message.split_at(header_len_in(message, LineEnd::Lf));
        let mut quoted = header.to_vec();
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            let angles = line.iter().take_while(|byte| **byte == b'>').count();
            let is_like_separator = line[angles..].starts_with(b"From ");
            if is_like_separator && (quote == Quote::Mboxrd || quote == Quote::Mboxo && angles == 0) {
                quoted.push(b'>');
            }
            quoted.extend_from_slice(line);
        }
        quoted
    }

    #[test]
    fn only_lines_of_the_body_are_quoted() {
        for (message, expected) in [
            (
                "A: 1\nFrom b\n\nFrom c\nx From d\n>From e\nFro\nFrom",
                "A: 1\nFrom b\n\n>From c\nx From d\n>>From e\nFro\nFrom",
            ),
            ("\nFrom a\r\nFrom b", "\n>From a\r\n>From b"),
            ("From a\n\r\r\nFrom \n", "From a\n\r\r\n>From \n"),
            ("A: 1\r\rFrom b\rFrom c", "A: 1\r\rFrom b\rFrom c"),
            ("A: 1\n\nb\rFrom c\n>>> From d\nfrom e\nFROM f\n", "A: 1\n\nb\rFrom c\n>>> From d\nfrom e\nFROM f\n"),
            ("A: 1\n\n>>>>", "A: 1\n\n>>>>"),
            ("A: 1", "A: 1"),
            ("", ""),
        ] {
            assert_eq!(quoted(Quote::Mboxrd, [message.as_bytes()]), expected.as_bytes(), "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn pieces_do_not_show(message in "(A: 1\n|From x\n|>From y\n|\r){0,3}\n?(>{0,3}(From |Fro|F|)[b\r\n]{0,2}){0,8}", size in 1_usize..9) {
            let message = message.as_bytes();
            for quote in Quote::ALL {
                let expected = by_lines(*quote, message);
                prop_assert_eq!(&quoted(*quote, [message]), &expected);
                prop_assert_eq!(&quoted(*quote, message.chunks(size)), &expected);
                prop_assert!(has_separator(message) || expected == message);
                let mut writer = quote.writer(Vec::new());
                message.chunks(size).for_each(|piece| writer.write_all(piece).unwrap());
                let is_unquoted = expected.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"From "));
                prop_assert_eq!(writer.has_unquoted(), is_unquoted);
            }
        }

        #[test]
        fn mboxrd_is_undone(message in "(A: 1\n|From x\n|>From y\n|\r){0,3}\n?(>{0,3}(From |Fro|F|)[b\r\n]{0,2}){0,8}") {
            let written = quoted(Quote::Mboxrd, [message.as_bytes()]);
            let read = Eml::new(&written, Quoting::Mboxrd, Eol::Keep).to_bytes().into_owned();
            prop_assert_eq!(read, message.as_bytes());
        }
    }
}

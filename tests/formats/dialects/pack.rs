//! Mailboxes of each dialect, written from what is known of the dialect and without the library.

use mbox2eml::split::Dialect;
use mbox2eml::transform::Unquote;

/// How the writers of a dialect write a mailbox.
#[derive(Clone, Copy)]
pub(crate) struct Packing<'a> {
    pub(crate) name: &'static str,
    pub(crate) profile: Dialect,
    /// The From_ line without its line end; `{id}` is a number that differs from message to message.
    pub(crate) from_line: &'a str,
    /// The fields that the writer puts on top; `{length}` is the length of the quoted body in bytes.
    pub(crate) top: &'a str,
    pub(crate) quoting: Quoting,
    pub(crate) line_ends: LineEnds,
    /// What comes before the first From_ line.
    pub(crate) preamble: &'static [u8],
    /// Whether an empty line follows each message.
    pub(crate) separated: bool,
    /// How the mailbox has to be read.
    pub(crate) unquote: Unquote,
    /// Which messages it can carry so that nothing is lost.
    pub(crate) carries: fn(&[u8]) -> bool,
}

/// Which body lines get a `>`.
#[derive(Clone, Copy)]
pub(crate) enum Quoting {
    /// Those that begin with `From ` after any number of `>`.
    Mboxrd,
    /// Those that begin with `From `.
    Mboxo,
    None,
}

/// What the writer does with line ends.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum LineEnds {
    /// It keeps those of the message and ends its own lines with LF.
    Kept,
    Crlf,
    Cr,
}

impl LineEnds {
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Kept => b"\n",
            Self::Crlf => b"\r\n",
            Self::Cr => b"\r",
        }
    }

    /// The last byte of a line.
    fn last(self) -> u8 {
        *self.bytes().last().unwrap()
    }

    /// `message` with such line ends, the last line included.
    pub(crate) fn of(self, message: &[u8]) -> Vec<u8> {
        let mut converted = Vec::with_capacity(message.len());
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            match line.strip_suffix(b"\n") {
                Some(text) if self != Self::Kept => {
                    converted.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
                    converted.extend_from_slice(self.bytes());
                }
                _ => converted.extend_from_slice(line),
            }
        }
        if !converted.is_empty() && converted.last() != Some(&self.last()) {
            converted.extend_from_slice(self.bytes());
        }
        converted
    }
}

/// The number that Gmail gives to a message received on 2024-04-01 at noon.
const GMAIL_ID: usize = 1_711_972_800_000 << 20;

/// A mailbox and the messages that must come out of it.
pub(crate) struct Packed {
    pub(crate) mailbox: Vec<u8>,
    pub(crate) messages: Vec<Vec<u8>>,
    /// Where each one's From_ line begins.
    pub(crate) starts: Vec<usize>,
}

impl Packing<'_> {
    /// Packs the messages that the dialect can carry.
    pub(crate) fn pack(&self, originals: &[Vec<u8>]) -> Packed {
        let mut packed = Packed { mailbox: self.preamble.to_vec(), messages: Vec::new(), starts: Vec::new() };
        let carried = originals.iter().filter(|message| (self.carries)(message));
        for (number, original) in carried.enumerate() {
            let message = self.line_ends.of(original);
            let (header, body) = message.split_at(header_end(&message, self.line_ends.last()));
            let quoted = quote(body, self.quoting, self.line_ends.last());
            let id = (GMAIL_ID + number).to_string();
            let from_line = self.line_ends.of(self.from_line.replace("{id}", &id).as_bytes());
            let top = self.top.replace("{id}", &id).replace("{length}", &quoted.len().to_string());
            let top = self.line_ends.of(top.as_bytes());
            let separator = if self.separated { self.line_ends.bytes() } else { b"" };
            packed.starts.push(packed.mailbox.len());
            packed.mailbox.extend([&from_line, &top, header, &quoted, separator].concat());
            packed.messages.push([&top, &message[..]].concat());
        }
        packed
    }
}

/// Where the body begins: after the first line of nothing but its end, or at the end of the message.
fn header_end(message: &[u8], line_end: u8) -> usize {
    let mut at = 0;
    for line in message.split_inclusive(|byte| *byte == line_end) {
        at += line.len();
        if is_empty_line(line) {
            break;
        }
    }
    at
}

fn is_empty_line(line: &[u8]) -> bool {
    line.iter().all(|byte| b"\r\n".contains(byte))
}

fn quote(body: &[u8], quoting: Quoting, line_end: u8) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|byte| *byte == line_end) {
        let is_quoted = match quoting {
            Quoting::Mboxrd => from_after_marks(line).is_some(),
            Quoting::Mboxo => from_after_marks(line) == Some(0),
            _ => false,
        };
        quoted.extend_from_slice(if is_quoted { b">" } else { b"" });
        quoted.extend_from_slice(line);
    }
    quoted
}

/// How many `>` come before `From ` at the line's start; `None` if that is not how the line begins.
fn from_after_marks(line: &[u8]) -> Option<usize> {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    line[marks..].starts_with(b"From ").then_some(marks)
}

/// Rules for messages that a dialect cannot carry. They look at the message as it was sent.
pub(crate) mod rules {
    use super::{from_after_marks, header_end, is_empty_line};

    fn lines(message: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
        message.split_inclusive(|byte| *byte == b'\n')
    }

    fn is_field(line: &[u8]) -> bool {
        let name = line.iter().take_while(|byte| (33..=126).contains(*byte) && **byte != b':').count();
        name > 0 && line.get(name) == Some(&b':')
    }

    fn body(message: &[u8]) -> &[u8] {
        &message[header_end(message, b'\n')..]
    }

    /// Only a header field below a From_ line distinguishes a message from a body.
    pub(crate) fn begins_with_field(message: &[u8]) -> bool {
        is_field(message)
    }

    /// Where the From_ line has no date, one field is not enough.
    pub(crate) fn begins_with_two_fields(message: &[u8]) -> bool {
        let mut unfolded = lines(message).filter(|line| !line.starts_with(b" ") && !line.starts_with(b"\t"));
        unfolded.next().is_some_and(is_field) && unfolded.next().is_some_and(is_field)
    }

    /// Mboxo does not distinguish a line that it quoted from one that had its `>` before.
    pub(crate) fn mboxo(message: &[u8]) -> bool {
        begins_with_field(message) && !lines(body(message)).any(|line| from_after_marks(line) == Some(1))
    }

    /// The same for reading mboxo as mboxrd, with any number of `>`.
    pub(crate) fn mboxo_as_mboxrd(message: &[u8]) -> bool {
        mboxo(message) && !lines(body(message)).any(|line| from_after_marks(line) > Some(0))
    }

    /// `Content-Length` is in a header of fields that an empty line ends, and only once.
    pub(crate) fn content_length(message: &[u8]) -> bool {
        let header = &message[..header_end(message, b'\n')];
        let mut lines = lines(header);
        let empty = lines.next_back().is_some_and(is_empty_line);
        let claims = |line: &[u8]| line.to_ascii_lowercase().starts_with(b"content-length:");
        let fields =
            lines.all(|line| (is_field(line) || line.starts_with(b" ") || line.starts_with(b"\t")) && !claims(line));
        empty && fields && message.ends_with(b"\n")
    }

    /// The same, with lines that mboxo quotes and can unquote.
    pub(crate) fn content_length_and_mboxo(message: &[u8]) -> bool {
        content_length(message) && mboxo(message)
    }

    /// Where nothing but CR ends a line, a message cannot have a CR of its own.
    pub(crate) fn no_return(message: &[u8]) -> bool {
        begins_with_field(message) && !message.contains(&b'\r')
    }

    /// Without empty lines between messages, one at a message's end reads as one of these.
    pub(crate) fn no_empty_line_at_the_end(message: &[u8]) -> bool {
        begins_with_field(message) && !lines(message).next_back().is_some_and(is_empty_line)
    }

    /// Everything.
    pub(crate) fn anything(_: &[u8]) -> bool {
        true
    }
}

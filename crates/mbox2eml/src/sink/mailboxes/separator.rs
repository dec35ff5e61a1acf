//! The From_ lines that are written, and what follows a message.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::message::first_line;
use crate::sink::Entry;
use crate::split::{FromLine, NO_SENDER, OWN_BLANKS, OWN_BLANKS_UNENDED, is_own_sender};
use crate::transform::{Eol, Quote};

/// The From_ line of a message, without its line end: the sender of the one it had, if that is one word like an
/// address, and when it was received, or the start of 1970.
///
/// With mboxrd, which can be undone, it is one that [reading](crate::split::Dialect::Mbox2eml) knows for certain.
pub(super) fn from_line(entry: &Entry<'_>, quote: Quote, is_unended: bool) -> Vec<u8> {
    let sender = FromLine::parse(first_line(entry.message.from_line)).map_or(NO_SENDER, |line| line.sender());
    let sender = if is_own_sender(sender) { sender } else { NO_SENDER };
    let blanks = match (quote, is_unended) {
        (Quote::Mboxrd, false) => OWN_BLANKS,
        (Quote::Mboxrd, true) => OWN_BLANKS_UNENDED,
        (Quote::Mboxo | Quote::None, _) => b"",
    };
    let mut line = Vec::with_capacity(64);
    line.extend_from_slice(b"From ");
    line.extend_from_slice(sender);
    line.extend_from_slice(blanks);
    let received = entry.received().and_then(|received| Timestamp::from_second(received.seconds).ok());
    let date = Offset::UTC.to_datetime(received.unwrap_or(Timestamp::UNIX_EPOCH));
    // Writing to memory cannot fail.
    let _ = write!(line, " {}", date.strftime("%a %b %e %H:%M:%S %Y"));
    line
}

/// What ends the From_ line, and the empty line after the message: the line end that was asked for, or that of the
/// From_ line in its mailbox. The message itself may have no line that shows it.
pub(super) fn line_end(entry: &Entry<'_>) -> &'static [u8] {
    let had_crlf = || first_line(entry.message.from_line).ends_with(b"\r");
    match entry.eml.eol() {
        Eol::Crlf => b"\r\n",
        Eol::Keep if had_crlf() => b"\r\n",
        Eol::Lf | Eol::Keep => b"\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line_end::LineEnd;
    use crate::message::{Headers, RawMessage};
    use crate::name::EntryName;
    use crate::transform::{Eml, Quoting};

    /// What ends the lines around a message, whether it was made before or not.
    #[track_caller]
    fn check(from_line: &str, message: &str, eol: Eol, expected: &str) {
        let message = RawMessage::new(from_line.as_bytes(), message.as_bytes());
        let line = LineEnd::of(message.from_line).unwrap_or_default();
        let eml = Eml::with_line_end(message.bytes, line, Quoting::None, eol);
        let made = eml.to_bytes();
        for eml in [eml, eml.made(&made)] {
            let (name, headers) = (EntryName::new("1.eml").unwrap(), Headers::default());
            let actual = line_end(&Entry::new(name, &message, &headers, eml));
            assert_eq!(actual, expected.as_bytes(), "{message:?} {eol}");
        }
    }

    #[test]
    fn lines_around_a_message_end_as_asked_for_whatever_is_in_it() {
        for from_line in ["From -\n", "From -\r\n", "From -\r\r\n", "From -\r", "From -"] {
            for message in ["", "a", "a\r", "a\n", "a\r\n", "a\r\r\n"] {
                check(from_line, message, Eol::Crlf, "\r\n");
                check(from_line, message, Eol::Lf, "\n");
            }
        }
    }

    #[test]
    fn kept_line_ends_are_those_of_the_from_line() {
        for message in ["", "a", "a\r", "a\n", "a\r\n"] {
            for from_line in ["From -\r\n", "From -\r\r\n", "From -\r\n>From -\n"] {
                check(from_line, message, Eol::Keep, "\r\n");
            }
            // Nothing that reads mailboxes expects carriage returns alone around lines that end in line feeds.
            for from_line in ["From -\n", "From -\n>From -\r\n", "From -\r", "From -\r>From -\r", "From -", ""] {
                check(from_line, message, Eol::Keep, "\n");
            }
        }
    }
}

//! The From_ lines that are written, and what follows a message.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::message::first_line;
use crate::sink::Entry;
use crate::split::{FromLine, NO_SENDER, OWN_BLANKS, OWN_BLANKS_UNENDED, is_own_sender};
use crate::transform::Quote;

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

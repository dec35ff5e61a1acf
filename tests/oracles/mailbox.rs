//! A mailbox as this library reads it.

use mbox2eml::split::Span;
use mbox2eml::transform::{Eol, Unquote};
use mbox2eml::{Error, Mbox, Message, source::Stream, split::SplitRule};

/// Reads `mailbox` without a change to its line ends; only the quoting is undone.
pub(crate) fn read(mailbox: &[u8], rule: SplitRule, unquote: Unquote) -> Result<Vec<Message>, Error> {
    Mbox::new(Stream::new("mailbox", mailbox)).split(rule).unquote(unquote).eol(Eol::Keep).messages().collect()
}

/// A message as other programs see it: what follows the first line, `>From ` pseudo-headers included, then the
/// unquoted message, then the empty line that separates it, if `keeps` says that they keep such an empty line.
pub(crate) fn as_others_see(message: &Message, mailbox: &[u8], keeps: fn(&[u8]) -> bool) -> Vec<u8> {
    let place = |offset: u64| usize::try_from(offset).unwrap();
    let from_line = message.raw().from_line;
    let first_line = from_line.iter().position(|byte| *byte == b'\n').map_or(from_line.len(), |at| at + 1);
    let separator = &mailbox[place(message.span().separator().start)..place(message.span().separator().end)];
    let separator = if keeps(separator) { separator } else { b"" };
    [&from_line[first_line..], &message.eml().to_bytes(), separator].concat()
}

/// Whether the spans are in order, without a gap, and reach the mailbox's end. What comes before the first is the
/// preamble.
pub(crate) fn tiles(mailbox: &[u8], spans: &[Span]) -> bool {
    let ordered = |span: &Span| {
        !span.from_line().is_empty()
            && span.message().start <= span.message().end
            && span.message().end <= span.whole().end
    };
    let joined = |pair: &[Span]| pair[0].whole().end == pair[1].whole().start;
    let at_end = |span: &Span| span.whole().end == u64::try_from(mailbox.len()).unwrap();
    spans.iter().all(ordered) && spans.windows(2).all(joined) && spans.last().is_none_or(at_end)
}

/// `message` without the one empty line at its end that belongs to the mailbox.
///
/// Most readers leave it in the message; this library counts it as the separator.
pub(crate) fn without_separator(message: &[u8]) -> &[u8] {
    match message {
        b"\n" | b"\r\n" => b"",
        [.., b'\n', b'\n'] => &message[..message.len() - 1],
        [.., b'\n', b'\r', b'\n'] => &message[..message.len() - 2],
        _ => message,
    }
}

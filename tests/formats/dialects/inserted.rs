//! Real messages with the texts in their bodies that split mailboxes: patches, pasted archives, forwarded mail, prose.

use std::collections::HashMap;

use mbox2eml::internals::Splitter;
use mbox2eml::source::Window;
use mbox2eml::split::{Dialect, SplitRule};
use mbox2eml::transform::{Eol, Unquote};

use super::pack::{LineEnds, Packed, Packing, Quoting, rules};
use super::{DIALECTS, assert_comes_out, originals};

const HEADER: &str = "From: cid@example.com\nDate: Sun, 31 Mar 2024 10:00:00 +0000\nSubject: inserted\n\nText\n\n";

/// What is inserted at the end of a body, and whether it is kept there where nothing is quoted.
fn insertions() -> Vec<(&'static str, String)> {
    let hash = "0123456789abcdef0123456789abcdef01234567";
    let generic = format!("From cid@example.com Sun Mar 31 10:00:00 2024\n{HEADER}");
    let one_blank = format!("From cid at example.com Sun Mar 31 10:00:00 2024\n{HEADER}");
    vec![
        ("nothing", String::new()),
        ("patch", format!("From {hash} Mon Sep 17 00:00:00 2001\n{HEADER}---\n a.c | 2 +-\n")),
        ("patch of another sender", format!("From nobody Mon Sep 17 00:00:00 2001\n{HEADER}---\n")),
        ("pasted archive", one_blank.repeat(3)),
        ("pasted mailbox", generic.repeat(2)),
        (
            "included message",
            format!("----- Begin Included Message -----\n\n{generic}----- End Included Message -----\n"),
        ),
        ("prose", "From here on, all is well.\n\nFrom Monday to Friday we are away.\n".to_owned()),
        ("prose and fields", "From the sea:\nTo: the mountains\nOver: the hills\n".to_owned()),
        ("a line without a date", format!("From cid@example.com\nX-A: 1\nX-B: 2\n\n{HEADER}")),
    ]
}

/// The real messages, each with one of the insertions, in turn.
fn inserted() -> Vec<Vec<u8>> {
    let insertions = insertions();
    let insert = |(number, message): (usize, Vec<u8>)| {
        let (_, text) = &insertions[number % insertions.len()];
        let end: &[u8] = if message.ends_with(b"\n") { b"\n" } else { b"\n\n" };
        [&message, end, text.as_bytes()].concat()
    };
    originals::real().into_iter().enumerate().map(insert).collect()
}

/// The dialects, two of them also as programs write them that quote nothing.
fn dialects() -> Vec<Packing<'static>> {
    let names = ["mboxrd", "Takeout", "Takeout with LF", "Thunderbird", "Thunderbird with CRLF", "mboxo", "pipermail"];
    let more = ["public-inbox", "Vault", "mboxcl2", "mboxcl", "byte order mark"];
    let quoting =
        DIALECTS.iter().filter(|dialect| names.iter().chain(&more).any(|name| dialect.name == *name)).copied();
    quoting.collect()
}

#[test]
fn real_messages_with_insertions_come_out_of_every_dialect_that_quotes() {
    let messages = inserted();
    if messages.is_empty() {
        return;
    }
    let dialects = dialects();
    assert_eq!(dialects.len(), 12);
    for dialect in dialects {
        let packed = dialect.pack(&messages);
        assert!(packed.messages.len() > 200, "{}: carries {}", dialect.name, packed.messages.len());
        assert_comes_out(&dialect, &packed, if dialect.line_ends == LineEnds::Kept { Eol::Keep } else { Eol::Crlf });
    }
}

/// How many messages come out exactly, and how many only with a warning. There are no others.
fn compare(dialect: &Packing<'_>, packed: &Packed) -> (usize, usize) {
    let (mut spans, mut doubts) = (Vec::new(), Vec::new());
    let window = Window::new(0, &packed.mailbox, true);
    let mut splitter = Splitter::new(SplitRule::Auto);
    splitter.advance(&window, &mut spans, &mut doubts).unwrap();
    let place = |offset: u64| usize::try_from(offset).unwrap();
    let spans: HashMap<_, _> = spans.iter().map(|span| (place(span.whole().start), span)).collect();
    let ends = packed.starts.iter().skip(1).copied().chain([packed.mailbox.len()]);
    let (mut exact, mut warned) = (0, 0);
    for ((start, end), message) in packed.starts.iter().copied().zip(ends).zip(&packed.messages) {
        let is_exact = spans.get(&start).is_some_and(|span| {
            place(span.whole().end) == end
                && packed.mailbox[place(span.message().start)..place(span.message().end)] == message[..]
        });
        let is_warned = doubts.iter().any(|doubt| (start..end).contains(&place(doubt.byte)));
        let shown = || String::from_utf8_lossy(&packed.mailbox[start..end]).into_owned();
        assert!(is_exact || is_warned, "{}: silently at {start}:\n{}", dialect.name, shown());
        *if is_exact { &mut exact } else { &mut warned } += 1;
    }
    (exact, warned)
}

#[test]
fn where_nothing_is_quoted_real_messages_come_out_or_are_warned_about() {
    let messages = inserted();
    if messages.is_empty() {
        return;
    }
    for profile in [Dialect::Pipermail, Dialect::Thunderbird] {
        let dialect = DIALECTS.iter().find(|dialect| dialect.profile == profile).unwrap();
        let dialect = Packing { quoting: Quoting::None, unquote: Unquote::None, carries: rules::anything, ..*dialect };
        let packed = dialect.pack(&messages);
        let (exact, warned) = compare(&dialect, &packed);
        assert_eq!(exact + warned, messages.len(), "{}", dialect.name);
        // In Mailman's archives only the line without a date above a full header begins a message, one of nine. So many
        // lines of other programs show that Thunderbird shares the mailbox with them, and each is warned about.
        let least = if profile == Dialect::Pipermail { 85 } else { 60 };
        assert!(exact * 100 > messages.len() * least, "{}: {exact} exact, {warned} warned", dialect.name);
    }
}

//! A mailbox that is written holds what EML files would, to the byte, however hostile the mailbox it comes from.

use std::collections::BTreeMap;
use std::fs;

use mbox2eml::Mbox;
use mbox2eml::select::Deleted;
use mbox2eml::sink::Mailboxes;
use mbox2eml::source::{Source, Stream};
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eml, Eol, Quote, Quoting, Unquote};
use proptest::prelude::*;
use proptest::sample::select;

use super::cases;
use super::choices::settings;
use super::mailbox::{hostile, vast};
use super::reruns::tree;
use super::run::{Settings, check_sums, convert, stream};
use super::sources::Trickle;

/// A message: its bytes, and when it was received.
type Message = (Vec<u8>, Option<i64>);

/// The messages as EML files have them.
fn messages(source: impl Source, settings: &Settings) -> Vec<Message> {
    let (done, _) = convert(source, settings, 1);
    check_sums(&done);
    let received = |kept: &super::run::Kept| kept.received.map(|received| received.seconds);
    done.receipt.into_iter().map(|kept| (kept.bytes.clone(), received(&kept))).collect()
}

/// The mailbox that the messages are written to, if there are any.
fn written(source: impl Source, settings: &Settings, quote: Quote, threads: usize) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let sink = Mailboxes::below(folder.path()).quote(quote).create().unwrap();
    let done = settings.converter(threads).convert(source, sink, &());
    check_sums(&done);
    assert!(done.receipt.len() <= 1 && fs::read_dir(folder.path()).unwrap().count() == done.receipt.len());
    done.receipt.first().map(|written| fs::read(&written.path).unwrap())
}

/// What reads a mailbox of ours: nothing has to be known about it.
fn reading(eol: Eol) -> Settings {
    Settings { unquote: Unquote::Auto, eol, ..Settings::raw(SplitRule::Auto) }
}

/// The message with its line ends written once more: with LF, one that was converted twice (CR CR LF) loses another CR.
fn again((bytes, received): &Message, eol: Eol) -> Message {
    (Eml::new(bytes, Quoting::None, eol).to_bytes().into_owned(), *received)
}

/// Checks that a mailbox comes back, and that it may be written again, which changes nothing.
fn check_round_trip(mailbox: &[u8], settings: &Settings) {
    let expected = messages(stream(mailbox, 1 << 20), settings);
    let Some(first) = written(stream(mailbox, 1 << 20), settings, Quote::Mboxrd, 2) else {
        return assert!(expected.is_empty());
    };
    for eol in [Eol::Keep, settings.eol] {
        let expected: Vec<_> = expected.iter().map(|message| again(message, eol)).collect();
        let actual = messages(stream(&first, 1 << 20), &reading(eol));
        assert!(actual == expected, "{}\n{}", first.escape_ascii(), mailbox.escape_ascii());
    }
    assert!(written(stream(&first, 1 << 20), &reading(Eol::Keep), Quote::Mboxrd, 1) == Some(first));
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_byte_comes_back(mailbox in hostile(), settings in settings()) {
        check_round_trip(&mailbox, &settings);
    }

    #[test]
    fn mailboxes_can_be_put_together(one in hostile(), other in hostile(), eol in select(Eol::ALL)) {
        let settings = Settings { deleted: Deleted::Keep, ..reading(eol) };
        let parts = [&one, &other].map(|mailbox| messages(stream(mailbox, 1 << 20), &settings));
        let expected: Vec<_> = parts.concat().iter().map(|message| again(message, eol)).collect();
        let both = [&one, &other].map(|mailbox| written(stream(mailbox, 1 << 20), &settings, Quote::Mboxrd, 1));
        let both = both.into_iter().flatten().collect::<Vec<_>>().concat();
        if !both.is_empty() {
            prop_assert_eq!(messages(stream(&both, 1 << 20), &settings), expected);
        }
    }

    #[test]
    fn a_mailbox_depends_neither_on_threads_nor_on_windows(
        mailbox in hostile(), settings in settings(), chunk in 1..800_usize, quote in select(Quote::ALL),
    ) {
        let expected = written(stream(&mailbox, 1 << 20), &settings, quote, 1);
        for threads in [1, 2, 4] {
            prop_assert_eq!(&written(stream(&mailbox, chunk), &settings, quote, threads), &expected);
        }
        prop_assert_eq!(&written(Stream::new("memory", Trickle::new(&mailbox)), &settings, quote, 2), &expected);
    }
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn every_byte_of_long_messages_comes_back(mailbox in vast(), settings in settings()) {
        check_round_trip(&mailbox, &settings);
    }
}

/// Longer than what is made before its turn.
#[test]
fn a_long_message_comes_back() {
    let line = "text of a long message\n>From the start\r\nFrom here\n".repeat(60_000);
    for end in ["", "\n", "\r", "\r\n", "\n\r"] {
        let mailbox = format!("From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: long\nFrom a\n\n{line}{end}");
        for eol in Eol::ALL {
            check_round_trip(mailbox.as_bytes(), &reading(*eol));
        }
    }
}

/// Reading as other programs do: every line that begins with `From ` begins a message.
#[test]
fn what_is_lost_without_quoting_is_a_line() {
    let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: a\n\n>From here on\n\n";
    for (quote, count) in [(Quote::Mboxrd, 1), (Quote::Mboxo, 1), (Quote::None, 2)] {
        let written = written(stream(mailbox.as_bytes(), 1 << 20), &reading(Eol::Keep), quote, 1).unwrap();
        assert_eq!(Mbox::from_bytes(written).split(SplitRule::Any).messages().count(), count, "{quote}");
    }
}

/// The same run again changes nothing, and finds every message.
#[test]
fn a_second_run_finds_all() {
    let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: a\n\nHello\n\n".repeat(3);
    let folder = tempfile::tempdir().unwrap();
    let run = || {
        let sink = Mailboxes::below(folder.path()).create().unwrap();
        let done = reading(Eol::Lf).converter(2).convert(stream(mailbox.as_bytes(), 1 << 20), sink, &());
        (done.messages().written, done.messages().already_there)
    };
    assert_eq!(run(), (3, 0));
    let before: BTreeMap<_, _> = tree(folder.path());
    assert_eq!(run(), (0, 3));
    assert!(tree(folder.path()) == before);
}

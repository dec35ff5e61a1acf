//! Mailboxes whose writer is known, and limits on what is believed: where messages begin, and what is reported.

use mbox2eml::report::{Warning, WarningKind};
use mbox2eml::sink::Null;
use mbox2eml::source::Stream;
use mbox2eml::split::SplitRule;
use mbox2eml::{Converter, Mbox, Message};

use super::warnings::Warnings;

const TAKEOUT: &str = "From 1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019";
const VAULT: &str = "From 1628424719502045299-01234567-89ab-cdef-0123-456789abcdef.mbox@xxx Tue Apr 16 12:00:40 2019";
const PUBLIC_INBOX: &str = "From mboxrd@z Thu Jan  1 00:00:00 1970";
const THUNDERBIRD: &str = "From - Mon Apr  1 12:00:00 2024";
const PIPERMAIL: &str = "From ann at example.org  Mon Apr  1 12:00:00 2024";
const GIT: &str = "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001";
const GENERIC: &str = "From ann@example.org Mon Apr  1 12:00:00 2024";

/// They quote every line of a body that looks like a separator.
const QUOTES_ALL: [&str; 3] = [TAKEOUT, VAULT, PUBLIC_INBOX];
const QUOTES_LESS: [&str; 3] = [THUNDERBIRD, PIPERMAIL, GIT];

/// A mailbox, and the places of its From_ lines.
struct Packed {
    mailbox: String,
    places: Vec<u64>,
}

/// Messages below these From_ lines, each with `separator` behind it.
fn pack(from_lines: &[&str], separator: &str) -> Packed {
    let mut packed = Packed { mailbox: String::new(), places: Vec::new() };
    for line in from_lines {
        packed.places.push(u64::try_from(packed.mailbox.len()).unwrap());
        packed.mailbox += &format!("{line}\nX-GM-THRID: 1\nSubject: locks\n\nText\n{separator}");
    }
    packed
}

impl Packed {
    /// The places of the From_ lines of which that is true, by their number from 0.
    fn only(&self, is_so: impl Fn(usize) -> bool) -> Vec<u64> {
        self.places.iter().enumerate().filter(|(number, _)| is_so(*number)).map(|(_, place)| *place).collect()
    }
}

/// What comes of a mailbox.
struct Found {
    messages: Vec<Message>,
    warnings: Vec<Warning>,
}

/// Reads a mailbox with its messages and its warnings; every byte of it belongs to one message.
fn read(mailbox: impl AsRef<[u8]>, rule: SplitRule) -> Found {
    let mailbox = mailbox.as_ref();
    let source = || Stream::new("mailbox", mailbox);
    let messages: Vec<_> = Mbox::new(source()).split(rule).messages().map(Result::unwrap).collect();
    let mut at = 0;
    for span in messages.iter().map(Message::span) {
        assert!(span.whole().start == at && span.message().start >= at, "{span:?}");
        assert!(span.message().start <= span.message().end && span.message().end <= span.whole().end, "{span:?}");
        at = span.whole().end;
    }
    assert_eq!(at, u64::try_from(mailbox.len()).unwrap());
    let observer = Warnings::default();
    let done = Converter::builder().split(rule).build().convert(source(), Null, &observer);
    assert_eq!(done.messages().found, u64::try_from(messages.len()).unwrap());
    Found { messages, warnings: observer.into_inner() }
}

impl Found {
    /// Where the messages begin.
    fn starts(&self) -> Vec<u64> {
        self.messages.iter().map(Message::offset).collect()
    }

    /// The places of warnings of that sort.
    fn warned_at(&self, kind: WarningKind) -> Vec<u64> {
        self.warnings.iter().filter(|warning| warning.kind == kind).map(|warning| warning.position.byte).collect()
    }
}

#[test]
fn bare_separators_of_an_older_thunderbird_begin_messages_and_are_reported() {
    for bare in ["From ", "From -"] {
        for separator in ["\n", ""] {
            let packed = pack(&[THUNDERBIRD, bare, bare, THUNDERBIRD, bare], separator);
            let found = read(&packed.mailbox, SplitRule::Auto);
            assert_eq!(found.starts(), packed.places, "{bare:?} {separator:?}");
            let weak = packed.only(|number| [1, 2, 4].contains(&number));
            assert_eq!(found.warned_at(WarningKind::DoubtfulBoundary), weak, "{bare:?} {separator:?}");
        }
    }
}

#[test]
fn a_few_foreign_separators_stay_in_the_body_and_each_is_reported() {
    for own in QUOTES_ALL.into_iter().chain(QUOTES_LESS) {
        for separator in ["\n", ""] {
            let packed = pack(&[own, GENERIC, GENERIC, own, GENERIC, own], separator);
            let found = read(&packed.mailbox, SplitRule::Auto);
            assert_eq!(found.starts(), packed.only(|number| [0, 3, 5].contains(&number)), "{own} {separator:?}");
            let foreign = packed.only(|number| [1, 2, 4].contains(&number));
            assert_eq!(found.warned_at(WarningKind::DoubtfulBoundary), foreign, "{own} {separator:?}");
            assert!(found.warned_at(WarningKind::MixedDialects).is_empty(), "{own} {separator:?}");
        }
    }
}

#[test]
fn a_foreign_separator_that_no_header_field_follows_is_reported_too() {
    for own in QUOTES_ALL.into_iter().chain(QUOTES_LESS) {
        for below in ["\nText\n\n", "Text\n\n", ""] {
            let packed = pack(&[own], "\n");
            let found = read(format!("{}{GENERIC}\n{below}", packed.mailbox), SplitRule::Auto);
            let foreign = u64::try_from(packed.mailbox.len()).unwrap();
            assert_eq!(found.starts(), packed.places, "{own} {below:?}");
            assert_eq!(found.warned_at(WarningKind::DoubtfulBoundary), [foreign], "{own} {below:?}");
        }
    }
}

#[test]
fn the_eighth_foreign_separator_of_a_mailbox_shows_that_thunderbird_shares_it() {
    for separator in ["\n", ""] {
        let packed = pack(&[THUNDERBIRD, GENERIC].repeat(12), separator);
        let found = read(&packed.mailbox, SplitRule::Auto);
        assert_eq!(found.starts(), packed.only(|number| number % 2 == 0 || number >= 15), "{separator:?}");
        assert_eq!(found.warned_at(WarningKind::MixedDialects), [packed.places[15]], "{separator:?}");
        // Those that begin messages are warned about, too: here, or for the missing empty line.
        let doubtful = packed.only(|number| number % 2 == 1 && (number < 15 || !separator.is_empty()));
        assert_eq!(found.warned_at(WarningKind::DoubtfulBoundary), doubtful, "{separator:?}");
    }
    // A few in a large mailbox are pasted.
    let large = pack(&[[THUNDERBIRD; 9].as_slice(), &[GENERIC]].concat().repeat(12), "\n");
    let found = read(&large.mailbox, SplitRule::Auto);
    assert_eq!(found.starts(), large.only(|number| number % 10 != 9));
    assert_eq!(found.warned_at(WarningKind::DoubtfulBoundary), large.only(|number| number % 10 == 9));
}

#[test]
fn in_other_mailboxes_eight_in_one_message_are_needed() {
    for own in QUOTES_ALL.into_iter().chain([PIPERMAIL, GIT]) {
        let spread = pack(&[own, GENERIC].repeat(20), "\n");
        let found = read(&spread.mailbox, SplitRule::Auto);
        assert_eq!(found.starts(), spread.only(|number| number % 2 == 0), "{own}");
        assert_eq!(found.warned_at(WarningKind::DoubtfulBoundary), spread.only(|number| number % 2 == 1), "{own}");
        assert!(found.warned_at(WarningKind::MixedDialects).is_empty(), "{own}");

        for (foreign, is_mixed) in [(7, false), (8, true)] {
            let lines = [vec![own, own], vec![GENERIC; foreign], vec![own]].concat();
            let packed = pack(&lines, "\n");
            let found = read(&packed.mailbox, SplitRule::Auto);
            let inside = |number: usize| (2..2 + foreign).contains(&number);
            assert_eq!(found.starts(), packed.only(|number| is_mixed || !inside(number)), "{own} {foreign}");
            let warned = packed.only(|number| !is_mixed && inside(number));
            assert_eq!(found.warned_at(WarningKind::DoubtfulBoundary), warned, "{own} {foreign}");
            let mixed = packed.only(|number| is_mixed && number == 2);
            assert_eq!(found.warned_at(WarningKind::MixedDialects), mixed, "{own} {foreign}");
        }
    }
}

/// Mailman hides nothing where there is no address, and a date has one or two blanks before it.
#[test]
fn senders_of_one_word_are_mailmans_own() {
    let words = ["From MAILER-DAEMON  Fri Apr  6 12:00:00 2007", "From root  Fri Apr  6 12:00:00 2007"];
    let packed = pack(&[PIPERMAIL, words[0], words[1], PIPERMAIL].repeat(10), "\n");
    let found = read(&packed.mailbox, SplitRule::Auto);
    assert_eq!(found.starts(), packed.places);
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
}

const QUOTED: &str = "Subject: quoted\n\n>From one\n>>From nested\n\n";

#[test]
fn quoting_goes_by_each_messages_own_from_line() {
    let pipermail = format!("{PIPERMAIL}\n{QUOTED}");
    let mixed = format!("{pipermail}{}{GENERIC}\n{QUOTED}", pack(&[GENERIC; 8], "\n").mailbox);
    let [alone, mixed] = [pipermail, mixed].map(|mailbox| read(mailbox, SplitRule::Auto));
    assert_eq!((alone.messages.len(), mixed.messages.len()), (1, 10));
    let eml = |found: &Found, number: usize| found.messages[number].eml().to_bytes().into_owned();
    assert_eq!(eml(&alone, 0), b"Subject: quoted\r\n\r\nFrom one\r\n>>From nested\r\n");
    assert_eq!(eml(&mixed, 0), eml(&alone, 0));
    assert_eq!(eml(&mixed, 9), b"Subject: quoted\r\n\r\nFrom one\r\n>From nested\r\n");
}

#[test]
fn mailman_quotes_alike_whatever_the_sender() {
    let mailbox = format!("{PIPERMAIL}\n{QUOTED}From root  Mon Apr  1 12:00:00 2024\n{QUOTED}");
    let emls =
        read(mailbox, SplitRule::Auto).messages.iter().map(|m| m.eml().to_bytes().into_owned()).collect::<Vec<_>>();
    assert_eq!(emls.len(), 2);
    assert_eq!(emls[0], emls[1]);
}

#[test]
fn line_ends_converted_twice_still_make_empty_lines() {
    let plain = pack(&[GENERIC; 3], "\n").mailbox;
    let cut = plain.replacen("X-GM-THRID: 1\n", "Content-Type: multipart/mixed; boundary=part\n", 1);
    let cut = cut.replacen("Text\n", "--part\n\nText\n", 1);
    for mailbox in [plain, cut] {
        let mailbox = mailbox.replace('\n', "\r\r\n");
        for rule in [SplitRule::Auto, SplitRule::Strict] {
            let found = read(&mailbox, rule);
            assert_eq!(found.messages.len(), 3, "{rule:?}: {mailbox:?}");
            for message in &found.messages {
                assert!(message.raw().bytes.ends_with(b"\r\r\nText\r\r\n"), "{rule:?}: {message:?}");
                assert_eq!(message.span().separator().count(), 3, "{rule:?}: {message:?}");
            }
            assert!(found.warned_at(WarningKind::MissingBlankLine).is_empty(), "{rule:?}");
        }
    }
}

#[test]
fn few_and_short_quoted_from_lines_above_a_header_field_belong_to_the_from_line() {
    let pseudo = |length: usize| format!(">From {}\n", "x".repeat(length - ">From \n".len()));
    for (lines, below, belong) in [
        (pseudo(50), "Subject: one\n\n", true),
        (pseudo(1000), "Subject: one\n\n", true),
        (pseudo(50).repeat(4), "Subject: one\n\n", true),
        (pseudo(1001), "Subject: one\n\n", false),
        (pseudo(70_000), "Subject: one\n\n", false),
        (pseudo(50) + &pseudo(70_000), "Subject: one\n\n", false),
        (pseudo(50).repeat(5), "Subject: one\n\n", false),
        (pseudo(50).repeat(5000), "Subject: one\n\n", false),
        (pseudo(50), "no field\n", false),
        (pseudo(50), "\n", false),
        (pseudo(50), "", false),
    ] {
        let shown = (lines.len(), below);
        let plain = pack(&[GENERIC], "\n").mailbox;
        let mailbox = format!("{GENERIC}\n{lines}{below}Text\n\n{plain}");
        let found = read(&mailbox, SplitRule::Auto);
        assert_eq!(found.messages.len(), 2, "{shown:?}");
        let from_line = if belong { format!("{GENERIC}\n{lines}") } else { format!("{GENERIC}\n") };
        assert!(found.messages[0].raw().from_line == from_line.as_bytes(), "{shown:?}");
        let mut small = Mbox::new(Stream::new("mailbox", mailbox.as_bytes()).chunk(100)).messages();
        assert_eq!(small.next().unwrap().unwrap().span(), found.messages[0].span(), "{shown:?}");
    }
}

#[test]
fn separators_inside_a_true_content_length_are_reported() {
    let quoted = pack(&[GENERIC, THUNDERBIRD, GENERIC], "\n");
    let head = format!("{GENERIC}\nContent-Length: {}\n\n", quoted.mailbox.len());
    let found = read(format!("{head}{}\n", quoted.mailbox), SplitRule::Auto);
    assert_eq!(found.starts(), [0]);
    // The first one is below the header, after an empty line too.
    let places: Vec<_> = quoted.places.iter().map(|place| place + u64::try_from(head.len()).unwrap()).collect();
    assert_eq!(found.warned_at(WarningKind::DoubtfulBoundary), places);
}

#[test]
fn a_thousand_doubts_of_a_message_are_reported_and_one_line_of_the_rest() {
    let doubtful = format!("{GENERIC}\nno header field\n\n");
    for (lines, warnings) in [(999, 999), (1000, 1000), (1001, 1001), (1500, 1001)] {
        let mailbox = format!("{}{}", pack(&[GENERIC], "\n").mailbox, doubtful.repeat(lines));
        let found = read(format!("{mailbox}{}", pack(&[GENERIC], "\n").mailbox), SplitRule::Auto);
        assert_eq!(found.messages.len(), 2, "{lines}");
        assert_eq!(found.warnings.len(), warnings, "{lines}");
        let rest = found.warnings.iter().filter(|warning| warning.why.contains("more such lines")).count();
        assert_eq!(rest, usize::from(lines > 1000), "{lines}");
    }
}

#[test]
fn only_thunderbirds_own_flags_delete() {
    let status = "X-Mozilla-Status: 0009\n";
    let received = "Received: by mail.example.org; Mon, 1 Apr 2024 12:00:00 +0000\n";
    for (from_line, header, deleted) in [
        (THUNDERBIRD, format!("{status}{received}"), 1),
        (THUNDERBIRD, format!("{received}{status}"), 0),
        (GENERIC, format!("{status}{received}"), 1),
        (GENERIC, format!("{received}{status}"), 0),
        (TAKEOUT, format!("X-GM-THRID: 1\n{status}{received}"), 0),
        (VAULT, format!("{status}{received}"), 0),
        (PUBLIC_INBOX, format!("{status}{received}"), 0),
        (PIPERMAIL, format!("{status}{received}"), 0),
        (GIT, format!("{status}{received}"), 0),
    ] {
        let mailbox = format!("{from_line}\n{header}Subject: flags\n\nText\n\n");
        let source = Stream::new("mailbox", mailbox.as_bytes());
        let done = Converter::builder().build().convert(source, Null, &());
        let counted = (done.mailboxes[0].deleted, done.messages().filtered, done.messages().written);
        assert_eq!(counted, (deleted, deleted, 1 - deleted), "{mailbox}");
    }
}

//! What begins a message and what does not, in whole mailboxes.

use mbox2eml::Mbox;
use mbox2eml::internals::Splitter;
use mbox2eml::report::WarningKind;
use mbox2eml::source::{Stream, Window};
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};

use super::pack::{Packing, Quoting};
use super::{MBOXRD, TAKEOUT, THUNDERBIRD, hostile, read};

/// The messages of a mailbox, unchanged.
fn split(mailbox: &[u8], rule: SplitRule) -> Vec<Vec<u8>> {
    let messages = Mbox::new(Stream::new("mailbox", mailbox)).split(rule).unquote(Unquote::None).eol(Eol::Keep);
    messages.messages().map(|message| message.unwrap().eml().to_bytes().into_owned()).collect()
}

/// The kinds of warnings, each once, in the order of their first places.
fn warnings_of(mailbox: &[u8]) -> Vec<WarningKind> {
    let (mut spans, mut doubts) = (Vec::new(), Vec::new());
    let window = Window::new(0, mailbox, true);
    Splitter::new(SplitRule::Auto).advance(&window, &mut spans, &mut doubts).unwrap();
    let mut kinds: Vec<_> = doubts.iter().map(|doubt| doubt.kind).collect();
    kinds.dedup();
    kinds
}

fn message(body: &[u8]) -> Vec<u8> {
    [b"From: ann@example.org\nSubject: boundaries\n\n", body].concat()
}

/// Packs messages with nothing quoted, as some programs write them.
fn unquoted(dialect: &Packing<'_>, bodies: &[&[u8]]) -> super::Packed {
    let messages: Vec<_> = bodies.iter().map(|body| message(body)).collect();
    Packing { quoting: Quoting::None, ..*dialect }.pack(&messages)
}

const PROSE: [&[u8]; 10] = [
    b"From here on, all is well.\n",
    b"Well,\n\nFrom here on, all is well.\nSubject: to change\n",
    b"From 3 May to 5 May 2021 we were away.\n",
    b"\nFrom 10:00:00 on Mon 1 Jan 2024 we are away.\n",
    b"\nFrom Mon Jan  1 00:00:00 2024 onwards: everything is new.\n",
    b"\nFrom ann@example.org Mon Jan  1 00:00:00 2024\nand so on: a dated line that no header follows.\n",
    b"\nFrom ann@example.org\nand nothing else\n",
    b"\nFrom - to - we go\n",
    b"\nFrom 79775881893806a3aab141b278cf4039673121d7 Mon Sep 17 00:00:00 2001\nFrom: ann\nSubject: [PATCH]\n\n---\n",
    b"\nFROM ann@example.org Mon Jan  1 00:00:00 2024\nSubject: in capitals\n",
];

#[test]
fn lines_of_a_body_do_not_split() {
    for dialect in [&MBOXRD, &TAKEOUT, &THUNDERBIRD] {
        for body in PROSE {
            let packed = unquoted(dialect, &[b"first\n", body, b"last\n"]);
            assert_eq!(split(&packed.mailbox, SplitRule::Auto), packed.messages, "{}", dialect.name);
        }
    }
}

#[test]
fn a_mailbox_quoted_whole_in_a_takeout_does_not_split() {
    let plain = message(b"Text\n");
    let five = hostile::mailbox_of_five();
    let pasted = message(&five);
    let attached = [
        b"From: ann@example.org\nContent-Type: multipart/mixed; boundary=part\n\n",
        &b"--part\nContent-Type: application/mbox\n\n"[..],
        &five,
        b"--part--\n",
    ];
    for message in [pasted, attached.concat()] {
        let dialect = Packing { quoting: Quoting::None, ..TAKEOUT };
        let packed = dialect.pack(&[plain.clone(), message, plain.clone()]);
        assert_eq!(split(&packed.mailbox, SplitRule::Auto), packed.messages);
        assert_eq!(warnings_of(&packed.mailbox), [WarningKind::DoubtfulBoundary]);
    }
}

#[test]
fn googles_separator_needs_a_thread_below_it() {
    let line = "From 1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019\n";
    let quoted = format!("Forwarded:\n\n{line}Subject: no thread\n\nText\n");
    let packed = unquoted(&TAKEOUT, &[b"first\n", quoted.as_bytes(), b"last\n"]);
    assert_eq!(split(&packed.mailbox, SplitRule::Auto), packed.messages);
    assert_eq!(warnings_of(&packed.mailbox), [WarningKind::DoubtfulBoundary]);
}

/// Some exporters write one, and importers stumble over it.
#[test]
fn a_from_line_below_the_from_line_is_no_header() {
    let from_line = "From - Mon Apr  1 12:00:00 2024\n";
    let mailbox = format!("{from_line}>{from_line}Subject: one\n\nHello\n\n{from_line}>{from_line}Subject: two\n\n");
    let messages = split(mailbox.as_bytes(), SplitRule::Auto);
    assert_eq!(messages, [&b"Subject: one\n\nHello\n"[..], b"Subject: two\n"]);
}

#[test]
fn a_mailbox_appended_to_a_takeout_splits() {
    let body: &[u8] = b"Hello\n";
    let takeout = unquoted(&TAKEOUT, &[body; 5]);
    let thunderbird = unquoted(&THUNDERBIRD, &[body; 20]);
    let mailbox = [takeout.mailbox, thunderbird.mailbox].concat();
    let messages = [takeout.messages, thunderbird.messages].concat();
    assert_eq!(split(&mailbox, SplitRule::Auto), messages);
    assert_eq!(warnings_of(&mailbox), [WarningKind::MixedDialects]);
}

/// Eudora and older mail programs write no empty lines, and truncated messages exist.
#[test]
fn a_multipart_cut_short_does_not_swallow_the_messages_after_it() {
    let dialect = Packing { separated: false, ..MBOXRD };
    let cut: &[u8] = b"From: ann@example.org\nContent-Type: multipart/mixed; boundary=part\n\n--part\n\nText\n";
    let whole = message(b"Text\n");
    let packed = dialect.pack(&[whole.clone(), whole.clone(), cut.to_vec(), whole.clone(), whole]);
    assert_eq!(split(&packed.mailbox, SplitRule::Auto), packed.messages);
}

#[test]
fn pines_folder_data_is_skipped_under_three_conditions() {
    let from_line = "From MAILER-DAEMON Mon Apr  1 12:00:00 2024\n";
    let real = format!("{from_line}Subject: real\n\nHello\n\n");
    let subject = "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n";
    let pseudo = format!("{from_line}{subject}X-IMAP: 1 2\n\nThis text is part of the internal format.\n\n");
    let based = pseudo.replace("X-IMAP:", "X-IMAPbase:");
    let other = pseudo.replace("DON'T", "Don't");
    for (mailbox, count, why) in [
        (format!("{pseudo}{real}"), 1, "all three hold"),
        (pseudo.clone(), 0, "nothing else is there"),
        (format!("{real}{pseudo}"), 2, "it is not the first"),
        (format!("{based}{real}"), 2, "X-IMAPbase marks a real message"),
        (format!("{other}{real}"), 2, "the subject is another"),
    ] {
        assert_eq!(split(mailbox.as_bytes(), SplitRule::Auto).len(), count, "{why}");
        let is_skipped = count < mailbox.matches(from_line).count();
        assert_eq!(warnings_of(mailbox.as_bytes()).contains(&WarningKind::FolderData), is_skipped, "{why}");
    }
}

#[test]
fn a_content_length_is_believed_where_it_is_true() {
    let body = "Text\n\nFrom bob@example.org Mon Apr  1 12:00:00 2024\nSubject: quoted\n\n>From here\n";
    let mailbox = |claim: &str| {
        let from_line = "From ann@example.org Mon Apr  1 12:00:00 2024\n";
        format!("{from_line}Subject: one\nContent-Length: {claim}\n\n{body}\n{from_line}Subject: two\n\nHello\n\n")
    };
    let length = body.len();
    assert_eq!(split(mailbox(&length.to_string()).as_bytes(), SplitRule::Auto).len(), 2);
    // A `>` that a writer of lengths did not need to put there stays.
    let (messages, _) = read(mailbox(&length.to_string()).as_bytes(), Unquote::Auto, Eol::Keep);
    assert!(messages[0].ends_with(b"\n>From here\n"));
    let near = [length - 2, length + 2, length + 3].map(|length| length.to_string());
    let false_claims = ["", "0", "-1", "1e3", "9999", "99999999999999999999999", "5", "many"];
    for claim in false_claims.into_iter().chain(near.iter().map(String::as_str)) {
        assert_eq!(split(mailbox(claim).as_bytes(), SplitRule::Auto).len(), 3, "{claim}");
    }
}

#[test]
fn rules_split_by_what_they_say() {
    let mailbox = b"From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: one\n\nText\n\n\
        From here on, all is well.\n\
        From bob@example.org Mon Apr  1 12:00:00 2024\nSubject: no empty line before\n\nText\n\n\
        From cat@example.org Mon Apr  1 12:00:00 2024\nno field below\n\n\
        From \nTo: a separator without a date\nSubject: five\n\nText\n";
    let subjects = |rule| {
        let heads = split(mailbox, rule);
        heads
            .iter()
            .map(|head| String::from_utf8_lossy(head).lines().next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let [one, three, four] = ["Subject: one", "Subject: no empty line before", "no field below"];
    let five = "To: a separator without a date";
    assert_eq!(subjects(SplitRule::Auto), [one, three, five]);
    assert_eq!(subjects(SplitRule::Strict), [one, four]);
    assert_eq!(subjects(SplitRule::Any), [one, "", three, four, five]);
}

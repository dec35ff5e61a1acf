//! Each rule about boundaries and dates: the fixture that shows it, and what it must not change.

use std::fs;
use std::path::Path;

use WarningKind::{DoubtfulBoundary, ForeignLabels, MissingAttachment, NoHeader, OpenPart};
use mbox2eml::report::{Records, WarningKind};
use mbox2eml::sink::Null;
use mbox2eml::source::Stream;
use mbox2eml::{Converter, Mbox};

use super::warnings::Warnings;

const ANN: &str = "From ann@example.org Mon Apr  1 12:00:00 2024\n";
const BOB: &str = "From bob@example.org Mon Apr  1 13:00:00 2024\n";
const FULL: &str = "From: ann@example.org\nDate: Mon, 1 Apr 2024 12:00:00 +0000\nMessage-ID: <1@example.org>\n";

/// How many messages a mailbox has, and its warnings: kind and line.
fn found(mailbox: &[u8]) -> (u64, Vec<(WarningKind, u64)>) {
    let observer = Warnings::default();
    let done = Converter::builder().build().convert(Stream::new("mailbox", mailbox), Null, &observer);
    let mut warnings: Vec<_> =
        observer.into_inner().iter().map(|warning| (warning.kind, warning.position.line)).collect();
    warnings.sort_by_key(|(_, line)| *line);
    (done.messages().found, warnings)
}

#[test]
fn fixtures_have_these_messages_and_warnings() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let doubtful = |lines: &[u64]| lines.iter().map(|line| (DoubtfulBoundary, *line)).collect::<Vec<_>>();
    for (fixture, messages, warnings) in [
        // A patch and a line of another program in a Mailman archive.
        ("pipermail/patch", 3, doubtful(&[7, 15])),
        ("git/other-sender", 3, vec![]),
        ("mixed/unknown-shape", 3, doubtful(&[1])),
        ("mixed/broken-date", 3, doubtful(&[7, 15])),
        ("mixed/blank-lines", 2, vec![]),
        ("mixed/quoted-first", 2, doubtful(&[1])),
        ("mixed/forwarded", 3, doubtful(&[16, 30])),
        ("mixed/no-headers", 2, vec![(NoHeader, 1), (NoHeader, 4), (DoubtfulBoundary, 4)]),
        ("mixed/space-before-colon", 2, vec![]),
        ("mixed/attached-mailbox", 4, vec![(OpenPart, 16), (OpenPart, 29)]),
        ("mixed/not-quoted", 2, vec![]),
        ("mixed/twelve-hours", 2, vec![]),
        ("mixed/copied", 2, vec![]),
        ("takeout/groups", 2, vec![]),
        ("thunderbird/moved", 3, vec![]),
        ("thunderbird/detached", 1, vec![(MissingAttachment, 1)]),
        ("eudora/converted", 1, vec![(MissingAttachment, 1)]),
    ] {
        let mailbox = fs::read(testdata.join(format!("{fixture}.mbox"))).unwrap();
        assert_eq!(found(&mailbox), (messages, warnings), "{fixture}");
    }
}

#[test]
fn a_label_field_of_the_sender_is_a_warning_where_labels_are_read() {
    let mailbox = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/takeout/foreign-labels.mbox"));
    let observer = Warnings::default();
    let converter = Converter::builder().records(Records::All).build();
    let done = converter.convert(Stream::new("mailbox", &mailbox.unwrap()[..]), Null, &observer);
    let warnings = observer.into_inner();
    assert_eq!(done.messages().found, 2);
    assert!(warnings.iter().any(|warning| (warning.kind, warning.position.message) == (ForeignLabels, 2)));
}

/// Two messages, the first with this text in its body after an empty line.
fn with_body(first: &str, text: &str) -> String {
    format!("{first}From: ann@example.org\nSubject: one\n\nText\n\n{text}\n{first}Subject: two\n\nText\n\n")
}

#[test]
fn lines_of_bodies() {
    let pipermail = "From ann at example.org  Mon Apr  1 12:00:00 2024\n";
    let takeout = "From 1795133425252564992@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: 1\n";
    let hash = "0123456789abcdef0123456789abcdef01234567";
    let git = format!("From {hash} Mon Sep 17 00:00:00 2001\n");
    for (first, text, messages, doubts) in [
        // Git's date, in every dialect and under any sender, even as Mailman's own one-word form.
        (ANN, format!("{git}{FULL}\n---\n"), 2, 1),
        (pipermail, format!("{git}{FULL}\n---\n"), 2, 1),
        (pipermail, format!("From nobody  Mon Sep 17 00:00:00 2001\n{FULL}\n---\n"), 2, 1),
        (ANN, format!("From nobody Mon Sep 17 00:00:00 2001\n{FULL}\n---\n"), 2, 1),
        (ANN, format!("From nobody Mon Sep 17 00:00:01 2001\n{FULL}\n---\n"), 3, 0),
        (ANN, format!("{git}no header\n"), 2, 0),
        (&git, format!("From nobody Mon Sep 17 00:00:00 2001\n{FULL}\n---\n"), 3, 0),
        // Mailman's two blanks.
        (pipermail, format!("From bob at example.org  Mon Apr  1 13:00:00 2024\n{FULL}\n"), 3, 0),
        (pipermail, format!("From bob at example.org Mon Apr  1 13:00:00 2024\n{FULL}\n"), 2, 1),
        (pipermail, format!("From bob@example.org Mon Apr  1 13:00:00 2024\n{FULL}\n"), 2, 1),
        (pipermail, format!("From MAILER-DAEMON  Mon Apr  1 13:00:00 2024\n{FULL}\n"), 3, 0),
        (pipermail, format!("From MAILER-DAEMON Mon Apr  1 13:00:00 2024\n{FULL}\n"), 2, 1),
        // Broken and unknown dates.
        (ANN, format!("From bob@example.org Mon Apr 1 12: 00:00 2024\n{FULL}\n"), 3, 1),
        (pipermail, format!("From bob at example.org  Mon Apr 31 12:00:00 2024\n{FULL}\n"), 3, 1),
        ("From - Mon Apr  1 12:00:00 2024\n", format!("From - yesterday\n{FULL}\n"), 3, 1),
        (ANN, format!("From Herp Derp with love.\n{FULL}\n"), 3, 1),
        (ANN, format!("From bob@example.org\nX-A: 1\nX-B: 2\nX-C: 3\n{FULL}\n"), 3, 1),
        // Prose: two fields are a warning, one is not, and nothing is without an empty line above.
        (ANN, "From Monday on:\nSubject: summer\nTo: all\n".to_owned(), 2, 1),
        (ANN, "From Monday on:\nWhat: summer\nWho: all\n".to_owned(), 2, 1),
        (ANN, "From Monday on:\nWhat: summer\nfor all\n".to_owned(), 2, 0),
        (ANN, "From Monday on all is well.\n".to_owned(), 2, 0),
        (ANN, format!("x\nFrom Monday on:\n{FULL}\n"), 2, 0),
        (ANN, format!(">From bob@example.org\n{FULL}\n"), 2, 0),
        // Google quotes every such line.
        (takeout, "From Monday on all is well.\n".to_owned(), 2, 1),
        (takeout, format!("From Monday on:\n{FULL}\n"), 2, 1),
        (takeout, format!("From 1@xxx Mon Apr 01 12: 00:00 2024\nX-GM-THRID: 2\n{FULL}\n"), 3, 1),
        (takeout, ">From Monday on all is well.\n".to_owned(), 2, 0),
    ] {
        let (count, warnings) = found(with_body(first, &text).as_bytes());
        let doubtful = warnings.iter().filter(|(kind, _)| *kind == DoubtfulBoundary).count();
        assert_eq!((count, doubtful), (messages, doubts), "{first}{text}{warnings:?}");
    }
}

#[test]
fn mailboxes_whose_lines_have_no_known_shape() {
    let message =
        |line: &str| format!("From {line}\nFrom: a@example.org\nSubject: a\n\nText\n\nFrom here on\nnothing\n\n");
    for (lines, doubts) in [
        (
            ["John Smith <j@example.org> 2024-01-02", "Ann <a@example.org> 2024-12-31", "B <b@example.org> 1999-01-01"],
            1,
        ),
        (["b@example.org 25.11.2016 16:18", "cid@example.org 1.1.2017 6:18", "d@example.org 2.2.2017 16:18"], 1),
        (["12345", "12346", "9"], 1),
        (["MAILER-DAEMON", "MAILER-DAEMON", "nobody"], 1),
        // Another pattern begins a message nevertheless.
        (["12345", "MAILER-DAEMON", "12346"], 2),
    ] {
        let mailbox: String = lines.iter().map(|line| message(line)).collect();
        let (messages, warnings) = found(mailbox.as_bytes());
        assert_eq!((messages, warnings.len()), (3, doubts), "{lines:?} {warnings:?}");
        assert_eq!(warnings[0], (DoubtfulBoundary, 1), "{lines:?}");
        // Without a header below, or an empty line above, such a line is text.
        for text in ["nothing\n", "Subject: a\n", "What: a\nWho: b\n"] {
            let text = format!("{mailbox}Text\n\nFrom {}\n{text}\n", lines[0]);
            assert_eq!(found(text.as_bytes()).0, 3, "{text}");
        }
        let text = format!("{mailbox}Text\nFrom {}\nSubject: a\nTo: b\n\n", lines[0]);
        assert_eq!(found(text.as_bytes()).0, 3, "{text}");
    }
}

#[test]
fn what_comes_before_the_first_separator() {
    for (before, expected) in [
        ("", Some(vec![])),
        (" \t \n\n  \n", Some(vec![])),
        ("\u{feff}  \r\n\t\r\n", Some(vec![])),
        (">", Some(vec![(DoubtfulBoundary, 1)])),
        ("\n \n>", Some(vec![(DoubtfulBoundary, 3)])),
        (" ", None),
        (">>", None),
        ("x\n", None),
    ] {
        let mailbox = format!("{before}{ANN}Subject: one\n\nText\n\n{BOB}Subject: two\n\nText\n\n");
        match expected {
            Some(warnings) => assert_eq!(found(mailbox.as_bytes()), (2, warnings), "{before:?}"),
            None => assert_eq!(found(mailbox.as_bytes()).0, 0, "{before:?}"),
        }
    }
    for line in [">From here on\nSubject: one\n\n", ">From ann@example.org Mon Apr  1 12:00:00 2024\nno field\n"] {
        assert_eq!(found(line.as_bytes()).0, 0, "{line}");
    }
}

#[test]
fn forwarded_messages_and_mail_after_truncated_mail() {
    let part = "Content-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Type: message/rfc822\n\n";
    let declared = "Content-Type: multipart/mixed; boundary=cut\n";
    let mark = "Subject: one\n\nSee:\n\n----- Begin Included Message -----\n\n";
    for (above, below, messages, forwarded) in [
        (part, "Subject: two\n\nText\n\n--cut--\n\n", 1, true),
        (mark, "Subject: two\n\nText\n\n", 1, true),
        ("Subject: one\n\nBegin forwarded message:\n\n", "Subject: two\n\nText\n\n", 1, true),
        // Spam that was cut short, and the next mail.
        (part, "Subject: two\n\nText\n\n", 2, false),
        (part, &format!("Subject: two\n{declared}\n--cut\n\nText\n--cut--\n\n"), 2, false),
        ("Subject: one\n\n----- End Included Message -----\n\n", "Subject: two\n\nText\n\n", 2, false),
        ("Subject: one\n\n-----Original Message-----\n\n", "Subject: two\n\nText\n\n", 2, false),
        ("Subject: one\n\nContent-Type: text/plain\n\n", "Subject: two\n\nText\n\n--cut--\n\n", 2, false),
    ] {
        let mailbox = format!("{ANN}{above}{BOB}{below}");
        let (count, warnings) = found(mailbox.as_bytes());
        assert_eq!(count, messages, "{mailbox}{warnings:?}");
        assert_eq!(warnings.iter().any(|(kind, _)| *kind == DoubtfulBoundary), forwarded, "{mailbox}{warnings:?}");
    }
    // A program that quotes all such lines does not write one that is not a separator.
    let takeout = |n: u8| format!("From 179513342525256499{n}@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: 1\n");
    let mailbox = format!("{}{mark}{}Subject: two\n\n", takeout(1), takeout(2));
    assert_eq!(found(mailbox.as_bytes()), (2, vec![]));
}

#[test]
fn messages_without_a_header() {
    let headed = format!("{ANN}Subject: one\n\nText\n\n");
    let headless = format!("{ANN}Text\n\n");
    for (mailbox, messages) in [
        (format!("{headless}{BOB}Text\n\n{ANN}Text\n"), 3),
        (format!("{headless}{BOB}Subject: two\n\nText\n"), 2),
        (format!("{ANN}Text\n{BOB}Text\n"), 1),
        // The first message has a header, so the others have one, too.
        (format!("{headed}{BOB}Text\n\n"), 1),
        // A mailbox of empty messages says nothing about headers.
        (format!("{ANN}{BOB}Text\n"), 1),
    ] {
        assert_eq!(found(mailbox.as_bytes()).0, messages, "{mailbox}");
    }
}

#[test]
fn parts_that_are_left_open() {
    let header = "Content-Type: multipart/mixed; boundary=cut\n\n";
    let open = format!("{ANN}{header}--cut\n\nText\n\n");
    let closed = format!("{ANN}{header}--cut\n\nText\n--cut--\n\n");
    let plain = format!("{BOB}Subject: two\n\nText\n\n");
    let end = format!("{BOB}Subject: two\n\nText\n--cut--\n\n");
    let inner =
        format!("{ANN}{header}--cut\nContent-Type: multipart/mixed; boundary=cut2\n\n--cut2\n\nText\n--cut2--\n");
    for (mailbox, places) in [
        (format!("{open}{plain}"), vec![7]),
        (format!("{open}{plain}{end}"), vec![7, 17]),
        (format!("{open}{end}{end}"), vec![7, 12]),
        (format!("{open}{closed}"), vec![7]),
        (format!("{closed}{plain}{end}"), vec![]),
        (format!("{inner}--cut--\n\n{plain}"), vec![]),
        (format!("{inner}\n{plain}"), vec![11]),
        (format!("{closed}A list's footer\n\n{plain}"), vec![]),
        (format!("{ANN}{header}No part at all\n\n{plain}"), vec![]),
        (format!("{ANN}Subject: one\n\n--cut\n\nText\n\n{plain}"), vec![]),
    ] {
        let warnings = found(mailbox.as_bytes()).1;
        let open: Vec<_> = warnings.iter().filter(|(kind, _)| *kind == OpenPart).map(|(_, line)| *line).collect();
        assert_eq!(open, places, "{mailbox}{warnings:?}");
    }
}

#[test]
fn quoting_in_a_mailbox_that_does_not_quote() {
    let body = |text: &str| format!("{ANN}Subject: a\n\n{text}\n\n");
    let takeout = "From 1795133425252564992@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: 1\n";
    for (mailbox, is_kept) in [
        (format!("{}{}", body("Hello\n\nFrom here on"), body(">From my view")), true),
        (format!("{}{}", body("Hello\nFrom here on"), body(">From my view")), true),
        (body("From here on\n\n>From my view"), true),
        // Before the first unquoted line nothing is known.
        (format!("{}{}", body(">From my view"), body("From here on")), false),
        (body(">From my view"), false),
        // A dated line may be a separator that was kept, one in a header is no text, and Google always quotes.
        (format!("{}{}", body("From a@b Mon Apr  1 12:00:00 2024\ntext"), body(">From my view")), false),
        (format!("{ANN}Subject: a\nFrom here on\n\ntext\n\n{}", body(">From my view")), false),
        (format!("{takeout}\nFrom here on\n\n{takeout}\n>From my view\n\n"), false),
    ] {
        let messages = Mbox::new(Stream::new("mailbox", mailbox.as_bytes())).messages();
        let emls = messages.map(|message| message.unwrap().eml().to_bytes().into_owned());
        let is_there = emls.into_iter().any(|eml| String::from_utf8(eml).unwrap().contains(">From my view"));
        assert_eq!(is_there, is_kept, "{mailbox}");
    }
}

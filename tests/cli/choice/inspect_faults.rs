//! `inspect` of what is damaged, doubtful, too large for an importer, or no mailbox at all.

use std::fs::{self};

use serde_json::json;

use super::inspect::inspect;
use super::totals::{check_sums, messages, number, to_u64};
use crate::archives::make::{self, Member};
use crate::common::{Ran, Scratch, large_mailbox, mailbox, testdata};

#[test]
fn deleted_messages_are_reported_and_left_out_of_the_numbers() {
    let scratch = Scratch::with_mailbox(fs::read(testdata().join("thunderbird/Inbox.mbox")).unwrap());
    let ran = inspect(&scratch, ["in.mbox"]).ends(0);
    for line in ["  messages  2, ", "  deleted   2 messages marked as deleted and not yet removed\n"] {
        assert!(ran.stdout.contains(line), "{line:?}: {ran:#?}");
    }
    assert!(!ran.stdout.contains("  filtered"), "{ran:#?}");
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    assert_eq!((messages(&json), number(&json["mailboxes"][0]["deleted"])), ([4, 2, 0, 0, 2, 0], 2));
    let ran = inspect(&scratch, ["--deleted", "keep", "in.mbox"]).ends(0);
    assert!(ran.stdout.contains("  messages  4, ") && !ran.stdout.contains("  deleted"), "{ran:#?}");
    // One that is filtered, too.
    let ran = inspect(&scratch, ["--subject", "re", "in.mbox"]).ends(0);
    assert!(
        ran.stdout.contains("  deleted   2 messages") && ran.stdout.contains("  filtered  1 message\n"),
        "{ran:#?}"
    );
}

#[test]
fn a_damaged_mailbox_is_reported_and_the_others_are_looked_at() {
    let mut gz = make::gzip(&large_mailbox(700));
    gz.truncate(gz.len() / 2);
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    scratch.write("cut.mbox.gz", gz);
    for inputs in [&["cut.mbox.gz", "in.mbox"][..], &["in.mbox", "cut.mbox.gz"], &["cut.mbox.gz"]] {
        let ran = inspect(&scratch, inputs).ends(1);
        assert!(ran.stderr.contains("mbox2eml: cut.mbox.gz"), "{ran:#?}");
        let damaged = if inputs.len() == 1 { "  damaged   cut.mbox.gz" } else { "  not read to the end\n" };
        assert!(ran.stdout.contains(damaged), "{ran:#?}");
        let json = inspect(&scratch, inputs.iter().chain(&["--json"])).ends(1).json();
        check_sums(&json);
        let damaged = json["mailboxes"].as_array().unwrap().iter().find(|mailbox| mailbox["input"] == "cut.mbox.gz");
        let damaged = damaged.unwrap();
        assert!(damaged["error"].as_str().unwrap().starts_with("cut.mbox.gz"), "{damaged}");
        assert!(messages(damaged)[1] > 0, "{damaged}");
    }
}

#[test]
fn the_exit_code_is_that_of_a_conversion() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    scratch.write("text.txt", "no mailbox\n");
    scratch.write("folder/notes.txt", "no mailbox\n");
    scratch.write("nothing.zip", make::zip(&[Member::deflated("a.txt", "no mailbox\n")]));
    scratch.write("empty.mbox", "");
    fs::create_dir(scratch.path("empty folder")).unwrap();
    for (inputs, code, said) in [
        (&["in.mbox"][..], 0, ""),
        (&["empty.mbox"], 0, ""),
        (&["in.mbox", "missing.mbox"], 1, "missing.mbox: cannot open"),
        (&["text.txt", "in.mbox"], 1, "text.txt: not an mbox"),
        (&["folder", "in.mbox"], 1, "folder: "),
        (&["missing.mbox"], 2, "missing.mbox: cannot open"),
        (&["text.txt"], 2, "text.txt: not an mbox"),
        (&["folder"], 2, "folder: "),
        (&["empty folder"], 2, "empty folder: "),
        (&["nothing.zip"], 2, "nothing.zip: "),
        (&[], 2, "<INPUT>..."),
        (&["--limit", "x", "in.mbox"], 2, "--limit"),
        (&["--for", "unknown", "in.mbox"], 2, "invalid value 'unknown' for '--for <IMPORTER>'"),
        (&["--no-such-option", "in.mbox"], 2, "--no-such-option"),
    ] {
        let ran = inspect(&scratch, inputs);
        assert_eq!(ran.code, Some(code), "{inputs:?}: {ran:#?}");
        assert!(ran.stderr.contains(said), "{inputs:?}: {ran:#?}");
        assert_eq!(ran.stderr.is_empty(), code == 0, "{inputs:?}: {ran:#?}");
        if !inputs.is_empty() && inputs[0].starts_with('-') {
            continue;
        }
        // As a conversion ends.
        if !inputs.is_empty() {
            let converted = scratch.run(inputs.iter().chain(&["--dry-run", "out"]));
            assert_eq!(converted.code, Some(code), "{inputs:?}: {converted:#?}");
        }
    }
}

#[test]
fn json_of_what_could_not_be_opened() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    let json = inspect(&scratch, ["--json", "missing.mbox", "in.mbox"]).ends(1).json();
    check_sums(&json);
    assert_eq!(messages(&json), [1, 1, 0, 0, 0, 0]);
    let failed = json["failed"].as_array().unwrap();
    assert!(matches!(&**failed, [only] if only["input"] == "missing.mbox"), "{json}");
    assert!(failed[0]["reason"].as_str().unwrap().starts_with("cannot open"), "{json}");
}

/// The place of a line that begins so: its number from 1, and its first byte.
fn place(mailbox: &str, line: &str) -> (u64, u64) {
    let at = mailbox.find(line).unwrap();
    (to_u64(mailbox[..at].matches('\n').count() + 1), to_u64(at))
}

#[test]
fn doubtful_boundaries_are_reported_with_their_lines_and_bytes() {
    let first = mailbox(&[(
        "One",
        "x\n\nFrom bob@example.com Mon Apr  1 11:00:00 2024\nis a separator that somebody talks about",
    )]);
    let mbox = format!("{first}{}", mailbox(&[("Two", "y")]).replace("12:00", "12:30"));
    let scratch = Scratch::with_mailbox(&mbox);
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    let (line, byte) = place(&mbox, "From bob@example.com");
    let doubtful = json["doubtful"].as_array().unwrap();
    assert_eq!(number(&json["warnings"]["doubtful-boundary"]), to_u64(doubtful.len()));
    let reported = doubtful.iter().find(|doubtful| doubtful["line"] == line);
    let reported = reported.unwrap_or_else(|| panic!("line {line} is not among {doubtful:?}"));
    let kind = json!("doubtful-boundary");
    assert_eq!((&reported["offset"], &reported["input"], &reported["kind"]), (&json!(byte), &json!("in.mbox"), &kind));
    assert_eq!(json["mailboxes"][0]["doubtful"], json["doubtful"]);
    let text = inspect(&scratch, ["in.mbox"]).ends(0).stdout;
    let why = reported["why"].as_str().unwrap();
    assert!(text.contains(&format!("      in.mbox:{line}, byte {byte}: {why}\n        2024-04-01, ")), "{text}");
}

#[test]
fn doubtful_boundaries_belong_to_their_mailboxes() {
    let doubtful = "x\n\nFrom bob@example.com Mon Apr  1 11:00:00 2024\nis talked about";
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("One", doubtful)]));
    scratch.write("in/b.mbox", mailbox(&[("One", "x")]));
    scratch.write("in/c.mbox", mailbox(&[("Longer", "x"), ("Two", &format!("{doubtful}\n\n{doubtful}"))]));
    let json = inspect(&scratch, ["--json", "in"]).ends(0).json();
    let each: Vec<usize> = json["mailboxes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mailbox| {
            let doubtful = mailbox["doubtful"].as_array().unwrap();
            assert!(doubtful.iter().all(|one| one["input"] == mailbox["input"]), "{mailbox}");
            doubtful.len()
        })
        .collect();
    assert_eq!((each, json["doubtful"].as_array().unwrap().len()), (vec![1, 0, 2], 3));
}

#[test]
fn a_mailbox_that_is_given_twice_has_its_doubtful_boundaries_each_time() {
    let mbox = mailbox(&[("One", "x\n\nFrom bob@example.com Mon Apr  1 11:00:00 2024\nis talked about")]);
    let scratch = Scratch::with_mailbox(mbox);
    let json = inspect(&scratch, ["--json", "in.mbox", "in.mbox"]).ends(0).json();
    for mailbox in json["mailboxes"].as_array().unwrap() {
        let warned = number(&mailbox["warnings"]["doubtful-boundary"]);
        assert_eq!(to_u64(mailbox["doubtful"].as_array().unwrap().len()), warned, "{mailbox}");
    }
}

#[test]
fn of_many_doubtful_boundaries_the_first_are_reported() {
    let doubtful = "From bob@example.com Mon Apr  1 11:00:00 2024\nis talked about\n\n".repeat(30);
    let scratch = Scratch::with_mailbox(mailbox(&[("One", &format!("x\n\n{doubtful}"))]));
    let text = inspect(&scratch, ["in.mbox"]).ends(0).stdout;
    assert!(text.contains("  doubtful-boundary 30\n") && text.contains("    and 27 more (list with -v)\n"), "{text}");
    assert_eq!(text.matches(" in.mbox:").count(), 3, "{text}");
    let text = inspect(&scratch, ["-v", "in.mbox"]).ends(0).stdout;
    assert_eq!(text.matches(" in.mbox:").count(), 30, "{text}");
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    assert_eq!(json["doubtful"].as_array().unwrap().len(), 30);
}

#[test]
fn an_importer_objects_to_a_message_over_its_limit() {
    let line = "A sentence of a very large message. ".repeat(25) + "\n";
    let body = line.repeat(41_000_000 / line.len());
    let scratch = Scratch::with_mailbox(mailbox(&[("Small", "x"), ("Large", &body)]));
    let ran = inspect(&scratch, ["--for", "zoho", "in.mbox"]).ends(0);
    for said in [
        "  for zoho: about 1 ZIP\n",
        "  for zoho: these may be refused (see the warnings below)\n    too-large 1: over 40 MB\n    no-from 2: ",
        "    too-large 1\n      in.mbox:6, byte 65: larger than the importer's limit; written anyway\n        2024-04-01, ",
        ", message 2 (byte 65): Large\n",
    ] {
        assert!(ran.stdout.contains(said), "{said:?}: {ran:#?}");
    }
    let json = inspect(&scratch, ["--for", "zoho", "--json", "in.mbox"]).ends(0).json();
    let may_refuse = json!({
        "too-large": 1, "no-from": 2, "several-from": 0, "no-date": 2, "spaced-field-name": 0, "long-line": 0, "nul-bytes": 0,
        "lone-cr": 0, "open-mime-part": 0,
    });
    assert_eq!(json["for"], json!({"importer": "zoho", "archives_about": 1, "may_refuse": may_refuse}));
    assert_eq!((&json["warnings"]["too-large"], &json["sizes"]["largest"][0]["message"]), (&json!(1), &json!(2)));

    let ran = inspect(&scratch, ["--for", "zoho", "--max-size", "1MB", "in.mbox"]).ends(0);
    assert!(!ran.stdout.contains("over 40 MB") && ran.stdout.contains("    no-from 1: "), "{ran:#?}");
    let ran = inspect(&scratch, ["in.mbox"]).ends(0);
    assert!(!ran.stdout.contains("zoho") && !ran.stdout.contains("too-large"), "{ran:#?}");
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    assert!(json.get("for").is_none(), "{json}");
}

#[test]
fn what_an_importer_may_refuse_is_counted_and_named() {
    let good = "From: ann@example.org\nDate: Mon, 1 Apr 2024 12:00:00 +0000\n";
    let from_line = "From ann@example.org Mon Apr  1 12:00:00 2024\n";
    let long = "x".repeat(999);
    let part = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nopen";
    let messages = [
        format!("{good}Subject: Good\n\nx\n\n"),
        "Date: Mon, 1 Apr 2024 12:00:00 +0000\nSubject: No sender\n\nx\n\n".to_owned(),
        format!("{good}From: bob@example.org\nSubject: Two senders\n\nx\n\n"),
        "From: ann@example.org\nSubject: No date\n\nx\n\n".to_owned(),
        format!("{good}Subject : Space\n\nx\n\n"),
        format!("{good}Subject: Long\n\n{long}\n\n"),
        format!("{good}Subject: NUL\n\n\0\n\n"),
        format!("{good}Subject: CR\n\na\rb\n\n"),
        format!("{good}Subject: Open\n{part}\n\n"),
    ];
    let scratch = Scratch::with_mailbox(messages.map(|message| format!("{from_line}{message}")).concat());
    let json = inspect(&scratch, ["--for", "gmail", "--json", "in.mbox"]).ends(0).json();
    let may_refuse = json!({
        "too-large": 0, "no-from": 1, "several-from": 1, "no-date": 1, "spaced-field-name": 1, "long-line": 1, "nul-bytes": 1,
        "lone-cr": 1, "open-mime-part": 1,
    });
    assert_eq!(json["for"]["may_refuse"], may_refuse);
    assert_eq!(json["mailboxes"][0]["for"]["may_refuse"], may_refuse);
    let named: Vec<(&str, &str)> = json["first_warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| (warning["kind"].as_str().unwrap(), warning["subject"].as_str().unwrap_or_default()))
        .collect();
    for expected in [
        ("no-from", "No sender"),
        ("several-from", "Two senders"),
        ("no-date", "No date"),
        ("spaced-field-name", "Space"),
        ("long-line", "Long"),
        ("nul-bytes", "NUL"),
        ("lone-cr", "CR"),
        ("open-mime-part", "Open"),
    ] {
        assert!(named.contains(&expected), "{expected:?}: {named:?}");
    }
    let text = inspect(&scratch, ["--for", "gmail", "in.mbox"]).ends(0).stdout;
    for said in [
        "    no-from 1: answers \"Expected a single 'From' header\" (google/import-mailbox-to-gmail, issue 23)\n",
        "    long-line 1: RFC 5322, 2.1.1 allows 998 bytes in a line\n",
        "    no-from 1\n      in.mbox:8, byte ",
        ": has no From field\n        2024-04-01, no sender, \"No sender\"\n",
    ] {
        assert!(text.contains(said), "{said:?}: {text}");
    }
    // None of it where no importer is named.
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    assert_eq!((&json["warnings"]["several-from"], &json["warnings"]["nul-bytes"]), (&json!(0), &json!(1)));
}

#[test]
fn an_importer_takes_so_many_messages_in_an_archive() {
    let message = "From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: x\n\nx\n\n";
    for (messages, archives) in [(0, 0), (1, 1), (10_000, 1), (10_001, 2)] {
        let scratch = Scratch::with_mailbox(message.repeat(messages));
        let json = inspect(&scratch, ["--for", "zoho", "--json", "in.mbox"]).ends(0).json();
        assert_eq!(json["for"]["archives_about"], archives, "{messages}");
        let reported = scratch.run(["--for", "zoho", "--json", "in.mbox", "mail.zip"]).ends(0).json();
        assert_eq!(reported["files"].as_array().unwrap().len(), archives, "{messages}");
    }
}

#[test]
fn quiet_and_progress_change_nothing_on_standard_output() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    let without_time = |ran: Ran| ran.stdout.rsplit_once(" read in ").unwrap().0.to_owned();
    let plain = without_time(inspect(&scratch, ["in.mbox"]).ends(0));
    for options in [&["-q"][..], &["--progress", "none"], &["--progress", "plain"], &["--color", "always"]] {
        let ran = inspect(&scratch, options.iter().chain(&["in.mbox"])).ends(0);
        assert_eq!(without_time(ran), plain, "{options:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_of_the_report_that_goes_away_is_no_error() {
    use crate::broken_pipes::{shell, unread};
    let scratch = Scratch::with_mailbox(mailbox(&vec![("One", "x"); 500]));
    for options in ["", "--json", "-v"] {
        let ran = shell(&scratch, &unread(&format!("\"$0\" inspect --progress none {options} in.mbox"))).ends(0);
        assert_eq!((&*ran.stdout, &*ran.stderr), ("0\n", ""), "{options}");
        std::fs::remove_file(scratch.path("gone")).unwrap();
    }
}

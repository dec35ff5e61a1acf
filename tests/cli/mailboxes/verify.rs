//! `verify` names each message that is missing, different or extra.

use super::labelled;
use crate::common::{Scratch, mailbox};

const MESSAGES: [(&str, &str); 4] = [("One", "1"), ("Two", "2"), ("Three", "3"), ("Four", "4")];

/// The mailbox that was written, as text.
fn written(scratch: &Scratch) -> String {
    String::from_utf8(scratch.read("out/in.mbox")).unwrap()
}

fn converted() -> Scratch {
    let scratch = Scratch::with_mailbox(mailbox(&MESSAGES));
    scratch.run(["--format", "mbox", "--manifest", "m.csv", "in.mbox", "out"]).ends(0);
    scratch
}

#[test]
fn differences_are_named_one_by_one() {
    let of = |text: &str, number: usize| text.split("From ").nth(number).unwrap().len() + "From ".len();
    for (change, expected) in [
        (("Subject: Two", "Subject: TWO"), vec!["different\tin.mbox!65\t58"]),
        (("3\n\n", "3, and more\n\n"), vec!["different\tin.mbox!130\t65"]),
        (
            ("From ann@example.org   Mon Apr  1 12:01:00 2024\nSubject: Two\n\n2\n\n", ""),
            vec!["missing\tin.mbox: message 2 of in.mbox"],
        ),
        // The sender, the blanks that say who wrote it, and the time.
        (
            ("From ann@example.org   Mon Apr  1 12:02", "From bob@example.org   Mon Apr  1 12:02"),
            vec!["different\tin.mbox!130\t5"],
        ),
        (("   Mon Apr  1 12:02:00", " Mon Apr  1 12:02:00"), vec!["different\tin.mbox!130\t21"]),
        (("12:02:00 2024", "12:02:01 2024"), vec!["different\tin.mbox!130\t41"]),
    ] {
        let scratch = converted();
        let text = written(&scratch);
        assert_eq!((of(&text, 1), of(&text, 2)), (65, 65));
        scratch.write("out/in.mbox", text.replacen(change.0, change.1, 1));
        let ran = scratch.run(["verify", "--format", "mbox", "in.mbox", "out"]).ends(1);
        assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), expected, "{change:?}");
        let ran = ran.says(&[
            "3 the same + 1 missing or different",
            "cannot find it in in.mbox: no message there has this From_ line and these bytes",
        ]);
        assert!(!ran.stderr.contains(".eml"), "{ran:#?}");
    }
}

#[test]
fn mailboxes_in_a_folder_called_as_in_a_maildir_are_no_maildir() {
    let scratch = Scratch::new();
    scratch.write("in/new/a.mbox", mailbox(&MESSAGES));
    scratch.write("in/cur/b.mbox", mailbox(&MESSAGES));
    scratch.run(["--format", "mbox", "--manifest", "m.csv", "in", "out"]).ends(0);
    assert_eq!(scratch.names("out"), ["cur/b.mbox", "new/a.mbox"]);
    scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(0).prints_nothing();
}

#[test]
fn messages_are_found_wherever_they_are() {
    let scratch = converted();
    let text = written(&scratch);
    let messages: Vec<&str> = text.split_inclusive("\n\nFrom ").collect();
    assert_eq!(messages.len(), 4);
    let (first, rest) = text.split_at(text.find("From ann@example.org   Mon Apr  1 12:01").unwrap());
    // Another order, and one that was added.
    let added = first.replace("One", "Added");
    scratch.write("out/in.mbox", [rest, &added, first].concat());
    scratch.write("out/notes.txt", "mine");
    scratch.write("out/more/other.mbox", &added);
    let ran = scratch.run(["verify", "--format", "mbox", "--json", "in.mbox", "out"]).ends(1);
    let json = ran.json();
    assert_eq!(json["messages"]["already_there"], 4);
    let added_at = format!("in.mbox!{}", rest.len());
    assert_eq!(json["differences"]["extra"], serde_json::json!([added_at, "more/other.mbox!0", "notes.txt"]));
    assert_eq!(json["differences"]["number"], 3);
}

#[test]
fn a_missing_mailbox_is_all_missing() {
    let scratch = Scratch::with_mailbox(labelled(&["Inbox", "Work", "Work"]));
    scratch.run(["--format", "mbox", "--layout", "label", "in.mbox", "out"]).ends(0);
    std::fs::remove_file(scratch.path("out/Work.mbox")).unwrap();
    let ran = scratch.run(["verify", "--format", "mbox", "--layout", "label", "in.mbox", "out"]).ends(1);
    assert_eq!(ran.stdout.matches("missing\tWork.mbox: message ").count(), 2);
}

#[test]
fn the_manifest_finds_each_message() {
    let scratch = Scratch::with_mailbox(labelled(&["Inbox", "Work/Clients", "Inbox"]));
    let args = ["--format", "mbox", "--layout", "label", "--manifest", "m.jsonl", "in.mbox", "out"];
    scratch.run(args).ends(0);
    let rows = String::from_utf8(scratch.read("m.jsonl")).unwrap();
    let rows: Vec<serde_json::Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let paths: Vec<&str> = rows.iter().map(|row| row["path"][0].as_str().unwrap()).collect();
    assert_eq!((paths[0], paths[1]), ("Inbox.mbox!0", "Work/Clients.mbox!0"));
    for (path, row) in paths.iter().zip(&rows) {
        let (mailbox, offset) = path.rsplit_once('!').unwrap();
        let bytes = scratch.read(format!("out/{mailbox}"));
        let message = &bytes[offset.parse::<usize>().unwrap()..];
        assert!(message.starts_with(b"From ") && row["status"] == "written");
    }
    let verify = ["verify", "--manifest", "m.jsonl", "out"];
    scratch.run(verify).ends(0).says(&["Verified: 3 "]).prints_nothing();
    // Again: all of it is there, at the same places.
    scratch.run(args).ends(0);
    let again = String::from_utf8(scratch.read("m.jsonl")).unwrap();
    assert_eq!(again.matches("already_there").count(), 3);
    scratch.run(verify).ends(0);
    let changed = String::from_utf8(scratch.read("out/Inbox.mbox")).unwrap().replacen("here", "HERE", 1);
    scratch.write("out/Inbox.mbox", changed);
    let ran = scratch.run(verify).ends(1);
    assert!(ran.stdout.contains("different\tInbox.mbox!0"), "{ran:#?}");
}

#[test]
fn other_contents_are_refused_and_stay() {
    let scratch = converted();
    scratch.write("in.mbox", mailbox(&MESSAGES[1..]));
    let there = scratch.state("out");
    scratch.run(["--format", "mbox", "in.mbox", "out"]).ends(2).says(&[
        "in.mbox exists and has different contents from what this run would write",
        "choose another name, or move away what is there",
    ]);
    assert!(scratch.state("out") == there);
    // So is a mailbox that has more messages.
    scratch.write("in.mbox", mailbox(&MESSAGES[..3]));
    scratch
        .run(["--format", "mbox", "in.mbox", "out"])
        .ends(2)
        .says(&["cannot finish this mailbox", "has different contents"]);
    assert!(scratch.state("out") == there);
}

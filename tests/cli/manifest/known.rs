//! The delta of a later export: what a manifest lists as written is left out and counted as known.

use serde_json::Value;

use crate::common::{Scratch, mailbox};

/// A message of a Takeout with this Gmail id.
fn gmail(id: u64, subject: &str, labels: &str) -> String {
    format!(
        "From {id}@xxx Wed Apr 03 09:11:45 +0000 2024\nX-GM-THRID: {id}\nX-Gmail-Labels: {labels}\nFrom: b@example.org\n\
         Subject: {subject}\nMessage-ID: <{id}@example.org>\n\nbody\n\n"
    )
}

const FIRST: u64 = 1_795_304_201_582_387_579;

/// A message with a Message-ID and a status, as mail programs change it.
fn message(id: &str, date: &str, status: &str, body: &str) -> String {
    format!(
        "From ann@example.org Mon Apr  1 12:00:00 2024\nMessage-ID: <{id}@example.org>\nDate: {date}\nSubject: =1+1 {id}\n\
         From: \"=A\" <a@example.org>\nTo: +b@example.org\nStatus: {status}\n\n{body}\n\n"
    )
}

/// The statuses and reasons of a manifest in JSON.
fn statuses(scratch: &Scratch, manifest: &str) -> Vec<(String, String)> {
    let rows = String::from_utf8(scratch.read(manifest)).unwrap();
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        (text("status"), text("reason"))
    };
    rows.lines().map(row).collect()
}

/// Converts `before` with a manifest, then `after` with that as known; how many messages of `after` are known and written.
fn delta(before: &str, after: &str, first: &[&str], second: &[&str]) -> (u64, u64) {
    let mut counts = Vec::new();
    for manifest in ["before.csv", "before.jsonl"] {
        let scratch = Scratch::new();
        scratch.write("before.mbox", before);
        scratch.write("after.mbox", after);
        scratch.run(first.iter().chain(&["--manifest", manifest, "before.mbox", "out"])).ends(0);
        for out in ["delta", "delta.zip"] {
            for threads in ["1", "4"] {
                let args = ["--json", "--threads", threads, "--known", manifest, "after.mbox", out];
                let json = scratch.run(second.iter().chain(&args).chain(&["--dry-run"])).ends(0).json();
                counts.push((json["messages"]["known"].clone(), json["messages"]["written"].clone()));
            }
            let args = ["--json", "--known", manifest, "--manifest", "after.jsonl", "after.mbox", out];
            let json = scratch.run(second.iter().chain(&args)).ends(0).json();
            let messages = &json["messages"];
            counts.push((messages["known"].clone(), messages["written"].clone()));
            let rows = statuses(&scratch, "after.jsonl");
            let known = rows.iter().filter(|row| **row == ("known".to_owned(), "written by an earlier run".to_owned()));
            assert_eq!(Some(known.count()), messages["known"].as_u64().map(|known| usize::try_from(known).unwrap()));
            // Verify goes the same way, where there is anything to verify.
            if messages["written"] == 0 {
                continue;
            }
            scratch.run(["verify"].iter().chain(second).chain(&["--known", manifest, "after.mbox", out])).ends(0);
        }
    }
    let numbers = |(known, written): (Value, Value)| (known.as_u64().unwrap(), written.as_u64().unwrap());
    let counts: Vec<(u64, u64)> = counts.into_iter().map(numbers).collect();
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    counts[0]
}

#[test]
fn a_later_takeout_gives_the_new_messages_only() {
    let january = gmail(FIRST, "a", "Inbox,Unread") + &gmail(FIRST + (1 << 31), "b", "Sent");
    // A label has changed, and a message has moved.
    let april = gmail(FIRST + (2 << 31), "new", "Inbox")
        + &gmail(FIRST + (1 << 31), "b", "Sent")
        + &gmail(FIRST, "a", "Archived");
    assert_eq!(delta(&january, &april, &[], &[]), (2, 1));
    // Whatever the layout and the line ends are.
    assert_eq!(delta(&january, &april, &["--layout", "label"], &["--eol", "lf"]), (2, 1));
}

#[test]
fn messages_without_a_gmail_id_are_known_by_their_message_id() {
    let (monday, tuesday) = ("Mon, 1 Apr 2024 12:00:00 +0000", "Tue, 2 Apr 2024 12:00:00 +0000");
    let before = message("1", monday, "O", "x") + &message("2", monday, "O", "x");
    // One has been read since, and another message was sent under the id of the second.
    let after = message("1", monday, "RO", "x") + &message("2", monday, "O", "x") + &message("2", tuesday, "O", "y");
    assert_eq!(delta(&before, &after, &[], &[]), (2, 1));
}

#[test]
fn messages_without_any_id_are_known_by_their_content() {
    let before = mailbox(&[("One", "1"), ("Two", "2")]);
    let after = mailbox(&[("One", "1"), ("Two", "other"), ("Three", "3")]);
    assert_eq!(delta(&before, &after, &[], &[]), (1, 2));
}

#[test]
fn what_an_earlier_run_left_out_is_not_known() {
    let messages = gmail(FIRST, "a", "Inbox") + &gmail(FIRST + (1 << 31), "b", "Trash");
    assert_eq!(delta(&messages, &messages, &["--not-label", "Trash"], &[]), (1, 1));
    // A duplicate is as good as the message that it repeats.
    let again = message("1", "x", "O", "x") + &message("2", "x", "O", "x");
    assert_eq!(delta(&again.repeat(2), &again, &["--dedup", "id"], &[]), (2, 0));
}

#[test]
fn several_manifests_add_up_and_what_is_known_stays_known() {
    let scratch = Scratch::new();
    let months = [0, 1, 2].map(|month| gmail(FIRST + (month << 31), "x", "Inbox"));
    scratch.write("1.mbox", months[..1].concat());
    scratch.write("2.mbox", months[..2].concat());
    scratch.write("3.mbox", months.concat());
    scratch.run(["1.mbox", "1", "--manifest", "1.csv"]).ends(0).counts(1, 1, 0);
    scratch
        .run(["2.mbox", "2", "--known", "1.csv", "--manifest", "2.csv"])
        .ends(0)
        .says(&["2 found = 1 written + 1 known\n"]);
    scratch.run(["3.mbox", "3", "--known", "2.csv"]).ends(0).says(&["3 found = 1 written + 2 known\n"]);
    scratch
        .run(["3.mbox", "4", "--known", "1.csv", "--known", "2.csv"])
        .ends(0)
        .says(&["3 found = 1 written + 2 known\n"]);
    scratch.run(["inspect", "3.mbox", "--known", "2.csv"]).ends(0);
}

#[test]
fn a_message_that_was_cut_off_is_not_known() {
    let whole = gmail(FIRST, "a", "Inbox");
    let cut = &whole[..whole.len() - 4];
    assert_eq!(delta(cut, &whole, &[], &[]), (0, 1));
}

#[test]
fn what_is_no_manifest_is_refused() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1")]));
    scratch.write("m.csv", "a,b\n1,2\n");
    for (manifest, error) in [
        ("gone.csv", "--known: gone.csv: cannot read this manifest: No such file"),
        ("m.csv", "--known: m.csv: cannot read this manifest: it is not a manifest"),
        ("in.mbox", "--known: in.mbox: the name of a manifest must end in .csv or .jsonl"),
    ] {
        scratch.run(["in.mbox", "out", "--known", manifest]).ends(2).says(&[error]);
        assert!(!scratch.path("out").exists());
    }
    // A row that was cut is a message that is not known.
    scratch.run(["in.mbox", "out", "--manifest", "m.jsonl"]).ends(0);
    let bytes = scratch.read("m.jsonl");
    scratch.write("cut.jsonl", &bytes[..bytes.len() / 2]);
    let row = bytes.clone();
    for (manifest, bytes, usable) in [
        ("cut.jsonl", bytes[..bytes.len() / 2].to_vec(), false),
        ("cut.jsonl", [&row, &bytes[..bytes.len() / 2]].concat(), true),
        ("cut.csv", csv_of(&scratch, false), false),
        ("cut.csv", csv_of(&scratch, true), true),
    ] {
        scratch.write(manifest, bytes);
        let args = ["--json", "in.mbox", "out2", "--known", manifest];
        if usable {
            let ran = scratch.run(args).ends(0);
            assert_eq!(ran.json()["warnings"]["unread-rows"], 1, "{ran:#?}");
            let said = format!("      {manifest}: 1 row cannot be read, so these messages count as new; the first: ");
            ran.says(&["unread-rows 1\n", &said, if manifest == "cut.csv" { "row 3: it has " } else { "line 2: " }]);
        } else {
            let line = if manifest == "cut.csv" { "row 2: it has " } else { "line 1: " };
            let error = format!("--known: {manifest}: cannot read this manifest: ");
            scratch.run(args).ends(2).says(&[&error, line]);
            assert!(!scratch.path("out2").exists());
        }
        std::fs::remove_dir_all(scratch.path("out2")).unwrap_or_default();
    }
}

/// A manifest whose last row is cut, after a whole one or none.
fn csv_of(scratch: &Scratch, has_whole_row: bool) -> Vec<u8> {
    scratch.run(["in.mbox", "csv", "--manifest", "whole.csv"]).says_nowhere(&["panicked"]);
    let text = String::from_utf8(scratch.read("whole.csv")).unwrap();
    let (head, row) = text.split_once('\n').unwrap();
    let whole = if has_whole_row { row } else { "" };
    format!("{head}\n{whole}{}\n", &row[..row.len() / 2]).into_bytes()
}

#[test]
fn a_manifest_with_joined_lists_is_read_as_version_0_1_wrote_it() {
    let scratch =
        Scratch::with_mailbox(gmail(FIRST, "One", "Inbox,\"Bills, paid\"") + &gmail(FIRST + 1, "Two", "Work"));
    let args = ["--layout", "label", "--label-copies", "all", "in.mbox", "out", "--manifest"];
    for manifest in ["m.csv", "m.jsonl"] {
        scratch.run(args.iter().chain(&[manifest])).ends(0);
    }
    let columns: Vec<&str> = super::COLUMNS.split(',').collect();
    let old: String = String::from_utf8(scratch.read("m.jsonl"))
        .unwrap()
        .lines()
        .zip(super::rows(&scratch, "m.csv"))
        .map(|(line, row)| {
            let json: Value = serde_json::from_str(line).unwrap();
            let cell = |name: &&str| match &json[name] {
                Value::Array(_) => format!("\"{name}\":{}", Value::from(&*row[*name])),
                cell => format!("\"{name}\":{cell}"),
            };
            format!("{{{}}}\n", columns.iter().map(cell).collect::<Vec<_>>().join(","))
        })
        .collect();
    assert!(old.contains("One.eml|") && old.contains(r#""labels":"Inbox,\"Bills, paid\"""#), "{old}");
    scratch.write("old.jsonl", old);
    scratch.run(["verify", "--manifest", "old.jsonl", "out"]).ends(0).says(&["Verified: 3 files"]);
    scratch.run(["--known", "old.jsonl", "in.mbox", "delta"]).ends(0).says(&["2 found = 0 written + 2 known"]);
    // A run with that name keeps it.
    scratch.run(args.iter().chain(&["old.jsonl"])).ends(0).says(&["is kept as old~1.jsonl"]);
}

//! `--dedup`: of equal messages the first is kept, over all inputs of a run.

use super::totals::{check_sums, indexes, messages};
use crate::archives::make::{self, Member};
use crate::common::{Scratch, large_mailbox, mailbox};

/// A message of a Takeout with a Gmail id, labels, and the rest as given.
fn takeout(id: u64, labels: &str, rest: &str) -> String {
    format!("From {id}@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: 7\nX-Gmail-Labels: {labels}\n{rest}\n\n")
}

/// Gmail ids of messages received on 2024-04-01 at 12:00:00 and later by fractions of a millisecond.
const ID: u64 = 1_711_972_800_000 << 20;

/// A Takeout of three labels: one message has all of them, and each has one of its own.
fn under_three_labels() -> Scratch {
    let shared = |labels| takeout(ID, labels, "Subject: Shared\nMessage-ID: <shared@example.org>\n\nx");
    let own = |number: u64, label| takeout(ID + number, label, &format!("Subject: Own {number}\n\nx"));
    let scratch = Scratch::new();
    for (number, label) in [(1, "Inbox"), (2, "Starred"), (3, "Work")] {
        let mbox = own(number, label) + &shared("Inbox,Starred,Work");
        scratch.write(format!("Takeout/Mail/{label}.mbox"), mbox);
    }
    scratch
}

#[test]
fn a_message_exported_under_three_labels_is_one() {
    let scratch = under_three_labels();
    for (how, out) in [("id", "by id"), ("content", "by content")] {
        let ran = scratch.run(["--dedup", how, "--json", "--name", "{index}_{subject}", "Takeout", out]).ends(0);
        let expected = ["Inbox/000001_Own-1", "Inbox/000002_Shared", "Starred/000001_Own-2", "Work/000001_Own-3"];
        assert_eq!(scratch.names(out), expected.map(|name| format!("{name}.eml")), "{how}");
        let json = ran.json();
        check_sums(&json);
        assert_eq!(messages(&json), [6, 4, 0, 2, 0, 0], "{how}");
        let each: Vec<u64> = json["mailboxes"].as_array().unwrap().iter().map(|mailbox| messages(mailbox)[3]).collect();
        assert_eq!(each, [0, 1, 1], "{how}");
        ran.says(&["messages  6 found = 4 written + 2 duplicates\n"]);
    }
    scratch.run(["Takeout", "all"]).ends(0).counts(6, 6, 0);
    scratch.run(["--dedup", "off", "Takeout", "off"]).ends(0).counts(6, 6, 0);
}

#[test]
fn a_second_run_finds_the_same_duplicates() {
    let scratch = under_three_labels();
    let run = || messages(&scratch.run(["--dedup", "id", "--json", "Takeout", "out"]).ends(0).json());
    assert_eq!(run(), [6, 4, 0, 2, 0, 0]);
    let before = scratch.state("out");
    assert_eq!(run(), [6, 0, 4, 2, 0, 0]);
    assert!(scratch.state("out") == before);
}

#[test]
fn the_gmail_id_counts_before_the_message_id() {
    let scratch = Scratch::new();
    let text = |id: &str| format!("Message-ID: {id}\n\nx");
    // The same id twice with other Message-IDs; then two ids with the same Message-ID.
    let gmail = [
        takeout(ID, "Inbox", &text("<a@x>")),
        takeout(ID, "Sent", &text("<b@x>")),
        takeout(ID + 1, "Inbox", &text("<c@x>")),
        takeout(ID + 2, "Inbox", &text("<c@x>")),
    ];
    scratch.write("gmail.mbox", gmail.concat());
    // With a Message-ID only; with none at all.
    let from = "From ann@example.org Mon Apr  1 12:00:00 2024\n";
    let plain = [text("<c@x>"), text("<d@x>"), text("<d@x>"), text("<D@x>"), "A: 1\n\nx".into(), "A: 1\n\nx".into()];
    scratch.write("plain.mbox", plain.map(|text| format!("{from}{text}\n\n")).concat());
    let ran = scratch.run(["--dedup", "id", "--json", "--name", "{index}", "gmail.mbox", "plain.mbox", "out"]).ends(0);
    let kept = [
        "gmail/000001",
        "gmail/000003",
        "gmail/000004",
        "plain/000001",
        "plain/000002",
        "plain/000004",
        "plain/000005",
        "plain/000006",
    ];
    assert_eq!(scratch.names("out"), kept.map(|name| format!("{name}.eml")));
    assert_eq!(messages(&ran.json()), [10, 8, 0, 2, 0, 0]);
}

/// A message as a mailbox program has it.
fn stored(notes: &str, header: &str, body: &str) -> String {
    format!("From ann@example.org Mon Apr  1 12:00:00 2024\n{notes}{header}\n{body}\n")
}

#[test]
fn content_is_what_was_sent_and_not_how_it_is_kept() {
    let (header, body) = ("Subject: One\nFrom: ann@example.org\n", "Hello\n>From here on\n>>From there\n");
    let first = stored("", header, body);
    let notes =
        "X-Gmail-Labels: Inbox,\n Work\nX-GM-THRID: 12\nX-Mozilla-Status: 0001\nStatus: RO\nX-Status: A\nX-UID: 9\n";
    let same = [
        ("line ends", first.replace('\n', "\r\n")),
        ("notes", stored(notes, header, body)),
        ("other notes", stored("status: O\nContent-Length: 36\nLines: 3\n", header, body)),
        ("a note at the end", stored("", &format!("{header}X-Keywords: done\n"), body)),
        ("empty lines at the end", stored("", header, &format!("{body}\n\n\n"))),
        ("another From_ line", first.replace("ann@example.org Mon Apr  1", "bob@example.com Tue Apr  2")),
    ];
    let other = [
        ("the body", stored("", header, &body.replace("Hello", "hello"))),
        ("white space", stored("", header, &body.replace("Hello", "Hello "))),
        ("a line more", stored("", header, &format!("{body}\nBye\n"))),
        ("quoting of another depth", stored("", header, &body.replace(">>From", ">>>From"))),
        ("the subject", stored("", &header.replace("One", "Two"), body)),
        ("another field", stored("", &format!("Received: from x\n{header}"), body)),
        ("a field that looks like a note", stored("", &format!("Statuses: R\n{header}"), body)),
    ];
    let pairs = same.iter().map(|(what, mbox)| (what, mbox, 1)).chain(other.iter().map(|(what, mbox)| (what, mbox, 2)));
    for (what, mbox, kept) in pairs {
        let scratch = Scratch::with_mailbox(&first);
        scratch.write("other.mbox", mbox);
        for inputs in [["in.mbox", "other.mbox"], ["other.mbox", "in.mbox"]] {
            let ran = scratch.run(["--dry-run", "--dedup", "content", "--json"].iter().chain(&inputs).chain(&["out"]));
            assert_eq!(messages(&ran.json()), [2, kept, 0, 2 - kept, 0, 0], "{what}: {inputs:?}");
        }
    }
}

#[test]
fn content_is_compared_after_unquoting() {
    // Git's patches are never quoted, so that the line is a plain one there.
    let scratch = Scratch::new();
    let header = "From: ann@example.org\nDate: Tue, 5 Mar 2024 10:00:00 +0000\nSubject: [PATCH] A\n";
    let quoted = stored("", header, "One\n>From here on\n");
    let plain = stored("", header, "One\nFrom here on\n");
    scratch.write("quoted.mbox", &quoted);
    scratch.write("plain.mbox", &plain);
    let count = |options: &[&str]| {
        let args = ["--dry-run", "--dedup", "content", "--json", "quoted.mbox", "plain.mbox", "out"];
        messages(&scratch.run(options.iter().chain(&args)).ends(0).json())
    };
    assert_eq!(count(&[]), [2, 1, 0, 1, 0, 0]);
    assert_eq!(count(&["--unquote", "none"]), [2, 2, 0, 0, 0, 0]);
    for eol in ["crlf", "lf", "keep"] {
        assert_eq!(count(&["--eol", eol]), [2, 1, 0, 1, 0, 0], "{eol}");
    }
}

#[test]
fn the_first_in_the_order_of_the_inputs_is_kept() {
    let scratch = Scratch::new();
    let with = |own: &str| mailbox(&[(own, "x"), ("Shared", "y")]).replace("12:01", "12:00");
    scratch.write("file.mbox", with("File"));
    scratch.write("folder/Sub/Mail.mbox", with("Folder"));
    scratch.write("archive.zip", make::zip(&[Member::deflated("Takeout/Mail/Zipped.mbox", with("Zip"))]));
    scratch.write("packed.mbox.gz", make::gzip(with("Packed").as_bytes()));
    let inputs = [
        ("file.mbox", "file/"),
        ("folder", "folder/Sub/Mail/"),
        ("archive.zip", "archive/Zipped/"),
        ("packed.mbox.gz", "packed/"),
    ];
    for first in 0..inputs.len() {
        let mut order = inputs;
        order.rotate_left(first);
        let out = format!("out {first}");
        let paths = order.map(|(path, _)| path);
        let options = ["--dedup", "content", "--json", "--name", "{index}_{subject}"];
        let json = scratch.run(options.iter().chain(&paths).chain(&[&*out])).ends(0).json();
        assert_eq!(messages(&json), [8, 5, 0, 3, 0, 0], "{paths:?}");
        let names = scratch.names(&out);
        let shared: Vec<&String> = names.iter().filter(|name| name.ends_with("Shared.eml")).collect();
        assert!(matches!(&*shared, [only] if only.contains(order[0].1)), "{paths:?}: {names:?}");
        assert_eq!(names.len(), 5, "{names:?}");
    }
}

#[test]
fn a_message_that_is_not_wanted_has_no_duplicates() {
    let scratch = Scratch::new();
    let mbox = [takeout(ID, "Trash", "Subject: A\n\nx"), takeout(ID, "Inbox", "Subject: A\n\nx")].concat();
    scratch.write("in.mbox", mbox);
    for how in ["id", "content"] {
        let options = ["--dedup", how, "--not-label", "trash", "--json", "--name", "{index}", "in.mbox"];
        let json = scratch.run(options.iter().chain(&[how])).ends(0).json();
        assert_eq!((scratch.names(how), messages(&json)), (vec!["000002.eml".to_owned()], [2, 1, 0, 0, 1, 0]), "{how}");
    }
}

#[test]
fn duplicates_are_found_over_many_batches_whatever_the_threads() {
    let half = large_mailbox(600);
    let scratch = Scratch::with_mailbox([&half[..], &half].concat());
    scratch.write("half.mbox", &half);
    scratch.run(["--name", "{index}", "half.mbox", "expected"]).ends(0);
    for threads in ["1", "2", "4", "9"] {
        let options = ["--dedup", "content", "--json", "--threads", threads, "--name", "{index}", "in.mbox", threads];
        assert_eq!(messages(&scratch.run(options).ends(0).json()), [1200, 600, 0, 600, 0, 0], "{threads} threads");
        assert!(scratch.state(threads) == scratch.state("expected"), "{threads} threads");
    }
    let numbers: Vec<usize> = (1..=600).collect();
    assert_eq!(indexes(&scratch.tree("4")), numbers);
}

#[test]
fn what_is_left_of_a_message_does_not_replace_the_whole_one() {
    let whole = std::fs::read(crate::common::testdata().join("takeout/takeout.mbox")).unwrap();
    let scratch = Scratch::new();
    scratch.write("a.mbox", &whole[..whole.len() - 100]);
    scratch.write("b.mbox", &whole);
    scratch.run(["b.mbox", "whole"]).ends(0);
    let last = scratch.names("whole").pop().unwrap();
    for how in ["id", "content"] {
        let out = format!("out {how}");
        let json = scratch.run(["--dedup", how, "--json", "a.mbox", "b.mbox", &out]).ends(0).json();
        assert_eq!((&json["messages"]["duplicates"], &json["messages"]["written"]), (&7.into(), &9.into()), "{how}");
        assert_eq!(scratch.read(format!("{out}/b/{last}")), scratch.read(format!("whole/{last}")), "{how}");
    }
}

#[cfg(unix)]
#[test]
fn a_message_equal_to_one_that_could_not_be_written_is_a_duplicate_whatever_the_threads() {
    let whole = std::fs::read(crate::common::testdata().join("takeout/takeout.mbox")).unwrap();
    let scratch = Scratch::new();
    scratch.write("a.mbox", &whole);
    scratch.write("b.mbox", &whole);
    for threads in ["1", "2", "4"] {
        std::fs::create_dir(scratch.path("out")).unwrap();
        std::os::unix::fs::symlink("nowhere", scratch.path("out/a")).unwrap();
        let args = ["--threads", threads, "--dedup", "id", "--json", "a.mbox", "b.mbox", "out"];
        assert_eq!(messages(&scratch.run(args).ends(1).json()), [16, 0, 0, 8, 0, 8], "{threads} threads");
        // Once the cause is gone, the next run writes what is missing.
        std::fs::remove_file(scratch.path("out/a")).unwrap();
        assert_eq!(messages(&scratch.run(args).ends(0).json()), [16, 8, 0, 8, 0, 0], "{threads} threads");
        std::fs::remove_dir_all(scratch.path("out")).unwrap();
    }
}

//! ZIP volumes: how large they become, what they are called, and what is reported about them.

use std::fs;

use serde_json::json;

use super::read::{Entry, entries_of, tree_of, unpacked};
use crate::common::{Scratch, large_mailbox, mailbox};

/// So many short messages.
fn short_messages(number: usize) -> String {
    mailbox(&vec![("Short", "x"); number])
}

/// The names of the volumes that were made of `mail.zip`.
fn volumes(scratch: &Scratch) -> Vec<String> {
    scratch.names(".").into_iter().filter(|name| name.starts_with("mail")).collect()
}

#[test]
fn the_limit_of_entries_is_kept() {
    for (messages, volumes_of) in [(6, &[3, 3][..]), (7, &[3, 3, 1]), (4, &[3, 1]), (10, &[3, 3, 3, 1])] {
        let scratch = Scratch::with_mailbox(short_messages(messages));
        scratch.run(["in.mbox", "out"]).ends(0);
        scratch.run(["--zip-max-entries", "3", "in.mbox", "mail.zip"]).ends(0);
        let names: Vec<String> = (1..=volumes_of.len()).map(|number| format!("mail-{number:03}.zip")).collect();
        assert_eq!(volumes(&scratch), names);
        let read: Vec<Vec<Entry>> = names.iter().map(|name| entries_of(&scratch, name)).collect();
        assert_eq!(read.iter().map(Vec::len).collect::<Vec<_>>(), volumes_of);
        assert!(unpacked(read.iter().flatten()) == scratch.tree("out"));
    }
}

#[test]
fn one_volume_has_no_number() {
    for messages in [1, 2, 3] {
        let scratch = Scratch::with_mailbox(short_messages(messages));
        let args = ["--zip-max-entries", "3", "--zip-max-size", "1MB", "in.mbox", "mail.zip"];
        scratch.run(args).ends(0).says(&["  archive   mail.zip ("]);
        assert_eq!(volumes(&scratch), ["mail.zip"]);
        assert_eq!(entries_of(&scratch, "mail.zip").len(), messages);
    }
}

/// What one entry takes in a stored ZIP: its local header, its bytes, its record in the directory.
fn stored_size(entry: &Entry) -> usize {
    (30 + entry.name.len() + 9) + entry.bytes.len() + (46 + entry.name.len() + 9)
}

#[test]
fn the_limit_of_size_is_kept_and_used() {
    let scratch = Scratch::with_mailbox(large_mailbox(60));
    scratch.run(["in.mbox", "out"]).ends(0);
    for (limit, number) in [("100000", 100_000), ("64KiB", 65_536), ("0.2MB", 200_000)] {
        scratch.run(["--compression", "0", "--zip-max-size", limit, "in.mbox", "mail.zip"]).ends(0);
        let names = volumes(&scratch);
        assert!(names.len() > 2, "{names:?}");
        let read: Vec<Vec<Entry>> = names.iter().map(|name| entries_of(&scratch, name)).collect();
        for (at, name) in names.iter().enumerate() {
            let size = scratch.read(name).len();
            assert_eq!(size, 22 + read[at].iter().map(stored_size).sum::<usize>(), "{name}");
            assert!(size <= number, "{name} has {size} bytes, and {limit} were allowed");
            let next = read.get(at + 1).map(|next| stored_size(&next[0]));
            assert!(next.is_none_or(|next| size + next > number), "{name} has room for another");
        }
        assert!(unpacked(read.iter().flatten()) == scratch.tree("out"), "{limit}");
        names.iter().for_each(|name| fs::remove_file(scratch.path(name)).unwrap());
    }
}

#[test]
fn a_volume_may_be_exactly_as_large_as_allowed() {
    let scratch = Scratch::with_mailbox(short_messages(5));
    scratch.run(["in.mbox", "whole.zip"]).ends(0);
    let size = scratch.read("whole.zip").len();
    scratch.run(["--zip-max-size", &size.to_string(), "in.mbox", "mail.zip"]).ends(0);
    assert_eq!(volumes(&scratch), ["mail.zip"]);
    fs::remove_file(scratch.path("mail.zip")).unwrap();
    scratch.run(["--zip-max-size", &(size - 1).to_string(), "in.mbox", "mail.zip"]).ends(0);
    assert_eq!(volumes(&scratch), ["mail-001.zip", "mail-002.zip"]);
}

#[test]
fn volumes_are_the_same_for_any_number_of_threads() {
    let scratch = Scratch::with_mailbox(large_mailbox(1200));
    for (folder, threads) in [("one", "1"), ("four", "4")] {
        let out = format!("{folder}/mail.zip");
        scratch.run(["--threads", threads, "--zip-max-size", "50kB", "in.mbox", &out]).ends(0);
    }
    assert!(scratch.count("one") > 3);
    assert!(scratch.tree("one") == scratch.tree("four"));
}

#[test]
fn volumes_are_reported_with_their_sizes_and_in_json() {
    let scratch = Scratch::with_mailbox(short_messages(7));
    let args = ["--json", "--zip-max-entries", "3", "in.mbox", "new/mail.zip"];
    for counts in [(7, 7, 0), (7, 0, 7)] {
        let ran = scratch.run(args).ends(0);
        ran.counts(counts.0, counts.1, counts.2);
        let size = |name: &str| scratch.read(format!("new/{name}")).len();
        let line = format!(
            "  archives  3: new/mail-001.zip ({} B) to new/mail-003.zip ({} B)\n",
            size("mail-001.zip"),
            size("mail-003.zip")
        );
        let json = ran.says(&[&line]).json();
        assert_eq!(json["files"], json!(["new/mail-001.zip", "new/mail-002.zip", "new/mail-003.zip"]));
        assert_eq!((&json["output"], &json["complete"]), (&json!("new/mail.zip"), &json!(true)));
    }
}

#[test]
fn a_message_larger_than_a_volume_has_one_of_its_own_and_a_warning() {
    let body = "A line that is long enough\n".repeat(400);
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x"), ("Large", body.trim_end()), ("C", "x"), ("D", "x")]));
    let args = ["--compression", "0", "--zip-max-size", "2kB", "--json", "in.mbox", "mail.zip"];
    let warning = "oversize-volume 1\n      in.mbox:6, byte 61: larger than the size limit of a ZIP: written to a ZIP of its own\n";
    let ran = scratch.run(args).ends(0).says(&[warning]);
    ran.counts(4, 4, 0);
    assert_eq!(ran.json()["warnings"]["oversize-volume"], 1);
    let of = |name| tree_of(&scratch, name).len();
    assert_eq!(["mail-001.zip", "mail-002.zip", "mail-003.zip"].map(of), [1, 1, 2]);
    assert!(scratch.read("mail-002.zip").len() > 2000 && scratch.read("mail-003.zip").len() <= 2000);
}

#[test]
fn a_limit_below_everything_gives_each_message_a_volume() {
    let scratch = Scratch::with_mailbox(short_messages(4));
    let ran = scratch.run(["--zip-max-size", "1", "in.mbox", "mail.zip"]).ends(0);
    ran.says(&["oversize-volume 4\n", "and 1 more"]).counts(4, 4, 0);
    assert_eq!(volumes(&scratch), [1, 2, 3, 4].map(|number| format!("mail-{number:03}.zip")));
}

#[test]
fn more_than_999_volumes_have_longer_numbers() {
    let scratch = Scratch::with_mailbox(short_messages(1001));
    scratch.run(["--zip-max-entries", "1", "in.mbox", "new/mail.zip"]).ends(0);
    assert_eq!(scratch.count("new"), 1001);
    for name in ["mail-001.zip", "mail-999.zip", "mail-1000.zip", "mail-1001.zip"] {
        assert_eq!(entries_of(&scratch, &format!("new/{name}")).len(), 1, "{name}");
    }
}

#[test]
fn several_mailboxes_share_the_volumes() {
    let scratch = Scratch::new();
    scratch.write("a.mbox", short_messages(4));
    scratch.write("b.mbox", short_messages(4));
    scratch.run(["a.mbox", "b.mbox", "out"]).ends(0);
    scratch.run(["--zip-max-entries", "3", "a.mbox", "b.mbox", "mail.zip"]).ends(0);
    let read = volumes(&scratch).iter().flat_map(|name| entries_of(&scratch, name)).collect::<Vec<_>>();
    assert_eq!(volumes(&scratch).len(), 3);
    assert!(unpacked(&read) == scratch.tree("out"));
}

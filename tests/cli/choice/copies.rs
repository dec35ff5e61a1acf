//! `--label-copies all`: a message is put under each of its labels and counts as one.

use std::fs;

use super::layouts::{folders, labelled};
use super::totals::{check_sums, messages};
use crate::archives::read::entries;
use crate::common::Scratch;

const COPIES: [&str; 4] = ["--layout", "label", "--label-copies", "all"];

const LABELS: [&str; 7] = [
    "Inbox,Work,Unread,Starred",
    "Work/2024,Work,Trash",
    "Archived,Unread",
    "Inbox",
    "Posteingang,\"Work, urgent\"",
    "Work,work",
    "",
];

const PLACES: [(usize, &str); 10] = [
    (1, "Inbox"),
    (1, "Work"),
    (2, "Trash"),
    (2, "Work"),
    (2, "Work/2024"),
    (3, "Archive"),
    (4, "Inbox"),
    (5, "Posteingang"),
    (5, "Work, urgent"),
    (6, "Work"),
];

/// All places, those of messages without labels included.
fn places() -> Vec<(usize, String)> {
    PLACES.iter().copied().chain([(7, "Archive")]).map(|(number, folder)| (number, folder.to_owned())).collect()
}

#[test]
fn a_copy_is_in_the_folder_of_each_label_and_they_count_as_one() {
    let scratch = Scratch::with_mailbox(labelled(&LABELS));
    let json = scratch.run(COPIES.iter().chain(&["--json", "in.mbox", "out"])).ends(0).json();
    check_sums(&json);
    assert_eq!(messages(&json), [7, 7, 0, 0, 0, 0]);
    let tree = scratch.tree("out");
    assert_eq!(folders(&tree), places());
    // The copies have the bytes, the time and the name of the one there would be without them.
    scratch.run(["in.mbox", "one"]).ends(0);
    for name in tree.keys() {
        let one = format!("one/{}", name.rsplit('/').next().unwrap());
        assert_eq!(scratch.read(format!("out/{name}")), scratch.read(&one), "{name}");
        let time = |path: &str| fs::metadata(scratch.path(path)).unwrap().modified().unwrap();
        assert_eq!(time(&format!("out/{name}")), time(&one), "{name}");
    }
}

#[test]
fn without_folders_of_labels_it_is_refused() {
    let scratch = Scratch::with_mailbox(labelled(&LABELS));
    for layout in ["flat", "date"] {
        let refused = scratch.run(["--layout", layout, "--label-copies", "all", "in.mbox", "out"]).ends(2);
        refused.says(&["--label-copies all needs --layout label, or {label} in --name\n"]);
    }
    assert_eq!(scratch.count("out"), 0);
}

#[test]
fn copies_of_an_earlier_run_are_already_there_and_missing_ones_are_written() {
    let scratch = Scratch::with_mailbox(labelled(&LABELS));
    let run = || messages(&scratch.run(COPIES.iter().chain(&["--json", "in.mbox", "out"])).ends(0).json());
    assert_eq!(run(), [7, 7, 0, 0, 0, 0]);
    let before = scratch.state("out");
    assert_eq!(run(), [7, 0, 7, 0, 0, 0]);
    assert!(scratch.state("out") == before);
    let copy = scratch.names("out").into_iter().find(|name| name.starts_with("Work/2024/")).unwrap();
    fs::remove_file(scratch.path("out").join(copy)).unwrap();
    let [found, written, already_there, ..] = run();
    assert_eq!((found, written + already_there), (7, 7));
    assert!(scratch.state("out") == before);
    // One copy for each message first, the others later.
    scratch.run(["--layout", "label", "in.mbox", "grown"]).ends(0);
    scratch.run(COPIES.iter().chain(&["in.mbox", "grown"])).ends(0);
    assert!(scratch.state("grown") == before);
}

#[test]
fn copies_are_the_same_in_a_zip_and_for_any_number_of_threads() {
    let scratch = Scratch::with_mailbox(labelled(&LABELS.repeat(300)));
    let run = |threads: &str, out: &str| {
        let json = scratch.run(COPIES.iter().chain(&["--threads", threads, "--json", "in.mbox", out])).ends(0).json();
        assert_eq!(messages(&json), [2100, 2100, 0, 0, 0, 0]);
    };
    run("1", "out");
    run("4", "again");
    assert!(scratch.state("out") == scratch.state("again"));
    run("1", "one.zip");
    run("4", "four.zip");
    assert!(scratch.read("one.zip") == scratch.read("four.zip"));
    let packed = entries(&scratch.path("one.zip"));
    let tree = scratch.tree("out");
    assert_eq!(packed.len(), 3300);
    assert!(packed.iter().all(|entry| tree[&entry.name] == entry.bytes) && tree.len() == 3300);
}

#[test]
fn the_folder_of_a_label_that_was_not_asked_for_gets_its_copy_too() {
    let scratch = Scratch::with_mailbox(labelled(&LABELS));
    let json = scratch.run(COPIES.iter().chain(&["--label", "inbox", "--json", "in.mbox", "out"])).ends(0).json();
    assert_eq!(messages(&json), [7, 3, 0, 0, 4, 0]);
    let expected: Vec<_> = places().into_iter().filter(|(number, _)| [1, 4, 5].contains(number)).collect();
    assert_eq!(folders(&scratch.tree("out")), expected);
}

//! Messages that are there under another number than their own: another mailbox of the same export came before them.

use std::collections::BTreeMap;

use crate::archives::make::Member;
use crate::archives::takeout::zip_of;
use crate::choice::totals::{check_sums, messages};
use crate::common::{Scratch, Tree, gmail};

/// Writes a part of an export, with a mailbox of so many messages, numbered from `first` on; broken if it is to be so.
fn write_part(scratch: &Scratch, part: usize, first: u64, count: u64, is_broken: bool) {
    let label = |number: u64| if number.is_multiple_of(2) { "Inbox" } else { "Work/Clients" };
    let mailbox: String = (first..first + count).map(|number| gmail(number, label(number), "x")).collect();
    let member = (format!("Takeout/Mail/Part {part}.mbox"), mailbox.into_bytes());
    let zip = zip_of(&[member], |name, bytes| Member::stored(name, bytes));
    let length = if is_broken { zip.len() / 2 } else { zip.len() };
    scratch.write(format!("in/takeout-20261122T000000Z-{part:03}.zip"), &zip[..length]);
}

/// How often each content is in a folder of the tree.
fn contents(tree: &Tree) -> BTreeMap<(String, Vec<u8>), usize> {
    let mut counts = BTreeMap::new();
    for (name, bytes) in tree {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        *counts.entry((folder, bytes.clone())).or_default() += 1;
    }
    counts
}

const LABELS: [&str; 4] = ["--json", "--layout", "label", "in"];

#[test]
fn a_repaired_part_adds_its_own_messages_only() {
    for template in ["{index}", "{index}_{date}_{subject}", "{date}_{index}"] {
        for threads in ["1", "4"] {
            let scratch = Scratch::new();
            let run = |options: &[&str], out: &str| {
                scratch
                    .run(["--threads", threads, "--name", template].iter().chain(options).chain(&LABELS).chain(&[out]))
            };
            for (part, is_broken) in [(1, false), (2, true), (3, false)] {
                write_part(&scratch, part, 100 * u64::try_from(part).unwrap(), 20, is_broken);
            }
            let first = run(&[], "out").ends(1).json();
            check_sums(&first);
            let there = first["messages"]["written"].as_u64().unwrap();
            let before = scratch.state("out");
            assert!((40..60).contains(&there), "{first}");
            assert_eq!(u64::try_from(before.0.len()).unwrap(), there);

            write_part(&scratch, 2, 200, 20, false);
            let dry = run(&["--dry-run"], "out").ends(0).json();
            assert_eq!(messages(&dry), [60, 60 - there, there, 0, 0, 0], "{template}");
            assert_eq!(scratch.state("out"), before);
            let second = run(&[], "out").ends(0).json();
            check_sums(&second);
            assert_eq!(messages(&second), [60, 60 - there, there, 0, 0, 0], "{template}");

            run(&[], "alone").ends(0);
            assert!(contents(&scratch.tree("out")) == contents(&scratch.tree("alone")), "{template}");
            let after = scratch.state("out");
            assert_eq!(messages(&run(&[], "out").ends(0).json()), [60, 0, 60, 0, 0, 0]);
            assert_eq!(scratch.state("out"), after);
            let verified = scratch.run(["verify", "--name", template].iter().chain(&LABELS).chain(&["out"])).ends(0);
            assert_eq!(verified.json()["complete"], true);
        }
    }
}

#[test]
fn a_file_counts_for_one_message_only() {
    // Five equal messages in one mailbox, of which some are there, under numbers that others have.
    let mbox = "From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: Same\n\nx\n\n".repeat(5);
    let name = |number: usize| format!("out/{number:06}_20240401T120000Z_Same.eml");
    for threads in ["1", "4"] {
        for there in [vec![2], vec![5, 1], vec![9], vec![9, 8, 3], vec![7, 8, 9, 10, 11, 12], vec![1, 2, 3, 4, 5]] {
            let scratch = Scratch::with_mailbox(&mbox);
            there.iter().for_each(|number| scratch.write(name(*number), "Subject: Same\r\n\r\nx\r\n"));
            // Another's file, of the same length and of another.
            scratch.write(name(20), "Subject: Same\r\n\r\ny\r\n");
            scratch.write(name(21), "Subject: Same\r\n");
            let expected = u64::try_from(there.len().min(5)).unwrap();
            let run = |options: &[&str]| {
                let ran = scratch.run(options.iter().chain(&["--json", "--threads", threads, "in.mbox", "out"]));
                let messages = ran.ends(0).json()["messages"].clone();
                (messages["written"].as_u64().unwrap(), messages["already_there"].as_u64().unwrap())
            };
            assert_eq!(run(&["--dry-run"]), (5 - expected, expected), "{there:?}");
            assert_eq!(run(&[]), (5 - expected, expected), "{there:?}");
            assert_eq!(scratch.names("out").len(), there.len().max(5) + 2, "{there:?}");
            assert_eq!(run(&[]), (0, 5), "{there:?}");
        }
    }
}

#[test]
fn what_differs_is_no_match() {
    let scratch = Scratch::with_mailbox(gmail(1, "Inbox", "x"));
    let args = ["--layout", "label", "in.mbox", "out"];
    // Another text in the name, another folder, other bytes of the same length, no number.
    for (name, bytes) in [
        ("Inbox/000007_20240401T120000Z_Number-2.eml", None),
        ("Work/000007_20240401T120000Z_Number-1.eml", None),
        ("Inbox/000007_20240401T120000Z_Number-1.eml", Some(1)),
        ("Inbox/7_20240401T120000Z_Number-1.eml", None),
        ("Inbox/0000007_20240401T120000Z_Number-1.eml", None),
    ] {
        let eml = gmail(1, "Inbox", "x").split_once('\n').unwrap().1.replace('\n', "\r\n");
        let mut eml = eml.strip_suffix("\r\n").unwrap().to_owned().into_bytes();
        if let Some(at) = bytes {
            eml[at] ^= 1;
        }
        std::fs::remove_dir_all(scratch.path("out")).unwrap_or_default();
        scratch.write(format!("out/{name}"), &eml);
        scratch.run(args).ends(0).counts(1, 1, 0);
        assert_eq!(scratch.names("out").len(), 2, "{name}");
    }
}

#[test]
fn parts_that_come_one_by_one_give_the_same_messages() {
    for template in ["{index}", "{subject}", "{index}_{date}_{subject}"] {
        let scratch = Scratch::new();
        let args = |out: &'static str| ["--name", template].into_iter().chain(LABELS).chain([out]);
        for part in [4, 2, 3, 1] {
            write_part(&scratch, part, 10 * u64::try_from(part).unwrap(), 6, false);
            let run = scratch.run(args("out")).ends(0).json();
            assert_eq!(run["messages"]["written"], 6, "{template}, {part}: {}", run["messages"]);
        }
        scratch.run(args("alone")).ends(0);
        assert!(contents(&scratch.tree("out")) == contents(&scratch.tree("alone")), "{template}");
        assert_eq!(messages(&scratch.run(args("out")).ends(0).json()), [24, 0, 24, 0, 0, 0], "{template}");
        let verified = scratch.run(["verify"].into_iter().chain(args("out"))).ends(0);
        assert_eq!(verified.json()["complete"], true);
    }
}

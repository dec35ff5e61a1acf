//! `--limit`: the first messages of each mailbox, and nothing behind them.

use serde_json::Value;

use super::totals::{check_sums, messages, to_u64};
use crate::archives::make::{self, Member};
use crate::common::{Scratch, Tree, large_mailbox, large_name, mailbox};

/// A large mailbox packed in every way, each with its name and the folder its messages get.
pub(super) fn packed(mbox: &[u8]) -> (Scratch, Vec<(&'static str, &'static str)>) {
    let scratch = Scratch::with_mailbox(mbox);
    scratch.write("plain.zip", make::zip(&[Member::deflated("in.mbox", mbox)]));
    scratch.write("streamed.zip", make::zip(&[Member::streamed("in.mbox", mbox)]));
    scratch.write("packed.mbox.gz", make::gzip(mbox));
    let tar = make::tar(&[("in.mbox", mbox.to_vec())]);
    scratch.write("packed.tgz", make::gzip(&tar));
    scratch.write("plain.tar", tar);
    let all = [
        ("in.mbox", ""),
        ("packed.mbox.gz", ""),
        ("plain.zip", "in/"),
        ("streamed.zip", "in/"),
        ("packed.tgz", "in/"),
        ("plain.tar", "in/"),
    ];
    (scratch, all.to_vec())
}

/// The files of a folder in a tree, and no others.
#[track_caller]
pub(super) fn below(tree: Tree, folder: &str) -> Tree {
    let inside = |name: String| name.strip_prefix(folder).unwrap_or_else(|| panic!("{name} is elsewhere")).to_owned();
    tree.into_iter().map(|(name, bytes)| (inside(name), bytes)).collect()
}

/// What is said of messages, bytes and warnings.
pub(super) fn books(json: &Value) -> [Value; 3] {
    check_sums(json);
    ["messages", "bytes", "warnings"].map(|key| json[key].clone())
}

#[test]
fn a_limit_is_the_same_however_the_mailbox_is_read() {
    // The second half, and the beginning of the rest, are duplicates. Of the numbers up to 300, 57 have a 7.
    let half = large_mailbox(300);
    let (scratch, inputs) = packed(&[&half[..], &half, &large_mailbox(600)].concat());
    let options = ["--limit", "70", "--dedup", "content", "--subject", "7", "--json", "--name", "{index}"];
    let json = scratch.run(options.iter().chain(&["--threads", "1", "in.mbox", "expected"])).ends(0).json();
    let expected = (scratch.tree("expected"), books(&json));
    assert_eq!((expected.0.len(), messages(&json)), (70, [975, 70, 0, 114, 791, 0]));
    for (number, (input, folder)) in inputs.iter().enumerate() {
        for way in [&["--threads", "1"][..], &["--threads", "4", "--no-mmap"]] {
            let out = format!("out {number} {}", way.len());
            let json = scratch.run(options.iter().chain(way).chain(&[input, &*out])).ends(0).json();
            assert_eq!(books(&json), expected.1, "{input} {way:?}");
            assert!(below(scratch.tree(&out), folder) == expected.0, "{input} {way:?}");
        }
    }
}

#[test]
fn nothing_behind_a_limit_is_found_however_the_mailbox_is_read() {
    // The second limit is in the second batch.
    let mbox = large_mailbox(600);
    let (scratch, inputs) = packed(&mbox);
    for limit in [1_usize, 160] {
        // Those with a 3 in the subject; the last that is taken is the last that is found.
        let wanted: Vec<usize> = (1..=600).filter(|number| number.to_string().contains('3')).take(limit).collect();
        let found = *wanted.last().unwrap();
        let names: Vec<String> = wanted.iter().map(|number| large_name(*number)).collect();
        let counts = [found, wanted.len(), 0, 0, found - wanted.len(), 0].map(to_u64);
        let limit = limit.to_string();
        let options = ["--json", "--limit", &limit, "--subject", "3"];
        let mut all_books = Vec::new();
        for (input, folder) in &inputs {
            for threads in ["1", "4"] {
                let out = format!("out {limit} {input} {threads}");
                let json = scratch.run(options.iter().chain(&["--threads", threads, input, &out])).ends(0).json();
                assert_eq!(messages(&json), counts, "{input} {threads}");
                let written = below(scratch.tree(&out), folder);
                assert!(written.keys().eq(&names), "{input} {threads}: {:?}", written.keys());
                all_books.push(books(&json));
            }
        }
        let json =
            scratch.run_with_input(options.iter().chain(&["-", &format!("stdin {limit}")]), &mbox).ends(0).json();
        all_books.push(books(&json));
        assert!(all_books.iter().all(|books| *books == all_books[0]), "{limit}: {all_books:?}");
    }
}

#[test]
fn a_limit_counts_what_is_left_by_filters_and_duplicates() {
    let subjects = ["A", "B", "A", "C", "A", "C", "B", "D", "A"];
    let all: String = subjects.map(|subject| mailbox(&[(subject, "x")])).concat();
    let scratch = Scratch::with_mailbox(all);
    for (options, counts, numbers) in [
        (&["--limit", "3"][..], [3, 3, 0, 0, 0, 0], &[1, 2, 3][..]),
        (&["--limit", "3", "--dedup", "content"], [4, 3, 0, 1, 0, 0], &[1, 2, 4]),
        (&["--limit", "4", "--dedup", "content"], [8, 4, 0, 4, 0, 0], &[1, 2, 4, 8]),
        (&["--limit", "5", "--dedup", "content"], [9, 4, 0, 5, 0, 0], &[1, 2, 4, 8]),
        (&["--limit", "2", "--subject", "a"], [3, 2, 0, 0, 1, 0], &[1, 3]),
        (&["--limit", "2", "--subject", "c", "--dedup", "content"], [9, 1, 0, 1, 7, 0], &[4]),
        (&["--limit", "1", "--subject", "nobody"], [9, 0, 0, 0, 9, 0], &[]),
    ] {
        let out = format!("out {}", options.join(" "));
        let json = scratch.run(options.iter().chain(&["--json", "--name", "{index}", "in.mbox", &out])).ends(0).json();
        check_sums(&json);
        assert_eq!(messages(&json), counts, "{options:?}");
        let names: Vec<String> = numbers.iter().map(|number| format!("{number:06}.eml")).collect();
        assert_eq!(scratch.names(&out), names, "{options:?}");
    }
}

#[test]
fn a_limit_is_reported() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x"), ("B", "x")]));
    let limited = "Limited to the first matching message of each mailbox.\n";
    scratch.run(["--limit", "1", "in.mbox", "out"]).ends(0).says(&[limited]);
    scratch.run(["in.mbox", "out"]).ends(0).says_nowhere(&["Limited to"]);
}

#[test]
fn damage_behind_a_limit_does_not_matter() {
    let mut gz = make::gzip(&large_mailbox(1200));
    gz.truncate(gz.len() - 5);
    let scratch = Scratch::new();
    scratch.write("in.mbox.gz", gz);
    scratch.run(["in.mbox.gz", "all"]).ends(1);
    let json = scratch.run(["--limit", "10", "--json", "in.mbox.gz", "out"]).ends(0).json();
    assert_eq!(messages(&json), [10, 10, 0, 0, 0, 0]);
}

#[cfg(unix)]
#[test]
fn a_limit_ends_the_reading_of_an_endless_pipe() {
    use std::process::Command;

    use crate::common::{PROGRAM, Ran, clean};

    let scratch = Scratch::new();
    let message = "From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: One\n\nHello\n";
    let line = format!("yes '{message}' | '{PROGRAM}' --json --limit 1000 - out");
    let mut shell = clean(Command::new("sh"), &scratch.path("."));
    let json = Ran::of(shell.args(["-c", &line])).ends(0).json();
    assert_eq!(messages(&json), [1000, 1000, 0, 0, 0, 0]);
    assert_eq!(scratch.count("out"), 1000);
}

//! The entries of a ZIP are the very files that a folder would get.

use std::time::{Duration, UNIX_EPOCH};

use super::read::{entries_of, tree_of, unpacked};
use super::takeout::{archives, takeout, unpack};
use crate::common::{Scratch, large_mailbox, mailbox, name_of, testdata};

/// Options that change names, bytes or folders.
const OPTIONS: [&[&str]; 11] = [
    &[],
    &["--for", "zoho"],
    &["--layout", "label"],
    &["--layout", "label", "--label-priority", "Starred,Work"],
    &["--layout", "date"],
    &["--eol", "lf"],
    &["--eol", "keep", "--unquote", "none"],
    &["--ascii"],
    &["--name", "{year}/{month}/{index}"],
    &["--name", "{subject}", "--layout", "label"],
    &["--split", "strict", "--limit", "2", "--deleted", "keep"],
];

#[test]
fn a_zip_holds_the_files_that_a_folder_gets() {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    for options in OPTIONS {
        let (out, zip) = (format!("out-{}", name_of(options)), "mail.zip");
        let counts = |out: &str| {
            let json = scratch.run(options.iter().chain(&["--json", "in", out])).ends(0).json();
            ["messages", "bytes", "warnings"].map(|key| json[key].clone())
        };
        assert_eq!(counts(zip), counts(&out), "{options:?}");
        let (tree, times) = scratch.state(&out);
        assert!(tree.len() > 3, "{options:?}");
        let entries = entries_of(&scratch, zip);
        assert!(unpacked(&entries) == tree, "{options:?}");
        for entry in entries {
            let seconds = u64::try_from(entry.seconds.unwrap()).unwrap();
            assert_eq!(UNIX_EPOCH + Duration::from_secs(seconds), times[&entry.name], "{options:?}: {}", entry.name);
        }
        std::fs::remove_file(scratch.path(zip)).unwrap();
    }
}

#[test]
fn every_fixture_of_a_mailbox_packs_as_it_unpacks() {
    for file in ["takeout/takeout", "vault/export", "thunderbird/Inbox", "mboxrd/depths", "mixed/line-ends"] {
        let scratch = Scratch::new();
        let input = testdata().join(format!("{file}.mbox"));
        let input = input.to_str().unwrap();
        scratch.run([input, "out"]).ends(0);
        scratch.run([input, "out.zip"]).ends(0);
        assert_eq!(tree_of(&scratch, "out.zip"), scratch.tree("out"), "{file}");
    }
}

#[test]
fn entries_are_in_the_order_of_their_mailbox() {
    // Several batches of 4 MiB.
    let scratch = Scratch::with_mailbox(large_mailbox(1200));
    scratch.run(["--layout", "date", "in.mbox", "out.zip"]).ends(0);
    let names: Vec<String> = entries_of(&scratch, "out.zip").into_iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), 1200);
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn the_number_of_threads_and_the_way_of_reading_change_no_byte() {
    let scratch = Scratch::with_mailbox(large_mailbox(900));
    for level in [&[][..], &["--compression", "0"]] {
        let make = |options: &[&str], out: &str| {
            scratch.run(level.iter().chain(options).chain(&["in.mbox", out])).ends(0).counts(900, 900, 0);
            scratch.read(out)
        };
        let name = |number: usize| format!("{}-{number}.zip", level.len());
        let one = make(&["--threads", "1"], &name(0));
        for (number, options) in (1..).zip([&["--threads", "4"][..], &["--no-mmap", "--threads", "2"], &["--fsync"]]) {
            assert!(make(options, &name(number)) == one, "{level:?} {options:?}");
        }
        let input = scratch.read("in.mbox");
        let out = name(9);
        scratch.run_with_input(level.iter().chain(&["-", &*out]), &input).ends(0);
        assert!(scratch.read(&out) == one, "{level:?} through a pipe");
    }
}

#[test]
fn no_time_in_a_zip_is_that_of_the_run_or_of_the_input() {
    let undated = "From ann@example.org Wed Dec 31 23:59:59 1969\nSubject: B\n\n2\n\n";
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "1")]) + undated);
    scratch.run(["in.mbox", "a.zip"]).ends(0);
    let input = std::fs::File::options().write(true).open(scratch.path("in.mbox")).unwrap();
    input.set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
    scratch.run(["in.mbox", "b.zip"]).ends(0);
    assert_eq!(scratch.read("a.zip"), scratch.read("b.zip"));
    // 2024-04-01T12:00:00Z; a message without a date has the first that a ZIP can hold.
    let times: Vec<_> = entries_of(&scratch, "a.zip").into_iter().map(|entry| (entry.seconds, entry.dos)).collect();
    assert_eq!(times, [(Some(1_711_972_800), [0x6000, 0x5881]), (None, [0, 0x21])]);
}

#[test]
fn a_mailbox_packed_in_any_archive_makes_the_same_zip() {
    let files = takeout();
    let scratch = Scratch::new();
    unpack(&scratch, "unpacked", &files);
    scratch.run(["unpacked", "expected.zip"]).ends(0);
    for (number, (archive, bytes)) in archives(&files).into_iter().enumerate() {
        scratch.write(archive, bytes);
        let out = format!("out-{number}.zip");
        scratch.run([archive, &out]).ends(0);
        assert!(scratch.read(&out) == scratch.read("expected.zip"), "{archive}");
    }
}

#[test]
fn levels_of_compression_change_the_size_and_nothing_else() {
    let scratch = Scratch::with_mailbox(large_mailbox(30));
    let mut sizes = Vec::new();
    scratch.run(["in.mbox", "default.zip"]).ends(0);
    let expected = tree_of(&scratch, "default.zip");
    for level in ["0", "1", "6", "9"] {
        let zip = format!("{level}.zip");
        scratch.run(["--compression", level, "in.mbox", &zip]).ends(0);
        assert!(tree_of(&scratch, &zip) == expected, "{level}");
        let method = if level == "0" { 0 } else { 8 };
        assert!(entries_of(&scratch, &zip).iter().all(|entry| entry.method == method), "{level}");
        sizes.push(scratch.read(&zip).len());
    }
    assert!(sizes[0] > 4 * sizes[1] && sizes[1] >= sizes[2] && sizes[2] >= sizes[3], "{sizes:?}");
    assert_eq!(scratch.read("default.zip"), scratch.read("1.zip"));
}

#[test]
fn the_name_of_a_zip_may_have_capitals_and_its_folders_are_made() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "1")]));
    for out in ["OUT.ZIP", "new/and/deep/ü.zip"] {
        scratch.run(["in.mbox", out]).ends(0).counts(1, 1, 0);
        assert_eq!(entries_of(&scratch, out).len(), 1, "{out}");
    }
    assert_eq!(scratch.names("."), ["OUT.ZIP", "in.mbox", "new/and/deep/ü.zip"]);
}

#[test]
fn without_a_message_there_is_no_zip() {
    let scratch = Scratch::with_mailbox("");
    let ran = scratch.run(["--json", "in.mbox", "out.zip"]).ends(0).says(&["archives  none\n"]);
    assert_eq!(ran.json()["files"], serde_json::json!([]));
    assert_eq!(scratch.names("."), ["in.mbox"]);
}

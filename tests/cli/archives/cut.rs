//! Archives that were cut off, as by a broken download: what comes before the cut is converted just like a mailbox that
//! ends there, and the cut is reported.

use super::make::{self, Member, find};
use super::takeout::{Files, Pack, zip_of};
use crate::common::{Ran, Scratch, Tree};

/// A mailbox of messages that deflate to a half or so.
fn mailbox_called(name: &str) -> Vec<u8> {
    let mut seed = 12_345_u32;
    let mut word = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{:06x}", seed >> 8)
    };
    let mut message = |number: usize| {
        let body: Vec<String> = (0..40).map(|_| (0..8).map(|_| word()).collect::<Vec<_>>().join(" ")).collect();
        let from = format!("From ann@example.org Mon Apr  1 12:{:02}:00 2024", number % 60);
        format!("{from}\nSubject: {name} {number}\n\n{}\n\n", body.join("\n"))
    };
    (1..=30).flat_map(|number| message(number).into_bytes()).collect()
}

/// Two mailboxes with something else between them.
fn files() -> Files {
    let member = |name: &str, bytes: Vec<u8>| (format!("Takeout/Mail/{name}"), bytes);
    vec![
        member("A.mbox", mailbox_called("A")),
        member("B.json", b"{\"some\": \"settings\"}".to_vec()),
        member("C.mbox", mailbox_called("C")),
    ]
}

/// How many bytes of the mailbox could be read, by the error.
#[track_caller]
fn read_of(ran: &Ran, mailbox: &str) -> usize {
    // In the list of failures, a mailbox comes after its archive.
    let start = format!("{}: cannot read at byte ", mailbox.replace('!', ": "));
    let line = ran.stderr.lines().find_map(|line| line.split_once(&start));
    let (_, rest) = line.unwrap_or_else(|| panic!("no error of {mailbox}: {ran:#?}"));
    rest.split([':', ';']).next().unwrap().parse().unwrap()
}

/// The tree that plain mailboxes of these bytes give.
fn tree_of_plain(files: &[(&str, &[u8])]) -> Tree {
    let scratch = Scratch::new();
    files.iter().for_each(|(name, bytes)| scratch.write(format!("in/Takeout/Mail/{name}.mbox"), bytes));
    scratch.run(["in", "out"]).ends(0);
    scratch.tree("out")
}

/// The tree that a mailbox gives by itself.
fn tree_of(mailbox: &[u8]) -> Tree {
    let scratch = Scratch::with_mailbox(mailbox);
    scratch.run(["in.mbox", "out"]).ends(0);
    scratch.tree("out")
}

/// What is in the output are whole messages, but for the last one, and a run on the whole input completes it, so that
/// nothing is left behind.
#[track_caller]
fn completes(scratch: &Scratch, input: &str, whole: &Tree) {
    let begun = scratch.tree("out");
    assert!(begun.iter().all(|(name, bytes)| whole.get(name).is_some_and(|all| all.starts_with(bytes))));
    let incomplete = begun.iter().filter(|(name, bytes)| whole[*name] != **bytes).count();
    assert!(incomplete <= 1, "{incomplete}");
    let (all, whole_ones) = (u64::try_from(whole.len()).unwrap(), u64::try_from(begun.len() - incomplete).unwrap());
    scratch.run([input, "out"]).ends(0).counts(all, all - whole_ones, whole_ones);
    assert!(scratch.tree("out") == *whole);
}

#[test]
fn a_zip_cut_in_a_mailbox_gives_what_is_before_it() {
    let files = files();
    let packs: [(&str, Pack); 4] = [
        ("deflated", |name, bytes| Member::deflated(name, bytes)),
        ("stored", |name, bytes| Member::stored(name, bytes)),
        ("zip64", |name, bytes| Member::zip64(name, bytes)),
        ("streamed", |name, bytes| Member::streamed(name, bytes)),
    ];
    for (name, pack) in packs {
        let zip = zip_of(&files, pack);
        let second = find(&zip, b"PK\x03\x04", 2);
        let end = find(&zip, b"PK\x01\x02", 0);
        for quarter in [1, 2, 3] {
            let cut = second + (end - second) * quarter / 4;
            let scratch = Scratch::new();
            scratch.write("t.zip", &zip[..cut]);
            let ran = scratch.run(["--json", "t.zip", "out"]).ends(1);
            let read = read_of(&ran, "t.zip!Takeout/Mail/C.mbox");
            assert!(read > files[2].1.len() * (quarter * 20) / 100, "{name}: {read} bytes are little at {quarter}/4");
            let expected = tree_of_plain(&[("A", &files[0].1), ("C", &files[2].1[..read])]);
            assert!(scratch.tree("out") == expected, "{name} cut at {quarter}/4");
            let ran = ran.says(&[
                &format!("the archive ends too early, at byte {cut}\n"),
                "copy the file from a good disk or download it again",
                "Done, with failures",
                "\n    A           30  ",
            ]);
            assert_eq!(ran.json()["mailboxes"][1]["bytes"]["input"], read, "{name}");
        }
    }
}

#[test]
fn a_zip_cut_in_its_directory_gives_every_mailbox_and_says_so() {
    let files = files();
    let zip = zip_of(&files, |name, bytes| Member::deflated(name, bytes));
    let expected = tree_of_plain(&[("A", &files[0].1), ("C", &files[2].1)]);
    let start = find(&zip, b"PK\x01\x02", 0);
    for cut in [start, start + 1, start + 60, zip.len() - 22, zip.len() - 1] {
        let scratch = Scratch::new();
        scratch.write("t.zip", &zip[..cut]);
        let ran = scratch.run(["t.zip", "out"]).ends(1);
        ran.says(&["mbox2eml: t.zip: cannot read at byte ", "60 found = 60 written"]);
        assert!(scratch.tree("out") == expected, "cut at {cut} of {}", zip.len());
    }
}

#[test]
fn a_zip_cut_in_its_first_mailbox_gives_what_is_before_it() {
    let files = files();
    let zip = zip_of(&files, |name, bytes| Member::deflated(name, bytes));
    let scratch = Scratch::new();
    scratch.write("t.zip", &zip[..find(&zip, b"PK\x03\x04", 1) / 2]);
    let ran = scratch.run(["t.zip", "out"]).ends(1);
    let read = read_of(&ran, "t.zip!Takeout/Mail/A.mbox");
    assert!(read > files[0].1.len() / 3);
    assert!(scratch.tree("out") == tree_of_plain(&[("A", &files[0].1[..read])]));
}

#[test]
fn an_archive_cut_before_its_first_message_can_do_nothing() {
    let files = files();
    let zip = zip_of(&files, |name, bytes| Member::deflated(name, bytes));
    let tgz = make::gzip(&make::tar(&files));
    let gz = make::gzip(&files[0].1);
    for (name, bytes) in [("t.zip", &zip[..40]), ("t.zip", &zip[..50]), ("t.tgz", &tgz[..12]), ("t.mbox.gz", &gz[..11])]
    {
        let scratch = Scratch::new();
        scratch.write(name, bytes);
        for out in ["out", "out.zip"] {
            let ran = scratch.run([name, out]).ends(2).prints_nothing();
            ran.says(&[&format!("mbox2eml: {name}"), "cannot read at byte ", "the archive ends too early, at byte "]);
            assert_eq!(scratch.tree(out).len(), 0, "{name}");
            assert!(!scratch.path(out).is_file(), "{name}");
        }
    }
}

#[test]
fn a_tgz_or_tar_cut_in_a_mailbox_gives_what_is_before_it() {
    let files = files();
    let tar = make::tar(&files);
    let tgz = make::gzip(&tar);
    for (name, whole) in [("t.tar", &tar), ("t.tgz", &tgz)] {
        for tenths in [6, 7, 9] {
            let scratch = Scratch::new();
            let cut = whole.len() * tenths / 10;
            scratch.write(name, &whole[..cut]);
            let ran = scratch.run([name, "out"]).ends(1);
            let read = read_of(&ran, &format!("{name}!Takeout/Mail/C.mbox"));
            assert!(read > files[2].1.len() * (tenths * 2 - 11) / 10, "{name}: {read} bytes are little at {tenths}/10");
            ran.says(&[&format!("the archive ends too early, at byte {cut}\n")]);
            let expected = tree_of_plain(&[("A", &files[0].1), ("C", &files[2].1[..read])]);
            assert!(scratch.tree("out") == expected, "{name} cut at {tenths}/10");
        }
    }
}

#[test]
fn a_mailbox_in_gzip_that_is_cut_gives_what_is_before_it() {
    let mbox = mailbox_called("A");
    let gz = make::gzip(&mbox);
    let whole = tree_of(&mbox);
    for cut in [gz.len() / 4, gz.len() / 2, gz.len() - 9, gz.len() - 8, gz.len() - 1] {
        let scratch = Scratch::new();
        scratch.write("t.mbox.gz", &gz[..cut]);
        let ran = scratch.run(["t.mbox.gz", "out"]).ends(1);
        let read = read_of(&ran, "t.mbox.gz");
        assert!(read >= mbox.len() * cut / gz.len() * 3 / 5, "{read} bytes are little");
        ran.says(&[&format!("the archive ends too early, at byte {cut}\n")]);
        scratch.write("t.mbox.gz", &gz);
        completes(&scratch, "t.mbox.gz", &whole);
    }
}

#[test]
fn a_part_that_is_cut_does_not_harm_the_others() {
    let files = files();
    let whole = zip_of(&files[..1], |name, bytes| Member::deflated(name, bytes));
    let cut = zip_of(&files[1..], |name, bytes| Member::deflated(name, bytes));
    let scratch = Scratch::new();
    let parts = ["001", "002"].map(|part| format!("takeout-20240101T000000Z-{part}.zip"));
    scratch.write(&parts[0], &cut[..cut.len() / 2]);
    scratch.write(&parts[1], whole);
    let ran = scratch.run([&parts[0], &parts[1], "out"]).ends(1);
    let read = read_of(&ran, &format!("{}!Takeout/Mail/C.mbox", parts[0]));
    assert!(scratch.tree("out") == tree_of_plain(&[("A", &files[0].1), ("C", &files[2].1[..read])]));
}

#[test]
fn a_zip_made_of_a_cut_archive_holds_what_a_folder_would() {
    let zip = zip_of(&files(), |name, bytes| Member::deflated(name, bytes));
    let scratch = Scratch::new();
    scratch.write("t.zip", &zip[..zip.len() * 3 / 4]);
    scratch.run(["t.zip", "out"]).ends(1);
    scratch.run(["t.zip", "out.zip"]).ends(1);
    assert!(super::read::tree_of(&scratch, "out.zip") == scratch.tree("out"));
}

#[test]
fn the_whole_archive_after_the_cut_one_completes_it() {
    let files = files();
    let zip = zip_of(&files, |name, bytes| Member::deflated(name, bytes));
    let scratch = Scratch::new();
    scratch.write("t.zip", &zip[..zip.len() * 3 / 4]);
    scratch.run(["t.zip", "out"]).ends(1);
    scratch.write("t.zip", zip);
    completes(&scratch, "t.zip", &tree_of_plain(&[("A", &files[0].1), ("C", &files[2].1)]));
}

/// A download cut at any byte of its last two messages, in each kind of archive.
#[test]
fn a_cut_anywhere_is_completed_by_the_whole_download() {
    let mbox = b"From a@example.org Mon Jan  1 00:00:00 2024\r\nSubject: 1\r\n\r\n>From x\r\n\r\n\
        From b@example.org Mon Jan  1 00:01:00 2024\r\nSubject: 2\r\n\r\nx\r\n\r\n";
    let member = [("m.mbox".to_owned(), mbox.to_vec())];
    let [tree, plain] = ["m/", ""].map(|folder| -> Tree {
        tree_of(mbox).into_iter().map(|(name, bytes)| (format!("{folder}{name}"), bytes)).collect()
    });
    let zip = zip_of(&member, |name, bytes| Member::stored(name, bytes));
    for (name, whole, tree, head) in [
        ("t.mbox.gz", make::gzip_stored(mbox), &plain, 15),
        ("t.tar", make::tar(&member), &tree, 512),
        ("t.zip", zip.clone(), &tree, find(&zip, mbox, 0)),
    ] {
        let scratch = Scratch::new();
        let cuts = if name == "t.mbox.gz" { 1 } else { 3 };
        for cut in (head + 46..=head + mbox.len()).step_by(cuts) {
            std::fs::remove_dir_all(scratch.path("out")).unwrap_or_default();
            scratch.write(name, &whole[..cut]);
            let ran = scratch.run([name, "out"]);
            assert!(matches!(ran.code, Some(1 | 2)), "{name} cut at {cut}: {ran:#?}");
            scratch.write(name, &whole);
            completes(&scratch, name, tree);
        }
    }
}

#[test]
fn only_convert_promises_to_write_a_message_whose_header_is_cut() {
    let scratch = Scratch::new();
    let packed = make::gzip_stored(&mailbox_called("A"));
    scratch.write("t.mbox.gz", &packed[..find(&packed, b"Subject: A 1\n", 0) + 12]);
    let promise = ": it writes this message\n";
    let why = "the input ends within its header";
    scratch.run(["t.mbox.gz", "out"]).ends(2).says(&[why, promise, "the messages before that byte were converted"]);
    for args in [&["inspect", "t.mbox.gz"][..], &["verify", "t.mbox.gz", "out"], &["--dry-run", "t.mbox.gz", "new"]] {
        scratch.run(args).ends(2).says(&["cannot be converted: ", why]).says_nowhere(&[
            promise,
            "cannot write",
            "were converted",
            ".eml",
        ]);
    }
}

#[test]
fn an_archive_that_is_cut_in_a_message_is_one_failure() {
    let header = b"From ann@example.org Mon Apr  1 12:00:00 2024\nFrom: ann@example.org\nTo: bob@example.org\nSubject: Cut in its header";
    let whole = mailbox_called("A");
    let mut bytes = whole.clone();
    bytes.extend_from_slice(header);
    bytes.extend_from_slice(&[b'x'; 500]);
    let zip = zip_of(&[("Takeout/Mail/A.mbox".to_owned(), bytes)], |name, bytes| Member::stored(name, bytes));
    let scratch = Scratch::new();
    scratch.write("in/t.zip", &zip[..find(&zip, b"Cut in its", 0) + 20]);
    scratch.write("in/b.mbox", &whole);
    let ran = scratch.run(["--json", "--manifest", "m.csv", "in", "out"]).ends(1).says(&["\nFailed: 1\n"]);
    let errors: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("mbox2eml: ")).collect();
    assert!(matches!(errors[..], [error] if error.starts_with("mbox2eml: in/t.zip: ")), "{errors:?}");
    let json = ran.json();
    let failed = json["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["input"], "in/t.zip");
    let reason = failed[0]["reason"].as_str().unwrap();
    assert!(reason.contains("the archive ends too early, at byte ") && reason.contains("1 of 31 messages"), "{reason}");
    assert_eq!(json["messages"]["failed"], 1);
    // A row for the mailbox, and one for the message.
    let manifest = String::from_utf8(scratch.read("m.csv")).unwrap();
    let rows: Vec<&str> = manifest.lines().filter(|line| line.contains(",failed,")).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    // The message failed in the input: its file is not missing.
    let ran = scratch.run(["verify", "in", "out"]).ends(1).prints_nothing();
    let ran = ran.says(&[
        "Incomplete: 60 of 61 messages match in out; 1 input failed; ",
        "61 found = 60 the same + 1 failed\n",
        "differing 0: ",
        "\nFailed: 1\n",
    ]);
    ran.says_nowhere(&["missing or different"]);
    // The total of an inspection is that of its rows.
    let text = scratch.run(["inspect", "in"]).ends(1).stdout;
    assert!(text.contains("all 2 mailboxes\n  messages  61 found, 1 failed; 60 read, "), "{text}");
}

#[test]
fn faults_of_one_archive_are_one_entry_that_names_each() {
    let (first, second) = (mailbox_called("A"), mailbox_called("B"));
    let files = [("A.mbox".to_owned(), first), ("B.mbox".to_owned(), second)];
    let mut zip = zip_of(&files, |name, bytes| Member::stored(name, bytes));
    for subject in ["Subject: A 9\n", "Subject: B 9\n"] {
        let at = find(&zip, subject.as_bytes(), 0);
        zip[at] = b'X';
    }
    let scratch = Scratch::new();
    scratch.write("in/t.zip", zip);
    scratch.write("in/c.mbox", mailbox_called("C"));
    let ran = scratch.run(["--json", "in", "out"]).ends(1).says(&["\nFailed: 1\n"]);
    let failed = &ran.json()["failed"];
    assert_eq!(failed[0]["input"], "in/t.zip", "{failed}");
    let reason = failed[0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("A.mbox: ") && reason.contains("; B.mbox: "), "{reason}");
}

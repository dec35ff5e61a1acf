//! A mailbox gives the same files however it is packed: their names, their bytes, their times.

use std::fs;

use super::make::{self, Member};
use super::takeout::{archives, takeout, unpack, zip_of};
use crate::common::{Scratch, mailbox, one_message, testdata};

/// Converts a folder `unpacked` of these files into `expected`.
fn unpacked(files: &[(String, Vec<u8>)]) -> Scratch {
    let scratch = Scratch::new();
    unpack(&scratch, "unpacked", files);
    scratch.run(["unpacked", "expected"]).ends(0);
    scratch
}

#[test]
fn every_archive_gives_the_files_of_the_unpacked_folder() {
    let files = takeout();
    let scratch = unpacked(&files);
    let expected = scratch.state("expected");
    assert_eq!(expected.0.len(), 12);
    for (archive, bytes) in archives(&files) {
        scratch.write(archive, bytes);
        for (number, options) in [&[][..], &["--no-mmap"], &["--threads", "1"]].into_iter().enumerate() {
            let out = format!("out {archive} {number}");
            scratch.run(options.iter().chain(&[archive, &out])).ends(0).counts(12, 12, 0);
            assert!(scratch.state(&out) == expected, "{archive}: {options:?}");
        }
    }
}

#[test]
fn the_totals_of_an_archive_are_those_of_the_folder() {
    let files = takeout();
    let scratch = unpacked(&files);
    let books = |input: &str| {
        let json = scratch.run(["--json", "--dry-run", input, "out"]).ends(0).json();
        ["messages", "bytes", "warnings", "other_files"].map(|key| json[key].clone())
    };
    let expected = books("unpacked");
    assert_eq!(expected[3], 3);
    for (archive, bytes) in archives(&files) {
        scratch.write(archive, bytes);
        assert_eq!(books(archive), expected, "{archive}");
    }
}

#[test]
fn a_mailbox_in_an_archive_is_called_by_its_path_there() {
    let scratch = Scratch::new();
    for (archive, bytes) in archives(&takeout()) {
        scratch.write(archive, bytes);
        let json = scratch.run(["--json", "--dry-run", archive, "out"]).ends(0).json();
        let mut reported: Vec<_> = json["mailboxes"].as_array().unwrap().iter().map(|it| it["input"].clone()).collect();
        reported.sort_by_key(ToString::to_string);
        let names = ["Alle E-Mails einschließlich Spam- und P", "Bücher/Roman", "Empty", "Sent"];
        assert_eq!(reported, names.map(|name| format!("{archive}!Takeout/Mail/{name}.mbox")), "{archive}");
    }
}

#[test]
fn a_mailbox_in_gzip_gives_the_files_of_the_mailbox() {
    let mbox = fs::read(testdata().join("takeout/takeout.mbox")).unwrap();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["in.mbox", "expected"]).ends(0);
    let (start, end) = mbox.split_at(mbox.len() / 2);
    let padded = [make::gzip(start), make::gzip(b""), make::gzip(end), vec![0; 700]].concat();
    for (name, bytes) in [("in.mbox.gz", make::gzip(&mbox)), ("upper.mbox.GZ", padded), ("mail", make::gzip(&mbox))] {
        scratch.write(name, bytes);
        let out = format!("{name} out");
        scratch.run([name, &out]).ends(0).says(&[&format!("mailbox   {name}, a Google Takeout\n")]).counts(8, 8, 0);
        assert!(scratch.state(&out) == scratch.state("expected"), "{name}");
    }
}

#[test]
fn a_mailbox_in_gzip_has_the_name_of_the_mailbox() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::new();
    scratch.write("Sent.mbox.gz", make::gzip(mbox.as_bytes()));
    scratch.run(["--name", "{mailbox}/{index}", "Sent.mbox.gz", "out"]).ends(0);
    assert_eq!(scratch.names("out"), ["Sent/000001.eml"]);
}

#[test]
fn several_parts_give_the_files_of_the_whole() {
    let files = takeout();
    let scratch = unpacked(&files);
    let (first, second) = files.split_at(2);
    for (number, packs) in [[".zip", ".zip"], [".tgz", ".tgz"], [".zip", ".tgz"]].into_iter().enumerate() {
        let names = ["001", "002"].map(|part| format!("{number}/takeout-20240101T000000Z-{part}"));
        let paths = [0, 1].map(|part| format!("{}{}", names[part], packs[part]));
        for (path, files) in paths.iter().zip([first, second]) {
            let zip = zip_of(files, |name, bytes| Member::deflated(name, bytes));
            let tgz = make::gzip(&make::tar(files));
            scratch.write(path, if path.ends_with("zip") { zip } else { tgz });
        }
        let out = format!("out {number}");
        scratch.run([&paths[0], &paths[1], &out]).ends(0).counts(12, 12, 0);
        assert!(scratch.state(&out) == scratch.state("expected"), "{packs:?}");
    }
}

#[test]
fn a_mailbox_that_two_parts_have_comes_out_of_both() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    for archive in ["a.zip", "b.zip"] {
        scratch.write(archive, make::zip(&[Member::deflated("Mail/Sent.mbox", &mbox)]));
    }
    scratch.run(["a.zip", "b.zip", "out"]).ends(0).counts(2, 2, 0);
    assert_eq!(scratch.names("out"), [format!("a/Mail/Sent/{name}"), format!("b/Mail/Sent/{name}")]);
}

#[test]
fn parts_in_a_searched_folder_share_a_folder() {
    let files = takeout();
    let scratch = Scratch::new();
    unpack(&scratch, "unpacked/takeout-20240101T000000Z", &files);
    scratch.run(["unpacked", "expected"]).ends(0);
    let (first, second) = files.split_at(3);
    let zip = |files: &[(String, Vec<u8>)]| zip_of(files, |name, bytes| Member::streamed(name, bytes));
    scratch.write("in/takeout-20240101T000000Z-001.zip", zip(first));
    scratch.write("in/takeout-20240101T000000Z-002.zip", zip(second));
    scratch.run(["in", "out"]).ends(0).counts(12, 12, 0);
    assert!(scratch.state("out") == scratch.state("expected"));
}

#[test]
fn archives_of_several_users_stay_apart() {
    let files = takeout();
    let scratch = Scratch::new();
    let all = archives(&files);
    for (user, at) in ["ann", "bob", "eve"].into_iter().zip([0, 3, 6]) {
        let (name, bytes) = &all[at];
        scratch.write(format!("in/{user}/{name}"), bytes);
        unpack(&scratch, &format!("unpacked/{user}/{}", name.split('.').next().unwrap()), &files);
    }
    scratch.run(["unpacked", "expected"]).ends(0);
    scratch.run(["in", "out"]).ends(0).counts(36, 36, 0);
    assert!(scratch.state("out") == scratch.state("expected"));
    assert_eq!(scratch.count("out"), 3);
}

#[test]
fn a_searched_folder_may_hold_mailboxes_and_archives() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", &mbox);
    scratch.write("in/list/2024-January.txt.gz", make::gzip(mbox.as_bytes()));
    scratch.write("in/list/2024-February.mbox.gz", make::gzip(mbox.as_bytes()));
    scratch.write("in/old.zip", make::zip(&[Member::deflated("x.mbox/mbox", &mbox), Member::stored("a.txt", "A")]));
    scratch.write("in/photos.zip", make::zip(&[Member::stored("a.jpg", "A")]));
    let ran = scratch.run(["in", "out"]).ends(0);
    ran.says(&["Skipped 2 files"]).counts(4, 4, 0);
    let folders = ["a", "list/2024-February", "list/2024-January.txt", "old/x"];
    assert_eq!(scratch.names("out"), folders.map(|folder| format!("{folder}/{name}")));
}

#[test]
fn mailboxes_archives_and_folders_are_given_together() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    scratch.write("a.mbox", &mbox);
    scratch.write("b.mbox.gz", make::gzip(mbox.as_bytes()));
    scratch.write("c.zip", make::zip(&[Member::deflated("c/d.mbox", &mbox)]));
    scratch.write("folder/e.mbox", &mbox);
    scratch.run(["a.mbox", "b.mbox.gz", "c.zip", "folder", "out"]).ends(0).counts(4, 4, 0);
    assert_eq!(scratch.names("out"), ["a", "b", "c/c/d", "folder/e"].map(|folder| format!("{folder}/{name}")));
}

#[test]
fn a_packed_profile_of_a_mail_program_is_the_same_as_the_folder() {
    let (one, two) = (mailbox(&[("One", "1")]), mailbox(&[("Two", "2")]));
    let files: Vec<(String, Vec<u8>)> = [
        ("Mail/Archive.mbox/mbox", one.as_bytes()),
        ("Mail/Archive.mbox/table_of_contents", b"\0\0\0\x01"),
        ("Mail/Inbox", one.as_bytes()),
        ("Mail/Inbox.msf", b"// <!-- <mdb:mork:z v=\"1.4\"/> -->"),
        ("Mail/Inbox.sbd/Work", two.as_bytes()),
        ("Mail/Inbox.sbd/Work.sbd/2024", one.as_bytes()),
        ("Mail/prefs.js", b"user_pref(\"mail.x\", 1);\n"),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
    .to_vec();
    let scratch = unpacked(&files);
    assert_eq!(scratch.names("expected").len(), 4);
    for (archive, bytes) in archives(&files) {
        scratch.write(archive, bytes);
        let out = format!("{archive} out");
        scratch.run([archive, &out]).ends(0).says(&["Skipped 3 files"]);
        assert!(scratch.state(&out) == scratch.state("expected"), "{archive}");
    }
}

#[test]
fn names_made_on_windows_are_folders_too() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    scratch.write("a.zip", make::zip(&[Member::deflated("Takeout\\Mail\\Sent.mbox", mbox)]));
    scratch.run(["a.zip", "out"]).ends(0);
    assert_eq!(scratch.names("out"), [format!("Sent/{name}")]);
}

#[test]
fn a_limit_is_for_each_mailbox_of_an_archive() {
    let scratch = Scratch::new();
    for (archive, bytes) in archives(&takeout()) {
        scratch.write(archive, bytes);
        let out = format!("{archive} out");
        scratch.run(["--limit", "1", "--name", "{index}", archive, &out]).ends(0).counts(3, 3, 0);
        let folders = ["Alle E-Mails einschließlich Spam- und P", "Bücher/Roman", "Sent"];
        let names = folders.map(|folder| format!("{folder}/000001.eml"));
        assert_eq!(scratch.names(&out), names, "{archive}");
    }
}

#[test]
fn an_archive_read_again_is_all_there_already() {
    let scratch = Scratch::new();
    for (archive, bytes) in archives(&takeout()) {
        scratch.write(archive, bytes);
        let out = format!("{archive} out");
        scratch.run([archive, &out]).ends(0);
        let before = scratch.state(&out);
        scratch.run([archive, &out]).ends(0).counts(12, 0, 12);
        assert!(scratch.state(&out) == before, "{archive}");
    }
}

#[test]
fn a_dry_run_of_an_archive_writes_nothing() {
    let scratch = Scratch::new();
    for (archive, bytes) in archives(&takeout()) {
        scratch.write(archive, bytes);
        let before = scratch.state(".");
        for out in ["out", "out.zip"] {
            scratch.run(["--dry-run", archive, out]).ends(0).says(&["12 found = 12 to be written"]);
        }
        assert!(scratch.state(".") == before, "{archive}");
    }
}

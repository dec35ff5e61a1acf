//! What may be given as input, and where its messages go.

use std::fs;

use crate::common::{Scratch, mailbox, one_message, testdata};

const NAME: &str = "000001_20240401T120000Z_One.eml";

fn one() -> String {
    one_message().0
}

#[test]
fn one_file_is_written_directly_into_the_output() {
    let scratch = Scratch::with_mailbox(one());
    for out in ["out", "new/and/deep", "with blank and ü"] {
        scratch.run(["in.mbox", out]).ends(0);
        assert_eq!(scratch.names(out), [NAME]);
    }
}

#[test]
fn several_files_get_a_folder_each() {
    let scratch = Scratch::new();
    for name in ["a.mbox", "b", "c.txt", "x/a.mbox", "y/A.MBOX"] {
        scratch.write(name, one());
    }
    scratch.run(["a.mbox", "b", "c.txt", "x/a.mbox", "y/A.MBOX", "out"]).ends(0);
    let folders = ["a", "b", "c.txt", "x/a", "y/A"];
    assert_eq!(scratch.names("out"), folders.map(|folder| format!("{folder}/{NAME}")));
}

/// Writes these mailboxes, each of one message, and these other files; the names of what becomes of `in`.
fn converted_folder(mailboxes: &[&str], others: &[(&str, &[u8])]) -> Vec<String> {
    let scratch = Scratch::new();
    mailboxes.iter().for_each(|name| scratch.write(format!("in/{name}"), one()));
    others.iter().for_each(|(name, bytes)| scratch.write(format!("in/{name}"), bytes));
    scratch.run(["in", "out"]).ends(0);
    scratch.names("out").iter().map(|name| name.strip_suffix(&format!("/{NAME}")).unwrap().to_owned()).collect()
}

#[test]
fn a_takeout_is_found_whatever_its_language() {
    let mailboxes = ["Takeout/Mail/Sent.mbox", "Takeout/Mail/Alle E-Mails einschließlich Spam- und P.mbox"];
    let others = [
        ("Takeout/Mail/User Settings/Filters.json", &b"{\"filters\": []}"[..]),
        ("Takeout/archive_browser.html", b"<!DOCTYPE html>"),
    ];
    let folders = ["Alle E-Mails einschließlich Spam- und P", "Sent"];
    assert_eq!(converted_folder(&mailboxes, &others), folders);
}

#[test]
fn a_thunderbird_profile_is_found_with_its_nested_folders() {
    let mailboxes =
        ["Mail/Local Folders/Inbox", "Mail/Local Folders/Inbox.sbd/Work", "Mail/Local Folders/Inbox.sbd/Work.sbd/2024"];
    let others = [
        ("Mail/Local Folders/Inbox.msf", &b"// <!-- <mdb:mork:z v=\"1.4\"/> -->"[..]),
        ("Mail/Local Folders/Inbox.sbd/Work.msf", b"// <!-- <mdb:mork:z v=\"1.4\"/> -->"),
        ("Mail/Local Folders/filterlog.html", b"<html>"),
        ("prefs.js", b"user_pref(\"mail.x\", 1);\n"),
    ];
    let folders = ["Mail/Local Folders/Inbox", "Mail/Local Folders/Inbox/Work", "Mail/Local Folders/Inbox/Work/2024"];
    assert_eq!(converted_folder(&mailboxes, &others), folders);
}

#[test]
fn a_bundle_of_apple_mail_is_one_mailbox() {
    let mailboxes = ["Archive.mbox/mbox", "On My Mac/Travel.mbox/mbox"];
    let folders = ["Archive", "On My Mac/Travel"];
    assert_eq!(converted_folder(&mailboxes, &[("Archive.mbox/table_of_contents", b"\0\0\0\x01")]), folders);
}

#[test]
fn the_inner_file_of_a_bundle_may_be_given_by_itself() {
    let scratch = Scratch::new();
    scratch.write("Archive.mbox/mbox", one());
    scratch.run(["--name", "{mailbox}/{index}", "Archive.mbox/mbox", "out"]).ends(0);
    assert_eq!(scratch.names("out"), ["Archive/000001.eml"]);
}

#[test]
fn folders_that_would_be_the_same_are_kept_apart() {
    // Without regard to case, as some file systems see them. The inputs themselves differ in more.
    let mailboxes = ["A.mbox", "a", "sub/x", "sub/X.mbox/mbox"];
    let folders = converted_folder(&mailboxes, &[]);
    let names: Vec<&str> = folders.iter().filter_map(|folder| folder.split('~').next()).collect();
    assert_eq!(names, ["A", "a", "sub/X", "sub/x"]);
    // Each has a mark of its own, whichever comes first.
    let marks: std::collections::BTreeSet<&str> =
        folders.iter().filter_map(|folder| Some(folder.split_once('~')?.1)).collect();
    assert_eq!(marks.len(), 4, "{folders:?}");
}

#[test]
fn an_output_inside_the_input_is_not_searched() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", one());
    scratch.write("in/out/old.mbox", one());
    for _ in 0..2 {
        let args = ["--format", "mbox", "in", "in/out"];
        scratch.run(args).ends(0).says(&["1 found = "]).says_nowhere(&["old.mbox"]);
        assert_eq!(scratch.names("in/out"), ["a.mbox", "old.mbox"]);
    }
}

#[test]
fn standard_input_is_a_mailbox_too() {
    let scratch = Scratch::new();
    scratch.run_with_input(["-", "out"], one().as_bytes()).ends(0).says(&["  mailbox   standard input, an mbox\n"]);
    assert_eq!(scratch.names("out"), [NAME]);

    scratch.write("a.mbox", one());
    scratch.run_with_input(["a.mbox", "-", "out2"], one().as_bytes()).ends(0);
    assert_eq!(scratch.names("out2"), [format!("a/{NAME}"), format!("stdin/{NAME}")]);
}

#[test]
fn what_is_missing_is_reported() {
    let error = "mbox2eml: gone.mbox: cannot open: No such file or directory (os error 2)\n  \
                 check the path\n";
    let scratch = Scratch::with_mailbox(one());
    let wrong = "mbox2eml: gone.mbox: no such file or folder\n";
    scratch.run(["-q", "gone.mbox", "in.mbox", "out"]).ends(2).says_just(wrong);
    scratch.run(["convert", "-q", "gone.mbox", "out"]).ends(2).says_just(error);
    assert!(!scratch.path("out").exists());
    scratch.run(["-q", "in.mbox", "gone.mbox", "out"]).ends(1).says_just(error);
    assert_eq!(scratch.names("out"), [format!("in/{NAME}")]);
}

#[test]
fn a_folder_without_mailboxes_is_reported() {
    let error = "mbox2eml: in: no mailbox found\n  \
                 check that this is the folder with the mail; -v lists what is in it. A mailbox begins with a line 'From …'\n";
    let scratch = Scratch::new();
    scratch.write("in/notes.txt", "From time to time\nI write.\n");
    scratch.run(["-q", "in", "out"]).ends(2).says_just(error);
    assert!(!scratch.path("out").exists());
    scratch.write("b.mbox", one());
    scratch.run(["-q", "in", "b.mbox", "out"]).ends(1).says_just(error);
    assert_eq!(scratch.names("out"), [format!("b/{NAME}")]);
}

#[test]
fn a_searched_folder_finds_the_fixtures_by_content() {
    let scratch = Scratch::new();
    let source = testdata().join("thunderbird");
    for entry in fs::read_dir(source).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        // Without its extension only the content shows that it is a mailbox.
        scratch.write(format!("in/{}", entry.file_stem().unwrap().display()), fs::read(&entry).unwrap());
    }
    scratch.run(["--name", "{index}", "in", "out"]).ends(0);
    let names = [
        "Inbox/000001",
        "Inbox/000003",
        "crlf/000001",
        "crlf/000002",
        "detached/000001",
        "import-export-tools/000001",
        "import-export-tools/000002",
        "moved/000001",
        "moved/000002",
        "moved/000003",
        "old/000001",
        "old/000002",
    ];
    assert_eq!(scratch.names("out"), names.map(|name| format!("{name}.eml")));
}

#[test]
fn the_order_of_inputs_is_the_order_of_work() {
    let scratch = Scratch::new();
    for name in ["c.mbox", "in/b.mbox", "in/a.mbox"] {
        scratch.write(name, mailbox(&[("x", name)]));
    }
    let ran = scratch.run(["-v", "c.mbox", "in", "out"]).ends(0);
    let reported: Vec<&str> =
        ran.stderr.lines().filter_map(|line| line.strip_suffix(": 1 found = 1 written")).collect();
    assert_eq!(reported, ["c.mbox", "in/a.mbox", "in/b.mbox"]);
}

#[test]
fn the_folder_of_a_mailbox_does_not_depend_on_whether_others_can_be_read() {
    let scratch = Scratch::new();
    scratch.write("b/Inbox.mbox", mailbox(&[("One", "b")]));
    let args = ["convert", "a/Inbox.mbox", "b/Inbox.mbox", "out"];
    scratch.run(args).ends(1).says(&["mbox2eml: a/Inbox.mbox: cannot open: "]);
    assert_eq!(scratch.names("out"), [format!("b/Inbox/{NAME}")]);

    scratch.write("a/Inbox.mbox", mailbox(&[("One", "a")]));
    scratch.run(args).ends(0).counts(2, 1, 1);
    assert_eq!(scratch.names("out"), [format!("a/Inbox/{NAME}"), format!("b/Inbox/{NAME}")]);
    for (folder, body) in [("a/Inbox", "a"), ("b/Inbox", "b")] {
        let eml = format!("Subject: One\r\n\r\n{body}\r\n");
        assert_eq!(scratch.read(format!("out/{folder}/{NAME}")), eml.as_bytes(), "{folder}");
    }
}

#[test]
fn a_blank_before_the_first_from_is_reported_as_what_it_is() {
    for blank in [" ", "\t", "\n "] {
        let scratch = Scratch::with_mailbox(format!("{blank}{}", one()));
        let error = "not an mbox: it has no 'From ' line at its start\n";
        scratch.run(["in.mbox", "out"]).ends(2).says(&[error]).says_nowhere(&["it looks like an mbox"]);
        assert!(!scratch.path("out").exists(), "{blank:?}");
        let input = scratch.read("in.mbox");
        scratch.run_with_input(["-", "out"], &input).ends(2).says(&[error]).says_nowhere(&["it looks like an mbox"]);
    }
}

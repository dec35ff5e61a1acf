//! Nothing that was meant to be converted is passed over in silence: each such input is an error with advice, and named
//! at the end.

use std::fs;

use crate::archives::make::{self, Member};
use crate::common::{Ran, Scratch, mailbox, one_message};

/// A ZIP with these files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    make::zip(&files.iter().map(|(name, bytes)| Member::deflated(name, bytes)).collect::<Vec<_>>())
}

fn takeout() -> Vec<u8> {
    zip(&[("Takeout/Mail/All.mbox", one_message().0.as_bytes())])
}

/// What is said of `input` in the list at the end of a run, its reason and its advice.
fn reported_at_the_end(ran: &Ran, input: &str) -> (String, String) {
    let list = ran.stderr.split_once("\nFailed: ").unwrap_or_else(|| panic!("no list: {ran:#?}")).1;
    let mut lines = list.lines().skip_while(|line| !line.starts_with(&format!("  {input}: ")));
    let reason = lines.next().unwrap_or_else(|| panic!("{input} is not in the list: {ran:#?}"));
    // Those with the same advice have it in common.
    let advice = lines.find(|line| line.starts_with("    ")).unwrap_or_default();
    (reason.trim_start().to_owned(), advice.trim_start().to_owned())
}

/// A file in the folder of a second person, beside the mailbox of the first, and what is said of it.
fn check(file: &str, bytes: &[u8], reason: &str, advice: &str) {
    for options in [&[][..], &["--threads", "1"], &["--dry-run"]] {
        let scratch = Scratch::new();
        scratch.write("users/ann/All.mbox", one_message().0);
        scratch.write(format!("users/bob/{file}"), bytes);
        let ran = scratch.run(options.iter().chain(&["--json", "users", "out"])).ends(1);
        let input = format!("users/bob/{file}");
        let (reported, what_to_do) = reported_at_the_end(&ran, &input);
        assert!(reported.contains(reason), "{file}: {reported}");
        assert!(what_to_do.contains(advice) && !what_to_do.is_empty(), "{file}: {what_to_do}");
        let json = ran.json();
        assert_eq!(json["complete"], false, "{file}");
        let failed = json["failed"].as_array().unwrap();
        assert!(failed.iter().any(|failed| failed["input"] == *input), "{file}: {failed:?}");
        assert!(failed.iter().all(|failed| failed["reason"].as_str().is_some_and(|reason| !reason.is_empty())));
        // Of a broken archive, what can be read is converted.
        assert!(json["messages"]["written"].as_u64() >= Some(1), "{file}");
    }
}

#[test]
fn files_that_are_not_what_their_names_promise() {
    for name in ["a.zip", "a.ZIP", "a.tgz", "a.tar", "a.gz", "a.tbz", "a.bz2", "a.xz", "a.zst", "a.tar.gz"] {
        check(name, b"", "not an archive: it is empty", "download it again, then run the same command again");
        let page = "a web page was saved instead, perhaps a sign-in page: download it again, then run";
        check(name, b"<html>Sorry</html>", "not an archive: it looks like a web page", page);
        check(name, b"\x01\x02\x03", "not an archive: ", "download it again");
    }
    for name in ["a.mbox", "a.MBX", "a.pst", "a.ost", "a.dbx"] {
        check(name, b"", "not an mbox: it is empty", "copy or download it again");
        check(name, b"\0\0\0\0", "not an mbox: it has no 'From ' line at its start", "check that it is the right file");
        check(name, b"{\"error\": 404}", "not an mbox: it looks like JSON", "export the mail again, as mbox");
        check(name, b"<html>Sorry</html>", "not an mbox: it looks like a web page", "a web page was saved instead");
    }
}

#[test]
fn files_of_kinds_that_are_not_read() {
    for (name, bytes, advice) in [
        ("mail.7z", &b"7z\xbc\xaf\x27\x1c\0\x04"[..], "unpack it first, with 7-Zip"),
        ("mail.rar", b"Rar!\x1a\x07\x01\0", "unpack it first, with unrar or 7-Zip"),
        ("mail.dbx", b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f", "readdbx turns Outlook Express folders into mbox"),
        ("mail.pst", b"!BDN\0\0\0\0", "readpst turns Outlook data files into mbox"),
        ("mail.ost", b"!BDN\0\0\0\0", "readpst turns Outlook data files into mbox"),
    ] {
        check(name, bytes, "not an ", advice);
    }
}

#[test]
fn broken_archives() {
    let whole = takeout();
    for length in [4, 30, 60, whole.len() / 2, whole.len() - 1] {
        check("takeout.zip", &whole[..length], "cannot read at byte ", "download it again");
    }
    let mut damaged = whole;
    damaged[70] ^= 0xff;
    let scratch = Scratch::new();
    scratch.write("users/ann/All.mbox", one_message().0);
    scratch.write("users/bob/takeout.zip", damaged);
    let ran = scratch.run(["users", "out"]).ends(1);
    reported_at_the_end(&ran, "users/bob/takeout.zip!Takeout/Mail/All.mbox");
}

#[test]
fn archives_without_mail() {
    let (no_mail, advice) = ("no mailbox found", "check that mail was chosen for this export");
    check("takeout.zip", &zip(&[]), no_mail, advice);
    check("takeout.zip", &zip(&[("Takeout/Calendar/a.ics", b"BEGIN:VCALENDAR")]), no_mail, advice);
    check("takeout-20261122T000000Z-001.zip", &zip(&[("Takeout/archive_browser.html", b"<html>")]), no_mail, advice);
    check("a.tgz", &make::gzip(&make::tar(&[("a.txt".to_owned(), b"x".to_vec())])), no_mail, advice);
    check("a.tar", &make::tar(&[("a.txt".to_owned(), b"x".to_vec())]), no_mail, advice);
    let nested = [("takeout-1.zip", &takeout()[..]), ("takeout-2.zip", b"")];
    check("all.zip", &zip(&nested), "contains no mailbox, only archives (2)", "unpack it, and give the folder");
    check("all.zip", &zip(&[("a.tgz", b""), ("index.html", b"<html>")]), "only archives (1)", "unpack it");
}

#[test]
fn an_archive_without_mail_is_no_failure_where_the_mail_is_elsewhere() {
    let photos = zip(&[("Takeout/Photos/a.jpg", b"\xff\xd8")]);
    for (mail, other) in [
        ("ann/takeout-20261122T000000Z-001.zip", "ann/takeout-20261122T000000Z-002.zip"),
        ("ann/Takeout/Mail/All.mbox", "ann/Takeout/Drive/photos.zip"),
        ("Takeout/Mail/All.mbox", "Takeout/Drive/photos.zip"),
        ("All.mbox", "photos.zip"),
        ("ann/All.mbox", "ann/attachments/photos.zip"),
        ("ann.zip", "ann.docx"),
    ] {
        let scratch = Scratch::new();
        let bytes = if mail.ends_with(".zip") { takeout() } else { one_message().0.into_bytes() };
        scratch.write(format!("in/{mail}"), bytes);
        scratch.write(format!("in/{other}"), &photos);
        scratch.run(["in", "out"]).ends(0).says(&["1 found = 1 written", "Skipped 1 file"]);
    }
    // Beside it lies the archive of another person.
    let scratch = Scratch::new();
    scratch.write("in/ann.zip", takeout());
    scratch.write("in/bob.zip", &photos);
    let ran = scratch.run(["in", "out"]).ends(1);
    assert_eq!(reported_at_the_end(&ran, "in/bob.zip").0, "in/bob.zip: no mailbox found");
    // Parts that were named are one export, too.
    scratch.write("t-001.zip", takeout());
    scratch.write("t-002.zip", &photos);
    scratch.run(["t-002.zip", "t-001.zip", "out2"]).ends(0).says(&["Skipped 1 file"]);
}

#[test]
fn encrypted_members() {
    let mut member = Member::stored("Takeout/Mail/All.mbox", "encrypted");
    member.flags |= make::ENCRYPTED;
    let scratch = Scratch::new();
    scratch.write("users/ann/All.mbox", one_message().0);
    scratch.write("users/bob/takeout.zip", make::zip(&[member]));
    let ran = scratch.run(["users", "out"]).ends(1);
    let (reason, advice) = reported_at_the_end(&ran, "users/bob/takeout.zip!Takeout/Mail/All.mbox");
    assert!(reason.contains("it is encrypted"), "{reason}");
    assert_eq!(advice, "unpack the archive first, with its password if it has one, and give the folder");
}

#[test]
fn a_mailbox_of_an_archive_that_fails_has_its_own_place() {
    let encrypted = |name: &str| {
        let mut member = Member::stored(name, "encrypted");
        member.flags |= make::ENCRYPTED;
        member
    };
    let scratch = Scratch::new();
    let whole = Member::stored("Takeout/Mail/Sent.mbox", one_message().0);
    scratch.write("users/bob/takeout.zip", make::zip(&[encrypted("Takeout/Mail/All.mbox"), whole]));
    let json = scratch.run(["--json", "users", "out"]).ends(1).json();
    assert_eq!(json["failed"][0]["place"], "bob/takeout/All");
    assert_eq!(json["mailboxes"][0]["place"], "bob/takeout/Sent");
}

#[test]
fn other_members_that_cannot_be_read_are_counted_by_themselves() {
    let mut photo = Member::stored("photo.jpg", "encrypted");
    photo.flags |= make::ENCRYPTED;
    let members = [photo, Member::stored("a.txt", "x"), Member::stored("Sent.mbox", one_message().0)];
    for length in [0, 1] {
        let scratch = Scratch::new();
        let zip = make::zip(&members);
        // The second time without its directory.
        scratch.write("t.zip", &zip[..zip.len() - length]);
        let ran = scratch.run(["-v", "--json", "t.zip", "out"]);
        ran.says_nowhere(&["panicked"])
            .says(&[
                "not read: t.zip!photo.jpg is encrypted, or packed in an unknown way\n",
                "  1 file in archives is encrypted, or packed in an unknown way, and not read; if there is mail among them, \
                 unpack the archive first (listed above)\n",
                "    1 in archives\n",
            ])
            .json()["unreadable_members"]
            .as_u64()
            .filter(|number| *number == 1)
            .unwrap();
    }
}

#[test]
fn files_that_are_something_else_are_counted_in_plain_words() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", one_message().0);
    for number in 1..3 {
        scratch.write(format!("in/{number}.eml"), "Subject: One\n\nx\n");
        scratch.write(format!("in/{number}.html"), "<html>");
    }
    scratch.write("in/x.json", "{}");
    scratch.write("in/t.zip", zip(&[("b.mbox", one_message().0.as_bytes()), ("c.txt", b"x"), ("d.txt", b"x")]));
    let ran = scratch.run(["in", "out"]).ends(0);
    ran.says(&["    2 in archives, 2 single messages, 2 web pages, 1 JSON file\n"]);
}

#[test]
fn an_empty_mailbox_is_no_failure_where_a_program_keeps_it() {
    let scratch = Scratch::new();
    scratch.write("in/profile/Inbox", one_message().0);
    scratch.write("in/profile/Drafts", "");
    scratch.write("in/profile/Drafts.msf", "// <!-- <mdb:mork:z");
    scratch.write("in/bundle/Sent.mbox/mbox", "");
    scratch.write("in/Takeout/Mail/Empty.mbox", "");
    scratch.write("in/Takeout/Mail/Sent.mbox", one_message().0);
    scratch
        .run(["in", "out"])
        .ends(1)
        .says(&["2 found = 2 written", "in/bundle/Sent.mbox/mbox: not an mbox: it is empty"]);
}

/// A mailbox of forty messages, cut into three.
fn cut() -> [String; 3] {
    let subjects: Vec<String> = (0..40).map(|number| format!("Number {number}")).collect();
    let messages: Vec<(&str, &str)> = subjects.iter().map(|subject| (subject.as_str(), "Hello")).collect();
    let whole = mailbox(&messages);
    let (first, rest) = whole.split_at(1003);
    let (second, third) = rest.split_at(1003);
    [first, second, third].map(str::to_owned)
}

#[test]
fn a_piece_that_begins_as_a_file_of_apple_mail_is_none() {
    let scratch = Scratch::new();
    let whole = std::fs::read(crate::common::testdata().join("takeout/takeout.mbox")).unwrap();
    for (piece, letter) in whole.chunks(2000).zip('a'..='z') {
        scratch.write(format!("pieces/takeout.mbox.a{letter}"), piece);
    }
    let ran = scratch.run(["pieces", "out"]).ends(2).says(&["a piece of a split mailbox, number 2 of "]);
    ran.says_nowhere(&["Apple Mail"]);
}

#[test]
fn pieces_of_a_mailbox() {
    let names = ["big.mbox.aa", "big.mbox.ab", "big.mbox.ac"];
    let scratch = Scratch::new();
    scratch.write("users/ann/All.mbox", one_message().0);
    names.iter().zip(cut()).for_each(|(name, piece)| scratch.write(format!("users/bob/{name}"), piece));
    let ran = scratch.run(["users", "out"]).ends(1);
    let command = if cfg!(windows) {
        ": cmd /c copy /b users/bob/big.mbox.aa + users/bob/big.mbox.ab + users/bob/big.mbox.ac users/bob/big.mbox"
    } else {
        ": cat users/bob/big.mbox.aa users/bob/big.mbox.ab users/bob/big.mbox.ac > users/bob/big.mbox"
    };
    for (at, name) in names.iter().enumerate() {
        let error = format!("users/bob/{name}: a piece of a split mailbox, number {} of 3", at + 1);
        assert!(ran.stderr.contains(&error), "{ran:#?}");
    }
    // It is one mailbox that failed.
    let (reason, advice) = reported_at_the_end(&ran, "users/bob/big.mbox.aa");
    assert!(reason.ends_with(": a mailbox split into 3 pieces"), "{reason}");
    assert!(advice.ends_with(command), "{advice}");
    ran.says(&["\nFailed: 1\n"]);
    assert!(!scratch.path("out/bob").exists(), "the first piece is not converted by itself");
    let json = scratch.run(["--json", "--dry-run", "users", "out"]).ends(1).json();
    let failed = json["failed"].as_array().unwrap();
    assert!(failed.len() == 1 && failed[0]["place"] == "bob/big", "{json}");
    // The same where they are named, in any order.
    scratch.write("a.mbox", one_message().0);
    let named = names.map(|name| format!("users/bob/{name}"));
    let [first, second, third] = &named;
    let ran = scratch.run(["a.mbox", third, first, second, "out2"]).ends(1);
    let (_, advice) = reported_at_the_end(&ran, first);
    assert!(advice.ends_with(command), "{advice}");
    scratch.run(["inspect", "users"]).ends(1).says(&[command]);
    // What the advice says is right.
    scratch.write("users/bob/big.mbox", cut().concat());
    scratch
        .run(["users", "out"])
        .ends(1)
        .says(&["users/bob/big.mbox has the size of all pieces: move the pieces away"]);
    names.iter().for_each(|name| fs::remove_file(scratch.path(format!("users/bob/{name}"))).unwrap());
    scratch.run(["users", "out"]).ends(0).says(&["41 found"]);
    scratch.run(["verify", "users", "out"]).ends(0).prints_nothing();
}

#[test]
fn a_piece_without_the_others() {
    let [_, second, _] = cut();
    check("export.part", second.as_bytes(), "a piece of a split mailbox, without its first one", "join all in order");
    check("rest.mbox", second.as_bytes(), "a piece of a split mailbox", "find the pieces before it");
}

#[test]
fn whole_mailboxes_with_numbers_are_no_pieces() {
    let [first, second, _] = cut();
    let scratch = Scratch::new();
    let whole = mailbox(&[("One", "Hello"), ("Two", "Hello")]);
    scratch.write("in/list.2024-01", &whole);
    scratch.write("in/list.2024-02", &second);
    scratch.write("in/list.2024-03", &whole);
    scratch.write("in/x.mbox", first);
    let ran = scratch.run(["in", "out"]).ends(1);
    let (reason, _) = reported_at_the_end(&ran, "in/list.2024-02");
    assert!(reason.contains("a piece of a split mailbox"), "{reason}");
    assert!(scratch.path("out/list.2024-01").exists() && scratch.path("out/list.2024-03").exists());
}

#[test]
fn a_store_of_apple_mail() {
    let scratch = Scratch::new();
    scratch.write("users/ann/All.mbox", one_message().0);
    for number in 1..=3 {
        let message = format!("45\nSubject: {number}\nFrom: ann@example.org\n\nHello\n");
        scratch.write(format!("users/bob/V10/1/INBOX.mbox/2/Data/Messages/{number}.emlx"), message);
    }
    let ran = scratch.run(["users", "out"]).ends(1);
    let (reason, advice) = reported_at_the_end(&ran, "users/bob/V10/1/INBOX.mbox");
    assert!(reason.ends_with("contains messages of Apple Mail (.emlx: 3), which are not read"), "{reason}");
    assert!(advice.contains("Mailbox > Export Mailbox"), "{advice}");
}

#[cfg(unix)]
#[test]
fn links_are_counted_and_named() {
    use std::os::unix::fs::symlink;

    let scratch = Scratch::new();
    scratch.write("users/ann/All.mbox", one_message().0);
    scratch.write("elsewhere/Sent.mbox", one_message().0);
    symlink("../../elsewhere", scratch.path("users/ann/folder")).unwrap();
    symlink("../../elsewhere/Sent.mbox", scratch.path("users/ann/Sent.mbox")).unwrap();
    symlink("nowhere", scratch.path("users/ann/dangling.zip")).unwrap();
    let ran = scratch.run(["--json", "users", "out"]).ends(0).says(&["  3 links not followed (list with -v)\n"]);
    assert_eq!(ran.json()["links"], 3);
    assert_eq!(ran.json()["skipped"].as_array().unwrap().len(), 3);
    scratch.run(["-v", "users", "out"]).ends(0).says(&["not followed: users/ann/Sent.mbox is a link\n"]);
}

#[test]
fn other_files_are_counted_by_kind() {
    let scratch = Scratch::new();
    scratch.write("in/All.mbox", one_message().0);
    for (name, bytes) in [("a.html", "<html>"), ("b.html", "<html>"), ("c.json", "{}"), ("d.bin", "\u{1}\u{2}")] {
        scratch.write(format!("in/{name}"), bytes);
    }
    let ran = scratch.run(["--json", "in", "out"]).ends(0);
    let ran = ran.says(&[
        "  Skipped 4 files that are not mailboxes (list with -v)\n    2 web pages, 1 JSON file, 1 other file\n",
    ]);
    assert_eq!(ran.json()["skipped"][0], serde_json::json!({ "path": "in/a.html", "why": "no mailbox" }));
}

#[test]
fn a_second_copy_of_a_download_is_not_converted_again() {
    let scratch = Scratch::new();
    for name in ["takeout-20261122T000000Z-001.zip", "takeout-20261122T000000Z-001 (1).zip"] {
        scratch.write(name, takeout());
        scratch.write(format!("in/{name}"), takeout());
    }
    let warning = "takeout-20261122T000000Z-001 (1).zip has the same content as ";
    for inputs in [
        &["in"][..],
        &["takeout-20261122T000000Z-001.zip", "takeout-20261122T000000Z-001 (1).zip"],
        &["takeout-20261122T000000Z-001 (1).zip", "takeout-20261122T000000Z-001.zip"],
    ] {
        let ran =
            scratch.run(["--json"].iter().chain(inputs).chain(&["out"])).ends(0).says(&[warning, "second-copy 1\n"]);
        assert_eq!(ran.json()["messages"]["found"], 1);
        assert_eq!(ran.json()["warnings"]["second-copy"], 1);
        fs::remove_dir_all(scratch.path("out")).unwrap();
    }
    // Another content is another input.
    scratch.write(
        "in/takeout-20261122T000000Z-001 (1).zip",
        zip(&[("Takeout/Mail/Sent.mbox", one_message().0.as_bytes())]),
    );
    scratch.run(["in", "out"]).ends(0).says(&["2 found = 2 written"]).says_nowhere(&["second-copy"]);
}

#[test]
fn a_gap_in_the_parts_of_an_export_is_a_warning() {
    let scratch = Scratch::new();
    scratch.write("in/takeout-20261122T000000Z-001.zip", takeout());
    scratch.write("in/takeout-20261122T000000Z-004.zip", takeout());
    let warning = "parts 002, 003 of this export are missing: download them, then run the same command again\n";
    let ran = scratch.run(["--json", "in", "out"]).ends(0).says(&[warning, "missing-parts 1\n"]);
    assert_eq!(ran.json()["warnings"]["missing-parts"], 1);
}

#[test]
fn every_failure_is_named_even_if_there_are_hundreds() {
    let scratch = Scratch::new();
    scratch.write("users/ann/All.mbox", one_message().0);
    (0..201).for_each(|number| scratch.write(format!("users/user{number:03}/takeout.zip"), ""));
    for options in [&[][..], &["-q"]] {
        let ran = scratch.run(options.iter().chain(&["users", "out"])).ends(1);
        let list = ran.stderr.split_once("Failed: 201\n").unwrap().1;
        for number in 0..201 {
            assert!(list.contains(&format!("  users/user{number:03}/takeout.zip: not an archive: it is empty\n")));
        }
    }
}

#[test]
fn the_order_of_inputs_changes_nothing() {
    let scratch = Scratch::new();
    let mut inputs: Vec<String> = Vec::new();
    for (at, person) in ["ann", "bob", "carl", "dora"].into_iter().enumerate() {
        let name = format!("{person}.mbox");
        scratch.write(&name, mailbox(&[("One", person), ("Same", "all")][..1 + at % 2]));
        inputs.push(name);
    }
    let run = |inputs: &[String], out: &str| {
        scratch.run(inputs.iter().map(String::as_str).chain([out])).ends(0);
        scratch.tree(out)
    };
    let forwards = run(&inputs, "out1");
    inputs.reverse();
    assert!(run(&inputs, "out2") == forwards);
    inputs.rotate_left(1);
    assert!(run(&inputs, "out3") == forwards);
}

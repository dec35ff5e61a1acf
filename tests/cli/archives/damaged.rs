//! Members that are damaged or cannot be unpacked: the error says which and where, and all others still come.

use super::make::{self, ENCRYPTED, Member, find};
use crate::common::{Ran, Scratch, mailbox, one_message};

/// A mailbox that is large enough to have a middle.
fn large() -> String {
    let body: Vec<String> = (0..2000).map(|number| format!("Line {} of many", number * 7919)).collect();
    mailbox(&[("One", "first"), ("Two", &body.join("\n")), ("Three", "last")])
}

/// A ZIP of this member between two good ones, converted.
fn among_others(member: Member) -> (Scratch, Ran) {
    let (mbox, ..) = one_message();
    let scratch = Scratch::new();
    let others = ["a.mbox", "z.mbox"].map(|name| Member::deflated(name, &mbox));
    let [before, after] = others;
    scratch.write("t.zip", make::zip(&[before, member, after]));
    let ran = scratch.run(["--json", "t.zip", "out"]);
    let (_, name, eml) = one_message();
    for folder in ["a", "z"] {
        assert_eq!(scratch.read(format!("out/{folder}/{name}")), eml, "{ran:#?}");
    }
    (scratch, ran)
}

/// Only this member, converted into a folder and a ZIP: nothing is written, and the error is reported.
#[track_caller]
fn alone(member: Member, error: &str) {
    let scratch = Scratch::new();
    scratch.write("t.zip", make::zip(&[member]));
    for out in ["out", "out.zip"] {
        scratch.run(["t.zip", out]).ends(2).prints_nothing().says(&[error]);
        assert_eq!(scratch.tree(out).len(), 0);
        assert!(!scratch.path(out).is_file());
    }
}

#[test]
fn a_wrong_checksum_is_reported_and_the_messages_are_there() {
    let mbox = large();
    for member in [Member::deflated("m.mbox", &mbox), Member::stored("m.mbox", &mbox)] {
        let (scratch, ran) = among_others(Member { crc: Some(1), ..member });
        let error = format!(
            "mbox2eml: t.zip!m.mbox: cannot read at byte {}: wrong checksum: something before this position is damaged\n",
            mbox.len()
        );
        ran.ends(1).says(&[&error, "5 found = 5 written"]);
        scratch.write("m.mbox", &mbox);
        scratch.run(["m.mbox", "expected"]).ends(0);
        assert!(scratch.state("out/m") == scratch.state("expected"));
    }
}

#[test]
fn a_wrong_checksum_of_gzip_is_reported_and_the_messages_are_there() {
    let mbox = large();
    for (at, what) in [(8, "checksum"), (4, "length")] {
        let mut gz = make::gzip(mbox.as_bytes());
        let place = gz.len() - at;
        gz[place] ^= 1;
        let scratch = Scratch::with_mailbox(&mbox);
        scratch.write("m.mbox.gz", gz);
        let error = format!("mbox2eml: m.mbox.gz: cannot read at byte {}: wrong checksum", mbox.len());
        scratch.run(["m.mbox.gz", "out"]).ends(1).says(&[&error]).counts(3, 3, 0);
        scratch.run(["in.mbox", "expected"]).ends(0);
        assert!(scratch.state("out") == scratch.state("expected"), "{what}");
    }
}

#[test]
fn damaged_packed_data_gives_what_is_before_it_and_says_where() {
    let mbox = large();
    let mut packed = make::deflate(mbox.as_bytes());
    let middle = packed.len() / 2;
    packed[middle..middle + 400].fill(0xff);
    let (scratch, ran) = among_others(Member { packed: Some(packed), ..Member::deflated("m.mbox", &mbox) });
    let ran = ran.ends(1);
    let prefix = "mbox2eml: t.zip!m.mbox: cannot read at byte ";
    let line = ran.stderr.lines().find_map(|line| line.strip_prefix(prefix)).unwrap();
    let (read, rest) = line.split_once(": the packed data is damaged near byte ").unwrap();
    let read: usize = read.parse().unwrap();
    assert!(read > mbox.len() / 4 && read < mbox.len(), "{line}");

    let place: usize = rest.split(' ').next().unwrap().parse().unwrap();
    let data = find(&scratch.read("t.zip"), b"m.mbox", 0) + "m.mbox".len();
    assert!((data + middle..data + middle + 2000).contains(&place), "{line}: {}", data + middle);

    // The first message is whole; of the second comes what was good, and perhaps a little beyond.
    let (names, tree) = (scratch.names("out/m"), scratch.tree("out/m"));
    scratch.write("m.mbox", &mbox);
    scratch.run(["m.mbox", "expected"]).ends(0);
    let expected = scratch.tree("expected");
    assert_eq!(names, scratch.names("expected")[..2]);
    assert_eq!(tree[&names[0]], expected[&names[0]]);
    let good = expected[&names[1]].len() / 4;
    assert_eq!(tree[&names[1]][..good], expected[&names[1]][..good]);
    assert_eq!(ran.json()["mailboxes"][1]["bytes"]["input"], read);
}

#[test]
fn damaged_data_of_gzip_gives_what_is_before_it() {
    let mbox = large();
    let mut gz = make::gzip(mbox.as_bytes());
    let middle = gz.len() / 2;
    gz[middle..middle + 400].fill(0xff);
    let scratch = Scratch::new();
    scratch.write("m.mbox.gz", gz);
    let ran = scratch.run(["m.mbox.gz", "out"]).ends(1);
    ran.says(&["mbox2eml: m.mbox.gz: cannot read at byte ", ": the packed data is damaged near byte "]);
    assert_eq!(scratch.read("out/000001_20240401T120000Z_One.eml"), b"Subject: One\r\n\r\nfirst\r\n");
}

#[test]
fn a_wrong_length_is_reported() {
    let mbox = large();
    let member =
        Member { packed: Some(make::deflate(mbox.as_bytes())), ..Member::deflated("m.mbox", format!("{mbox}x")) };
    let (scratch, ran) = among_others(member);
    let error = format!("it unpacks to {} bytes instead of the {} given in the archive\n", mbox.len(), mbox.len() + 1);
    ran.ends(1).says(&["mbox2eml: t.zip!m.mbox: cannot read at byte ", &error]);
    assert_eq!(scratch.count("out/m"), 3);
}

#[test]
fn an_encrypted_mailbox_is_reported_and_what_to_do() {
    let (mbox, ..) = one_message();
    let member = Member { flags: ENCRYPTED, ..Member::deflated("m.mbox", mbox) };
    let error = "mbox2eml: t.zip!m.mbox: cannot open: it is encrypted\n  \
                 unpack the archive first, with its password if it has one, and give the folder\n";
    let (scratch, ran) = among_others(member.clone());
    assert_eq!(ran.ends(1).says(&[error, "2 found = 2 written"]).json()["failed"].as_array().unwrap().len(), 1);
    assert_eq!(scratch.count("out"), 2);
    alone(member, error);
}

#[test]
fn an_unknown_way_of_packing_is_reported_and_what_to_do() {
    let (mbox, ..) = one_message();
    for (method, called) in [(9, "9"), (12, "12"), (14, "14"), (93, "93"), (6, "6")] {
        let member = Member { method, ..Member::deflated("m.mbox", &mbox) };
        let (scratch, ran) = among_others(member.clone());
        let ran = ran.ends(1).says(&["mbox2eml: t.zip!m.mbox: cannot open: it is packed by method "]);
        let line = ran.stderr.lines().find(|line| line.contains("by method")).unwrap();
        assert!(line.ends_with(", which is not read") && line.contains(called), "{line}");
        assert!(ran.stderr.contains("\n  unpack the archive first, "), "{ran:#?}");
        assert_eq!(scratch.count("out"), 2);
        alone(member, "mbox2eml: t.zip!m.mbox: cannot open: it is packed by method ");
    }
}

#[test]
fn what_is_no_mailbox_may_be_encrypted_or_packed_in_any_way() {
    for (member, counted) in [
        (Member { flags: ENCRYPTED, ..Member::deflated("photo.jpg", "x") }, "unreadable_members"),
        (Member { method: 12, ..Member::deflated("photo.jpg", "x") }, "unreadable_members"),
        (Member { crc: Some(1), ..Member::deflated("photo.jpg", "x") }, "other_files"),
    ] {
        let (_, ran) = among_others(member);
        let json = ran.ends(0).says_nowhere(&["photo.jpg"]).json();
        for kind in ["unreadable_members", "other_files"] {
            assert_eq!(json[kind], u64::from(kind == counted), "{counted}");
        }
    }
}

#[test]
fn damaged_members_of_a_tar_archive_do_not_hide_those_before() {
    let (mbox, name, eml) = one_message();
    let files = ["a.mbox", "b.mbox", "c.mbox"].map(|name| (name, mbox.clone().into_bytes()));
    let mut tar = make::tar(&files);
    let header = find(&tar, b"c.mbox\0", 0);
    tar[header + 150] ^= 1;
    for (archive, bytes) in [("t.tar", tar.clone()), ("t.tgz", make::gzip(&tar))] {
        let scratch = Scratch::new();
        scratch.write(archive, bytes);
        let error = format!("mbox2eml: {archive}: cannot read at byte ");
        scratch.run([archive, "out"]).ends(1).says(&[&error, "no tar header where one is expected"]);
        assert_eq!(scratch.names("out"), ["a", "b"].map(|folder| format!("{folder}/{name}")));
        assert_eq!(scratch.read(format!("out/b/{name}")), eml);
    }
}

#[test]
fn something_behind_an_archive_does_no_harm_or_is_reported() {
    let (mbox, name, _) = one_message();
    let zip = make::zip(&[Member::deflated("a.mbox", &mbox)]);
    let scratch = Scratch::new();
    scratch.write("a.mbox.gz", [make::gzip(mbox.as_bytes()), b"garbage".to_vec()].concat());
    scratch.run(["a.mbox.gz", "out"]).ends(1).says(&["other data follows the packed data"]).counts(1, 1, 0);
    assert_eq!(scratch.names("out"), [name]);
    scratch.write("a.zip", [zip, b"garbage".to_vec()].concat());
    scratch.run(["a.zip", "out2"]).says(&["1 found = 1 written"]);
    assert_eq!(scratch.names("out2"), [format!("a/{name}")]);
}

#[test]
fn a_damaged_archive_in_a_searched_folder_does_not_harm_the_others() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", &mbox);
    scratch.write("in/b.zip", b"PK\x03\x04 and nothing that makes sense");
    scratch.write("in/c.tgz", b"\x1f\x8b\x08 and nothing that makes sense");
    scratch.write("in/d.mbox.gz", make::gzip(mbox.as_bytes()));
    let ran = scratch.run(["in", "out"]).ends(1);
    ran.says(&["mbox2eml: in/b.zip: ", "mbox2eml: in/c.tgz: ", "2 found = 2 written"]);
    assert_eq!(scratch.names("out"), ["a", "d"].map(|folder| format!("{folder}/{name}")));
}

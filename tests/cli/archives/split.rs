//! Pieces of an archive that was cut up.

use super::make::{Member, zip};
use crate::common::{Scratch, mailbox, one_message};

/// A ZIP, cut into three; the second piece begins with a message.
fn cut() -> [Vec<u8>; 3] {
    let whole = zip(&[Member::stored("Sent.mbox", mailbox(&[("One", "Hello"), ("Two", "Hello"), ("Three", "Hello")]))]);
    let at = whole.len() / 3;
    [&whole[..at], &whole[at..2 * at], &whole[2 * at..]].map(<[u8]>::to_vec)
}

fn scratch(names: [&str; 3]) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("in/ann/All.mbox", one_message().0);
    names.iter().zip(cut()).for_each(|(name, piece)| scratch.write(format!("in/bob/{name}"), piece));
    scratch
}

const NUMBERED: [&str; 3] = ["my mail.zip.001", "my mail.zip.002", "my mail.zip.003"];

#[test]
fn pieces_are_failures_and_none_is_converted() {
    for (names, command) in [
        (
            NUMBERED,
            "cat 'in/bob/my mail.zip.001' 'in/bob/my mail.zip.002' 'in/bob/my mail.zip.003' > 'in/bob/my mail.zip'",
        ),
        (["a.tgz.aa", "a.tgz.ab", "a.tgz.ac"], "cat in/bob/a.tgz.aa in/bob/a.tgz.ab in/bob/a.tgz.ac > in/bob/a.tgz"),
        (["a.z01", "a.z02", "a.zip"], "zip -s 0 in/bob/a.zip --out in/bob/a.joined.zip"),
    ] {
        let named = names.map(|name| format!("in/bob/{name}"));
        let folder = ["in".to_owned()];
        for inputs in [&folder[..], &["in/ann".to_owned(), named[2].clone(), named[0].clone(), named[1].clone()]] {
            let scratch = scratch(names);
            let mut ran = scratch.run(inputs.iter().map(String::as_str).chain(["out"])).ends(1);
            for (at, name) in named.iter().enumerate() {
                ran = ran.says(&[&format!("{name}: a piece of a split archive, number {} of 3", at + 1)]);
            }
            if cfg!(unix) {
                ran = ran
                    .says(&[&format!(": {command}\n"), "join the pieces into one file and move them away, then run"]);
            }
            ran.says(&[
                "1 found = 1 written",
                "\nFailed: 1\n",
                &format!("{}: an archive split into 3 pieces", named[0]),
            ]);
        }
    }
}

#[test]
fn joined_pieces_are_converted() {
    let scratch = scratch(NUMBERED);
    scratch.run(["in", "out"]).ends(1);
    scratch.write("in/bob/my mail.zip", cut().concat());
    let ran = scratch.run(["in", "out"]).ends(1);
    ran.says(&["in/bob/my mail.zip has the size of all pieces: move the pieces away"]).counts(4, 3, 1);
    NUMBERED.iter().for_each(|name| std::fs::remove_file(scratch.path("in/bob").join(name)).unwrap());
    let before = scratch.state("out");
    scratch.run(["in", "out"]).ends(0).counts(4, 0, 4);
    assert!(scratch.state("out") == before);
}

#[test]
fn a_piece_of_seven_zip_is_named_as_such() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", one_message().0);
    scratch.write("in/b.7z.001", b"7z\xbc\xaf\x27\x1c\0\x04");
    scratch.write("in/b.7z.002", [9; 50]);
    scratch.run(["in", "out"]).ends(1).says(&["in/b.7z.001: a piece of a split archive, number 1 of 2"]);
}

#[test]
fn a_piece_without_the_first_one() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", one_message().0);
    scratch.write("in/b.zip.003", &cut()[2]);
    let ran = scratch.run(["in", "out"]).ends(1);
    ran.says(&["in/b.zip.003: a piece of a split archive, without the others", "all pieces again, into one folder"]);
}

#[test]
fn whole_archives_with_such_names_are_converted() {
    let scratch = Scratch::new();
    for name in ["one.zip.001", "two.zip.01", "two.zip.02", "three.zip.aa", "four.z01"] {
        scratch.write(format!("in/{name}"), cut().concat());
    }
    scratch.write("in/x.zip.md5", "0123");
    scratch.write("in/y.zip.sig", "0123");
    scratch.run(["in", "out"]).ends(0).says(&["15 found = 15 written"]);
}

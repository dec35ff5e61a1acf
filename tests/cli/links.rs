//! Links, pipes and hard cases in the output: nothing is ever written through a link or into a pipe.

use std::fs;
use std::os::unix::fs::symlink;

use crate::common::{Scratch, mailbox, one_message};
use crate::pipes::make_pipe;

#[test]
fn the_output_itself_may_be_a_link() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    fs::create_dir(scratch.path("real")).unwrap();
    symlink("real", scratch.path("out")).unwrap();
    scratch.run(["in.mbox", "out"]).ends(0);
    assert_eq!(scratch.read(format!("real/{name}")), eml);
}

#[test]
fn a_link_in_the_place_of_the_file_is_not_written_through() {
    let (mbox, name, eml) = one_message();
    let other = name.replace(".eml", "~2.eml");
    // Targets of the link: the same bytes, a start of them, an empty file, none, a folder.
    for (what, target) in
        [("same", Some(eml)), ("start", Some(&eml[..4])), ("empty", Some(&b""[..])), ("nowhere", None)]
    {
        let scratch = Scratch::with_mailbox(&mbox);
        if let Some(bytes) = target {
            scratch.write("outside", bytes);
        }
        fs::create_dir(scratch.path("out")).unwrap();
        symlink("../outside", scratch.path("out").join(name)).unwrap();
        for (written, already_there) in [(1, 0), (0, 1)] {
            scratch.run(["in.mbox", "out"]).ends(0).counts(1, written, already_there);
        }
        assert_eq!(scratch.tree("out")[name], b"link to ../outside", "{what}");
        assert_eq!(scratch.read(format!("out/{other}")), eml, "{what}");
        assert_eq!(fs::read(scratch.path("outside")).ok().as_deref(), target, "{what}");
    }
}

#[test]
fn a_pipe_in_the_place_of_the_file_is_not_touched() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    fs::create_dir(scratch.path("out")).unwrap();
    make_pipe(&scratch.path("out").join(name));
    scratch.run(["in.mbox", "out"]).ends(0).counts(1, 1, 0);
    assert_eq!(scratch.tree("out")[name], b"neither file nor folder");
    assert_eq!(scratch.read(format!("out/{}", name.replace(".eml", "~2.eml"))), eml);
}

/// Messages of two years, of which the first one's folder is something else.
fn two_years() -> Scratch {
    let second = mailbox(&[("B", "2")]).replace("2024", "2025");
    Scratch::with_mailbox(mailbox(&[("A", "1")]) + &second)
}

const BY_YEAR: [&str; 4] = ["--name", "{year}/{index}", "in.mbox", "out"];

#[test]
fn a_linked_folder_is_not_entered() {
    for target in ["../outside", "../nowhere", "/"] {
        let scratch = two_years();
        fs::create_dir_all(scratch.path("outside")).unwrap();
        fs::create_dir(scratch.path("out")).unwrap();
        symlink(target, scratch.path("out/2024")).unwrap();
        let error = "mbox2eml: in.mbox: message 1 (byte 0, line 1): cannot write 2024/000001.eml: \
                     its folder is a link, which is not followed\n  \
                     choose another name, or move away what is there\n";
        for written in ["1 written + 1 failed", "0 written + 1 already there + 1 failed"] {
            scratch.run(BY_YEAR).ends(1).says(&[error, "Done, with failures", written]);
        }
        assert_eq!(scratch.names("out"), ["2024", "2025/000002.eml"], "{target}");
        assert_eq!(scratch.names("outside"), [""; 0], "{target}");
        assert!(!scratch.path("nowhere").exists());
    }
}

#[test]
fn a_linked_folder_deeper_down_is_not_entered() {
    let scratch = two_years();
    fs::create_dir_all(scratch.path("outside")).unwrap();
    fs::create_dir_all(scratch.path("out/a/b")).unwrap();
    symlink("../../../outside", scratch.path("out/a/b/2024")).unwrap();
    scratch.run(["--name", "a/b/{year}/c/{index}", "in.mbox", "out"]).ends(1).says(&["its folder is a link"]);
    assert_eq!(scratch.names("out"), ["a/b/2024", "a/b/2025/c/000002.eml"]);
    assert_eq!(scratch.names("outside"), [""; 0]);
}

#[test]
fn the_linked_folder_of_a_mailbox_fails_that_mailbox_only() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    scratch.write("a.mbox", &mbox);
    scratch.write("b.mbox", &mbox);
    fs::create_dir_all(scratch.path("outside")).unwrap();
    fs::create_dir(scratch.path("out")).unwrap();
    symlink("../outside", scratch.path("out/a")).unwrap();
    scratch.run(["a.mbox", "b.mbox", "out"]).ends(1).says(&["a.mbox: message 1", "its folder is a link"]);
    assert_eq!(scratch.names("out"), ["a".to_owned(), format!("b/{name}")]);
    assert_eq!(scratch.names("outside"), [""; 0]);
}

#[test]
fn a_file_in_the_place_of_a_folder_stays() {
    let scratch = two_years();
    scratch.write("out/2024", "somebody's");
    let error = "message 1 (byte 0, line 1): cannot write 2024/000001.eml: its folder is a file\n";
    scratch.run(BY_YEAR).ends(1).says(&[error]);
    assert_eq!(scratch.names("out"), ["2024", "2025/000002.eml"]);
    assert_eq!(scratch.read("out/2024"), b"somebody's");
}

#[test]
fn links_in_a_searched_folder_are_not_followed_and_a_linked_input_is() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    scratch.write("elsewhere/a.mbox", &mbox);
    scratch.write("in/b.mbox", &mbox);
    scratch.write("c.mbox", &mbox);
    symlink("../elsewhere", scratch.path("in/folder")).unwrap();
    symlink("../c.mbox", scratch.path("in/file.mbox")).unwrap();
    symlink(".", scratch.path("in/loop")).unwrap();
    make_pipe(&scratch.path("in/pipe.mbox"));
    scratch.run(["in", "out"]).ends(0);
    assert_eq!(scratch.names("out"), [format!("b/{name}")]);

    symlink("elsewhere", scratch.path("linked")).unwrap();
    scratch.run(["linked", "in/file.mbox", "out2"]).ends(0);
    assert_eq!(scratch.names("out2"), [format!("in/file/{name}"), format!("linked/a/{name}")]);
}

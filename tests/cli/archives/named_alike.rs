//! Inputs whose names are those that a run gives, or might give, to files of its own; and many of them.

use std::fs;
use std::process::Command;

use super::make::{self, Member};
use crate::common::{PROGRAM, Ran, Scratch, clean, one_message, testdata};

fn takeout() -> Vec<u8> {
    fs::read(testdata().join("takeout/takeout.mbox")).unwrap()
}

#[test]
fn a_download_in_work_is_read_and_kept() {
    let zip = make::zip(&[Member::deflated("a.mbox", takeout())]);
    for (name, bytes) in [("mail.zip.partial", takeout()), ("mail.zip.partial", zip)] {
        let scratch = Scratch::new();
        scratch.write(name, &bytes);
        scratch.run([name, "mail.zip"]).ends(0).says(&["8 found = 8 written"]);
        assert_eq!(scratch.read(name), bytes);
        assert_eq!(scratch.names("."), ["mail.zip", name]);
    }
}

#[test]
fn a_file_in_work_of_the_output_is_no_input() {
    let scratch = Scratch::new();
    for name in ["mail.zip.mbox2eml.partial", "mail-002.zip.mbox2eml.partial"] {
        scratch.write(name, takeout());
        scratch.run([name, "mail.zip"]).ends(2).says(&["INPUT and OUTPUT are the same"]);
        assert_eq!(scratch.read(name), takeout());
    }
}

#[test]
fn archives_that_are_named_like_volumes_are_read() {
    let scratch = Scratch::new();
    for name in ["mail-2023.zip", "mail-2024.zip", "mail-002.zip"] {
        scratch.write(format!("in/{name}"), make::zip(&[Member::deflated("a.mbox", takeout())]));
    }
    scratch.run(["in", "in/mail.zip"]).ends(0).says(&["24 found = 24 written"]);
}

#[test]
fn a_file_in_work_that_was_replaced_is_not_taken_for_ours() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    // The run waits for its input while its unfinished file is replaced by another.
    let mut child = scratch.program().args(["-", "mail.zip"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let part = scratch.path("mail.zip.mbox2eml.partial");
    crate::common::wait_until("the archive is begun", || part.exists());
    // It is renamed, since Windows removes an open file only when it is closed.
    fs::rename(&part, scratch.path("elsewhere")).unwrap();
    fs::write(&part, "somebody else's").unwrap();
    let mut pipe = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut pipe, &scratch.read("in.mbox")).unwrap();
    drop(pipe);
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(!scratch.path("mail.zip").exists());
    assert_eq!(fs::read(part).unwrap(), b"somebody else's");
}

#[cfg(unix)]
#[test]
fn more_archives_than_files_may_be_open_are_read() {
    let scratch = Scratch::new();
    for number in 0..120 {
        let zip = make::zip(&[Member::deflated("a.mbox", takeout())]);
        scratch.write(format!("in/{number:03}/export.zip"), zip);
        scratch.write(format!("in/{number:03}/Sent.mbox.gz"), make::gzip(&takeout()));
    }
    let mut shell = clean(Command::new("sh"), &scratch.path("."));
    shell.args(["-c", "ulimit -n 64; exec \"$0\" in out", PROGRAM]);
    Ran::of(&mut shell).ends(0).says(&["1,920 found = 1,920 written"]);
}

#[test]
fn inputs_without_a_mailbox_are_a_failure_and_no_dry_run() {
    let scratch = Scratch::new();
    scratch.write("in/photos.zip", make::zip(&[Member::stored("a.jpg", b"\xff\xd8")]));
    for input in ["in", "nothing"] {
        let ran = scratch.run(["convert", "--json", input, "out"]).ends(2);
        assert_eq!(ran.json()["dry_run"], false, "{ran:#?}");
        assert!(!scratch.path("out").exists());
    }
    scratch.run(["in", "out"]).ends(2).says(&["in/photos.zip: no mailbox found"]);
}

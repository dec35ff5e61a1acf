//! Inputs that change while they are read are reported; the program never crashes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use rustix::pipe::fcntl_setpipe_size;

use crate::common::{Ran, Scratch, Tree, large_mailbox};

/// Two batches of 4 MiB, and a part of a third.
const MESSAGES: usize = 1000;

/// A mailbox of so many messages, about each of which there is a warning.
fn mailbox() -> Vec<u8> {
    let mailbox = String::from_utf8(large_mailbox(MESSAGES)).unwrap();
    mailbox.replace("\n\nLine", "\n\n\0ine").into_bytes()
}

/// Runs the program, does something to its input when it is in the middle of it, and lets it go on.
///
/// With `-v` the program prints all its warnings, which are more than fits into the pipe: until they are read, it waits.
fn disturbed(original: &[u8], options: &[&str], disturb: impl Fn(&Scratch)) -> (Ran, Tree) {
    let scratch = Scratch::with_mailbox(original);
    // However coarse its clock is, the file system has another time for what is written now.
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(scratch.path("in.mbox")).unwrap().set_modified(past).unwrap();
    let (read, write) = io::pipe().unwrap();
    // A page, which is 64 KiB at most.
    fcntl_setpipe_size(&write, 1 << 12).unwrap();
    let mut command = scratch.program();
    let options = ["-v", "--progress", "none", "--threads", "1"].iter().chain(options);
    command.args(options).args(["in.mbox", "out"]).stdout(Stdio::null()).stderr(write);
    let child = command.spawn().unwrap();
    // Only the program has the other end.
    drop(command);
    let (mut first, mut rest) = (String::new(), String::new());
    let mut stderr = BufReader::new(read);
    stderr.read_line(&mut first).unwrap();
    assert!(first.starts_with("nul-bytes "), "{first}");
    disturb(&scratch);
    stderr.read_to_string(&mut rest).unwrap();
    let ran = Ran { stderr: first + &rest, ..Ran::from(child.wait_with_output().unwrap()) };
    (ran, scratch.tree("out"))
}

/// The files of an undisturbed run.
fn expected() -> Tree {
    let scratch = Scratch::with_mailbox(mailbox());
    scratch.run(["in.mbox", "out"]).ends(0);
    scratch.tree("out")
}

fn cut(scratch: &Scratch, length: u64) {
    OpenOptions::new().write(true).open(scratch.path("in.mbox")).unwrap().set_len(length).unwrap();
}

#[test]
fn an_input_that_becomes_shorter_is_reported() {
    let expected = expected();
    for options in [&[][..], &["--no-mmap"]] {
        let (ran, written) = disturbed(&mailbox(), options, |scratch| cut(scratch, 4096));
        assert!(matches!(ran.code, Some(1 | 2)), "{ran:#?}");
        let reported =
            ["in.mbox: an input became shorter while it was being read", "in.mbox: changed while it was being read"];
        assert!(reported.iter().any(|text| ran.stderr.contains(text)), "{ran:#?}");
        assert!(options.is_empty() || ran.stderr.contains(" bytes when opened, 4096 bytes now"), "{ran:#?}");
        for (name, bytes) in written {
            assert!(expected[&name].starts_with(&bytes), "{options:?}: {name} is no start of its message");
        }
    }
}

#[test]
fn an_input_that_grows_is_reported_and_what_was_there_is_converted() {
    let expected = expected();
    for options in [&[][..], &["--no-mmap"]] {
        let (ran, written) = disturbed(&mailbox(), options, |scratch| {
            let mut file = OpenOptions::new().append(true).open(scratch.path("in.mbox")).unwrap();
            file.write_all(b"From bob@example.com Mon Apr  1 13:00:00 2024\nSubject: New\n\nx\n\n").unwrap();
        });
        ran.ends(1).says(&[
            "mbox2eml: in.mbox: changed while it was being read: ",
            " bytes when opened, ",
            "  close the program that writes to it, or copy it first, then run the same command again\n",
        ]);
        assert!(expected.iter().all(|(name, bytes)| written.get(name) == Some(bytes)), "{options:?}");
    }
}

#[test]
fn an_input_that_is_written_to_is_reported() {
    let (ran, _) = disturbed(&mailbox(), &[], |scratch| {
        let bytes = scratch.read("in.mbox");
        // The same length in another file: what was opened is still whole.
        fs::write(scratch.path("other"), &bytes).unwrap();
        fs::rename(scratch.path("other"), scratch.path("in.mbox")).unwrap();
    });
    ran.ends(0).says(&["1,000 found = 1,000 written"]);

    let (ran, _) = disturbed(&mailbox(), &[], |scratch| {
        let mut file = OpenOptions::new().write(true).open(scratch.path("in.mbox")).unwrap();
        file.write_all(b"From ").unwrap();
    });
    ran.ends(1).says(&["in.mbox: changed while it was being read"]);
}

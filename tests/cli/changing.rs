//! Inputs that change while they are read: an error that says so, never a crash, never silence.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::Stdio;

use crate::common::{Ran, Scratch, Tree, large_mailbox, wait_until};
use crate::interrupted::signal;

/// Five batches of 4 MiB.
const MESSAGES: usize = 2000;

/// Runs the program, does something to its input while it is in the middle of it, and lets it go on.
///
/// The program is held in the meantime. If more than half of its files are there by then, all begins again.
fn disturbed(options: &[&str], disturb: impl Fn(&Scratch)) -> (Ran, Tree) {
    disturbed_before(MESSAGES / 2, &large_mailbox(MESSAGES), options, disturb)
}

/// The same with any mailbox, for as long as no more than so many files are there.
fn disturbed_before(files: usize, original: &[u8], options: &[&str], disturb: impl Fn(&Scratch)) -> (Ran, Tree) {
    for _ in 0..50 {
        let scratch = Scratch::with_mailbox(original);
        let mut command = scratch.program();
        let command = command.args(options).args(["--threads", "1", "in.mbox", "out"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        wait_until("a file is there", || scratch.count("out") > 0 || child.try_wait().unwrap().is_some());
        if child.try_wait().unwrap().is_some() {
            continue;
        }
        signal(&child, "STOP");
        let stat = format!("/proc/{}/stat", child.id());
        wait_until("it is held or has ended", || {
            let stat = fs::read_to_string(&stat).unwrap_or_default();
            matches!(stat.rsplit(") ").next().and_then(|state| state.chars().next()), None | Some('T' | 'Z'))
        });
        let in_the_middle = scratch.count("out") < files;
        if in_the_middle {
            disturb(&scratch);
        }
        signal(&child, "CONT");
        let ran = Ran::from(child.wait_with_output().unwrap());
        if in_the_middle {
            return (ran, scratch.tree("out"));
        }
    }
    panic!("it was never caught in the middle");
}

/// The files of an undisturbed run.
fn expected() -> Tree {
    let scratch = Scratch::with_mailbox(large_mailbox(MESSAGES));
    scratch.run(["in.mbox", "out"]).ends(0);
    scratch.tree("out")
}

fn cut(scratch: &Scratch, length: u64) {
    OpenOptions::new().write(true).open(scratch.path("in.mbox")).unwrap().set_len(length).unwrap();
}

#[test]
fn an_input_that_becomes_shorter_is_told() {
    let expected = expected();
    for options in [&[][..], &["--no-mmap"]] {
        let (ran, written) = disturbed(options, |scratch| cut(scratch, 4096));
        assert!(matches!(ran.code, Some(1 | 2)), "{ran:#?}");
        let told =
            ["in.mbox: an input became shorter while it was being read", "in.mbox: changed while it was being read"];
        assert!(told.iter().any(|text| ran.stderr.contains(text)), "{ran:#?}");
        for (name, bytes) in written {
            assert!(expected[&name].starts_with(&bytes), "{options:?}: {name} is no start of its message");
        }
    }
}

#[test]
fn an_input_that_grows_is_told_and_what_was_there_is_converted() {
    let expected = expected();
    for options in [&[][..], &["--no-mmap"]] {
        let (ran, written) = disturbed(options, |scratch| {
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
fn an_input_that_is_written_to_is_told() {
    let (ran, _) = disturbed(&[], |scratch| {
        let bytes = scratch.read("in.mbox");
        // The same length in another file: what was opened is still whole.
        fs::write(scratch.path("other"), &bytes).unwrap();
        fs::rename(scratch.path("other"), scratch.path("in.mbox")).unwrap();
    });
    ran.ends(0).says(&["2,000 found = 2,000 written"]);

    let (ran, _) = disturbed(&[], |scratch| {
        let mut file = OpenOptions::new().write(true).open(scratch.path("in.mbox")).unwrap();
        file.write_all(b"From ").unwrap();
    });
    ran.ends(1).says(&["in.mbox: changed while it was being read"]);
}

#[test]
fn no_wrong_byte_is_written_when_an_input_becomes_shorter() {
    // Short messages, so that whole ones fit between the cut and the end of its page.
    let one = |number: usize| (format!("Number {number}"), "A short body.\n".repeat(10));
    let messages: Vec<_> = (0..20_000).map(one).collect();
    let messages: Vec<_> = messages.iter().map(|(subject, body)| (&**subject, &**body)).collect();
    let original = crate::common::mailbox(&messages);
    let undisturbed = Scratch::with_mailbox(&original);
    undisturbed.run(["in.mbox", "out"]).ends(0);
    let expected = undisturbed.tree("out");
    assert_eq!(expected.len(), messages.len());
    let (ran, written) = disturbed_before(5000, original.as_bytes(), &[], |scratch| cut(scratch, 2_000_001));
    assert!(matches!(ran.code, Some(1 | 2)), "{ran:#?}");
    for (name, bytes) in written {
        assert!(expected.get(&name).is_some_and(|whole| whole.starts_with(&bytes)), "{name} is no start of a message");
    }
}

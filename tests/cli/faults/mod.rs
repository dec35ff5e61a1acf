//! Faults of every kind: what docs/FAULTS.md says of each, done to the program.
//!
//! What other tests show is not shown again here; the table in docs/FAULTS.md names every test.

mod clock;
mod disk;
mod killed;
mod names;
mod reading;
mod scarce;
mod sizes;
mod streams;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::common::{PROGRAM, Scratch, Tree, large_mailbox, mailbox};
use crate::support::skip::skip;

/// Whether the program is a script that has QEMU run it: limits and traces would be those of QEMU. Reports that the test
/// is skipped.
fn is_emulated() -> bool {
    let mut start = [0; 2];
    let is_script = File::open(PROGRAM).unwrap().read(&mut start).is_ok() && start == *b"#!";
    if is_script {
        skip("QEMU runs the program");
    }
    is_script
}

/// Four mailboxes in the folder `in`, of long and of short messages with labels, 1.5 MB in all.
pub(crate) fn four_mailboxes() -> Scratch {
    let scratch = Scratch::new();
    let labelled = |label: &str| {
        let messages: Vec<_> = (0..120).map(|number| (label, if number % 2 == 0 { "even" } else { "odd" })).collect();
        mailbox(&messages).replace("Subject", &format!("X-GM-THRID: 1\nX-Gmail-Labels: Inbox,{label}\nSubject"))
    };
    scratch.write("in/a.mbox", large_mailbox(60));
    scratch.write("in/b.mbox", labelled("Work/Clients"));
    scratch.write("in/c/d.mbox", large_mailbox(80));
    scratch.write("in/e.mbox", labelled("Travel"));
    scratch
}

/// How many files are in the folder and below, while files come and go.
pub(crate) fn count(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => count(&entry.path()),
        _ => 1,
    };
    entries.map(files).sum()
}

/// Every file is a message of the undisturbed run or the start of one.
#[track_caller]
fn assert_starts(written: &Tree, expected: &Tree) {
    for (name, bytes) in written.iter().filter(|(name, _)| !name.ends_with('/')) {
        assert!(expected.get(name).is_some_and(|whole| whole.starts_with(bytes)), "{name} is no start of a message");
    }
}

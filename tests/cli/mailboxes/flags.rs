//! `--mbox-flags`: the state of messages in the fields that mail programs read.

use super::{bytes_of, labelled};
use crate::common::Scratch;

#[test]
fn the_state_that_labels_show_is_in_the_fields_of_the_program() {
    let scratch = Scratch::with_mailbox(labelled(&["Inbox,Unread", "Inbox,Starred", "Trash"]).as_bytes());
    for (kind, expected) in [
        ("status", &["Status: O\n", "Status: RO\nX-Status: F\n", "Status: RO\n"][..]),
        ("mozilla", &["X-Mozilla-Status: 0000\n", "X-Mozilla-Status: 0005\n", "X-Mozilla-Status: 0001\n"]),
    ] {
        let options = ["--format", "mbox", "--mbox-flags", kind];
        scratch.run(options.iter().chain(&["--manifest", &format!("{kind}.csv"), "in.mbox", kind])).ends(0);
        let written = String::from_utf8(scratch.read(format!("{kind}/in.mbox"))).unwrap();
        let letters: Vec<&str> = written.split("From 17").skip(1).collect();
        assert_eq!(letters.len(), expected.len(), "{written}");
        for (letter, fields) in letters.into_iter().zip(expected) {
            let (_, message) = letter.split_once('\n').unwrap();
            assert!(message.starts_with(fields) && message.matches("Status: ").count() <= 2, "{message}");
        }
        // Again, with the input, and without it.
        scratch.run(options.iter().chain(&["in.mbox", kind])).ends(0).says(&["3 already there"]);
        scratch.run(["verify"].iter().chain(&options).chain(&["in.mbox", kind])).ends(0);
        scratch.run(["verify", "--format", "mbox", "--manifest", &format!("{kind}.csv"), kind]).ends(0);
        scratch.run(["verify", "--format", "mbox", "in.mbox", kind]).ends(1);
    }
    // The kind of one program takes the place of that of another.
    let options = ["--format", "mbox", "--mbox-flags"];
    scratch.run(options.iter().chain(&["mozilla", "status/in.mbox", "one"])).ends(0);
    scratch.run(options.iter().chain(&["mozilla", "in.mbox", "other"])).ends(0);
    assert_eq!(bytes_of(scratch.tree("one")), bytes_of(scratch.tree("other")));
}

#[test]
fn only_mailboxes_have_such_fields() {
    let scratch = Scratch::with_mailbox(labelled(&["Inbox"]).as_bytes());
    for format in ["eml", "maildir"] {
        let ran = scratch.run(["--format", format, "--mbox-flags", "status", "in.mbox", "out"]).ends(2);
        ran.says(&["--mbox-flags"]);
    }
}

//! Standard streams that are closed or take nothing.

use crate::broken_pipes::shell;
use crate::common::{Scratch, one_message};

const FULL: &str = "mbox2eml: cannot print: No space left on device (os error 28)\n";

#[test]
fn a_full_standard_output_is_reported_by_every_command() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.run(["in.mbox", "out"]).ends(0);
    for command in [
        "inspect in.mbox",
        "inspect --json in.mbox",
        "--dry-run --json in.mbox out",
        "verify --json in.mbox out",
        "verify in.mbox empty",
        "--help",
        "--version",
        "man convert",
        "importers",
    ] {
        shell(&scratch, &format!("mkdir -p empty; \"$0\" {command} > /dev/full")).ends(2).says(&[FULL]);
    }
}

#[test]
fn a_full_standard_error_is_no_error() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    shell(&scratch, "\"$0\" -v --progress json in.mbox out 2> /dev/full").ends(0);
    assert_eq!(scratch.names("out"), [name]);
    shell(&scratch, "\"$0\" missing out 2> /dev/full").ends(2);
}

#[test]
fn a_closed_standard_input_is_an_empty_mailbox() {
    let scratch = Scratch::new();
    shell(&scratch, "\"$0\" - out <&-").ends(0).says(&["standard input, empty"]).counts(0, 0, 0);
    shell(&scratch, "\"$0\" - out.zip <&-").ends(0).counts(0, 0, 0);
    assert!(!scratch.path("out.zip").exists());
}

//! A closed or broken standard output or error does no harm.

use std::process::Command;

use crate::common::{PROGRAM, Ran, Scratch, clean, one_message};

/// Runs a line of shell in which `$0` is the program.
pub(crate) fn shell(scratch: &Scratch, line: &str) -> Ran {
    let mut shell = clean(Command::new("sh"), &scratch.path("."));
    Ran::of(shell.args(["-c", line, PROGRAM]))
}

/// A line that prints the exit code of a program whose standard output is no longer read. The program begins
/// only when the reader is gone.
pub(crate) fn unread(command: &str) -> String {
    format!(
        "mkfifo gone; {{ read x < gone; {command}; echo $? > code; }} | {{ exec <&-; echo > gone; }}; wait; cat code"
    )
}

#[test]
fn a_closed_standard_output_is_no_error() {
    let (mbox, name, eml) = one_message();
    for (what, redirected) in [("closed", ">&-"), ("nowhere", ">/dev/null")] {
        let scratch = Scratch::with_mailbox(&mbox);
        shell(&scratch, &format!("\"$0\" --json in.mbox out {redirected}")).ends(0).says(&["Done: 1 message"]);
        assert_eq!(scratch.read(format!("out/{name}")), eml, "{what}");
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    let ran = shell(&scratch, &unread("\"$0\" --json in.mbox out")).ends(0).says_nowhere(&["panic", "roken pipe"]);
    assert_eq!(ran.stdout, "0\n");
    assert_eq!(scratch.read(format!("out/{name}")), eml);
    for command in ["--help", "--version", "convert --help", "man", "completions zsh", "importers"] {
        let ran = shell(&Scratch::new(), &unread(&format!("\"$0\" {command}"))).ends(0);
        assert_eq!((&*ran.stdout, &*ran.stderr), ("0\n", ""), "{command}");
    }
}

#[test]
fn a_closed_standard_error_is_no_error() {
    let (mbox, name, eml) = one_message();
    for (options, redirected) in [("", "2>&-"), ("-v --progress json", "2>&-"), ("--color always", "2>/dev/null")] {
        let scratch = Scratch::with_mailbox(&mbox);
        shell(&scratch, &format!("\"$0\" {options} in.mbox out {redirected}")).ends(0);
        assert_eq!(scratch.tree("out").into_iter().collect::<Vec<_>>(), [(name.to_owned(), eml.to_vec())], "{options}");
        let ran = shell(&scratch, &format!("\"$0\" {options} missing out {redirected}")).ends(2);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn everything_closed_is_no_error() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    shell(&scratch, "\"$0\" --json in.mbox out <&- >&- 2>&-").ends(0);
    assert_eq!(scratch.tree("out").into_iter().collect::<Vec<_>>(), [(name.to_owned(), eml.to_vec())]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_reported() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    let ran = shell(&scratch, "\"$0\" -q --json in.mbox out >/dev/full").ends(2);
    assert_eq!(ran.stderr, "mbox2eml: cannot print: No space left on device (os error 28)\n");
    assert_eq!(scratch.read(format!("out/{name}")), eml);
}

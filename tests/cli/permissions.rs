//! What the user may not read or write.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::common::{PROGRAM, Ran, Scratch, clean, mailbox, one_message};
use crate::support::skip::skip;

/// The program as a user whom permissions bind. `None` where there is no way to be one.
pub(crate) fn program_bound_by_permissions(scratch: &Scratch) -> Option<Command> {
    if !scratch.path("secret").exists() {
        scratch.write("secret", "");
        allow(scratch, "secret", 0o000);
    }
    let wrapped = |wrapper: &[&str], program: &str, arg: &str| {
        let line = [wrapper, &[program]].concat();
        let mut command = clean(Command::new(line[0]), &scratch.path("."));
        command.args(&line[1..]);
        if !arg.is_empty() {
            command.arg(arg);
        }
        command
    };
    for wrapper in [&[][..], &["unshare", "-U"]] {
        let works = |program: &str, arg: &str| {
            wrapped(wrapper, program, arg).output().is_ok_and(|output| output.status.success())
        };
        if !works("cat", "secret") && works(PROGRAM, "--version") {
            return Some(wrapped(wrapper, PROGRAM, ""));
        }
    }
    skip("permissions do not bind this user");
    None
}

pub(crate) fn allow(scratch: &Scratch, name: &str, mode: u32) {
    fs::set_permissions(scratch.path(name), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn an_unreadable_input_is_reported() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.write("b.mbox", &mbox);
    allow(&scratch, "in.mbox", 0o000);
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let error = "mbox2eml: in.mbox: cannot open: Permission denied (os error 13)\n  \
                 check its permissions, or run as its owner\n";
    Ran::of(command.args(["in.mbox", "b.mbox", "out"])).ends(1).says(&[error]);
    assert_eq!(scratch.names("out"), [format!("b/{name}")]);
}

#[test]
fn an_unreadable_folder_below_an_input_is_reported_and_the_rest_is_converted() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    for file in ["in/a.mbox", "in/locked/b.mbox", "in/unreadable.mbox", "in/z.mbox"] {
        scratch.write(file, &mbox);
    }
    allow(&scratch, "in/locked", 0o000);
    allow(&scratch, "in/unreadable.mbox", 0o000);
    let Some(mut command) = program_bound_by_permissions(&scratch) else {
        return allow(&scratch, "in/locked", 0o700);
    };
    let ran = Ran::of(command.args(["in", "out"]));
    allow(&scratch, "in/locked", 0o700);
    ran.ends(1).says(&[
        "mbox2eml: in/locked: cannot search this folder: Permission denied (os error 13)\n",
        "mbox2eml: in/unreadable.mbox: cannot open: Permission denied (os error 13)\n",
        "check its permissions, or run as its owner\n",
        "2 found = 2 written",
    ]);
    assert_eq!(scratch.names("out"), [format!("a/{name}"), format!("z/{name}")]);
}

#[test]
fn an_output_that_cannot_be_made_is_reported() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    fs::create_dir(scratch.path("locked")).unwrap();
    allow(&scratch, "locked", 0o555);
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let error = "mbox2eml: locked/out: cannot create this folder: Permission denied (os error 13)\n  \
                 choose an output that you may write to\n";
    Ran::of(command.args(["in.mbox", "locked/out"])).ends(2).says(&[error]);
}

#[test]
fn an_output_that_may_not_be_written_is_reported() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x"); 40]));
    fs::create_dir(scratch.path("out")).unwrap();
    allow(&scratch, "out", 0o555);
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let ran = Ran::of(command.args(["in.mbox", "out"])).ends(2);
    let ran = ran.says(&["Permission denied (os error 13)\n  choose an output that you may write to\n"]);
    // The hint once, and not a line for each of many messages.
    assert_eq!(ran.stderr.matches("choose an output").count(), 1, "{ran:#?}");
    assert!(ran.stderr.lines().count() < 30, "{ran:#?}");
    assert_eq!(scratch.names("out"), [""; 0]);
}

#[test]
fn read_only_files_of_an_earlier_run_are_already_there() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.run(["in.mbox", "out"]).ends(0);
    allow(&scratch, &format!("out/{name}"), 0o444);
    allow(&scratch, "out", 0o555);
    let before = scratch.state("out");
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let ran = Ran::of(command.args(["in.mbox", "out"]));
    allow(&scratch, "out", 0o755);
    ran.ends(0).counts(1, 0, 1);
    assert_eq!(scratch.state("out"), before);
    assert_eq!(scratch.read(format!("out/{name}")), eml);
}

#[test]
fn a_stranger_s_file_that_may_not_be_written_or_read_stays() {
    let (mbox, name, eml) = one_message();
    let other = name.replace(".eml", "~2.eml");
    for (mode, bytes) in [
        (0o444, &b"short"[..]),
        (0o444, b"Subject: Two\r\n\r\nHello\r\n"),
        (0o000, b"short"),
        (0o000, b"Subject: Two\r\n\r\nHello\r\n"),
    ] {
        let scratch = Scratch::with_mailbox(&mbox);
        scratch.write(format!("out/{name}"), bytes);
        allow(&scratch, &format!("out/{name}"), mode);
        let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
        Ran::of(command.args(["in.mbox", "out"])).ends(0).counts(1, 1, 0);
        allow(&scratch, &format!("out/{name}"), 0o644);
        assert_eq!(scratch.read(format!("out/{name}")), bytes, "{mode:o}");
        assert_eq!(scratch.read(format!("out/{other}")), eml, "{mode:o}");
    }
}

#[test]
fn what_is_written_has_the_permissions_that_the_umask_leaves() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    for (umask, file, folder) in [("077", 0o600, 0o700), ("027", 0o640, 0o750)] {
        let line = format!("umask {umask}; \"$0\" in.mbox {umask} && \"$0\" in.mbox {umask}.zip");
        let mut shell = clean(Command::new("sh"), &scratch.path("."));
        Ran::of(shell.args(["-c", &line, PROGRAM])).ends(0);
        let mode = |path: &str| fs::metadata(scratch.path(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(umask), folder);
        assert_eq!(mode(&format!("{umask}/{name}")), file);
        assert_eq!(mode(&format!("{umask}.zip")), file);
    }
}

#[test]
fn a_report_in_a_folder_that_may_not_be_written_to() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.write("shut/x", "");
    allow(&scratch, "shut", 0o555);
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let ran = Ran::of(command.args(["--report", "shut/r.html", "in.mbox", "out"])).ends(2);
    ran.says(&["mbox2eml: shut/r.html: cannot write this report: permission denied\n"]).says_nowhere(&[".tmp"]);
    allow(&scratch, "shut", 0o755);
}

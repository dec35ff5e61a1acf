//! Inputs that fail in the middle: the system really answers with an error, or a mapped page really cannot be had.

use std::fs;
use std::process::Command;

use super::{assert_starts, is_emulated};
use crate::archives::make::{Member, zip};
use crate::broken_pipes::shell;
use crate::common::{MOVE_IT, PROGRAM, Ran, Scratch, clean, large_mailbox, one_message};
use crate::output_faults::shell_that_mounts;
use crate::support::skip::skip;

const EIO: &str = "Input/output error (os error 5)";

#[test]
fn an_input_that_cannot_be_read_at_all_is_reported_and_the_others_are_converted() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    let error = format!("mbox2eml: /proc/self/mem: cannot open: {EIO}\n");
    scratch.run(["/proc/self/mem", "out"]).ends(2).says(&[&error]);
    scratch.run(["inspect", "/proc/self/mem"]).ends(2).says(&[&error]);
    scratch.run(["/proc/self/mem", "in.mbox", "out"]).ends(1).says(&[&error]).counts(1, 1, 0);
    // The deepest common folder of the two inputs is the root, so its place is its whole path.
    let names = scratch.names("out");
    let [only] = &*names else { panic!("{names:?}") };
    assert!(only.ends_with(&format!("/in/{name}")), "{only}");
}

#[test]
fn a_standard_input_that_cannot_be_read_is_reported() {
    let scratch = Scratch::new();
    for (input, error) in [("/proc/self/mem", EIO), (".", "Is a directory (os error 21)")] {
        let error = format!("mbox2eml: standard input: cannot read at byte 0: {error}\n");
        for output in ["out", "out.zip"] {
            shell(&scratch, &format!("\"$0\" - {output} < {input}")).ends(2).says(&[&error]);
        }
        shell(&scratch, &format!("\"$0\" inspect - < {input}")).ends(2).says(&[&error]);
    }
    assert!(!scratch.path("out.zip").exists());
}

/// The program, whose calls of these sorts for a path are answered with errors as that says. `None` without `strace`.
fn traced(scratch: &Scratch, path: &str, fault: &str) -> Option<Command> {
    injected(scratch, &["-P", path], fault)
}

/// The same for the calls that the options of `strace` choose.
fn injected(scratch: &Scratch, options: &[&str], fault: &str) -> Option<Command> {
    if is_emulated() {
        return None;
    }
    let strace = |program: &[&str]| {
        let mut command = clean(Command::new("strace"), &scratch.path("."));
        command.args(["-f", "-qq", "-o", "trace", "-e", &format!("inject={fault}")]).args(options).args(program);
        command
    };
    if !strace(&[PROGRAM, "--version"]).output().is_ok_and(|output| output.status.success()) {
        skip("strace is not installed, or may not trace");
        return None;
    }
    Some(strace(&[PROGRAM]))
}

#[test]
fn a_disk_that_fails_in_the_middle_of_a_mailbox_gives_what_is_before_it() {
    let scratch = Scratch::with_mailbox(large_mailbox(1200));
    scratch.write("parts.zip", zip(&[Member::stored("in.mbox", scratch.read("in.mbox"))]));
    for (input, fault, output) in [
        ("in.mbox", "read:error=EIO:when=12+", "out"),
        ("parts.zip", "pread64:error=EIO:when=8+", "out2"),
        ("parts.zip", "pread64:error=EIO:when=8+", "out3.zip"),
    ] {
        scratch.run(["--no-mmap", input, &format!("whole-{output}")]).ends(0);
        let Some(mut command) = traced(&scratch, input, fault) else { return };
        let ran = Ran::of(command.args(["--no-mmap", "--json", "--threads", "1", input, output])).ends(1);
        let ran = ran.says(&["cannot read at byte ", EIO, "  the messages before that byte were converted"]);
        let found = ran.json()["messages"]["found"].as_u64().unwrap();
        assert!((1..1200).contains(&found), "{found} messages");
        if output == "out3.zip" {
            scratch.run([input, output]).ends(2).says(&[" exists and has different contents", MOVE_IT]);
            fs::remove_file(scratch.path(output)).unwrap();
        } else {
            assert_starts(&scratch.tree(output), &scratch.tree(&format!("whole-{output}")));
        }
        scratch.run([input, output]).ends(0);
        assert!(scratch.tree(output) == scratch.tree(&format!("whole-{output}")));
    }
}

#[test]
fn a_disk_that_fails_while_a_message_is_written_fails_that_message_only() {
    let scratch = Scratch::with_mailbox(large_mailbox(5));
    scratch.run(["in.mbox", "whole"]).ends(0);
    let third = scratch.names("whole")[2].clone();
    let path = scratch.path("out").join(&third);
    let Some(mut command) = traced(&scratch, path.to_str().unwrap(), "write:error=EIO:when=1") else { return };
    let output = scratch.path("out");
    let ran = Ran::of(command.arg("in.mbox").arg(&output)).ends(1);
    ran.says(&[&format!("cannot write {third}: {EIO}"), "5 found = 4 written + 1 failed"]);
    scratch.run(["in.mbox", "out"]).ends(0).counts(5, 1, 4);
    assert!(scratch.tree("out") == scratch.tree("whole"));
}

#[test]
fn a_file_whose_mapping_is_refused_is_read() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    let Some(mut command) = traced(&scratch, "in.mbox", "mmap:error=ENODEV") else { return };
    Ran::of(command.args(["in.mbox", "out"])).ends(0).counts(1, 1, 0);
    assert!(String::from_utf8(scratch.read("trace")).unwrap().contains("ENODEV"), "it was not refused");
    assert_eq!(scratch.read(format!("out/{name}")), eml);
}

/// The page is the only file that is synced here.
#[test]
fn a_run_killed_while_it_writes_its_report_leaves_none_and_a_rerun_makes_it() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    let Some(mut command) = injected(&scratch, &[], "fsync:signal=KILL") else { return };
    let ran = Ran::of(command.args(["--report", "r.html", "in.mbox", "out"]));
    assert_eq!(ran.code, None, "{ran:#?}");
    fs::remove_file(scratch.path("trace")).unwrap();
    let names = scratch.names(".");
    let [left, ..] = &*names else { panic!("{names:?}") };
    assert!(left.starts_with(".mbox2eml-report-") && left.ends_with(".tmp"), "{names:?}");
    assert_eq!(names[1..], ["in.mbox".to_owned(), format!("out/{name}")]);
    assert_eq!(scratch.read(format!("out/{name}")), eml);
    scratch.run(["--report", "r.html", "in.mbox", "out"]).ends(0).counts(1, 0, 1);
    assert!(scratch.path("r.html").exists());
}

#[test]
fn a_mapped_page_that_cannot_be_had_ends_the_run_with_a_word() {
    // The file has a hole, for which the full disk has no page; a plain read gives zeros.
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    let script = "mount -t tmpfs -o size=64k none disk || exit 99
        cp in.mbox disk && truncate -s 300000 disk/in.mbox && cat /dev/zero > disk/ballast
        \"$0\" disk/in.mbox out; echo $?; \"$0\" disk/in.mbox out.zip; echo $?; ls out.zip; \"$0\" inspect disk/in.mbox; echo $?
        \"$0\" -q --no-mmap disk/in.mbox out; echo $?; \"$0\" -q --no-mmap disk/in.mbox out.zip; echo $?";
    let Some(mut shell) = shell_that_mounts(&scratch, script) else { return };
    let ran = Ran::of(&mut shell).says(&[
        "mbox2eml: disk/in.mbox: an input became shorter while it was being read, or its disk failed (this one was",
        "run the same command again when the input is complete; --no-mmap reports the byte\n",
    ]);
    assert_eq!(ran.stdout, "2\n2\n2\n0\n0\n", "{ran:#?}");
    assert!(scratch.path("out.zip").exists());
}

//! Pipes as input: bytes are converted as they come, and progress is reported meanwhile.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::common::{Ran, Scratch, clean, large_mailbox, one_message, wait_until};
use crate::held::Held;

pub(crate) fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_named_pipe_is_a_mailbox() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    let ran = Held::run(&scratch, "in.mbox", ["in.mbox", "out"]).finish();
    ran.ends(0).says(&["in.mbox, an mbox"]).counts(1, 1, 0);
    assert_eq!(scratch.read(format!("out/{name}")), eml);
}

#[test]
fn a_pipeline_of_the_shell_is_a_mailbox() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    let mut shell = clean(Command::new("sh"), &scratch.path("."));
    shell.args(["-c", "cat in.mbox | \"$0\" - out", crate::common::PROGRAM]);
    Ran::of(&mut shell).ends(0);
    assert_eq!(scratch.read(format!("out/{name}")), eml);
}

#[test]
fn bytes_that_come_one_by_one_give_the_same_files() {
    let mbox = crate::common::mailbox(&[("A", "1\n>From x"), ("B", "2")]);
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["in.mbox", "expected"]).ends(0);
    let mut child = scratch.program().args(["-", "out"]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for byte in mbox.bytes() {
        stdin.write_all(&[byte]).unwrap();
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(scratch.state("out") == scratch.state("expected"));
}

#[test]
fn messages_are_written_before_the_pipe_ends() {
    let scratch = Scratch::new();
    let mut child = scratch.program().args(["-", "out"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&large_mailbox(1000)).unwrap();
    wait_until("a file is there", || scratch.count("out") > 0);
    drop(stdin);
    Ran::from(child.wait_with_output().unwrap()).ends(0).counts(1000, 1000, 0);
    assert_eq!(scratch.count("out"), 1000);
}

/// Writes messages until the program reports its progress; returns that line.
fn first_progress_line() -> String {
    let scratch = Scratch::new();
    let args = ["--dry-run", "--progress", "json", "-", "out"];
    let mut child = scratch.program().args(args).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, stderr) = (child.stdin.take().unwrap(), child.stderr.take().unwrap());
    let (mut lines, is_read) = (BufReader::new(stderr).lines(), AtomicBool::new(false));
    let line = thread::scope(|scope| {
        scope.spawn(|| {
            let mailbox = large_mailbox(200);
            while !is_read.load(Ordering::Relaxed) {
                stdin.write_all(&mailbox).unwrap();
            }
            drop(stdin);
        });
        let line = lines.next().unwrap().unwrap();
        is_read.store(true, Ordering::Relaxed);
        line
    });
    let rest: Vec<String> = lines.collect::<io::Result<_>>().unwrap();
    assert!(rest.iter().any(|line| line.starts_with("Dry run: ")), "{rest:#?}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    line
}

#[test]
fn progress_in_json_is_an_object_a_line() {
    let line: serde_json::Value = serde_json::from_str(&first_progress_line()).unwrap();
    crate::schema::check(&line);
    assert_eq!(line["event"], "progress");
    assert!(line["bytes"].as_u64() > Some(0) && line["messages"].as_u64() > Some(0), "{line}");
    assert!(line["total"].is_null() && line["seconds"].as_f64() > Some(0.0), "{line}");
}

//! Runs that are ended from outside: what was written is whole or will be completed, and a rerun ends as if nothing
//! had happened.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use crate::common::{Ran, Scratch, large_mailbox, large_name, wait_until};
use crate::pipes::{make_pipe, open_pipe};

/// Sends a signal to a running program.
pub(crate) fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_killed_run_is_completed_by_the_next() {
    // 50 MB.
    let scratch = Scratch::with_mailbox(large_mailbox(4500));
    scratch.run(["in.mbox", "undisturbed"]).ends(0);
    for (options, killed_at) in [(&[][..], &[1, 100, 2500][..]), (&["--no-mmap"], &[1, 700])] {
        let out = format!("out{}", options.len());
        let mut kills = 0;
        for &files in killed_at {
            let mut child =
                scratch.program().args(options).args(["in.mbox", &out]).stderr(Stdio::null()).spawn().unwrap();
            let file = scratch.path(&out).join(large_name(files));
            wait_until("that file is there", || file.exists() || child.try_wait().unwrap().is_some());
            child.kill().unwrap();
            // A late one finds the run ended by itself, which is fine as well.
            kills += usize::from(child.wait().unwrap().signal() == Some(9));
        }
        assert!(kills > 0, "no run was killed");
        scratch.run(options.iter().chain(&["in.mbox", &out])).ends(0).says(&["4,500 found = ", "already there"]);
        assert!(scratch.tree(&out) == scratch.tree("undisturbed"), "{options:?}");
    }
}

/// A run that has written something and waits for more, and its pipe.
fn run_in_the_middle(scratch: &Scratch, options: &[&str]) -> (Child, std::fs::File) {
    make_pipe(&scratch.path("pipe"));
    let mut command = scratch.program();
    let child =
        command.args(options).args(["pipe", "out"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = open_pipe(&scratch.path("pipe"));
    pipe.write_all(&scratch.read("in.mbox")).unwrap();
    wait_until("a file is there", || scratch.count("out") > 0);
    (child, pipe)
}

#[test]
fn an_interrupted_run_leaves_whole_files_and_is_completed_by_the_next() {
    for (name, options) in [("INT", &[][..]), ("TERM", &["--threads", "1"]), ("INT", &["--json"])] {
        let scratch = Scratch::with_mailbox(large_mailbox(1000));
        scratch.run(["in.mbox", "undisturbed"]).ends(0);
        let (mut child, pipe) = run_in_the_middle(&scratch, options);
        signal(&child, name);
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        // The pipe may not end before the program has heard the signal.
        assert!(stderr.any(|line| line.starts_with("stopping: ")), "{name} was not heard");
        drop(pipe);
        let rest = stderr.collect::<Vec<_>>().join("\n");
        let ran = Ran { stderr: rest, ..Ran::from(child.wait_with_output().unwrap()) };
        let ran =
            ran.ends(130).says(&["Stopped: ", "What was written is whole. Run the same command again to continue."]);
        if options == ["--json"] {
            assert_eq!(ran.json()["complete"], false);
        }
        let (written, expected) = (scratch.state("out"), scratch.state("undisturbed"));
        assert!((1..1000).contains(&written.0.len()), "{} files", written.0.len());
        for (name, bytes) in &written.0 {
            assert!(expected.0[name] == *bytes && expected.1[name] == written.1[name], "{name} is not whole");
        }
        scratch.run(["in.mbox", "out"]).ends(0).says(&["1,000 found = "]);
        assert!(scratch.state("out") == expected);
    }
}

#[test]
fn a_second_interrupt_ends_at_once() {
    let scratch = Scratch::with_mailbox(large_mailbox(1000));
    let (mut child, pipe) = run_in_the_middle(&scratch, &[]);
    // The pipe stays open, so that the program would wait for ever.
    wait_until("it has ended", || {
        signal(&child, "INT");
        child.try_wait().unwrap().is_some()
    });
    drop(pipe);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    scratch.run(["in.mbox", "out"]).ends(0).says(&["1,000 found = "]);
    assert_eq!(scratch.count("out"), 1000);
}

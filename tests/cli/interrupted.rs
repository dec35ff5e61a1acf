//! Runs that are ended from outside: what was written is whole or will be completed, and a rerun ends as if nothing
//! had happened.

use crate::common::{Scratch, large_mailbox, large_name};
use crate::held::Held;

#[test]
fn a_killed_run_is_completed_by_the_next() {
    let scratch = Scratch::with_mailbox(large_mailbox(1200));
    for options in [&[][..], &["--no-mmap"], &["--threads", "1"]] {
        scratch.run(options.iter().chain(&["in.mbox", "undisturbed"])).ends(0);
        for files in [1, 700] {
            let mut run = Held::run(&scratch, "in.mbox", options.iter().chain(&["in.mbox", "out"]).copied());
            run.wait_until_there(&scratch.path("out").join(large_name(files)));
            run.kill();
        }
        scratch.run(options.iter().chain(&["in.mbox", "out"])).ends(0).says(&["1,200 found = ", "already there"]);
        assert!(scratch.tree("out") == scratch.tree("undisturbed"), "{options:?}");
        ["out", "undisturbed"].iter().for_each(|folder| std::fs::remove_dir_all(scratch.path(folder)).unwrap());
    }
}

#[test]
fn a_run_killed_in_a_mapped_mailbox_is_completed_by_the_next() {
    let scratch = Scratch::with_mailbox(large_mailbox(1200));
    scratch.write("last.mbox", large_mailbox(1));
    let args = |out| ["in.mbox", "last.mbox", out];
    scratch.run(args("undisturbed")).ends(0);
    for files in [1, 700] {
        let mut run = Held::run(&scratch, "last.mbox", args("out"));
        run.wait_until_there(&scratch.path("out/in").join(large_name(files)));
        run.kill();
    }
    scratch.run(args("out")).ends(0).says(&["1,201 found = ", "already there"]);
    assert!(scratch.tree("out") == scratch.tree("undisturbed"));
}

#[test]
fn an_interrupted_run_leaves_whole_files_and_is_completed_by_the_next() {
    for (name, options) in [("INT", &[][..]), ("TERM", &["--threads", "1"]), ("INT", &["--json"])] {
        let scratch = Scratch::with_mailbox(large_mailbox(1000));
        scratch.run(["in.mbox", "undisturbed"]).ends(0);
        let mut run = Held::run(&scratch, "in.mbox", options.iter().chain(&["in.mbox", "out"]).copied());
        run.wait_until("a file is there", || scratch.count("out") > 0);
        let ran = run.interrupt(name).ends(130);
        let ran =
            ran.says(&["Stopped: ", "Everything written so far is complete. Run the same command again to continue."]);
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
    let mut run = Held::run(&scratch, "in.mbox", ["in.mbox", "out"]);
    run.wait_until("a file is there", || scratch.count("out") > 0);
    run.interrupt_until_it_ends("INT").ends(130);
    scratch.run(["in.mbox", "out"]).ends(0).says(&["1,000 found = "]);
    assert_eq!(scratch.count("out"), 1000);
}

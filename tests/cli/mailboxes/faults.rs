//! Runs that are killed, stopped, or run out of room: no mailbox has its name before it is complete.

use crate::common::{Scratch, large_mailbox, mailbox, one_message};
use crate::faults::{count, four_mailboxes};
use crate::held::Held;
use crate::output_faults::{NO_ROOM, SMALL, convert_twice};

const OPTIONS: [&str; 2] = ["--format", "mbox"];

/// How many files are in the folder and below, while files come and go.
fn begun(scratch: &Scratch) -> usize {
    count(&scratch.path("out"))
}

/// The names in the folder and below, but for folders.
fn files(scratch: &Scratch, folder: &str) -> Vec<String> {
    scratch.names(folder).into_iter().filter(|name| !name.ends_with('/')).collect()
}

#[test]
fn a_killed_run_leaves_no_mailbox_and_is_completed_by_the_next() {
    for more in [&[][..], &["--layout", "label", "--label-copies", "all"], &["--mbox-tree", "thunderbird"]] {
        let scratch = four_mailboxes();
        scratch.write("last.mbox", one_message().0);
        let args = |out| OPTIONS.iter().chain(more).copied().chain(["in", "last.mbox", out]);
        scratch.run(args("undisturbed")).ends(0);
        for wanted in [1, 2, 3] {
            let mut run = Held::run(&scratch, "last.mbox", args("out"));
            run.wait_until("so many are begun", || begun(&scratch) >= wanted);
            run.kill();
            let left = files(&scratch, "out");
            assert!(left.iter().all(|name| name.ends_with(".mbox2eml.partial")), "{left:?}");
        }
        scratch.run(args("out")).ends(0);
        assert!(scratch.tree("out") == scratch.tree("undisturbed"), "{:?}", scratch.names("out"));
        scratch.run(args("out")).ends(0).says(&["found = 0 written + "]);
    }
}

#[test]
fn an_interrupted_run_leaves_nothing_and_its_messages_count_as_failed() {
    let scratch = Scratch::with_mailbox(large_mailbox(1000));
    let mut run = Held::run(&scratch, "in.mbox", ["--format", "mbox", "--json", "in.mbox", "out"]);
    run.wait_until_there(&scratch.path("out/in.mbox.mbox2eml.partial"));
    let ran = run.interrupt("INT").ends(130).says(&["Only finished mailboxes are kept."]);
    let json = ran.json();
    assert_eq!((&json["complete"], &json["messages"]["written"]), (&false.into(), &0.into()));
    assert_eq!(json["messages"]["found"], json["messages"]["failed"]);
    assert_eq!(json["folders"], serde_json::json!({}));
    assert!(scratch.names("out").is_empty(), "{:?}", scratch.names("out"));
    scratch.run(["--format", "mbox", "in.mbox", "out"]).ends(0).counts(1000, 1000, 0);
}

#[test]
fn a_full_disk_leaves_no_mailbox_and_a_rerun_makes_all() {
    for more in ["", "--layout label"] {
        let scratch = four_mailboxes();
        let options = format!("--format mbox {more} in");
        scratch.run(options.split_whitespace().chain(["elsewhere"])).ends(0);
        let args = format!("{options} disk/out");
        let Some((first, second)) = convert_twice(&scratch, &SMALL, &args, "disk/out") else { return };
        let first = first.ends(2).says(&[NO_ROOM, "Aborted: 0 messages", "Unfinished mailboxes were removed"]);
        assert_eq!(first.stderr.matches("mbox2eml: ").count(), 1, "{first:#?}");
        assert!(files(&scratch, "first").is_empty(), "{:?}", scratch.names("first"));
        second.ends(0);
        assert!(scratch.tree("second") == scratch.tree("elsewhere"));
    }
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let scratch = Scratch::with_mailbox(large_mailbox(1000));
    scratch.write("other.mbox", one_message().0);
    let mut run = Held::run(&scratch, "in.mbox", ["--format", "mbox", "in.mbox", "out"]);
    run.wait_until_there(&scratch.path("out/in.mbox.mbox2eml.partial"));
    scratch.run(["--format", "mbox", "other.mbox", "out"]).ends(2).says(&["another run is writing to it"]);
    run.kill();
}

/// Far more folders than files may be open.
#[test]
fn any_number_of_mailboxes_needs_few_open_files() {
    let messages: Vec<_> = (0..600).map(|number| (if number % 2 == 0 { "even" } else { "odd" }, "x")).collect();
    let mut number = 0;
    let labelled = mailbox(&messages)
        .split_inclusive("Subject")
        .map(|part| {
            number += 1;
            part.replace("Subject", &format!("X-GM-THRID: 1\nX-Gmail-Labels: L{}/x\nSubject", number % 300))
        })
        .collect::<String>();
    let scratch = Scratch::with_mailbox(labelled);
    let line = "ulimit -n 64; exec \"$0\" --format mbox --layout label --manifest m.csv in.mbox out";
    crate::broken_pipes::shell(&scratch, line).ends(0).counts(600, 600, 0);
    assert_eq!(files(&scratch, "out").len(), 300);
    crate::broken_pipes::shell(&scratch, line).ends(0).counts(600, 0, 600);
    let verify = ["verify", "--format", "mbox", "--layout", "label", "--manifest", "m.csv", "in.mbox", "out"];
    scratch.run(verify).ends(0);
}

/// What was complete when the names were given stays; only what could not be finished counts as failed.
#[test]
fn a_mailbox_that_cannot_be_finished_fails_alone() {
    let scratch = four_mailboxes();
    scratch.write("last.mbox", one_message().0);
    let mut run = Held::run(&scratch, "last.mbox", ["--format", "mbox", "--json", "in", "last.mbox", "out"]);
    run.wait_until("all are begun", || begun(&scratch) >= 4);
    // Another program makes one of the files meanwhile.
    scratch.write("out/in/b.mbox", "mine");
    let ran = run.finish().ends(2).says(&["cannot finish this mailbox", "b.mbox already exists"]);
    let json = ran.json();
    assert_eq!(json["messages"]["failed"], 120);
    assert_eq!(json["files"].as_array().unwrap().len(), 4);
    assert_eq!(scratch.read("out/in/b.mbox"), b"mine");
    assert!(!files(&scratch, "out").iter().any(|name| name.ends_with(".partial")));
}

//! Runs that are killed, stopped or run out of room: none leaves a bag that is valid and should not be.

use std::fs;
use std::os::unix::fs::symlink;

use super::{assert_invalid, assert_valid};
use crate::common::{Scratch, large_mailbox, mailbox, one_message};
use crate::held::Held;
use crate::output_faults::{NO_ROOM, SMALL, convert_twice};

/// A mailbox, and another that is a pipe while a run is held.
fn scratch() -> Scratch {
    let scratch = Scratch::with_mailbox(large_mailbox(40));
    scratch.write("last.mbox", one_message().0);
    scratch
}

#[test]
fn a_first_run_that_is_killed_leaves_no_bag_and_the_next_makes_it() {
    let scratch = scratch();
    let args = ["--bag", "in.mbox", "last.mbox", "bag"];
    for files in [0, 1, 30] {
        let mut run = Held::run(&scratch, "last.mbox", args);
        run.wait_until("so many files are there", || {
            scratch.path("bag/data").is_dir() && scratch.count("bag/data/in") >= files
        });
        run.kill();
        assert!(assert_invalid(&scratch, "bag").stdout.contains("manifest-sha256.txt is missing"));
    }
    scratch.run(args).ends(0).says(&["41 found = "]);
    assert_valid(&scratch, "bag");
}

#[test]
fn a_run_that_adds_and_is_killed_leaves_the_checksums_of_the_run_before() {
    let scratch = scratch();
    let args = ["--bag", "in.mbox", "last.mbox", "bag"];
    scratch.run(["--bag", "--limit", "5", "in.mbox", "last.mbox", "bag"]).ends(0);
    let manifest = scratch.read("bag/manifest-sha256.txt");
    for files in [6, 20] {
        let mut run = Held::run(&scratch, "last.mbox", args);
        run.wait_until("so many files are there", || scratch.count("bag/data/in") >= files);
        run.kill();
        assert_eq!(scratch.read("bag/manifest-sha256.txt"), manifest);
        assert!(assert_invalid(&scratch, "bag").stdout.contains("extra\tdata/in/000006"));
    }
    scratch.run(args).ends(0).says(&["  bag       41 files in data/"]);
    assert_valid(&scratch, "bag");
}

#[test]
fn whichever_file_of_checksums_was_replaced_last_the_bag_is_valid_only_with_all() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.run(["--bag", "--limit", "1", "in.mbox", "bag"]).ends(0);
    let before = scratch.tree("bag");
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    let after = scratch.tree("bag");
    // In the order in which they are replaced.
    let order = ["manifest-sha256.txt", "bag-info.txt", "tagmanifest-sha256.txt"];
    for replaced in 0..order.len() {
        for (at, name) in order.iter().enumerate() {
            let of = if at < replaced { &after } else { &before };
            scratch.write(format!("bag/{name}"), &of[*name]);
        }
        scratch.write("bag/.mbox2eml-bag-Xy1.tmp", "left by a run that was killed");
        assert_invalid(&scratch, "bag");
        scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
        assert!(!scratch.path("bag/.mbox2eml-bag-Xy1.tmp").exists());
        assert_valid(&scratch, "bag");
    }
}

#[test]
fn an_interrupted_run_is_no_bag_and_the_next_makes_it() {
    let scratch = scratch();
    let args = ["--bag", "in.mbox", "last.mbox", "bag"];
    let mut run = Held::run(&scratch, "last.mbox", args);
    run.wait_until("all files of the first mailbox are there", || scratch.count("bag/data/in") == 40);
    run.interrupt("INT").ends(130).says(&["  bag       not complete: run the same command again\n"]);
    assert_invalid(&scratch, "bag");
    scratch.run(args).ends(0);
    assert_valid(&scratch, "bag");
}

#[test]
fn a_full_disk_makes_no_bag_and_a_rerun_does() {
    let body = "A line of a long message\n".repeat(1600);
    let scratch = Scratch::with_mailbox(mailbox(&[("Long", body.trim_end()); 20]));
    let args = "--bag --manifest m.csv in.mbox disk/out";
    let Some((first, second)) = convert_twice(&scratch, &SMALL, args, "disk/out") else { return };
    first.ends(2).says(&[NO_ROOM, "Aborted: "]);
    assert_invalid(&scratch, "first");
    second.ends(0);
    assert_valid(&scratch, "second");
}

#[test]
fn a_link_in_the_payload_is_not_followed_and_the_bag_not_completed() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.run(["--bag", "--limit", "1", "in.mbox", "bag"]).ends(0);
    scratch.write("secret", "s");
    for (name, target) in
        [("bag/data/link.eml", "../../secret"), ("bag/data/folder", "../.."), ("bag/data/dangling", "no")]
    {
        symlink(target, scratch.path(name)).unwrap();
        let ran = scratch.run(["--bag", "--json", "in.mbox", "bag"]).ends(1);
        let error = format!("bag: cannot complete this bag: {} is a link", name.trim_start_matches("bag/"));
        let ran = ran.says(&[&error]);
        let json = ran.json();
        assert_eq!((&json["bag"]["complete"], &json["complete"]), (&false.into(), &false.into()));
        assert!(assert_invalid(&scratch, "bag").stdout.contains("extra\tdata/"));
        fs::remove_file(scratch.path(name)).unwrap();
    }
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    assert_valid(&scratch, "bag");
    // The payload itself may not be one.
    fs::rename(scratch.path("bag/data"), scratch.path("elsewhere")).unwrap();
    symlink("../elsewhere", scratch.path("bag/data")).unwrap();
    scratch.run(["--bag", "in.mbox", "bag"]).ends(2).says(&["data in it is not a folder"]);
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let scratch = scratch();
    let mut run = Held::run(&scratch, "last.mbox", ["--bag", "last.mbox", "bag"]);
    run.wait_until_there(&scratch.path("bag/data"));
    scratch
        .run(["--bag", "in.mbox", "bag"])
        .ends(2)
        .says(&["bag: cannot add to this bag: another run is writing to it"]);
    run.kill();
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    assert_valid(&scratch, "bag");
}

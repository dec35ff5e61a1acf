//! Faults while a Maildir is written: what docs/FAULTS.md says of them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::time::SystemTime;

use super::MAILDIR;
use crate::choice::combinations::Draw;
use crate::common::{Scratch, Tree, large_mailbox, mailbox, one_message};
use crate::held::Held;
use crate::output_faults::{NO_ROOM, SMALL, convert_twice};

/// The messages of a Maildir, and the beginnings of messages, wherever they are.
fn messages(tree: &Tree) -> Tree {
    let file = |(name, bytes): (&String, &Vec<u8>)| {
        let base = name.rsplit('/').next()?.split(':').next()?;
        name.contains(",S=").then(|| (base.to_owned(), bytes.clone()))
    };
    tree.iter().filter_map(file).collect()
}

#[test]
fn a_killed_run_is_completed_by_the_next() {
    const LAST: &str = "last.mbox";
    let scratch = Scratch::new();
    let labelled = mailbox(&[("even", "x"), ("odd", "y")].repeat(60));
    scratch.write("in/a.mbox", labelled.replace("Subject", "X-GM-THRID: 1\nX-Gmail-Labels: Inbox,Work\nSubject"));
    scratch.write("in/b.mbox", large_mailbox(120));
    scratch.write(LAST, one_message().0);
    let to = |out| MAILDIR.into_iter().chain(["--label-copies", "all", "in", LAST, out]);
    scratch.run(to("undisturbed")).ends(0);
    let expected = messages(&scratch.tree("undisturbed"));
    let mut draw = Draw(1);
    for _ in 0..6 {
        let files = draw.below(expected.len());
        let mut run = Held::run(&scratch, LAST, to("out"));
        run.wait_until("so many files are there", || {
            ["cur", ".in.a.Work/cur", ".in.b/cur", ".Work/cur", ".a/cur", ".b/cur"]
                .iter()
                .map(|folder| scratch.count(&format!("out/{folder}")))
                .sum::<usize>()
                >= files.min(100)
        });
        run.kill();
        for (name, bytes) in messages(&scratch.tree("out")) {
            assert!(expected[&name].starts_with(&bytes), "{name} is no start of a message");
        }
    }
    scratch.run(to("out")).ends(0).says(&["warnings  none"]);
    assert!(scratch.tree("out") == scratch.tree("undisturbed"), "{:?}", scratch.names("out"));
}

#[test]
fn a_full_disk_stops_the_run_and_a_rerun_completes_it() {
    let body = "A line of a long message\n".repeat(1600);
    let messages: Vec<String> = (0..20).map(|number| format!("{number}\n{}", body.trim_end())).collect();
    let messages: Vec<(&str, &str)> = messages.iter().map(|body| ("Long", body.as_str())).collect();
    for options in ["--threads 1", "--threads 3", "--fsync"] {
        let scratch = Scratch::with_mailbox(mailbox(&messages));
        scratch.run(["--format", "maildir", "in.mbox", "elsewhere"]).ends(0);
        let args = format!("{options} --format maildir in.mbox disk/out");
        let Some((first, second)) = convert_twice(&scratch, &SMALL, &args, "disk/out") else { return };
        let first = first.ends(2).says(&[NO_ROOM, "Aborted: "]);
        assert!(first.stderr.lines().next().unwrap().contains("): cannot write cur/17"), "{first:#?}");
        second.ends(0).says(&["20 found = "]);
        let (second, elsewhere) = (scratch.state("second"), scratch.state("elsewhere"));
        assert_eq!(second.0.keys().collect::<Vec<_>>(), elsewhere.0.keys().collect::<Vec<_>>(), "{options}");
        assert!(second.0 == elsewhere.0, "{options}");
        let times = |(_, times): &(Tree, BTreeMap<String, SystemTime>)| -> Vec<SystemTime> {
            times.iter().filter(|(name, _)| name.contains(",S=")).map(|(_, time)| *time).collect()
        };
        assert_eq!(times(&second), times(&elsewhere), "{options}");
    }
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let scratch = Scratch::with_mailbox(large_mailbox(10));
    let mut run = Held::run(&scratch, "in.mbox", ["--format", "maildir", "in.mbox", "out"]);
    run.wait_until_open();
    scratch.write("other.mbox", one_message().0);
    scratch
        .run(["--format", "maildir", "other.mbox", "out"])
        .ends(2)
        .says(&["out: cannot use this folder: another run is writing to it"]);
    run.kill();
}

#[test]
fn links_are_not_followed() {
    let scratch = Scratch::with_mailbox(
        mailbox(&[("One", "x")]).replace("Subject", "X-GM-THRID: 1\nX-Gmail-Labels: Work\nSubject"),
    );
    for link in ["out/.Work", "out/.Work/cur", "out/cur"] {
        fs::create_dir_all(scratch.path("outside")).unwrap();
        fs::create_dir_all(scratch.path(link).parent().unwrap()).unwrap();
        symlink(scratch.path("outside"), scratch.path(link)).unwrap();
        scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(2).says(&["is a link, which is not followed"]);
        assert_eq!(scratch.count("outside"), 0, "{link}");
        fs::remove_dir_all(scratch.path("out")).unwrap();
    }
    // Nor is one in the place of a message.
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "fresh"])).ends(0);
    let name = scratch.names("fresh").into_iter().find(|name| name.contains(",S=")).unwrap();
    scratch.write("victim", "mine");
    fs::create_dir_all(scratch.path("out/.Work/cur")).unwrap();
    symlink(scratch.path("victim"), scratch.path("out").join(&name)).unwrap();
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).says(&["name-taken 1"]).counts(1, 1, 0);
    assert_eq!(scratch.read("victim"), b"mine");
}

//! Runs that are ended from outside: every file with the name of a ZIP is whole, and the next run makes exactly the
//! archives of an undisturbed one.

use super::read::entries_of;
use crate::common::{Scratch, large_mailbox, mailbox, one_message};
use crate::held::Held;

/// The ZIPs in the folder, every one of them read to its end.
#[track_caller]
fn zips(scratch: &Scratch, folder: &str) -> Vec<String> {
    let names = scratch.names(folder).into_iter().filter(|name| name.ends_with(".zip"));
    names.inspect(|name| assert!(!entries_of(scratch, &format!("{folder}/{name}")).is_empty())).collect()
}

#[test]
fn a_killed_run_leaves_whole_archives_and_is_completed_by_the_next() {
    let scratch = Scratch::with_mailbox(large_mailbox(1000));
    let limit = ["--zip-max-entries", "40"];
    scratch.run(limit.iter().chain(&["in.mbox", "undisturbed/mail.zip"])).ends(0);
    let expected = scratch.tree("undisturbed");
    assert_eq!(expected.len(), 25);
    for files in [1, 2, 4, 9, 18] {
        let mut run = Held::run(&scratch, "in.mbox", limit.iter().chain(&["in.mbox", "out/mail.zip"]).copied());
        run.wait_until("so many files are there", || scratch.count("out") >= files);
        run.kill();
        let written = scratch.tree("out");
        for name in zips(&scratch, "out") {
            assert!(written[&name] == expected[&name], "{name} is another than that of an undisturbed run");
        }
    }
    scratch.run(limit.iter().chain(&["in.mbox", "out/mail.zip"])).ends(0).says(&["1,000 found = ", "already there"]);
    assert!(scratch.tree("out") == expected, "{:?}", scratch.names("out"));
}

#[test]
fn a_killed_run_of_one_archive_is_made_anew_by_the_next() {
    let scratch = Scratch::with_mailbox(large_mailbox(900));
    scratch.run(["in.mbox", "undisturbed.zip"]).ends(0);
    let mut run = Held::run(&scratch, "in.mbox", ["in.mbox", "out/mail.zip"]);
    run.wait_until_there(&scratch.path("out/mail.zip.mbox2eml.partial"));
    run.kill();
    assert_eq!(scratch.names("out"), ["mail.zip.mbox2eml.partial"]);
    scratch.run(["in.mbox", "out/mail.zip"]).ends(0).counts(900, 900, 0);
    assert_eq!(scratch.names("out"), ["mail.zip"]);
    assert!(scratch.read("out/mail.zip") == scratch.read("undisturbed.zip"));
}

#[test]
fn an_interrupted_run_keeps_its_finished_volumes_and_is_completed_by_the_next() {
    for (name, options) in [("INT", &["--json"][..]), ("TERM", &["--threads", "1", "--json"])] {
        let scratch = Scratch::with_mailbox(large_mailbox(1000));
        let limit = ["--zip-max-entries", "45"];
        scratch.run(limit.iter().chain(&["in.mbox", "undisturbed/mail.zip"])).ends(0);
        let expected = scratch.tree("undisturbed");
        let args = options.iter().chain(&limit).chain(&["in.mbox", "out/mail.zip"]).copied();
        let mut run = Held::run(&scratch, "in.mbox", args);
        run.wait_until_there(&scratch.path("out/mail-002.zip"));
        let ran = run
            .interrupt(name)
            .ends(130)
            .says(&["Stopped: ", "Only finished ZIPs are kept. Run the same command again to make the others."]);
        let ran = ran.says_nowhere(&["Everything written so far"]);
        let finished = zips(&scratch, "out");
        assert_eq!(scratch.names("out"), finished, "something else was left");
        assert!((2..expected.len()).contains(&finished.len()), "{finished:?}");
        finished.iter().for_each(|name| assert!(scratch.read(format!("out/{name}")) == expected[name], "{name}"));

        let json = ran.json();
        let count = |key: &str| json["messages"][key].as_u64().unwrap();
        assert_eq!(count("found"), count("written") + count("already_there") + count("failed"), "{json}");
        assert_eq!(count("written"), 45 * u64::try_from(finished.len()).unwrap());
        let in_folders: u64 =
            json["folders"].as_object().unwrap().values().map(|number| number.as_u64().unwrap()).sum();
        assert_eq!(in_folders, count("written"), "{json}");
        let paths: Vec<String> = finished.iter().map(|name| format!("out/{name}")).collect();
        assert_eq!((&json["files"], &json["complete"]), (&serde_json::json!(paths), &serde_json::json!(false)));

        let ran = scratch.run(limit.iter().chain(&["in.mbox", "out/mail.zip"])).ends(0);
        ran.counts(1000, 1000 - count("written"), count("written"));
        assert!(scratch.tree("out") == expected);
    }
}

#[test]
fn an_interrupted_run_of_one_archive_leaves_nothing() {
    let scratch = Scratch::with_mailbox(large_mailbox(900));
    let mut run = Held::run(&scratch, "in.mbox", ["--json", "in.mbox", "out/mail.zip"]);
    run.wait_until_there(&scratch.path("out/mail.zip.mbox2eml.partial"));
    let ran = run.interrupt("INT").ends(130).says(&["archives  none\n"]);
    let json = ran.json();
    let messages = &json["messages"];
    assert_eq!(messages["written"], 0);
    assert_eq!(messages["found"], messages["failed"]);
    assert_eq!(json["folders"], serde_json::json!({}));
    // It may have been interrupted before the first message.
    for failed in json["failed"].as_array().unwrap() {
        let reason = failed["reason"].as_str().unwrap();
        assert!(reason.ends_with(" failed: their archive was not finished"), "{reason}");
    }
    assert_eq!(scratch.names("out"), ["out/"; 0]);
    scratch.run(["in.mbox", "out/mail.zip"]).ends(0).counts(900, 900, 0);
}

#[test]
fn messages_are_packed_before_they_are_written() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.write("b.mbox", mbox);
    let ran = scratch.run(["-v", "in.mbox", "b.mbox", "out.zip"]).ends(0);
    ran.says(&["in.mbox: 1 found = 1 packed\n", "b.mbox: 1 found = 1 packed\n", "2 found = 2 written\n"]);
}

#[test]
fn an_archive_being_written_by_another_run_is_left_to_it() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mailbox(&[("Two", "Hi")]));
    scratch.write("first.mbox", mbox);
    let mut first = Held::run(&scratch, "first.mbox", ["first.mbox", "out.zip"]);
    first.wait_until_open();
    for _ in 0..2 {
        scratch.run(["-q", "in.mbox", "out.zip"]).ends(2).prints_nothing().says_just(
            "mbox2eml: out.zip: cannot write this archive: another run is writing to it\n  \
             wait until it ends, or use another output\n",
        );
        assert!(scratch.path("out.zip.mbox2eml.partial").exists());
    }
    scratch.run(["in.mbox", "elsewhere.zip"]).ends(0);
    first.finish().ends(0).counts(1, 1, 0);
    let entries = entries_of(&scratch, "out.zip");
    assert_eq!((entries.len(), &*entries[0].name, &*entries[0].bytes), (1, name, eml));
    assert!(!scratch.path("out.zip.mbox2eml.partial").exists());
}

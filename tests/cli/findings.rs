//! What `verify` says first, what it advises, and whose options it takes.

use crate::archives::make::{self, Member};
use crate::archives::read;
use crate::common::{Scratch, mailbox, one_message};

fn converted(options: &[&str]) -> Scratch {
    let subjects: Vec<String> = (0..20).map(|number| format!("Number {number}")).collect();
    let messages: Vec<(&str, &str)> = subjects.iter().map(|subject| (subject.as_str(), "Hello")).collect();
    let scratch = Scratch::with_mailbox(mailbox(&messages));
    let ran = scratch.run(options.iter().chain(&["--json", "-q", "in.mbox", "out"])).ends(0);
    scratch.write("done.json", ran.stdout);
    scratch
}

#[test]
fn the_finding_comes_first() {
    let scratch = converted(&[]);
    let names = scratch.names("out");
    std::fs::remove_file(scratch.path("out").join(&names[0])).unwrap();
    scratch.write(format!("out/{}", names[1]), "other");
    scratch.write("out/more.txt", "x");
    let ran = scratch.run(["verify", "--json", "in.mbox", "out"]).ends(1);
    assert_eq!(ran.json()["complete"], false);
    let ran = ran.says(&["Verification failed: 18 of 20 messages match in out; 1 missing, 1 different, 1 extra; "]);
    ran.says_nowhere(&["other\n  options"]);
}

#[test]
fn other_options_are_suspected_and_those_of_the_summary_taken() {
    let scratch = converted(&["--layout", "date", "--eol", "lf", "--threads", "2"]);
    let ran = scratch.run(["verify", "in.mbox", "out"]).ends(1);
    ran.says(&["Nearly everything is missing", "done.json is the summary of such a run: use it with --like"]);
    scratch.run(["verify", "--like", "done.json", "in.mbox", "out"]).ends(0).says(&["Verified: 20 messages"]);
    // What is typed counts, and only verify has such an option.
    scratch.run(["verify", "--like", "done.json", "--layout", "flat", "in.mbox", "out"]).ends(1);
    scratch
        .run(["--like", "done.json", "in.mbox", "out2"])
        .ends(2)
        .says(&["convert does not take '--like', which is an option of verify"]);
    scratch.run(["verify", "--like", "gone.json", "in.mbox", "out"]).ends(2).says(&["--like: gone.json: "]);
    scratch.run(["verify", "--like", "in.mbox", "in.mbox", "out"]).ends(2).says(&["--like: in.mbox: "]);

    std::fs::remove_file(scratch.path("done.json")).unwrap();
    scratch.run(["verify", "in.mbox", "out"]).ends(1).says(&["(--like SUMMARY.json)"]);
    scratch.run(["--layout", "date", "--eol", "lf", "--manifest", "m.csv", "in.mbox", "out"]).ends(0);
    scratch.run(["verify", "in.mbox", "out"]).ends(1).says(&["m.csv is the manifest of such a run"]);
}

#[test]
fn a_summary_records_the_options_as_given() {
    let scratch = Scratch::with_mailbox(one_message().0);
    let args = ["--json", "--label", "a", "--label", "b", "--ascii", "--since", "2020", "in.mbox", "out"];
    let json = scratch.run(args).ends(0).json();
    let options = serde_json::json!({ "json": true, "label": ["a", "b"], "ascii": "true", "since": "2020" });
    assert_eq!((&json["options"], &json["command"]), (&options, &"convert".into()));
    assert!(json["started"].as_str().is_some_and(|started| started.ends_with('Z')), "{}", json["started"]);
    assert_eq!(scratch.run(["inspect", "--json", "in.mbox"]).ends(0).json()["command"], "inspect");
    assert_eq!(scratch.run(["verify", "--json", "in.mbox", "out"]).ends(1).json()["command"], "verify");
}

#[test]
fn the_notes_of_file_managers_are_not_extra() {
    let scratch = converted(&["--layout", "date", "--manifest", "m.csv"]);
    for junk in [".DS_Store", "Thumbs.db", "desktop.ini", "2024/.DS_Store", "2024/04/thumbs.db"] {
        scratch.write(format!("out/{junk}"), "x");
    }
    scratch.run(["verify", "--layout", "date", "in.mbox", "out"]).ends(0).prints_nothing();
    scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(0).prints_nothing();
}

#[test]
fn a_manifest_of_zips_verifies_the_files_unpacked_from_them() {
    let scratch = converted(&[]);
    scratch.run(["--zip-max-entries", "6", "--layout", "date", "--manifest", "m.csv", "in.mbox", "z.zip"]).ends(0);
    for (name, bytes) in read::tree_of(&scratch, "z-001.zip").into_iter().chain(read::tree_of(&scratch, "z-002.zip")) {
        scratch.write(format!("unpacked/{name}"), bytes);
    }
    for (name, bytes) in read::tree_of(&scratch, "z-003.zip").into_iter().chain(read::tree_of(&scratch, "z-004.zip")) {
        scratch.write(format!("unpacked/{name}"), bytes);
    }
    scratch.run(["verify", "--manifest", "m.csv", "unpacked"]).ends(0).says(&["Verified: 20 files in unpacked"]);
    scratch.run(["verify", "--manifest", "m.csv", "z.zip"]).ends(0);
    let name = scratch.names("unpacked")[0].clone();
    scratch.write(format!("unpacked/{name}"), "x");
    scratch
        .run(["verify", "--manifest", "m.csv", "unpacked"])
        .ends(1)
        .says(&["Verification failed: 19 of 20 files in unpacked match the manifest; 1 different; "]);
}

#[test]
fn a_manifest_does_not_forget_who_is_missing() {
    let scratch = Scratch::new();
    scratch.write("users/ann/All.mbox", one_message().0);
    scratch.write("users/bob/takeout.zip", "");
    let whole = make::zip(&[Member::deflated("Takeout/Mail/All.mbox", one_message().0)]);
    scratch.write("users/carl/takeout.zip", &whole[..whole.len() / 2]);
    for manifest in ["m.csv", "m.jsonl"] {
        for out in ["out", "out.zip"] {
            scratch.run(["--manifest", manifest, "users", out]).ends(1);
            let ran = scratch.run(["verify", "--manifest", manifest, "--json", out]).ends(1);
            let ran = ran.says(&["Incomplete: "]).says_nowhere(&["Verified"]);
            let json = ran.json();
            assert_eq!(json["complete"], false);
            let failed = json["manifest"]["differences"]["failed"].as_array().unwrap();
            assert!(failed.iter().any(|failed| failed["what"] == "users/bob/takeout.zip"), "{failed:?}");
            // The mailbox in it has the row: its fault is that of the archive.
            let mailbox = "users/carl/takeout.zip!Takeout/Mail/All.mbox";
            assert!(failed.iter().any(|failed| failed["what"] == mailbox), "{failed:?}");
            assert!(failed.iter().all(|failed| failed["what"] != "users/carl/takeout.zip"), "{failed:?}");
        }
    }
}

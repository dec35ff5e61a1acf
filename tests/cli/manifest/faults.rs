//! A manifest that cannot be written, and names that are not to be taken.

use std::fs;
use std::os::unix::fs::symlink;

use super::{number, rows_of, tile};
use crate::common::{Ran, Scratch, mailbox, one_message};
use crate::output_faults::shell_that_mounts;
use crate::permissions::{allow, program_bound_by_permissions};

#[test]
fn what_is_no_manifest_is_left_alone() {
    let (mbox, ..) = one_message();
    let header = "index,mailbox\r\n";
    let foreign = ["mine\n", "\n\nmine\n", "\r\n", header, " {\"index\":1}\n", "{\"index\" :1}\n", "\u{feff}"];
    for out in ["out", "out.zip"] {
        for manifest in ["m.csv", "m.jsonl"] {
            for text in foreign {
                let scratch = Scratch::with_mailbox(&mbox);
                scratch.write(manifest, text);
                let ran = scratch.run(["in.mbox", out, "--manifest", manifest]).ends(2).prints_nothing();
                ran.says(&[&format!("mbox2eml: {manifest}: cannot write this manifest: it exists and is not a")]);
                assert_eq!(scratch.read(manifest), text.as_bytes());
                assert!(scratch.names(".").iter().all(|name| !name.contains('~') && !name.ends_with(".partial")));
                assert!(scratch.tree("out").keys().all(|name| name.ends_with('/')), "{:?}", scratch.tree("out"));
            }
        }
    }
}

#[test]
fn an_empty_file_is_taken_for_the_manifest_of_a_run_that_ended_early() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.write("m.csv", "");
    scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0).says(&["is kept as m~1.csv\n"]);
    assert_eq!(scratch.read("m~1.csv"), b"");
}

#[test]
fn a_manifest_with_a_long_first_row_is_known_again() {
    // A character of three bytes lies across every place at which reading might stop.
    for shift in ["", "a", "ab"] {
        let subject = format!("{shift}{}", "\u{20ac}".repeat(40_000));
        let scratch = Scratch::with_mailbox(mailbox(&[(&subject, "x")]));
        for _ in 0..2 {
            scratch.run(["in.mbox", "out", "--manifest", "m.jsonl"]).ends(0);
        }
        assert!(scratch.path("m~1.jsonl").exists());
    }
}

#[test]
fn no_name_that_is_taken_is_used_for_an_earlier_manifest() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0);
    scratch.write("m~1.csv", "mine");
    symlink("nowhere", scratch.path("m~2.csv")).unwrap();
    fs::create_dir(scratch.path("m~3.csv")).unwrap();
    scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0).says(&["is kept as m~4.csv\n"]);
    assert_eq!(scratch.read("m~1.csv"), b"mine");
    assert_eq!(fs::read_link(scratch.path("m~2.csv")).unwrap().to_str(), Some("nowhere"));
}

#[test]
fn links_folders_and_pipes_are_refused() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.write("target.csv", "");
    symlink("target.csv", scratch.path("link.csv")).unwrap();
    symlink("nowhere.csv", scratch.path("dangling.csv")).unwrap();
    fs::create_dir(scratch.path("folder.csv")).unwrap();
    crate::pipes::make_pipe(&scratch.path("pipe.csv"));
    for (name, why) in [
        ("link.csv", "it is a link, which is not followed"),
        ("dangling.csv", "it is a link, which is not followed"),
        ("folder.csv", "it exists and is not a file"),
        ("pipe.csv", "it exists and is not a file"),
    ] {
        let move_it = "choose another name, or move away what is there";
        let error = format!("mbox2eml: {name}: cannot write this manifest: {why}\n  {move_it}\n");
        scratch.run(["in.mbox", "out", "--manifest", name]).ends(2).says(&[&error]);
    }
    assert_eq!(scratch.read("target.csv"), b"");
    assert!(!scratch.path("nowhere.csv").exists());
    assert_eq!(scratch.count("out"), 0);
}

#[test]
fn a_folder_that_is_not_there_is_reported() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    for out in ["out", "out.zip"] {
        let ran = scratch.run(["in.mbox", out, "--manifest", "none/m.csv"]).ends(2).prints_nothing();
        ran.says(&["mbox2eml: none/m.csv: cannot write this manifest: No such file or directory (os error 2)\n"]);
    }
    assert!(!scratch.path("out.zip").exists() && !scratch.path("none").exists());
}

#[test]
fn a_folder_that_may_not_be_written_to_is_reported() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    fs::create_dir(scratch.path("locked")).unwrap();
    allow(&scratch, "locked", 0o555);
    let Some(mut program) = program_bound_by_permissions(&scratch) else { return };
    let ran = Ran::of(program.args(["in.mbox", "out", "--manifest", "locked/m.csv"])).ends(2);
    ran.says(&["mbox2eml: locked/m.csv: cannot write this manifest: Permission denied (os error 13)\n"]);
    assert_eq!(scratch.count("out"), 0);
    allow(&scratch, "locked", 0o755);
}

#[test]
fn where_nothing_is_written_there_is_no_manifest() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    for (args, error) in [
        (&["in.mbox", "out", "--dry-run", "--manifest", "m.csv"][..], "inspect --manifest lists what is found"),
        (&["verify", "in.mbox", "out", "--manifest-bom"], "verify does not take '--manifest-bom'"),
        (&["in.mbox", "out", "--manifest", "m.txt"], "the name must end in .csv or .jsonl"),
        (&["in.mbox", "out", "--manifest", "m"], "the name must end in .csv or .jsonl"),
        (&["in.mbox", "out", "--manifest", "csv"], "the name must end in .csv or .jsonl"),
        (&["in.mbox", "out", "--manifest", ".csv"], "the name must end in .csv or .jsonl"),
    ] {
        scratch.run(args).ends(2).prints_nothing().says(&[error]);
        assert_eq!(scratch.names("."), ["in.mbox"], "{args:?}");
    }
    scratch.run(["in.mbox", "out", "--manifest", "M.CSV"]).ends(0);
    assert!(scratch.path("M.CSV").exists());
}

#[test]
fn an_input_that_is_not_there_is_refused_or_listed() {
    let scratch = Scratch::new();
    // A first word that is neither a command nor there may be a command that was mistyped.
    scratch.run(["none.mbox", "out", "--manifest", "m.csv"]).ends(2);
    assert_eq!(scratch.names("."), Vec::<String>::new());
    scratch.run(["convert", "none.mbox", "out", "--manifest", "m.csv"]).ends(2).says(&["none.mbox: cannot open: "]);
    let rows = rows_of(&String::from_utf8(scratch.read("m.csv")).unwrap());
    let [row] = &*rows else { panic!("{rows:#?}") };
    assert_eq!((&*row["mailbox"], &*row["status"]), ("none.mbox", "failed"), "{row:#?}");
}

#[test]
fn a_manifest_may_be_in_the_output() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["in.mbox", "out", "--manifest", "out/m.csv"]).ends(0).says(&["  manifest  out/m.csv\n"]);
    assert_eq!(scratch.names("out"), [name, "m.csv"]);
}

#[test]
fn a_full_disk_of_the_manifest_alone_does_not_stop_the_messages() {
    let scratch = Scratch::with_mailbox(mailbox(&vec![("A subject of some length", "x"); 1000]));
    for out in ["out", "out.zip"] {
        let script = format!(
            "mount -t tmpfs -o size=64k none disk || exit 99
             \"$0\" --json in.mbox {out} --manifest disk/m.csv > json 2> err; echo $? > code
             cp disk/m.csv full.csv; umount disk"
        );
        let Some(mut shell) = shell_that_mounts(&scratch, &script) else { return };
        Ran::of(&mut shell).ends(0);
        let text = |name: &str| String::from_utf8(scratch.read(name)).unwrap();
        let ran = Ran { code: text("code").trim().parse().ok(), stdout: text("json"), stderr: text("err") };
        let ran = ran.ends(1).says(&["mbox2eml: disk/m.csv: cannot write this manifest: No space left on device"]);
        assert_eq!(ran.stderr.matches("cannot write this manifest").count(), 1, "{ran:#?}");
        let json = ran.json();
        assert_eq!(json["messages"]["written"], 1000);
        assert_eq!(json["manifest"], serde_json::json!({ "path": "disk/m.csv", "complete": false }));
        let rows = rows_of(&text("full.csv"));
        assert!((1..1000).contains(&rows.len()) || out == "out.zip", "{}", rows.len());
        tile(&rows, 0, rows.last().map_or(0, |row| number(row, "offset") + number(row, "length")));
    }
    assert_eq!(scratch.count("out"), 1000);
}

//! A row for every message found, whatever became of it.

use std::fs;

use super::{Row, balance, column, number, rows, tile};
use crate::archives::takeout::{archives, takeout, unpack};
use crate::common::{Ran, Scratch, mailbox, testdata};

/// Converts with a manifest and holds its rows against the summary.
#[track_caller]
fn converted(scratch: &Scratch, args: &[&str], manifest: &str, code: i32) -> (Ran, Vec<Row>) {
    let ran = scratch.run(args.iter().chain(&["--json", "--manifest", manifest])).ends(code);
    let rows = rows(scratch, manifest);
    balance(&ran, &rows);
    assert_eq!(ran.json()["manifest"], serde_json::json!({ "path": manifest, "complete": true }));
    for row in &rows {
        let is_there = matches!(&*row["status"], "written" | "already_there");
        for column in ["path", "eml_size", "sha256"] {
            assert_eq!(row[column].is_empty(), !is_there, "{column}: {row:?}");
        }
        assert_eq!(row["reason"].is_empty(), is_there, "{row:?}");
    }
    (ran, rows)
}

#[test]
fn written_and_already_there() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "x"), ("Three", "x")]));
    let (_, first) = converted(&scratch, &["in.mbox", "out"], "m.csv", 0);
    assert_eq!(column(&first, "status"), ["written"; 3]);
    fs::remove_file(scratch.path("out").join(&first[1]["path"])).unwrap();
    let (ran, second) = converted(&scratch, &["in.mbox", "out"], "m.csv", 0);
    assert_eq!(column(&second, "status"), ["already_there", "written", "already_there"]);
    assert!(ran.stderr.contains("the manifest of an earlier run is kept as m~1.csv\n"), "{ran:#?}");
    assert_eq!(rows(&scratch, "m~1.csv"), first);
    let same = |rows: &[Row]| rows.iter().cloned().map(without_status).collect::<Vec<_>>();
    assert_eq!(same(&first), same(&second));
    converted(&scratch, &["in.mbox", "out"], "m.csv", 0);
    assert_eq!(rows(&scratch, "m~2.csv"), second);
}

fn without_status(mut row: Row) -> Row {
    row.remove("status");
    row
}

#[test]
fn a_reason_names_the_filter_or_the_message_that_is_repeated() {
    let labelled = "From 1651234567890123456@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: Work\n\
                    From: ann@example.org\nTo: bob@example.org\nSubject: One\n\nx\n\n";
    let scratch = Scratch::new();
    scratch.write("a.mbox", labelled);
    for (option, value) in [
        ("since", "2025"),
        ("until", "2023"),
        ("label", "Home"),
        ("not-label", "Work"),
        ("from", "carl"),
        ("to", "carl"),
        ("subject", "two"),
        ("min-size", "1MB"),
        ("max-size", "1"),
    ] {
        let name = format!("--{option}");
        let (_, rows) = converted(&scratch, &["a.mbox", "out", &name, value], &format!("{option}.csv"), 0);
        assert_eq!(column(&rows, "reason"), [format!("filter: {option}")]);
    }
    scratch.write("b.mbox", mailbox(&[("One", "x"), ("Two", "x"), ("One", "x")]));
    scratch.write("c.mbox", mailbox(&[("Three", "x"), ("Two", "x"), ("Three", "x")]));
    for threads in ["1", "4"] {
        let args = ["a.mbox", "b.mbox", "c.mbox", threads, "--dedup", "content", "--threads", threads];
        let (_, rows) = converted(&scratch, &args, &format!("{threads}.csv"), 0);
        let reasons = column(&rows, "reason");
        let first = |message: u64, mailbox: &str| format!("equal to message {message} of {mailbox}.mbox");
        let expected = ["", "", "", &first(1, "b"), "", &first(2, "b"), &first(1, "c")];
        assert_eq!(reasons, expected, "{threads}");
    }
}

#[test]
fn filtered_and_duplicate_messages_say_why() {
    let mut messages = mailbox(&[("One", "x"), ("Two", "x"), ("One", "x")]);
    messages += "From ann@example.org Tue May  7 12:00:00 2024\nSubject: Late\n\nx\n\n";
    let scratch = Scratch::with_mailbox(&messages);
    for (options, statuses) in [
        (&["--until", "2024-04"][..], ["written", "written", "written", "filtered"]),
        (&["--subject", "two"], ["filtered", "written", "filtered", "filtered"]),
        (&["--dedup", "content"], ["written", "written", "duplicate", "written"]),
        (&["--sample", "1"], ["filtered", "written", "filtered", "filtered"]),
    ] {
        let args = [&["in.mbox", options[1]], options].concat();
        let (_, rows) = converted(&scratch, &args, "m.csv", 0);
        if options[0] == "--sample" {
            assert_eq!(column(&rows, "status").iter().filter(|status| **status == "written").count(), 1);
        } else {
            assert_eq!(column(&rows, "status"), statuses, "{options:?}");
        }
        tile(&rows, 0, messages.len().try_into().unwrap());
    }
}

#[test]
fn messages_that_thunderbird_deleted_are_rows_too() {
    let mbox = fs::read(testdata().join("thunderbird/Inbox.mbox")).unwrap();
    let scratch = Scratch::with_mailbox(&mbox);
    let (ran, rows) = converted(&scratch, &["in.mbox", "out"], "m.csv", 0);
    let deleted: Vec<&Row> = rows.iter().filter(|row| row["status"] == "filtered").collect();
    assert!(!deleted.is_empty());
    assert_eq!(ran.json()["mailboxes"][0]["deleted"], deleted.len());
    assert!(deleted.iter().all(|row| row["reason"].contains("deleted") && row["flags"].contains('T')), "{deleted:?}");
    tile(&rows, 0, mbox.len().try_into().unwrap());
}

#[test]
fn a_name_taken_by_a_folder_or_a_file() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.write("out/a", "somebody's file");
    let (_, rows) = converted(&scratch, &["--name", "a/{index}", "in.mbox", "out"], "m.csv", 2);
    assert_eq!(column(&rows, "reason"), [1, 2].map(|n| format!("cannot write a/00000{n}.eml: its folder is a file")));

    fs::create_dir_all(scratch.path("folder/000001_20240401T120000Z_One.eml")).unwrap();
    let (_, rows) = converted(&scratch, &["in.mbox", "folder"], "m.csv", 0);
    assert_eq!(rows[0]["path"], "000001_20240401T120000Z_One~2.eml");
    assert!(rows[0]["warnings"].starts_with("name-taken (line 1, byte 0): "), "{:?}", rows[0]);
    assert_eq!(rows[1]["warnings"], "");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to() {
    use crate::permissions::{allow, program_bound_by_permissions};
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    fs::create_dir_all(scratch.path("out/One")).unwrap();
    allow(&scratch, "out/One", 0o555);
    let Some(mut program) = program_bound_by_permissions(&scratch) else { return };
    let args = ["--json", "--manifest", "m.csv", "--name", "{subject}/a", "in.mbox", "out"];
    let ran = Ran::of(program.args(args)).ends(1);
    let rows = rows(&scratch, "m.csv");
    balance(&ran, &rows);
    assert_eq!(column(&rows, "status"), ["failed", "written"]);
    assert_eq!(rows[0]["reason"], "cannot write One/a_000001.eml: Permission denied (os error 13)");
    allow(&scratch, "out/One", 0o755);
}

#[test]
fn a_rerun_after_failures_shows_what_became_of_them() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.write("out/One", "somebody's file");
    let options = ["--name", "{subject}/{index}", "in.mbox", "out"];
    let (_, first) = converted(&scratch, &options, "m.csv", 1);
    assert_eq!(column(&first, "status"), ["failed", "written"]);
    scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(1);
    fs::remove_file(scratch.path("out/One")).unwrap();
    let (_, second) = converted(&scratch, &options, "m.csv", 0);
    assert_eq!(column(&second, "status"), ["written", "already_there"]);
    scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(0);
}

/// How many of a message's bytes come before the first row, by what comes first.
fn lead(mailbox: &[u8]) -> usize {
    let from = mailbox.windows(5).position(|window| window == b"From ").unwrap();
    // The first line may begin with `>From `.
    from - usize::from(mailbox[..from].ends_with(b">"))
}

#[test]
fn offsets_tile_every_dialect() {
    let mut tried = 0;
    for dialect in fs::read_dir(testdata()).unwrap().map(|entry| entry.unwrap().path()) {
        if !dialect.is_dir() || dialect.ends_with("not-an-mbox") {
            continue;
        }
        for mbox in fs::read_dir(&dialect).unwrap().map(|entry| entry.unwrap().path()) {
            if !mbox.is_file() || mbox.extension().is_none_or(|extension| extension != "mbox") {
                continue;
            }
            let bytes = fs::read(&mbox).unwrap();
            let scratch = Scratch::with_mailbox(&bytes);
            let (ran, rows) = converted(&scratch, &["in.mbox", "out"], "m.csv", 0);
            let preamble = ran.json()["bytes"]["preamble"].as_u64().unwrap();
            assert!(preamble >= lead(&bytes).try_into().unwrap());
            tile(&rows, preamble, bytes.len().try_into().unwrap());
            for row in &rows {
                let at = usize::try_from(number(row, "offset")).unwrap();
                assert!(bytes[at..].starts_with(row["from_line"].as_bytes()), "{}: {row:?}", mbox.display());
            }
            scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(0);
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
}

#[test]
fn several_mailboxes_and_archives_have_their_rows_in_order() {
    let files = takeout();
    let scratch = Scratch::new();
    unpack(&scratch, "in", &files);
    let (_, expected) = converted(&scratch, &["in", "out"], "m.csv", 0);
    let mailboxes: Vec<&str> = {
        let mut names = column(&expected, "mailbox");
        names.dedup();
        names
    };
    assert_eq!(mailboxes.len(), 3, "{mailboxes:?}");
    for mailbox in mailboxes {
        let rows: Vec<Row> = expected.iter().filter(|row| row["mailbox"] == mailbox).cloned().collect();
        tile(&rows, 0, scratch.read(mailbox).len().try_into().unwrap());
    }
    let without_mailbox = |mut rows: Vec<Row>| {
        rows.iter_mut().for_each(|row| drop(row.remove("mailbox")));
        rows.sort_by(|a, b| a["path"].cmp(&b["path"]));
        rows
    };
    let expected = without_mailbox(expected);
    for (number, (archive, bytes)) in archives(&files).into_iter().enumerate() {
        scratch.write(archive, bytes);
        let out = format!("out{number}");
        let (_, rows) = converted(&scratch, &[archive, &out], &format!("{number}.csv"), 0);
        assert!(rows.iter().all(|row| row["mailbox"].starts_with(archive)), "{archive}");
        assert_eq!(without_mailbox(rows), expected, "{archive}");
        scratch.run(["verify", "--manifest", &format!("{number}.csv"), &out]).ends(0);
    }
}

#[test]
fn a_mailbox_given_twice_has_its_rows_once() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    let (_, rows) = converted(&scratch, &["in.mbox", "in.mbox", "out"], "m.csv", 0);
    assert_eq!(column(&rows, "index"), ["1", "2"]);
    scratch.run(["verify", "--manifest", "m.csv", "in.mbox", "in.mbox", "out"]).ends(0).says(&["Verified: 2 messages"]);
}

#[test]
fn standard_input_is_a_mailbox_too() {
    let mbox = mailbox(&[("One", "x"), ("Two", "y")]);
    let scratch = Scratch::with_mailbox(&mbox);
    converted(&scratch, &["in.mbox", "out"], "m.csv", 0);
    let ran = scratch.run_with_input(["-", "piped", "--json", "--manifest", "p.csv"], mbox.as_bytes()).ends(0);
    let piped = rows(&scratch, "p.csv");
    balance(&ran, &piped);
    assert_eq!(piped.len(), 2);
    for (piped, row) in piped.iter().zip(rows(&scratch, "m.csv")) {
        for (column, cell) in piped {
            assert!(column == "mailbox" || *cell == row[column], "{column}: {piped:?}");
        }
    }
    scratch.run(["verify", "--manifest", "p.csv", "piped"]).ends(0);
}

#[test]
fn a_limit_ends_the_rows_where_it_ends_the_messages() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y"), ("Three", "z")]));
    let (_, rows) = converted(&scratch, &["--limit", "2", "in.mbox", "out"], "m.csv", 0);
    assert_eq!(column(&rows, "status"), ["written"; 2]);
}

#[test]
fn an_empty_mailbox_has_no_rows() {
    let scratch = Scratch::with_mailbox("");
    for manifest in ["m.csv", "m.jsonl"] {
        let (_, rows) = converted(&scratch, &["in.mbox", "out"], manifest, 0);
        assert!(rows.is_empty());
        scratch.run(["verify", "--manifest", manifest, "out"]).ends(0).says(&["0 rows"]);
    }
}

#[test]
fn rows_are_the_same_for_any_number_of_threads() {
    let scratch = Scratch::with_mailbox(crate::common::large_mailbox(900));
    let mut expected = None;
    for threads in ["1", "2", "3", "4"] {
        let out = format!("out{threads}");
        let (_, rows) = converted(&scratch, &["--threads", threads, "in.mbox", &out], &format!("{threads}.csv"), 0);
        assert!(rows == *expected.get_or_insert_with(|| rows.clone()), "{threads}");
    }
    let rows = expected.unwrap();
    tile(&rows, 0, scratch.read("in.mbox").len().try_into().unwrap());
}

#[test]
fn a_run_in_which_every_input_fails_has_a_row_for_each_and_ends_with_their_list() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", "");
    scratch.write("in/b.zip", "<html>");
    for manifest in ["m.csv", "m.jsonl"] {
        let ran = scratch.run(["--manifest", manifest, "in", "out"]).ends(2);
        let list = ran.stderr.split_once("Failed: 2\n").unwrap_or_else(|| panic!("no list: {ran:#?}")).1;
        assert!(list.contains("  in/a.mbox: not an mbox: ") && list.contains("  in/b.zip: not an archive: "), "{list}");
        assert_eq!(column(&rows(&scratch, manifest), "mailbox"), ["in/a.mbox", "in/b.zip"]);
        assert_eq!(scratch.count("out"), 0);
    }
    // For one in the output, which is not made, there is no folder.
    scratch.run(["--manifest", "out/m.csv", "in", "out"]).ends(2).says(&["Failed: 2\n"]);
    assert!(!scratch.path("out").exists());
}

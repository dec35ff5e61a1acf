//! Rows of messages in ZIP archives, which are certain only when their volume is finished.

use std::fs;

use super::{Row, balance, column, number, rows, tile};
use crate::archives::make;
use crate::archives::read::{Entry, entries_of};
use crate::common::{Ran, Scratch, large_mailbox, mailbox};

/// Every path of the rows names an entry, and every entry is named, in the order of the volumes.
#[track_caller]
fn name_every_entry(scratch: &Scratch, folder: &str, rows: &[Row]) {
    let mut named: Vec<String> = rows.iter().flat_map(|row| row["path"].split('|')).map(str::to_owned).collect();
    named.retain(|path| !path.is_empty());
    let volumes = scratch.names(folder).into_iter().filter(|name| name.ends_with(".zip"));
    let entries = volumes.flat_map(|volume| {
        let of = |entry: Entry| format!("{volume}!{}", entry.name);
        entries_of(scratch, &format!("{folder}/{volume}")).into_iter().map(of).collect::<Vec<_>>()
    });
    assert_eq!(named, entries.collect::<Vec<_>>());
}

#[test]
fn rows_name_the_volume_and_the_entry() {
    let scratch = Scratch::with_mailbox(mailbox(&vec![("Short", "x"); 10]));
    let length = scratch.read("in.mbox").len().try_into().unwrap();
    for limit in ["1", "3", "9", "10", "11"] {
        let out = format!("{limit}/mail.zip");
        let args = ["--zip-max-entries", limit, "in.mbox", &out, "--json", "--manifest", "m.csv"];
        let ran = scratch.run(args).ends(0);
        let first = rows(&scratch, "m.csv");
        balance(&ran, &first);
        tile(&first, 0, length);
        name_every_entry(&scratch, limit, &first);
        scratch.run(["verify", "--manifest", "m.csv", &out]).ends(0).says(&["Verified: 10 files"]).prints_nothing();
        // Again: all of it is there.
        let ran = scratch.run(args).ends(0);
        let second = rows(&scratch, "m.csv");
        balance(&ran, &second);
        assert_eq!(column(&second, "status"), ["already_there"; 10], "{limit}");
        assert_eq!(column(&second, "path"), column(&first, "path"));
        // One volume is gone: it is made again.
        if limit == "3" {
            fs::remove_file(scratch.path("3/mail-002.zip")).unwrap();
            let ran = scratch.run(args).ends(0);
            let third = rows(&scratch, "m.csv");
            balance(&ran, &third);
            let written: Vec<u64> =
                third.iter().filter(|row| row["status"] == "written").map(|row| number(row, "index")).collect();
            assert_eq!(written, [4, 5, 6]);
            assert_eq!(column(&third, "path"), column(&first, "path"));
        }
    }
}

#[test]
fn the_name_of_an_archive_may_be_anything() {
    let scratch = Scratch::with_mailbox(mailbox(&[("Short", "x"); 3]));
    for output in ["L.ZIP", "x.zip!y.zip", "z.Zip"] {
        for limit in ["2", "3"] {
            let folder = format!("{output} {limit}");
            let (out, manifest) = (format!("{folder}/{output}"), format!("{folder}/m.csv"));
            fs::create_dir(scratch.path(&folder)).unwrap();
            scratch.run(["in.mbox", &out, "--zip-max-entries", limit, "--manifest", &manifest]).ends(0);
            scratch.run(["verify", "--manifest", &manifest, &out]).ends(0).says(&["Verified: 3 files"]);
            let unpacked = format!("{folder} unpacked");
            for volume in scratch.names(&folder).iter().filter(|name| !name.ends_with(".csv")) {
                for entry in entries_of(&scratch, &format!("{folder}/{volume}")) {
                    scratch.write(format!("{unpacked}/{}", entry.name), entry.bytes);
                }
            }
            scratch.run(["verify", "--manifest", &manifest, &unpacked]).ends(0).says(&["Verified: 3 files"]);
        }
    }
}

/// The file in a volume's place decides which messages are there, not the volume that was to be written.
#[test]
fn a_foreign_volume_holds_nothing_of_ours() {
    for (foreign, statuses) in [
        // In the place of the last volume: what was to be in it is not there.
        ("o-003.zip", ["written", "written", "written", "written", "failed", "failed"]),
        // After it: everything is there.
        ("o-004.zip", ["written"; 6]),
    ] {
        let scratch = Scratch::with_mailbox(mailbox(&[("Short", "x"); 6]));
        scratch.write(foreign, make::zip(&[]));
        let args = ["--zip-max-entries", "2", "in.mbox", "o.zip", "--prove", "--json", "--manifest", "m.csv"];
        let ran = scratch.run(args).ends(2);
        let rows = rows(&scratch, "m.csv");
        balance(&ran, &rows);
        assert_eq!(column(&rows, "status"), statuses, "{foreign}");
        let there = statuses.iter().filter(|status| **status == "written").count();
        assert_eq!(ran.json()["proof"]["unsigned"], there);
        assert_eq!(rows.iter().filter(|row| row["proof"] == "unsigned").count(), there);
        assert_eq!(rows.iter().filter(|row| !row["sha256"].is_empty()).count(), there);
    }
}

/// Messages with three labels each.
fn labelled() -> String {
    let one = |number: u64| {
        let id = 1_795_304_199_434_903_931_u64 + number;
        format!(
            "From {id}@xxx Wed Apr 03 09:11:45 +0000 2024\nX-GM-THRID: {id}\nX-Gmail-Labels: A,B,C\n\
             From: ann@example.org\nSubject: S{number}\n\nbody {number}\n\n"
        )
    };
    (0..5).map(one).collect()
}

#[test]
fn copies_are_in_several_volumes() {
    let scratch = Scratch::with_mailbox(labelled());
    let length = scratch.read("in.mbox").len().try_into().unwrap();
    for limit in ["1", "2", "4", "7", "1000"] {
        let out = format!("{limit}/mail.zip");
        let options = ["--layout", "label", "--label-copies", "all", "--zip-max-entries", limit];
        let args = ["in.mbox", &out, "--json", "--manifest", "m.jsonl"];
        for status in ["written", "already_there"] {
            let ran = scratch.run(options.iter().chain(&args)).ends(0);
            let rows = rows(&scratch, "m.jsonl");
            balance(&ran, &rows);
            assert_eq!(column(&rows, "status"), [status; 5]);
            tile(&rows, 0, length);
            name_every_entry(&scratch, limit, &rows);
            let volumes = |row: &Row| {
                let volume = |path: &str| path.split_once('!').unwrap().0.to_owned();
                row["path"].split('|').map(volume).collect::<Vec<_>>()
            };
            assert!(rows.iter().all(|row| volumes(row).len() == 3));
            let spans = rows.iter().any(|row| volumes(row)[0] != volumes(row)[2]);
            assert_eq!(spans, limit != "1000", "{limit}");
            scratch.run(["verify", "--manifest", "m.jsonl", &out]).ends(0).says(&["Verified: 15 files"]);
        }
    }
}

#[test]
fn rows_stay_in_mailbox_order_for_any_number_of_threads() {
    let scratch = Scratch::with_mailbox(large_mailbox(600));
    let options = ["--zip-max-entries", "70", "--until", "2024-04-01T00:08:00Z"];
    let mut expected = None;
    for threads in ["1", "2", "3", "4"] {
        let out = format!("{threads}/mail.zip");
        let args = ["--threads", threads, "in.mbox", &out, "--json", "--manifest", "m.csv"];
        let ran = scratch.run(options.iter().chain(&args)).ends(0);
        let rows = rows(&scratch, "m.csv");
        balance(&ran, &rows);
        name_every_entry(&scratch, threads, &rows);
        assert!(rows == *expected.get_or_insert_with(|| rows.clone()), "{threads}");
    }
    let rows = expected.unwrap();
    tile(&rows, 0, scratch.read("in.mbox").len().try_into().unwrap());
    assert!(rows.iter().any(|row| row["status"] == "filtered"));
}

/// The disk is full before all volumes are finished.
#[cfg(unix)]
#[test]
fn rows_of_a_volume_that_is_not_finished_fail() {
    let scratch = Scratch::with_mailbox(large_mailbox(60));
    let length = scratch.read("in.mbox").len().try_into().unwrap();
    for limit in ["60kB", "10MB"] {
        let script = format!(
            "mount -t tmpfs -o size=256k none disk || exit 99
             \"$0\" --compression 0 --zip-max-size {limit} in.mbox disk/mail.zip --json --manifest m.csv > json 2> err
             echo $? > code; rm -rf copy; cp -r disk copy; umount disk"
        );
        let Some(mut shell) = crate::output_faults::shell_that_mounts(&scratch, &script) else { return };
        Ran::of(&mut shell).ends(0);
        let text = |name: &str| String::from_utf8(scratch.read(name)).unwrap();
        let ran = Ran { code: text("code").trim().parse().ok(), stdout: text("json"), stderr: text("err") }.ends(2);
        let rows = rows(&scratch, "m.csv");
        balance(&ran, &rows);
        // The run ends where nothing more can be written.
        tile(&rows, 0, rows.iter().map(|row| number(row, "length")).sum::<u64>().min(length));
        name_every_entry(&scratch, "copy", &rows);
        let (there, failed): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row["status"] == "written");
        assert_eq!(there.is_empty(), limit == "10MB", "{limit}");
        assert!(!failed.is_empty());
        for row in failed {
            assert_eq!((&*row["status"], &*row["path"], &*row["sha256"], &*row["eml_size"]), ("failed", "", "", ""));
            assert!(!row["reason"].is_empty());
        }
    }
}

//! Manifests that another program has written, or that are damaged.

use std::fs;

use super::rows;
use crate::common::{Ran, Scratch, mailbox, with_slashes};

/// Six messages in `out`, with the manifests `m.csv` and `m.jsonl`.
fn converted() -> Scratch {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "1"), ("B", "2"), ("C", "3"), ("D", "4")]));
    for manifest in ["m.csv", "m.jsonl"] {
        scratch.run(["in.mbox", "out", "--manifest", manifest]).ends(0);
    }
    scratch
}

#[track_caller]
fn verify(scratch: &Scratch, manifest: &str, code: i32) -> Ran {
    let before = scratch.state(".");
    let ran = scratch.run(["verify", "--manifest", manifest, "out"]).ends(code);
    assert_eq!(scratch.state("."), before, "something was written");
    ran
}

/// The first manifest with other bytes.
fn rewritten(scratch: &Scratch, from: &str, change: impl Fn(String) -> String) -> &'static str {
    let text = change(String::from_utf8(scratch.read(from)).unwrap());
    let name = if from.ends_with(".csv") { "changed.csv" } else { "changed.jsonl" };
    scratch.write(name, text);
    name
}

#[test]
fn nothing_is_read_outside_of_the_output() {
    let scratch = converted();
    // The bytes of the first message: if they were read, they would match.
    let path = rows(&scratch, "m.csv")[0]["path"].clone();
    scratch.write("secret.eml", scratch.read(format!("out/{path}")));
    scratch.write("out/below/B.eml", "x");
    let absolute = with_slashes(scratch.path("secret.eml").to_str().unwrap());
    for outside in ["../secret.eml", &absolute, "below/../../secret.eml", "./../secret.eml", "..", "/", "."] {
        for manifest in ["m.csv", "m.jsonl"] {
            let changed = rewritten(&scratch, manifest, |text| text.replacen(&path, outside, 1));
            let ran = verify(&scratch, changed, 1);
            let line = format!("different\t{outside}\tit leads out of the output\n");
            assert!(ran.stdout.contains(&line), "{outside}: {ran:#?}");
            assert!(ran.stdout.contains(&format!("extra\t{path}\n")), "{outside}: {ran:#?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let scratch = converted();
    let path = rows(&scratch, "m.csv")[0]["path"].clone();
    let eml = scratch.path("out").join(&path);
    scratch.write(format!("elsewhere/{path}"), fs::read(&eml).unwrap());
    std::os::unix::fs::symlink(scratch.path("elsewhere"), scratch.path("out/link")).unwrap();
    let changed = rewritten(&scratch, "m.csv", |text| text.replacen(&path, &format!("link/{path}"), 1));
    let ran = verify(&scratch, changed, 1);
    let line = format!("different\tlink/{path}\tits folder is a link, which is not followed\n");
    assert!(ran.stdout.contains(&line), "{ran:#?}");
    fs::remove_file(scratch.path("out/link")).unwrap();

    fs::remove_file(&eml).unwrap();
    std::os::unix::fs::symlink(scratch.path("elsewhere").join(&path), &eml).unwrap();
    let ran = verify(&scratch, "m.csv", 1);
    assert_eq!(ran.stdout, format!("different\t{path}\tit exists and is not a file\n"));

    // The output itself may be a link.
    fs::remove_file(&eml).unwrap();
    fs::rename(scratch.path("elsewhere").join(&path), &eml).unwrap();
    std::os::unix::fs::symlink(scratch.path("out"), scratch.path("by link")).unwrap();
    scratch.run(["verify", "--manifest", "m.csv", "by link"]).ends(0);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_does_not_stop_the_check() {
    let scratch = converted();
    let path = rows(&scratch, "m.csv")[0]["path"].clone();
    fs::remove_file(scratch.path("out").join(&path)).unwrap();
    crate::pipes::make_pipe(&scratch.path("out").join(&path));
    let ran = scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(1);
    assert_eq!(ran.stdout, format!("different\t{path}\tit exists and is not a file\n"));
}

#[test]
fn what_is_no_manifest_is_refused() {
    let scratch = converted();
    let headless = rewritten(&scratch, "m.csv", |text| text.split_once("\r\n").unwrap().1.to_owned());
    verify(&scratch, headless, 2).prints_nothing().says(&["it is not a manifest: its first row has no column index"]);
    let without = |text: String| text.replacen(",sha256,", ",sha512,", 1);
    verify(&scratch, rewritten(&scratch, "m.csv", without), 2).says(&["has no column sha256"]);
    for bytes in [&b""[..], b"\0 garbage", b"a,b\r\n1,2\r\n", &[b'"'; 4000]] {
        scratch.write("garbage.csv", bytes);
        verify(&scratch, "garbage.csv", 2).prints_nothing().says(&["it is not a manifest"]);
    }
    scratch.write("garbage.csv", b"\xff\xfe\0i\0n");
    verify(&scratch, "garbage.csv", 2).prints_nothing().says(&["invalid utf-8"]);
}

#[test]
fn rows_that_cannot_be_read_are_faults() {
    let scratch = converted();
    scratch.write("garbage.jsonl", b"\0\xff\n{\"index\":1}\n[]\n\n{");
    let ran = verify(&scratch, "garbage.jsonl", 1);
    let faults = ran.stdout.lines().filter(|line| line.starts_with("manifest\tline ")).count();
    assert_eq!((faults, ran.stdout.lines().count()), (5, 5 + 4), "{ran:#?}");
    ran.says(&["0 rows", "0 missing, 0 different, 4 extra, 5 manifest errors"]);

    // The same for every number of threads, in the order of the rows.
    scratch.write("many.jsonl", "{}\n".repeat(500));
    let lists: Vec<String> = ["1", "4", "4"]
        .iter()
        .map(|threads| scratch.run(["verify", "--threads", threads, "--manifest", "many.jsonl", "out"]).ends(1).stdout)
        .collect();
    assert!(lists.iter().all(|list| *list == lists[0]));
    let numbers: Vec<usize> = lists[0]
        .lines()
        .filter_map(|line| line.strip_prefix("manifest\tline ")?.split(':').next()?.parse().ok())
        .collect();
    assert_eq!(numbers, (1..=500).collect::<Vec<_>>());
}

#[test]
fn a_last_row_that_is_cut_is_a_fault() {
    let scratch = converted();
    let path = rows(&scratch, "m.csv")[3]["path"].clone();
    for manifest in ["m.csv", "m.jsonl"] {
        // In the middle of its hash.
        let hash = rows(&scratch, manifest)[3]["sha256"].clone();
        let changed = rewritten(&scratch, manifest, |text| text[..text.find(&hash).unwrap() + 20].to_owned());
        let ran = verify(&scratch, changed, 1);
        ran.says(&[
            "Verification failed: 3 of 3 files in out match the manifest; 1 extra, 1 manifest error; ",
            "0 missing, 0 different, 1 extra, 1 manifest error",
        ]);
        // Between two rows: the files of the rows that are not there are extra.
        let changed = rewritten(&scratch, manifest, |text| {
            text.split_inclusive('\n').take(if manifest == "m.csv" { 4 } else { 3 }).collect()
        });
        assert_eq!(verify(&scratch, changed, 1).stdout, format!("extra\t{path}\n"));
    }
}

#[test]
fn a_row_that_was_taken_out_is_missed() {
    let scratch = converted();
    let all = rows(&scratch, "m.csv");
    for taken in 0..3 {
        for (manifest, header) in [("m.csv", 1), ("m.jsonl", 0)] {
            let changed = rewritten(&scratch, manifest, |text| {
                let lines = text.split_inclusive('\n').enumerate();
                lines.filter(|(at, _)| *at != taken + header).map(|(_, line)| line).collect()
            });
            let (expected, next) = (&all[taken], &all[taken + 1]);
            let gap = format!(
                "manifest\tin.mbox: expected message {} at byte {}, found {} at {}\n",
                expected["index"], expected["offset"], next["index"], next["offset"]
            );
            // A manifest may be that of a range, which begins with any message.
            let gap = if taken == 0 { "" } else { &gap };
            let lines = format!("extra\t{}\n{gap}", expected["path"]);
            assert_eq!(verify(&scratch, changed, 1).stdout, lines);
        }
    }
    // Two rows have changed places.
    let changed = rewritten(&scratch, "m.jsonl", |text| {
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        lines.swap(1, 2);
        lines.concat()
    });
    verify(&scratch, changed, 1)
        .says(&["Verification failed: 4 of 4 files in out match the manifest; 3 manifest errors; "]);
}

#[test]
fn columns_may_be_in_another_order_and_among_others() {
    let scratch = converted();
    let all = rows(&scratch, "m.csv");
    let mut names: Vec<&String> = all[0].keys().collect();
    names.reverse();
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.join(",") + ",more\n";
    let head = line(names.iter().map(|name| (*name).clone()).collect());
    let body: String = all.iter().map(|row| line(names.iter().map(|name| quoted(&row[*name])).collect())).collect();
    // As spreadsheets write it: a byte order mark, LF.
    scratch.write("other.csv", format!("\u{feff}{head}{body}"));
    verify(&scratch, "other.csv", 0).says(&["Verified: 4 files"]).prints_nothing();
}

#[test]
fn a_huge_cell_is_read() {
    let scratch = converted();
    let subject = "x".repeat(5 << 20);
    let changed = rewritten(&scratch, "m.csv", |text| text.replacen(",A,", &format!(",{subject},"), 1));
    verify(&scratch, changed, 0).says(&["Verified: 4 files"]);
    let changed = rewritten(&scratch, "m.jsonl", |text| text.replacen("\"A\"", &format!("\"{subject}\""), 1));
    verify(&scratch, changed, 0).says(&["Verified: 4 files"]);
}

#[test]
fn a_hash_or_size_that_was_changed_is_found() {
    let scratch = converted();
    let first = &rows(&scratch, "m.csv")[0];
    let (path, hash, size) = (&first["path"], &first["sha256"], &first["eml_size"]);
    for (from, to, why) in [
        (hash.clone(), "0".repeat(64), "different content (SHA-256)".to_owned()),
        (hash.clone(), String::new(), "different content (SHA-256)".to_owned()),
        (format!(",{size},"), ",9999,".to_owned(), format!("{size} bytes instead of 9999")),
    ] {
        let changed = rewritten(&scratch, "m.csv", |text| text.replacen(&from, &to, 1));
        assert_eq!(verify(&scratch, changed, 1).stdout, format!("different\t{path}\t{why}\n"));
    }
}

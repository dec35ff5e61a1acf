//! The SHA-256 of what was read: mailboxes, archives and streams.

use std::fs::File;

use mbox2eml::report::Digest;
use serde_json::{Value, json};

use super::{Row, rows};
use crate::archives::make::{self, Member};
use crate::common::{Scratch, mailbox, testdata};

fn hash(scratch: &Scratch, name: &str) -> String {
    Digest::of_file(File::open(scratch.path(name)).unwrap()).unwrap().hex()
}

/// What a summary has of a file.
fn source(scratch: &Scratch, name: &str) -> Value {
    json!({"path": name, "bytes": scratch.read(name).len(), "sha256": hash(scratch, name)})
}

/// The rows of files, each as path, bytes and hash.
fn of_files(rows: &[Row]) -> Vec<Value> {
    let files = rows.iter().filter(|row| row["status"] == "source");
    let file = |row: &Row| {
        assert_eq!((&*row["index"], &*row["offset"], &*row["path"], &*row["eml_size"]), ("0", "0", "", ""));
        let bytes: u64 = row["length"].parse().unwrap();
        json!({"path": row["mailbox"], "bytes": bytes, "sha256": row["sha256"]})
    };
    files.map(file).collect()
}

/// Every kind of file, and one that is no mailbox.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    let one = mailbox(&[("One", "x"), ("Two", "y")]);
    scratch.write("in/a.mbox", &one);
    scratch.write("in/b.mbox.gz", make::gzip(mailbox(&[("B", "b")]).as_bytes()));
    let members = ["Takeout/Mail/C.mbox", "Takeout/Mail/D.mbox"];
    let members = members.map(|name| Member::deflated(name, mailbox(&[(name, "c")])));
    scratch.write("in/takeout.zip", make::zip(&members));
    scratch.write("in/empty folder/e.mbox", "");
    scratch.write("in/notes.txt", "nothing");
    scratch
}

#[test]
fn each_file_has_one_hash_in_the_manifest_and_in_the_summary() {
    let scratch = scratch();
    let files = ["in/a.mbox", "in/b.mbox.gz", "in/takeout.zip"].map(|name| source(&scratch, name));
    for options in [&[][..], &["--no-mmap", "--threads", "1"], &["--subject", "none"], &["--limit", "1"]] {
        for (verb, out, code) in [("convert", Some("out"), 1), ("convert", Some("out.zip"), 1), ("inspect", None, 1)] {
            for manifest in ["m.csv", "m.jsonl"] {
                let args = [&[verb, "--json", "--source-hash", "--manifest", manifest, "in"], options].concat();
                let ran = scratch.run(args.into_iter().chain(out)).ends(code);
                let json = ran.json();
                let mut sources = json["sources"].as_array().unwrap().clone();
                sources.sort_by_key(|source| source["path"].to_string());
                sources.retain(|source| source["bytes"] != 0);
                assert_eq!(sources, files, "{options:?} {verb}");
                let mut sources = of_files(&rows(&scratch, manifest));
                sources.sort_by_key(|source| source["path"].to_string());
                sources.retain(|source| source["bytes"] != 0);
                assert_eq!(sources, files, "{options:?} {verb}");
                std::fs::remove_file(scratch.path(manifest)).unwrap();
            }
            let _ = std::fs::remove_file(scratch.path("out.zip"));
        }
    }
    assert_eq!(scratch.run(["--json", "in", "out"]).ends(1).json()["sources"], Value::Null);
}

#[test]
fn the_hash_is_that_of_other_programs() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    // By sha256sum of coreutils.
    let line = "  source    SHA-256 485569d467d701be240829f53a6c03edd68d4cc55fc2129b1e5a091c8e7a5122\n";
    scratch.run(["--source-hash", "in.mbox", "out"]).ends(0).says(&[line]);
    assert!(scratch.run(["inspect", "--source-hash", "in.mbox"]).ends(0).stdout.contains(line));
    scratch.write("b.mbox", mailbox(&[("Two", "x")]));
    scratch.run(["--source-hash", "in.mbox", "b.mbox", "two"]).ends(0).says(&["  sources   2 files hashed\n"]);
}

#[test]
fn a_manifest_with_hashes_verifies_and_makes_messages_known() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    for manifest in ["m.csv", "m.jsonl"] {
        scratch.run(["--source-hash", "--manifest", manifest, "in.mbox", "out"]).ends(0);
        scratch.run(["verify", "--manifest", manifest, "out"]).ends(0).says(&["Verified: 2 files"]);
        scratch.run(["--known", manifest, "in.mbox", "delta"]).ends(0).says(&["2 found = 0 written + 2 known"]);
    }
}

#[test]
fn the_files_beside_a_vault_export_are_hashed_too() {
    let scratch = Scratch::new();
    let names = ["case-ann@example.org.mbox", "case-bob@example.com.mbox", "case-errors.xml", "case-metadata.xml"];
    for name in names.into_iter().chain(["case-results-count.csv"]) {
        scratch.write(format!("in/{name}"), std::fs::read(testdata().join("vault/classic").join(name)).unwrap());
    }
    let json = scratch.run(["inspect", "--json", "--source-hash", "in"]).json();
    let mut paths: Vec<&str> =
        json["sources"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(paths, scratch.names("in").iter().map(|name| format!("in/{name}")).collect::<Vec<_>>());
    assert!(
        json["sources"]
            .as_array()
            .unwrap()
            .iter()
            .all(|file| *file == source(&scratch, file["path"].as_str().unwrap()))
    );
}

#[test]
fn standard_input_is_hashed_as_it_comes_in() {
    let scratch = Scratch::new();
    let mbox = mailbox(&[("One", "x"), ("Two", "y")]);
    scratch.write("a", &mbox);
    let expected = json!([{"path": "standard input", "bytes": mbox.len(), "sha256": hash(&scratch, "a")}]);
    let args = ["--json", "--source-hash", "--manifest", "m.csv", "-", "out"];
    let ran = scratch.run_with_input(args, mbox.as_bytes()).ends(0);
    assert_eq!(ran.json()["sources"], expected);
    assert_eq!(Value::from(of_files(&rows(&scratch, "m.csv"))), expected);
    // What was not read to its end has no hash.
    let long = mailbox(&vec![("Long", &*"x".repeat(100_000)); 300]);
    let args = ["--json", "--source-hash", "--limit", "1", "--manifest", "n.csv", "-", "few"];
    let ran = scratch.run_with_input(args, long.as_bytes()).ends(0);
    assert_eq!(ran.json()["sources"], json!([{"path": "standard input", "bytes": null, "sha256": null}]));
    assert_eq!(of_files(&rows(&scratch, "n.csv")), [json!(null); 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_another_at_the_end_has_no_hash_and_fails() {
    use crate::held::Held;
    use std::fs;

    type Change = fn(&Scratch);
    let changes: [(&str, Change); 4] = [
        ("a.mbox", |scratch| {
            // Another file takes its place: what was opened is converted whole.
            scratch.write("new", mailbox(&[("Six", "x"), ("Two", "y")]));
            fs::rename(scratch.path("new"), scratch.path("a.mbox")).unwrap();
        }),
        ("a.mbox", |scratch| {
            let mut file = fs::OpenOptions::new().append(true).open(scratch.path("a.mbox")).unwrap();
            std::io::Write::write_all(&mut file, b"more\n").unwrap();
        }),
        ("a.mbox", |scratch| fs::remove_file(scratch.path("a.mbox")).unwrap()),
        ("a.zip", |scratch| {
            scratch.write("new", make::zip(&[Member::stored("b.mbox", mailbox(&[("B", "x")]))]));
            fs::rename(scratch.path("new"), scratch.path("a.zip")).unwrap();
        }),
    ];
    for (name, change) in changes {
        let scratch = Scratch::new();
        scratch.write("a.mbox", mailbox(&[("One", "x"), ("Two", "y")]));
        scratch.write("a.zip", make::zip(&[Member::stored("a.mbox", mailbox(&[("A", "x")]))]));
        scratch.write("z.mbox", mailbox(&[("Last", "x")]));
        let args = ["--json", "--source-hash", "--manifest", "m.csv", name, "z.mbox", "out"];
        let mut run = Held::run(&scratch, "z.mbox", args);
        let messages = if name == "a.zip" { 1 } else { 2 };
        run.wait_until("the first file is converted", || scratch.names("out").len() == messages);
        let ran = run
            .end_after(|| change(&scratch))
            .ends(1)
            .says(&[&format!("mbox2eml: {name}: changed while it was being read")]);
        let json = ran.json();
        assert_eq!(json["complete"], false);
        assert_eq!(json["sources"][0], json!({"path": name, "bytes": null, "sha256": null}));
        assert_eq!(json["failed"][0]["input"], name);
        assert_eq!(json["sources"][1], source(&scratch, "z.mbox"));
        let hashed = of_files(&rows(&scratch, "m.csv"));
        assert_eq!(hashed, [source(&scratch, "z.mbox")]);
    }
}

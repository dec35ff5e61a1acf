//! The manifest of `inspect`: what a conversion would write, without a file.

use serde_json::json;

use super::{column, rows};
use crate::archives::make::{self, Member};
use crate::common::{Scratch, mailbox};

/// Mail in a folder, with a doubtful boundary, a mailbox in an archive, and one that is broken.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    let doubtful = "x\n\nFrom bob@example.com Mon Apr  1 11:00:00 2024\nis talked about";
    scratch.write("in/a.mbox", mailbox(&[("One", doubtful), ("=1+1", "y"), ("One", doubtful)]));
    let sent = mailbox(&[("Sent", "z"), ("Later", "w")]);
    scratch.write("in/takeout.zip", make::zip(&[Member::deflated("Takeout/Mail/Sent.mbox", sent)]));
    scratch.write("in/broken.mbox", "{}");
    scratch
}

#[test]
fn a_catalogue_has_the_rows_of_a_conversion_without_its_paths() {
    let scratch = scratch();
    for options in [&[][..], &["--eol", "lf"], &["--subject", "one"], &["--dedup", "content"], &["--limit", "1"]] {
        for manifest in ["m.csv", "m.jsonl"] {
            let run = |words: &[&str]| {
                let ran = scratch.run([words, options, &["--manifest", manifest, "--threads", "3"]].concat());
                (ran.ends(1), rows(&scratch, manifest))
            };
            let (ran, found) = run(&["inspect", "in"]);
            assert!(ran.stdout.contains(&format!("  manifest  {manifest}\n")), "{ran:#?}");
            assert_eq!(scratch.count("."), 2, "something else was written");
            let out = format!("out {} {manifest}", options.concat());
            let (_, mut written) = run(&["in", &out]);
            for row in &mut written {
                if row["status"] == "written" {
                    row.insert("status".into(), "found".into());
                }
                row.insert("path".into(), String::new());
            }
            // The doubt is the same wherever it goes; a name that is taken is one of files.
            assert_eq!(found, written, "{options:?}");
            std::fs::remove_file(scratch.path(manifest)).unwrap();
            std::fs::remove_file(scratch.path(manifest.replace('.', "~1."))).unwrap();
            std::fs::remove_dir_all(scratch.path(&out)).unwrap();
            assert!(column(&found, "status").contains(&"found"), "{found:?}");
            assert!(column(&found, "status").contains(&"failed"), "{found:?}");
            let doubts =
                column(&found, "warnings").iter().filter(|cell| cell.starts_with("doubtful-boundary (")).count();
            assert!(doubts > 0, "{found:?}");
        }
    }
}

#[test]
fn a_catalogue_is_refused_where_files_are_needed() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y"), ("One", "x")]));
    for manifest in ["m.csv", "m.jsonl"] {
        scratch.run(["inspect", "in.mbox", "--dedup", "content", "--manifest", manifest]).ends(0);
        let error = format!(
            "mbox2eml: --known: {manifest}: it lists messages that inspect found; give the manifest that convert wrote\n"
        );
        let args = ["--dry-run", "--known", manifest, "in.mbox", "new"];
        assert_eq!(scratch.run(args).ends(2).prints_nothing().stderr, error);
        scratch.write("out/a.eml", "");
        for words in
            [&["verify", "--manifest", manifest, "out"][..], &["verify", "--manifest", manifest, "in.mbox", "out"]]
        {
            scratch
                .run(words)
                .ends(2)
                .says(&[manifest, "it lists messages that inspect found; give the manifest that convert wrote"]);
        }
    }
}

#[test]
fn a_catalogue_is_announced_kept_and_refused_like_any_manifest() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    let args = ["inspect", "--json", "--manifest", "m.jsonl", "--report", "r.html", "in.mbox"];
    let json = scratch.run(args).ends(0).json();
    assert_eq!(json["manifest"], json!({"path": "m.jsonl", "complete": true}));
    assert!(String::from_utf8(scratch.read("r.html")).unwrap().contains("SHA-256 of the manifest"));
    scratch.run(args).ends(0).says(&["the manifest of an earlier run is kept as m~1.jsonl"]);
    scratch.write("mine.csv", "mine");
    scratch.run(["inspect", "in.mbox", "--manifest", "mine.csv"]).ends(2).says(&["it exists and is not a manifest"]);
    assert_eq!(scratch.read("mine.csv"), b"mine");
    scratch.run(["inspect", "in.mbox", "--manifest", "m.txt"]).ends(2).says(&["must end in .csv or .jsonl"]);
    scratch.run(["inspect", "in.mbox", "--manifest-bom"]).ends(2);
    scratch.run(["inspect", "in.mbox", "--manifest", "b.csv", "--manifest-bom"]).ends(0);
    assert!(scratch.read("b.csv").starts_with(b"\xef\xbb\xbfindex,"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_catalogue_that_cannot_be_completed_is_reported() {
    use crate::common::Ran;
    use crate::output_faults::shell_that_mounts;

    let scratch = Scratch::with_mailbox(mailbox(&vec![("A subject of some length", "x"); 1000]));
    scratch.run(["inspect", "in.mbox", "--manifest", "nowhere/m.csv"]).ends(2).says(&["nowhere/m.csv"]);
    let script = "mount -t tmpfs -o size=64k none disk && \"$0\" inspect --json in.mbox --manifest disk/m.csv";
    let Some(mut shell) = shell_that_mounts(&scratch, script) else { return };
    let ran = Ran::of(&mut shell).ends(1);
    let ran = ran.says(&["mbox2eml: disk/m.csv: cannot write this manifest: No space left on device"]);
    let json = ran.json();
    assert_eq!(json["messages"]["found"], 1000);
    assert_eq!(json["manifest"], json!({"path": "disk/m.csv", "complete": false}));
}

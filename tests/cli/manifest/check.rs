//! Files verified with the manifest that was written with them, when the input is gone.

use std::fs;

use serde_json::json;

use super::rows;
use crate::common::{Ran, Scratch, mailbox};

/// Six messages in `out`, with a manifest of either sort.
fn converted() -> Scratch {
    let messages: Vec<(String, String)> = (1..=6).map(|n| (format!("S{n}"), format!("body {n}"))).collect();
    let messages: Vec<(&str, &str)> = messages.iter().map(|(subject, body)| (&**subject, &**body)).collect();
    let scratch = Scratch::with_mailbox(mailbox(&messages));
    for manifest in ["m.csv", "m.jsonl"] {
        scratch.run(["in.mbox", "out", "--manifest", manifest]).ends(0);
    }
    scratch
}

fn name(number: usize) -> String {
    format!("000{number:03}_20240401T12{:02}00Z_S{number}.eml", number - 1)
}

/// Verifies without writing anything.
#[track_caller]
fn verify(scratch: &Scratch, args: &[&str], code: i32) -> Ran {
    let before = scratch.state(".");
    let ran = scratch.run(["verify"].iter().chain(args)).ends(code);
    assert_eq!(scratch.state("."), before, "something was written");
    ran
}

#[test]
fn the_input_may_be_gone() {
    let scratch = converted();
    fs::remove_file(scratch.path("in.mbox")).unwrap();
    for manifest in ["m.csv", "m.jsonl"] {
        let ran = verify(&scratch, &["--manifest", manifest, "out"], 0).prints_nothing();
        ran.says(&["Verified: 6 files in out match the manifest", "6 rows", "differing 0"]);
        let json = verify(&scratch, &["--manifest", manifest, "out", "--json", "-q"], 0).json();
        assert_eq!((&json["output"], &json["complete"]), (&json!("out"), &json!(true)));
        let expected = json!({
            "path": manifest, "rows": 6, "same": 6, "bytes": json["manifest"]["bytes"],
            "differences": { "number": 0, "missing": [], "different": [], "extra": [], "failed": [], "faults": [] },
        });
        assert_eq!(json["manifest"], expected);
        let bytes: usize = scratch.tree("out").values().map(Vec::len).sum();
        assert_eq!(json["manifest"]["bytes"], bytes);
    }
}

#[test]
fn every_difference_is_found_and_named() {
    let scratch = converted();
    let [flipped, missing, cut, grown] = [1, 2, 3, 4].map(name);
    let change = |name: &str, change: fn(&mut Vec<u8>)| {
        let mut bytes = scratch.read(format!("out/{name}"));
        change(&mut bytes);
        scratch.write(format!("out/{name}"), bytes);
    };
    change(&flipped, |bytes| bytes[20] ^= 1);
    change(&cut, |bytes| bytes.truncate(bytes.len() - 1));
    change(&grown, |bytes| bytes.push(b'\n'));
    fs::remove_file(scratch.path("out").join(&missing)).unwrap();
    // Windows has no names with line ends.
    let control = if cfg!(windows) { '\u{7f}' } else { '\n' };
    scratch.write(format!("out/more/a user's{control}file.eml"), "x");
    let size = scratch.read(format!("out/{}", name(5))).len();
    let expected = format!(
        "missing\t{missing}\ndifferent\t{flipped}\tdifferent content (SHA-256)\n\
         different\t{cut}\t{} bytes instead of {size}\ndifferent\t{grown}\t{} bytes instead of {size}\n\
         extra\tmore/a user's{}file.eml\n",
        size - 1,
        size + 1,
        control.escape_unicode()
    );
    for (manifest, threads) in [("m.csv", "1"), ("m.csv", "4"), ("m.jsonl", "3")] {
        let ran = verify(&scratch, &["--manifest", manifest, "--threads", threads, "out"], 1);
        assert_eq!(ran.stdout, expected, "{ran:#?}");
        ran.says(&[
            "Verification failed: 2 of 6 files in out match the manifest; 1 missing, 3 different, 1 extra; ",
            "differing 5: 1 missing, 3 different, 1 extra, 0 manifest errors",
        ]);
    }
    let json = verify(&scratch, &["--manifest", "m.csv", "--json", "-q", "out"], 1).json();
    let differences = &json["manifest"]["differences"];
    assert_eq!(differences["number"], 5);
    assert_eq!(differences["missing"], json!([missing]));
    assert_eq!(differences["different"][0]["path"], flipped);
    assert_eq!(differences["extra"], json!([format!("more/a user's{control}file.eml")]));
}

#[test]
fn one_bit_in_many_files_is_found() {
    let scratch = Scratch::with_mailbox(mailbox(&vec![("Many", "x"); 3000]));
    scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0);
    let path = rows(&scratch, "m.csv")[2345]["path"].clone();
    let mut bytes = scratch.read(format!("out/{path}"));
    *bytes.last_mut().unwrap() ^= 0x80;
    scratch.write(format!("out/{path}"), bytes);
    let ran = verify(&scratch, &["--manifest", "m.csv", "out"], 1);
    assert_eq!(ran.stdout, format!("different\t{path}\tdifferent content (SHA-256)\n"));
}

#[test]
fn archives_are_compared_with_their_manifest() {
    let scratch = converted();
    for (limit, out) in [("100", "one/mail.zip"), ("2", "some/mail.zip")] {
        scratch.run(["--zip-max-entries", limit, "in.mbox", out, "--manifest", "z.csv"]).ends(0);
        verify(&scratch, &["--manifest", "z.csv", out], 0).says(&["Verified: 6 files"]);
    }
    fs::remove_file(scratch.path("some/mail-003.zip")).unwrap();
    let ran = verify(&scratch, &["--manifest", "z.csv", "some/mail.zip"], 1);
    assert_eq!(ran.stdout, [5, 6].map(|n| format!("missing\tmail-003.zip!{}\n", name(n))).concat());

    // Another volume takes the place of the second.
    scratch.write("other.mbox", mailbox(&[("S3", "body 3"), ("New", "y")]));
    fs::remove_file(scratch.path("some/mail-002.zip")).unwrap();
    scratch.run(["other.mbox", "some/mail-002.zip"]).ends(0);
    let ran = verify(&scratch, &["--manifest", "z.csv", "some/mail.zip"], 1);
    for line in ["missing\tmail-002.zip!", "extra\t000002_20240401T120100Z_New.eml\n"] {
        assert!(ran.stdout.contains(line), "{ran:#?}");
    }
}

#[test]
fn a_flipped_bit_in_an_archive_is_found() {
    let scratch = converted();
    scratch.run(["--compression", "0", "in.mbox", "mail.zip", "--manifest", "z.csv"]).ends(0);
    let mut bytes = scratch.read("mail.zip");
    let at = crate::archives::make::find(&bytes, b"body 4", 0);
    bytes[at] ^= 1;
    scratch.write("mail.zip", bytes);
    let ran = verify(&scratch, &["--manifest", "z.csv", "mail.zip"], 1);
    assert!(ran.stdout.starts_with(&format!("different\tmail.zip!{}\t", name(4))), "{ran:#?}");
    assert_eq!(ran.stdout.lines().count(), 1);
}

#[test]
fn with_the_input_both_are_compared_with_the_output() {
    let scratch = converted();
    let ran = verify(&scratch, &["--manifest", "m.csv", "in.mbox", "out"], 0).prints_nothing();
    ran.says(&["6 found = 6 the same", "manifest  m.csv, 6 rows"]);
    scratch.write(format!("out/{}", name(2)), "changed");
    let ran = verify(&scratch, &["--manifest", "m.csv", "in.mbox", "out"], 1);
    let size = scratch.read(format!("out/{}", name(1))).len();
    let name = name(2);
    let expected = format!("different\t{name}\t0\ndifferent\t{name}\t7 bytes instead of {size}\n");
    assert_eq!(ran.stdout, expected, "{ran:#?}");
    let json = verify(&scratch, &["--json", "-q", "--manifest", "m.csv", "in.mbox", "out"], 1).json();
    assert_eq!(json["differences"]["number"], 1);
    assert_eq!(json["manifest"]["differences"]["number"], 1);
}

#[test]
fn manifests_in_the_output_are_not_extra() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    for manifest in ["out/m.csv", "./out/below/m.jsonl"] {
        fs::create_dir_all(scratch.path("out/below")).unwrap();
        for _ in 0..3 {
            scratch.run(["in.mbox", "out", "--manifest", manifest]).ends(0);
        }
        verify(&scratch, &["--manifest", manifest, "out"], 0).prints_nothing();
        verify(&scratch, &["--manifest", manifest, "in.mbox", "out"], 0).prints_nothing();
        verify(&scratch, &["in.mbox", "out"], 0).prints_nothing();
        // A file that is one only by its name is extra.
        let foreign = manifest.replace("m.", "m~7.").replace("./", "");
        scratch.write(&foreign, "mine\n");
        let ran = verify(&scratch, &["--manifest", manifest, "out"], 1);
        assert_eq!(ran.stdout, foreign.replace("out/", "extra\t") + "\n");
        fs::remove_dir_all(scratch.path("out")).unwrap();
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let scratch = converted();
    fs::create_dir(scratch.path("folder.csv")).unwrap();
    fs::create_dir(scratch.path("folder.jsonl")).unwrap();
    for (args, error) in [
        (&["--manifest", "m.txt", "out"][..], "mbox2eml: --manifest: the name must end in .csv or .jsonl"),
        (
            &["--manifest", "none.csv", "out"],
            "mbox2eml: none.csv: cannot check the files against this manifest: No such",
        ),
        (&["--manifest", "m.csv", "none"], "mbox2eml: none: cannot open this folder: No such"),
        (&["in.mbox", "none"], "mbox2eml: none: cannot open this folder: No such"),
        (
            &["in.mbox", "none.zip"],
            "mbox2eml: none.zip: cannot open this archive: No such file or folder\n  check the path\n",
        ),
        (
            &["--manifest", "m.csv", "none.zip"],
            "mbox2eml: none.zip: cannot open this archive: No such file or folder\n  check the path\n",
        ),
        (&["--manifest", "m.csv", "in.mbox"], "mbox2eml: in.mbox: cannot open this folder: "),
        (&["--manifest", "folder.csv", "out"], "mbox2eml: folder.csv: cannot check the files against this manifest: "),
        (&["--manifest", "folder.jsonl", "out"], "mbox2eml: folder.jsonl: cannot check the files against this "),
        (&["--manifest", "m.csv", "--dry-run", "out"], "mbox2eml: verify does not take '--dry-run'"),
        (&["--manifest", "m.csv"], "mbox2eml: "),
    ] {
        let ran = verify(&scratch, args, 2).prints_nothing();
        assert!(ran.stderr.starts_with(error), "{args:?}: {ran:#?}");
    }
}

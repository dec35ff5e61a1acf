//! Bags: what is in one, when it is valid, and what is refused. Every bag is checked by Python's bagit where that is
//! installed.

#[cfg(unix)]
mod faults;
mod hostile;
mod refused;

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::archives::takeout::{takeout, unpack};
use crate::common::{Ran, Scratch, clean, mailbox, one_message};
use crate::support::skip::skip;

/// Whether bagit can be imported, and finds the bag valid. It raises an exception for a folder that is no bag.
const BAGIT: &str = "\
import sys
try:
    import bagit
except ImportError:
    print('missing')
else:
    try:
        print('valid' if bagit.Bag(sys.argv[1]).is_valid() else 'invalid')
    except Exception:
        print('invalid')
";

/// Says whether bagit finds the bag valid; `None` where it is not installed.
fn bagit(scratch: &Scratch, bag: &str) -> Option<bool> {
    let mut command = clean(Command::new("python3"), &scratch.path("."));
    let answer = command.args(["-c", BAGIT, bag]).output().map(Ran::from);
    match answer.as_ref().map_or("missing", |ran| ran.stdout.trim_end()) {
        "valid" => Some(true),
        "invalid" => Some(false),
        "missing" => {
            skip("Python's bagit is not installed");
            None
        }
        _ => panic!("{answer:#?}"),
    }
}

/// The bag is valid, by this program and by bagit.
#[track_caller]
fn assert_valid(scratch: &Scratch, bag: &str) {
    scratch.run(["verify", bag]).ends(0).says(&["Verified: "]).prints_nothing();
    assert_ne!(bagit(scratch, bag), Some(false), "bagit finds it invalid");
}

/// It is not, by either.
#[track_caller]
fn assert_invalid(scratch: &Scratch, bag: &str) -> Ran {
    assert_ne!(bagit(scratch, bag), Some(true), "bagit finds it valid");
    scratch.run(["verify", bag]).ends(1)
}

fn text(scratch: &Scratch, name: &str) -> String {
    String::from_utf8(scratch.read(name)).unwrap()
}

/// The lines of a file of checksums: path and SHA-256.
fn listed(scratch: &Scratch, name: &str) -> Vec<(String, String)> {
    let line = |line: &str| {
        let (hash, path) = line.split_once("  ").unwrap();
        assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
        (path.to_owned(), hash.to_owned())
    };
    text(scratch, name).lines().map(line).collect()
}

#[test]
fn a_bag_holds_the_files_of_a_run_without_it_and_their_checksums() {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    let options = [&[][..], &["--layout", "label", "--label-copies", "all"], &["--threads", "1", "--eol", "lf"]];
    for (number, options) in options.into_iter().enumerate() {
        let (bag, plain) = (format!("bag {number}"), format!("plain {number}"));
        scratch.run(options.iter().chain(&["--manifest", "m.csv", "in", &plain])).ends(0);
        let ran = scratch.run(options.iter().chain(&["--json", "--bag", "in", &bag])).ends(0);
        assert!(scratch.state(&plain) == scratch.state(&format!("{bag}/data")), "{options:?}");
        let files = scratch.names(&plain);
        let bytes: usize = scratch.tree(&plain).values().map(Vec::len).sum();
        let json = ran.json();
        assert_eq!(
            json["bag"],
            json!({"files": files.len(), "bytes": bytes, "complete": true, "earlier_manifests": []})
        );
        assert_eq!((&json["output"], &json["complete"]), (&json!(bag), &json!(true)));
        let paths: Vec<String> = files.iter().map(|name| format!("data/{name}")).collect();
        let mut manifest = listed(&scratch, &format!("{bag}/manifest-sha256.txt"));
        manifest.sort();
        assert_eq!(manifest.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>(), paths);
        assert_eq!(
            text(&scratch, &format!("{bag}/bagit.txt")),
            "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
        );
        let info = text(&scratch, &format!("{bag}/bag-info.txt"));
        let (date, rest) = info.split_once('\n').unwrap();
        let day = date.strip_prefix("Bagging-Date: ").unwrap();
        assert!(day.len() == 10 && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'), "{info}");
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!("Payload-Oxum: {bytes}.{}\nBag-Software-Agent: mbox2eml {version}\n", files.len());
        assert_eq!(rest, expected);
        let tags: Vec<String> =
            listed(&scratch, &format!("{bag}/tagmanifest-sha256.txt")).into_iter().map(|(path, _)| path).collect();
        assert_eq!(tags, ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "messages.csv"]);
        assert_eq!(scratch.read(format!("{bag}/messages.csv")), scratch.read("m.csv"));
        fs::remove_file(scratch.path("m.csv")).unwrap();
        assert_valid(&scratch, &bag);
        // Input and manifest are compared with its payload.
        let manifest = format!("{bag}/messages.csv");
        scratch.run(["verify", "--manifest", &manifest, &bag]).ends(0);
        scratch.run(["verify"].iter().chain(options).chain(&["in", &bag])).ends(0).says(&["Verified: "]);
    }
}

#[test]
fn a_second_run_changes_nothing_and_a_third_adds() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y"), ("Three", "z")]));
    let first = ["--bag", "--bag-organization", "Example Archives", "--limit", "2", "in.mbox", "bag"];
    scratch.run(first).ends(0).says(&["  manifest  bag/messages.csv\n", "  bag       2 files in data/, "]);
    let earlier = text(&scratch, "bag/bag-info.txt").replace("Bagging-Date: ", "Bagging-Date: 2024-04-01 not ");
    assert!(earlier.starts_with("Source-Organization: Example Archives\n"), "{earlier}");
    // What others add is kept.
    scratch.write("bag/bag-info.txt", format!("{earlier}Contact-Name: Ann\n"));
    let (payload, manifest) = (scratch.state("bag/data"), scratch.read("bag/manifest-sha256.txt"));
    scratch.run(["--bag", "--limit", "2", "in.mbox", "bag"]).ends(0).says(&["2 already there", "bag/messages~1.csv"]);
    assert!(scratch.state("bag/data") == payload && scratch.read("bag/manifest-sha256.txt") == manifest);
    let again = text(&scratch, "bag/bag-info.txt");
    assert!(again.contains("Bagging-Date: 2024-04-01 not ") && again.ends_with("Contact-Name: Ann\n"), "{again}");
    assert_valid(&scratch, "bag");
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0).says(&["1 written + 2 already there", "  bag       3 files"]);
    let info = text(&scratch, "bag/bag-info.txt");
    assert!(!info.contains("2024-04-01") && info.contains(".3\n") && info.contains("Contact-Name: Ann\n"), "{info}");
    assert_eq!(listed(&scratch, "bag/tagmanifest-sha256.txt").len(), 6);
    assert_valid(&scratch, "bag");
}

#[test]
fn the_manifests_of_all_runs_cover_a_bag_that_was_added_to() {
    let scratch = Scratch::new();
    scratch.write("march.mbox", mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.write("april.mbox", mailbox(&[("One", "x"), ("Two", "y"), ("Three", "z")]));
    scratch.run(["--bag", "march.mbox", "bag"]).ends(0);
    let known = ["--known", "bag/messages.csv", "--known", "bag/messages~1.csv"];
    let ran = scratch.run(["--bag", "--json", "--known", "bag/messages.csv", "april.mbox", "bag"]).ends(0);
    assert_eq!(ran.json()["bag"]["earlier_manifests"], json!(["messages~1.csv"]));
    let ran = ran.says(&["1 written + 2 known", "each has its checksum; manifests of earlier runs: messages~1.csv\n"]);
    ran.says_nowhere(&["messages.csv, "]);
    let both = ["verify", "--json", "--manifest", "bag/messages~1.csv", "--manifest", "bag/messages.csv", "bag"];
    let ran = scratch.run(both).ends(0);
    let ran =
        ran.says(&["Verified: 3 files in bag match", "  manifest  bag/messages~1.csv, bag/messages.csv, 5 rows\n"]);
    let manifest = &ran.json()["manifest"];
    assert_eq!((&manifest["path"], &manifest["others"]), (&json!("bag/messages~1.csv"), &json!(["bag/messages.csv"])));
    // The last one alone is that of its run.
    let ran = scratch.run(["verify", "--manifest", "bag/messages.csv", "bag"]).ends(1);
    let ran = ran.says(&["may be those of earlier runs: give their manifests, too: --manifest "]);
    assert_eq!(ran.stdout.matches("extra\t").count(), 2, "{ran:#?}");
    // A run over all of it lists all, and a file that two manifests list counts once.
    scratch.run(["--bag", "april.mbox", "bag"]).ends(0);
    assert_valid(&scratch, "bag");
    scratch.run(known.iter().chain(&["--dry-run", "--bag", "april.mbox", "bag"])).ends(0).says(&["3 known"]);
    let eml = scratch.names("bag/data").remove(0);
    scratch.write(format!("bag/data/{eml}"), "damaged");
    let ran =
        scratch.run(both).ends(1).says(&["Verification failed: 2 of 3 files in bag match the manifest; 1 different"]);
    let different = &ran.json()["manifest"]["differences"]["different"];
    assert_eq!((different.as_array().unwrap().len(), &different[0]["path"]), (1, &json!(eml)), "{ran:#?}");
}

#[test]
fn a_manifest_elsewhere_or_in_json_lines_takes_the_place_of_the_bag_s() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    for earlier in [&["m.csv"][..], &["m.csv", "m~1.csv"]] {
        scratch.run(["--bag", "--manifest", "m.csv", "in.mbox", "one"]).ends(0);
        assert_eq!(scratch.read("one/m.csv"), scratch.read("m.csv"));
        let tags = listed(&scratch, "one/tagmanifest-sha256.txt");
        assert!(earlier.iter().all(|name| tags.iter().any(|(tag, _)| tag == name)), "{tags:?}");
    }
    assert!(!scratch.path("one/messages.csv").exists());
    scratch.run(["--bag", "--manifest", "two/m.jsonl", "in.mbox", "two"]).ends(0);
    assert_eq!(listed(&scratch, "two/tagmanifest-sha256.txt")[2].0, "m.jsonl");
    for bag in ["one", "two"] {
        assert_valid(&scratch, bag);
    }
}

#[test]
fn a_dry_run_and_a_run_without_mail_make_no_bag() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    let json = scratch.run(["--bag", "--dry-run", "--json", "in.mbox", "bag"]).ends(0).json();
    assert_eq!((&json["bag"], &json["output"]), (&json!(null), &json!("bag")));
    scratch.write("broken.mbox", "{}");
    scratch.run(["--bag", "broken.mbox", "bag"]).ends(2);
    assert_eq!(scratch.count("."), 2);
    // An empty mailbox is an empty bag.
    scratch.write("empty.mbox", "");
    scratch.run(["--bag", "empty.mbox", "bag"]).ends(0).says(&["  bag       0 files in data/, 0 B"]);
    scratch.run(["verify", "bag"]).ends(0);
    // Where a mailbox fails, the others are in a bag that is valid; the manifest in it names the failure.
    let ran = scratch.run(["--bag", "--json", "broken.mbox", "in.mbox", "some"]).ends(1);
    assert_eq!(ran.json()["bag"]["complete"], true);
    assert!(text(&scratch, "some/messages.csv").contains(",failed,"));
    assert_valid(&scratch, "some");
}

#[test]
fn the_options_of_a_summary_verify_the_bag() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    let args = ["--bag", "--bag-organization", "A", "--source-hash", "--json", "--name", "{subject}", "in.mbox", "bag"];
    let ran = scratch.run(args).ends(0);
    scratch.write("done.json", &ran.stdout);
    scratch.run(["verify", "--like", "done.json", "in.mbox", "bag"]).ends(0).says(&["Verified: 1 message"]);
}

#[test]
fn a_bag_holds_what_any_format_writes() {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    for format in ["eml", "maildir", "mbox"] {
        let (bag, plain) = (format!("bag {format}"), format!("plain {format}"));
        let options = ["--format", format, "--layout", "label"];
        scratch.run(options.iter().chain(&["in", &plain])).ends(0);
        for _ in 0..2 {
            scratch.run(options.iter().chain(&["--bag", "in", &bag])).ends(0).says(&["each has its checksum"]);
            assert!(scratch.tree(&plain) == scratch.tree(&format!("{bag}/data")), "{format}");
            assert_valid(&scratch, &bag);
            scratch.run(["verify"].iter().chain(&options).chain(&["in", &bag])).ends(0).says(&["Verified: "]);
            let manifest = format!("{bag}/messages.csv");
            scratch.run(["verify", "--format", format, "--manifest", &manifest, &bag]).ends(0);
        }
    }
}

#[test]
fn the_report_names_the_bag() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["--bag", "--report", "r.html", "in.mbox", "bag"]).ends(0);
    let page = text(&scratch, "r.html");
    assert!(page.contains("Bag (RFC 8493)") && page.contains("1 file in data/"), "{page}");
    scratch.run(["verify", "--report", "v.html", "bag"]).ends(0);
    assert!(text(&scratch, "v.html").replace('\\', "/").contains("bag/manifest-sha256.txt"));
}

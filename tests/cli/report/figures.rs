//! The page and `--json` have the same figures.

use serde_json::Value;

use super::{Page, between};
use crate::common::{Ran, Scratch, mailbox, one_message, with_slashes};

/// Mailboxes of several people, some damaged.
fn users() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("users/ann/All.mbox", mailbox(&[("One", "Hello"), ("Two", "Hello"), ("One", "Hello")]));
    let doubtful = mailbox(&[("Three", "Hello\n\nFrom bob Mon Apr  1 12:00:00 2024\nA: b\n\nNo mail")]);
    scratch.write(
        "users/bob/All.mbox",
        doubtful + "From bob Thu Jan  2 03:04:05 2020\nFrom: Bob <BOB@example.org>\n\n\0\n\n",
    );
    scratch.write("users/carl/empty.mbox", "");
    scratch.write("users/dora/old.pst", "!BDN");
    scratch.write("users/dora/notes.txt", "no mail");
    scratch
}

#[track_caller]
fn agree(page: &Page, json: &Value) {
    let figures = page.figures();
    let figure = |name: &str| figures.get(name).copied();
    for group in ["messages", "bytes", "proof"] {
        for (name, number) in json[group].as_object().into_iter().flatten() {
            // A verification writes nothing, and the page distinguishes what differs from what failed.
            let is_left_out = json["command"] == "verify" && name == "written";
            let expected = number.as_u64().filter(|_| !is_left_out);
            let differing = if name == "failed" { figure("messages.differing").unwrap_or(0) } else { 0 };
            let shown = figure(&format!("{group}.{name}")).map(|shown| shown + differing);
            assert_eq!(shown, expected, "{group}.{name}");
        }
    }
    let mut warnings = 0;
    for (kind, number) in json["warnings"].as_object().unwrap() {
        assert_eq!(figure(kind).unwrap_or(0), number.as_u64().unwrap(), "{kind}");
        warnings += number.as_u64().unwrap();
    }
    assert_eq!(figure("warnings"), Some(warnings));
    let mailboxes = json["mailboxes"].as_array().unwrap();
    assert_eq!(figure("mailboxes"), u64::try_from(mailboxes.len()).ok());
    assert_eq!(figure("found"), json["messages"]["found"].as_u64());
    let rows = if mailboxes.is_empty() { Vec::new() } else { page.mailboxes() };
    assert_eq!(rows.len(), mailboxes.len());
    for ((name, numbers), mailbox) in rows.iter().zip(mailboxes) {
        assert_eq!(name, mailbox["input"].as_str().unwrap());
        let messages = mailbox["messages"].as_object().unwrap();
        for (key, number) in messages {
            let shown = |key: &str| numbers.get(key).copied().unwrap_or(0);
            let differing = if key == "failed" { shown("differing") } else { 0 };
            assert_eq!(shown(key) + differing, number.as_u64().unwrap(), "{name} {key}");
        }
        let warnings: u64 =
            mailbox["warnings"].as_object().unwrap().values().map(|number| number.as_u64().unwrap()).sum();
        assert_eq!(numbers.get("warnings").copied().unwrap_or(0), warnings, "{name}");
    }
    let text = with_slashes(&page.0);
    let failures = text.matches("<li class=\"failure\">").count();
    assert_eq!(failures, json["failed"].as_array().unwrap().len());
    for failed in json["failed"].as_array().unwrap() {
        for key in ["input", "reason"] {
            let shown = failed[key].as_str().unwrap().replace('"', "&quot;");
            assert!(text.contains(&shown), "{failed}");
        }
    }
}

#[track_caller]
fn run(scratch: &Scratch, args: &[&str], code: i32) -> (Page, Value, Ran) {
    let ran = scratch.run(args.iter().chain(&["--json", "--report", "page.html"])).ends(code);
    (Page::of(scratch, "page.html"), ran.json(), ran)
}

#[test]
fn a_conversion_and_everything_after_it() {
    let scratch = users();
    for args in [
        &["--dry-run", "users", "out"][..],
        &["--dedup", "content", "--prove", "users", "out"],
        &["users", "out"],
        &["--limit", "1", "users", "out"],
        &["users", "out.zip"],
    ] {
        let (page, json, _) = run(&scratch, args, 1);
        agree(&page, &json);
        assert_eq!(json["complete"], false);
        assert!(page.0.contains("Attention") && page.0.contains("old.pst"), "{args:?}");
    }
    let (page, json, _) = run(&scratch, &["inspect", "users"], 1);
    agree(&page, &json);
    let years = json["dates"]["by_year"].as_object().unwrap().iter();
    let years = years.map(|(year, number)| (year.clone(), number.as_u64().unwrap())).collect();
    assert_eq!(page.years(), years);
    assert_eq!(page.years().len(), 2);
}

#[test]
fn a_verification() {
    let scratch = users();
    scratch.run(["--dedup", "content", "users/ann", "out"]).ends(0);
    let (page, json, _) = run(&scratch, &["verify", "--dedup", "content", "users/ann", "out"], 0);
    agree(&page, &json);
    assert!(page.0.contains("Everything is there and unchanged"));
    let names = scratch.names("out");
    std::fs::remove_file(scratch.path("out").join(&names[0])).unwrap();
    scratch.write("out/extra.txt", "x");
    let (page, json, _) = run(&scratch, &["verify", "--dedup", "content", "users/ann", "out"], 1);
    agree(&page, &json);
    assert!(page.0.contains("The output is not as expected"));
    assert!(page.0.contains("Missing files: 1") && page.0.contains("Extra files: 1"));
}

#[test]
fn a_check_of_a_manifest() {
    let scratch = users();
    scratch.run(["--manifest", "m.csv", "users/ann", "out"]).ends(0);
    let (page, json, _) = run(&scratch, &["verify", "--manifest", "m.csv", "out"], 0);
    let figures = page.figures();
    for name in ["rows", "same"] {
        assert_eq!(figures.get(&format!("manifest.{name}")).copied(), json["manifest"][name].as_u64());
    }
    scratch.write(format!("out/{}", scratch.names("out")[0]), "other");
    let (page, json, _) = run(&scratch, &["verify", "--manifest", "m.csv", "out"], 1);
    assert_eq!(page.figures()["manifest.differences"], 1);
    assert_eq!(json["manifest"]["differences"]["number"], 1);
    assert!(page.0.contains("Files that differ from the manifest: 1"));
}

#[test]
fn the_page_has_the_hash_of_the_manifest() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.run(["--manifest", "m.csv", "--report", "page.html", "in.mbox", "out"]).ends(0);
    let page = Page::of(&scratch, "page.html").0;
    let hash = between(&page, "<dt>SHA-256 of the manifest</dt><dd><code>", "<").unwrap();
    assert_eq!(hash, mbox2eml::report::Digest::of_file(&*scratch.read("m.csv")).unwrap().hex());
    assert!(page.contains("mbox2eml verify --manifest m.csv out"));
    assert!(page.contains("mbox2eml --manifest m.csv --report page.html in.mbox out"));
}

#[test]
fn nothing_else_changes_with_a_report() {
    let scratch = users();
    let without = scratch.run(["--json", "--dedup", "id", "users", "one"]).ends(1).json();
    let with = scratch.run(["--json", "--dedup", "id", "--report", "page.html", "users", "two"]).ends(1).json();
    assert_eq!(scratch.tree("one"), scratch.tree("two"));
    for key in ["messages", "bytes", "mailboxes", "failed", "warnings", "folders"] {
        assert_eq!(without[key], with[key], "{key}");
    }
}

//! `plan`, `convert --range` and `sum`: many runs give what one gives.

use std::fs;

use serde_json::{Value, json};

use crate::archives::make::{Member, zip};
use crate::common::{Ran, Scratch, json_with_slashes, mailbox, one_message, testdata};

/// Several users with all kinds of mailboxes, an archive, and something that cannot be read.
fn users() -> Scratch {
    let scratch = Scratch::new();
    for (name, fixture) in [
        ("ann/All mail.mbox", "takeout/takeout.mbox"),
        ("ann/Old.mbox", "mixed/broken-date.mbox"),
        ("bob/Sent.mbox", "mboxrd/depths.mbox"),
        ("bob/Patch.mbox", "pipermail/patch.mbox"),
    ] {
        scratch.write(format!("users/{name}"), fs::read(testdata().join(fixture)).unwrap());
    }
    let body = "From here on.\nA NUL: \0\n".repeat(30);
    let messages: Vec<(String, String)> = (0..40).map(|number| (format!("No. {number}"), body.clone())).collect();
    let messages: Vec<(&str, &str)> = messages.iter().map(|(subject, body)| (&**subject, &**body)).collect();
    scratch.write("users/cleo/Inbox.mbox", mailbox(&messages));
    let (message, ..) = one_message();
    scratch.write("users/dan.zip", zip(&[Member::deflated("Mail/Sent.mbox", message.as_bytes())]));
    scratch.write("users/cleo/broken.mbox", "{}");
    scratch
}

fn lines(text: &str) -> Vec<Value> {
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.iter_mut().for_each(json_with_slashes);
    lines
}

/// Runs of the program at the same time.
fn side_by_side(scratch: &Scratch, commands: Vec<Vec<String>>) -> Vec<Ran> {
    std::thread::scope(|scope| {
        let running: Vec<_> = commands.into_iter().map(|args| scope.spawn(|| scratch.run(args))).collect();
        running.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

/// The command line that converts a line of the plan.
fn range_command(line: usize, more: &[&str]) -> Vec<String> {
    let range = format!("plan.jsonl:{line}");
    ["convert", "--range", &range, "--json", "out"].iter().chain(more).map(|word| (*word).to_owned()).collect()
}

/// What is equal in the summary of all ranges and in that of one run.
fn totals(summary: &Value) -> Value {
    let mailbox = |mailbox: &Value| {
        let mut mailbox = mailbox.clone();
        mailbox["received"] = Value::Null;
        (mailbox["input"].to_string(), mailbox)
    };
    let mailboxes: std::collections::BTreeMap<String, Value> =
        summary["mailboxes"].as_array().unwrap().iter().map(mailbox).collect();
    let failed: Vec<_> = summary["failed"].as_array().unwrap().iter().map(|failed| failed["input"].clone()).collect();
    let key = |key: &str| (key.to_owned(), summary[key].clone());
    let sums = ["messages", "bytes", "warnings", "folders", "received", "complete", "version", "command"];
    json!({"sums": sums.map(key).into_iter().collect::<serde_json::Map<_, _>>(), "mailboxes": mailboxes, "failed": failed})
}

#[test]
fn ranges_side_by_side_make_the_same_tree_sums_and_manifest_as_one_run() {
    let scratch = users();
    let whole = scratch.run(["--json", "--manifest", "whole.jsonl", "users", "whole"]).ends(1).json();
    let plan = scratch.run(["plan", "--every", "2000", "users"]).ends(1).says(&["broken.mbox: not an mbox"]);
    scratch.write("plan.jsonl", &plan.stdout);
    let rows = lines(&plan.stdout);
    rows.iter().for_each(crate::schema::check_plan_row);
    assert!(rows.len() > 12, "{rows:#?}");

    let command = |line: usize| range_command(line, &["--manifest", &format!("{line}.jsonl")]);
    let ran = side_by_side(&scratch, (1..=rows.len()).map(command).collect());
    for (at, ran) in (1..).zip(&ran) {
        let failed = rows[at - 1]["input"] == "users/cleo/broken.mbox";
        assert_eq!(ran.code, Some(if failed { 2 } else { 0 }), "{ran:#?}");
        ran.json();
        scratch.write(format!("{at}.json"), &ran.stdout);
    }
    assert!(scratch.state("out") == scratch.state("whole"));

    let manifest: Vec<Value> = (1..=rows.len())
        .flat_map(|line| lines(&String::from_utf8(scratch.read(format!("{line}.jsonl"))).unwrap()))
        .collect();
    assert_eq!(manifest, lines(&String::from_utf8(scratch.read("whole.jsonl")).unwrap()));

    let summaries: Vec<String> = (1..=rows.len()).rev().map(|at| format!("{at}.json")).collect();
    let sum = |more: &[&str], summaries: &[String]| {
        let args = ["sum"].iter().chain(more).map(|word| (*word).to_owned());
        scratch.run(args.chain(summaries.iter().cloned()))
    };
    for more in [&[][..], &["--plan", "plan.jsonl"]] {
        let added = sum(more, &summaries).ends(1).json();
        assert_eq!(totals(&added), totals(&whole));
    }
    // Again: nothing is written, and the summary can be added up.
    let again = side_by_side(&scratch, (1..=rows.len()).map(|line| range_command(line, &[])).collect());
    assert!(again.iter().all(|ran| ran.json()["messages"]["written"] == 0));
    assert!(scratch.state("out") == scratch.state("whole"));
    scratch.run(["users", "out"]).ends(1).says(&["already there"]);
    assert!(scratch.state("out") == scratch.state("whole"));
}

#[test]
fn a_range_that_is_missing_or_added_twice_is_found() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1"), ("Two", "2"), ("Three", "3")]));
    let plan = scratch.run(["plan", "--every=1", "in.mbox"]).ends(0);
    scratch.write("plan.jsonl", &plan.stdout);
    for line in 1..=3 {
        let ran = scratch.run(range_command(line, &[])).ends(0);
        scratch.write(format!("{line}.json"), ran.stdout);
    }
    let check = |files: &[&str], reason: Option<&str>| {
        for plan in [&[][..], &["--plan", "plan.jsonl"]] {
            let ran = scratch.run(["sum"].iter().chain(plan).chain(files)).ends(i32::from(reason.is_some()));
            let sum = ran.json();
            assert_eq!(sum["complete"], reason.is_none());
            let reasons: Vec<&str> =
                sum["failed"].as_array().unwrap().iter().map(|failed| failed["reason"].as_str().unwrap()).collect();
            assert!(reason.is_none_or(|reason| reasons.iter().any(|said| said.contains(reason))), "{reasons:?}");
            let said: String = reasons.iter().map(|reason| format!("mbox2eml: in.mbox: {reason}\n")).collect();
            let advice = if reasons.is_empty() { "" } else { "  convert what is missing, and add up again\n" };
            assert_eq!(ran.stderr, said + advice);
        }
    };
    check(&["3.json", "1.json", "2.json"], None);
    check(&["1.json", "3.json"], Some("in no summary"));
    check(&["1.json", "2.json"], Some("in no summary"));
    check(&["2.json", "3.json"], Some("in no summary"));
    check(&["1.json", "2.json", "2.json", "3.json"], Some("summar"));
    scratch.run(["--json", "in.mbox", "whole"]).ends(0);
    let other = scratch.run(["convert", "--range", "plan.jsonl:1", "--eol", "lf", "--json", "lf"]).ends(0);
    scratch.write("other.json", other.stdout);
    scratch.run(["sum", "1.json", "other.json"]).ends(2).says(&["other.json: the run had other options"]);
    scratch.run(["sum", "in.mbox"]).ends(2).says(&["in.mbox: not a summary written by --json"]);
}

#[test]
fn manifests_of_ranges_verify_alone_and_in_any_order() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1"), ("Two", "2"), ("Three", "3"), ("Four", "4")]));
    scratch.write("plan.jsonl", scratch.run(["plan", "--every=70", "in.mbox"]).ends(0).stdout);
    let manifests = ["m1.csv", "m2.csv"];
    for (line, manifest) in (1..).zip(manifests) {
        scratch.run(range_command(line, &["--manifest", manifest])).ends(0).counts(2, 2, 0);
    }
    let verify = |manifests: &[&str], code| {
        let options = manifests.iter().flat_map(|manifest| ["--manifest", manifest]);
        scratch.run(["verify", "out"].into_iter().chain(options)).ends(code)
    };
    verify(&manifests, 0).says(&["Verified: 4 files"]);
    verify(&["m2.csv", "m1.csv"], 0).says(&["Verified: 4 files"]);
    let ran = verify(&["m2.csv"], 1).says(&["2 extra; "]);
    assert!(ran.stdout.lines().all(|line| line.starts_with("extra\t00000")), "{ran:#?}");
    // A row that is gone from the middle is missed all the same.
    let text = String::from_utf8(scratch.read("m2.csv")).unwrap();
    scratch.run(["in.mbox", "out", "--manifest", "whole.csv"]).ends(0);
    let whole = String::from_utf8(scratch.read("whole.csv")).unwrap();
    let rows: Vec<&str> = whole.split_inclusive('\n').collect();
    assert_eq!((rows.len(), text.lines().count()), (5, 3));
    scratch.write("gap.csv", [&rows[..2], &rows[3..]].concat().concat());
    let ran = verify(&["gap.csv", "m1.csv"], 1);
    assert!(ran.stdout.contains("expected message 2 at byte ") && ran.stdout.contains(", found 3 at "), "{ran:#?}");
}

#[test]
fn a_summary_with_impossible_counts_is_reported() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.write("plan.jsonl", scratch.run(["plan", "in.mbox"]).ends(0).stdout);
    let summary = scratch.run(range_command(1, &[])).ends(0).stdout;
    let changed = summary.replace("\"written\":1", "\"written\":18446744073709551615");
    scratch.write("1.json", changed.replace("\"failed\":0", "\"failed\":5"));
    scratch.run(["sum", "1.json"]).ends(1).says(&["mbox2eml: the messages do not add up\n"]);
}

#[test]
fn a_line_of_a_plan_is_given_as_it_is_or_by_its_number() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1"), ("Two", "2")]));
    let plan = scratch.run(["plan", "--every=1", "in.mbox"]).ends(0).stdout;
    scratch.write("plan.jsonl", &plan);
    let line = plan.lines().nth(1).unwrap();
    for args in [
        vec!["convert", "--range", line, "out"],
        vec!["--range", line, "-o", "out", "--name", "{index}"],
        vec!["--range", "plan.jsonl:2", "other"],
    ] {
        scratch.run(args).ends(0).counts(1, 1, 0);
    }
    assert_eq!(scratch.names("out"), ["000002.eml", "000002_20240401T120100Z_Two.eml"]);
    for (range, why) in [
        ("plan.jsonl:3", "plan.jsonl has no line 3"),
        ("plan.jsonl:0", "neither a line of a plan nor FILE:LINE"),
        ("plan.jsonl", "neither a line of a plan nor FILE:LINE"),
        ("no-plan:1", "cannot read no-plan"),
        ("{}", "not a line of a plan: missing field"),
        ("{", "not a line of a plan: "),
        ("in.mbox:1", "not a line of a plan: "),
        (&line.replace("\"start\":", "\"start\":1"), "not the start and the end of one range"),
        (&line.replace("checkpoint=1", "checkpoint=2"), "a checkpoint of version"),
        (&line.replace("message=2", "message=3"), "is incomplete or was changed"),
        (&line.replace("\"input\":\"in.mbox\"", "\"input\":\"other.mbox\""), "no longer among the inputs of the plan"),
    ] {
        let ran = scratch.run(["convert", "--range", range, "none"]);
        ran.ends(2)
            .says(&[&format!("--range: {}", if why.starts_with("no longer") { "other.mbox: " } else { "" }), why]);
        assert!(!scratch.path("none").exists());
    }
}

#[test]
fn what_depends_on_other_messages_is_refused() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.write("plan.jsonl", scratch.run(["plan", "in.mbox"]).ends(0).stdout);
    for (options, why) in [
        (&["--layout", "label"][..], "--range cannot be used with --layout label"),
        (&["--for", "zoho"], "--range cannot be used with --layout label"),
        (&["--dedup", "id"], "--range cannot be used with --dedup"),
        (&["--format", "maildir"], "--range cannot be used with --format"),
        (&["--limit", "1"], "cannot be used with"),
        (&["--sample", "1"], "cannot be used with"),
        (&["--dry-run"], "cannot be used with"),
        (&["--bag"], "cannot be used with"),
        (&["--name", "{hash}"], "names without {index}"),
        (&["--split", "strict"], "it was planned with another split rule"),
        (&["in.mbox"], "give OUTPUT only"),
    ] {
        let args = ["convert", "--range", "plan.jsonl:1"].iter().chain(options).chain(&["out"]);
        scratch.run(args).ends(2).says(&[why]);
        assert_eq!(scratch.count("out"), 0);
    }
    scratch.run_with_input(["plan", "-"], b"").ends(2).says(&["-: a pipe has no ranges"]).prints_nothing();
}

#[test]
fn a_mailbox_that_was_changed_since_is_refused() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1"), ("Two", "2"), ("Three", "3")]));
    scratch.write("plan.jsonl", scratch.run(["plan", "--every=1", "in.mbox"]).ends(0).stdout);
    let original = String::from_utf8(scratch.read("in.mbox")).unwrap();
    for (line, changed, why) in [
        (2, original.clone() + "\n", "it has 192 bytes now, and had 191"),
        (2, original.replace("One", "Ona"), "it begins with other bytes"),
        (1, "{}".to_owned(), "not an mbox"),
    ] {
        scratch.write("in.mbox", changed);
        let ran = scratch.run(["convert", "--range", &format!("plan.jsonl:{line}"), "out"]).ends(2).says(&[why]);
        if line == 2 {
            ran.says(&["in.mbox: not as it was planned: ", "make a new plan"]);
        }
        assert_eq!(scratch.count("out"), 0);
    }
}

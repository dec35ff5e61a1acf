//! The summary of a run over very many mailboxes: short, and with every failure.

use std::fs;

use crate::archives::make::{self, Member};
use crate::common::{Ran, Scratch, mailbox, testdata};

const USERS: usize = 200;

/// The most lines of a summary: a screen and a half.
const LINES: usize = 80;

/// What is wrong with a user's mailbox.
fn damage(user: usize) -> Option<&'static str> {
    match user {
        20 | 70 | 120 => Some("empty"),
        45 | 145 => Some("web page"),
        99 => Some("cut"),
        160 => Some("archive in an archive"),
        _ => None,
    }
}

fn write(scratch: &Scratch, user: usize) {
    let folder = format!("users/user{user:03}@example.org");
    let export = "takeout-20261122T091502Z-001.zip";
    let mbox = mailbox(&vec![("Lunch", "Noon?"); 1 + user % 7]);
    let zip = make::zip(&[Member::deflated("Takeout/Mail/All mail.mbox", &mbox)]);
    match damage(user) {
        Some("empty") => scratch.write(format!("{folder}/{export}"), ""),
        Some("web page") => scratch.write(format!("{folder}/{export}"), "<html>Sign in</html>"),
        Some("cut") => {
            let packed = make::gzip(&crate::common::large_mailbox(50));
            scratch.write(format!("{folder}/mail.mbox.gz"), &packed[..packed.len() / 2]);
        }
        Some(_) => scratch.write(format!("{folder}/{export}"), make::zip(&[Member::stored("mail.zip", zip)])),
        None if user.is_multiple_of(3) => scratch.write(format!("{folder}/{export}"), zip),
        None => scratch.write(format!("{folder}/mail.mbox"), mbox),
    }
}

fn users() -> Scratch {
    let scratch = Scratch::new();
    (0..USERS).for_each(|user| write(&scratch, user));
    // Warnings of several kinds.
    for (user, fixture) in [(1, "takeout/cut-short"), (2, "takeout/foreign-labels"), (4, "thunderbird/Inbox")] {
        let bytes = fs::read(testdata().join(format!("{fixture}.mbox"))).unwrap();
        scratch.write(format!("users/user{user:03}@example.org/mail.mbox"), bytes);
    }
    let odd = "x\n\nFrom bob@example.com Mon Apr  1 11:00:00 2024\nis talked about\0\ra";
    scratch.write("users/user005@example.org/mail.mbox", mailbox(&[("Odd", odd)]));
    scratch
}

/// The summary and the list of failures, without the errors before it.
fn summary<'r>(ran: &'r Ran, headline: &str) -> &'r str {
    let at = ran.stderr.find(headline).unwrap_or_else(|| panic!("no summary: {ran:#?}"));
    &ran.stderr[at..]
}

#[test]
fn the_summary_of_two_hundred_users() {
    let scratch = users();
    let damaged: Vec<usize> = (0..USERS).filter(|user| damage(*user).is_some()).collect();
    for (options, headline) in
        [(&["out"][..], "Done, with failures: "), (&["--dry-run", "dry"], "Dry run, with failures: ")]
    {
        let ran = scratch.run(["--json", "users"].iter().chain(options)).ends(1);
        let text = summary(&ran, headline);
        let lines = text.lines().count();
        assert!(lines <= LINES, "{lines} lines: {text}");
        let (_, failed) = text.split_once(&format!("\nFailed: {}\n", damaged.len())).expect(text);
        for user in &damaged {
            let folder = format!("  users/user{user:03}@example.org/");
            assert!(failed.lines().any(|line| line.starts_with(&folder)), "{user}: {failed}");
        }
        assert!(failed.contains("download it again"), "{failed}");
        for shown in
            ["  mailboxes 194\n", "    mailbox ", "  folders   194\n", " more (list with -v)\n", "not read to the end"]
        {
            assert!(text.contains(shown), "{shown:?}: {text}");
        }
        let json = ran.json();
        assert_eq!(json["failed"].as_array().unwrap().len(), damaged.len());
        assert!(json["failed"].as_array().unwrap().iter().all(|failed| failed["advice"].is_string()));
        let mailboxes = json["mailboxes"].as_array().unwrap();
        assert_eq!(mailboxes.len(), 194);
        let first = "2024-04-01T12:00:00Z";
        assert!(mailboxes.iter().any(|mailbox| mailbox["received"]["first"] == first), "{}", mailboxes[0]);
    }
}

#[test]
fn a_line_for_each_of_two_hundred_users_and_a_total() {
    let scratch = users();
    let text = scratch.run(["inspect", "users"]).ends(1).stdout;
    let (each, total) = text.split_once("all 194 mailboxes\n").expect(&text);
    assert_eq!(each.lines().count(), 195, "{each}");
    assert!(each.lines().next().unwrap().trim_start().starts_with("mailbox "), "{each}");
    assert!(total.lines().count() <= LINES, "{total}");
    assert!(total.contains("  warnings  "), "{total}");
}

#[test]
fn mailboxes_have_a_line_while_the_run_goes_on_only_where_it_is_asked_for() {
    let scratch = Scratch::new();
    for name in ["a", "b"] {
        scratch.write(format!("in/{name}.mbox"), mailbox(&[("One", "x")]));
    }
    let line = "in/a.mbox: 1 found = 1 written\n";
    scratch.run(["in", "out"]).ends(0).says_nowhere(&[line]);
    scratch.run(["-v", "in", "out2"]).ends(0).says(&[line]);
    scratch.run(["--progress", "bar", "in", "out3"]).ends(0).says(&[line]);
    scratch.run(["--progress", "bar", "-q", "in", "out4"]).ends(0).says_just("");
}

#[test]
fn a_failed_message_is_named_in_errors_the_list_and_json() {
    let from = "From ann@example.org Mon Apr  1 12:00:00 2024\nFrom: Ann <ann@example.org>\n";
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", format!("{from}Subject: \u{1b}[2JLunch {}\n\nNoon?\n\n", "very ".repeat(40)));
    scratch.write("in/b.mbox", mailbox(&[("Two", "2")]));
    // A file where the folder of a mailbox has to be.
    scratch.write("out/a", "in the way");
    let ran = scratch.run(["--json", "in", "out"]).ends(1);
    let shown = "2024-04-01, ann@example.org, \"\\u{1b}[2JLunch very very very";
    let ran = ran.says(&[&format!("  the message: {shown}"), &format!("message 1 (byte 0, line 1), {shown}")]);
    assert!(ran.stderr.lines().all(|line| line.chars().count() < 300), "{ran:#?}");
    let failed = &ran.json()["failed_messages"][0];
    assert_eq!(failed["from"], "ann@example.org");
    assert!(failed["subject"].as_str().unwrap().starts_with("\u{1b}[2JLunch very"), "{failed}");
    assert_eq!((&failed["message"], &failed["offset"], &failed["line"]), (&1.into(), &0.into(), &1.into()));
}

#[test]
fn a_warning_names_its_message_and_the_file_in_a_folder_and_in_a_zip() {
    let scratch = Scratch::with_mailbox(format!(
        "From ann@example.org Mon Apr  1 12:00:00 2024\nFrom: Ann <ann@example.org>\nSubject: Lunch\n\n\0\n\n{}",
        mailbox(&[("Two", "2")])
    ));
    for (out, file) in
        [("out", "000001_20240401T120000Z_Lunch.eml"), ("out.zip", "out.zip!000001_20240401T120000Z_Lunch.eml")]
    {
        let said = format!("        2024-04-01, ann@example.org, \"Lunch\" -> {file}\n");
        let ran = scratch.run(["--json", "in.mbox", out]).ends(0).says(&[&said]);
        let json = ran.json();
        let warned = &json["first_warnings"][0];
        let expected = serde_json::json!({
            "kind": "nul-bytes", "input": "in.mbox", "message": 1, "offset": 0, "line": 1,
            "received": "2024-04-01T12:00:00Z", "from": "ann@example.org", "subject": "Lunch", "file": file,
            "why": "contains NUL bytes (kept)",
        });
        assert_eq!(*warned, expected);
    }
    // What a run that is over several archives says while it goes on has no archive yet.
    let line = "nul-bytes in.mbox:1, byte 0: contains NUL bytes (kept)\n  2024-04-01, ann@example.org, \"Lunch\" -> ";
    scratch.run(["-v", "in.mbox", "out2"]).ends(0).says(&[line]);
    scratch.run(["-v", "in.mbox", "out2.zip"]).ends(0).says(&[line]);
    // A name that is taken is known only when the message is written.
    scratch.write("out3/000002_20240401T120000Z_Two.eml", "another");
    let said = ": name already taken by a different file: saved under the next free one\n        \
                2024-04-01, no sender, \"Two\" -> 000002_20240401T120000Z_Two~2.eml\n";
    scratch.run(["in.mbox", "out3"]).ends(0).says(&[said]);
}

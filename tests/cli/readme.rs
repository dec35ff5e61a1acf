//! The worked examples of the README, run word for word.

use std::fs;
use std::path::Path;

use crate::archives::make::{self, Member};
use crate::common::{Ran, Scratch, mailbox};

/// A message of a Takeout.
fn message(number: u64, labels: &str, subject: &str) -> String {
    let id = 1_795_304_201_582_387_579 + (number << 31);
    format!(
        "From {id}@xxx Wed Apr 03 09:11:45 +0000 2024\r\nX-GM-THRID: {id}\r\nX-Gmail-Labels: {labels}\r\n\
         From: ann@example.org\r\nSubject: {subject}\r\nMessage-ID: <{number}@example.org>\r\n\r\nHello\r\n\r\n"
    )
}

fn takeout(scratch: &Scratch, name: &str, messages: &[(u64, &str, &str)]) {
    let mbox: String = messages.iter().map(|(number, labels, subject)| message(*number, labels, subject)).collect();
    scratch.write(name, make::zip(&[Member::deflated("Takeout/Mail/All mail.mbox", mbox)]));
}

/// The files that the examples speak of.
fn exports() -> Scratch {
    let scratch = Scratch::new();
    let first = [(1, "Inbox,Opened", "Lunch"), (2, "Work/Clients,Inbox", "Offer"), (3, "Sent", "Re: Lunch")];
    let second = [(4, "Archived,Opened", "Minutes"), (5, "Trash", "Sale")];
    takeout(&scratch, "takeout-20261122T091502Z-001.zip", &first);
    takeout(&scratch, "takeout-20261122T091502Z-002.zip", &second);
    let december = [(6, "Inbox,Unread", "New Year"), (1, "Archived,Opened", "Lunch"), (2, "Work/Clients", "Offer")];
    takeout(&scratch, "takeout-20261222T080000Z-001.zip", &december);
    takeout(&scratch, "users/ann@example.org/takeout-20261122T091502Z-001.zip", &first);
    scratch.write("users/bob@example.org/Sent.mbox", mailbox(&[("One", "1"), ("Two", "2")]));
    scratch.write("users/carl@example.org/takeout-20261122T101500Z-001.zip", "");
    scratch
}

/// The examples in this section: each command, and what it says.
fn examples(readme: &str, section: &str) -> Vec<(String, String)> {
    let text = readme.split_once(&format!("\n### {section}\n")).unwrap_or_else(|| panic!("no section {section}")).1;
    let text = text.split("\n### ").next().unwrap();
    let mut examples: Vec<(String, String)> = Vec::new();
    let mut indent = None;
    for line in text.lines() {
        let bare = line.trim_start();
        match indent {
            None if bare == "```console" => indent = Some(line.len() - bare.len()),
            Some(_) if bare == "```" => indent = None,
            Some(indent) => match line[indent.min(line.len())..].strip_prefix("$ mbox2eml ") {
                Some(command) => examples.push((command.to_owned(), String::new())),
                None => {
                    let said = &mut examples.last_mut().expect("a command comes first").1;
                    *said += &line[indent.min(line.len())..];
                    said.push('\n');
                }
            },
            None => {}
        }
    }
    examples
}

/// What was said, without times.
fn masked(text: &str) -> String {
    let line = |line: &str| match line.split_once(" read in ") {
        Some((before, _)) => format!("{before} read in TIME\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn the_worked_examples() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let scratch = exports();
    for (section, commands) in
        [("From Gmail to Zoho Mail", 2), ("A thousand mailboxes", 2), ("The delta a month later", 1)]
    {
        let examples = examples(&readme, section);
        assert_eq!(examples.len(), commands, "{section}");
        for (command, said) in examples {
            let ran = Ran::of(scratch.program().args(command.split(' ')));
            let actual = masked(&(ran.stderr.clone() + &ran.stdout));
            assert_eq!(actual, masked(&said), "{section}: mbox2eml {command}\n{actual}");
        }
    }
}

//! Every command in the README and in `docs/`, run word for word.
//!
//! A block marked `console` has commands after `$ ` and what they print; times are not compared. Of a block marked `sh`,
//! each line must end with exit code 0. The blocks of a document are run in its order, in one folder. Lines of cargo are
//! left to `.ci/run`.
//!
//! After a change, `MBOX2EML_RENEW=1 cargo test --test cli -- readme::` writes what is printed anew; read the difference.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::archives::make::{self, Member};
use crate::common::{Ran, Scratch, mailbox, shell_with_program, testdata};
use crate::manifest::proof::MIXED;

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

/// The files that the examples name.
fn files() -> Scratch {
    let scratch = Scratch::new();
    let first = [(1, "Inbox,Opened", "Lunch"), (2, "Work/Clients,Inbox", "Offer"), (3, "Sent", "Re: Lunch")];
    let second = [(4, "Archived,Opened", "Minutes"), (5, "Trash", "Sale")];
    takeout(&scratch, "takeout-20261122T091502Z-001.zip", &first);
    takeout(&scratch, "takeout-20261122T091502Z-002.zip", &second);
    let december = [(6, "Inbox,Unread", "New Year"), (1, "Archived,Opened", "Lunch"), (2, "Work/Clients", "Offer")];
    takeout(&scratch, "takeout-20261222T080000Z-001.zip", &december);
    takeout(&scratch, "users/ann@example.org/takeout-20261122T091502Z-001.zip", &first);
    scratch.write("users/bob@example.org/Sent.mbox", mailbox(&[("One", "1"), ("Two", "2")]));
    let fixture = |path: &str| fs::read(testdata().join(path)).unwrap();
    for name in ["All mail Including Spam and Trash.mbox", "takeout.mbox", "takeout-2025.mbox", "takeout-2026.mbox"] {
        scratch.write(name, fixture("takeout/takeout.mbox"));
    }
    let of_vault = |name: &str| fixture(&format!("vault/classic/{name}"));
    for (archive, name) in [("case-1.zip", "case-ann@example.org.mbox"), ("case-2.zip", "case-bob@example.com.mbox")] {
        scratch.write(format!("vault/{archive}"), make::zip(&[Member::deflated(name, of_vault(name))]));
    }
    for name in ["case-metadata.xml", "case-results-count.csv", "case-errors.xml"] {
        scratch.write(format!("vault/{name}"), of_vault(name));
    }
    scratch.write("Takeout/Mail/Inbox.mbox", fixture("takeout/takeout.mbox"));
    scratch.write(".thunderbird/x.default/Mail/Inbox", fixture("thunderbird/Inbox.mbox"));
    scratch.write("old.mbox.gz", make::gzip(mailbox(&[("Old", "x")]).as_bytes()));
    scratch.write("cut-short.mbox", fixture("takeout/cut-short.mbox"));
    scratch.write("signed.mbox", MIXED);
    scratch
}

/// A command, and what it prints if that is compared.
struct Example {
    command: String,
    /// The lines of the document with what it prints, and how far they are indented.
    printed: Option<(Range<usize>, usize)>,
}

fn examples(lines: &[&str]) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut block = None;
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        match block {
            None => block = bare.strip_prefix("```").map(|language| (language, indent)),
            Some(_) if bare == "```" => block = None,
            Some(("console", indent)) => match bare.strip_prefix("$ ") {
                Some(command) => {
                    let printed = Some((at + 1..at + 1, indent));
                    examples.push(Example { command: command.to_owned(), printed });
                }
                None => examples.last_mut().unwrap().printed.as_mut().unwrap().0.end = at + 1,
            },
            // The rest of a loop.
            Some(("sh", outer)) if indent > outer || bare == "done" => {
                let command = &mut examples.last_mut().unwrap().command;
                command.push('\n');
                command.push_str(bare);
            }
            Some(("sh", _)) if !bare.is_empty() && !bare.starts_with("cargo ") => {
                examples.push(Example { command: bare.to_owned(), printed: None });
            }
            Some(_) => {}
        }
    }
    examples
}

fn run(scratch: &Scratch, command: &str) -> Ran {
    let mut bash = shell_with_program("bash", &scratch.path("."));
    // In one stream, in the order in which it is printed.
    Ran::of(bash.args(["-c", &format!("exec 2>&1\n{command}")]).env("LC_ALL", "C.UTF-8"))
}

/// What was printed, with the same time everywhere.
fn masked(text: &str) -> String {
    let line = |line: &str| match line.split_once(" read in ") {
        Some((before, _)) => format!("{before} read in 2 ms\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Runs the commands in a document; returns how many there are.
fn check(document: &Path, scratch: &Scratch) -> usize {
    let text = fs::read_to_string(document).unwrap().replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().collect();
    let mut renewed: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    let examples = examples(&lines);
    let count = examples.len();
    for Example { command, printed } in examples {
        let ran = run(scratch, &command);
        let Some((range, indent)) = printed else {
            assert_eq!(ran.code, Some(0), "{}: {command}: {ran:#?}", document.display());
            continue;
        };
        let actual = masked(&ran.stdout);
        let expected: String = lines[range.clone()].iter().map(|line| format!("{}\n", &line[indent..])).collect();
        if env::var_os("MBOX2EML_RENEW").is_some() {
            let new = actual.lines().map(|line| format!("{:indent$}{line}\n", "")).collect::<String>();
            renewed[range.start - 1].push_str(&new);
            renewed[range].fill(String::new());
        } else {
            assert_eq!(actual, masked(&expected), "{}: {command}", document.display());
        }
    }
    if env::var_os("MBOX2EML_RENEW").is_some() {
        fs::write(document, renewed.concat()).unwrap();
    }
    count
}

#[test]
#[cfg(unix)]
fn every_command_runs_and_prints_what_is_shown() {
    if !crate::program::is_installed("bash", "--version") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    documents.push(root.join("README.md"));
    let mut count = 0;
    for document in documents {
        let scratch = files();
        if document.ends_with("GUIDE.md") {
            scratch.write("users/carl@example.org/takeout-20261122T101500Z-001.zip", "");
        }
        count += check(&document, &scratch);
    }
    assert!(count >= 40, "{count}");
}

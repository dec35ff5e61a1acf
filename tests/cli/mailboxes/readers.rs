//! Other programs read what is written: the same messages, to the byte.

use std::fs;
use std::process::Command;

use super::labelled;
use crate::common::{Scratch, large_mailbox, mailbox};
use crate::program::is_installed;

/// Mailboxes with quoted lines, messages without an end, empty ones, and with MIME parts.
fn written() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", large_mailbox(30));
    let odd = [("No end", "x"), ("", ""), ("Quoted", ">From a\n>>From b\n\n>From c"), ("Empty lines", "\n\n\n")];
    scratch.write("in/b.mbox", mailbox(&odd).trim_end());
    scratch.write("in/c.mbox", labelled(&["Inbox", "Work"]));
    scratch.run(["--format", "mbox", "in", "out"]).ends(0);
    scratch.run(["--eol", "lf", "in", "eml"]).ends(0);
    scratch
}

/// The EML files of a mailbox, in its order.
fn emls(scratch: &Scratch, mailbox: &str) -> Vec<Vec<u8>> {
    scratch.tree(&format!("eml/{mailbox}")).into_values().collect()
}

/// With a line end at their ends, as every reader finds them.
fn ended(mut eml: Vec<u8>) -> Vec<u8> {
    if !eml.is_empty() && !eml.ends_with(b"\n") {
        eml.push(b'\n');
    }
    eml
}

#[test]
fn git_reads_every_byte() {
    if !is_installed("git", "--version") {
        return;
    }
    let scratch = written();
    for mailbox in ["a", "b", "c"] {
        let folder = scratch.path(format!("git-{mailbox}"));
        fs::create_dir(&folder).unwrap();
        let mut git = Command::new("git");
        git.args(["mailsplit", "--mboxrd", "--keep-cr"]).arg(format!("-o{}", folder.display()));
        let ran = git.arg(scratch.path(format!("out/{mailbox}.mbox"))).output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
        let found: Vec<Vec<u8>> = scratch.tree(&format!("git-{mailbox}")).into_values().collect();
        // Git keeps the From_ line, and the empty line that separates two messages.
        let message = |bytes: &Vec<u8>| {
            let end = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            bytes[end..].strip_suffix(b"\n").unwrap().to_vec()
        };
        let expected: Vec<_> = emls(&scratch, mailbox).into_iter().map(ended).collect();
        assert_eq!(found.iter().map(message).collect::<Vec<_>>(), expected, "{mailbox}");
    }
}

#[test]
fn python_reads_every_byte_and_the_dates() {
    const SCRIPT: &str = "
import mailbox, sys
for path in sys.argv[1:]:
    box = mailbox.mbox(path, create=False)
    for message in box:
        date = mailbox.MaildirMessage(message).get_date()
        print(len(box), date)
    for key in box.keys():
        sys.stdout.flush()
        data = box.get_bytes(key)
        sys.stdout.buffer.write(b'%d\\n' % len(data) + data)
        sys.stdout.buffer.flush()
";
    if !is_installed("python3", "--version") {
        return;
    }
    let scratch = written();
    for mailbox in ["a", "b", "c"] {
        let path = scratch.path(format!("out/{mailbox}.mbox"));
        let ran = Command::new("python3").arg("-c").arg(SCRIPT).arg(&path).output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
        let expected = emls(&scratch, mailbox);
        let text = String::from_utf8(ran.stdout).unwrap();
        let dates: Vec<&str> = text.lines().take(expected.len()).collect();
        // 2024-04-01: Python takes the last five words for the date.
        for line in &dates {
            let mut words = line.split(' ');
            assert_eq!(words.next(), Some(expected.len().to_string().as_str()));
            let date: f64 = words.next().unwrap().parse().unwrap();
            assert!((1_711_929_600.0..1_712_016_000.0).contains(&date), "{line}");
        }
        // It unquotes nothing.
        let quoted = |eml: Vec<u8>| {
            let text = String::from_utf8(ended(eml)).unwrap();
            let (header, body) = text.split_at(text.find("\n\n").map_or(text.len(), |at| at + 2));
            let line = |line: &str| match line.trim_start_matches('>').starts_with("From ") {
                true => format!(">{line}"),
                false => line.to_owned(),
            };
            header.to_owned() + &body.split_inclusive('\n').map(line).collect::<String>()
        };
        let messages: String = expected.into_iter().map(quoted).map(|eml| format!("{}\n{eml}", eml.len())).collect();
        let found: String = text.split_inclusive('\n').skip(dates.len()).collect();
        assert_eq!(found, messages, "{mailbox}");
    }
}

//! `inspect` of hostile mail: escaped where a person reads, exact where a program does.

use std::fs;

use serde_json::json;

use super::inspect::inspect;
use crate::common::Scratch;

/// An encoded word of these bytes.
fn encoded(text: &str) -> String {
    let bytes: String = text.bytes().map(|byte| format!("={byte:02X}")).collect();
    format!("=?UTF-8?Q?{bytes}?=")
}

const LABEL: &str = "\u{1b}[2J\u{202e}gpj.exe";
const SUBJECT: &str = "\u{1b}]0;owned\u{7}Hello\u{200b}\u{9b}31m";

fn hostile() -> String {
    format!(
        "From 1795304199434903931@xxx Wed Apr 03 09:11:45 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: {}\n\
         Subject: {}\nFrom: <ann\u{1b}[31m\u{202e}@example.org>\n\nx\n\n",
        encoded(LABEL),
        encoded(SUBJECT)
    )
}

#[track_caller]
fn check_harmless(text: &str) {
    let invisible = ['\u{202e}', '\u{200b}', '\u{feff}', '\u{2066}'];
    let hostile = |c: char| (c.is_control() && c != '\n') || invisible.contains(&c);
    assert!(!text.contains(hostile), "{text:?}");
}

#[test]
fn labels_subjects_and_senders_are_escaped_in_the_text() {
    let scratch = Scratch::with_mailbox(hostile());
    for options in [&[][..], &["-v"], &["--color", "always"], &["--for", "zoho"]] {
        let ran = inspect(&scratch, options.iter().chain(&["in.mbox"])).ends(0);
        check_harmless(&ran.stdout);
        check_harmless(&ran.stderr.replace("\u{1b}[1m", "").replace("\u{1b}[0m", ""));
        for shown in [
            "    \\u{1b}[2J\\u{202e}gpj.exe: 1, ",
            ": \\u{1b}]0;owned\\u{7}Hello\\u{200b}\\u{9b}31m\n",
            "    ann\\u{1b}[31m",
        ] {
            assert!(ran.stdout.contains(shown), "{shown:?}: {ran:#?}");
        }
    }
}

#[test]
fn labels_subjects_and_senders_are_exact_in_json() {
    let scratch = Scratch::with_mailbox(hostile());
    let ran = inspect(&scratch, ["--json", "in.mbox"]).ends(0);
    let json = ran.json();
    assert_eq!(json["labels"], json!({LABEL: 1}));
    assert_eq!(json["sizes"]["largest"][0]["subject"], SUBJECT);
    assert_eq!(json["senders"].as_object().unwrap().len(), 1, "{json}");
    // In the text itself they are spelled out: it may be a terminal that shows it.
    check_harmless(&ran.stdout);
}

#[cfg(unix)]
#[test]
fn names_of_mailboxes_are_escaped() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let scratch = Scratch::new();
    fs::create_dir(scratch.path("in")).unwrap();
    let names = ["\u{1b}[2J.mbox", "a\nb: 7 found.mbox", "\u{202e}xobm.mbox"];
    for name in names {
        fs::write(scratch.path("in").join(OsStr::from_bytes(name.as_bytes())), hostile()).unwrap();
    }
    scratch.write("broken/\u{1b}[31m.mbox.gz", b"\x1f\x8b\x08\0cut");
    let ran = inspect(&scratch, ["in", "broken"]);
    check_harmless(&ran.stdout);
    check_harmless(&ran.stderr);
    let ran = inspect(&scratch, ["-v", "in", "broken"]);
    check_harmless(&ran.stdout);
    check_harmless(&ran.stderr);
    for shown in ["in/\\u{1b}[2J.mbox: ", "in/a\\u{a}b: 7 found.mbox: ", "in/\\u{202e}xobm.mbox: "] {
        assert!(ran.stdout.contains(shown), "{shown:?}: {ran:#?}");
    }
    let json = inspect(&scratch, ["--json", "in"]).ends(0).json();
    for name in names {
        let input = format!("in/{name}");
        assert!(json["mailboxes"].as_array().unwrap().iter().any(|mailbox| mailbox["input"] == *input), "{json}");
    }
}

#[test]
fn a_thousand_labels_in_each_message_are_counted_and_shown_in_part() {
    let labels: Vec<String> = (1..=1000).map(|number| format!("Label {number}")).collect();
    let message = format!(
        "From 1795304199434903931@xxx Wed Apr 03 09:11:45 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: {}\n\nx\n\n",
        labels.join(",")
    );
    let scratch = Scratch::with_mailbox(message.repeat(20));
    let json = inspect(&scratch, ["--json", "in.mbox"]).ends(0).json();
    let counted = json["labels"].as_object().unwrap();
    assert_eq!(counted.len(), 1000);
    assert!(counted.values().all(|count| *count == 20));
    let text = inspect(&scratch, ["in.mbox"]).ends(0).stdout;
    assert!(text.contains("  labels    1,000\n") && text.contains("    and 988 more (list with -v)\n"), "{text}");
}

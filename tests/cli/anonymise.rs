//! `tools/anonymise.py`, which replaces the text of a mailbox: a report of a bug needs only its structure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::common::{Scratch, clean, testdata};

/// Runs the tool on all files in `before`, into `after`. Its random words are the same each time.
const RUN: &str = "
import pathlib, sys
sys.dont_write_bytecode = True
tools, *options = sys.argv[1:]
sys.path.insert(0, tools)
import anonymise
anonymise.KEY = bytes(16)
for mailbox in pathlib.Path('before').rglob('*.mbox'):
    result = 'after' / mailbox.relative_to('before')
    result.parent.mkdir(parents=True, exist_ok=True)
    sys.argv = ['anonymise.py', *options, str(mailbox)]
    with open(result, 'w') as sys.stdout:
        anonymise.main()
";

/// Anonymises the mailboxes in `before`; `false` where there is no Python.
fn anonymise(scratch: &Scratch, options: &[&str]) -> bool {
    if !crate::program::is_installed("python3", "--version") {
        return false;
    }
    let mut python = clean(Command::new("python3"), &scratch.path("."));
    let output = python.args(["-c", RUN]).arg(testdata().join("../tools")).args(options).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    true
}

/// A mailbox without what it says; `None` where there is no Python.
fn anonymised(mailbox: &str, options: &[&str]) -> Option<String> {
    let scratch = Scratch::new();
    scratch.write("before/in.mbox", mailbox);
    anonymise(&scratch, options).then(|| {
        let bytes = scratch.read("after/in.mbox");
        assert_eq!(bytes.len(), mailbox.len());
        String::from_utf8(bytes).unwrap()
    })
}

/// Each mailbox in the folder as `inspect` sees it: its path, the program that wrote it, messages, bytes and line ends.
fn inspected(scratch: &Scratch, folder: &str) -> Vec<[Value; 5]> {
    let json: Value = serde_json::from_str(&scratch.run(["inspect", "--json", folder]).stdout).unwrap();
    let path = |input: &Value| Value::from(input.as_str().unwrap().strip_prefix(folder).unwrap());
    let known = |mailbox: &Value| {
        let [profile, messages, bytes, ends] =
            ["profile", "messages", "bytes", "line_ends"].map(|name| mailbox[name].clone());
        [path(&mailbox["input"]), profile, messages, bytes, ends]
    };
    json["mailboxes"].as_array().unwrap().iter().map(known).collect()
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())
}

#[test]
fn an_anonymised_mailbox_is_split_in_the_same_places_and_of_the_same_program() {
    let scratch = Scratch::new();
    for mailbox in files(&testdata()).filter(|path| path.is_dir()).flat_map(|folder| files(&folder)) {
        if mailbox.is_file() && mailbox.extension().is_some_and(|end| end == "mbox") {
            let name = mailbox.strip_prefix(testdata()).unwrap();
            scratch.write(Path::new("before").join(name), fs::read(&mailbox).unwrap());
        }
    }
    if !anonymise(&scratch, &[]) {
        return;
    }
    let before = inspected(&scratch, "before");
    assert!(before.len() > 40, "{}", before.len());
    assert_eq!(inspected(&scratch, "after"), before);
}

#[test]
fn nothing_that_was_said_is_left() {
    let mailbox = "From ann@secret.example Mon Apr  1 12:00:00 2024\n\
         Received: from mail.secret.example (10.1.2.3)\n\tby secret.example with SMTP id a1234 for ann\n\
         Received: by secret.example; Mon, 1 Apr 2024 12:00:00 +0200 (secret)\n\
         From: Ann Secret <ann@secret.example>\nDate: Mon, 1 Apr 2024 12:00:00 +0200 (Secret)\n\
         Subject: =?UTF-8?B?U2VjcmV0IEdyw7zDn2U=?= =?UTF-8?Q?Secret_Gr=C3=BC=C3=9Fe?=\nX-Gmail-Labels: Inbox,Secret\n\
         Message-ID: <secret.1@secret.example>\nIn-Reply-To: <secret.1@secret.example>\nX-Secret-Word: secret\n\
         Importance: call Ann at once\nStatus: ann\nX-Mozilla-Status: secret\nX-Mozilla-Keys: secret\n\
         X-Mozilla-External-Attachment-URL: file:///home/ann/secret.pdf\nann@secret.example: secret\n\
         Content-Type: multipart/mixed; secret=ann; boundary=\"cut\"\n\n\
         --cut\nContent-Type: text/plain; charset=utf-8;\n name=\"plans of the\n secret.txt\"\n\
         Content-Disposition: attachment; filename=\"a secret\n of Ann 1234.txt\"\n\
         Content-Description: secret\nContent-Location: http://secret.example/ann\n\n\
         Secret 1234 Gr\u{fc}\u{df}e \u{79d8}\u{5bc6} Gr=FC=C3=BC\n>From secret\nSubject: secret\n\
         >From Sun to Secret office 1234 we drive\nFrom 2024-04-01 the password is secret1234\n\
         From Mon secret to Ann\nFrom ann@secret.example Mon Apr  1 12:00:00 2024 secret\n\
         ---- Begin Secret Message ----\n--cut--\n\n\
         From Mon secret 1234567 Ann\nSubject: secret\n\nSecret\n";
    let Some(text) = anonymised(mailbox, &["--keep", "X-Secret-Word"]) else { return };
    let kept = "X-Secret-Word: secret\n";
    assert!(text.contains(kept), "{text}");
    let rest = text.replace(kept, "").to_lowercase();
    for said in ["secret", "ann", "1234", "10.1", "\u{fc}", "\u{79d8}", "=c3=bc", "=fc", "u2vjc", "drive", "password"] {
        assert!(!rest.contains(said), "{said}: {text}");
    }
    for form in [
        " Mon Apr  1 12:00:00 2024\n",
        "; Mon, 1 Apr 2024 12:00:00 +0200 (",
        "\nDate: Mon, 1 Apr 2024 12:00:00 +0200 (",
        "Labels: Inbox,",
        "boundary=\"cut\"\n",
        "\n--cut\nContent-Type: text/plain; charset=utf-8;\n name=\"",
        "\n--cut--\n",
        "\n>From ",
    ] {
        assert!(text.contains(form), "{form}: {text}");
    }
    // The other files still match.
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    assert_eq!(value("Message-ID: "), value("In-Reply-To: "));
}

#[test]
fn mailboxes_of_old_macs_and_of_google_keep_their_form() {
    let vault = "From 1630960605081895031-0f8fad5b-d9cb-469f-a165-abcdef28950e.mbox@xxx Tue Apr 16 09:00:40 2019\n";
    let takeout = "From 1795304199434903931@xxx Wed Apr 03 09:11:45 +0000 2024\n";
    let mac = "From ann@secret.example Mon Apr  1 12:00:00 2024\rSubject: secret\r\rSecret\r";
    let Some(text) = anonymised(&format!("{vault}Subject: secret\n\n{takeout}Subject: secret\n\n{mac}"), &[]) else {
        return;
    };
    assert!(!text.to_lowercase().contains("secret"), "{text}");
    let shape = |line: &str| line.replace(|c: char| c.is_ascii_hexdigit(), "0");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (line, original, id) in [(lines[0], vault, "From 163096"), (lines[3], takeout, "From 179530")] {
        assert!(line.starts_with(id) && line != original, "{line}");
        assert_eq!(shape(line), shape(original));
    }
}

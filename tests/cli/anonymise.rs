//! `tools/anonymise.py`, which takes out of a mailbox what it says: a report of a bug needs only its form.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{Ran, Scratch, clean, testdata};

/// The bytes of the mailbox without what they say; `None` where there is no Python.
fn anonymised(scratch: &Scratch, mailbox: &Path, options: &[&str]) -> Option<Vec<u8>> {
    if !crate::program::is_installed("python3", "--version") {
        return None;
    }
    let mut python = clean(Command::new("python3"), &scratch.path("."));
    let output = python.arg(testdata().join("../tools/anonymise.py")).args(options).arg(mailbox).output().unwrap();
    assert!(output.status.success(), "{}: {output:?}", mailbox.display());
    Some(output.stdout)
}

/// Messages and bytes as `inspect` counts them.
fn totals(scratch: &Scratch, mailbox: &Path) -> [serde_json::Value; 2] {
    let ran: Ran = scratch.run(["inspect".as_ref(), "--json".as_ref(), mailbox.as_os_str()]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    [json["messages"].clone(), json["bytes"].clone()]
}

#[test]
fn an_anonymised_mailbox_is_split_in_the_same_places() {
    let scratch = Scratch::new();
    let mut number = 0;
    for folder in fs::read_dir(testdata()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for mailbox in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            // A line in a patch is no boundary because of what follows it, which is gone.
            if !mailbox.is_file()
                || mailbox.extension().is_none_or(|end| end != "mbox")
                || mailbox.ends_with("patch.mbox")
            {
                continue;
            }
            let Some(bytes) = anonymised(&scratch, &mailbox, &[]) else { return };
            assert_eq!(bytes.len(), fs::read(&mailbox).unwrap().len(), "{}", mailbox.display());
            scratch.write("anonymised.mbox", bytes);
            let after = totals(&scratch, &scratch.path("anonymised.mbox"));
            assert_eq!(after, totals(&scratch, &mailbox), "{}", mailbox.display());
            number += 1;
        }
    }
    assert!(number > 20, "{number}");
}

#[test]
fn nothing_that_was_said_is_left() {
    let scratch = Scratch::new();
    scratch.write(
        "in.mbox",
        "From ann@secret.example Mon Apr  1 12:00:00 2024\nFrom: Ann Secret <ann@secret.example>\n\
         Subject: =?UTF-8?B?U2VjcmV0IEdyw7zDn2U=?= =?UTF-8?Q?Secret_Gr=C3=BC=C3=9Fe?=\nX-Gmail-Labels: Inbox,Secret\n\
         Message-ID: <secret.1@secret.example>\nIn-Reply-To: <secret.1@secret.example>\nX-Secret-Word: secret\n\
         Content-Type: multipart/mixed; boundary=\"cut\"\n\n--cut\nContent-Type: text/plain; name=\"secret.txt\"\n\n\
         Secret 1234 Gr\u{fc}\u{df}e \u{79d8}\u{5bc6} Gr=FC=C3=BC\n>From secret\nSubject: secret\n--cut--\n",
    );
    let Some(bytes) = anonymised(&scratch, &scratch.path("in.mbox"), &["--keep", "X-Secret-Word"]) else { return };
    let text = String::from_utf8(bytes).unwrap();
    let kept = "X-Secret-Word: secret\n";
    assert!(text.contains(kept), "{text}");
    let rest = text.replace(kept, "").to_lowercase();
    for said in ["secret", "ann", "1234", "\u{fc}", "\u{79d8}", "=c3=bc", "=fc", "u2vjc"] {
        assert!(!rest.contains(said), "{said}: {text}");
    }
    for form in
        [" Mon Apr  1 12:00:00 2024\n", "Labels: Inbox,", "boundary=\"cut\"\n", "\n--cut\n", "\n--cut--\n", "\n>From "]
    {
        assert!(text.contains(form), "{form}: {text}");
    }
    // The other files still match.
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    assert_eq!(value("Message-ID: "), value("In-Reply-To: "));
}

//! Real mail, packed as Takeout packs it. The corpus is not part of the repository.

use std::fs;

use super::takeout::{Files, archives, unpack};
use crate::common::Scratch;
use crate::support::corpus::folder;

/// Exports of Google Takeout and others of many shapes, below the corpus.
const MAILBOXES: [&str; 6] = [
    "split/gyb-takeout-A-first12.mbox",
    "src/suite-messages/src/backend/core/tests/resources/messages.mbox",
    "src/mailbagit/data/sample1.mbox",
    "src/_extracted/go-mbox/mboxWithThreeMessages.mbox",
    "src/_extracted/go-mbox/LongLine.mbox",
    "src/_extracted/elixir-mbox/case00.mbox",
];

/// The mailboxes with what lies beside them in a Takeout.
fn takeout() -> Option<Files> {
    let folder = folder()?;
    let mailboxes = MAILBOXES.iter().enumerate().map(|(number, file)| {
        let bytes = fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        (format!("Takeout/Mail/{number} – E-Mails.mbox"), bytes)
    });
    let others = [
        ("Takeout/Mail/User Settings/Blocked Addresses.json", &b"{\"blocked_addresses\": {}}"[..]),
        ("Takeout/archive_browser.html", b"<!DOCTYPE html><title>Takeout</title>"),
    ];
    Some(mailboxes.chain(others.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))).collect())
}

#[test]
fn real_mail_is_the_same_out_of_every_archive() {
    let Some(files) = takeout() else { return };
    let scratch = Scratch::new();
    unpack(&scratch, "unpacked", &files);
    let books = |input: &str, out: &str| {
        let json = scratch.run(["--json", input, out]).ends(0).json();
        assert_eq!(json["other_files"], 2, "{input}");
        ["messages", "bytes", "warnings"].map(|key| json[key].clone())
    };
    let expected = books("unpacked", "expected");
    assert!(expected[0]["found"].as_u64() > Some(20), "{expected:?}");
    for (archive, bytes) in archives(&files) {
        scratch.write(archive, bytes);
        let out = format!("{archive} out");
        assert_eq!(books(archive, &out), expected, "{archive}");
        assert!(scratch.state(&out) == scratch.state("expected"), "{archive}");
    }
}

#[test]
fn real_mail_makes_the_same_zip_packed_and_unpacked() {
    let Some(files) = takeout() else { return };
    let scratch = Scratch::new();
    unpack(&scratch, "unpacked", &files);
    for (number, options) in [&[][..], &["--for", "zoho"]].into_iter().enumerate() {
        let run = |input: &str, out: &str| scratch.run(options.iter().chain(&[input, out])).ends(0);
        let expected = format!("expected-{number}.zip");
        run("unpacked", &expected);
        for (archive, bytes) in archives(&files) {
            scratch.write(archive, bytes);
            let out = format!("out {number} {archive}.zip");
            run(archive, &out);
            // A tar archive has the mailboxes in the same order here, since they were packed in that of their names.
            assert!(scratch.read(&out) == scratch.read(&expected), "{archive} {options:?}");
        }
    }
}

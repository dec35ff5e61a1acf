//! `--for`: the defaults of an importer, and how other options override them.

use super::read::{entries_of, tree_of};
use super::takeout::{takeout, unpack};
use crate::common::{Scratch, mailbox};

#[test]
fn importers_are_listed() {
    let ran = Scratch::new().run(["importers"]).ends(0).says_just("");
    for name in ["zoho", "eprotect", "hornetsecurity", "exchange-online", "gmail", "fastmail"] {
        assert!(ran.stdout.lines().any(|line| line.starts_with(&format!("{name}: "))), "{name}: {}", ran.stdout);
    }
    let zoho = "zoho: Zoho Mail, Import emails, .zip\n  \
                ZIPs of at most 450 MiB, 10,000 messages in each, a warning for messages over\n    \
                40 MB, names in ASCII, a folder for each label\n";
    assert!(ran.stdout.starts_with(zoho), "{}", ran.stdout);
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    let only = Scratch::new().run(["importers", "zoho"]).ends(0).stdout;
    assert!(only.starts_with(zoho) && !only.contains("gmail"), "{only}");
}

/// Converts a Takeout; the names of what comes out.
fn names(options: &[&str]) -> Vec<String> {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    scratch.run(options.iter().chain(&["in", "mail.zip"])).ends(0);
    let zips = scratch.names(".").into_iter().filter(|name| name.starts_with("mail"));
    zips.flat_map(|zip| entries_of(&scratch, &zip)).map(|entry| entry.name).collect()
}

#[test]
fn zoho_gets_names_in_ascii_and_a_folder_for_each_label() {
    let zoho = names(&["--for", "zoho"]);
    assert!(zoho.iter().all(|name| name.is_ascii()), "{zoho:?}");
    assert!(zoho.iter().any(|name| name.starts_with("Inbox/")), "{zoho:?}");
    assert_eq!(zoho, names(&["--ascii", "--layout", "label"]));
}

#[test]
fn options_override_the_importer() {
    let plain = names(&[]);
    assert!(!plain.iter().all(|name| name.is_ascii()), "{plain:?}");
    assert_eq!(names(&["--for", "zoho", "--ascii=false", "--layout", "flat"]), plain);
    assert_eq!(names(&["--for", "zoho", "--layout", "flat"]), names(&["--ascii"]));
    assert_eq!(names(&["--for", "zoho", "--ascii=false"]), names(&["--layout", "label"]));
    assert_eq!(names(&["--for", "zoho", "--ascii=true"]), names(&["--for", "zoho"]));
    assert_eq!(names(&["--layout", "date", "--for", "zoho"]), names(&["--layout", "date", "--ascii"]));
}

#[test]
fn limits_override_those_of_the_importer() {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    let options = ["--for", "zoho", "--ascii=false", "--layout", "flat", "--zip-max-entries", "3"];
    let ran = scratch.run(options.iter().chain(&["--json", "in", "mail.zip"])).ends(0);
    assert_eq!(ran.json()["files"].as_array().unwrap().len(), 4);
    scratch.run(["in", "out"]).ends(0);
    let read: crate::common::Tree =
        (1..=4).flat_map(|number| tree_of(&scratch, &format!("mail-{number:03}.zip"))).collect();
    assert!(read == scratch.tree("out"));
}

#[test]
fn labels_of_priority_choose_the_folder() {
    let first = names(&["--layout", "label"]);
    let other = names(&["--layout", "label", "--label-priority", "Starred,Important"]);
    assert_eq!(first.len(), other.len());
    let of = |names: &[String], label: &str| names.iter().filter(|name| name.starts_with(&format!("{label}/"))).count();
    assert_eq!(of(&first, "Starred") + of(&first, "Important"), 0, "{first:?}");
    assert!(of(&other, "Starred") + of(&other, "Important") > 0, "{other:?}");
}

#[test]
fn zoho_begins_a_new_zip_after_ten_thousand_messages() {
    let scratch = Scratch::with_mailbox(mailbox(&vec![("Short", "x"); 10_001]));
    scratch.run(["--for", "zoho", "in.mbox", "mail.zip"]).ends(0).counts(10_001, 10_001, 0);
    assert_eq!(entries_of(&scratch, "mail-001.zip").len(), 10_000);
    assert_eq!(entries_of(&scratch, "mail-002.zip").len(), 1);
    scratch.run(["in.mbox", "all.zip"]).ends(0);
    assert_eq!(entries_of(&scratch, "all.zip").len(), 10_001);
}

#[test]
fn a_message_too_large_for_the_importer_is_written_with_a_warning() {
    let line = " A message of 41 MB is as long as that.".repeat(25) + "\n";
    let large = line.repeat(41_000_000 / line.len());
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x"), ("Large", large.trim_end()), ("C", "x")]));
    let ran = scratch.run(["--for", "zoho", "--compression", "0", "--json", "in.mbox", "mail.zip"]).ends(0);
    ran.counts(3, 3, 0);
    assert_eq!(ran.json()["warnings"]["too-large"], 1);
    ran.says(&["too-large 1\n      in.mbox:6, byte 61: "]);
    let sizes: Vec<usize> = entries_of(&scratch, "mail.zip").iter().map(|entry| entry.bytes.len()).collect();
    let lines = large.len() / line.len();
    assert_eq!(sizes, [17, "Subject: Large\r\n\r\n".len() + large.len() + lines, 17]);
    scratch.run(["--dry-run", "--for", "fastmail", "in.mbox", "out"]).ends(0).says(&["warnings  none"]);
}

#[test]
fn the_next_step_is_for_what_was_written() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "Hello")]));
    let next = &["\n  next "];
    for output in ["out.zip", "out"] {
        let importer = if output == "out" { "gmail" } else { "zoho" };
        scratch.run(["--for", importer, "--subject", "none", "in.mbox", output]).ends(0).says_nowhere(next);
        scratch.run(["--for", importer, "in.mbox", output]).ends(0).says(next);
        scratch.run(["--for", importer, "in.mbox", output]).ends(0).says(next);
    }
    for (format, step) in [
        ("eml", "  next      Fastmail takes no files: use --format maildir --layout label"),
        ("maildir", "  next      push it to imap.fastmail.com with mbsync\n"),
    ] {
        let ran = scratch.run(["--for", "fastmail", "--format", format, "in.mbox", &format!("out {format}")]);
        ran.ends(0).says(&[step]);
    }
}

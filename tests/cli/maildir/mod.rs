//! `--format maildir`: what is in which folder, and that further runs, verify and dry runs find it again.

mod faults;
mod labels;
mod options;
mod servers;

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use crate::common::{Scratch, mailbox};

/// The command that writes, or compares, a Maildir.
const MAILDIR: [&str; 4] = ["--format", "maildir", "--layout", "label"];

/// An export with folders and flags of each kind.
fn export() -> String {
    let message = |labels: &str, subject: &str| {
        format!(
            "From 1@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: {labels}\nSubject: {subject}\n\n\
             {subject}\n\n"
        )
    };
    [
        ("Posteingang,Geöffnet", "read"),
        ("Posteingang,Ungelesen", "unread"),
        ("Posteingang,Geöffnet,Markiert", "starred"),
        ("Gesendet", "sent"),
        ("Entwürfe", "draft"),
        ("Papierkorb,Geöffnet", "deleted"),
        ("Spam,Ungelesen", "unwanted"),
        ("Archiviert,Geöffnet", "archived"),
        ("Arbeit/Kunden,Ungelesen", "work"),
        ("Büro & Co.,Geöffnet", "office"),
    ]
    .map(|(labels, subject)| message(labels, subject))
    .concat()
}

/// The subjects in a folder of a Maildir, each with its flags.
fn flags(scratch: &Scratch, folder: &str) -> Vec<String> {
    let tree = scratch.tree(folder);
    let mut all: Vec<String> = tree
        .iter()
        .filter(|(name, _)| name.starts_with("cur/") && name.contains(",S="))
        .map(|(name, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
            format!("{subject} {}", name.rsplit_once(":2,").unwrap().1)
        })
        .collect();
    all.sort();
    all
}

#[test]
fn each_label_has_its_folder_and_each_message_its_flags() {
    let scratch = Scratch::with_mailbox(export());
    let ran = scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0);
    ran.counts(10, 10, 0);
    ran.says(&["    INBOX/  3 messages\n", "    Arbeit/Kunden/  1 message\n", "    Büro & Co~"]);
    for (folder, expected) in [
        ("out", &["read S", "starred FS", "unread "][..]),
        ("out/.Sent", &["sent S"]),
        ("out/.Drafts", &["draft DS"]),
        // Servers would remove what is marked as deleted, too.
        ("out/.Trash", &["deleted S"]),
        ("out/.Junk", &["unwanted "]),
        ("out/.Archive", &["archived S"]),
        ("out/.Arbeit.Kunden", &["work "]),
    ] {
        assert_eq!(flags(&scratch, folder), expected, "{folder}");
        for inner in ["cur", "new", "tmp"] {
            assert!(scratch.path(folder).join(inner).is_dir(), "{folder}/{inner}");
        }
        assert_eq!(scratch.path(folder).join("maildirfolder").is_file(), folder != "out");
    }
    let of_office = |name: &String| name.starts_with(".B&APw-ro &- Co~") && name.contains("/cur/");
    assert_eq!(scratch.names("out").iter().filter(|name| of_office(name)).count(), 1);
}

#[test]
fn a_message_is_exact_and_has_its_size_and_time() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "Hello\n>From here on")]));
    scratch.run(["--format", "maildir", "in.mbox", "out"]).ends(0).counts(1, 1, 0);
    let (tree, times) = scratch.state("out");
    let (name, bytes) = tree.iter().find(|(name, _)| name.contains(",S=")).unwrap();
    assert_eq!(bytes, b"Subject: One\n\nHello\nFrom here on\n");
    assert_eq!(times[name], UNIX_EPOCH + Duration::from_secs(1_711_972_800));
    assert!(name.starts_with("cur/1711972800.") && name.ends_with(",S=33:2,"), "{name}");
    scratch.run(["--format", "maildir", "--eol", "crlf", "in.mbox", "crlf"]).ends(0);
    assert!(scratch.names("crlf").iter().any(|name| name.contains(",S=37:2,")));
}

#[test]
fn a_further_run_finds_everything_again_whatever_has_been_read_since() {
    let scratch = Scratch::with_mailbox(export());
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0);
    let before = scratch.state("out");
    for options in [&[][..], &["--no-mmap"], &["--threads", "1"], &["--fsync"]] {
        scratch.run(options.iter().chain(&MAILDIR).chain(&["in.mbox", "out"])).ends(0).counts(10, 0, 10);
        assert_eq!(scratch.state("out"), before, "{options:?}");
    }
    // A mail program has read one, moved another to `new`, and a server has noted its own on a third.
    let in_inbox = |flags: &str| {
        scratch.names("out").into_iter().find(|name| name.starts_with("cur/") && name.ends_with(flags)).unwrap()
    };
    let renamed = [":2,", ":2,S", ":2,FS"].map(in_inbox);
    let base = |name: &str| name.split_once("/").unwrap().1.split_once(":2,").unwrap().0.to_owned();
    let to = [
        format!("cur/{}:2,RS", base(&renamed[0])),
        format!("new/{}", base(&renamed[1])),
        format!("cur/{},U=5:2,FSa", base(&renamed[2])),
    ];
    for (from, to) in renamed.iter().zip(&to) {
        fs::rename(scratch.path("out").join(from), scratch.path("out").join(to)).unwrap();
    }
    scratch.write("out/dovecot.index.log", "x");
    scratch.write("out/.Sent/dovecot-uidlist", "x");
    let before = scratch.state("out");
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(10, 0, 10);
    assert_eq!(scratch.state("out"), before);
    scratch.run(["--dry-run"].iter().chain(&MAILDIR).chain(&["in.mbox", "out"])).ends(0).says(&["10 already there"]);
    scratch.run(["verify"].iter().chain(&MAILDIR).chain(&["in.mbox", "out"])).ends(0).says(&["differing 0"]);
}

#[test]
fn a_later_export_adds_only_what_is_new() {
    let whole = export();
    let half = whole.find("From 1@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: Entw").unwrap();
    let scratch = Scratch::with_mailbox(&whole[half..]);
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(6, 6, 0);
    let before = scratch.tree("out");
    // Numbers in the mailbox change, names do not.
    scratch.write("in.mbox", &whole);
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(10, 4, 6);
    let after = scratch.tree("out");
    assert!(before.iter().filter(|(name, _)| !name.ends_with('/')).all(|file| after.get(file.0) == Some(file.1)));
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "fresh"])).ends(0);
    assert_eq!(after, scratch.tree("fresh"));
}

#[test]
fn equal_messages_are_all_kept() {
    let one = mailbox(&[("One", "Hello")]);
    let scratch = Scratch::with_mailbox(one.repeat(3));
    let args = ["--format", "maildir", "in.mbox", "out"];
    scratch.run(args).ends(0).says(&["warnings  none"]).counts(3, 3, 0);
    let names = scratch.names("out");
    let ends = ["_2,S=20:2,", "_3,S=20:2,"];
    assert!(ends.iter().all(|end| names.iter().any(|name| name.ends_with(end))), "{names:?}");
    scratch.run(args).ends(0).counts(3, 0, 3);
    assert_eq!(scratch.names("out"), names);
    // One more, one fewer, and none.
    scratch.write("in.mbox", one.repeat(4));
    scratch.run(args).ends(0).counts(4, 1, 3);
    scratch.write("in.mbox", &one);
    scratch.run(args).ends(0).counts(1, 0, 1);
    let ran = scratch.run(["verify"].iter().chain(&args)).ends(1).says(&["3 extra"]);
    assert_eq!(ran.stdout.matches("extra\tcur/1711972800.").count(), 3, "{ran:#?}");
    scratch.run(["--dedup", "content"].iter().chain(&args)).ends(0).counts(1, 0, 1);
}

#[test]
fn verify_finds_what_differs() {
    let scratch = Scratch::with_mailbox(export());
    let verify = || scratch.run(["verify"].iter().chain(&MAILDIR).chain(&["in.mbox", "out"]));
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0);
    verify().ends(0).prints_nothing();
    let sent = scratch.names("out").into_iter().find(|name| name.starts_with(".Sent/cur/")).unwrap();
    let whole = scratch.read(format!("out/{sent}"));
    let changed = String::from_utf8(whole.clone()).unwrap().replace("sent\n", "Sent\n");
    for (bytes, line) in [
        (changed.as_bytes(), format!("different\t{sent}\t{}\n", changed.find("Sent").unwrap())),
        (&whole[..30], format!("different\t{sent}\t30\n")),
    ] {
        scratch.write(format!("out/{sent}"), bytes);
        assert_eq!(verify().ends(1).stdout, line);
    }
    fs::remove_file(scratch.path(format!("out/{sent}"))).unwrap();
    scratch.write("out/.Sent/cur/1.mine:2,S", "x");
    scratch.write("out/.Sent/tmp/left", "x");
    scratch.write("out/subscriptions", "Sent\n");
    assert_eq!(verify().ends(1).stdout, format!("missing\t{sent}\nextra\t.Sent/cur/1.mine:2,S\n"));
    // A run that finds another file in its place keeps it.
    scratch.write(format!("out/{sent}"), changed.as_bytes());
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).says(&["name-taken 1"]).counts(10, 1, 9);
    assert_eq!(scratch.read(format!("out/{sent}")), changed.as_bytes());
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(10, 0, 10);
}

#[test]
fn the_manifest_has_the_paths_on_disk_and_finds_what_was_read_since() {
    let scratch = Scratch::with_mailbox(export());
    scratch.run(MAILDIR.iter().chain(&["--manifest", "out/m.csv", "in.mbox", "out"])).ends(0);
    let verify = || scratch.run(["verify", "--manifest", "out/m.csv", "out"]);
    verify().ends(0).prints_nothing();
    let sent = scratch.names("out").into_iter().find(|name| name.starts_with(".Sent/cur/")).unwrap();
    assert!(String::from_utf8(scratch.read("out/m.csv")).unwrap().contains(&format!("\"{sent}\"")));
    let replied = sent.replace(":2,S", ":2,RS");
    fs::rename(scratch.path("out").join(&sent), scratch.path("out").join(&replied)).unwrap();
    scratch.write("out/dovecot-uidlist", "x");
    verify().ends(0).prints_nothing();
    fs::remove_file(scratch.path("out").join(&replied)).unwrap();
    assert_eq!(verify().ends(1).stdout, format!("missing\t{sent}\n"));
    // The next run with the manifest writes nothing of what it lists.
    scratch.run(MAILDIR.iter().chain(&["--known", "out/m.csv", "in.mbox", "next"])).ends(0).says(&["10 known"]);
}

#[test]
fn a_dry_run_makes_the_same_folders() {
    let scratch = Scratch::with_mailbox(export());
    let lines = |ran: crate::common::Ran| -> Vec<String> {
        ran.stderr.lines().filter(|line| line.contains("/  ")).map(str::to_owned).collect()
    };
    let dry = lines(scratch.run(["--dry-run"].iter().chain(&MAILDIR).chain(&["in.mbox", "out"])).ends(0));
    assert!(!scratch.path("out").exists());
    assert_eq!(dry, lines(scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0)));
    assert_eq!(dry.len(), 8);
}

#[test]
fn what_was_there_is_moved_in_whole() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    scratch.write("out/cur/1.mine:2,S", "mine");
    // What an interrupted run left where no mail program looks.
    scratch.run(["--format", "maildir", "in.mbox", "fresh"]).ends(0);
    let name = scratch.names("fresh").into_iter().find(|name| name.starts_with("cur/")).unwrap();
    let base = name.strip_prefix("cur/").unwrap().split_once(":2,").unwrap().0;
    scratch.write(format!("out/tmp/{base}"), "Subject: O");
    scratch.run(["--format", "maildir", "in.mbox", "out"]).ends(0).counts(1, 1, 0);
    assert_eq!(scratch.names("out"), ["cur/1.mine:2,S", &name, "new/", "tmp/"]);
    assert_eq!(scratch.read(format!("out/{name}")), b"Subject: One\n\nx\n");
}

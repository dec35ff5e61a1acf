//! Labels and mailboxes that are no safe names of folders: none of them is lost, and none mixes with another.

use std::collections::BTreeSet;

use super::MAILDIR;
use crate::common::{Scratch, mailbox};

/// A mailbox with a message for each label.
fn labelled(labels: &[&str]) -> String {
    let one = |label: &&str| {
        mailbox(&[(label, "x")]).replacen("Subject", &format!("X-GM-THRID: 1\nX-Gmail-Labels: {label}\nSubject"), 1)
    };
    labels.iter().map(one).collect()
}

#[test]
fn hostile_labels_stay_apart_and_inside() {
    let long = "ä&".repeat(55);
    let labels = [
        "Inbox",
        "Inbox/Work",
        "cur",
        "new",
        "tmp",
        "..",
        ".",
        ".hidden",
        "a.b",
        "a/b",
        "a-b",
        "a..b",
        "Work",
        "WORK/x",
        "INBOX.Work",
        "maildirfolder",
        "dovecot-uidlist",
        "~root",
        "100%",
        "&",
        "&-",
        "&AOQ-",
        "a:2",
        ";2",
        "NUL",
        &long,
    ];
    let scratch = Scratch::with_mailbox(labelled(&labels));
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).says(&["cut-folder 1"]).counts(26, 26, 0);
    let folders: BTreeSet<String> = scratch
        .names("out")
        .into_iter()
        .filter(|name| name.contains(",S="))
        .map(|name| name.rsplit_once("cur/").unwrap().0.to_owned())
        .collect();
    assert_eq!(folders.len(), labels.len(), "{folders:?}");
    assert!(folders.iter().all(|folder| folder.matches('/').count() <= 1 && folder.len() <= 256 && folder.is_ascii()));
    for folder in ["", ".INBOX.Work/", ".cur/", ".new/", ".tmp/", ".a.b/", ".Work/", ".&-/", ".&-AOQ~505082/"] {
        assert!(folders.contains(folder), "{folder} {folders:?}");
    }
    scratch.run(MAILDIR.iter().chain(&["in.mbox", "out"])).ends(0).counts(26, 0, 26);
    scratch.run(["verify"].iter().chain(&MAILDIR).chain(&["in.mbox", "out"])).ends(0).prints_nothing();
}

#[test]
fn mailboxes_of_any_program_have_the_folders_of_servers() {
    let scratch = Scratch::new();
    for name in
        ["Inbox", "Sent", "Drafts", "Trash", "Spam", "Archives", "Inbox.sbd/Work", "Local.sbd/a.b", "Entw&APw-rfe"]
    {
        scratch.write(format!("mail/{name}"), mailbox(&[(name, "x")]));
    }
    scratch.run(["--format", "maildir", "mail", "out"]).ends(0).counts(9, 9, 0);
    let folders = [".Archives", ".Drafts", ".INBOX.Work", ".Junk", ".Sent", ".Trash", "cur"];
    let names = scratch.names("out");
    for folder in folders {
        assert!(names.iter().any(|name| name.starts_with(&format!("{folder}/"))), "{folder} {names:?}");
    }
    // Both are drafts.
    assert_eq!(names.iter().filter(|name| name.starts_with(".Drafts/cur/")).count(), 2);
    assert_eq!(names.iter().filter(|name| name.starts_with(".Local.a-b~")).count(), 4);
}

#[test]
fn each_account_has_a_maildir_of_its_own() {
    let scratch = Scratch::new();
    for account in ["ann", "bob"] {
        let mail = labelled(&["Inbox", "Work/Clients"]);
        scratch.write(format!("users/{account}/Takeout/Mail/All mail.mbox"), mail);
    }
    scratch.run(MAILDIR.iter().chain(&["users", "out"])).ends(0).says(&["ann/INBOX/", "bob/Work/Clients/"]);
    for account in ["ann", "bob"] {
        for folder in ["cur", "new", "tmp", ".Work.Clients/cur"] {
            assert!(scratch.path(format!("out/{account}/{folder}")).is_dir(), "{account}/{folder}");
        }
    }
    assert!(!scratch.path("out/cur").exists());
    scratch.run(["verify"].iter().chain(&MAILDIR).chain(&["users", "out"])).ends(0).prints_nothing();
}

#[test]
fn a_label_map_names_folders_and_system_labels() {
    let scratch = Scratch::with_mailbox(labelled(&["Cestino", "Clients", "Inbox"]));
    scratch.write("map.txt", "Cestino = @Trash\nClients = Work/Clients\nInbox = Old/Inbox\n");
    scratch.run(MAILDIR.iter().chain(&["--label-map", "map.txt", "in.mbox", "out"])).ends(0);
    for folder in [".Trash", ".Work.Clients", ".Old.Inbox"] {
        assert_eq!(scratch.count(&format!("out/{folder}/cur")), 1, "{folder}");
    }
}

#[test]
fn copies_dates_and_years() {
    let scratch = Scratch::with_mailbox(labelled(&["Inbox,Work"]));
    scratch.run(MAILDIR.iter().chain(&["--label-copies", "all", "in.mbox", "copies"])).ends(0).counts(1, 1, 0);
    assert_eq!((scratch.count("copies/cur"), scratch.count("copies/.Work/cur")), (1, 1));
    scratch.run(["--format", "maildir", "--layout", "date", "in.mbox", "date"]).ends(0);
    assert_eq!((scratch.count("date/cur"), scratch.count("date/.2024.04/cur")), (0, 1));
    scratch.run(["--format", "maildir", "--layout", "year", "in.mbox", "year"]).ends(0);
    assert_eq!(scratch.count("year/.2024/cur"), 1);
}

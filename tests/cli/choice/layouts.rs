//! `--layout`: folders by label or by date, and what a dry run says of them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::totals::{check_sums, messages, number, to_u64};
use crate::archives::takeout::{takeout, unpack};
use crate::common::{Scratch, Tree, mailbox, testdata};

/// A Takeout of one message for each of these values of `X-Gmail-Labels`.
pub(super) fn labelled(values: &[&str]) -> String {
    let one = |(number, labels): (u64, &&str)| {
        let id = (1_711_972_800_000_u64 << 20) + number;
        format!(
            "From {id}@xxx Mon Apr 01 12:00:00 +0000 2024\nX-GM-THRID: {number}\nX-Gmail-Labels: {labels}\n\
             Subject: Number {number}\n\nx\n\n"
        )
    };
    (1..).zip(values).map(one).collect()
}

/// The folder of each message, by its number.
pub(super) fn folders(tree: &Tree) -> Vec<(usize, String)> {
    let place = |name: &String| {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        (file[..6].parse().unwrap(), folder.to_owned())
    };
    let mut places: Vec<(usize, String)> = tree.keys().map(place).collect();
    places.sort();
    places
}

/// Lays out a Takeout with these labels; the folder of each message.
fn laid_out(options: &[&str], values: &[&str]) -> Vec<String> {
    let scratch = Scratch::with_mailbox(labelled(values));
    scratch.run(["--layout", "label"].iter().chain(options).chain(&["in.mbox", "out"])).ends(0);
    let places = folders(&scratch.tree("out"));
    assert!(places.iter().map(|(number, _)| *number).eq(1..=values.len()), "{places:?}");
    places.into_iter().map(|(_, folder)| folder).collect()
}

/// Holds the folder of each message against what it should be.
#[track_caller]
fn check(options: &[&str], expected: &[(&str, &str)]) {
    let values: Vec<&str> = expected.iter().map(|(labels, _)| *labels).collect();
    let folders: Vec<&str> = expected.iter().map(|(_, folder)| *folder).collect();
    assert_eq!(laid_out(options, &values), folders, "{options:?}");
}

#[test]
fn the_label_of_the_highest_rank_makes_the_folder() {
    check(
        &[],
        &[
            ("Inbox,Sent,Work,Work/2024,Chat,Drafts,Spam,Trash,Starred", "Trash"),
            ("Inbox,Sent,Work,Work/2024,Chat,Drafts,Spam,Starred", "Spam"),
            ("Inbox,Sent,Work,Work/2024,Chat,Drafts,Starred", "Drafts"),
            ("Inbox,Sent,Work,Work/2024,Chat,Starred", "Chat"),
            ("Inbox,Sent,Work,Work/2024,Starred", "Work/2024"),
            ("Inbox,Sent,Work,Private,Starred", "Work"),
            ("Inbox,Sent,Private,Work,Starred", "Private"),
            ("Unread,Inbox,Sent,Starred", "Sent"),
            ("Starred,Important,Unread,Category Forums,Inbox", "Inbox"),
            ("Archived,Unread,IMAP_$Forwarded", "Archive"),
            ("Category Promotions", "Archive"),
        ],
    );
}

#[test]
fn labels_in_other_languages_have_their_ranks_and_keep_their_names() {
    check(
        &[],
        &[
            ("Posteingang,Papierkorb,Ungelesen", "Papierkorb"),
            ("=?UTF-8?Q?Posteingang,Ge=C3=B6ffnet,Entw=C3=BCrfe?=", "Entwürfe"),
            ("Posteingang,Gesendet,Wichtig", "Gesendet"),
            (
                "=?UTF-8?Q?Posteingang,Ge=C3=B6ffnet,Reisen/?=\n =?UTF-8?Q?M=C3=BCnchen,Kategorie:_=22Pers=C3=B6nlich=22?=",
                "Reisen/München",
            ),
            ("Posteingang,Markiert", "Posteingang"),
            ("Archiviert,Ungelesen,Kategorie: \"Werbung\"", "Archiv"),
            ("=?UTF-8?Q?Bo=C3=AEte_de_r=C3=A9ception,Non_lus?=", "Boîte de réception"),
            ("=?UTF-8?B?5Y+X5L+h44OI44Os44Kk?=", "受信トレイ"),
        ],
    );
}

#[test]
fn named_labels_come_first_in_their_order_even_if_they_are_states() {
    check(
        &["--label-priority", "Starred,work", "--label-priority", "Inbox"],
        &[
            ("Trash,Inbox,Work/2024,Starred", "Starred"),
            ("Trash,Inbox,Work/2024", "Work/2024"),
            ("Trash,Inbox,Work,Work/2024", "Work/2024"),
            ("Trash,Posteingang", "Posteingang"),
            ("Trash,Homework", "Trash"),
            ("Unread,Markiert", "Markiert"),
            ("Unread", "Archive"),
        ],
    );
}

#[test]
fn a_label_of_priority_is_for_the_layout_by_label() {
    let scratch = Scratch::with_mailbox(labelled(&["Inbox"]));
    for layout in [&[][..], &["--layout", "flat"], &["--layout", "date"]] {
        let ran = scratch.run(layout.iter().chain(&["--label-priority", "Work", "in.mbox", "out"])).ends(2);
        ran.says(&["--label-priority needs --layout label"]);
    }
    assert!(!scratch.path("out").exists());
    scratch.run(["--for", "zoho", "--label-priority", "Work", "in.mbox", "out"]).ends(0);
}

#[test]
fn hostile_labels_stay_below_the_output() {
    let hostile = ["../../up", "/etc/passwd", "..", "a:b", "CON", "..\\..\\up", "x//y", "=?UTF-8?Q?a=00b=0A?=", "-rf"];
    let scratch = Scratch::with_mailbox(labelled(&hostile));
    scratch.run(["--layout", "label", "in.mbox", "deep/down/out"]).ends(0).counts(9, 9, 0);
    assert_eq!(folders(&scratch.tree("deep/down/out")).len(), 9);
    assert_eq!(scratch.tree(".").len(), 10);
    let places = folders(&scratch.tree("deep/down/out"));
    let parts = places.iter().flat_map(|(_, folder)| folder.split('/'));
    for part in parts {
        assert!(!part.starts_with('.') && !part.contains(['\\', ':', '\n', '\0']) && part != "CON", "{places:?}");
    }
}

#[test]
fn by_date_there_is_a_folder_for_each_month() {
    let dated =
        [("Apr  1 12:00:00 2024", "2024/04"), ("Dec 31 23:59:59 2023", "2023/12"), ("Jan  1 00:00:00 2024", "2024/01")];
    let with_zone = [("Jan  1 00:30:00 2024 +0100", "2023/12"), ("Dec 31 23:30:00 1999 -0100", "2000/01")];
    let all = dated.iter().chain(&with_zone);
    let mut mbox: String =
        all.clone().map(|(date, _)| format!("From ann@example.org Mon {date}\nSubject: x\n\nx\n\n")).collect();
    mbox += "From ann@example.org\nSubject: No date\nFrom: ann@example.org\n\nx\n\n";
    let scratch = Scratch::with_mailbox(mbox);
    scratch.run(["--layout", "date", "in.mbox", "out"]).ends(0).counts(6, 6, 0);
    let expected = (1..).zip(all.map(|(_, folder)| (*folder).to_owned()).chain(["undated".to_owned()]));
    assert_eq!(folders(&scratch.tree("out")), expected.collect::<Vec<_>>());
}

#[test]
fn mail_without_labels_stays_in_the_folder_of_its_mailbox() {
    let scratch = Scratch::new();
    let inbox = std::fs::read(testdata().join("thunderbird/Inbox.mbox")).unwrap();
    scratch.write("Dialect/Mail/Inbox", &inbox);
    scratch.write("Dialect/Mail/Inbox.msf", "// <!-- <mdb:mork:z v=\"1.4\"/> -->\n");
    scratch.write("Dialect/Mail/Inbox.sbd/Work", &inbox);
    scratch.write("Dialect/Exported.mbox", labelled(&["Inbox", "Work"]));
    let json = scratch.run(["--layout", "label", "--name", "{index}", "--json", "Dialect", "out"]).ends(0).json();
    assert_eq!(messages(&json), [10, 6, 0, 0, 4, 0]);
    let expected = [
        "Exported/Inbox/000001.eml",
        "Exported/Work/000002.eml",
        "Mail/Inbox/000001.eml",
        "Mail/Inbox/000003.eml",
        "Mail/Inbox/Work/000001.eml",
        "Mail/Inbox/Work/000003.eml",
    ];
    assert_eq!(scratch.names("out"), expected);
}

#[test]
fn filters_change_no_folder() {
    let values = ["Inbox", "Work,Inbox", "Trash", "Work/2024", "Spam,Work"];
    let scratch = Scratch::with_mailbox(labelled(&values));
    scratch.run(["--layout", "label", "in.mbox", "all"]).ends(0);
    let chosen = ["--label", "work", "--not-label", "spam", "--layout", "label", "--json", "in.mbox", "some"];
    assert_eq!(messages(&scratch.run(chosen).ends(0).json()), [5, 2, 0, 0, 3, 0]);
    let (all, some) = (scratch.tree("all"), scratch.tree("some"));
    assert_eq!(folders(&some), [(2, "Work".to_owned()), (4, "Work/2024".to_owned())]);
    assert!(some.iter().all(|(name, bytes)| all[name] == *bytes));
    // What is chosen later lands beside what was chosen before.
    let json = scratch.run(["--layout", "label", "--json", "in.mbox", "some"]).ends(0).json();
    assert_eq!(messages(&json), [5, 3, 2, 0, 0, 0]);
    assert!(scratch.state("some") == scratch.state("all"));
}

/// The files and bytes in each folder of a tree.
fn tallies(tree: &Tree) -> BTreeMap<String, (u64, u64)> {
    let mut tallies = BTreeMap::<String, (u64, u64)>::new();
    for (name, bytes) in tree {
        let (folder, _) = name.rsplit_once('/').unwrap_or(("", name));
        let tally = tallies.entry(folder.to_owned()).or_default();
        *tally = (tally.0 + 1, tally.1 + to_u64(bytes.len()));
    }
    tallies
}

/// The folders that a dry run lists.
fn folder_tallies(json: &Value) -> BTreeMap<String, (u64, u64)> {
    let (folders, bytes) = (json["folders"].as_object().unwrap().iter(), &json["folder_bytes"]);
    folders.map(|(folder, messages)| (folder.clone(), (number(messages), number(&bytes[folder])))).collect()
}

#[test]
fn a_dry_run_shows_the_folders_that_a_run_writes() {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    scratch.write("in/Thunderbird/Inbox", std::fs::read(testdata().join("thunderbird/Inbox.mbox")).unwrap());
    scratch.write("in/More.mbox", labelled(&["Inbox,Work", "Inbox", "Work/2024,Trash", "a:b,\u{1b}[2J"]));
    for (number, options) in [
        &[][..],
        &["--layout", "label"],
        &["--layout", "label", "--label-copies", "all"],
        &["--layout", "label", "--label-copies", "all", "--label-priority", "Unread"],
        &["--layout", "date", "--eol", "lf"],
        &["--layout", "label", "--ascii", "--dedup", "id", "--not-label", "spam"],
        &["--name", "{year}/{from}/{index}", "--limit", "2"],
        &["--layout", "date", "--name", "{label}/{index}", "--label-copies", "all"],
    ]
    .into_iter()
    .enumerate()
    {
        let out = format!("out {number}");
        let dry = scratch.run(options.iter().chain(&["-v", "--dry-run", "--json", "in", &out])).ends(0);
        assert!(!scratch.path(&out).exists());
        let json = scratch.run(options.iter().chain(&["--json", "in", &out])).ends(0).json();
        let tree = scratch.tree(&out);
        check_sums(&dry.json());
        assert_eq!(messages(&dry.json()), messages(&json), "{options:?}");
        assert_eq!(folder_tallies(&dry.json()), tallies(&tree), "{options:?}");
        let counts: BTreeMap<String, u64> =
            tallies(&tree).into_iter().map(|(folder, (messages, _))| (folder, messages)).collect();
        assert_eq!(json["folders"], serde_json::json!(counts), "{options:?}");
        let lines: Vec<&str> = dry.stderr.lines().skip_while(|line| !line.starts_with("  folders ")).collect();
        let mut said = lines.iter().skip(1).take_while(|line| line.starts_with("    "));
        for (folder, messages) in counts {
            let noun = if messages == 1 { "message" } else { "messages" };
            let line = format!("    {folder}/  {messages} {noun}");
            assert_eq!(said.next(), Some(&line.as_str()), "{options:?}");
        }
        assert_eq!(said.next(), None, "{options:?}");
    }
}

#[test]
fn of_many_folders_the_largest_are_listed() {
    let mut values: Vec<String> = (1..=60).map(|number| format!("Label {number:02}")).collect();
    values.push("Label 42".into());
    let scratch = Scratch::with_mailbox(labelled(&values.iter().map(String::as_str).collect::<Vec<_>>()));
    for (number, dry_run) in [&["--dry-run"][..], &[]].into_iter().enumerate() {
        let run = |options: &[&str], out: &str| {
            scratch.run(options.iter().chain(dry_run).chain(&["--layout", "label", "in.mbox", out])).ends(0)
        };
        let short = run(&[], &format!("short {number}"));
        let short = short.says(&["  folders   60\n    Label 42/  2 messages\n", "    and 40 more (list with -v)\n"]);
        assert_eq!(short.stderr.matches("    Label ").count(), 20);
        assert_eq!(run(&["-v"], &format!("long {number}")).stderr.matches("    Label ").count(), 60);
    }
    // Without folders there is nothing to list.
    scratch.write("plain.mbox", mailbox(&[("One", "x")]));
    scratch.run(["--dry-run", "plain.mbox", "out"]).ends(0).says_nowhere(&["folders"]);
}

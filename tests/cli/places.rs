//! Where mail lands: whose it is, which mailbox, and the folders of labels.

use serde_json::json;

use crate::archives::make::Member;
use crate::archives::takeout::zip_of;
use crate::choice::totals::{check_sums, messages};
use crate::common::{Ran, Scratch, gmail, mailbox};

/// Messages of Gmail's with these numbers and labels.
fn gmails(messages: &[(u64, &str)]) -> String {
    messages.iter().map(|(number, labels)| gmail(*number, labels, "x")).collect()
}

/// The mailboxes of a Takeout that has one for each label.
const BY_LABEL: [(&str, &[(u64, &str)]); 3] = [
    ("All mail.mbox", &[(1, "Inbox,Opened"), (2, "Inbox,Work"), (3, ""), (4, "Opened")]),
    ("Inbox.mbox", &[(1, "Inbox,Opened"), (2, "Inbox,Work"), (5, "Inbox,Unread")]),
    ("Work.mbox", &[(2, "Inbox,Work"), (6, "Work/Clients,Opened")]),
];

/// What they come to by label.
const TREE: [&str; 6] = [
    "Archive/000003.eml",
    "Archive/000004.eml",
    "Inbox/000001.eml",
    "Inbox/000007.eml",
    "Work/000002.eml",
    "Work/Clients/000009.eml",
];

const INDEX: [&str; 4] = ["--name", "{index}", "--layout", "label"];

fn write_by_label(scratch: &Scratch, folder: &str) {
    for (name, messages) in BY_LABEL {
        scratch.write(format!("{folder}/{name}"), gmails(messages));
    }
}

/// The names below a folder, those of the tree below another.
fn below(names: &[&str], folder: &str) -> Vec<String> {
    names.iter().map(|name| format!("{folder}{name}")).collect()
}

fn run(scratch: &Scratch, options: &[&str], paths: &[&str]) -> Ran {
    scratch.run(INDEX.iter().chain(options).chain(paths))
}

#[test]
fn a_persons_folder_is_kept_whole() {
    let scratch = Scratch::new();
    let people = ["sales", "support"].map(|part| format!("maria.gonzalez-fernandez@{part}.example-company.com"));
    for person in &people {
        let file = format!("users/{person}/Takeout/Mail/All mail Including Spam and Trash.mbox");
        scratch.write(file, mailbox(&[("One", "x")]));
    }
    scratch.run(["users", "out"]).ends(0).says_nowhere(&["cut-folder", "name-taken"]);
    let names = scratch.names("out");
    for (name, person) in names.iter().zip(&people) {
        assert!(name.starts_with(&format!("{person}/All mail Including Spam and Trash/000001_")), "{names:?}");
    }
    assert_eq!(names.len(), 2);
}

#[test]
fn the_mailboxes_of_an_export_share_a_tree_of_labels() {
    let scratch = Scratch::new();
    write_by_label(&scratch, "in/Takeout/Mail");
    let ran = run(&scratch, &["--json"], &["in", "out"]).ends(0);
    check_sums(&ran.json());
    assert_eq!(messages(&ran.json()), [9, 6, 0, 3, 0, 0]);
    assert_eq!(scratch.names("out"), TREE);
    assert_eq!(ran.json()["folders"], json!({ "Archive": 2, "Inbox": 2, "Work": 1, "Work/Clients": 1 }));
    // Once more, and by itself, and from the folder within.
    run(&scratch, &[], &["in", "out"]).ends(0);
    for (number, input) in ["in/Takeout", "in/Takeout/Mail"].into_iter().enumerate() {
        let out = format!("out {number}");
        run(&scratch, &["--threads", "4"], &[input, &out]).ends(0);
        assert_eq!(scratch.names(&out), TREE, "{input}");
    }
    run(&scratch, &[], &["in", "mail.zip"]).ends(0);
    let all = run(&scratch, &["--dedup", "off", "--json"], &["in", "all"]).ends(0);
    assert_eq!(messages(&all.json()), [9, 9, 0, 0, 0, 0]);
    assert_eq!(scratch.names("all").len(), 9);
    let limited = run(&scratch, &["--limit", "4", "--json"], &["in", "four"]).ends(0);
    assert_eq!(
        scratch.names("four"),
        TREE.into_iter().filter(|name| name.as_bytes()[name.len() - 5] < b'5').collect::<Vec<_>>()
    );
    check_sums(&limited.json());
}

#[test]
fn a_mailbox_of_google_alone_in_its_folder_is_the_tree_of_the_folder() {
    let scratch = Scratch::new();
    let messages = gmails(BY_LABEL[0].1);
    for person in ["ann", "bob"] {
        scratch.write(format!("users/{person}/All mail.mbox"), &messages);
    }
    scratch.write("users/carl/Sent.mbox", mailbox(&[("One", "x")]));
    scratch.write("users/dora/Work.mbox", &messages);
    scratch.write("users/dora/notes.mbox", mailbox(&[("One", "x")]));
    let tree = ["Archive/000003.eml", "Archive/000004.eml", "Inbox/000001.eml", "Work/000002.eml"];
    let people = |folders: &[&str]| folders.iter().flat_map(|folder| below(&tree, folder)).collect::<Vec<_>>();
    let mut all = people(&["ann/", "bob/", "dora/Work/"]);
    all.extend(["carl/Sent/000001.eml", "dora/notes/000001.eml"].map(str::to_owned));
    all.sort();
    let ran = run(&scratch, &["--json"], &["users", "out"]).ends(0);
    assert_eq!(scratch.names("out"), all);
    assert_eq!(ran.json()["mailboxes"][0]["place"], "ann");
    check_sums(&ran.json());
    run(&scratch, &["--threads", "4"], &["users", "out"]).ends(0).says(&["14 found = 0 written + 14 already there"]);
    assert_eq!(scratch.names("out"), all);
    run(&scratch, &[], &["users/ann", "alone"]).ends(0);
    assert_eq!(scratch.names("alone"), tree);
    run(&scratch, &[], &["users/ann/All mail.mbox", "users/bob/All mail.mbox", "named"]).ends(0);
    assert_eq!(scratch.names("named"), people(&["ann/", "bob/"]));
    // Two in one folder may be those of two people, by their names.
    run(&scratch, &["--limit", "1"], &["users/dora/Work.mbox", "users/dora/notes.mbox", "two"]).ends(0);
    assert_eq!(scratch.names("two"), ["Work/Inbox/000001.eml", "notes/000001.eml"]);
}

#[test]
fn the_summary_by_label_names_places_and_their_mailboxes() {
    let scratch = Scratch::new();
    let long = "users/".repeat(12);
    write_by_label(&scratch, &format!("{long}ann@example.org/Takeout/Mail"));
    scratch.write(format!("{long}bob@example.org/Takeout/Mail/All mail.mbox"), gmails(BY_LABEL[0].1));
    let ran = run(&scratch, &[], &[&long, "out"]).ends(0);
    ran.says(&[
        "\n    ann@example.org: All mail  ",
        "\n    ann@example.org: Work  ",
        "\n    bob@example.org            ",
    ]);
}

#[test]
fn parts_of_an_export_are_one_whatever_their_order() {
    let scratch = Scratch::new();
    let archive = |number: usize, mailboxes: &[usize]| {
        let file = |at: &usize| (format!("Takeout/E-Mail/{}", BY_LABEL[*at].0), gmails(BY_LABEL[*at].1).into_bytes());
        let files: Vec<(String, Vec<u8>)> = mailboxes.iter().map(file).collect();
        let name = format!("takeout-20261122T000000Z-{number:03}.zip");
        scratch.write(format!("in/{name}"), zip_of(&files, |name, bytes| Member::deflated(name, bytes)));
        format!("in/{name}")
    };
    let (first, second) = (archive(1, &[0, 1]), archive(2, &[2]));
    for (number, inputs) in [vec!["in"], vec![&*first, &*second], vec![&*second, &*first]].into_iter().enumerate() {
        let out = format!("out {number}");
        let ran = scratch.run(INDEX.iter().chain(&inputs).chain(&[&*out]));
        ran.ends(0).says_nowhere(&["name-taken"]);
        assert_eq!(scratch.names(&out), TREE, "{inputs:?}");
    }
}

#[test]
fn a_person_alone_is_the_same_person_within_all() {
    let scratch = Scratch::new();
    write_by_label(&scratch, "users/ann/Takeout/Mail");
    write_by_label(&scratch, "users/bob/takeout-20261122T000000Z-001/Takeout/Mail");
    scratch.write("users/bob/old/Sent", mailbox(&[("One", "x")]));
    for layout in ["flat", "label", "date", "year"] {
        let all = format!("all {layout}");
        scratch.run(["--layout", layout, "users", &all]).ends(0);
        for person in ["ann", "bob"] {
            let alone = format!("{person} {layout}");
            scratch.run(["--layout", layout, &format!("users/{person}"), &alone]).ends(0);
            assert!(scratch.tree(&alone) == scratch.tree(&format!("{all}/{person}")), "{layout} {person}");
        }
        assert!(scratch.names(&all).iter().all(|name| name.starts_with("ann/") || name.starts_with("bob/")));
    }
    assert!(scratch.names("all label").contains(&"bob/old/Sent/000001_20240401T120000Z_One.eml".to_owned()));
}

#[test]
fn two_exports_in_one_folder_do_not_mix() {
    let scratch = Scratch::new();
    for stamp in ["takeout-20260101T000000Z-001", "takeout-20260401T000000Z-001"] {
        write_by_label(&scratch, &format!("in/{stamp}/Takeout/Mail"));
    }
    run(&scratch, &[], &["in", "out"]).ends(0);
    let mut names = below(&TREE, "takeout-20260101T000000Z/");
    names.extend(below(&TREE, "takeout-20260401T000000Z/"));
    assert_eq!(scratch.names("out"), names);
}

#[cfg(unix)]
#[test]
fn a_map_may_come_through_a_pipe() {
    let scratch = Scratch::with_mailbox(gmails(&[(1, "Cestino,Aperti"), (2, "Work")]));
    scratch.write("map", "Cestino = @Trash\n");
    let mut shell = crate::common::clean(std::process::Command::new("sh"), &scratch.path("."));
    let options = "--layout label --name '{index}' --label-map /dev/stdin --label Trash";
    shell.args(["-c", &format!("cat map | \"$0\" {options} in.mbox out"), crate::common::PROGRAM]);
    Ran::of(&mut shell).ends(0);
    assert_eq!(scratch.names("out"), ["Cestino/000001.eml"]);
}

#[test]
fn a_map_names_folders_and_system_labels() {
    let messages = [(1, "Cestino,Aperti"), (2, "Clienti/Rossi"), (3, "Newsletter"), (4, "Posta in arrivo,Aperti")];
    let scratch = Scratch::with_mailbox(gmails(&messages));
    let ran = run(&scratch, &["--not-label", "Trash"], &["in.mbox", "unknown"]).ends(0);
    ran.says(&[
        "unmatched-label 1\n",
        "      Trash: no message has this label\n",
        "'Label = @Trash'",
        "--label-map FILE",
    ]);
    assert_eq!(scratch.names("unknown").len(), 4);
    let none = run(&scratch, &["--label", "Holidays"], &["in.mbox", "none"]).ends(0);
    none.says(&["      Holidays: no message has this label\n"]).says_nowhere(&["--label-map"]);
    // In a language that is known, the label would have been found.
    for (at, labels) in ["Inbox,Opened", "Posteingang,Geöffnet", "受信トレイ,未読"].iter().enumerate() {
        let name = format!("{at}.mbox");
        scratch.write(&name, gmails(&[(1, labels)]));
        let ran = run(&scratch, &["--not-label", "Trash"], &[&name, &format!("out {at}")]).ends(0);
        ran.says(&["      Trash: no message has this label\n"]).says_nowhere(&["--label-map"]);
    }

    scratch.write("map", "# it\nCestino = @Trash\nPosta in arrivo = @Inbox\nAperti = @Opened\nInbox = In\nClienti=Work/Clients\nNewsletter =\n");
    let ran = run(&scratch, &["--label-map", "map", "--not-label", "Trash"], &["in.mbox", "out"]).ends(0);
    ran.says_nowhere(&["unmatched-label"]);
    assert_eq!(scratch.names("out"), ["Archive/000003.eml", "In/000004.eml", "Work/Clients/Rossi/000002.eml"]);

    scratch.write("bad", "Work = x\nSent = @Nothing\n");
    let ran = run(&scratch, &["--label-map", "bad"], &["in.mbox", "not"]).ends(2);
    ran.says(&["--label-map: bad: line 2: unknown system label \"Nothing\", expected one of: @Inbox, "]);
    run(&scratch, &["--label-map", "absent"], &["in.mbox", "not"]).ends(2).says(&["--label-map: absent: "]);
    assert!(!scratch.path("not").exists());
}

#[test]
fn names_in_ascii_are_written_as_in_the_language_of_the_account() {
    let labels = "=?UTF-8?Q?=C3=9Cbersee,Ge=C3=B6ffnet?=";
    let scratch = Scratch::with_mailbox(gmails(&[(1, labels), (2, "=?UTF-8?Q?Entw=C3=BCrfe?="), (3, "Archiviert")]));
    run(&scratch, &["--ascii"], &["in.mbox", "out"]).ends(0);
    assert_eq!(scratch.names("out"), ["Archiv/000003.eml", "Entwuerfe/000002.eml", "Uebersee/000001.eml"]);
    let scratch = Scratch::with_mailbox(gmails(&[(1, "=?UTF-8?Q?=C3=9Cbersee?=,Opened")]));
    run(&scratch, &["--ascii"], &["in.mbox", "out"]).ends(0);
    assert_eq!(scratch.names("out"), ["Ubersee/000001.eml"]);
}

#[test]
fn a_hash_makes_a_name_unique() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.run(["--name", "{subject}_{hash}", "--layout", "year", "--manifest", "m.jsonl", "in.mbox", "out"]).ends(0);
    let manifest = String::from_utf8(scratch.read("m.jsonl")).unwrap();
    assert_eq!(manifest.lines().count(), 2);
    let rows = manifest.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    for (row, subject) in rows.zip(["One", "Two"]) {
        let hash = row["sha256"].as_str().unwrap();
        assert_eq!(row["path"], json!([format!("2024/{subject}_{}.eml", &hash[..16])]));
    }
    // A message without a Gmail id has its position instead.
    scratch.run(["--name", "{gmail_id}", "in.mbox", "ids"]).ends(0);
    assert_eq!(scratch.names("ids"), ["000001.eml", "000002.eml"]);
}

#[test]
fn a_folder_that_is_cut_is_a_warning() {
    let scratch = Scratch::new();
    let person = "p".repeat(150);
    let label = "Label ".repeat(40);
    scratch.write(
        format!("users/{person}/Takeout/Mail/All.mbox"),
        gmails(&[(1, label.trim()), (2, label.trim()), (3, "Inbox")]),
    );
    let ran = run(&scratch, &["--json"], &["users", "out"]).ends(0);
    // The person's folder, and once that of the label.
    assert_eq!(ran.json()["warnings"]["cut-folder"], 2);
    for name in scratch.names("out") {
        let (folders, _) = name.rsplit_once('/').unwrap();
        // The end of the label may be trimmed.
        let is_long = |folder: &str| folder.len() >= 62 || folder == "Inbox";
        assert!(name.len() <= 240 && folders.split('/').all(is_long), "{name}");
    }
}

#[test]
fn equal_ids_with_different_content_are_kept_apart() {
    let one = |body: &str| {
        format!(
            "From scan@example.org Mon Apr  1 12:00:00 2024\nMessage-ID: <1@localhost>\nSubject: Scan\n\n{body}\n\n"
        )
    };
    let scratch = Scratch::with_mailbox([one("page 1"), one("page 2"), one("page 1"), one("page 2")].concat());
    let ran = scratch.run(["--dedup", "id", "--json", "in.mbox", "out"]).ends(0);
    assert_eq!(messages(&ran.json()), [4, 2, 0, 2, 0, 0]);
    assert_eq!(ran.json()["warnings"]["same-id"], 1);
    // Gmail's own id decides.
    let scratch = Scratch::with_mailbox(gmails(&[(1, "Inbox"), (1, "Work")]));
    let ran = scratch.run(["--dedup", "id", "--json", "in.mbox", "out"]).ends(0);
    assert_eq!(messages(&ran.json()), [2, 1, 0, 1, 0, 0]);
    assert_eq!(ran.json()["warnings"]["same-id"], 0);
}

#[test]
fn a_mailbox_that_shares_its_name_since_an_earlier_run_is_a_warning() {
    let part = |scratch: &Scratch, stamp: &str, part: usize, numbers: [u64; 2]| {
        let messages: Vec<(u64, &str)> = numbers.iter().map(|number| (*number, "Inbox")).collect();
        let member = ("Takeout/Mail/All mail.mbox".to_owned(), gmails(&messages).into_bytes());
        let name = format!("in/ann/takeout-{stamp}-{part:03}.zip");
        scratch.write(name, zip_of(&[member], |name, bytes| Member::deflated(name, bytes)));
    };
    let (old, new) = ("20260101T000000Z", "20260401T000000Z");
    for (layout, stamp, second, folder, now) in [
        // Another part of the export, another export, the same by label.
        ("flat", old, 2, "ann/All mail", "ann/All mail~"),
        ("flat", new, 1, "ann/All mail", "ann/takeout-20260101T000000Z/All mail"),
        ("label", new, 1, "ann", "ann/takeout-20260101T000000Z"),
    ] {
        let scratch = Scratch::new();
        let run = |options: &[&str]| {
            scratch.run(["--json", "--layout", layout].iter().chain(options).chain(&["in", "out"])).ends(0)
        };
        part(&scratch, old, 1, [1, 2]);
        run(&[]).says_nowhere(&["shared-name"]);
        part(&scratch, stamp, second, [3, 4]);
        for ran in [run(&["--dry-run"]), run(&["--dry-run", "--threads", "1"])] {
            assert_eq!(ran.json()["warnings"]["shared-name"], 1, "{layout} {ran:#?}");
            ran.says(&[
                &format!("      out/{folder} has mail from an earlier run, "),
                &format!("go to out/{now}"),
                "rename the old folder to the one its mail belongs to",
            ]);
        }
        // As it advises.
        let json = run(&["--dry-run"]).json();
        let mut folders = json["folders"].as_object().unwrap().keys();
        let to = folders.find(|folder| folder.starts_with(now)).unwrap();
        let to = if layout == "label" { now } else { to };
        std::fs::rename(scratch.path("out").join(folder), scratch.path("old")).unwrap();
        std::fs::create_dir_all(scratch.path("out").join(to).parent().unwrap()).unwrap();
        std::fs::rename(scratch.path("old"), scratch.path("out").join(to)).unwrap();
        let json = run(&[]).says_nowhere(&["shared-name"]).json();
        let (written, already_there) = (&json["messages"]["written"], &json["messages"]["already_there"]);
        // Of two parts either may be the one with the mark.
        assert_eq!(written.as_u64().unwrap() + already_there.as_u64().unwrap(), 4);
        assert!(stamp == old || *already_there == 2, "{json}");
        // Nothing more to say once all folders are there, or in an output of its own.
        run(&[]).says_nowhere(&["shared-name"]);
        scratch.run(["--layout", layout, "in", "fresh"]).ends(0).says_nowhere(&["shared-name"]);
        scratch.run(["--layout", layout, "in", "fresh"]).ends(0).says_nowhere(&["shared-name"]);
    }
}

#[test]
fn labels_that_differ_in_case_share_a_folder() {
    for threads in ["1", "4"] {
        let scratch = Scratch::new();
        let first = gmails(&[(1, "Work/Clients"), (2, "WORK"), (3, "work/clients/Ann"), (4, "Inbox")]);
        scratch.write("users/ann/Takeout/Mail/A.mbox", first);
        scratch.write("users/ann/Takeout/Mail/B.mbox", gmails(&[(5, "wORK/cLIENTS"), (6, "INBOX"), (7, "Archived")]));
        scratch.write("users/bob/Takeout/Mail/A.mbox", gmails(&[(8, "WORK"), (9, "work")]));
        for options in [&[][..], &["--dedup", "off"]] {
            std::fs::remove_dir_all(scratch.path("out")).unwrap_or_default();
            let options = ["--threads", threads].iter().chain(options).copied().collect::<Vec<_>>();
            run(&scratch, &options, &["users", "out"]).ends(0);
            let ann = [
                "Archive/000007.eml",
                "Inbox/000004.eml",
                "Inbox/000006.eml",
                "Work/000002.eml",
                "Work/Clients/000001.eml",
                "Work/Clients/000005.eml",
                "Work/Clients/Ann/000003.eml",
            ];
            let bob = ["WORK/000001.eml", "WORK/000002.eml"];
            assert_eq!(scratch.names("out"), [below(&ann, "ann/"), below(&bob, "bob/")].concat());
        }
        // What the message says of its labels stays as it is.
        run(&scratch, &["--manifest", "m.jsonl"], &["users/bob", "bob"]).ends(0);
        let manifest = String::from_utf8(scratch.read("m.jsonl")).unwrap();
        let labels: Vec<serde_json::Value> = manifest.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
        assert_eq!((&labels[0]["labels"], &labels[1]["labels"]), (&json!(["WORK"]), &json!(["work"])));
    }
}

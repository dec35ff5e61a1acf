//! Which mailboxes there are, what is in them, and what is reported.

use super::{bytes_of, labelled, read_again};
use crate::common::{Scratch, mailbox};

#[test]
fn a_single_mailbox_keeps_its_name() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "Hello"), ("Two", ">From here on")]));
    let ran = scratch.run(["--format", "mbox", "--json", "in.mbox", "out"]).ends(0);
    let expected = "From ann@example.org   Mon Apr  1 12:00:00 2024\nSubject: One\n\nHello\n\n\
                    From ann@example.org   Mon Apr  1 12:01:00 2024\nSubject: Two\n\n>From here on\n\n";
    assert_eq!(String::from_utf8(scratch.read("out/in.mbox")).unwrap(), expected);
    assert_eq!(scratch.names("out"), ["in.mbox"]);
    let json = ran.json();
    assert_eq!(json["folders"], serde_json::json!({"in": 2}));
    assert_eq!(json["files"], serde_json::json!(["out/in.mbox"]));
    let again = scratch.run(["--format", "mbox", "in.mbox", "out"]).ends(0);
    again.says(&["  file      out/in.mbox ("]).counts(2, 0, 2);
}

#[test]
fn standard_input_has_a_name() {
    let scratch = Scratch::new();
    scratch.run_with_input(["--format", "mbox", "-", "out"], mailbox(&[("One", "Hello")]).as_bytes()).ends(0);
    assert_eq!(scratch.names("out"), ["stdin.mbox"]);
}

#[test]
fn labels_become_mailboxes_in_either_tree() {
    let labels = ["Inbox", "Work/Clients", "Work/Clients/2024", "Inbox"];
    for (tree, names) in [
        ("folders", &["Inbox.mbox", "Work/Clients.mbox", "Work/Clients/2024.mbox"][..]),
        ("thunderbird", &["Inbox", "Work", "Work.sbd/Clients", "Work.sbd/Clients.sbd/2024"]),
    ] {
        let scratch = Scratch::with_mailbox(labelled(&labels));
        let args = ["--format", "mbox", "--mbox-tree", tree, "--layout", "label", "in.mbox", "out"];
        scratch.run(args).ends(0).counts(4, 4, 0);
        let mut there = scratch.names("out");
        there.sort();
        let mut names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort();
        assert_eq!(there, names);
        if tree == "thunderbird" {
            assert!(scratch.read("out/Work").is_empty());
        }
        scratch.run(args).ends(0).counts(4, 0, 4);
        let verify = ["verify", "--format", "mbox", "--mbox-tree", tree, "--layout", "label", "in.mbox", "out"];
        scratch.run(verify).ends(0);
        scratch.run(["--eol", "lf", "in.mbox", "eml"]).ends(0);
        assert!(read_again(&scratch, "out") == bytes_of(scratch.tree("eml")));
    }
}

#[test]
fn a_copy_is_in_the_mailbox_of_each_label() {
    let scratch = Scratch::with_mailbox(labelled(&["Inbox", "\"Inbox,Work\""]).replace("\"Inbox,Work\"", "Inbox,Work"));
    let ran =
        scratch.run(["--format", "mbox", "--layout", "label", "--label-copies", "all", "--json", "in.mbox", "out"]);
    let ran = ran.ends(0);
    assert_eq!(ran.json()["folders"], serde_json::json!({"Inbox": 2, "Work": 1}));
    assert_eq!(ran.json()["messages"]["written"], 2);
}

#[test]
fn mailboxes_are_split_merged_and_thinned() {
    let scratch = Scratch::new();
    let both = [mailbox(&[("One", "1"), ("Two", "2")]), mailbox(&[("Two", "2"), ("Three", "3")])];
    scratch.write("a.mbox", &both[0]);
    scratch.write("b.mbox", both[1].replace(" 2024\n", " 2023\n"));
    let options = ["--format", "mbox", "--layout", "year", "--dedup", "content"];
    scratch
        .run(options.iter().chain(&["a.mbox", "b.mbox", "out"]))
        .ends(0)
        .says(&["4 found = 3 written + 1 duplicate"]);
    assert_eq!(scratch.names("out"), ["a/2024.mbox", "b/2023.mbox"]);
    // Ours are read again, put together by hand or not.
    let joined = [scratch.read("out/a/2024.mbox"), scratch.read("out/b/2023.mbox")].concat();
    scratch.write("joined.mbox", joined);
    scratch.run(["--name", "{subject}", "joined.mbox", "eml"]).ends(0).counts(3, 3, 0);
}

#[test]
fn a_dry_run_looks_at_what_is_there_and_writes_nothing() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "Hello"), ("Two", "x")]));
    let dry = ["--format", "mbox", "--dry-run", "--json", "in.mbox", "out"];
    let ran = scratch.run(dry).ends(0);
    assert_eq!(ran.json()["messages"]["written"], 2);
    assert_eq!(ran.json()["folder_bytes"], serde_json::json!({"in": 134}));
    assert!(!scratch.path("out").exists());
    scratch.run(["--format", "mbox", "in.mbox", "out"]).ends(0);
    assert_eq!(scratch.read("out/in.mbox").len(), 134);
    let ran = scratch.run(dry).ends(0);
    assert_eq!(ran.json()["messages"]["already_there"], 2);
    scratch.write("out/in.mbox", "something else");
    let there = scratch.state("out");
    scratch.run(["--format", "mbox", "--dry-run", "in.mbox", "out"]).ends(2).says(&["has different contents"]);
    assert!(scratch.state("out") == there);
}

#[test]
fn each_quoting_is_what_it_says() {
    let body = "From a\n>From b\n>>From c";
    let scratch = Scratch::with_mailbox(mailbox(&[("One", &body.replace("From ", ">From "))]));
    for (quoting, expected, warned) in [
        ("mboxrd", ">From a\n>>From b\n>>>From c\n", false),
        ("mboxo", ">From a\n>From b\n>>From c\n", false),
        ("none", "From a\n>From b\n>>From c\n", true),
    ] {
        let ran = scratch.run(["--format", "mbox", "--quoting", quoting, "--json", "in.mbox", quoting]).ends(0);
        let written = String::from_utf8(scratch.read(format!("{quoting}/in.mbox"))).unwrap();
        assert!(written.ends_with(&format!("Subject: One\n\n{expected}\n")), "{written}");
        assert_eq!(ran.json()["warnings"]["unquoted-line"], u8::from(warned), "{quoting}");
        // With mboxrd there are three blanks.
        assert_eq!(written.starts_with("From ann@example.org   Mon"), quoting == "mboxrd");
        if quoting != "none" {
            scratch.run(["verify", "--format", "mbox", "--quoting", quoting, "in.mbox", quoting]).ends(0);
        }
    }
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "Hello")]));
    for options in [&["--quoting", "none"][..], &["--mbox-tree", "thunderbird"]] {
        scratch.run(options.iter().chain(&["in.mbox", "out"])).ends(2).says(&["is for mailboxes: add --format mbox"]);
    }
    scratch
        .run(["--format", "mbox", "--compression", "1", "in.mbox", "out"])
        .ends(2)
        .says(&["--compression is for ZIPs"]);
    scratch.run(["--format", "mbox", "in.mbox", "out.zip"]).ends(2).says(&["mailboxes are written to a folder"]);
    assert_eq!(scratch.names("."), ["in.mbox"]);
}

#[test]
fn a_tree_of_messages_without_headers_is_read_again() {
    let scratch = Scratch::new();
    let headerless =
        "From a@example.org Mon Apr  1 00:00:00 2024\n\none\n\nFrom a@example.org Mon Apr  1 00:00:01 2024\n\ntwo\n\n";
    scratch.write("old.mbox", headerless.as_bytes());
    scratch.write("new.mbox", super::labelled(&["Inbox"]).as_bytes());
    scratch.run(["--format", "mbox", "--mbox-tree", "thunderbird", "old.mbox", "new.mbox", "tree"]).ends(0);
    scratch.run(["tree", "again"]).ends(0).counts(3, 3, 0);
}

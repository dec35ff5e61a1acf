//! Labels and mailboxes that would lead elsewhere, or take the place of another.

use super::{bytes_of, labelled, read_again};
use crate::common::{Scratch, mailbox};

#[test]
fn hostile_labels_stay_within_the_output_and_never_share_a_mailbox() {
    let labels = [
        "../../outside",
        "/etc/passwd",
        "Work.mbox/x",
        "Work",
        "Work.mbox",
        "Work~2",
        "Inbox.sbd/x",
        "Inbox",
        "Inbox.msf",
        "x.mbox2eml.partial",
        "x",
        "NUL",
        "con.mbox",
        ".hidden",
        "#hash",
        "nstmp",
        "a\\b",
        "a:b",
        "trailing.",
        "trailing",
    ];
    let deep = "deep/".repeat(60) + "end";
    let labels: Vec<&str> = labels.into_iter().chain([&*deep]).collect();
    for tree in ["folders", "thunderbird"] {
        let scratch = Scratch::new();
        scratch.write("in/Work.mbox", labelled(&labels));
        let args = ["--format", "mbox", "--mbox-tree", tree, "--layout", "label", "--json", "in", "out/er"];
        let ran = scratch.run(args).ends(0);
        let json = ran.json();
        let folders = json["folders"].as_object().unwrap();
        assert_eq!(folders.len(), labels.len(), "{folders:?}");
        assert_eq!(json["files"].as_array().unwrap().len(), labels.len());
        assert!(folders.values().all(|count| count == 1));
        let outside = scratch.names(".").into_iter().filter(|name| !name.starts_with("out/er/"));
        assert_eq!(outside.collect::<Vec<_>>(), ["in/Work.mbox"]);
        scratch.run(["--eol", "lf", "in/Work.mbox", "eml"]).ends(0);
        assert!(read_again(&scratch, "out") == bytes_of(scratch.tree("eml")), "{tree}");
        scratch.run(args).ends(0);
    }
}

#[test]
fn a_mailbox_and_a_label_of_one_name_have_mailboxes_of_their_own() {
    let scratch = Scratch::new();
    let plain = mailbox(&[("Plain", "no label")]);
    scratch
        .write("Work.mbox", plain.clone() + &plain.replace("Subject", "X-GM-THRID: 1\nX-Gmail-Labels: Work\nSubject"));
    let ran = scratch.run(["--format", "mbox", "--layout", "label", "--json", "Work.mbox", "out"]).ends(0);
    assert_eq!(ran.json()["messages"]["written"], 2);
    let names = scratch.names("out");
    let files = names.iter().filter(|name| !name.ends_with('/'));
    assert_eq!(files.count(), ran.json()["folders"].as_object().unwrap().len(), "{names:?}");
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new();
    scratch.write("in/Mail/a.mbox", mailbox(&[("One", "Hello")]));
    std::fs::create_dir_all(scratch.path("out")).unwrap();
    std::fs::create_dir(scratch.path("outside")).unwrap();
    symlink("../outside", scratch.path("out/Mail")).unwrap();
    scratch.run(["--format", "mbox", "in", "out"]).ends(2).says(&["its folder is a link, which is not followed"]);
    assert_eq!(scratch.count("outside"), 0);
    std::fs::remove_file(scratch.path("out/Mail")).unwrap();
    std::fs::create_dir(scratch.path("out/Mail")).unwrap();
    symlink("../../outside/x", scratch.path("out/Mail/a.mbox")).unwrap();
    scratch.run(["--format", "mbox", "in", "out"]).ends(2).says(&["exists and is not a file"]);
    assert_eq!(scratch.count("outside"), 0);
}

#[test]
fn a_line_in_a_header_that_begins_as_a_separator_comes_back_and_is_warned() {
    let forged = "From bob@example.org   Mon Apr  1 12:00:00 2024\n";
    let scratch = Scratch::with_mailbox(labelled(&["Inbox"]).replace("Subject", &format!("{forged}Subject")));
    scratch.run(["--format", "mbox", "in.mbox", "out"]).ends(0).says(&["unquoted-line"]);
    scratch.run(["--eol", "lf", "in.mbox", "eml"]).ends(0).counts(1, 1, 0);
    assert!(read_again(&scratch, "out") == bytes_of(scratch.tree("eml")));
}

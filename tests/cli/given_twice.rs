//! The same input under one name or several.

use crate::archives::make::{Member, zip};
use crate::common::{Scratch, mailbox, one_message};

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", one_message().0);
    scratch.write("in/b.zip", zip(&[Member::deflated("Sent.mbox", mailbox(&[("Two", "Hello")]))]));
    scratch.write("in/notes.txt", "nothing");
    scratch
}

/// These inputs give as many messages and warnings, and what the first of them gives alone is there already.
#[track_caller]
fn check(inputs: &[&str], messages: u64, warnings: u64, says: &str) {
    let scratch = scratch();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("in/a.mbox", scratch.path("link")).unwrap();
        std::fs::hard_link(scratch.path("in/a.mbox"), scratch.path("hard")).unwrap();
    }
    let ran = scratch.run(["--json"].iter().chain(inputs).chain(&["out"])).ends(0).says(&[says]);
    let json = ran.json();
    assert_eq!(json["messages"]["found"], messages, "{inputs:?}");
    assert_eq!(json["warnings"]["second-copy"], warnings, "{inputs:?}");
    assert!(json["other_files"].as_u64() <= Some(1), "{inputs:?}");
}

#[test]
fn a_file_is_converted_once() {
    check(&["in/a.mbox", "in/a.mbox"], 1, 1, "in/a.mbox is given twice and is converted once");
    check(&["in/a.mbox", "./in/a.mbox"], 1, 1, "./in/a.mbox is the same as in/a.mbox and is not converted again");
    check(&["in/b.zip", "in/b.zip", "in/b.zip"], 1, 2, "in/b.zip is given twice");
}

#[test]
fn it_has_the_place_that_it_has_alone() {
    let scratch = scratch();
    scratch.run(["in/a.mbox", "out"]).ends(0);
    let before = scratch.state("out");
    scratch.run(["in/a.mbox", "in/a.mbox", "out"]).ends(0);
    assert!(scratch.state("out") == before);
}

#[test]
fn a_folder_is_searched_once() {
    check(&["in/", "in"], 2, 1, "in is given twice and is converted once");
    check(&["in/a.mbox", "in"], 2, 1, "in/a.mbox is given twice and is converted once");
    check(&["in", "./in/b.zip"], 2, 1, "./in/b.zip is the same as in/b.zip and is not converted again");
    let ran = scratch().run(["--json", ".", "in", "out"]).ends(0).says(&["second-copy 2\n", "2 found = 2 written"]);
    assert_eq!(ran.json()["other_files"], 1);
}

#[test]
#[cfg(unix)]
fn a_link_is_the_file_that_it_leads_to() {
    check(&["link", "in/a.mbox"], 1, 1, "in/a.mbox is the same as link and is not converted again");
    check(&["hard", "in/a.mbox"], 1, 1, "in/a.mbox is the same as hard");
    check(&["in", "hard"], 2, 1, "hard is the same as in/a.mbox");
}

#[test]
#[cfg(unix)]
fn hard_links_that_a_search_finds_are_mailboxes_of_their_own() {
    let scratch = Scratch::new();
    scratch.write("ann/All.mbox", one_message().0);
    std::fs::create_dir(scratch.path("bob")).unwrap();
    std::fs::hard_link(scratch.path("ann/All.mbox"), scratch.path("bob/All.mbox")).unwrap();
    scratch.run(["ann", "bob", "out"]).ends(0).says(&["2 found = 2 written"]).says_nowhere(&["second-copy"]);
}

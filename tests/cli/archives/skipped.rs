//! What is not a mailbox is skipped, counted, and named if asked; an archive without any mailbox is an error.

use super::make::{self, Member};
use super::takeout::{archives, takeout, unpack};
use crate::common::{Scratch, one_message};

#[test]
fn other_members_are_counted_and_named_if_asked() {
    let scratch = Scratch::new();
    let count = "  Skipped 3 files that are not mailboxes (list with -v)\n";
    let others = ["Mail/User Settings/Filters.json", "Photos/Holiday.jpg", "archive_browser.html"];
    for (archive, bytes) in archives(&takeout()) {
        scratch.write(archive, bytes);
        let args = ["--dry-run", "--json", archive, "out"];
        let ran = scratch.run(args).ends(0).says(&[count]).says_nowhere(&["skipped: "]);
        assert_eq!(ran.json()["other_files"], 3, "{archive}");
        let ran = scratch.run(["-v"].iter().chain(&args)).ends(0);
        for other in others {
            let line = format!("skipped: {archive}!Takeout/{other} is not a mailbox\n");
            assert_eq!(ran.stderr.matches(&line).count(), 1, "{line}: {ran:#?}");
        }
        assert_eq!(ran.stderr.matches("skipped: ").count(), 3, "{ran:#?}");
    }
}

#[test]
fn other_files_of_a_folder_are_counted_and_named_alike() {
    let scratch = Scratch::new();
    unpack(&scratch, "in", &takeout());
    scratch.write("in/mail.zip", make::zip(&[Member::stored("a.mbox", one_message().0), Member::stored("b.txt", "b")]));
    let ran = scratch.run(["-v", "--json", "in", "out"]).ends(0).says(&["Skipped 4 files"]);
    assert_eq!(ran.json()["other_files"], 4);
    for other in ["Takeout/Mail/User Settings/Filters.json", "Takeout/archive_browser.html", "mail.zip!b.txt"] {
        assert!(ran.stderr.contains(&format!("skipped: in/{other} is not a mailbox\n")), "{other}: {ran:#?}");
    }
}

#[test]
fn quiet_names_none_and_counts_them_in_json() {
    let scratch = Scratch::new();
    scratch.write("t.zip", make::zip(&[Member::stored("a.mbox", one_message().0), Member::stored("b.txt", "b")]));
    let ran = scratch.run(["-q", "--json", "t.zip", "out"]).ends(0).says_just("");
    assert_eq!(ran.json()["other_files"], 1);
}

#[test]
fn an_archive_without_a_mailbox_is_reported_and_nothing_is_made() {
    let other = |name: &str| (name.to_owned(), b"{\"some\": \"settings\"}".to_vec());
    let files = vec![other("Takeout/a.json"), other("Takeout/b.json")];
    let empty = make::zip(&[]);
    let folder = make::zip(&[Member::stored("Takeout/", "")]);
    let all = archives(&files).into_iter().chain([("empty.zip", empty), ("folder.zip", folder)]);
    for (archive, bytes) in all.chain([("photo.jpg.gz", make::gzip(b"\xff\xd8\xff\xe0\0\x10JFIF"))]) {
        for out in ["out", "new/out.zip"] {
            let scratch = Scratch::new();
            scratch.write(archive, &bytes);
            let ran = scratch.run([archive, out]).ends(2).prints_nothing();
            let error = format!("mbox2eml: {archive}: no mailbox found\n");
            ran.says(&[&error, "check that mail was chosen for this export"]).says_nowhere(&["this folder"]);
            assert!(scratch.tree("out").is_empty(), "{archive}: {:?}", scratch.names("."));
            assert!(
                !scratch.path("new/out.zip").exists() && !scratch.path("new/out.zip.mbox2eml.partial").exists(),
                "{archive}"
            );
        }
    }
}

#[test]
fn an_archive_without_a_mailbox_does_not_stop_the_others() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.write("photos.zip", make::zip(&[Member::stored("a.jpg", "\u{ff}")]));
    let error = "mbox2eml: photos.zip: no mailbox found\n";
    scratch.run(["photos.zip", "in.mbox", "out"]).ends(1).says(&[error, "1 found = 1 written"]);
    assert_eq!(scratch.names("out"), [format!("in/{name}")]);
}

#[test]
fn in_a_searched_folder_an_archive_without_a_mailbox_is_skipped() {
    let (mbox, name, _) = one_message();
    let files = vec![("a.json".to_owned(), b"{}".to_vec())];
    for (archive, bytes) in archives(&files).into_iter().chain([("a.txt.gz", make::gzip(b"text"))]) {
        let scratch = Scratch::new();
        scratch.write("in/a.mbox", &mbox);
        scratch.write(format!("in/{archive}"), bytes);
        let ran = scratch.run(["in", "out"]).ends(0);
        ran.says(&["Skipped 1 file that is not a mailbox"]).counts(1, 1, 0);
        assert_eq!(scratch.names("out"), [format!("a/{name}")]);
    }
}

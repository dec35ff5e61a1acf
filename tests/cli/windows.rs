//! What only Windows does: short paths, names of devices, folders in which case does not count, files that are locked.

use std::fs::{File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt;

use crate::common::{Scratch, mailbox, one_message};

/// A mailbox with a message for each label.
fn labelled(labels: &[&str]) -> String {
    let one = |(number, label): (usize, &&str)| {
        format!(
            "From ann@example.org Mon Apr  1 12:{number:02}:00 2024\nX-Gmail-Labels: {label}\nSubject: {number}\n\n\
             Text\n\n"
        )
    };
    labels.iter().enumerate().map(one).collect()
}

/// Opens a file so that no other program can.
fn lock(scratch: &Scratch, name: &str) -> File {
    OpenOptions::new().read(true).share_mode(0).open(scratch.path(name)).unwrap()
}

#[test]
fn paths_may_be_longer_than_the_old_limit() {
    let scratch = Scratch::with_mailbox(one_message().0);
    let long = ["a-rather-long-name-of-a-folder-for-mail"; 9].join("/");
    assert!(long.len() > 260);
    for already_there in [0, 1] {
        scratch.run(["in.mbox", &long]).ends(0).counts(1, 1 - already_there, already_there);
    }
    scratch.run(["verify", "in.mbox", &long]).ends(0);
    let zip = format!("{long}.zip");
    scratch.run(["in.mbox", &zip]).ends(0);
    scratch.run(["verify", "in.mbox", &zip]).ends(0);
}

#[test]
fn names_of_devices_become_names_of_folders() {
    let labels = ["CON", "nul", "aux.txt", "Lpt1", "COM9.mail", "a:b", "a<b>|?*", "ends. ", "PRN/AUX"];
    let scratch = Scratch::with_mailbox(labelled(&labels));
    scratch.run(["--layout", "label", "in.mbox", "out"]).ends(0).counts(9, 9, 0);
    assert_eq!(scratch.names("out").len(), labels.len());
    scratch.run(["verify", "--layout", "label", "in.mbox", "out"]).ends(0);
}

#[test]
fn labels_that_differ_in_case_only_share_a_folder_and_lose_nothing() {
    let scratch = Scratch::with_mailbox(labelled(&["Work", "WORK", "work", "Work/a", "WORK/A"]));
    for already_there in [0, 5] {
        let ran = scratch.run(["--layout", "label", "in.mbox", "out"]).ends(0);
        ran.counts(5, 5 - already_there, already_there);
    }
    assert_eq!(scratch.names("out").len(), 5);
}

#[test]
fn a_locked_mailbox_is_a_failure_and_does_not_end_the_run() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", one_message().0);
    scratch.write("in/b.mbox", one_message().0);
    let locked = lock(&scratch, "in/a.mbox");
    scratch.run(["in", "out"]).ends(1).says(&["a.mbox"]).counts(1, 1, 0);
    drop(locked);
    scratch.run(["in", "out"]).ends(0).counts(2, 1, 1);
}

#[test]
fn a_locked_output_file_is_a_failure_and_found_later() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "Hello"), ("Two", "Hello")]));
    scratch.run(["in.mbox", "out"]).ends(0).counts(2, 2, 0);
    let name = format!("out/{}", scratch.names("out")[0]);
    let locked = lock(&scratch, &name);
    let ran = scratch.run(["in.mbox", "out"]).ends(1);
    assert!(ran.stderr.contains("1 failed"), "{ran:#?}");
    scratch.run(["verify", "in.mbox", "out"]).ends(1);
    drop(locked);
    scratch.run(["in.mbox", "out"]).ends(0).counts(2, 0, 2);
    assert_eq!(scratch.count("out"), 2);
}

#[test]
fn a_locked_archive_is_kept() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.run(["in.mbox", "mail.zip"]).ends(0);
    let bytes = scratch.read("mail.zip");
    let locked = lock(&scratch, "mail.zip");
    scratch.run(["in.mbox", "mail.zip"]).ends(2).says(&["mail.zip"]);
    drop(locked);
    assert_eq!(scratch.read("mail.zip"), bytes);
    scratch.run(["in.mbox", "mail.zip"]).ends(0).counts(1, 0, 1);
}

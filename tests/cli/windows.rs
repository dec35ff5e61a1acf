//! What only Windows does: short paths, names of devices, folders in which case does not count, files that are locked.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::archives::make::{Member, zip};
use crate::common::{Ran, Scratch, mailbox, one_message, wait_until};

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

/// An archive of mailboxes with these names, each of one message.
fn zip_of(names: &[&str]) -> Vec<u8> {
    zip(&names.iter().map(|name| Member::deflated(*name, one_message().0)).collect::<Vec<_>>())
}

/// Opens a file so that no other program can.
fn lock(scratch: &Scratch, name: &str) -> File {
    OpenOptions::new().read(true).share_mode(0).open(scratch.path(name)).unwrap()
}

/// Opens a file as a spreadsheet does: other programs may read it, and no more.
fn lock_as_spreadsheet(scratch: &Scratch, name: &str) -> File {
    const FILE_SHARE_READ: u32 = 1;
    OpenOptions::new().read(true).write(true).share_mode(FILE_SHARE_READ).open(scratch.path(name)).unwrap()
}

const CLOSE_IT: &str = "close the program that has it open, then run the same command again";

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
    // All of it: the mailbox in an archive in a folder, the manifest and the report.
    let archive = format!("in/{long}/mail.zip");
    scratch.write(&archive, zip_of(&["a/All mail.mbox"]));
    scratch.write(format!("in/{long}/Sent.mbox"), one_message().0);
    for (number, input) in ["in", &archive].into_iter().enumerate() {
        let [out, manifest, report] = ["out", "m.csv", "r.html"].map(|name| format!("{long}/{number}/{name}"));
        fs::create_dir_all(scratch.path(&long).join(number.to_string())).unwrap();
        scratch.run(["--manifest", &manifest, "--report", &report, input, &out]).ends(0);
        scratch.run(["verify", "--manifest", &manifest, &out]).ends(0);
        scratch.run(["inspect", input]).ends(0);
    }
    // As an administrator may give it, with what turns the limit off.
    let verbatim = format!(r"\\?\{}\verbatim", scratch.path(&long).display()).replace('/', r"\");
    scratch.run(["in.mbox", &verbatim]).ends(0).counts(1, 1, 0);
    assert_eq!(scratch.names(&format!("{long}/verbatim")), [one_message().1]);
}

#[test]
fn names_of_devices_become_names_of_folders() {
    let labels = ["CON", "nul", "aux.txt", "Lpt1", "COM9.mail", "a:b", "a<b>|?*", "ends. ", "PRN/AUX"];
    let scratch = Scratch::with_mailbox(labelled(&labels));
    scratch.run(["--layout", "label", "in.mbox", "out"]).ends(0).counts(9, 9, 0);
    assert_eq!(scratch.names("out").len(), labels.len());
    scratch.run(["verify", "--layout", "label", "in.mbox", "out"]).ends(0);
    // No other system has such files, but an archive may.
    let members = ["CON.mbox", "aux/nul.mbox", "mail. /Sent..mbox", "Lpt1 .mbox", "x/COM9.old.mbox", "a:b.mbox"];
    scratch.write("mail.zip", zip_of(&members));
    for already_there in [0, 6] {
        scratch.run(["mail.zip", "members"]).ends(0).counts(6, 6 - already_there, already_there);
    }
    assert_eq!(scratch.names("members").len(), members.len(), "{:?}", scratch.names("members"));
    let subjects = ["CON", "nul.txt", "aux ", "...", "COM1"].map(|subject| (subject, "x"));
    scratch.write("subjects.mbox", mailbox(&subjects));
    scratch.run(["--name", "{subject}", "subjects.mbox", "subjects"]).ends(0).counts(5, 5, 0);
    assert_eq!(scratch.count("subjects"), 5);
}

#[test]
fn an_output_that_is_a_device_is_refused() {
    let scratch = Scratch::with_mailbox(one_message().0);
    for output in ["NUL", "con", "nul/out"] {
        scratch.run(["in.mbox", output]).ends(2);
    }
    assert_eq!(scratch.names("."), ["in.mbox"]);
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
fn names_that_differ_in_case_only_are_two() {
    let scratch = Scratch::new();
    scratch.write("mail.zip", zip_of(&["Sent.mbox", "SENT.mbox", "a/sent.mbox"]));
    scratch.write("in.mbox", mailbox(&[("Lunch", "1"), ("LUNCH", "2"), ("lunch", "3")]));
    for already_there in [0, 3] {
        scratch.run(["mail.zip", "out"]).ends(0).counts(3, 3 - already_there, already_there);
        scratch.run(["--name", "{subject}", "in.mbox", "names"]).ends(0).counts(3, 3 - already_there, already_there);
    }
    assert_eq!((scratch.names("out").len(), scratch.count("names")), (3, 3));
}

#[test]
fn a_path_may_be_spelled_in_another_case() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", one_message().0);
    scratch.run(["in/a.mbox", "out"]).ends(0).counts(1, 1, 0);
    scratch.run([r"IN\*.MBOX", "OUT"]).ends(0).counts(1, 0, 1);
    scratch.run(["in", r"IN\A.mbox", r".\In", "twice"]).ends(0).counts(1, 1, 0);
    for output in [r"IN", r".\in"] {
        scratch.run(["in", output]).ends(2);
    }
    scratch.run(["in/a.mbox", "other", "--manifest", r"IN\A.mbox"]).ends(2);
    assert_eq!(scratch.names("in"), ["a.mbox"]);
}

#[test]
fn read_only_files_of_an_earlier_run_are_already_there() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.run(["in.mbox", "out"]).ends(0);
    let set_read_only = |is_so| {
        let file = scratch.path("out").join(one_message().1);
        let mut permissions = fs::metadata(&file).unwrap().permissions();
        permissions.set_readonly(is_so);
        fs::set_permissions(file, permissions).unwrap();
    };
    set_read_only(true);
    scratch.run(["in.mbox", "out"]).ends(0).counts(1, 0, 1);
    scratch.run(["verify", "in.mbox", "out"]).ends(0);
    set_read_only(false);
}

#[test]
fn a_file_that_another_run_is_writing_is_left_to_it() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", &mbox);
    scratch.write("in/b.mbox", &mbox);
    let file = format!("out/b/{name}");
    scratch.write(&file, &eml[..20]);
    let mut other = OpenOptions::new().read(true).write(true).open(scratch.path(&file)).unwrap();
    other.lock().unwrap();
    let run = scratch.program().args(["in", "out"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("the other mailbox is converted", || scratch.path(format!("out/a/{name}")).exists());
    // Enough for a run that does not wait to complete the file.
    thread::sleep(Duration::from_millis(500));
    other.seek(SeekFrom::Start(20)).unwrap();
    other.write_all(b"!\r\n").unwrap();
    drop(other);
    Ran::from(run.wait_with_output().unwrap()).ends(0).counts(2, 2, 0);
    assert_eq!(scratch.read(&file), [&eml[..20], b"!\r\n"].concat());
    assert_eq!(scratch.read(file.replace(".eml", "~2.eml")), eml);
}

#[test]
fn an_archive_that_another_run_is_writing_is_left_to_it() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.write("mail.zip.mbox2eml.partial", "PK");
    let other = OpenOptions::new().write(true).open(scratch.path("mail.zip.mbox2eml.partial")).unwrap();
    other.lock().unwrap();
    scratch.run(["in.mbox", "mail.zip"]).ends(2).says(&["another run is writing to it"]);
    drop(other);
    scratch.run(["in.mbox", "mail.zip"]).ends(0).counts(1, 1, 0);
    assert_eq!(scratch.names("."), ["in.mbox", "mail.zip"]);
}

#[test]
fn a_manifest_that_a_spreadsheet_has_open_is_kept() {
    let scratch = Scratch::with_mailbox(one_message().0);
    let args = ["in.mbox", "out", "--manifest", "m.csv"];
    scratch.run(args).ends(0);
    let (before, open) = (scratch.tree("."), lock_as_spreadsheet(&scratch, "m.csv"));
    for _ in 0..2 {
        scratch.run(args).ends(2).says(&["m.csv: cannot write this manifest", CLOSE_IT]);
    }
    scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(0);
    drop(open);
    assert_eq!(scratch.tree("."), before);
    scratch.run(args).ends(0).says(&["kept as m~1.csv"]);
}

#[test]
fn a_locked_mailbox_is_a_failure_and_does_not_end_the_run() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", one_message().0);
    scratch.write("in/b.mbox", one_message().0);
    let locked = lock(&scratch, "in/a.mbox");
    scratch.run(["in", "out"]).ends(1).says(&["a.mbox: cannot open", CLOSE_IT]).counts(1, 1, 0);
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

//! A ZIP that cannot be written: no half of one is left, and what to do is said.

use super::read::entries_of;
use crate::common::{Ran, Scratch, mailbox, one_message};
use crate::output_faults::{NO_ROOM, READ_ONLY, SMALL, convert_twice};
use crate::permissions::{allow, program_bound_by_permissions};

/// 20 messages of 40 KiB, of which six fit on the small disk if they are stored.
fn long_messages() -> String {
    let body = "A line of a long message\n".repeat(1600);
    mailbox(&[("Long", body.trim_end()); 20])
}

#[test]
fn a_full_disk_leaves_no_archive_and_a_rerun_makes_it() {
    for options in ["--threads 1", "--threads 3 --fsync"] {
        let scratch = Scratch::with_mailbox(long_messages());
        scratch.run(["--compression", "0", "in.mbox", "elsewhere/mail.zip"]).ends(0);
        let args = format!("{options} --json --compression 0 in.mbox disk/out/mail.zip");
        let Some((first, second)) = convert_twice(&scratch, &SMALL, &args, "disk/out") else { return };
        let first = first.ends(2).says(&[NO_ROOM, "Aborted: ", "archives  none\n"]);
        assert_eq!(first.stderr.matches("mbox2eml: ").count(), 1, "{first:#?}");
        assert_eq!(scratch.names("first"), [""; 0]);
        let json = first.json();
        assert_eq!((&json["messages"]["written"], &json["complete"]), (&0.into(), &false.into()));
        assert_eq!(json["messages"]["found"], json["messages"]["failed"]);
        assert_eq!(json["folders"], serde_json::json!({}));
        assert!(!first.stderr.contains("  folders"), "{first:#?}");
        second.ends(0).counts(20, 20, 0);
        assert!(scratch.tree("second") == scratch.tree("elsewhere"));
    }
}

#[test]
fn a_full_disk_keeps_the_volumes_finished_before() {
    let scratch = Scratch::with_mailbox(long_messages());
    let options = "--compression 0 --zip-max-entries 2 in.mbox";
    scratch.run(options.split(' ').chain(["elsewhere/mail.zip"])).ends(0);
    let args = format!("--json {options} disk/out/mail.zip");
    let Some((first, second)) = convert_twice(&scratch, &SMALL, &args, "disk/out") else { return };
    let json = first.ends(2).says(&[NO_ROOM, "Aborted: "]).json();
    let (before, after) = (scratch.tree("first"), scratch.tree("elsewhere"));
    assert!((1..10).contains(&before.len()), "{:?}", before.keys());
    before.iter().for_each(|(name, bytes)| assert!(after[name] == *bytes, "{name} is not whole"));
    let written = 2 * u64::try_from(before.len()).unwrap();
    assert_eq!(json["messages"]["written"], written);
    second.ends(0).counts(20, 20 - written, written);
    assert!(scratch.tree("second") == after);
}

#[test]
fn a_disk_that_is_full_at_the_end_leaves_no_archive() {
    // The messages fit, and the directory of their long names does not.
    let subject = "A subject that fills its name as far as a name may be filled ".repeat(3);
    let scratch = Scratch::with_mailbox(mailbox(&vec![(subject.trim_end(), "x"); 760]));
    let args = "--compression 0 in.mbox disk/out/mail.zip";
    let Some((first, second)) = convert_twice(&scratch, &SMALL, args, "disk/out") else { return };
    first.ends(2).says(&[NO_ROOM]);
    assert_eq!(scratch.names("first"), [""; 0]);
    second.ends(0).counts(760, 760, 0);
    assert_eq!(entries_of(&scratch, "second/mail.zip").len(), 760);
}

#[test]
fn a_read_only_disk_is_reported_once() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x"); 40]));
    let Some((first, second)) = convert_twice(&scratch, &READ_ONLY, "in.mbox disk/mail.zip", "disk") else { return };
    let error = "mbox2eml: disk/mail.zip: cannot write this archive: Read-only file system (os error 30)\n  \
                 choose an output that you may write to\n";
    assert_eq!(first.ends(2).stderr, error);
    second.ends(0).counts(40, 40, 0);
}

#[test]
fn a_folder_that_may_not_be_written_is_reported() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    std::fs::create_dir(scratch.path("locked")).unwrap();
    allow(&scratch, "locked", 0o555);
    let Some(mut command) = program_bound_by_permissions(&scratch) else { return };
    let error = "mbox2eml: locked/out.zip: cannot write this archive: Permission denied (os error 13)\n  \
                 choose an output that you may write to\n";
    Ran::of(command.args(["in.mbox", "locked/out.zip"])).ends(2).prints_nothing().says_just(error);
    assert_eq!(scratch.names("locked"), [""; 0]);
}

#[test]
fn a_zip_below_a_file_is_reported() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.write("file", "somebody's");
    scratch.run(["in.mbox", "file/out.zip"]).ends(2).says(&["mbox2eml: file: cannot create this folder: "]);
    assert_eq!(scratch.read("file"), b"somebody's");
}

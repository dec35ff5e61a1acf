//! Disks that are full when several mailboxes are written, and files that may not become long.

use super::{assert_starts, four_mailboxes};
use crate::broken_pipes::shell;
use crate::common::Scratch;
use crate::output_faults::{NO_ROOM, SMALL, convert_twice};

#[test]
fn a_disk_full_in_one_of_several_mailboxes_stops_all_and_a_rerun_completes_them() {
    for options in ["in", "--threads 1 --layout label in", "--no-mmap --layout date in"] {
        let scratch = four_mailboxes();
        scratch.run(options.split(' ').chain(["elsewhere"])).ends(0);
        let args = format!("{options} disk/out");
        let Some((first, second)) = convert_twice(&scratch, &SMALL, &args, "disk/out") else { return };
        let first = first.ends(2).says(&[NO_ROOM, "Aborted: "]);
        assert_eq!(first.stderr.matches("mbox2eml: ").count(), 1, "{first:#?}");
        let expected = scratch.tree("elsewhere");
        assert_starts(&scratch.tree("first"), &expected);
        second.ends(0);
        assert!(scratch.tree("second") == expected, "{options}");
    }
}

#[test]
fn a_disk_full_in_volumes_of_several_mailboxes_keeps_those_that_are_whole() {
    let scratch = four_mailboxes();
    let options = "--compression 0 --zip-max-entries 10 in";
    scratch.run(options.split(' ').chain(["elsewhere/mail.zip"])).ends(0);
    let args = format!("{options} disk/out/mail.zip");
    let Some((first, second)) = convert_twice(&scratch, &SMALL, &args, "disk/out") else { return };
    first.ends(2).says(&[NO_ROOM, "Aborted: "]);
    let expected = scratch.tree("elsewhere");
    scratch.tree("first").iter().for_each(|(name, bytes)| assert!(expected[name] == *bytes, "{name} is not whole"));
    second.ends(0);
    assert!(scratch.tree("second") == expected);
}

#[test]
fn a_run_ended_by_the_limit_of_a_file_s_length_is_completed_by_the_next() {
    for output in ["mail", "mail.zip"] {
        let scratch =
            Scratch::with_mailbox(crate::common::mailbox(&[("Long", &"A long body.\n".repeat(20_000)), ("B", "2")]));
        let compression = if output == "mail" { "" } else { "--compression 0" };
        let ran = shell(&scratch, &format!("ulimit -f 64; exec \"$0\" {compression} in.mbox out/{output}"));
        assert_eq!(ran.code, None, "the system did not end it: {ran:#?}");
        assert!(!scratch.path("out/mail.zip").exists());
        for folder in ["out", "elsewhere"] {
            let line = format!("exec \"$0\" {compression} in.mbox {folder}/{output}");
            shell(&scratch, &line).ends(0);
        }
        assert!(scratch.tree("out") == scratch.tree("elsewhere"));
    }
}

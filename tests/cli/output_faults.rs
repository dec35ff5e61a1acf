//! An output that cannot be written: it is no folder, or the disk is full.

use std::fs;
use std::process::Command;

use crate::common::{PROGRAM, Ran, Scratch, clean, mailbox, one_message};
use crate::held::Held;
use crate::support::skip::skip;

#[test]
fn an_output_that_is_a_file_is_refused_and_stays() {
    let (mbox, ..) = one_message();
    for options in [&[][..], &["--json"]] {
        let scratch = Scratch::with_mailbox(&mbox);
        scratch.write("out", "somebody's");
        let error = "mbox2eml: out: OUTPUT must be a folder or a path ending in .zip, and this is a file";
        scratch.run(options.iter().chain(&["in.mbox", "out"])).ends(2).prints_nothing().says(&[error]);
        scratch.run(["in.mbox", "out/below"]).ends(2).says(&["mbox2eml: out/below: cannot create this folder: "]);
        assert_eq!(scratch.read("out"), b"somebody's");
    }
}

#[test]
fn a_forgotten_output_harms_no_mailbox() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.write("b.mbox", &mbox);
    let before = scratch.state(".");
    scratch
        .run(["in.mbox", "b.mbox"])
        .ends(2)
        .says(&["looks like an INPUT; did you mean:\n  mbox2eml in.mbox b.mbox mail-eml\n"]);
    assert_eq!(scratch.state("."), before);
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mailbox(&[("Two", "Hi")]));
    scratch.write("first.mbox", mbox);
    let mut first = Held::run(&scratch, "first.mbox", ["first.mbox", "out"]);
    first.wait_until_open();
    for _ in 0..2 {
        scratch.run(["-q", "in.mbox", "out"]).ends(2).prints_nothing().says_just(
            "mbox2eml: out: cannot use this folder: another run is writing to it\n  \
             wait until it ends, or use another output\n",
        );
        assert_eq!(scratch.count("out"), 0);
    }
    scratch.run(["in.mbox", "elsewhere"]).ends(0);
    first.finish().ends(0).counts(1, 1, 0);
    assert_eq!(scratch.read(format!("out/{name}")), eml);
    scratch.run(["in.mbox", "out"]).ends(0).counts(1, 1, 0);
    assert_eq!(scratch.count("out"), 2);
}

#[test]
fn one_cause_of_many_errors_is_reported_three_times_and_then_summed_up() {
    for (messages, more) in [(3, None), (4, Some("mbox2eml: and 1 more error\n")), (30, Some("and 27 more errors\n"))] {
        let scratch = Scratch::with_mailbox(mailbox(&vec![("A", "x"); messages]));
        scratch.write("out/file", "somebody's");
        let ran = scratch.run(["--name", "file/{index}", "in.mbox", "out"]).ends(2).says(more.as_slice());
        assert_eq!(ran.stderr.matches("): cannot write file/").count(), 3, "{ran:#?}");
        assert_eq!(ran.stderr.matches("  choose another name, or move away ").count(), 1, "{ran:#?}");
        assert_eq!(ran.stderr.contains(" more error"), more.is_some(), "{ran:#?}");
        assert_eq!(scratch.tree("out").into_values().collect::<Vec<_>>(), [b"somebody's"]);
    }
}

/// A shell that may mount, in namespaces of its own that end with it. `None` where that is not allowed.
pub(crate) fn shell_that_mounts(scratch: &Scratch, script: &str) -> Option<Command> {
    fs::create_dir_all(scratch.path("disk")).unwrap();
    for options in ["-m", "-Urm"] {
        let shell = |script: &str| {
            let mut shell = clean(Command::new("unshare"), &scratch.path("."));
            shell.args([options, "sh", "-c", script, PROGRAM]);
            shell
        };
        let tried = shell("mount -t tmpfs -o size=64k none disk").output();
        if tried.is_ok_and(|output| output.status.success()) {
            return Some(shell(script));
        }
    }
    skip("mounting a small disk is not allowed");
    None
}

/// A small disk at `disk`.
pub(crate) struct Disk {
    /// Options of its mounting.
    mount: &'static str,
    /// What fills it in the shell, and what makes room again.
    fill: &'static str,
    room: &'static str,
}

/// 256 KiB are free until there is room.
pub(crate) const SMALL: Disk =
    Disk { mount: "size=16m", fill: "head -c 16515072 /dev/zero > disk/ballast", room: "rm disk/ballast" };

/// Files can be made no more long before the disk is full.
const FEW_NAMES: Disk = Disk {
    mount: "nr_inodes=100",
    fill: "mkdir disk/ballast; for i in $(seq 75); do : > disk/ballast/$i; done",
    room: "rm -r disk/ballast",
};

/// Nothing can be written until it is taken away.
pub(crate) const READ_ONLY: Disk = Disk { mount: "ro", fill: ":", room: "umount disk" };

/// Converts onto the disk, makes room, converts again. Copies of the folder `out` after each run are left in `first` and
/// `second`.
pub(crate) fn convert_twice(scratch: &Scratch, disk: &Disk, args: &str, out: &str) -> Option<(Ran, Ran)> {
    let Disk { mount, fill, room } = disk;
    let script = format!(
        "mount -t tmpfs -o {mount} none disk && {{ {fill}; }} || exit 99
         \"$0\" {args} 2> first.err > first.json; echo $? > first.code; cp -rp {out} first
         {room} || exit 98
         \"$0\" {args} 2> second.err > second.json; echo $? > second.code; cp -rp {out} second"
    );
    Ran::of(&mut shell_that_mounts(scratch, &script)?).ends(0);
    let text = |name: String| String::from_utf8(scratch.read(name)).unwrap();
    let ran = |run: &str| Ran {
        code: text(format!("{run}.code")).trim().parse().ok(),
        stdout: text(format!("{run}.json")),
        stderr: text(format!("{run}.err")),
    };
    Some((ran("first"), ran("second")))
}

pub(crate) const NO_ROOM: &str = "No space left on device (os error 28)\n  \
    free some space, then run the same command again: it completes what is there\n";

#[test]
fn a_full_disk_stops_the_run_and_a_rerun_completes_it() {
    // 20 messages of 40 KiB; the sixth or seventh finds no room, and a part of it is there.
    let body = "A line of a long message\n".repeat(1600);
    let mbox = mailbox(&[("Long", body.trim_end()); 20]);
    for options in ["--threads 1", "--threads 3", "--no-mmap", "--fsync"] {
        let scratch = Scratch::with_mailbox(&mbox);
        scratch.run(["in.mbox", "elsewhere"]).ends(0);
        let args = format!("{options} in.mbox disk/out");
        let Some((first, second)) = convert_twice(&scratch, &SMALL, &args, "disk/out") else { return };

        let first = first.ends(2).says(&[NO_ROOM, "Aborted: "]);
        let error = first.stderr.lines().next().unwrap();
        assert!(error.starts_with("mbox2eml: in.mbox: message ") && error.contains("): cannot write 0000"), "{error}");
        let (before, after) = (scratch.tree("first"), scratch.tree("elsewhere"));
        assert!(before.len() < 20 && before.len() > 3, "{}", before.len());
        for (name, bytes) in &before {
            assert!(after[name].starts_with(bytes), "{name} is no start of its message");
        }
        assert!(before.iter().any(|(name, bytes)| after[name] == *bytes), "nothing was whole");

        second.ends(0).says(&["20 found = "]);
        assert!(scratch.state("second") == scratch.state("elsewhere"), "{options}");
    }
}

#[test]
fn a_full_disk_names_its_file_and_message() {
    let body = "x".repeat(100_000);
    let scratch = Scratch::with_mailbox(mailbox(&[("A", &body), ("B", &body), ("C", &body)]));
    let Some((first, _)) = convert_twice(&scratch, &SMALL, "--threads 1 --json in.mbox disk/out", "disk/out") else {
        return;
    };
    let error = format!(
        "mbox2eml: in.mbox: message 3 (byte 200120, line 11): cannot write 000003_20240401T120200Z_C.eml: {NO_ROOM}"
    );
    let first = first.ends(2).says(&[&error]);
    let messages = &first.json()["messages"];
    assert_eq!((&messages["found"], &messages["written"], &messages["failed"]), (&3.into(), &2.into(), &1.into()));
}

#[test]
fn a_disk_without_room_for_another_name_is_full_too() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x"); 40]));
    let args = "--threads 1 in.mbox disk/out";
    let Some((first, second)) = convert_twice(&scratch, &FEW_NAMES, args, "disk/out") else {
        return;
    };
    first.ends(2).says(&[NO_ROOM]);
    second.ends(0).says(&["40 found = "]);
    assert_eq!(scratch.count("second"), 40);
}

#[test]
fn a_read_only_disk_stops_the_run() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x"); 40]));
    let Some((first, second)) = convert_twice(&scratch, &READ_ONLY, "in.mbox disk", "disk") else { return };
    let errors =
        first.ends(2).says(&["Read-only file system (os error 30)\n  choose an output that you may write to\n"]);
    assert_eq!(errors.stderr.matches("mbox2eml: ").count(), 1, "reported for each message: {errors:#?}");
    second.ends(0).counts(40, 40, 0);
}

//! Runs killed at moments drawn by lot, each going on from what the one before left.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use super::{assert_starts, four_mailboxes};
use crate::archives::make::{Member, zip};
use crate::choice::combinations::Draw;
use crate::common::{Scratch, Tree};

/// So often each run is killed, and so often that is tried: a run may end before its moment comes.
const KILLS: usize = 6;
const TRIES: usize = 200;

/// Kills the command again and again, lets it end, and holds what it made against an undisturbed run.
fn kill_and_complete(scratch: &Scratch, args: &str, output: &str, seed: u64) {
    let to = |folder: &str| [args.split(' ').map(str::to_owned).collect(), vec![format!("{folder}/{output}")]].concat();
    let begun = Instant::now();
    scratch.run(to("undisturbed")).ends(0);
    let (lasts, expected) = (begun.elapsed(), scratch.tree("undisturbed"));
    let (mut draw, mut kills) = (Draw(seed), 0);
    for _ in 0..TRIES {
        let mut child = scratch.program().args(to("out")).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(lasts * u32::try_from(draw.below(1000)).unwrap() / 1000);
        child.kill().unwrap();
        let was_killed = child.wait().unwrap().signal() == Some(9);
        let (archives, files) = scratch.tree("out").into_iter().partition(|(name, _)| name.ends_with(".zip"));
        check_archives(&archives, &expected);
        let is_in_work = |name: &String| name.ends_with(".mbox2eml.partial");
        assert_starts(&files.into_iter().filter(|(name, _)| !is_in_work(name)).collect(), &expected);
        if was_killed {
            kills += 1;
        } else {
            fs::remove_dir_all(scratch.path("out")).unwrap();
        }
        if kills == KILLS {
            scratch.run(to("out")).ends(0);
            assert!(scratch.tree("out") == expected, "{args}: {:?}", scratch.names("out"));
            return;
        }
    }
    panic!("it was killed {kills} times only");
}

/// What has the name of an archive is whole.
#[track_caller]
fn check_archives(written: &Tree, expected: &Tree) {
    written.iter().for_each(|(name, bytes)| assert!(expected[name] == *bytes, "{name} is not whole"));
}

#[test]
fn several_mailboxes_into_a_folder() {
    kill_and_complete(&four_mailboxes(), "in", "mail", 1);
    kill_and_complete(&four_mailboxes(), "--no-mmap --threads 1 in", "mail", 2);
}

#[test]
fn a_copy_for_each_label() {
    kill_and_complete(&four_mailboxes(), "--layout label --label-copies all --dedup content in", "mail", 3);
}

#[test]
fn several_mailboxes_into_volumes() {
    kill_and_complete(&four_mailboxes(), "--zip-max-entries 30 in", "mail.zip", 4);
}

#[test]
fn several_mailboxes_into_one_archive() {
    kill_and_complete(&four_mailboxes(), "in", "mail.zip", 5);
}

#[test]
fn parts_of_an_archive_into_a_folder_and_into_volumes() {
    let scratch = four_mailboxes();
    for (part, files) in [("1.zip", ["a.mbox", "b.mbox"]), ("2.zip", ["c/d.mbox", "e.mbox"])] {
        let members = files.map(|file| Member::deflated(file, scratch.read(format!("in/{file}"))));
        scratch.write(part, zip(&members));
    }
    kill_and_complete(&scratch, "1.zip 2.zip", "mail", 6);
    fs::remove_dir_all(scratch.path("undisturbed")).unwrap();
    fs::remove_dir_all(scratch.path("out")).unwrap();
    kill_and_complete(&scratch, "--zip-max-size 100kB 1.zip 2.zip", "mail.zip", 7);
}

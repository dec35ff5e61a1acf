//! Runs killed after as many files as were drawn by lot, each going on from what the one before left.

use std::fs;

use super::{assert_starts, count, four_mailboxes};
use crate::archives::make::{Member, zip};
use crate::choice::combinations::Draw;
use crate::common::{Scratch, Tree, one_message};
use crate::held::Held;

/// So often each run is killed.
const KILLS: usize = 6;

/// Kills the command again and again, lets it end, and compares what it made with an undisturbed run.
///
/// A further mailbox comes last and is a pipe, so that no run ends before it is killed.
fn kill_and_complete(scratch: &Scratch, args: &str, output: &str, seed: u64) {
    const LAST: &str = "last.mbox";
    scratch.write(LAST, one_message().0);
    let to = |folder: &str| args.split(' ').chain([LAST]).map(str::to_owned).chain([format!("{folder}/{output}")]);
    scratch.run(to("undisturbed")).ends(0);
    let expected = scratch.tree("undisturbed");
    let mut draw = Draw(seed);
    for _ in 0..KILLS {
        // All files but that of the last message; of a single archive, the one that is being written.
        let files = draw.below(expected.len().max(2));
        let args: Vec<String> = to("out").collect();
        let mut run = Held::run(scratch, LAST, args.iter().map(String::as_str));
        run.wait_until("so many files are there", || count(&scratch.path("out")) >= files);
        run.kill();
        let (archives, files) = scratch.tree("out").into_iter().partition(|(name, _)| name.ends_with(".zip"));
        check_archives(&archives, &expected);
        let is_unfinished = |name: &String| name.ends_with(".mbox2eml.partial");
        assert_starts(&files.into_iter().filter(|(name, _)| !is_unfinished(name)).collect(), &expected);
    }
    scratch.run(to("out")).ends(0);
    assert!(scratch.tree("out") == expected, "{args}: {:?}", scratch.names("out"));
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

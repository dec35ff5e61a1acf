//! The same command again: finished archives stay as they are, and files of others are not touched.

use std::fs;

use super::make::{Member, zip};
use super::read::{entries_of, tree_of};
use crate::common::{MOVE_IT, Scratch, large_mailbox, mailbox};

fn three() -> Scratch {
    Scratch::with_mailbox(mailbox(&[("A", "1"), ("B", "2"), ("C", "3")]))
}

/// The run fails, says that, and changes nothing.
#[track_caller]
fn refuses<'a>(scratch: &Scratch, args: impl IntoIterator<Item = &'a str>, why: &str) {
    let before = scratch.state(".");
    let ran = scratch.run(args).ends(2).prints_nothing().says(&[why, MOVE_IT]);
    assert_eq!(ran.stderr.matches("mbox2eml: ").count(), 1, "{ran:#?}");
    assert!(scratch.state(".") == before, "{:?}", scratch.names("."));
}

#[test]
fn a_zip_that_is_there_already_is_not_written_again() {
    let scratch = three();
    scratch.run(["in.mbox", "out.zip"]).ends(0).counts(3, 3, 0);
    let before = scratch.state(".");
    for options in [&[][..], &["--no-mmap"], &["--threads", "1"], &["--fsync"], &["--zip-max-entries", "3"]] {
        let ran = scratch.run(options.iter().chain(&["--json", "in.mbox", "out.zip"])).ends(0);
        ran.says(&["  archive   out.zip ("]).counts(3, 0, 3);
        assert!(scratch.state(".") == before, "{options:?}");
    }
}

#[test]
fn volumes_that_are_there_already_are_not_written_again() {
    let scratch = Scratch::with_mailbox(large_mailbox(500));
    let args = ["--zip-max-size", "20kB", "in.mbox", "mail/out.zip"];
    scratch.run(args).ends(0).counts(500, 500, 0);
    assert!(scratch.count("mail") > 3);
    let before = scratch.state(".");
    scratch.run(args).ends(0).counts(500, 0, 500);
    assert!(scratch.state(".") == before);
}

#[test]
fn a_read_only_zip_of_an_earlier_run_is_already_there() {
    let scratch = three();
    scratch.run(["in.mbox", "out.zip"]).ends(0);
    let mut permissions = fs::metadata(scratch.path("out.zip")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(scratch.path("out.zip"), permissions).unwrap();
    scratch.run(["in.mbox", "out.zip"]).ends(0).counts(3, 0, 3);
}

#[test]
fn another_s_file_under_the_name_stays_as_it_is() {
    let scratch = three();
    scratch.run(["in.mbox", "mine.zip"]).ends(0);
    let mine = scratch.read("mine.zip");
    let mut other = mine.clone();
    other[mine.len() / 2] ^= 1;
    let longer = [&mine[..], b"x"].concat();
    for bytes in [b"somebody's".to_vec(), Vec::new(), mine[..mine.len() - 1].to_vec(), longer, other] {
        scratch.write("out.zip", &bytes);
        let error = "out.zip exists and has different contents from what this run would write";
        refuses(&scratch, ["in.mbox", "out.zip"], error);
    }
}

#[test]
fn a_zip_of_a_shorter_mailbox_or_of_other_options_stays_as_it_is() {
    let long = "The same again.\n".repeat(99);
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "1"), ("B", &long)]));
    scratch.write("longer.mbox", mailbox(&[("A", "1"), ("B", &long), ("C", "3")]));
    scratch.run(["in.mbox", "out.zip"]).ends(0);
    let error = "out.zip exists and has different contents from what this run would write";
    refuses(&scratch, ["longer.mbox", "out.zip"], error);
    refuses(&scratch, ["--compression", "0", "in.mbox", "out.zip"], error);
    refuses(&scratch, ["--eol", "lf", "in.mbox", "out.zip"], error);
}

#[test]
fn another_s_file_under_the_name_of_a_later_volume_stays_as_it_is() {
    for (at, finished) in [("out-001.zip", 0), ("out-002.zip", 1), ("out-003.zip", 2)] {
        let scratch = three();
        scratch.write(at, "somebody's");
        let args = ["--zip-max-entries", "1", "in.mbox", "out.zip"];
        let error = format!("{at} exists and has different contents from what this run would write{MOVE_IT}");
        // The volumes before it are written, and are there already the second time.
        for already_there in [false, true] {
            let before = scratch.state(".");
            scratch.run(args).ends(2).says(&[&error]);
            assert!(!already_there || scratch.state(".") == before, "{at}");
            assert_eq!(scratch.read(at), b"somebody's");
            let volumes = ["out-001.zip", "out-002.zip", "out-003.zip"];
            volumes[..finished].iter().for_each(|name| assert_eq!(entries_of(&scratch, name).len(), 1));
            assert_eq!(scratch.names(".").len(), finished + 2, "{:?}", scratch.names("."));
        }
        fs::remove_file(scratch.path(at)).unwrap();
        scratch.run(args).ends(0).says(&["3 found = "]);
        assert_eq!(scratch.names("."), ["in.mbox", "out-001.zip", "out-002.zip", "out-003.zip"]);
    }
}

#[test]
fn volumes_and_a_single_zip_are_never_mixed() {
    let several = ["--zip-max-entries", "2", "in.mbox", "out.zip"];
    let one = ["in.mbox", "out.zip"];
    let scratch = three();
    scratch.run(one).ends(0);
    refuses(&scratch, several, "out.zip already exists");

    let scratch = three();
    scratch.run(several).ends(0);
    refuses(&scratch, one, "out-001.zip already exists");
}

#[test]
fn volumes_of_a_longer_run_are_reported() {
    let scratch = three();
    let args = ["--zip-max-entries", "1", "in.mbox", "out.zip"];
    scratch.run(args).ends(0);
    let longer = scratch.read("in.mbox");
    scratch.write("in.mbox", mailbox(&[("A", "1"), ("B", "2")]));
    refuses(&scratch, args, "everything was written, but out-003.zip exists from a run with more volumes");
    scratch.write("in.mbox", longer);
    scratch.run(args).ends(0).counts(3, 0, 3);
}

#[test]
fn what_an_interrupted_run_left_is_replaced() {
    let scratch = three();
    scratch
        .write("out.zip.mbox2eml.partial", "PK\x03\x04 and something long that a killed run has left here".repeat(99));
    scratch.run(["in.mbox", "out.zip"]).ends(0).counts(3, 3, 0);
    assert_eq!(entries_of(&scratch, "out.zip").len(), 3);
    assert_eq!(scratch.names("."), ["in.mbox", "out.zip"]);
}

#[test]
fn what_an_interrupted_run_left_in_the_input_is_no_archive() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", large_mailbox(300));
    scratch.run(["in", "expected.zip"]).ends(0);
    let whole = scratch.read("expected.zip");
    scratch.write("in/out.zip.mbox2eml.partial", &whole[..whole.len() / 2]);
    scratch.run(["in", "in/out.zip"]).ends(0).counts(300, 300, 0);
    assert!(scratch.read("in/out.zip") == whole);
}

#[test]
fn an_output_in_the_searched_folder_is_no_input() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("A", "1"), ("B", "2")]));
    scratch.run(["in", "in/out.zip"]).ends(0).counts(2, 2, 0);
    scratch.run(["in", "in/out.zip"]).ends(0).counts(2, 0, 2);
    assert_eq!(scratch.names("in"), ["a.mbox", "out.zip"]);
    assert_eq!(tree_of(&scratch, "in/out.zip").len(), 2);
}

#[test]
fn an_archive_is_never_its_own_output() {
    let scratch = three();
    scratch.run(["in.mbox", "out.zip"]).ends(0);
    let before = scratch.state(".");
    for args in [["out.zip", "out.zip"], ["out.zip", "./out.zip"]] {
        let error = "INPUT and OUTPUT are the same";
        scratch.run(args).ends(2).says(&[error]);
        assert!(scratch.state(".") == before);
    }
}

#[test]
fn a_folder_called_like_a_zip_gets_the_files() {
    let scratch = three();
    fs::create_dir(scratch.path("out.zip")).unwrap();
    scratch.run(["in.mbox", "out.zip"]).ends(0).counts(3, 3, 0);
    assert_eq!(scratch.count("out.zip"), 3);
    let before = scratch.state(".");
    let error = "--zip-max-entries is for ZIPs, and OUTPUT is a folder";
    scratch.run(["--zip-max-entries", "2", "in.mbox", "out.zip"]).ends(2).says(&[error]);
    assert!(scratch.state(".") == before);
}

#[test]
fn a_folder_in_the_place_of_a_volume_stays() {
    let scratch = three();
    scratch.write("out-001.zip/file", "somebody's");
    let args = ["--zip-max-entries", "2", "in.mbox", "out.zip"];
    refuses(&scratch, args, "it exists and is not a file");

    let scratch = three();
    scratch.write("out-002.zip/file", "somebody's");
    scratch.run(args).ends(2).says(&["it exists and is not a file", MOVE_IT]);
    assert_eq!(scratch.names("."), ["in.mbox", "out-001.zip", "out-002.zip/file"]);
    assert_eq!(entries_of(&scratch, "out-001.zip").len(), 2);
}

#[test]
fn a_folder_in_the_place_of_the_partial_file_stays() {
    let scratch = three();
    scratch.write("out.zip.mbox2eml.partial/file", "somebody's");
    let before = scratch.state(".");
    scratch.run(["in.mbox", "out.zip"]).ends(2).says(&["mbox2eml: out.zip: cannot write this archive: "]);
    assert!(scratch.state(".") == before);
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::pipes::make_pipe;

    #[test]
    fn a_link_in_the_place_of_the_zip_is_not_written_through() {
        let scratch = three();
        scratch.run(["in.mbox", "mine.zip"]).ends(0);
        scratch.write("theirs", "somebody's");
        for target in ["theirs", "nowhere", "mine.zip"] {
            symlink(target, scratch.path("out.zip")).unwrap();
            refuses(&scratch, ["in.mbox", "out.zip"], "it exists and is not a file");
            fs::remove_file(scratch.path("out.zip")).unwrap();
        }
    }

    #[test]
    fn a_link_in_the_place_of_the_partial_file_is_not_written_through() {
        let scratch = three();
        scratch.write("theirs", "somebody's");
        for target in ["theirs", "nowhere"] {
            symlink(target, scratch.path("out.zip.mbox2eml.partial")).unwrap();
            let before = scratch.state(".");
            scratch.run(["in.mbox", "out.zip"]).ends(2).says(&["mbox2eml: out.zip: cannot write this archive: "]);
            assert!(scratch.state(".") == before, "{target}");
            fs::remove_file(scratch.path("out.zip.mbox2eml.partial")).unwrap();
        }
    }

    #[test]
    fn a_pipe_in_the_place_of_the_zip_or_the_partial_file_is_not_touched() {
        for name in ["out.zip", "out.zip.mbox2eml.partial"] {
            let scratch = three();
            make_pipe(&scratch.path(name));
            let before = scratch.state(".");
            scratch.run(["in.mbox", "out.zip"]).ends(2).says(&["mbox2eml: out.zip: cannot write this archive: "]);
            assert!(scratch.state(".") == before, "{name}");
        }
    }

    /// A finished archive as a run leaves it that is killed between giving it its name and taking the old one away.
    fn with_two_names() -> Scratch {
        let scratch = three();
        scratch.run(["in.mbox", "out.zip"]).ends(0);
        fs::hard_link(scratch.path("out.zip"), scratch.path("out.zip.mbox2eml.partial")).unwrap();
        scratch
    }

    #[test]
    fn the_second_name_of_a_finished_archive_is_taken_away() {
        let scratch = with_two_names();
        let (whole, time) = (scratch.read("out.zip"), scratch.state(".").1["out.zip"]);
        scratch.run(["in.mbox", "out.zip"]).ends(0).counts(3, 0, 3);
        assert!((scratch.read("out.zip"), scratch.state(".").1["out.zip"]) == (whole, time));
        assert_eq!(scratch.names("."), ["in.mbox", "out.zip"]);
    }

    #[test]
    fn a_finished_archive_that_was_moved_away_is_not_changed_through_its_second_name() {
        let scratch = with_two_names();
        let whole = scratch.read("out.zip");
        fs::rename(scratch.path("out.zip"), scratch.path("kept.zip")).unwrap();
        scratch.write("in.mbox", mailbox(&[("Another", "mail")]));
        scratch.run(["in.mbox", "out.zip"]).ends(0).counts(1, 1, 0);
        assert!(scratch.read("kept.zip") == whole);
    }
}

#[test]
fn an_archive_that_differs_at_its_very_end_leaves_the_totals_to_be_read() {
    let scratch = Scratch::with_mailbox(crate::common::mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.run(["in.mbox", "out.zip"]).ends(0);
    let mut bytes = scratch.read("out.zip");
    bytes.pop();
    scratch.write("out.zip", &bytes);
    let ran = scratch.run(["--json", "in.mbox", "out.zip"]).ends(2);
    assert!(ran.stderr.contains("out.zip: cannot finish this archive: out.zip exists and has different"), "{ran:#?}");
    let json = ran.json();
    assert_eq!((&json["complete"], &json["messages"]["found"]), (&false.into(), &2.into()));
    assert_eq!(json["files"], serde_json::json!([]));
    assert_eq!(scratch.read("out.zip"), bytes);
}

#[test]
fn zips_of_an_earlier_run_in_the_input_are_not_searched() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("A", "1"), ("B", "2"), ("C", "3")]));
    for options in [&[][..], &["--zip-max-entries", "1"]] {
        let args = || options.iter().chain(&["in", "in/out.zip"]);
        scratch.run(args()).ends(0).counts(3, 3, 0);
        let before = scratch.state(".");
        scratch.run(args()).ends(0).says_nowhere(&["Skipped", "in archives"]).counts(3, 0, 3);
        assert!(scratch.state(".") == before);
        scratch.names("in").iter().filter(|name| name.ends_with(".zip")).for_each(|name| {
            fs::remove_file(scratch.path("in").join(name)).unwrap();
        });
    }
    // The name alone is not enough.
    scratch.write("in/out-001.zip", zip(&[Member::deflated("Sent.mbox", mailbox(&[("D", "4")]))]));
    scratch.run(["--dry-run", "in", "in/out.zip"]).ends(0).says(&["4 found"]);
}

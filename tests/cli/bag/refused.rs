//! Outputs that are no bag that can be added to, and command lines that make no sense.

use std::fs;
use std::process::Command;

use super::{assert_valid, bagit, text};
use crate::common::{Ran, Scratch, clean, mailbox};

const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

#[test]
fn what_is_there_is_refused_in_words_and_not_touched() {
    for (files, why) in [
        (&[("notes.txt", "mine")][..], "it is a folder with files in it, and no bag"),
        (&[("bagit.txt", DECLARATION), ("manifest-md5.txt", "")], "with checksums in manifest-md5.txt"),
        (&[("bagit.txt", DECLARATION), ("manifest-sha512.txt", "")], "with checksums in manifest-sha512.txt"),
        (&[("bagit.txt", DECLARATION), ("fetch.txt", "")], "files to be fetched (fetch.txt)"),
        (&[("bagit.txt", "BagIt-Version: 0.97\n")], "bagit.txt does not declare BagIt 1.0"),
        (&[("bagit.txt", DECLARATION), ("bag-info.txt", "Bag-Software-Agent: \u{1b}[2Jx\n")], "of another program: "),
    ] {
        let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
        files.iter().for_each(|(name, bytes)| scratch.write(format!("out/{name}"), bytes));
        let before = scratch.state(".");
        for options in [&[][..], &["--dry-run"]] {
            let ran = scratch.run(options.iter().chain(&["--bag", "in.mbox", "out"])).ends(2);
            let ran =
                ran.says(&["mbox2eml: --bag: out: cannot make or add to a bag there: ", why, "choose another OUTPUT"]);
            assert!(!ran.stderr.contains('\u{1b}'), "{ran:#?}");
            assert_eq!(scratch.state("."), before);
        }
    }
}

#[test]
fn other_command_lines_are_refused() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    let before = scratch.state(".");
    for (args, why) in [
        (&["in.mbox", "bag"][..], "bag: OUTPUT is a bag; add --bag to add to it, or choose another OUTPUT"),
        (&["--bag", "in.mbox", "out.zip"], "--bag needs a folder as OUTPUT"),
        (&["--bag-organization", "A", "in.mbox", "out"], "--bag"),
        (&["--bag", "--report", "bag/r.html", "in.mbox", "bag"], "--report: bag/r.html: this is in the bag"),
        (&["--bag", "--report", "new/data/../r.html", "in.mbox", "new"], "this is in the bag"),
        (&["--bag", "in.mbox", "in.mbox"], "in.mbox"),
    ] {
        scratch.run(args).ends(2).says(&[why]);
        assert_eq!(scratch.state("."), before, "{args:?}");
    }
}

/// Writes other bytes into a file, or removes it.
fn replace(scratch: &Scratch, path: &str, damage: Option<&str>) {
    match damage {
        Some(bytes) => scratch.write(path, bytes),
        None => fs::remove_file(scratch.path(path)).unwrap(),
    }
}

#[test]
fn a_bag_that_is_damaged_is_not_added_to() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.run(["--bag", "--limit", "1", "in.mbox", "bag"]).ends(0);
    let eml = format!("bag/data/{}", scratch.names("bag/data")[0]);
    let bytes = scratch.read(&eml);
    for (damage, found) in [(Some("damaged"), "1 different"), (None, "1 missing")] {
        replace(&scratch, &eml, damage);
        let before = scratch.state(".");
        let ran = scratch.run(["--bag", "in.mbox", "bag"]).ends(2);
        let error = format!("bag: cannot add to this bag: its files are not as its manifest lists them: {found}");
        ran.says(&[&error, "'mbox2eml verify bag' lists them"]);
        assert_eq!(scratch.state("."), before, "something was written");
        scratch.run(["verify", "bag"]).ends(1);
    }
    scratch.write(&eml, bytes);
    // Without checksums nothing can be checked.
    let manifest = scratch.read("bag/manifest-sha256.txt");
    fs::remove_file(scratch.path("bag/manifest-sha256.txt")).unwrap();
    scratch.run(["--bag", "in.mbox", "bag"]).ends(2).says(&["its manifest-sha256.txt is missing"]);
    scratch.write("bag/manifest-sha256.txt", manifest);
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    assert_valid(&scratch, "bag");
}

#[test]
fn files_beside_the_payload_are_checked_before_a_bag_is_added_to() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.run(["--bag", "--limit", "1", "in.mbox", "bag"]).ends(0);
    for (name, damage) in [("messages.csv", Some("damaged")), ("messages.csv", None), ("manifest-sha256.txt", Some(""))]
    {
        let bytes = scratch.read(format!("bag/{name}"));
        replace(&scratch, &format!("bag/{name}"), damage);
        let before = scratch.state(".");
        for options in [&[][..], &["--dry-run"]] {
            let ran = scratch.run(options.iter().chain(&["--bag", "in.mbox", "bag"])).ends(2);
            ran.says(&["cannot add to this bag: its files are not as its manifest lists them: 1 "]);
            assert_eq!(scratch.state("."), before, "something was written");
        }
        scratch.write(format!("bag/{name}"), bytes);
    }
    // One that a run has renamed that was not completed is as it was.
    fs::rename(scratch.path("bag/messages.csv"), scratch.path("bag/messages~1.csv")).unwrap();
    let names = text(&scratch, "bag/messages~1.csv").lines().next().unwrap().to_owned();
    scratch.write("bag/messages.csv", names + "\r\n");
    // So is what others have added to.
    let info = text(&scratch, "bag/bag-info.txt");
    scratch.write("bag/bag-info.txt", info + "Contact-Name: Ann\n");
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    assert_valid(&scratch, "bag");
}

#[test]
fn a_dry_run_checks_the_bag() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.run(["--bag", "--limit", "1", "in.mbox", "bag"]).ends(0);
    scratch.run(["--bag", "--dry-run", "in.mbox", "bag"]).ends(0).says(&["1 to be written + 1 already there"]);
    let eml = format!("bag/data/{}", scratch.names("bag/data")[0]);
    scratch.write(&eml, "damaged");
    let ran = scratch.run(["--bag", "--dry-run", "in.mbox", "bag"]).ends(2);
    ran.says(&["bag: cannot add to this bag: its files are not as its manifest lists them: 1 different"]);
}

#[test]
fn a_bag_without_its_declaration_is_still_checked() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    scratch.run(["--bag", "in.mbox", "bag"]).ends(0);
    fs::remove_file(scratch.path("bag/bagit.txt")).unwrap();
    let ran = scratch.run(["verify", "bag"]).ends(1).says(&["; 1 missing, 1 manifest error; "]);
    let missing = "missing\tbagit.txt\nmanifest\tbagit.txt is missing, so other programs find no bag here\n";
    assert_eq!(ran.stdout, missing);
    scratch.run(["verify", "in.mbox", "bag"]).ends(0).says(&["Verified: 2 messages match in bag/data"]);
    scratch.run(["verify", "--manifest", "bag/messages.csv", "bag"]).ends(0);
    let before = scratch.state(".");
    scratch.run(["--bag", "in.mbox", "bag"]).ends(2).says(&["it is a bag whose bagit.txt is missing"]);
    scratch.run(["in.mbox", "bag"]).ends(2).says(&["OUTPUT is a bag"]);
    assert_eq!(scratch.state("."), before);
}

#[test]
fn a_bag_is_no_input() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    for format in ["eml", "maildir"] {
        scratch.run(["--bag", "--format", format, "in.mbox", format]).ends(0);
        let advice =
            format!("  it is a bag, whose messages are converted already: 'mbox2eml verify {format}' checks it\n");
        scratch.run(["inspect", format]).ends(2).says(&[&advice]).says_nowhere(&["order"]);
        scratch.run([format, "out"]).ends(2).says(&[&advice]);
    }
}

#[test]
fn bags_of_another_program_are_verified_and_not_added_to() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x"), ("Two", "y")]));
    for (bag, checksums, why) in
        [("both", "['sha256', 'sha512']", "manifest-sha512.txt"), ("one", "['sha256']", "bagit")]
    {
        scratch.run(["in.mbox", bag]).ends(0);
        if bagit(&scratch, bag).is_none() {
            return;
        }
        let script = format!("import bagit, sys; bagit.make_bag(sys.argv[1], checksums={checksums})");
        Ran::of(clean(Command::new("python3"), &scratch.path(".")).args(["-c", &script, bag])).ends(0);
        assert!(text(&scratch, &format!("{bag}/bag-info.txt")).contains("Bag-Software-Agent: bagit"));
        scratch.run(["verify", "in.mbox", bag]).ends(0);
        scratch.run(["--bag", "in.mbox", bag]).ends(2).says(&["bag of another program", why]);
        // It declares version 0.97, whose checksums mean the same.
        scratch.run(["verify", bag]).ends(0);
        scratch.write(format!("{bag}/data/extra.eml"), "");
        assert!(scratch.run(["verify", bag]).ends(1).stdout.contains("extra\tdata/extra.eml\n"));
    }
}

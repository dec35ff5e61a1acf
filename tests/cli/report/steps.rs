//! What a page says to do next, and what it calls the result: it fits what is there.

use crate::archives::make::{self, Member};
use crate::common::{Scratch, large_mailbox, mailbox};

/// The text of a page after this run.
fn page(scratch: &Scratch, args: &[&str], code: i32) -> String {
    let _ = std::fs::remove_file(scratch.path("r.html"));
    scratch.run(args.iter().chain(&["--report", "r.html"])).ends(code);
    String::from_utf8(scratch.read("r.html")).unwrap()
}

#[track_caller]
fn assert_says(page: &str, said: &[&str], not_said: &[&str]) {
    for text in said {
        assert!(page.contains(text), "{text:?} is missing: {page}");
    }
    for text in not_said {
        assert!(!page.contains(text), "{text:?} is there: {page}");
    }
}

const COMPLETES: &str = "it writes what is missing";

#[test]
fn a_missing_part_of_an_export_comes_before_its_import() {
    let scratch = Scratch::new();
    let zip = make::zip(&[Member::deflated("Takeout/Mail/Sent.mbox", mailbox(&[("One", "1")]))]);
    scratch.write("takeout-20261122T091502Z-002.zip", zip);
    let args = ["--for", "zoho", "takeout-20261122T091502Z-002.zip", "mail.zip"];
    let text = page(&scratch, &args, 0);
    assert_says(
        &text,
        &[
            "<h1>Parts of the export are missing",
            "Download the missing parts of the export. Then move away the ZIPs that this run wrote, and run the same command \
             again.",
            "or part of the mail may be missing.",
        ],
        &["choose each ZIP", "Everything was converted", "Nothing was lost", COMPLETES],
    );
    scratch.run(args).ends(0).says(&["missing-parts 1"]).says_nowhere(&["  next  "]);
    let text = page(&scratch, &["inspect", args[2]], 0);
    assert_says(&text, &["Parts of the export are missing"], &["Convert the mailboxes"]);
}

#[test]
fn what_no_run_adds_to_is_made_anew() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("One", "1")]));
    let packed = make::gzip(&large_mailbox(50));
    scratch.write("in/b.mbox.gz", &packed[..packed.len() / 2]);
    for (output, files) in [(&["--format", "mbox", "boxes"][..], "mailboxes"), (&["mail.zip"], "ZIPs")] {
        let text = page(&scratch, &[&["in"], output].concat(), 1);
        let step = format!(
            "Follow the advice on each failure. Then move away the {files} that this run wrote, and run the same command again."
        );
        assert_says(&text, &[&step], &[COMPLETES]);
    }
    let text = page(&scratch, &["in", "out"], 1);
    assert_says(
        &text,
        &["Follow the advice on each failure. Then run the same command again: ", COMPLETES],
        &["move away the"],
    );
}

#[test]
fn a_verification_that_fails_says_how_to_repair_the_output() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1"), ("Two", "2")]));
    scratch.write("one.mbox", mailbox(&[("One", "1")]));
    scratch.run(["--output", "less.zip", "one.mbox"]).ends(0);
    scratch.run(["--output", "more.zip", "in.mbox"]).ends(0);
    scratch.run(["--output", "less", "one.mbox"]).ends(0);
    let anew =
        "Move the output away and run the conversion again with the same options: finished ZIPs are never added to.";
    let text = page(&scratch, &["verify", "in.mbox", "less.zip"], 1);
    assert_says(&text, &["<h3>Missing files: 1</h3>", anew], &[COMPLETES]);
    let text = page(&scratch, &["verify", "one.mbox", "more.zip"], 1);
    assert_says(&text, &["<h3>Extra files: 1</h3>", "Look at the differences above."], &[anew, COMPLETES]);
    let text = page(&scratch, &["verify", "in.mbox", "less"], 1);
    assert_says(&text, &["<h3>Missing files: 1</h3>", COMPLETES], &["Move the output away"]);
    scratch.run(["--format", "mbox", "--output", "boxes", "one.mbox"]).ends(0);
    scratch.write("two/one.mbox", mailbox(&[("One", "1"), ("Two", "2")]));
    let text = page(&scratch, &["verify", "--format", "mbox", "two/one.mbox", "boxes"], 1);
    assert_says(&text, &["finished mailboxes are never added to."], &[COMPLETES]);
}

#[test]
fn failures_of_the_conversion_are_called_so_by_the_manifest() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1")]));
    scratch.write("bad.zip", "<html>Sign in</html>");
    scratch.run(["--manifest", "m.csv", "in.mbox", "bad.zip", "out"]).ends(1);
    let text = page(&scratch, &["verify", "--manifest", "m.csv", "out"], 1);
    assert_says(&text, &["<h3>Messages and mailboxes that failed in the conversion: 1</h3>"], &[]);
    scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(1).says(&["1 failed in the conversion"]);
}

#[test]
fn a_run_that_read_a_mailbox_has_not_failed() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1"), ("Two", "2")]));
    scratch.write("bad.zip", "<html>Sign in</html>");
    let text = page(&scratch, &["--subject", "none", "in.mbox", "bad.zip", "out"], 1);
    assert_says(&text, &["<h1>Not everything was converted"], &["Nothing could be read or written"]);
    let ran = scratch.run(["--subject", "none", "in.mbox", "bad.zip", "out"]).ends(1);
    ran.says(&["Done, with failures: 0 messages written to out"]);
    let text = page(&scratch, &["bad.zip", "out"], 2);
    assert_says(&text, &["<h1>Nothing could be read or written"], &[]);
}

#[test]
fn before_a_mailbox_is_deleted_it_is_compared_with_the_same_options() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1")]));
    let text = page(&scratch, &["in.mbox", "mail.zip"], 0);
    assert_says(
        &text,
        &["Before you delete a mailbox, compare: mbox2eml verify INPUT... OUTPUT"],
        &["the word verify"],
    );
}

//! Options that make no sense with a Maildir are refused, in words.

use crate::common::{Scratch, mailbox};

#[test]
fn options_of_other_formats_are_refused() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    for (options, output, error) in [
        (&[][..], "out.zip", "--format maildir writes folders, and OUTPUT ends in .zip: choose another OUTPUT"),
        (&["--name", "{index}"], "out", "--format maildir does not take --name: "),
        (&["--ascii"], "out", "--format maildir does not take --ascii: "),
        (&["--for", "zoho"], "out", "--format maildir does not take --for with this importer: "),
        (&["--compression", "1"], "out", "--format maildir does not take --compression: it is for ZIPs"),
        (&["--zip-max-size", "1MB"], "out", "--format maildir does not take --zip-max-size: "),
        (&["--label-copies", "all"], "out", "--label-copies all needs --layout label"),
    ] {
        let args = ["--format", "maildir", "in.mbox", output];
        scratch.run(options.iter().chain(&args)).ends(2).prints_nothing().says(&[&format!("mbox2eml: {error}")]);
        assert!(!scratch.path(output).exists());
    }
    scratch.run(["--format", "mh", "in.mbox", "out"]).ends(2).says(&["invalid value 'mh' for '--format <FORMAT>'"]);
}

#[test]
fn the_limit_of_an_importer_counts() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    scratch.run(["--format", "maildir", "--for", "fastmail", "in.mbox", "out"]).ends(0).says_nowhere(&["EML files"]);
}

#[test]
fn verify_takes_the_format_from_a_summary() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "x")]));
    let ran = scratch.run(["--format", "maildir", "--json", "in.mbox", "out"]).ends(0);
    assert_eq!(ran.json()["folders"]["INBOX"], 1);
    scratch.write("s.json", &ran.stdout);
    scratch.run(["verify", "--like", "s.json", "in.mbox", "out"]).ends(0).prints_nothing();
}

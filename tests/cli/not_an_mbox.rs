//! Files that are no mailboxes: each says what it looks like and what to do, and nothing is written.

use std::fs;

use crate::archives::make;
use crate::common::{Scratch, mailbox, testdata};

const OTHER: &str = "this is not mail; if it should be, export the mail again, as mbox";

/// A file in `testdata/not-an-mbox`, what it looks like, and what to do.
const FILES: [(&str, &str, &str); 9] = [
    (
        "single.eml",
        "it looks like a single message (.eml)",
        "it is a single message and needs no conversion; name it .eml",
    ),
    (
        "single.emlx",
        "it looks like a single message of Apple Mail (.emlx)",
        "Apple Mail writes mailboxes with Mailbox > Export Mailbox; give what it exports",
    ),
    (
        "mmdf.mbox",
        "it looks like an MMDF mailbox",
        "MMDF mailboxes are not supported; a mail program such as mutt can save them as mbox",
    ),
    ("outlook.pst", "it looks like an Outlook data file (.pst)", "readpst turns Outlook data files into mbox"),
    (
        "outlook.msg",
        "it looks like an Outlook message (.msg)",
        "msgconvert turns Outlook messages (.msg) into .eml files",
    ),
    ("paper.pdf", "it looks like a PDF document", OTHER),
    (
        "page.html",
        "it looks like a web page",
        "a web page was saved instead, perhaps a sign-in page: download it again, then run the same command again",
    ),
    ("settings.json", "it looks like JSON", OTHER),
    (
        "notes.txt",
        "it has no 'From ' line at its start",
        "if it is a mailbox whose start was cut off, '--split any' begins at its first 'From ' line",
    ),
];

/// Archives beside them, which are opened where they are files: what each looks like in a pipe.
const ARCHIVES: [(&str, &str); 2] =
    [("takeout.zip", "it looks like a ZIP archive"), ("list.mbox.gz", "it looks like a gzip or .tgz archive")];

fn scratch_with(file: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write(file, fs::read(testdata().join("not-an-mbox").join(file)).unwrap());
    scratch
}

#[test]
fn each_says_what_it_looks_like_and_what_to_do() {
    for (file, kind, hint) in FILES {
        for options in [&["-q"][..], &["-q", "--no-mmap"]] {
            let scratch = scratch_with(file);
            let ran = scratch.run(options.iter().chain(&[file, "out"])).ends(2).prints_nothing();
            let hint = if hint.is_empty() { String::new() } else { format!("  {hint}\n") };
            assert_eq!(ran.stderr, format!("mbox2eml: {file}: not an mbox: {kind}\n{hint}"));
            assert!(!scratch.path("out").exists(), "{file}");
        }
    }
}

#[test]
fn from_standard_input_it_is_called_so() {
    for (file, kind, _) in FILES {
        let scratch = scratch_with(file);
        let bytes = scratch.read(file);
        let error = format!("mbox2eml: standard input: not an mbox: {kind}\n");
        scratch.run_with_input(["-", "out"], &bytes).ends(2).says(&[&error]);
        assert_eq!(scratch.names("out"), [""; 0], "{file}");
    }
}

#[test]
fn an_archive_on_standard_input_is_refused_with_a_hint() {
    for (file, kind) in ARCHIVES {
        let scratch = scratch_with(file);
        let bytes = scratch.read(file);
        for out in ["out", "out.zip"] {
            scratch.run_with_input(["-q", "-", out], &bytes).ends(2).prints_nothing().says_just(&format!(
                "mbox2eml: standard input: not an mbox: {kind}\n  \
                 give the archive as a file, not through a pipe, or unpack it first\n"
            ));
        }
        assert!(scratch.names("out").is_empty() && !scratch.path("out.zip").exists(), "{file}");
    }
}

#[test]
fn an_archive_that_is_a_file_is_opened() {
    let scratch = scratch_with("list.mbox.gz");
    scratch.run(["list.mbox.gz", "out"]).ends(0).counts(1, 1, 0);
    assert_eq!(scratch.count("out"), 1);

    // It breaks off behind its first header.
    let scratch = scratch_with("takeout.zip");
    let error = "mbox2eml: takeout.zip: cannot read at byte 30: the archive ends too early, at byte 53\n";
    scratch.run(["takeout.zip", "out"]).ends(2).says(&[error]);
    assert_eq!(scratch.names("out"), [""; 0]);
}

#[test]
fn one_among_several_is_reported_and_the_rest_is_converted() {
    for (file, kind, _) in FILES {
        let scratch = scratch_with(file);
        scratch.write("a.mbox", mailbox(&[("A", "1")]));
        scratch.write("b.mbox", mailbox(&[("B", "2")]));
        let error = format!("mbox2eml: {file}: not an mbox: {kind}\n");
        scratch.run(["a.mbox", file, "b.mbox", "out"]).ends(1).says(&[&error, "2 messages written"]);
        let names = ["a/000001_20240401T120000Z_A.eml", "b/000001_20240401T120000Z_B.eml"];
        assert_eq!(scratch.names("out"), names, "{file}");
    }
}

#[test]
fn in_a_searched_folder_they_are_skipped_unless_they_are_named_as_mail() {
    let scratch = Scratch::new();
    for (file, ..) in FILES {
        scratch.write(format!("in/{file}"), fs::read(testdata().join("not-an-mbox").join(file)).unwrap());
    }
    scratch.write("in/real", mailbox(&[("A", "1")]));
    let is_mail = |file: &str| [".mbox", ".pst", ".emlx"].iter().any(|end| file.ends_with(end));
    let others = FILES.iter().filter(|(file, ..)| !is_mail(file)).count();
    assert_eq!(others, 6);
    let count = format!("Skipped {others} files that are not mailboxes (list with -v)\n");
    scratch.run(["in", "out"]).ends(1).says(&[&count]).says_nowhere(&["skipped: "]);
    assert_eq!(scratch.names("out"), ["real/000001_20240401T120000Z_A.eml"]);

    let ran = scratch.run(["-v", "in", "out"]).ends(1);
    for (file, kind, _) in FILES {
        let reported = match is_mail(file) {
            true if file.ends_with(".emlx") => "mbox2eml: in: contains messages of Apple Mail (.emlx: 1)".to_owned(),
            true => format!("mbox2eml: in/{file}: not an mbox: {kind}\n"),
            false => format!("skipped: in/{file} is not a mailbox\n"),
        };
        assert!(ran.stderr.contains(&reported), "{file}: {ran:#?}");
    }
}

#[test]
fn an_empty_mailbox_has_no_messages_and_is_no_error() {
    for (file, bytes) in [("empty.mbox", 0), ("blank.mbox", 5)] {
        let scratch = scratch_with(file);
        let sum = format!("{bytes} read = {bytes} preamble + 0 From_ lines + 0 messages + 0 separators\n");
        scratch.run([file, "out"]).ends(0).says(&["0 found = 0 written\n", &sum, "warnings  none\n"]);
        assert_eq!(scratch.names("out"), [""; 0], "{file}");
        let input = scratch.read(file);
        scratch.run_with_input(["-", "out"], &input).ends(0).says(&["0 found = 0 written\n"]);
    }
}

#[test]
fn split_any_is_advised_where_it_helps() {
    let scratch = Scratch::new();
    scratch.write("cut.txt", "hello\nFrom here on\n");
    scratch.write("notes.txt", "hi");
    let advice = "'--split any' begins at its first 'From ' line";
    scratch.run(["cut.txt", "out"]).ends(2).says(&[advice]);
    let none = "it has no line that begins with 'From '";
    for options in [&["notes.txt", "out"][..], &["--split", "any", "notes.txt", "out"]] {
        scratch.run(options).ends(2).says(&[none]).says_nowhere(&[advice]);
    }
    scratch.write("cut.mbox.gz", make::gzip(&scratch.read("cut.txt")));
    scratch.run(["cut.mbox.gz", "out"]).ends(2).says(&[advice]).says_nowhere(&[none]);
    scratch.run_with_input(["inspect", "--split", "any", "-"], b"hi").ends(2).says(&[none]).says_nowhere(&[advice]);
}

#[test]
fn a_mailbox_without_an_extension_may_begin_with_a_message_without_a_header() {
    let scratch = Scratch::new();
    let line = "From ann@example.org Mon Apr  1 12:00:00 2024\n";
    scratch.write("in/old", format!("{line}\nno header\n\n{line}Subject: Two\n\ny\n"));
    let ran = scratch.run(["--json", "in", "out"]).ends(0);
    assert_eq!((&ran.json()["messages"]["found"], scratch.count("out/old")), (&2.into(), 2), "{ran:#?}");
}

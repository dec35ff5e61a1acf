//! The file of a page: written whole or not at all, never over another file, never instead of the conversion.

use super::Page;
use crate::common::{Scratch, one_message};

#[test]
fn an_earlier_report_is_kept() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.run(["--report", "r.html", "in.mbox", "out"]).ends(0).says(&["report", "r.html"]);
    let first = scratch.read("r.html");
    let ran = scratch.run(["--report", "r.html", "in.mbox", "out"]).ends(0);
    ran.says(&["the report of an earlier run is kept as r~1.html"]);
    assert_eq!(scratch.read("r~1.html"), first);
    assert!(Page::of(&scratch, "r.html").figures()["messages.already_there"] == 1);
    assert_eq!(scratch.names("."), ["in.mbox", "out/000001_20240401T120000Z_One.eml", "r.html", "r~1.html"]);
    scratch.run(["-q", "--report", "r.html", "in.mbox", "out"]).ends(0).says_just("");
}

#[test]
fn other_files_and_other_names_are_refused_before_anything_is_written() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.write("mine.html", "<p>mine</p>");
    scratch.write("folder.html/x", "");
    scratch.write("some.zip", "x");
    for (path, said) in [
        ("mine.html", "mine.html: cannot write this report: it exists and is not a report of mbox2eml"),
        ("folder.html", "it exists and is not a file"),
        ("none/r.html", "none does not exist\n  check the path\n"),
        ("some.zip/r.html", "cannot write this report"),
    ] {
        scratch.run(["--report", path, "in.mbox", "out"]).ends(2).says(&[said]);
        assert_eq!(scratch.count("out"), 0);
    }
    assert_eq!(scratch.read("mine.html"), b"<p>mine</p>");
    for (args, said) in [
        (&["--report", "r.txt", "in.mbox", "out"][..], "the name must end in .html"),
        (&["--report", "in.mbox", "in.mbox", "out"], "the name must end in .html"),
        (&["--report", "out.html", "in.mbox", "out.html"], "this is also an input, the output or the manifest"),
        (&["--report", "./out.html", "in.mbox", "out.html"], "this is also an input, the output or the manifest"),
    ] {
        scratch.run(args).ends(2).says(&[said]);
        assert_eq!(scratch.count("out.html"), 0);
    }
}

#[test]
fn a_report_in_the_output_is_not_extra() {
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.run(["--report", "out/r.html", "--manifest", "out/m.csv", "in.mbox", "out"]).ends(0);
    let args = ["--report", "out/r.html", "--manifest", "out/m.csv"];
    scratch.run(["verify"].iter().chain(&args).chain(&["in.mbox", "out"])).ends(0).prints_nothing();
    scratch.run(["verify"].iter().chain(&args).chain(&["out"])).ends(0).prints_nothing();
    scratch.run(["verify", "in.mbox", "out"]).ends(0).prints_nothing();
    // What only looks like one by its name is extra.
    scratch.write("out/mine.html", "<p>mine");
    assert_eq!(scratch.run(["verify", "in.mbox", "out"]).ends(1).stdout, "extra\tmine.html\n");
}

#[test]
fn a_run_without_any_mailbox_has_a_report() {
    let scratch = Scratch::new();
    scratch.run(["convert", "--report", "r.html", "none.mbox", "out"]).ends(2).says(&["none.mbox: cannot open: "]);
    let page = Page::of(&scratch, "r.html").0;
    assert!(page.contains("none.mbox") && page.contains("cannot open"), "{page}");
}

#[cfg(unix)]
#[test]
fn a_report_is_as_readable_as_any_new_file() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::with_mailbox(one_message().0);
    scratch.run(["--report", "r.html", "in.mbox", "out"]).ends(0);
    scratch.write("other", "");
    let mode = |name| fs::metadata(scratch.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("r.html"), mode("other"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_leaves_the_conversion_done() {
    let scratch = Scratch::with_mailbox(one_message().0);
    // No file may be larger than this many blocks, which is enough for the message.
    let script = "ulimit -f 8; trap '' XFSZ; exec \"$0\" \"$@\"";
    let mut command = crate::common::clean(std::process::Command::new("bash"), &scratch.path("."));
    command.args(["-c", script, crate::common::PROGRAM, "--report", "r.html", "in.mbox", "out"]);
    let ran = crate::common::Ran::of(&mut command).ends(1);
    ran.says(&["Done: 1 message", "r.html: cannot write this report: "]);
    assert_eq!(scratch.names("."), ["in.mbox", "out/000001_20240401T120000Z_One.eml"]);
}

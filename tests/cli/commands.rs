//! Commands: which one a command line means, and what is refused before anything is read or written.

use crate::archives::make::{self, Member};
use crate::common::{Ran, Scratch, mailbox, one_message, quoted, tree};

fn one() -> String {
    one_message().0
}

/// `ann` and `bob` have a mailbox each, and `in.mbox` is a third.
fn people() -> Scratch {
    let scratch = Scratch::with_mailbox(one());
    scratch.write("ann/Inbox.mbox", one());
    scratch.write("bob/Inbox.mbox", one());
    scratch
}

/// The command line is refused with exactly these lines, and nothing changes.
#[track_caller]
fn assert_refused_with(scratch: &Scratch, args: &[&str], said: &str) {
    let before = tree(&scratch.path("."));
    let ran = scratch.run(args).ends(2).prints_nothing();
    assert_eq!(ran.stderr, format!("mbox2eml: {said}\n"), "{args:?}");
    assert!(tree(&scratch.path(".")) == before, "{args:?}");
}

/// The same, with a hint where the help is.
#[track_caller]
fn assert_refused(scratch: &Scratch, args: &[&str], said: &str, help: &str) {
    assert_refused_with(scratch, args, &format!("{said}\n\nFor more information, try '{help}'."));
}

#[test]
fn the_main_job_needs_no_verb() {
    let (mbox, name, eml) = one_message();
    for args in [
        &["in.mbox", "out"][..],
        &["convert", "in.mbox", "out"],
        &["--eol", "crlf", "in.mbox", "out"],
        &["in.mbox", "out", "--eol", "crlf"],
        &["-o", "out", "in.mbox"],
        &["in.mbox", "--output=out"],
        &["convert", "in.mbox", "-oout"],
        &["--", "in.mbox", "out"],
        &["-q", "in.mbox", "--", "out"],
    ] {
        let scratch = Scratch::with_mailbox(&mbox);
        scratch.run(args).ends(0);
        assert_eq!(scratch.read(format!("out/{name}")), eml, "{args:?}");
    }
}

#[test]
fn the_value_of_an_option_is_no_input() {
    let (mbox, name, eml) = one_message();
    for args in [&["-qo", "out", "in.mbox"][..], &["-vo", "out", "in.mbox"], &["-qoout", "in.mbox"]] {
        let scratch = Scratch::with_mailbox(&mbox);
        scratch.run(args).ends(0);
        assert_eq!(scratch.read(format!("out/{name}")), eml, "{args:?}");
    }
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.write("plan.jsonl", scratch.run(["plan", "in.mbox"]).ends(0).stdout);
    for args in [&["--range=plan.jsonl:1", "new"][..], &["--range", "plan.jsonl:1", "newer"]] {
        scratch.run(args).ends(0).counts(1, 1, 0);
    }
}

#[test]
fn verbs_can_be_names_of_files_with_a_path_in_front() {
    for verb in ["convert", "inspect", "verify", "plan", "sum", "importers", "completions", "man", "help"] {
        let scratch = Scratch::new();
        scratch.write(verb, one());
        scratch.run([&*format!("./{verb}"), "out"]).ends(0).counts(1, 1, 0);
        scratch.run(["convert", verb, "out"]).ends(0).counts(1, 0, 1);
    }
}

#[test]
fn a_mistyped_verb_is_refused_with_a_suggestion() {
    let scratch = people();
    for (typed, meant) in [
        ("inspct", "inspect"),
        ("Inspect", "inspect"),
        ("verfy", "verify"),
        ("vreify", "verify"),
        ("conver", "convert"),
        ("importer", "importers"),
        ("completion", "completions"),
        ("hlep", "help"),
    ] {
        let said = format!("{typed}: no such file or folder; did you mean the command '{meant}'?");
        for rest in [&[][..], &["ann"], &["ann", "bob"], &["ann", "bob", "out"], &["--json", "ann", "bob"]] {
            assert_refused_with(&scratch, &[&[typed], rest].concat(), &said);
        }
        assert_refused_with(&scratch, &["--json", typed, "ann", "out"], &said);
    }
    for typed in ["none.mbox", "mail", "ann/none", "x", "./inspct", "verify.mbox"] {
        let said = format!("{typed}: no such file or folder");
        assert_refused_with(&scratch, &[typed, "ann", "out"], &said);
    }
}

#[test]
fn options_come_after_the_verb() {
    let scratch = people();
    for (args, meant) in [
        (&["--json", "inspect", "ann"][..], "inspect --json ann"),
        (&["--limit", "3", "inspect", "ann"], "inspect --limit 3 ann"),
        (&["--limit=3", "-v", "verify", "ann", "out"], "verify --limit=3 -v ann out"),
        (&["--subject", "inspect", "inspect", "ann"], "inspect --subject inspect ann"),
        (&["-q", "convert", "ann", "out"], "convert -q ann out"),
        (&["--from", "a b", "inspect", "ann"], &format!("inspect --from {} ann", quoted("a b"))),
    ] {
        let verb = meant.split(' ').next().unwrap();
        let said = format!("'{verb}' is a command and must come first; did you mean:\n  mbox2eml {meant}");
        assert_refused(&scratch, args, &said, "mbox2eml --help");
    }
}

#[test]
fn a_forgotten_output_is_caught() {
    let scratch = people();
    let mail = || vec![Member::deflated("Takeout/Mail/All mail.mbox", one())];
    scratch.write("takeout-001.zip", make::zip(&mail()));
    scratch.write("takeout-002.zip", make::zip(&mail()));
    scratch.write("photos.zip", make::zip(&[Member::stored("a.jpg", b"\xff\xd8")]));
    scratch.write("b.mbox.gz", make::gzip(one().as_bytes()));
    let help = "mbox2eml convert --help";
    for (args, meant) in [
        (&["in.mbox"][..], "in.mbox in-eml"),
        (&["ann"], "ann ann-eml"),
        (&["-"], "- mail-eml"),
        (&["takeout-*.zip"], &format!("{} mail-eml", quoted("takeout-*.zip"))),
        (&["convert", "--layout", "label", "in.mbox"], "convert --layout label in.mbox in-eml"),
        (&["in.mbox", "--since", "2020"], "in.mbox --since 2020 in-eml"),
        (&["--for", "zoho", "in.mbox"], "--for zoho in.mbox in-eml.zip"),
        (&["--for", "gmail", "in.mbox"], "--for gmail in.mbox in-eml"),
        (&["--for", "zoho", "--bag", "in.mbox"], "--for zoho --bag in.mbox in-eml"),
    ] {
        assert_refused(&scratch, args, &format!("no OUTPUT given; did you mean:\n  mbox2eml {meant}"), help);
    }
    for paths in [
        &["ann", "bob"][..],
        &["in.mbox", "ann/Inbox.mbox"],
        &["in.mbox", "b.mbox.gz"],
        &["takeout-001.zip", "takeout-002.zip"],
        &["takeout-001.zip", "photos.zip"],
        &["--json", "ann", "bob"],
    ] {
        let (last, line) = (paths[paths.len() - 1], paths.join(" "));
        let said = format!(
            "the last argument is OUTPUT, but {last} looks like an INPUT; did you mean:\n  mbox2eml {line} mail-eml\nIf it \
             is the output, name it with --output."
        );
        assert_refused(&scratch, paths, &said, help);
    }
    let said = "the last argument is OUTPUT, but bob looks like an INPUT; did you mean:\n  mbox2eml ann bob --for zoho mail.zip\n\
                If it is the output, name it with --output.";
    assert_refused(&scratch, &["ann", "bob", "--for", "zoho"], said, help);
    let help = "mbox2eml verify --help";
    let said = "no OUTPUT given; did you mean:\n  mbox2eml verify in.mbox OUTPUT";
    assert_refused(&scratch, &["verify", "in.mbox"], said, help);
}

#[test]
fn a_folder_of_mail_can_be_the_output_if_it_is_named_as_such() {
    let scratch = people();
    scratch.run(["ann", "-o", "bob"]).ends(0).counts(1, 1, 0);
    // Now it has EML files, so that it is taken for an output.
    scratch.run(["ann", "bob"]).ends(0).counts(1, 0, 1);
    // The folder of the input is no other's.
    scratch.run(["in.mbox", "."]).ends(0).counts(1, 1, 0);
}

#[test]
fn an_output_in_an_input_hides_no_mailbox() {
    let scratch = Scratch::new();
    scratch.write("in/new/a.mbox", one());
    scratch.write("in/old/b.mbox", one());
    let said =
        "in/new: OUTPUT is inside an INPUT and contains mailboxes, which would not be read; choose another OUTPUT";
    for args in [
        &["in", "in/new"][..],
        &["in", "-o", "in/new"],
        &["in/old", "in", "in/new"],
        &["--dry-run", "in", "in/new"],
        &["--format", "maildir", "in", "in/new"],
    ] {
        assert_refused(&scratch, args, said, "mbox2eml convert --help");
    }
    scratch.write("in/zip/t.zip", make::zip(&[Member::deflated("Takeout/Mail/All mail.mbox", one())]));
    scratch.run(["in", "in/zip"]).ends(2).says(&["in/zip: OUTPUT is inside an INPUT"]);
    // What this program has written there is no input.
    scratch.run(["in", "in/out", "--manifest", "in/out/m.csv"]).ends(0).counts(3, 3, 0);
    scratch.run(["in", "in/out", "--manifest", "in/out/m.csv"]).ends(0).counts(3, 0, 3);
    scratch.run(["in/old", "in/out/old.zip"]).ends(0).counts(1, 1, 0);
    scratch.run(["in", "in/out"]).ends(0).counts(3, 0, 3);
    std::fs::remove_file(scratch.path("in/out/old.zip")).unwrap();
    if cfg!(unix) {
        scratch.run(["--format", "maildir", "in", "in/dir"]).ends(0).counts(3, 3, 0);
        scratch.run(["--format", "maildir", "in", "in/dir"]).ends(0).counts(3, 0, 3);
    }
    // A mailbox that is named is read wherever it is.
    scratch.run(["in/new/a.mbox", "in/new"]).ends(0).counts(1, 1, 0);
}

#[test]
fn a_rerun_is_never_refused() {
    let scratch = people();
    for output in ["out", "out.zip"] {
        scratch.run(["ann", "bob", output]).ends(0).counts(2, 2, 0);
        scratch.run(["ann", "bob", output]).ends(0).counts(2, 0, 2);
    }
    scratch.write("empty.mbox", "");
    std::fs::create_dir(scratch.path("new")).unwrap();
    scratch.run(["empty.mbox", "new"]).ends(0).counts(0, 0, 0);
    scratch.run(["empty.mbox", "new"]).ends(0).counts(0, 0, 0);
}

#[test]
fn patterns_are_expanded() {
    let scratch = Scratch::new();
    for name in ["b", "a", "c[1]"] {
        scratch.write(format!("in/{name}.mbox"), mailbox(&[(name, "x")]));
    }
    scratch.write("in/.hidden.mbox", one());
    scratch.write("in/notes.txt", "x");
    let lines = |ran: Ran| -> Vec<String> {
        let lines = ran.stderr.lines().filter_map(|line| line.strip_suffix(": 1 found = 1 written"));
        lines.map(str::to_owned).collect()
    };
    let all = ["in/a.mbox", "in/b.mbox", "in/c[1].mbox"];
    assert_eq!(lines(scratch.run(["-v", "in/*.mbox", "out"]).ends(0)), all);
    assert_eq!(lines(scratch.run(["-v", "-o", "out2", "in/?.mbox"]).ends(0)), all[..2]);
    scratch.run(["in/c[1]*", "out3"]).ends(0).counts(1, 1, 0);
    let json = scratch.run(["inspect", "--json", "in/*.mbox"]).ends(0).json();
    assert_eq!(json["mailboxes"].as_array().unwrap().len(), 3);
    scratch.run(["verify", "in/*.mbox", "out"]).ends(0);
    let said = "in/*.mbx: no file matches this pattern";
    for args in [&["in/*.mbx", "out"][..], &["inspect", "in/*.mbx"], &["verify", "in/*.mbx", "out"]] {
        assert_refused_with(&scratch, args, said);
    }
}

/// Windows forbids such a name.
#[test]
#[cfg(unix)]
fn what_exists_is_no_pattern() {
    let scratch = people();
    scratch.write("*", one());
    scratch.run(["*", "out"]).ends(0).counts(1, 1, 0);
}

#[test]
fn each_command_has_the_options_that_mean_something_for_it() {
    let scratch = people();
    for (args, option, other) in [
        (&["inspect", "--layout", "label", "ann"][..], "--layout", "convert"),
        (&["inspect", "-o", "out", "ann"], "-o", "convert"),
        (&["inspect", "--bag", "ann"], "--bag", "convert"),
        (&["verify", "--dry-run", "ann", "out"], "--dry-run", "convert"),
        (&["verify", "--zip-max-size", "1MB", "ann", "out.zip"], "--zip-max-size", "convert"),
        (&["verify", "--fsync", "ann", "out"], "--fsync", "convert"),
        (&["convert", "--like", "s.json", "ann", "out"], "--like", "verify"),
    ] {
        let said = format!("{} does not take '{option}', which is an option of {other}", args[0]);
        assert_refused(&scratch, args, &said, &format!("mbox2eml {} --help", args[0]));
    }
}

#[test]
fn verify_takes_the_output_as_an_option_too() {
    let scratch = people();
    scratch.run(["ann", "out", "--manifest", "m.csv"]).ends(0);
    scratch.run(["verify", "-o", "out", "ann"]).ends(0).prints_nothing();
    scratch.run(["verify", "--output", "out", "--manifest", "m.csv"]).ends(0).prints_nothing();
    scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(0).prints_nothing();
}

#[test]
fn v_may_be_repeated() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x\n\nFrom here on")]));
    let verbose = scratch.run(["--dry-run", "-v", "in.mbox", "out"]).ends(0).stderr;
    for option in ["-vv", "-vvv"] {
        let more = scratch.run(["--dry-run", option, "in.mbox", "out"]).ends(0).stderr;
        assert_eq!(more.lines().count(), verbose.lines().count(), "{option}");
    }
}

#[test]
fn help_is_there_in_every_form() {
    let scratch = Scratch::new();
    let help = |args: &[&str]| scratch.run(args).ends(0).says_just("").stdout;
    assert_eq!(help(&["help"]), help(&["--help"]));
    for command in ["convert", "inspect", "verify", "plan", "sum", "importers", "completions", "man"] {
        assert_eq!(help(&["help", command]), help(&[command, "--help"]), "{command}");
    }
    assert_eq!(help(&["in.mbox", "--help"]), help(&["convert", "--help"]));
    assert_eq!(help(&["--json", "-h"]), help(&["convert", "-h"]));
    // Also that of `help` itself.
    for args in [["help", "--help"], ["help", "-h"], ["help", "help"]] {
        assert!(help(&args).contains("Usage: mbox2eml help [COMMAND]"), "{args:?}: {}", help(&args));
    }
    let said = "unknown command 'bogus'; 'mbox2eml --help' lists the commands";
    assert_refused_with(&scratch, &["help", "bogus"], said);
    let said = "unknown command 'inspct'; did you mean the command 'inspect'?";
    assert_refused_with(&scratch, &["help", "inspct"], said);
    let none = scratch.run::<&str>([]).ends(2).prints_nothing();
    assert_eq!(none.stderr, help(&["-h"]));
}

#[test]
fn an_importer_of_zips_gets_loose_files_with_a_note() {
    let scratch = people();
    for (args, meant) in [
        (&["--for", "zoho", "ann", "out/"][..], "--for zoho ann out.zip"),
        (&["ann", "--for", "zoho", "-oout"], "ann --for zoho -oout.zip"),
        (&["ann", "--output=out", "--for", "zoho", "--dry-run"], "ann --output=out.zip --for zoho"),
        (&["ann", "zoho", "--for", "zoho"], "ann zoho.zip --for zoho"),
        (&["ann", "m.csv.d", "--for", "zoho", "--subject", "m.csv.d"], "ann m.csv.d.zip --for zoho --subject m.csv.d"),
    ] {
        let note = format!("so loose EML files are written. To get ZIPs for zoho:\n  mbox2eml {meant}\n");
        scratch.run(args).ends(0).says(&[&note]);
    }
    let note = "bag is a bag, so loose EML files are written. To get ZIPs for zoho, give an OUTPUT ending in .zip.\n";
    scratch.run(["--bag", "--for", "zoho", "ann", "bag"]).ends(0).says(&[note]);
    let note = &["loose EML files"];
    scratch.run(["-q", "--for", "zoho", "ann", "out"]).ends(0).says_nowhere(note);
    scratch.run(["--for", "zoho", "ann", "out.zip"]).ends(0).says_nowhere(note);
    scratch.run(["--for", "gmail", "ann", "out2"]).ends(0).says_nowhere(note);
}

//! Command lines that make no sense: exit code 2, a line that helps, and nothing is done.

use crate::common::{Scratch, one_message};

#[test]
fn each_is_refused_with_a_line_that_helps() {
    for (args, helps) in [
        (&[][..], "mbox2eml [OPTIONS] <INPUT>... <OUTPUT>"),
        (&["in.mbox"], "no OUTPUT given; did you mean:\n  mbox2eml in.mbox in-eml\n"),
        (&["--eol", "mac", "in.mbox", "out"], "[possible values: crlf, lf, keep]"),
        (&["--unquote", "yes", "in.mbox", "out"], "[possible values: auto, mboxrd, mboxo, none]"),
        (&["--split", "no", "in.mbox", "out"], "[possible values: auto, strict, any]"),
        (&["--deleted", "yes", "in.mbox", "out"], "[possible values: skip, keep]"),
        (&["--progress", "x", "in.mbox", "out"], "[possible values: auto, bar, plain, json, none]"),
        (&["--color", "x", "in.mbox", "out"], "[possible values: auto, always, never]"),
        (&["completions", "x"], "[possible values: bash, elvish, fish, powershell, zsh]"),
        (&["man", "x"], "[possible values: convert, inspect, verify, plan, sum, importers, completions, man]"),
        (&["--limit", "many", "in.mbox", "out"], "invalid value 'many' for '--limit <N>'"),
        (&["--threads", "0", "in.mbox", "out"], "'--threads <N>': must be a whole number of at least 1"),
        (&["--limit", "0", "in.mbox", "out"], "'--limit <N>': must be a whole number of at least 1"),
        (&["--sample", "0", "in.mbox", "out"], "'--sample <N>': must be a whole number of at least 1"),
        (&["--name", "{nonsense}", "in.mbox", "out"], "--name: unknown template field \"nonsense\"; there are {index}"),
        (&["--name", "{index", "in.mbox", "out"], "--name: template: '{' without '}'"),
        (&["--name", "../{index}", "in.mbox", "out"], "is no name for a folder or a file"),
        (&["--name", "/tmp/{index}", "in.mbox", "out"], "is no name for a folder or a file"),
        (&["--name", "", "in.mbox", "out"], "--name: template"),
        (&["-q", "-v", "in.mbox", "out"], "cannot be used with"),
        (&["--nonsense", "in.mbox", "out"], "unexpected argument '--nonsense' found"),
        (&["--lable", "Work", "in.mbox", "out"], "unexpected argument '--lable' found"),
        (&["--lable", "Work", "in.mbox", "out"], "a similar argument exists: '--label'"),
        (&["-", "-", "out"], "standard input can be given only once"),
        (&[".", "."], ".: INPUT and OUTPUT are the same; choose another OUTPUT"),
        (&[".", "./"], "./: INPUT and OUTPUT are the same"),
        (&["in.mbox", ".", "."], ".: INPUT and OUTPUT are the same"),
        (&["in.mbox", "in.mbox"], "the last argument is OUTPUT, but in.mbox looks like an INPUT; did you mean:"),
        (&["inspect"], "the following required arguments were not provided:\n  <INPUT>..."),
        (&["inspect", "-", "-"], "standard input can be given only once"),
        (&["--limit", "1", "--sample", "1", "in.mbox", "out"], "cannot be used with"),
        (&["--since", "soon", "in.mbox", "out"], "--since"),
        (&["--min-size", "big", "in.mbox", "out"], "--min-size"),
        (&["verify"], "no INPUT given"),
        (&["verify", "in.mbox"], "no OUTPUT given; did you mean:\n  mbox2eml verify in.mbox OUTPUT\n"),
        (&["verify", "--dry-run", "in.mbox", "out"], "verify does not take '--dry-run', which is an option of convert"),
        (
            &["--for", "unknown", "in.mbox", "out"],
            "[possible values: zoho, eprotect, hornetsecurity, exchange-online, gmail, fastmail]",
        ),
        (&["--for", "a\x1bb", "in.mbox", "out"], "invalid value 'a' for '--for <IMPORTER>'"),
        (
            &["in.mbox", "-"],
            "OUTPUT cannot be standard output, since it is many files; a folder called '-' is given as ./-",
        ),
        (&["in.mbox", "-o", "-"], "OUTPUT cannot be standard output"),
        (&["verify", "in.mbox", "-"], "OUTPUT cannot be standard output"),
        (
            &["--format", "mbox", "--for", "zoho", "in.mbox", "out"],
            "--format mbox does not take --for with this importer: it imports ZIPs of EML files",
        ),
        (
            &["--format", "maildir", "--for", "zoho", "in.mbox", "out"],
            "--format maildir does not take --for with this importer: it imports ZIPs of EML files",
        ),
        (
            &["--min-size", "5MB", "--max-size", "4MB", "in.mbox", "out"],
            "--min-size is greater than --max-size: no message can be in this range",
        ),
        (&["--label", "", "in.mbox", "out"], "a value is required for '--label <NAME>'"),
        (&["--not-label", "", "in.mbox", "out"], "a value is required for '--not-label <NAME>'"),
        (&["--layout", "label", "--label-priority", "", "in.mbox", "out"], "'--label-priority <LABELS>'"),
        (&["--layout", "label", "--label-priority", "Work,,Home", "in.mbox", "out"], "'--label-priority <LABELS>'"),
        (&["--from", "", "in.mbox", "out"], "a value is required for '--from <PATTERN>'"),
        (&["--to=", "in.mbox", "out"], "a value is required for '--to <PATTERN>'"),
        (&["--subject=", "in.mbox", "out"], "a value is required for '--subject <PATTERN>'"),
        (&["--label-priority", "Work", "in.mbox", "out"], "--label-priority needs --layout label"),
        (
            &["--for", "zoho", "--layout", "date", "--label-priority", "Work", "in.mbox", "out.zip"],
            "--label-priority needs --layout label",
        ),
        (&["--label-copies", "all", "in.mbox", "out"], "--label-copies all needs --layout label, or {label} in --name"),
        (
            &["verify", "--label-copies", "all", "--layout", "year", "in.mbox", "out"],
            "--label-copies all needs --layout label",
        ),
        (
            &["verify", "--manifest", "m.csv"],
            "no OUTPUT given; did you mean:\n  mbox2eml verify --manifest m.csv OUTPUT\n",
        ),
        (&["", "out"], "a path is empty; check the variable or the quotes that it comes from"),
        (&["in.mbox", ""], "a path is empty"),
        (&["inspect", ""], "a path is empty"),
        (&["verify", "in.mbox", ""], "a path is empty"),
        (&["--generate", "man"], "unexpected argument '--generate' found"),
        (&["--dry-run", "verify", "in.mbox", "out"], "verify does not take '--dry-run'"),
        (
            &["--zip-max-size", "1MB", "in.mbox", "out"],
            "--zip-max-size is for ZIPs, and OUTPUT is a folder: give an OUTPUT ending in .zip",
        ),
        (&["--zip-max-entries", "1", "in.mbox", "out.tgz"], "--zip-max-entries is for ZIPs, and OUTPUT is a folder"),
        (&["--compression", "0", "in.mbox", "zip"], "--compression is for ZIPs, and OUTPUT is a folder"),
        (&["--compression", "10", "in.mbox", "out.zip"], "'10' for '--compression <LEVEL>': must be 0 to 9\n"),
        (
            &["--zip-max-size", "big", "in.mbox", "out.zip"],
            "expected a number of bytes, or a size such as 40MB or 1GiB",
        ),
        (&["--inflate-limit", "-1", "in.mbox", "out"], "'-1'"),
        (&["--zip-max-entries", "0", "in.mbox", "out.zip"], "invalid value '0' for '--zip-max-entries <N>'"),
        (&["--layout", "tree", "in.mbox", "out"], "[possible values: flat, label, date, year]"),
        (&["--ascii=perhaps", "in.mbox", "out"], "invalid value 'perhaps' for '--ascii[=<BOOL>]'"),
    ] {
        let (mbox, ..) = one_message();
        let scratch = Scratch::with_mailbox(mbox);
        let ran = scratch.run(args).ends(2).prints_nothing();
        assert!(ran.stderr.contains(helps), "{args:?}: {helps:?} was not said: {ran:#?}");
        assert!(ran.stderr.contains("--help"), "{args:?}: {ran:#?}");
        assert_eq!(scratch.names("."), ["in.mbox"], "{args:?}");
    }
}

#[test]
fn a_folder_may_be_called_like_an_archive() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    std::fs::create_dir(scratch.path("out.zip")).unwrap();
    scratch.run(["in.mbox", "out.zip"]).ends(0);
    assert_eq!(scratch.names("out.zip"), [name]);
}

#[test]
fn a_mailbox_may_be_called_like_a_verb() {
    let (mbox, name, _) = one_message();
    let scratch = Scratch::new();
    for verb in ["inspect", "verify"] {
        scratch.write(verb, &mbox);
        let out = format!("out-{verb}");
        scratch.run([&format!("./{verb}"), &out]).ends(0);
        assert_eq!(scratch.names(&out), [name]);
    }
}

#[test]
fn verify_suggests_an_output_that_is_there() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.run(["in.mbox", "in-eml.zip"]).ends(0);
    let said = "no OUTPUT given; did you mean:\n  mbox2eml verify in.mbox in-eml.zip\n";
    scratch.run(["verify", "in.mbox"]).ends(2).says(&[said]);
}

#[test]
fn input_and_output_in_the_wrong_order() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.write("mail/in.mbox", &mbox);
    scratch.run(["in.mbox", "out"]).ends(0);
    for (args, meant) in [
        (&["out", "in.mbox"][..], "mbox2eml in.mbox out\n"),
        (&["-v", "out", "mail"], "mbox2eml -v mail out\n"),
        (&["verify", "out", "in.mbox"], "mbox2eml verify in.mbox out\n"),
        (&["verify", "out", "mail"], "mbox2eml verify mail out\n"),
    ] {
        let said = format!(
            "out: INPUT contains EML files and no mailbox; the arguments may be in the wrong order; did you mean:\n  {meant}"
        );
        scratch.run(args).ends(2).says(&[&said]);
    }
    let ran = scratch.run(["out", "new"]).ends(2);
    ran.says(&[
        "out: no mailbox found\n  it contains EML files, which need no conversion: if it is the OUTPUT of a conversion, give ",
    ]);
}

#[test]
fn a_file_at_fault_is_no_reason_to_read_the_help() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.write("empty.json", "");
    scratch.write("other.json", "[1]");
    for (args, error) in [
        (&["--known", "none.csv", "in.mbox", "out"][..], "--known: none.csv: cannot read this manifest: "),
        (&["verify", "--like", "none.json", "in.mbox", "out"], "--like: none.json: "),
        (
            &["verify", "--like", "empty.json", "in.mbox", "out"],
            "--like: empty.json: not a summary written by --json\n",
        ),
        (
            &["verify", "--like", "other.json", "in.mbox", "out"],
            "--like: other.json: not a summary written by --json\n",
        ),
        (&["--label-map", "none.txt", "in.mbox", "out"], "--label-map: none.txt: "),
    ] {
        scratch.run(args).ends(2).says(&[error]).says_nowhere(&["--help"]);
    }
}

#[cfg(unix)]
#[test]
fn an_output_that_is_neither_folder_nor_file() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.run(["in.mbox", "/dev/null"]).ends(2).says(&["/dev/null: OUTPUT is not a folder\n"]);
}

//! What the program says: the summary, JSON, progress, colours, help.

use std::collections::BTreeSet;
#[cfg(target_os = "linux")]
use std::process::Command;

use serde_json::{Value, json};

#[cfg(target_os = "linux")]
use crate::common::{PROGRAM, Ran, clean};
use crate::common::{Scratch, mailbox, one_message};
#[cfg(target_os = "linux")]
use crate::program::is_installed;

#[test]
fn the_summary_of_one_mailbox() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "Hello"), ("Two", "Hi")]));
    scratch.run(["in.mbox", "out"]).ends(0).prints_nothing().says_just(
        "Done: 2 messages written to out; 131 B read in TIME\n  \
         mailbox   in.mbox, an mbox\n  \
         messages  2 found = 2 written\n  \
         bytes     131 read = 0 preamble + 92 From_ lines + 37 messages + 2 separators\n  \
         warnings  none\n",
    );
    scratch.run(["in.mbox", "out"]).ends(0).prints_nothing().says_just(
        "Done: 0 messages written to out; 131 B read in TIME\n  \
         mailbox   in.mbox, an mbox\n  \
         messages  2 found = 0 written + 2 already there\n  \
         bytes     131 read = 0 preamble + 92 From_ lines + 37 messages + 2 separators\n  \
         warnings  none\n",
    );
}

#[test]
fn the_summary_of_several_mailboxes() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("A", "1")]));
    scratch.write("in/b.mbox", mailbox(&[("B", "2"), ("C", "3")]));
    scratch.run(["in", "out"]).ends(0).prints_nothing().says_just(
        "Done: 3 messages written to out; 183 B read in TIME\n  \
         messages  3 found = 3 written\n  \
         bytes     183 read = 0 preamble + 138 From_ lines + 42 messages + 3 separators\n  \
         mailboxes 2\n    \
             mailbox  found   size  received                  state\n    \
             a            1   61 B  2024-04-01 to 2024-04-01  done\n    \
             b            2  122 B  2024-04-01 to 2024-04-01  done\n  \
         folders   2\n    a/  1 message\n    b/  2 messages\n  \
         warnings  none\n",
    );
}

#[test]
fn the_table_of_mailboxes_shows_what_was_written_if_not_all_was() {
    let scratch = Scratch::new();
    scratch.write("in/b.mbox", mailbox(&[("One", "1"), ("Two", "2")]));
    scratch.write("in/a.mbox", mailbox(&[("One", "1")]));
    let row = |name: &str, found: u64, written: u64, size: &str, head: &str| {
        let (width, of_size) = (head.len(), 5);
        format!("    {name}            {found}  {written:>width$}  {size:>of_size$}  2024-04-01 to 2024-04-01  done\n")
    };
    for (options, output, head) in
        [(&[][..], "out", "written"), (&["--dry-run"], "new", "to be written"), (&["verify"], "out", "the same")]
    {
        let ran = scratch.run(options.iter().chain(&["--subject", "One", "in", output])).ends(0);
        ran.says(&[
            &format!("    mailbox  found  {head}   size  received                  state\n"),
            &(row("a", 1, 1, "63 B", head) + &row("b", 2, 1, "126 B", head)),
        ]);
    }
}

#[test]
fn samples_and_limits_are_mentioned() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "1"), ("Two", "2"), ("Three", "3")]));
    for (options, said) in [
        (["--sample", "2"], "  A sample of 2 messages of each mailbox.\n"),
        (["--limit", "2"], "  Limited to the first 2 matching messages of each mailbox.\n"),
    ] {
        scratch.run(options.iter().chain(&["--dry-run", "in.mbox", "out"])).ends(0).says(&[said]);
        let inspected = scratch.run(["inspect"].iter().chain(&options).chain(&["in.mbox"])).ends(0).stdout;
        assert!(inspected.contains(said), "{inspected}");
    }
}

#[test]
fn mailboxes_that_were_made_are_counted_and_named_as_files() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("One", "1")]));
    scratch.write("in/b/c.mbox", mailbox(&[("Two", "2")]));
    let said = "  folders   2\n    a.mbox  1 message\n    b/c.mbox  1 message\n";
    scratch.run(["--format", "mbox", "in", "out"]).ends(0).says(&["  files     2 mailboxes, 1", said]);
    scratch
        .run(["--format", "mbox", "--mbox-tree", "thunderbird", "in", "tree"])
        .ends(0)
        .says(&["    b.sbd/c  1 message\n"]);
    scratch.run(["--format", "mbox", "--dry-run", "in", "new"]).ends(0).says(&[said]);
}

/// Four messages that begin with no header field, and one NUL byte in the last.
fn irregular_mailbox() -> String {
    let odd = "From ann@example.org Mon Apr  1 12:00:00 2024\n\nno header\n\n";
    format!("{}{}x\0\n\n", odd.repeat(4), odd)
}

#[test]
fn warnings_are_counted_with_their_first_places() {
    let scratch = Scratch::with_mailbox(irregular_mailbox());
    scratch.run(["in.mbox", "out"]).ends(0).says(&["  warnings  10\n    doubtful-boundary 4\n"]).says(&[
        "    no-header 5\n      in.mbox:1, byte 0: does not begin with a header field\n",
        "\n      and 2 more (list with -v)\n",
        "    nul-bytes 1\n      in.mbox:17, byte 232: contains NUL bytes (kept)\n",
    ]);
}

#[test]
fn of_several_mailboxes_as_many_warnings_are_shown() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", irregular_mailbox());
    scratch.write("in/b.mbox", mailbox(&[("One", "1")]));
    let lines = [1, 5, 9].map(|line| format!("      in/a.mbox:{line}, byte {}: does not begin", (line - 1) / 4 * 58));
    scratch
        .run(["in", "out"])
        .ends(0)
        .says(&lines.each_ref().map(String::as_str))
        .says(&["      and 2 more (list with -v)\n"]);
}

#[test]
fn verbose_lists_every_warning() {
    let scratch = Scratch::with_mailbox(irregular_mailbox());
    let ran = scratch.run(["-v", "in.mbox", "out"]).ends(0);
    let line_of = |line: usize, byte: usize| {
        format!("no-header in.mbox:{line}, byte {byte}: does not begin with a header field\n")
    };
    for (line, byte) in [(1, 0), (5, 58), (9, 116), (13, 174), (17, 232)] {
        assert!(ran.stderr.contains(&line_of(line, byte)), "{ran:#?}");
    }
}

#[test]
fn quiet_reports_errors_only() {
    let scratch = Scratch::with_mailbox(irregular_mailbox());
    scratch.run(["-q", "in.mbox", "out"]).ends(0).prints_nothing().says_just("");
    scratch.run(["-q", "in.mbox", "missing.mbox", "out2"]).ends(1).prints_nothing().says_just(
        "mbox2eml: missing.mbox: cannot open: No such file or directory (os error 2)\n  \
         check the path\n",
    );
}

/// Every key of `expected` is in `actual` with the same value; further keys may be there.
#[track_caller]
fn assert_holds(actual: &Value, expected: &Value) {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => {
            for (key, value) in expected {
                assert_holds(actual.get(key).unwrap_or_else(|| panic!("no key {key}")), value);
            }
        }
        (Value::Array(actual), Value::Array(expected)) => {
            assert_eq!(actual.len(), expected.len());
            actual.iter().zip(expected).for_each(|(actual, expected)| assert_holds(actual, expected));
        }
        _ => assert_eq!(actual, expected),
    }
}

#[test]
fn json_has_the_shape_that_programs_rely_on() {
    let scratch = Scratch::with_mailbox(mailbox(&[("One", "Hello"), ("Two", "Hi\0")]));
    scratch.write("empty.mbox", "");
    scratch.write("out/in/000001_20240401T120000Z_One.eml", "Subject: One\r\n\r\nHello\r\n");
    let ran = scratch.run(["--json", "in.mbox", "empty.mbox", "out"]).ends(0).says(&["Done: "]);
    let messages = json!({"found": 2, "written": 1, "already_there": 1, "duplicates": 0, "filtered": 0, "failed": 0});
    let bytes = json!({"input": 132, "preamble": 0, "from_lines": 92, "messages": 38, "separators": 2});
    let none = json!({"found": 0, "written": 0, "already_there": 0, "duplicates": 0, "filtered": 0, "failed": 0});
    let no_bytes = json!({"input": 0, "preamble": 0, "from_lines": 0, "messages": 0, "separators": 0});
    let expected = json!({
        "version": env!("CARGO_PKG_VERSION"), "output": "out",
        "mailboxes": [
            {
                "input": "in.mbox", "profile": "generic", "messages": messages, "bytes": bytes,
                "warnings": {"nul-bytes": 1},
            },
            {"input": "empty.mbox", "profile": "empty", "messages": none, "bytes": no_bytes, "warnings": {}},
        ],
        "messages": messages, "bytes": bytes, "warnings": {"nul-bytes": 1},
    });
    assert_holds(&ran.json(), &expected);
    assert!(ran.json().get("files").is_none() && ran.json().get("proof").is_none(), "{ran:#?}");
    assert!(ran.stdout.ends_with("}\n"), "{ran:#?}");
}

#[test]
fn json_of_a_failed_input() {
    let scratch = Scratch::with_mailbox("no mailbox\n");
    let ran = scratch.run(["--json", "-q", "in.mbox", "missing.mbox", "out"]).ends(2);
    let json = ran.json();
    assert_eq!(json["messages"]["found"], 0);
    assert!(ran.stderr.contains("in.mbox: not an mbox"), "{ran:#?}");
    assert!(ran.stderr.contains("missing.mbox: cannot open"), "{ran:#?}");
}

#[test]
fn every_profile_has_its_name() {
    for (file, profile, words) in [
        ("takeout/takeout", "google-takeout", "a Google Takeout"),
        ("vault/export", "google-vault", "a Google Vault export"),
        ("thunderbird/Inbox", "thunderbird", "written by Thunderbird"),
        ("public-inbox/list", "public-inbox", "written by public-inbox"),
        ("pipermail/2007-April", "pipermail", "a Mailman archive"),
        ("git/series", "git", "git patches"),
        ("mboxrd/depths", "generic", "an mbox"),
        ("not-an-mbox/empty", "empty", "empty"),
    ] {
        let input = crate::common::testdata().join(format!("{file}.mbox"));
        let ran = Scratch::new().run(["--json", "--dry-run", input.to_str().unwrap(), "out"]).ends(0);
        assert_eq!(ran.json()["mailboxes"][0]["profile"], profile, "{file}");
        ran.says(&[&format!("{file}.mbox, {words}\n")]);
    }
}

#[test]
fn progress_is_silent_in_a_quick_run() {
    for how in ["auto", "bar", "plain", "json", "none"] {
        let (mbox, ..) = one_message();
        let scratch = Scratch::with_mailbox(mbox);
        scratch.run(["--progress", how, "in.mbox", "out"]).ends(0).prints_nothing().says_just(
            "Done: 1 message written to out; 67 B read in TIME\n  \
             mailbox   in.mbox, an mbox\n  \
             messages  1 found = 1 written\n  \
             bytes     67 read = 0 preamble + 46 From_ lines + 20 messages + 1 separators\n  \
             warnings  none\n",
        );
    }
}

#[test]
fn colours_are_shown_when_asked_for_and_never_in_a_file() {
    let scratch = Scratch::with_mailbox(irregular_mailbox());
    let run = |options: &[&str]| scratch.run(options.iter().chain(&["--dry-run", "in.mbox", "missing", "out"])).ends(1);
    for options in [&[][..], &["--color", "auto"], &["--color", "never"]] {
        assert!(!run(options).stderr.contains('\u{1b}'), "{options:?}");
    }
    let always = run(&["--color", "always"]).stderr;
    for shown in ["\u{1b}[1m\u{1b}[31mmbox2eml:\u{1b}[0m missing", "\u{1b}[1mwarnings\u{1b}[0m"] {
        assert!(always.contains(shown), "{shown:?}: {always:?}");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let scratch = Scratch::new();
    let version = scratch.run(["--version"]).ends(0).says_just("");
    assert_eq!(version.stdout, format!("mbox2eml {}\n", env!("CARGO_PKG_VERSION")));
    for option in ["--help", "-h"] {
        let help = scratch.run([option]).ends(0).says_just("").stdout;
        for shown in ["mbox2eml [OPTIONS] <INPUT>... <OUTPUT>", "inspect", "completions", "Examples:"] {
            assert!(help.contains(shown), "{option}: no {shown:?} in {help}");
        }
        assert!(!help.contains('\u{1b}'), "{help:?}");
    }
}

/// The long options that the help lists.
fn options() -> BTreeSet<String> {
    let help = Scratch::new().run(["convert", "--help"]).stdout;
    let lines = help.lines().filter_map(|line| {
        line.split_whitespace().find(|word| word.starts_with("--")).filter(|_| line.trim_start().starts_with('-'))
    });
    // As in `--ascii[=<BOOL>]`.
    let name = |word: &str| word.split('[').next().unwrap_or(word).trim_end_matches("...").to_owned();
    let options: BTreeSet<String> = lines.map(name).collect();
    assert!(options.len() > 15, "{options:?}");
    options
}

#[test]
fn the_manual_page_and_completions_have_every_option() {
    let page = Scratch::new().run(["man", "convert"]).ends(0).stdout.replace("\\-", "-");
    for option in options() {
        assert!(page.contains(&option), "no {option}");
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = Scratch::new().run(["completions", shell]).ends(0).says_just("").stdout;
        assert!(script.contains("MBOX2EML_COMPLETE"), "{shell}: {script}");
    }
}

/// What the program shows on a terminal; `None` where there is no terminal.
#[cfg(target_os = "linux")]
fn on_a_terminal(scratch: &Scratch, options: &str, no_color: bool) -> Option<String> {
    let mut script = clean(Command::new("script"), &scratch.path("."));
    let line = format!("'{PROGRAM}' {options} in.mbox out");
    script.args(["--quiet", "--return", "--command", &line, "/dev/null"]).env("TERM", "xterm");
    if no_color {
        script.env("NO_COLOR", "1");
    }
    is_installed("script", "--version").then(|| Ran::of(&mut script).ends(0).stdout)
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_has_colours_and_a_bar_unless_they_are_not_wanted() {
    let scratch = Scratch::with_mailbox(irregular_mailbox());
    for (options, no_color, colours) in [
        ("", false, true),
        ("--color auto", false, true),
        ("--progress none", false, true),
        ("--color never --progress none", false, false),
        ("--progress none", true, false),
        ("--color always --progress none", true, true),
    ] {
        let Some(shown) = on_a_terminal(&scratch, options, no_color) else { return };
        assert!(shown.contains("warnings"), "{shown:?}");
        assert_eq!(shown.contains('\u{1b}'), colours, "{options}, NO_COLOR {no_color}: {shown:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_bar_names_the_mailbox_and_fits_sixty_columns() {
    if !is_installed("script", "--version") {
        return;
    }
    let scratch = Scratch::new();
    scratch.write("users/ann@example.org/Sent mail.mbox", mailbox(&vec![("Short", "x"); 1000]));
    let mut script = clean(Command::new("script"), &scratch.path("."));
    let line = format!("stty cols 60 rows 20; '{PROGRAM}' users out");
    let ran =
        Ran::of(script.args(["--quiet", "--return", "--command", &line, "/dev/null"]).env("TERM", "xterm")).ends(0);
    let bar = ran.stdout.split("Done").next().unwrap();
    assert!(bar.contains("users/…ent mail.mbox"), "{bar:?}");
    // Without colours, each drawing of the bar follows a carriage return.
    let colours = ["\u{1b}[32m", "\u{1b}[0m", "\u{1b}[2K"];
    let plain = colours.iter().fold(bar.to_owned(), |text, colour| text.replace(colour, ""));
    for drawn in plain.split(['\r', '\n']) {
        assert!(drawn.chars().count() <= 60, "{drawn:?}");
    }
}

//! An earlier conversion compared with its input.

use std::fs;

use crate::common::{Scratch, mailbox, testdata};

/// A scratch folder with a copy of the Takeouts, converted with these options.
fn converted(options: &[&str], output: &str) -> Scratch {
    let scratch = Scratch::new();
    for name in ["takeout.mbox", "cut-short.mbox"] {
        scratch.write(format!("in/{name}"), fs::read(testdata().join("takeout").join(name)).unwrap());
    }
    scratch.run(options.iter().copied().chain(["in", output])).ends(0);
    scratch
}

fn verify<'a>(options: &'a [&'a str], output: &'a str) -> impl Iterator<Item = &'a str> {
    ["verify"].into_iter().chain(options.iter().copied()).chain(["in", output])
}

#[test]
fn what_was_written_is_the_same_in_every_form_of_output() {
    for output in ["out", "out.zip"] {
        for options in [
            &[][..],
            &["--layout", "label", "--ascii"],
            &["--layout", "label", "--label-copies", "all"],
            &["--eol", "lf", "--name", "{year}/{subject}"],
            &["--for", "zoho"],
            &["--label", "Inbox", "--dedup", "id"],
            &["--limit", "3"],
        ] {
            let scratch = converted(options, output);
            let before = scratch.tree(".");
            let ran = scratch.run(verify(options, output)).ends(0).prints_nothing();
            assert!(ran.stderr.contains("Verified: "), "{options:?}: {ran:#?}");
            assert!(ran.stderr.contains("differing 0: 0 missing, 0 different, 0 extra"), "{options:?}: {ran:#?}");
            assert_eq!(scratch.tree("."), before, "{options:?}");
        }
    }
}

#[test]
fn volumes_are_verified_together() {
    let scratch = converted(&["--zip-max-entries", "4"], "out.zip");
    assert!(scratch.path("out-003.zip").exists());
    scratch.run(verify(&[], "out.zip")).ends(0).prints_nothing();
    fs::remove_file(scratch.path("out-003.zip")).unwrap();
    let ran = scratch.run(verify(&[], "out.zip")).ends(1);
    assert_eq!(ran.stdout.lines().count(), 2, "{ran:#?}");
    assert!(ran.stdout.lines().all(|line| line.starts_with("missing\ttakeout/00000")), "{ran:#?}");
}

#[test]
fn every_difference_is_listed_with_its_first_byte() {
    let scratch = converted(&[], "out");
    let path = |start: &str| {
        let name = scratch.names("out/takeout").into_iter().find(|name| name.starts_with(start)).unwrap();
        (format!("takeout/{name}"), scratch.path("out/takeout").join(name))
    };
    let (changed, changed_path) = path("000001");
    let mut bytes = fs::read(&changed_path).unwrap();
    bytes[77] ^= 1;
    fs::write(changed_path, bytes).unwrap();
    let (missing, missing_path) = path("000002");
    fs::remove_file(missing_path).unwrap();
    let (short, short_path) = path("000003");
    fs::write(&short_path, &fs::read(&short_path).unwrap()[..10]).unwrap();
    let (long, long_path) = path("000004");
    let bytes = fs::read(&long_path).unwrap();
    fs::write(long_path, [&bytes[..], b"more"].concat()).unwrap();
    // Windows allows no line end in a name.
    let control = if cfg!(windows) { '\u{7f}' } else { '\n' };
    scratch.write(format!("out/a user's{control}file"), "");

    let ran = scratch.run(verify(&[], "out")).ends(1);
    let expected = format!(
        "missing\t{missing}\ndifferent\t{changed}\t77\ndifferent\t{short}\t10\ndifferent\t{long}\t{}\n\
         extra\ta user's{}file\n",
        bytes.len(),
        control.escape_unicode()
    );
    assert_eq!(ran.stdout, expected, "{ran:#?}");
    assert!(ran.stderr.contains("10 found = 6 the same + 4 missing or different"), "{ran:#?}");
    assert!(ran.stderr.contains("differing 5: 1 missing, 3 different, 1 extra"), "{ran:#?}");

    let ran = scratch.run(verify(&["--json", "-q"], "out")).ends(1);
    assert!(ran.stdout.contains("\"differences\":{"), "{ran:#?}");
    assert!(ran.stdout.contains(&format!("{{\"path\":\"{changed}\",\"byte\":77}}")), "{ran:#?}");
}

#[test]
fn a_message_is_found_under_the_name_it_got_because_its_own_was_taken() {
    let scratch = converted(&[], "first");
    let name = scratch.names("first/takeout").remove(0);
    scratch.write(format!("out/takeout/{name}"), "somebody's file");
    scratch.run(["in", "out"]).ends(0);
    let ran = scratch.run(verify(&[], "out")).ends(1);
    assert_eq!(ran.stdout, format!("extra\ttakeout/{name}\n"), "{ran:#?}");
    assert!(ran.stderr.contains("10 found = 10 the same"), "{ran:#?}");
}

#[test]
fn other_options_are_other_names() {
    let scratch = converted(&[], "out");
    let ran = scratch.run(verify(&["--layout", "date"], "out")).ends(1);
    assert!(ran.stderr.contains("differing 20: 10 missing, 0 different, 10 extra"), "{ran:#?}");
}

#[test]
fn an_output_in_another_format_is_named() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("A", "1"), ("B", "2")]));
    scratch.write("in/b.mbox", mailbox(&[("C", "3")]));
    let formats: &[(&str, &str)] = match cfg!(unix) {
        true => &[
            ("eml", "This output holds EML files: leave out --format."),
            ("mbox", "This output holds mailboxes: add --format mbox."),
            ("maildir", "This output is a Maildir: add --format maildir."),
        ],
        false => &[
            ("eml", "This output holds EML files: leave out --format."),
            ("mbox", "This output holds mailboxes: add --format mbox."),
        ],
    };
    for (written, hint) in formats {
        scratch.run(["--format", written, "in", written]).ends(0);
        scratch.run(["verify", "--format", written, "in", written]).ends(0).says_nowhere(&["This output"]);
        for (other, _) in formats.iter().filter(|(other, _)| other != written) {
            scratch.run(["verify", "--format", other, "in", written]).ends(1).says(&[hint]);
        }
    }
}

#[test]
fn an_input_in_the_output_is_not_extra() {
    for (format, more) in [("eml", "more"), ("mbox", "more/b.mbx")] {
        let scratch = Scratch::new();
        scratch.write("in.mbx", mailbox(&[("A", "1")]));
        scratch.write("more/b.mbx", mailbox(&[("B", "2")]));
        let args = ["--format", format, "--manifest", "m.csv", "in.mbx", more, "."];
        scratch.run(args).ends(0);
        scratch.run(["verify"].iter().chain(&args)).ends(0).prints_nothing();
        scratch.run(["verify", "--manifest", "m.csv", "."]).ends(0).prints_nothing();
    }
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "1")]));
    scratch.write("other.mbox", mailbox(&[("B", "2")]));
    scratch.run(["--manifest", "m.csv", "in.mbox", "."]).ends(0);
    for args in [["--manifest", "m.csv", "."], ["--eol=crlf", "in.mbox", "."]] {
        assert_eq!(scratch.run(["verify"].iter().chain(&args)).ends(1).stdout, "extra\tother.mbox\n");
    }
}

#[test]
fn a_manifest_is_named_only_if_it_is_of_this_output() {
    for output in ["out", "out.zip"] {
        let scratch = converted(&["--manifest", "m.csv"], output);
        scratch.write("other.mbox", mailbox(&[("Other", "1")]));
        scratch.run(["other.mbox", "elsewhere", "--manifest", "a.csv"]).ends(0);
        let verify = ["verify", "--layout", "date", "in", output];
        scratch.run(verify).ends(1).says(&["m.csv is the manifest of such a run"]);
        fs::remove_file(scratch.path("m.csv")).unwrap();
        scratch.run(verify).ends(1).says(&["and its manifest has the paths"]).says_nowhere(&["a.csv"]);
    }
}

#[test]
fn without_an_output_there_is_nothing_to_verify() {
    let scratch = converted(&[], "out");
    for (output, error) in [
        ("none", "mbox2eml: none: cannot open this folder: No such file or directory (os error 2)\n"),
        ("none.zip", "mbox2eml: none.zip: cannot open this archive: No such file or folder\n  check the path\n"),
    ] {
        let ran = scratch.run(verify(&[], output)).ends(2).prints_nothing();
        assert!(ran.stderr.starts_with(error), "{ran:#?}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_no_message() {
    let scratch = converted(&[], "out");
    let name = scratch.names("out/takeout").remove(0);
    let path = scratch.path("out/takeout").join(&name);
    fs::rename(&path, scratch.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(scratch.path("elsewhere"), &path).unwrap();
    let ran = scratch.run(verify(&[], "out")).ends(1);
    assert_eq!(ran.stdout, format!("different\ttakeout/{name}\t0\n"), "{ran:#?}");
}

#[test]
fn a_copy_that_is_missing_does_not_make_the_others_extra() {
    let options = ["--layout", "label", "--label-copies", "all"];
    let scratch = converted(&options, "out");
    let is_copy = |path: &String| path.starts_with("takeout/") && path.contains("/000003_");
    let copies: Vec<String> = scratch.tree("out").into_keys().filter(is_copy).collect();
    assert_eq!(copies.len(), 2, "{copies:?}");
    for path in &copies {
        let bytes = scratch.read(scratch.path("out").join(path));
        fs::remove_file(scratch.path("out").join(path)).unwrap();
        let ran = scratch.run(verify(&options, "out")).ends(1);
        assert_eq!(ran.stdout, format!("missing\t{path}\n"), "{ran:#?}");
        scratch.write(scratch.path("out").join(path), bytes);
    }
    scratch.run(verify(&options, "out")).ends(0);
}

#[test]
fn inputs_that_cannot_be_read_leave_it_incomplete() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("A", "1")]));
    scratch.write("in/b.mbox", mailbox(&[("B", "2")]));
    scratch.run(["in", "out"]).ends(0);
    scratch.write("in/b.mbox", "");
    scratch.write("in/c.mbox", "");
    let ran = scratch.run(["verify", "--json", "in", "out"]).ends(1);
    let ran = ran.says(&["Verification failed: 1 of 1 message matches in out; 1 extra; 2 inputs failed; "]);
    assert_eq!(ran.json()["complete"], false);
    std::fs::remove_dir_all(scratch.path("out/b")).unwrap();
    let ran = scratch.run(["verify", "--json", "in", "out"]).ends(1);
    ran.says(&["Incomplete: 1 of 1 message matches in out; 2 inputs failed; "]).says_nowhere(&["Done"]);
    scratch.run(["--dry-run", "in", "out"]).ends(1).says(&["Dry run, with failures: "]);
}

#[test]
fn an_output_alone_is_compared_with_nothing() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "1")]));
    for output in ["out", "out.zip"] {
        scratch.run(["in.mbox", output]).ends(0);
        scratch.run(["verify", output]).ends(2).says(&[&format!(
            "mbox2eml: no INPUT given, and {output} is an output; did you mean one of these:\n  mbox2eml verify INPUT {output}\n  \
             mbox2eml verify --manifest MANIFEST {output}\n"
        )]);
    }
    scratch.run(["verify", "in.mbox"]).ends(2).says(&["no OUTPUT given"]);
    let eml = "it contains EML files, which need no conversion: if it is the OUTPUT of a conversion, give the INPUT\n";
    for output in ["out", "out.zip"] {
        scratch.run(["inspect", output]).ends(2).says(&[eml]);
    }
}

#[test]
fn faults_of_the_output_are_not_those_of_an_input() {
    let scratch = Scratch::new();
    scratch.write("in/a.mbox", mailbox(&[("A", "1"), ("B", "2"), ("A", "1")]));
    scratch.write("in/b.mbox", mailbox(&[("C", "3")]));
    let dedup = ["--dedup", "content"];
    scratch.run(dedup.iter().chain(&["in", "out"])).ends(0);
    let options = [&dedup[..], &["--json", "--report", "r.html"]].concat();
    scratch.run(verify(&options, "out")).ends(0).says(&["Verified: 3 messages match in out; "]);
    let name = scratch.names("out/a").remove(0);
    fs::remove_file(scratch.path("out/a").join(name)).unwrap();
    let ran = scratch.run(verify(&options, "out")).ends(1).says(&[
        // Duplicates are not expected there.
        "Verification failed: 2 of 3 messages match in out; 1 missing; ",
        "4 found = 2 the same + 1 duplicate + 1 missing or different\n",
        "  1 missing or different\n",
    ]);
    let ran = ran.says_nowhere(&["input failed", "Failed: "]);
    assert_eq!(ran.json()["failed"], serde_json::json!([]));
    let page = String::from_utf8(scratch.read("r.html")).unwrap();
    assert!(page.contains("2 of 3 messages expected in out match") && !page.contains("What failed"), "{page}");
}

#[test]
fn numbers_of_differences_have_separators() {
    let scratch = Scratch::with_mailbox(mailbox(&vec![("Short", "x"); 1001]));
    scratch.write("out/other.eml", "x");
    scratch.run(["verify", "in.mbox", "out"]).ends(1).says(&["differing 1,002: 1,001 missing, 0 different, 1 extra\n"]);
}

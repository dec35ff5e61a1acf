//! Mail, names and arguments that mean harm: none gets out of the output, and none reaches the screen unescaped.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::common::{Ran, Scratch, mailbox, one_message};

/// Subjects, raw, and what becomes of them in a name.
const SUBJECTS: [(&str, &str); 20] = [
    ("../../etc/passwd", "etc-passwd"),
    ("..", ""),
    (".", ""),
    ("/etc/passwd", "etc-passwd"),
    ("//server/share", "server-share"),
    ("C:\\Windows\\system32", "C-Windows-system32"),
    ("~/.profile", "profile"),
    ("-rf --no-preserve-root", "rf-no-preserve-root"),
    ("a\0b", "ab"),
    ("\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}", "[31mred[0m-]0;title"),
    ("\u{202e}gpj.exe\u{202c}", "gpj.exe"),
    ("zero\u{200b}width\u{feff}", "zerowidth"),
    ("con", "con"),
    ("NUL.eml", "NUL.eml"),
    ("trailing dots...", "trailing-dots"),
    ("what? <this>|that*: \"x\"", "what-this-that-x"),
    ("=?UTF-8?Q?=2E=2E=2F=00=0A=1B[2J?=", "[2J"),
    ("=?UTF-8?B?Li4vLi4vLi4vZXRjL3Bhc3N3ZA==?=", "etc-passwd"),
    ("c1 \u{9b}31m and del \u{7f}", "c1-31m-and-del"),
    ("$(touch x) `touch y` ; rm -rf * & | %PATH%", "$(touch-x)-`touch-y`-;-rm-rf-&-%PATH%"),
];

/// Nothing on standard error moves the cursor, rings a bell or turns the writing round.
#[track_caller]
fn assert_harmless(ran: &Ran) {
    let harmful = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert_eq!(ran.stderr.chars().find(harmful), None, "{ran:#?}");
}

#[test]
fn subjects_become_harmless_names() {
    let messages: Vec<_> = SUBJECTS.iter().map(|(subject, _)| (*subject, "x")).collect();
    let scratch = Scratch::with_mailbox(mailbox(&messages));
    let ran = scratch.run(["-v", "--name", "{index}_{subject}", "in.mbox", "out"]).ends(0);
    assert_harmless(&ran);
    let expected = (1..).zip(SUBJECTS).map(|(number, (_, name))| match name {
        "" => format!("{number:06}.eml"),
        name => format!("{number:06}_{name}.eml"),
    });
    assert_eq!(scratch.names("out"), expected.collect::<Vec<_>>());
    assert_eq!(scratch.names("."), [&["in.mbox".to_owned()][..], &names_below(&scratch)].concat());
}

fn names_below(scratch: &Scratch) -> Vec<String> {
    scratch.names("out").iter().map(|name| format!("out/{name}")).collect()
}

#[test]
fn subjects_make_harmless_folders() {
    let messages: Vec<_> = SUBJECTS.iter().map(|(subject, _)| (*subject, "x")).collect();
    let scratch = Scratch::with_mailbox(mailbox(&messages));
    assert_harmless(&scratch.run(["-v", "--name", "{subject}/{index}", "in.mbox", "out"]).ends(0));
    let names = scratch.names("out");
    assert_eq!(names.len(), SUBJECTS.len());
    for name in &names {
        let parts: Vec<&str> = name.split('/').collect();
        assert!(parts.len() <= 2 && parts.iter().all(|part| !part.starts_with('.')), "{name}");
    }
    assert!(names.contains(&"etc-passwd/000001.eml".to_owned()), "{names:?}");
    assert!(names.contains(&"_con/000013.eml".to_owned()), "{names:?}");
    assert!(
        names.contains(&"NUL.eml_/000014.eml".to_owned()) || names.contains(&"_NUL.eml_/000014.eml".to_owned()),
        "{names:?}"
    );
}

#[test]
fn labels_with_paths_stay_inside() {
    let takeout = "From 1795304199434903931@xxx Wed Apr 03 09:11:45 +0000 2024\r\nX-GM-THRID: 1\r\n\
                   X-Gmail-Labels: \"../../x\"\r\nSubject: a\r\n\r\nb\r\n\r\n";
    let scratch = Scratch::with_mailbox(takeout);
    scratch.run(["--name", "{label}/{index}", "in.mbox", "out"]).ends(0);
    assert_eq!(scratch.names("out"), ["x/000001.eml"]);
    assert_eq!(scratch.names("."), ["in.mbox", "out/x/000001.eml"]);
}

#[test]
fn a_subject_of_5000_characters_makes_a_name_that_fits() {
    for letter in ["a", "ü", "語", "👋", "a b", "x\u{301}"] {
        let scratch = Scratch::with_mailbox(mailbox(&[(&letter.repeat(5000), "x")]));
        scratch.run(["in.mbox", "out"]).ends(0);
        let names = scratch.names("out");
        let [name] = &*names else { panic!("{names:?}") };
        assert!(name.len() <= 100 && name.starts_with("000001_20240401T120000Z_") && name.ends_with(".eml"), "{name}");
        assert!(name.len() > 80, "more was cut off than needed: {name}");
    }
}

#[test]
fn names_of_inputs_are_escaped_on_the_screen() {
    let (mbox, name, _) = one_message();
    for (file, shown, folder) in [
        (&b"red\x1b[31m\n.mbox"[..], "red\\u{1b}[31m\\u{a}.mbox", "red[31m~cc7db7ec"),
        (b"bell\x07\rreturn.mbox", "bell\\u{7}\\u{d}return.mbox", "bell return~193ca175"),
        ("bidi\u{202e}txt.mbox".as_bytes(), "bidi\\u{202e}txt.mbox", "biditxt~a419ea3c"),
        (b"not \xff UTF-8.mbox", "not \u{fffd} UTF-8.mbox", "not-UTF-8~7e87dfc7"),
    ] {
        let file = OsStr::from_bytes(file);
        // Apple's file systems have only names in UTF-8.
        if cfg!(target_vendor = "apple") && file.to_str().is_none() {
            continue;
        }
        let scratch = Scratch::new();
        // A warning, so that a place is reported.
        let odd = format!("{mbox}From ann@example.org Mon Apr  1 12:00:00 2024\n\nodd\n\n");
        scratch.write(file, &odd);
        scratch.write("b.mbox", &mbox);
        let args = [OsStr::new("-v"), file, OsStr::new("b.mbox"), OsStr::new("out")];
        let ran = scratch.run(args).ends(0).says(&[&format!("{shown}: 2 found"), &format!("{shown}:6, byte")]);
        assert_harmless(&ran);
        // A folder that cannot be called as the mailbox is has a mark, made of the mailbox's own bytes.
        let odd_name = name.replace("_One", "").replace("000001", "000002");
        let mut expected = [format!("b/{name}"), format!("{folder}/{name}"), format!("{folder}/{odd_name}")];
        expected.sort();
        assert_eq!(scratch.names("out"), expected);

        scratch.write(file, "no mailbox\n");
        assert_harmless(&scratch.run([file, OsStr::new("out2")]).ends(2).says(&[&format!("{shown}: not an mbox")]));
        assert_harmless(&scratch.run([&*scratch.path("nope").join(file), "out3".as_ref()]).ends(2).says(&[shown]));
        let found = scratch.run(["-v".as_ref(), scratch.path(".").as_path(), "out4".as_ref()]).ends(1);
        assert_harmless(&found.says(&[&format!("{shown}: not an mbox")]));
    }
}

#[test]
fn arguments_are_escaped_on_the_screen() {
    let (mbox, ..) = one_message();
    let harm = "x\u{1b}[31m\u{7}\u{202e}";
    for args in [
        &["in.mbox", harm, "--dry-run"][..],
        &["in.mbox", &format!("{harm}.zip")],
        &["--name", &format!("{{{harm}}}"), "in.mbox", "out"],
        &["--name", &format!("{harm}/{{"), "in.mbox", "out"],
        &["--name", &format!("{harm}:"), "in.mbox", "out"],
        &["in.mbox", &format!("in.mbox/{harm}")],
    ] {
        assert_harmless(&Scratch::with_mailbox(&mbox).run(args));
    }
}

#[test]
fn arguments_that_are_no_options_are_escaped_on_the_screen() {
    let harm = "x\u{1b}[31m\u{7}\u{202e}";
    for args in [
        &[&*format!("--{harm}"), "in.mbox", "out"][..],
        &["--eol", harm, "in.mbox", "out"],
        &["--limit", harm, "in.mbox", "out"],
    ] {
        assert_harmless(&Scratch::new().run(args).ends(2));
    }
}

#[test]
fn a_hostile_output_is_escaped_in_errors() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.write("file\u{1b}[2J", "");
    let ran = scratch.run(["in.mbox", "file\u{1b}[2J"]).ends(2).says(&["file\\u{1b}[2J"]);
    assert_harmless(&ran);
}

//! What each option does to the files that are written.

use crate::common::{Scratch, large_mailbox, mailbox, one_message, testdata};

/// Converts the mailbox with these options; the files in their order.
fn converted(mbox: impl AsRef<[u8]>, options: &[&str]) -> Vec<(String, String)> {
    let scratch = Scratch::with_mailbox(mbox);
    scratch.run(options.iter().chain(&["in.mbox", "out"])).ends(0);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    scratch.tree("out").into_iter().map(|(name, bytes)| (name, text(bytes))).collect()
}

/// The bytes of the only message.
fn only(mbox: impl AsRef<[u8]>, options: &[&str]) -> String {
    match &*converted(mbox, options) {
        [(_, eml)] => eml.clone(),
        others => panic!("not one message: {others:?}"),
    }
}

fn names(mbox: impl AsRef<[u8]>, options: &[&str]) -> Vec<String> {
    converted(mbox, options).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn line_ends_are_those_asked_for() {
    const FROM: &str = "From ann@example.org Mon Apr  1 12:00:00 2024";
    for (mbox, crlf, lf, keep) in [
        (format!("{FROM}\nA: 1\n\nx\n\n"), "A: 1\r\n\r\nx\r\n", "A: 1\n\nx\n", "A: 1\n\nx\n"),
        (format!("{FROM}\r\nA: 1\r\n\r\nx\r\n\r\n"), "A: 1\r\n\r\nx\r\n", "A: 1\n\nx\n", "A: 1\r\n\r\nx\r\n"),
        (
            format!("{FROM}\nA: 1\r\n\r\nx\ry\nz\n\n"),
            "A: 1\r\n\r\nx\ry\r\nz\r\n",
            "A: 1\n\nx\ry\nz\n",
            "A: 1\r\n\r\nx\ry\nz\n",
        ),
        (format!("{FROM}\rA: 1\r\rx\r\r"), "A: 1\r\n\r\nx\r\n", "A: 1\n\nx\n", "A: 1\r\rx\r"),
        (format!("{FROM}\nA: 1\n\nno end"), "A: 1\r\n\r\nno end", "A: 1\n\nno end", "A: 1\n\nno end"),
    ] {
        assert_eq!(only(&mbox, &[]), crlf, "{mbox:?}");
        assert_eq!(only(&mbox, &["--eol", "crlf"]), crlf, "{mbox:?}");
        assert_eq!(only(&mbox, &["--eol", "lf"]), lf, "{mbox:?}");
        assert_eq!(only(&mbox, &["--eol", "keep"]), keep, "{mbox:?}");
    }
}

#[test]
fn quoting_is_undone_as_asked_and_in_bodies_only() {
    let mbox = mailbox(&[("a\n>From: never a header", ">From b\n>>From c\n> From d\nx >From e")]);
    for (how, body) in [
        ("auto", "From b\n>From c\n> From d\nx >From e"),
        ("mboxrd", "From b\n>From c\n> From d\nx >From e"),
        ("mboxo", "From b\n>>From c\n> From d\nx >From e"),
        ("none", ">From b\n>>From c\n> From d\nx >From e"),
    ] {
        let eml = only(&mbox, &["--unquote", how, "--eol", "lf"]);
        assert_eq!(eml, format!("Subject: a\n>From: never a header\n\n{body}\n"), "{how}");
    }
}

#[test]
fn messages_begin_where_the_rule_says() {
    let separator = "From bob@example.com Mon Apr  1 13:00:00 2024";
    let mbox = format!(
        "{}{separator}\nSubject: No empty line before it\n\nx\n\nFrom here on it is text\n\n\
         From -\nSubject: y\nFrom: bob@example.com\n\nz\n\n{separator}\nSubject: Last\n\nw\n\n",
        mailbox(&[("First", "v")]).trim_end_matches('\n').to_owned() + "\n",
    );
    for (rule, subjects) in [
        ("auto", &["First", "No-empty-line-before-it", "y", "Last"][..]),
        ("strict", &["First", "Last"]),
        ("any", &["First", "No-empty-line-before-it", "", "y", "Last"]),
    ] {
        let names = names(&mbox, &["--split", rule, "--name", "{index}_{subject}"]);
        let expected: Vec<String> = (1..)
            .zip(subjects)
            .map(|(number, subject)| match *subject {
                "" => format!("{number:06}.eml"),
                subject => format!("{number:06}_{subject}.eml"),
            })
            .collect();
        assert_eq!(names, expected, "{rule}");
    }
}

#[test]
fn a_mailbox_whose_start_was_cut_off_begins_at_its_first_from_line() {
    let scratch = Scratch::with_mailbox(format!("of a message that was cut\n\n{}", mailbox(&[("Whole", "x")])));
    scratch.run(["in.mbox", "out"]).ends(2);
    let sum = "= 27 preamble + 46 From_ lines + 18 messages + 1 separators";
    scratch.run(["--split", "any", "in.mbox", "out"]).ends(0).says(&[sum, "leading-bytes 1"]);
    assert_eq!(scratch.tree("out")["000001_20240401T120000Z_Whole.eml"], b"Subject: Whole\r\n\r\nx\r\n");
}

#[test]
fn deleted_messages_are_left_behind_or_kept() {
    let inbox = testdata().join("thunderbird/Inbox.mbox");
    let inbox = inbox.to_str().unwrap();
    for (option, numbers, sum) in [
        (&[][..], &["000001", "000003"][..], "4 found = 2 written + 2 filtered\n"),
        (&["--deleted", "skip"], &["000001", "000003"], "4 found = 2 written + 2 filtered\n"),
        (&["--deleted", "keep"], &["000001", "000002", "000003", "000004"], "4 found = 4 written\n"),
    ] {
        let scratch = Scratch::new();
        let hint = "2 messages marked as deleted were skipped (--deleted keep writes them)\n";
        let ran = scratch.run(option.iter().chain(&["--name", "{index}", inbox, "out"])).ends(0).says(&[sum]);
        assert_eq!(ran.stderr.contains(hint), numbers.len() == 2, "{ran:#?}");
        let expected: Vec<String> = numbers.iter().map(|number| format!("{number}.eml")).collect();
        assert_eq!(scratch.names("out"), expected, "{option:?}");
    }
}

#[test]
fn a_limit_is_for_each_mailbox() {
    let scratch = Scratch::new();
    scratch.write("a.mbox", mailbox(&[("A1", "x"), ("A2", "x"), ("A3", "x")]));
    scratch.write("b.mbox", mailbox(&[("B1", "x")]));
    for (limit, names) in [
        ("1", &["a/000001.eml", "b/000001.eml"][..]),
        ("2", &["a/000001.eml", "a/000002.eml", "b/000001.eml"]),
        ("18446744073709551615", &["a/000001.eml", "a/000002.eml", "a/000003.eml", "b/000001.eml"]),
    ] {
        let out = format!("out {limit}");
        let sum = format!("{0} found = {0} written\n", names.len());
        scratch.run(["--limit", limit, "--name", "{index}", "a.mbox", "b.mbox", &out]).ends(0).says(&[&sum]);
        assert_eq!(scratch.names(&out), names, "{limit}");
    }
}

#[test]
fn a_limit_reads_on_where_it_stopped_when_it_is_raised() {
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "x"), ("B", "x"), ("C", "x")]));
    scratch.run(["--limit", "1", "in.mbox", "out"]).ends(0).counts(1, 1, 0);
    scratch.run(["in.mbox", "out"]).ends(0).counts(3, 2, 1);
}

#[test]
fn names_follow_the_template() {
    let takeout = testdata().join("takeout/takeout.mbox");
    for (template, first, fourth) in [
        ("{index}", "000001", "000004"),
        ("{subject}", "Re-Lunch-on-Friday_000001", "四半期報告_000004"),
        ("{index}_{from}", "000001_bob@example.com", "000004_reports@example.com"),
        ("{index}_{from_name}", "000001_Bob", "000004_Reports"),
        ("{index}_{to}", "000001_ann@example.org", "000004_ann@example.org"),
        ("{index}_{id}", "000001_lunch-2@example.com", "000004_q1-2024@example.com"),
        ("{index}_{gmail_id}", "000001_1795304199434903931", "000004_1795088617452183931"),
        ("{year}/{month}/{day}/{index}", "2024/04/03/000001", "2024/04/01/000004"),
        ("{label}/{index}", "Inbox/000001", "Inbox/000004"),
        ("{mailbox}/{index}", "takeout/000001", "takeout/000004"),
        ("mail {year}/{index}_x", "mail 2024/000001_x", "mail 2024/000004_x"),
    ] {
        let scratch = Scratch::new();
        scratch.run(["--name", template, takeout.to_str().unwrap(), "out"]).ends(0);
        for name in [first, fourth] {
            assert!(scratch.path(format!("out/{name}.eml")).is_file(), "{template}: {:?}", scratch.names("out"));
        }
        assert_eq!(scratch.names("out").len(), 8, "{template}");
    }
}

#[test]
fn ascii_names_are_ascii() {
    let takeout = testdata().join("takeout/takeout.mbox");
    let scratch = Scratch::new();
    scratch.run(["--ascii", "--name", "{index}_{subject}", takeout.to_str().unwrap(), "out"]).ends(0);
    let names = scratch.names("out");
    assert!(names.iter().all(|name| name.is_ascii()), "{names:?}");
    assert_eq!(names[2], "000003_Grusse-aus-Munchen.eml");
    assert_eq!(names[4], "000005_Cafe-fur-zwei.eml");
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_it_would_do() {
    let (mbox, ..) = one_message();
    let scratch = Scratch::with_mailbox(&mbox);
    scratch.run(["--dry-run", "in.mbox", "out"]).ends(0).prints_nothing().says_just(
        "Dry run: 1 message would be written to out; 67 B read in TIME\n  \
         mailbox   in.mbox, an mbox\n  \
         messages  1 found = 1 to be written\n  \
         bytes     67 read = 0 preamble + 46 From_ lines + 20 messages + 1 separators\n  \
         warnings  none\n  \
         Nothing was written.\n",
    );
    assert!(!scratch.path("out").exists());

    scratch.write("b.mbox", &mbox);
    let ran = scratch.run(["--dry-run", "in.mbox", "b.mbox", "out"]).ends(0);
    ran.says(&["messages  2 found = 2 to be written\n"]);
    assert!(!scratch.path("out").exists());
}

#[test]
fn a_dry_run_leaves_what_is_there() {
    let (mbox, name, eml) = one_message();
    let scratch = Scratch::with_mailbox(mbox);
    scratch.write(format!("out/{name}"), &eml[..5]);
    let before = scratch.state("out");
    scratch.run(["--dry-run", "in.mbox", "out"]).ends(0);
    assert_eq!(scratch.state("out"), before);
}

#[test]
fn the_number_of_threads_and_the_way_of_reading_change_nothing() {
    // Several batches of 4 MiB.
    let scratch = Scratch::with_mailbox(large_mailbox(1200));
    let convert = |options: &[&str], out| {
        let ran = scratch.run(options.iter().chain(&["--json", "in.mbox", out])).ends(0);
        let json = ran.json();
        (scratch.state(out), json["messages"].clone(), json["bytes"].clone())
    };
    let expected = convert(&["--threads", "1"], "one");
    for (options, out) in
        [(&["--threads", "2"][..], "two"), (&["--threads", "9"], "nine"), (&["--no-mmap"], "read"), (&[], "default")]
    {
        assert!(convert(options, out) == expected, "{options:?} makes a difference");
    }
}

//! Each filter by itself, where a message just matches and where it just does not.

use super::totals::{check_sums, messages, to_u64};
use crate::common::{Scratch, mailbox, name_of};

/// Converts with these options; the numbers of the messages taken. All others are filtered, and no name changes.
#[track_caller]
fn taken(scratch: &Scratch, options: &[&str]) -> Vec<usize> {
    let out = format!("out-{}", name_of(options));
    if !scratch.path("all").exists() {
        scratch.run(["in.mbox", "all"]).ends(0);
    }
    let json = scratch.run(options.iter().chain(&["--json", "in.mbox", &out])).ends(0).json();
    check_sums(&json);
    let (all, some) = (scratch.tree("all"), scratch.tree(&out));
    let (found, written) = (to_u64(all.len()), to_u64(some.len()));
    assert_eq!(messages(&json), [found, written, 0, 0, found - written, 0], "{options:?}");
    assert!(some.iter().all(|(name, bytes)| all.get(name) == Some(bytes)), "{options:?}: {:?}", some.keys());
    some.keys().map(|name| name[..6].parse().unwrap()).collect()
}

/// A mailbox of messages with these headers, which all were received on the same day.
fn with_headers(headers: &[&str]) -> Scratch {
    let one = |header: &&str| format!("From ann@example.org Mon Apr  1 12:00:00 2024\n{header}\n\nx\n\n");
    Scratch::with_mailbox(headers.iter().map(one).collect::<String>())
}

#[test]
fn dates_take_all_of_what_they_name() {
    let dates = [
        "Dec 31 23:59:59 2022",
        "Jan  1 00:00:00 2023",
        "Jun 30 23:59:59 2023",
        "Jul  1 00:00:00 2023",
        "Dec 31 23:59:59 2023",
        "Jan  1 00:00:00 2024",
    ];
    let one = |date| format!("From ann@example.org Mon {date}\nSubject: x\n\nx\n\n");
    let undated = "From ann@example.org\nSubject: x\nFrom: ann@example.org\n\nx\n\n";
    let scratch = Scratch::with_mailbox(dates.map(one).concat() + undated);
    for (options, numbers) in [
        (&["--since", "2023"][..], &[2, 3, 4, 5, 6][..]),
        (&["--until", "2023"], &[1, 2, 3, 4, 5]),
        (&["--since", "2023", "--until", "2023"], &[2, 3, 4, 5]),
        (&["--since", "2023-07"], &[4, 5, 6]),
        (&["--until", "2023-06"], &[1, 2, 3]),
        (&["--until", "2023-06-30"], &[1, 2, 3]),
        (&["--until", "2023-06-29"], &[1, 2]),
        (&["--since", "2023-06-30T23:59:59Z", "--until", "2023-07-01T00:00:00Z"], &[3, 4]),
        (&["--since", "2023-07-01T02:00:00+02:00"], &[4, 5, 6]),
        (&["--since", "2023-07-01T00:00:01Z", "--until", "2023-12-31T23:59:58Z"], &[]),
        (&["--since", "0001"], &[1, 2, 3, 4, 5, 6]),
        (&["--until", "9999"], &[1, 2, 3, 4, 5, 6]),
    ] {
        assert_eq!(taken(&scratch, options), numbers, "{options:?}");
    }
}

#[test]
fn what_a_message_does_not_say_meets_no_condition() {
    let scratch =
        with_headers(&["X-Other: 1", "X-Gmail-Labels: a\nSubject: a\nFrom: a@example.org\nTo: a@example.org"]);
    for option in ["--subject", "--from", "--to", "--label"] {
        assert_eq!(taken(&scratch, &[option, "a"]), [2], "{option}");
        assert!(taken(&scratch, &[option, "b"]).is_empty(), "{option}");
    }
    assert_eq!(taken(&scratch, &["--not-label", "a"]), [1]);
    assert_eq!(taken(&scratch, &["--not-label", "b"]), [1, 2]);
}

#[test]
fn to_looks_at_to_and_cc_and_bcc_and_nothing_else() {
    let fields = ["To", "Cc", "Bcc", "From", "Reply-To", "Delivered-To", "Subject"];
    let headers = fields.map(|field| format!("{field}: Wanted <wanted@example.org>"));
    let scratch = with_headers(&headers.each_ref().map(String::as_str));
    assert_eq!(taken(&scratch, &["--to", "WANTED@example"]), [1, 2, 3]);
    assert_eq!(taken(&scratch, &["--from", "wanted <"]), [4]);
    assert_eq!(taken(&scratch, &["--subject", "wanted"]), [7]);
}

#[test]
fn a_pattern_is_no_expression() {
    let scratch =
        with_headers(&["Subject: a.b", "Subject: aXb", "Subject: [x] (y)*", "Subject: ^a$", "Subject: a\n b"]);
    for (pattern, numbers) in [
        ("a.b", &[1][..]),
        ("*", &[3]),
        ("[x]", &[3]),
        ("^a", &[4]),
        ("$", &[4]),
        ("A B", &[5]),
        (".", &[1]),
        ("\\", &[]),
    ] {
        assert_eq!(taken(&scratch, &["--subject", pattern]), numbers, "{pattern:?}");
    }
}

#[test]
fn a_label_takes_its_nested_labels_along_and_no_others() {
    let labels =
        ["Work", "work/2024", "Workshop", "Homework", "Work 2", "A/Work", "Inbox,WORK/a/b", "\"Work, urgent\""];
    let headers = labels.map(|label| format!("X-Gmail-Labels: {label}"));
    let scratch = with_headers(&headers.each_ref().map(String::as_str));
    assert_eq!(taken(&scratch, &["--label", "wORK"]), [1, 2, 7]);
    assert_eq!(taken(&scratch, &["--not-label", "work"]), [3, 4, 5, 6, 8]);
    assert_eq!(taken(&scratch, &["--label", "Work/2024"]), [2]);
    assert_eq!(taken(&scratch, &["--label", "Work, urgent"]), [8]);
    assert_eq!(taken(&scratch, &["--label", "a/work", "--label", "inbox"]), [6, 7]);
    assert_eq!(taken(&scratch, &["--label", "work", "--not-label", "work/2024", "--not-label", "inbox"]), [1]);
}

#[test]
fn sizes_are_those_of_the_eml_as_it_is_written() {
    // 16 bytes with LF, 19 with CRLF, and one more each.
    let scratch = Scratch::with_mailbox(mailbox(&[("A", "xxx"), ("A", "xxxx")]));
    scratch.run(["--eol", "lf", "in.mbox", "lf"]).ends(0);
    let sizes: Vec<usize> = scratch.tree("lf").values().map(Vec::len).collect();
    assert_eq!(sizes, [16, 17]);
    for (options, numbers) in [
        (&["--min-size", "20"][..], &[2][..]),
        (&["--max-size", "19"], &[1]),
        (&["--min-size", "19", "--max-size", "20"], &[1, 2]),
        (&["--min-size", "21"], &[]),
        (&["--min-size", "0", "--max-size", "1GiB"], &[1, 2]),
    ] {
        assert_eq!(taken(&scratch, options), numbers, "{options:?}");
    }
    let count = |options: &[&str]| {
        messages(&scratch.run(options.iter().chain(&["--eol", "lf", "--dry-run", "--json", "in.mbox", "out"])).json())
            [1]
    };
    assert_eq!((count(&["--min-size", "17"]), count(&["--max-size", "16"]), count(&["--max-size", "15"])), (1, 1, 0));
}

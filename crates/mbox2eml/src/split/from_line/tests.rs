//! Tables: one line, one verdict.

use jiff::Timestamp;

use super::*;

pub(super) fn parse(text: &str) -> FromLine<'_> {
    FromLine::parse(text.as_bytes()).expect("it begins with `From `")
}

fn instant(text: &str) -> Option<i64> {
    Some(text.parse::<Timestamp>().expect("a valid instant").as_second())
}

/// Dates at the far end, where a timestamp with room for every zone has ended already.
#[test]
fn the_last_day_is_a_day() {
    for (date, seconds) in [
        ("Fri Dec 31 23:59:59 9999", 253_402_300_799),
        ("Fri Dec 31 00:00:00 -0800 9999", 253_402_243_200),
        ("Thu Dec 30 23:00:00 9999", 253_402_210_800),
    ] {
        assert_eq!(parse(&format!("From a@b {date}")).seconds(), Some(seconds), "{date}");
    }
}

/// Every row of the grammar behind the sender `a@b`, and the instant it says.
#[test]
fn dates_of_shape_a() {
    let table = [
        // Www Mmm d hh:mm[:ss] [zone]{0,2} yyyy|yy [zone]{0,2}
        ("Sat Jan  3 01:05:34 1996", "1996-01-03T01:05:34Z"),
        ("Sat Jan 3 01:05:34 1996", "1996-01-03T01:05:34Z"),
        ("Sat Jan 03 01:05:34 1996", "1996-01-03T01:05:34Z"),
        ("sAT jAN  3 01:05:34 1996", "1996-01-03T01:05:34Z"),
        ("Sat Jan  3 01:05 1996", "1996-01-03T01:05:00Z"),
        ("Sat Jan  3 1:05:34 1996", "1996-01-03T01:05:34Z"),
        ("Mon Jan 15  15:30:00  2018", "2018-01-15T15:30:00Z"),
        ("Mon\tJan\t15\t15:30:00\t2018", "2018-01-15T15:30:00Z"),
        ("Sat Jan  3 01:05:26 96", "1996-01-03T01:05:26Z"),
        ("Fri Apr 17 01:05:26 20", "2020-04-17T01:05:26Z"),
        ("Fri Apr 17 01:05:26 49", "2049-04-17T01:05:26Z"),
        ("Fri Apr 17 01:05:26 50", "1950-04-17T01:05:26Z"),
        ("Fri Sep 28 13:34 EDT 2001", "2001-09-28T17:34:00Z"),
        // AM and PM are no zones.
        ("Mon Jan  1 10:20:30 PM UTC 2024", "2024-01-01T22:20:30Z"),
        ("Mon Jan  1 10:20:30PM 2024", "2024-01-01T22:20:30Z"),
        ("Mon Jan  1 12:20:30 p.m. 2024", "2024-01-01T12:20:30Z"),
        ("Mon Jan  1 12:20:30 AM -0100 2024", "2024-01-01T01:20:30Z"),
        ("Mon Jan  1 10:20 am 2024", "2024-01-01T10:20:00Z"),
        ("Mon Jan  1 22:20:30 PM 2024", "2024-01-01T22:20:30Z"),
        ("Mon Jan 21 10:00:00 2008 PM", "2008-01-21T22:00:00Z"),
        ("Mon Jan 21 12:00:00 2008 AM", "2008-01-21T00:00:00Z"),
        ("Mon Jan 21 10:00:00 2008 PM +0100", "2008-01-21T21:00:00Z"),
        ("Mon Jan 21 10:00:00 2008 +0100 p.m.", "2008-01-21T21:00:00Z"),
        ("Mon Jan 21 10:00:00 CET PM 2008", "2008-01-21T21:00:00Z"),
        ("Mon, 1 Jan 2024 10:20:30 PM +0100", "2024-01-01T21:20:30Z"),
        ("Mon Jan  1 2024 10:20:30 PM", "2024-01-01T22:20:30Z"),
        ("Mon Feb  8 02:53:47 PST 1993", "1993-02-08T10:53:47Z"),
        ("Mon Jan  5 08:50:15 +0100 2004", "2004-01-05T07:50:15Z"),
        ("Tue Mar 19 09:13:51 +0000 2019", "2019-03-19T09:13:51Z"),
        ("Wed Dec  2 05:53 -0700 1992", "1992-12-02T12:53:00Z"),
        ("Wed Dec  2 05:53:22 1992 -0700", "1992-12-02T12:53:22Z"),
        ("Wed Dec  2 05:53 1992 PST", "1992-12-02T13:53:00Z"),
        ("Sat Jan  3 01:05:34 MET DST 1996", "1996-01-02T23:05:34Z"),
        ("Sat Jan  3 01:05:34 1996 MET DST", "1996-01-02T23:05:34Z"),
        ("Tue Jul  7 20:33:03 1998 WETDST", "1998-07-07T19:33:03Z"),
        ("Wed Jul  1 02:44:06 1998 MEST", "1998-07-01T00:44:06Z"),
        ("Fri Jan  2 10:13:52 UTC 1970 +0000", "1970-01-02T10:13:52Z"),
        ("Fri Jan  2 10:13:52 EST EDT 1970 -0100 (HNE)", "1970-01-02T11:13:52Z"),
        ("Fri Jan  2 10:13:52 FOO CET 1970", "1970-01-02T09:13:52Z"),
        ("Fri Jan  2 10:13:52 1970 +0200 (CEST)", "1970-01-02T08:13:52Z"),
        ("Fri Jan  2 10:13:52 1970 (CET)", "1970-01-02T09:13:52Z"),
        ("Fri Jan  2 10:13:52 1970 (Pacific Standard Time)", "1970-01-02T10:13:52Z"),
        ("Mon Jan 1 00:00:00 FOO 2024", "2024-01-01T00:00:00Z"),
        ("Mon Jan 1 00:00:00 2024 DST", "2024-01-01T00:00:00Z"),
        ("Mon Jan 1 00:00:00 2024 remote from mail.example.com", "2024-01-01T00:00:00Z"),
        ("Mon Jan 1 00:00:00 2024 PST remote from ahost", "2024-01-01T08:00:00Z"),
        // Www Mmm d yyyy hh:mm:ss[ ]?[zone]
        ("Mon Oct 16 2023 16:18:56", "2023-10-16T16:18:56Z"),
        ("Mon Oct 16 2023 16:18:56 GMT-0700", "2023-10-16T23:18:56Z"),
        ("Mon Oct 16 2023 16:18:56GMT-0700", "2023-10-16T23:18:56Z"),
        ("Mon Oct 16 2023 16:18:56+05:30", "2023-10-16T10:48:56Z"),
        ("Mon Oct 16 2023 16:18:56 GMT+0200 (Mitteleuropäische Sommerzeit)", "2023-10-16T14:18:56Z"),
        // [Www,] d Mmm yyyy hh:mm[:ss] [zone]
        ("Sun, 11 Nov 2007 06:58:35 +0200", "2007-11-11T04:58:35Z"),
        ("Fri, 27 Jan 2017 00:19:08 GMT", "2017-01-27T00:19:08Z"),
        ("Wed, 2 May 2001 10:10:26 +0200 (MET DST)", "2001-05-02T08:10:26Z"),
        ("Sun 24 Jan 2016 21:57:32", "2016-01-24T21:57:32Z"),
        ("Sat 23 Jan 2016 22:06:43 +0200", "2016-01-23T20:06:43Z"),
        ("2 Jan 1970 10:14 +0000", "1970-01-02T10:14:00Z"),
        ("Tue, 04 Jan 11 08:44:27 PST remote from ahost", "2011-01-04T16:44:27Z"),
        // ISO 8601
        ("2024-01-31T12:00:00Z", "2024-01-31T12:00:00Z"),
        ("2024-01-31t12:00:00z", "2024-01-31T12:00:00Z"),
        ("2024-01-31T12:00", "2024-01-31T12:00:00Z"),
        ("2024-01-31 12:00:00", "2024-01-31T12:00:00Z"),
        ("2024-01-31T12:00:00.123456+01:00", "2024-01-31T11:00:00Z"),
        ("2024-01-31 12:00:00.5 -0330", "2024-01-31T15:30:00Z"),
        // What exists and what does not
        ("Tue Feb 29 00:00:00 2000", "2000-02-29T00:00:00Z"),
        ("Sun Dec 31 23:59:60 2016", "2017-01-01T00:00:00Z"),
        ("Thu Jan 01 00:00:00 2024", "2024-01-01T00:00:00Z"),
        ("Mon Jan 1 00:00:00 1965", "1965-01-01T00:00:00Z"),
    ];
    for (date, seconds) in table {
        for end in ["", "\n", "\r\n", "\r", "  \t\n"] {
            let text = format!("From a@b {date}{end}");
            let line = parse(&text);
            assert_eq!(line.shape(), Shape::Strong, "{text:?}");
            assert_eq!(line.sender(), b"a@b", "{text:?}");
            assert_eq!(line.seconds(), instant(seconds), "{text:?}");
        }
    }
}

#[test]
fn years_that_mean_no_date() {
    for text in
        ["From - Mon Jan 01 00:00:00 0001", "From - Mon Jan 00 00:00:00 0000", "From - Sun, 31 Dec 1899 23:59:59 +0000"]
    {
        let line = parse(text);
        assert_eq!((line.shape(), line.seconds()), (Shape::Strong, None), "{text:?}");
    }
}

#[test]
fn the_sender_is_what_is_before_the_date() {
    let table = [
        ("From ann@example.org  Tue Jul 23 19:39:23 2002", "ann@example.org"),
        ("From - Fri Sep 12 09:34:18 2014", "-"),
        ("From ann at example.org  Thu Apr 12 17:39:09 2007", "ann at example.org"),
        ("From \"two words\"@example.org Tue Mar 02 09:44:33 1999", "\"two words\"@example.org"),
        ("From ???@??? Sat Oct 29 18:26:19 2022", "???@???"),
        ("From Sat Jan  3 01:05:34 1996", ""),
        ("From   Sat Jan  3 01:05:34 1996", ""),
        ("From Sat Sat Jan  3 01:05:34 1996", "Sat"),
        ("From Fri Fri, 2 Jan 1970 10:14:00", "Fri"),
        ("From 2 2 Jan 1970 10:14:00", "2"),
        ("From - ann@example.org  Mon Oct 16 2023 16:18:56 GMT-0700", "- ann@example.org"),
        ("From x!y!z Tue, 04 Jan 11 08:44:27 PST remote from ahost", "x!y!z"),
    ];
    for (text, sender) in table {
        assert_eq!(parse(text).sender().escape_ascii().to_string(), sender.as_bytes().escape_ascii().to_string());
    }
}

#[test]
fn lines_of_shape_b() {
    let table = [
        ("From ", ""),
        ("From  \t ", ""),
        ("From -", "-"),
        ("From - \r\n", "-"),
        ("From ann@example.org", "ann@example.org"),
        ("From ???@??? ", "???@???"),
        ("From ann@example.org Mo 15 Jän 10:00:00 2024", "ann@example.org"),
        ("From - Mo Jan 15 10:00:00 2024", "-"),
        ("From - 月 1 15 9:00:00 2024年", "-"),
        ("From ann@example.org 2024年1月15日 10:00:00", "ann@example.org"),
        ("From ann@example.org 15.01.2024 10:00:00", "ann@example.org"),
        ("From ann@example.org 2024-15-01 10:00:00", "ann@example.org"),
        ("From lun. janv. 15 10:00:00 2024", ""),
        ("From ann@example.org\r lun. janv. 15 10:00:00 2024", "ann@example.org"),
        ("From ann@example.org Xxx Jan 01 00:00:00 2024", "ann@example.org"),
    ];
    for (text, sender) in table {
        let line = parse(text);
        assert_eq!(line.shape(), Shape::Weak, "{text:?}");
        assert_eq!(line.sender(), sender.as_bytes(), "{text:?}");
        assert_eq!((line.seconds(), line.dialect()), (None, Dialect::Generic), "{text:?}");
    }
}

#[test]
fn prose() {
    let table = [
        "From here on, all is well",
        "From then to 2024 it was quiet",
        "From 10:30:00 on it was not",
        "From ann@example.org and bob@example.org",
        "From @",
        "From ann@",
        "From @example.org",
        "From --",
        "From linus dot at home",
        // Not dates: days, months, hours, minutes and seconds that do not exist.
        "From a@b Thu Jan 32 00:00:00 2024",
        "From a@b Thu Jan 0 00:00:00 2024",
        "From a@b Thu Feb 29 00:00:00 2023",
        "From a@b Thu Feb 29 00:00:00 1900",
        "From a@b Mon Apr 31 00:00:00 2023",
        "From a@b Thu Jan 01 25:00:00 2024",
        "From a@b Thu Jan 01 24:00:00 2024",
        "From a@b Thu Jan 01 00:60:00 2024",
        "From a@b Thu Jan 01 00:00:61 2024",
        "From a@b 2024-13-01T00:00:00Z",
        // Something is missing, twice there, or of the wrong width.
        "From a@b Fri Jan  22 12:34:56 ",
        "From a@b Fri Jan  2 0:14 1970",
        "From a@b Fri Jan  2 10: 1970",
        "From a@b Fri Jan  2 10:1 1970",
        "From a@b Fri Jan  2 100:14:00 1970",
        "From a@b Fri Jan  2 10:14:0 1970",
        "From a@b Fri Jan  2 10:14:00 197",
        "From a@b Fri Jan  2 10:14:00 19700",
        "From a@b Fri Jan  x 10:14 1970",
        "From a@b Fri Jan 002 10:14 1970",
        "From a@b Jan  2 10:14 1970",
        "From a@b Fri Jan 2 1970 10:14:00 1970",
        "From a@b Fri, 2 Foo 1970 10:14",
        "From a@b Fri Jan  2 10:14:00 A B C 1970",
        "From a@b Fri Jan  2 10:14:00 TOOLONG 1970",
        "From a@b Fri Jan  2 10:14:00 +0260 1970",
        "From a@b Fri Jan  2 10:14:00 1970 and more of it",
        "From a@b Fri Jan  2 10:14:00 1970 remote from",
        "From a@b Fri Jan  2 10:14:00 1970 remote from x y",
        "From a@b Fri Jan  2 10:14:00 1970 (never closed",
        "From a@b Fri Jan  2 10:14:00 1970<br>",
    ];
    for text in table {
        let line = parse(text);
        assert_eq!(line.shape(), Shape::Prose, "{text:?}");
        assert_eq!((line.sender(), line.seconds(), line.gmail_id()), (&b""[..], None, None), "{text:?}");
    }
}

#[test]
fn lines_of_one_writer_have_one_pattern() {
    let pattern = |text: &str| String::from_utf8(parse(&format!("From {text}\n")).pattern()).unwrap();
    assert_eq!(pattern("John Smith <john@example.org> 2024-01-02"), "9-9-9");
    assert_eq!(pattern("Ann <ann@example.org> 2023-12-31"), "9-9-9");
    assert_eq!(pattern("bob@example.net 25.11.2016 16:18"), "9.9.9 9:9");
    assert_eq!(pattern("12345"), "9");
    assert_eq!(pattern("MAILER-DAEMON"), "1");
    assert_eq!(pattern("then to 2024 it was quiet"), "6");
}

#[test]
fn other_lines() {
    for text in
        ["", "From", "From\n", "From\t", "from a@b", ">From a@b", "From: a@b", "Subject: From here", " From a@b"]
    {
        assert_eq!(FromLine::parse(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn only_one_line_end_is_taken_off_before_the_length_is_judged() {
    let date = "Sat Jan  3 01:05:34 1996";
    let longest = format!("From {}a {date}\r\n", " ".repeat(LONGEST - 2 - date.len()));
    assert_eq!(parse(&longest).shape(), Shape::Strong);
    let longer = longest.replace("a ", "aa ");
    assert_eq!(parse(&longer).shape(), Shape::Prose);
    assert_eq!(parse(&format!("From {}", " ".repeat(LONGEST + 1))).shape(), Shape::Prose);
}

#[test]
fn dialects() {
    let sha1 = "79775881893806a3aab141b278cf4039673121d7";
    let sha256 = sha1.repeat(2)[..64].to_owned();
    let table = [
        ("1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019", Dialect::GoogleTakeout),
        ("1@xxx Fri Mar 01 09:13:51 +0000 2019", Dialect::GoogleTakeout),
        ("1@xxx Fri Mar  1 09:13:51 +0000 2019", Dialect::Generic),
        ("1@xxx Fri Mar 1 09:13:51 +0000 2019", Dialect::Generic),
        ("1@xxx  Fri Mar 01 09:13:51 +0000 2019", Dialect::Generic),
        (" 1@xxx Fri Mar 01 09:13:51 +0000 2019", Dialect::Generic),
        ("1@xxx Fri Mar 01 09:13:51 +0000 2019 ", Dialect::Generic),
        ("1@xxx FRI MAR 01 09:13:51 +0000 2019", Dialect::Generic),
        ("1@xxx Fri Mar 01 09:13:51 +0100 2019", Dialect::Generic),
        ("1@xxx Fri Mar 01 09:13:51 -0000 2019", Dialect::Generic),
        ("1@xxx Fri Mar 01 09:13:51 2019", Dialect::Generic),
        ("1@xxx Fri Mar 01 09:13:51 2019 +0000", Dialect::Generic),
        ("1@xxx.org Fri Mar 01 09:13:51 +0000 2019", Dialect::Generic),
        ("a1@xxx Fri Mar 01 09:13:51 +0000 2019", Dialect::Generic),
        ("@xxx Fri Mar 01 09:13:51 +0000 2019", Dialect::Generic),
        (
            "1630926631156851975-69497506-4572-48b2-8318-0e9943d18493.mbox@xxx Tue Apr 16 12:00:40 2019",
            Dialect::GoogleVault,
        ),
        ("1-69497506-4572-48b2-8318-0e9943d18493.mbox@xxx Mon Apr 01 12:00:40 2019", Dialect::GoogleVault),
        ("1-69497506-4572-48b2-8318-0e9943d18493.mbox@xxx Mon Apr  1 12:00:40 2019", Dialect::GoogleVault),
        ("1-69497506-4572-48b2-8318-0e9943d18493.mbox@xxx Mon Apr  1 12:00:40 +0000 2019", Dialect::Generic),
        ("1-69497506-4572-48b2-8318-0e9943d1849.mbox@xxx Mon Apr  1 12:00:40 2019", Dialect::Generic),
        ("-69497506-4572-48b2-8318-0e9943d18493.mbox@xxx Mon Apr  1 12:00:40 2019", Dialect::Generic),
        ("- Fri Sep 12 09:34:18 2014", Dialect::Thunderbird),
        ("- Fri, 27 Jan 2017 00:19:08 GMT", Dialect::Thunderbird),
        ("-- Fri Sep 12 09:34:18 2014", Dialect::Generic),
        ("- a@b  Mon Oct 16 2023 16:18:56 GMT-0700", Dialect::Generic),
        ("mboxrd@z Thu Jan  1 00:00:00 1970", Dialect::PublicInbox),
        ("mboxrd@z Thu Jan 01 00:00:00 1970", Dialect::Generic),
        ("mboxrd@z  Thu Jan  1 00:00:00 1970", Dialect::Generic),
        ("mboxrd@z Thu Jan  1 00:00:01 1970", Dialect::Generic),
        ("ann@example.org   Thu Apr 12 17:39:09 2007", Dialect::Mbox2eml),
        ("ann@example.org    Thu Apr 12 17:39:09 2007", Dialect::Mbox2eml),
        ("MAILER-DAEMON   Mon Sep 17 00:00:00 2001", Dialect::Mbox2eml),
        ("1628424719502045299@xxx   Tue Mar 19 09:13:51 2019", Dialect::Mbox2eml),
        ("ann@example.org     Thu Apr 12 17:39:09 2007", Dialect::Generic),
        ("ann@example.org   Thu Apr 12 17:39:09 2007 ", Dialect::Generic),
        ("ann@example.org   Thu Apr 12 17:39:09 2007 +0000", Dialect::Generic),
        (" ann@example.org   Thu Apr 12 17:39:09 2007", Dialect::Generic),
        ("ann bob@example.org   Thu Apr 12 17:39:09 2007", Dialect::Generic),
        ("ann   Thu Apr 12 17:39:09 2007", Dialect::Generic),
        ("ann at example.org  Thu Apr 12 17:39:09 2007", Dialect::Pipermail),
        // Mailman separates sender and date by two blanks.
        ("ann at example.org Sun Apr  1 16:18:10 2007", Dialect::Generic),
        ("ann at example.org   Sun Apr  1 16:18:10 2007", Dialect::Generic),
        ("ann at example.org  Sun, 1 Apr 2007 16:18:10", Dialect::Generic),
        ("linus dot at home  Sun Apr  1 16:18:10 2007", Dialect::Generic),
        ("ann at home office  Sun Apr  1 16:18:10 2007", Dialect::Generic),
        ("at at  Sun Apr  1 16:18:10 2007", Dialect::Generic),
        ("ann dot home  Sun Apr  1 16:18:10 2007", Dialect::Generic),
        (&format!("{sha1} Mon Sep 17 00:00:00 2001"), Dialect::Git),
        (&format!("{sha256} Mon Sep 17 00:00:00 2001"), Dialect::Git),
        // Git's date decides, under any sender.
        ("8f3b1c4d5e6f Mon Sep 17 00:00:00 2001", Dialect::Git),
        ("nobody Mon Sep 17 00:00:00 2001", Dialect::Git),
        ("ann at example.org  Mon Sep 17 00:00:00 2001", Dialect::Git),
        (" a@b Mon Sep 17 00:00:00 2001", Dialect::Git),
        ("- Mon Sep 17 00:00:00 2001", Dialect::Git),
        (&format!("{sha1} Mon Sep 17 00:00:00 2001 +0000"), Dialect::Git),
        (&format!("{sha1} Mon Sep 17 00:00:01 2001"), Dialect::Generic),
        ("nobody Tue Sep 18 00:00:00 2001", Dialect::Generic),
        ("nobody Mon, 17 Sep 2001 00:00:00", Dialect::Generic),
        ("", Dialect::Generic),
        ("-", Dialect::Generic),
        ("MAILER-DAEMON Thu Aug 26 16:49:36 2021", Dialect::Generic),
    ];
    for (text, dialect) in table {
        for end in ["", "\n", "\r\n", "\r\r\n"] {
            assert_eq!(parse(&format!("From {text}{end}")).dialect(), dialect, "{text:?}");
        }
    }
}

#[test]
fn git_magic() {
    let sha1 = "79775881893806a3aab141b278cf4039673121d7";
    let table = [
        (format!("{sha1} Mon Sep 17 00:00:00 2001"), true),
        (format!("{sha1} Mon Sep 17 00:00:00 2001<br>"), true),
        (format!("{sha1} Mon Sep 17 00:00:00 2001{}", "x".repeat(LONGEST)), true),
        (format!("{sha1}0 Mon Sep 17 00:00:00 2001"), true),
        (format!(" {sha1} Mon Sep 17 00:00:00 2001"), true),
        ("nobody Mon Sep 17 00:00:00 2001".to_owned(), true),
        ("ann@example.org  Mon Sep 17 00:00:00 2001".to_owned(), true),
        (format!("{sha1}0 Mon Sep 17 00:00:00 2001<br>"), false),
        ("on Mon Sep 17 00:00:00 2001 we met".to_owned(), false),
        (format!("{sha1} Mon Sep 17 00:00:01 2001"), false),
        ("abc123 Mon Sep 17 00:00:00 2001<br>".to_owned(), false),
    ];
    for (text, magic) in table {
        assert_eq!(parse(&format!("From {text}\n")).is_git_magic(), magic, "{text:?}");
    }
}

#[test]
fn constant_dates_say_nothing() {
    for text in [
        "From mboxrd@z Thu Jan  1 00:00:00 1970",
        "From 79775881893806a3aab141b278cf4039673121d7 Mon Sep 17 00:00:00 2001",
        "From a@b Mon Sep 17 00:00:00 2001",
    ] {
        assert_eq!(parse(text).seconds(), None);
    }
    assert_eq!(parse("From a@b Mon Sep 17 00:00:01 2001").seconds(), instant("2001-09-17T00:00:01Z"));
}

#[test]
fn gmail_ids() {
    let uuid = "69497506-4572-48b2-8318-0e9943d18493";
    let table = [
        // The id says 09:13:51.277, and so does the line.
        (
            "1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019".to_owned(),
            Some(1_628_424_719_502_045_299),
            "2019-03-19T09:13:51Z",
        ),
        // A day between them is the most that is believed.
        (
            "1628424719502045299@xxx Wed Mar 20 09:13:51 +0000 2019".to_owned(),
            Some(1_628_424_719_502_045_299),
            "2019-03-19T09:13:51Z",
        ),
        ("1628424719502045299@xxx Wed Mar 20 09:13:52 +0000 2019".to_owned(), None, "2019-03-20T09:13:52Z"),
        // Vault wrote noon for midnight.
        (
            format!("1630926631156851975-{uuid}.mbox@xxx Tue Apr 16 12:00:40 2019"),
            Some(1_630_926_631_156_851_975),
            "2019-04-16T00:00:40Z",
        ),
        // No id of Gmail's time, as in the exports of Google Groups.
        ("12345@xxx Tue Mar 19 09:13:51 +0000 2019".to_owned(), None, "2019-03-19T09:13:51Z"),
        ("98765432109@xxx Sat Dec 20 19:01:40 +0000 2014".to_owned(), None, "2014-12-20T19:01:40Z"),
        // Not a number of 64 bits.
        (format!("{}@xxx Tue Mar 19 09:13:51 +0000 2019", "9".repeat(30)), None, "2019-03-19T09:13:51Z"),
        (format!("{}@xxx Tue Mar 19 09:13:51 +0000 2019", u64::MAX), None, "2019-03-19T09:13:51Z"),
        // The look of an id, in a line that is not Google's.
        ("1628424719502045299@xxx Tue Mar 19 10:13:51 +0100 2019".to_owned(), None, "2019-03-19T09:13:51Z"),
    ];
    for (text, id, seconds) in table {
        let text = format!("From {text}\r\n");
        assert_eq!(parse(&text).gmail_id(), id, "{text:?}");
        assert_eq!(parse(&text).seconds(), instant(seconds), "{text:?}");
    }
}

#[test]
fn hostile_bytes() {
    let lines = [
        b"From \xff\xfe\x00 \x80".to_vec(),
        b"From \0\0\0\n".to_vec(),
        b"From a@b Mon Jan  5 \xd9\xa1\xd9\xa0:00:00 2004".to_vec(),
        [&b"From "[..], &b"1:".repeat(490)].concat(),
        [&b"From "[..], &b"A ".repeat(490), b"10:00:00", &b" A".repeat(4)].concat(),
        [&b"From "[..], &b"9".repeat(10_000_000)].concat(),
        [&b"From a@b Sat Jan  3 01:05:34 1996"[..], &b" ".repeat(10_000_000)].concat(),
    ];
    for line in lines {
        let parsed = FromLine::parse(&line).expect("it begins with `From `");
        assert_eq!(parsed.shape(), Shape::Prose, "{}", line[..30.min(line.len())].escape_ascii());
    }
}

//! What each column holds, and how CSV and JSON Lines are written.

use super::{Row, bare, column, records, rows, tile};
use crate::common::{Scratch, mailbox};

/// One message that has something in every column.
const FULL: &str = "\
From 1795304199434903931@xxx Wed Apr 03 09:11:45 +0000 2024\r
X-GM-THRID: 1795237412483366929\r
X-Gmail-Labels: Inbox,\"Bills, paid\",Starred,Opened\r
From: =?UTF-8?Q?J=C3=B6rg?= <joerg@example.org>\r
To: Ann <ann@example.org>,\r
 bob@example.com\r
Cc: Carol <carol@example.net>\r
Date: Wed, 3 Apr 2024 11:11:40 +0200\r
Message-ID: <full@example.org>\r
Subject: A \"quoted\"\r
 subject\r
Status: RO\r
\r
Hello\r
\r
";

#[track_caller]
fn expect(row: &Row, cells: &[(&str, &str)]) {
    for (column, cell) in cells {
        assert_eq!(row[*column], *cell, "{column}: {row:?}");
    }
}

#[test]
fn every_column_says_what_the_contract_says() {
    let scratch = Scratch::with_mailbox(FULL);
    for manifest in ["m.csv", "m.jsonl"] {
        let out = format!("out {manifest}");
        scratch.run(["in.mbox", &out, "--manifest", manifest, "--prove"]).ends(0);
        let rows = rows(&scratch, manifest);
        assert_eq!(rows.len(), 1);
        tile(&rows, 0, FULL.len().try_into().unwrap());
        let name = &scratch.names(&out)[0];
        let eml = scratch.read(format!("{out}/{name}"));
        assert_eq!(rows[0]["eml_size"], eml.len().to_string());
        expect(
            &rows[0],
            &[
                ("mailbox", "in.mbox"),
                ("path", name),
                // By sha256sum of coreutils.
                ("sha256", "69f76f346afc4e720f1b4c80a3429bf7d8dad23b8b675c36801f08f4a1a7866a"),
                ("from_line", "From 1795304199434903931@xxx Wed Apr 03 09:11:45 +0000 2024"),
                ("received", "2024-04-03T09:11:45Z"),
                ("received_source", "gmail-id"),
                ("date", "Wed, 3 Apr 2024 11:11:40 +0200"),
                ("from", "Jörg <joerg@example.org>"),
                ("to", "Ann <ann@example.org>, bob@example.com"),
                ("cc", "Carol <carol@example.net>"),
                ("subject", "A \"quoted\" subject"),
                ("message_id", "full@example.org"),
                ("gmail_id", "1795304199434903931"),
                ("gmail_thread", "1795237412483366929"),
                ("labels", "Inbox,\"Bills, paid\",Starred,Opened"),
                ("flags", "FS"),
                ("status", "written"),
                ("reason", ""),
                ("proof", "unsigned"),
                ("warnings", ""),
            ],
        );
    }
}

#[test]
fn what_is_not_known_is_empty() {
    let scratch = Scratch::with_mailbox("From \n\nno header\n");
    scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0);
    let rows = rows(&scratch, "m.csv");
    let known =
        ["index", "mailbox", "offset", "length", "path", "eml_size", "sha256", "from_line", "status", "warnings"];
    for (column, cell) in &rows[0] {
        assert_eq!(cell.is_empty(), !known.contains(&&**column), "{column}: {cell:?}");
    }
}

#[test]
fn the_received_date_shows_its_source() {
    let scratch = Scratch::with_mailbox(
        "From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: a\nMessage-ID: <a>\n\nx\n\n\
         From - \nSubject: b\nReceived: by mail.example.org; Tue, 2 Apr 2024 12:00:00 +0000\nMessage-ID: <b>\n\nx\n\n\
         From - \nSubject: c\nDate: Wed, 3 Apr 2024 12:00:00 +0000\nMessage-ID: <c>\n\nx\n\n\
         From - \nSubject: d\nMessage-ID: <d>\n\nx\n",
    );
    scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0);
    let rows = rows(&scratch, "m.csv");
    assert_eq!(column(&rows, "received_source"), ["from-line", "received", "date", ""]);
    let days = ["2024-04-01T12:00:00Z", "2024-04-02T12:00:00Z", "2024-04-03T12:00:00Z", ""];
    assert_eq!(column(&rows, "received"), days);
}

/// Subjects that a spreadsheet or a careless reader of CSV would take for something else.
const ODD: [&str; 14] = [
    "=1+1",
    "+1",
    "-1",
    "@a",
    "=?UTF-8?Q?=09tab?=",
    "=?UTF-8?Q?=0Dreturn?=",
    "a,b",
    "a\"b",
    "\"",
    "'",
    "'=1",
    "''+1",
    "=?UTF-8?Q?two=0D=0Alines?=",
    "=?UTF-8?Q?=0A=3D1?=",
];

#[test]
fn csv_keeps_to_rfc_4180_and_starts_no_formula() {
    let messages: Vec<(&str, &str)> = ODD.iter().map(|subject| (*subject, "x")).collect();
    let scratch = Scratch::with_mailbox(mailbox(&messages));
    for manifest in ["m.csv", "m.jsonl"] {
        scratch.run(["in.mbox", "out", "--manifest", manifest]).ends(0);
    }
    let (csv, json) = (rows(&scratch, "m.csv"), rows(&scratch, "m.jsonl"));
    assert_eq!((csv.len(), json.len()), (ODD.len(), ODD.len()));
    for (csv, json) in csv.iter().zip(&json) {
        for (column, cell) in csv {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{column}: {cell:?}");
            // The second run found what the first has written.
            assert!(bare(cell) == json[column] || column == "status", "{column}: {cell:?}, {:?}", json[column]);
        }
    }
    assert_eq!(column(&csv, "subject")[..4], ["'=1+1", "'+1", "'-1", "'@a"]);
}

#[test]
fn a_from_line_that_is_no_utf_8_keeps_the_file_readable() {
    let scratch = Scratch::with_mailbox(b"From \xff\xfe\"a,b\" Mon Apr  1 12:00:00 2024\r\nSubject: a\r\n\r\nx\r\n");
    scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0);
    let text = String::from_utf8(scratch.read("m.csv")).expect("UTF-8");
    assert_eq!(records(&text)[1][7], "From \u{fffd}\u{fffd}\"a,b\" Mon Apr  1 12:00:00 2024");
    scratch.run(["verify", "--manifest", "m.csv", "out"]).ends(0);
}

#[test]
fn both_sorts_of_manifest_have_the_same_rows() {
    let mbox = std::fs::read(crate::common::testdata().join("takeout/takeout.mbox")).unwrap();
    let scratch = Scratch::with_mailbox(mbox);
    for (out, manifest) in [("one", "m.csv"), ("two", "m.jsonl")] {
        scratch.run(["in.mbox", out, "--manifest", manifest]).ends(0);
    }
    let mut csv = rows(&scratch, "m.csv");
    csv.iter_mut().flat_map(Row::values_mut).for_each(|cell| *cell = bare(cell).to_owned());
    assert_eq!(csv, rows(&scratch, "m.jsonl"));
    assert!(csv.len() > 5);
}

#[test]
fn names_that_begin_as_formulas_are_found_again() {
    let mbox = "From 1795304199434903931@xxx Wed Apr 03 09:11:45 +0000 2024\nX-GM-THRID: 1\nX-Gmail-Labels: =cmd\n\
                From: \"+1\" <-a@example.org>\nSubject: -s\n\nx\n\n";
    let scratch = Scratch::new();
    for name in ["in/=a.mbox", "in/+b.mbox", "in/-c.mbox", "in/@d.mbox", "in/'=e.mbox"] {
        scratch.write(name, mbox);
    }
    for options in [&["--name", "{subject}"][..], &["--layout", "label", "--name", "{from_name}"]] {
        for (out, manifest) in [("out", "m.csv"), ("out", "m.jsonl"), ("out.zip", "z.csv")] {
            let scratch_out = format!("{} {out}", options.len());
            let args = [&["in", &scratch_out, "--manifest", manifest], options].concat();
            scratch.run(args).ends(0);
            let paths = rows(&scratch, manifest);
            assert_eq!(paths.len(), 5);
            let guarded = paths.iter().filter(|row| row["path"].starts_with('\'')).count();
            let is_as_expected = match manifest {
                "m.csv" => guarded > 3,
                // The folder `'=e` begins with one itself.
                "m.jsonl" => guarded == 1,
                _ => guarded == 0,
            };
            assert!(is_as_expected, "{paths:?}");
            scratch.run(["verify", "--manifest", manifest, &scratch_out]).ends(0).says(&["Verified: 5 files"]);
        }
    }
    // A mailbox given by a name that begins as a formula.
    scratch.write("=x.mbox", mbox);
    scratch.run(["=x.mbox", "o", "--name", "{subject}", "--manifest", "x.csv"]).ends(0);
    let rows = rows(&scratch, "x.csv");
    assert_eq!((&*rows[0]["mailbox"], &*rows[0]["path"], &*rows[0]["labels"]), ("'=x.mbox", "s_000001.eml", "'=cmd"));
    scratch.run(["verify", "--manifest", "x.csv", "o"]).ends(0);
}

#[test]
fn a_byte_order_mark_is_for_those_who_ask_for_it_and_no_part_of_the_columns() {
    let scratch = Scratch::with_mailbox(mailbox(&[("Grüße", "1"), ("Two", "2")]));
    scratch.run(["--manifest", "plain.csv", "in.mbox", "out"]).ends(0);
    scratch.run(["--manifest", "m.csv", "--manifest-bom", "in.mbox", "marked"]).ends(0);
    let (plain, marked) = (scratch.read("plain.csv"), scratch.read("m.csv"));
    assert!(!plain.starts_with(b"\xef\xbb\xbf"));
    assert!(marked.starts_with(b"\xef\xbb\xbfindex,") && marked[3..] == plain[..]);
    // It is read as the other is, and kept as an earlier manifest.
    scratch.run(["verify", "--manifest", "m.csv", "marked"]).ends(0);
    scratch.run(["--known", "m.csv", "in.mbox", "delta"]).ends(0).says(&["2 found = 0 written + 2 known"]);
    scratch.run(["--manifest", "m.csv", "--manifest-bom", "in.mbox", "marked"]).ends(0).says(&["is kept as m~1.csv"]);
    for options in [&["--manifest", "m.jsonl", "--manifest-bom"][..], &["--manifest-bom"]] {
        scratch.run(options.iter().chain(&["in.mbox", "refused"])).ends(2).says(&["--manifest"]);
    }
}

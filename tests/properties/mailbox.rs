//! Hostile mailboxes: every shape of separator, true and false evidence around it, and damage.

use std::fmt;
use std::ops::Deref;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A mailbox, shown as a byte string.
#[derive(Clone)]
pub(crate) struct Mailbox(Vec<u8>);

impl Deref for Mailbox {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.escape_ascii())
    }
}

/// Separators that begin a message in some mailbox, by their writers.
const SEPARATORS: &[&str] = &[
    "From 1628424719502045299@xxx Tue Mar 19 09:13:51 +0000 2019",
    "From 1628424719502045299-01234567-89ab-cdef-0123-456789abcdef.mbox@xxx Tue Apr 16 12:00:40 2019",
    "From - Fri Sep 12 09:34:18 2014",
    "From mboxrd@z Thu Jan  1 00:00:00 1970",
    "From ann at example.org  Thu Apr 12 17:39:09 2007",
    "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001",
    "From ann@example.org Mon Jan  1 00:00:00 2024",
    "From ann@example.org   Mon Jan  1 00:00:00 2024",
    "From MAILER-DAEMON    Mon Sep 17 00:00:00 2001",
    "From ann@example.org  Mon Jan  5 08:50:15 2004 +0100",
    "From \"MAILER-DAEMON\" Fri Oct 12 13:01:02 1990 remote from host",
    "From ann@example.org Sat, 3 Feb 2018 10:30:00 +0200",
    "From ???@??? Mon Jan 01 00:00:00 1996",
    "From ann@example.org",
    "From -",
    "From ",
    "From ann@example.org lun. janv.  1 00:00:00 2024",
    "From ann@example.org 2024-01-02",
    "From MAILER-DAEMON Fri Nov 25 16: 18:01 2016",
];

/// Lines of bodies that begin as a separator does.
const PROSE: &[&str] = &[
    "From then on nothing was the same.",
    "From: ann@example.org",
    "From ann",
    "From Monday to Friday 10:30:00 in 2024",
    "From bob@example.net Fri Nov 25 16: 18:01 2016",
    "From John Smith <john@example.org> 2024-01-02",
    "From nobody Mon Sep 17 00:00:00 2001",
    "From : ann@example.org",
    "From",
    "Fro",
];

/// Lines with `>` before `From `.
const QUOTED: &[&str] = &[
    ">From here on",
    ">>From twice",
    ">>>>>From deep",
    "> From a reply",
    ">Fromage",
    ">From ann@example.org Mon Jan  1 00:00:00 2024",
    "x >From inside",
    ">",
];

/// Header fields, and lines that look like one.
const FIELDS: &[&str] = &[
    "Subject: Hello",
    "Subject: =?utf-8?Q?Caf=C3=A9?=\n folded",
    "Received: by host\n\tfor ann; Mon, 1 Jan 2024 00:00:00 +0000",
    "X-GM-THRID: 1628424719502045299",
    "From: ann@example.org\nDate : Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: <1@example.org>",
    "Return-Path: <ann@example.org>",
    "X-Gmail-Labels: Inbox,\"a, b\",Unread",
    "X-Mozilla-Status: 0009",
    "X-IMAPbase: 1234567890 12",
    "X-IMAP: 1234567890 12",
    "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA",
    "Content-Type: multipart/mixed; boundary=cut",
    "Content-Type: multipart/mixed;\n boundary=\"cut\"",
    "Content-Length: 0",
    "Content-Length: 40",
    "Content-Length: 99999999999999999999",
    "Content-Length: -1",
    "Date: Mon, 1 Jan 2024 00:00:00 +0000",
    ":",
    "no field",
    " a fold",
];

/// Everything else a body may hold.
const OTHER: &[&str] = &[
    "--cut",
    "--cut--",
    "--cut\nContent-Type: message/rfc822\n",
    "-- Begin included message --\n",
    "text",
    "",
    "",
    "",
    "\u{1}\u{1}\u{1}\u{1}",
    "\0",
    "a\rb",
    "\r",
    "é",
    "\t",
];

/// How the lines of one piece end.
type Eol = &'static str;

/// `text`, whose lines end with LF, with line ends as in the mailbox.
fn lines(text: &str, eol: Eol) -> Vec<u8> {
    text.replace('\n', eol).into_bytes()
}

/// One of these lines.
fn line(of: &'static [&'static str], eol: Eol) -> impl Strategy<Value = Vec<u8>> {
    select(of).prop_map(move |line| lines(&format!("{line}\n"), eol))
}

/// Any line at all.
fn any_line(eol: Eol) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => line(SEPARATORS, eol),
        1 => line(PROSE, eol),
        1 => line(QUOTED, eol),
        1 => line(FIELDS, eol),
        3 => line(OTHER, eol),
        1 => vec(any::<u8>(), 0..20),
    ]
}

fn concat(pieces: &[Vec<u8>]) -> Vec<u8> {
    pieces.concat()
}

/// What follows a header: lines of all kinds, mostly with the empty line at their end.
fn body(eol: Eol) -> impl Strategy<Value = Vec<u8>> {
    (vec(any_line(eol), 0..5), prop::bool::weighted(0.8)).prop_map(move |(body, blank)| {
        let mut body = concat(&body);
        if blank {
            body.extend(lines("\n", eol));
        }
        body
    })
}

/// A message as this writer writes it, but for Gmail's thread id, which is there more often than not.
fn message(separator: &'static str, eol: Eol) -> impl Strategy<Value = Vec<u8>> {
    let thread = prop::bool::weighted(0.8);
    (thread, vec(line(FIELDS, eol), 0..4), body(eol)).prop_map(move |(thread, fields, body)| {
        let thread = if thread { "X-GM-THRID: 1\n" } else { "" };
        let head = lines(&format!("{separator}\n{thread}"), eol);
        [head, concat(&fields), lines("\n", eol), body].concat()
    })
}

/// A message whose `Content-Length` is true, or wrong by a little.
fn counted(eol: Eol) -> impl Strategy<Value = Vec<u8>> {
    let ends = select(vec!["", "\n", "\n\n", "\n\n\n", "no line end"]);
    let wrong = prop_oneof![3 => Just(0), 1 => -9..9_i64];
    (body(eol), wrong, ends).prop_map(move |(body, wrong, end)| {
        let length = i64::try_from(body.len()).unwrap() + wrong;
        let head = format!("From ann@example.org Mon Jan  1 00:00:00 2024\nContent-Length: {length}\n\n");
        [lines(&head, eol), body, lines(end, eol)].concat()
    })
}

/// Separators of one writer in number, as in a mailbox appended to another.
fn in_number(eol: Eol) -> impl Strategy<Value = Vec<u8>> {
    (select(SEPARATORS), 6..11_usize).prop_map(move |(separator, times)| {
        lines(&format!("{separator}\nSubject: again\nX-GM-THRID: 2\n\ntext\n\n"), eol).repeat(times)
    })
}

/// What may come before the first separator.
fn head(eol: Eol) -> impl Strategy<Value = Vec<u8>> {
    const PINE: &str = "From MAILER-DAEMON Mon Jan  1 00:00:00 2024\n\
        Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n\nThis is internal data.\n\n";
    select(vec!["", "", "", "", "\u{feff}", "\n\n", "\u{feff}\n", "  \n\t\n", ">", PINE, "not an mbox\n"])
        .prop_map(move |text| lines(text, eol))
}

/// Pieces of a mailbox whose own separator is `home`.
fn piece(home: &'static str, eols: &'static [Eol]) -> impl Strategy<Value = Vec<u8>> {
    select(eols).prop_flat_map(move |eol| {
        prop_oneof![
            8 => message(home, eol),
            2 => select(SEPARATORS).prop_flat_map(move |separator| message(separator, eol)),
            2 => counted(eol),
            1 => in_number(eol),
            3 => any_line(eol),
        ]
    })
}

fn with_pieces(
    pieces: impl Fn(&'static str, &'static [Eol]) -> BoxedStrategy<Vec<u8>>,
) -> impl Strategy<Value = Mailbox> {
    const LINE_ENDS: &[&[Eol]] = &[&["\n"], &["\n"], &["\r\n"], &["\r"], &["\n", "\r\n"], &["\n", "\r\n", "\r"]];
    let cut = prop_oneof![3 => Just(None), 1 => any::<Index>().prop_map(Some)];
    let mailbox = (select(SEPARATORS), select(LINE_ENDS)).prop_flat_map(move |(home, eols)| {
        (head(eols[0]), message(home, eols[0]), pieces(home, eols)).prop_map(|(head, first, rest)| [head, first, rest])
    });
    (mailbox, cut).prop_map(|(mailbox, cut)| {
        let mut mailbox = mailbox.concat();
        mailbox.truncate(cut.map_or(mailbox.len(), |cut| cut.index(mailbox.len() + 1)));
        Mailbox(mailbox)
    })
}

/// A mailbox of a few KiB.
pub(crate) fn hostile() -> impl Strategy<Value = Mailbox> {
    with_pieces(|home, eols| vec(piece(home, eols), 0..10).prop_map(|pieces| concat(&pieces)).boxed())
}

/// A mailbox whose evidence is longer than the splitter looks ahead: lines, fields and bodies of 60 to 200 KiB.
pub(crate) fn vast() -> impl Strategy<Value = Mailbox> {
    with_pieces(|home, eols| {
        let piece = prop_oneof![2 => piece(home, eols), 1 => long_piece(home)];
        vec(piece, 1..6).prop_map(|pieces| concat(&pieces)).boxed()
    })
}

fn long_piece(home: &'static str) -> impl Strategy<Value = Vec<u8>> {
    // Most near the place where the look-ahead ends.
    let length = prop_oneof![65_300..65_700_usize, 60_000..200_000_usize];
    (select(SEPARATORS), length, 0..7_usize).prop_map(move |(other, length, kind)| {
        match kind {
            0 => format!("{home}\nX-Long: {}\nSubject: a\n\ntext\n\n", "x".repeat(length)),
            1 => format!("{home}\nX-Long:{}\nSubject: a\n\ntext\n\n", " folded\n".repeat(length / 8)),
            2 => format!("From {}\nSubject: a\nTo: b\n\ntext\n\n", "x".repeat(length)),
            3 => format!("{other}\n{}Subject: a\n\n\n", ">From x\n".repeat(length / 8)),
            4 => format!("{home}\n{}", "x".repeat(length)),
            5 => {
                format!("{home}\nContent-Length: {length}\n\n{}\n{other}\nSubject: a\n\n", "x\n\n\n".repeat(length / 4))
            }
            _ => format!("{}\n\n{other}\nTo: a\nSubject: b\n\n", "x".repeat(length)),
        }
        .into_bytes()
    })
}

//! Filters over a large mailbox of which the tests know every message.

use std::fmt::Write as _;
use std::time::SystemTime;

use super::totals::{check_sums, indexes, messages, number, size, to_u64};
use crate::common::Scratch;
use crate::fixtures::time_in;

/// A message of a Takeout.
struct Known {
    number: usize,
    /// Such as `20240401T120000Z`.
    stamp: String,
    labels: &'static [&'static str],
    from: (&'static str, &'static str),
    cc: (&'static str, &'static str),
    subject: (&'static str, &'static str),
    lines: usize,
}

const MESSAGES: usize = 20_000;

const LABELS: [&[&str]; 11] = [
    &["Inbox"],
    &["Inbox", "Unread", "Work"],
    &["Work/2024", "Sent"],
    &["Trash"],
    &["Papierkorb", "Work/2024/May"],
    &["Spam", "Unread"],
    &["Posteingang", "Homework"],
    &["Workshop"],
    &["Archived", "Starred"],
    &["WORK"],
    &["受信トレイ", "Gemüse"],
];

/// Fields as they are read, and their bytes in the header.
const SENDERS: [(&str, &str); 4] = [
    ("Ann Example <ann@example.org>", "Ann Example <ann@example.org>"),
    ("Jörg <joerg@example.net>", "=?UTF-8?Q?J=C3=B6rg?= <joerg@example.net>"),
    ("bob@example.com", "bob@example.com"),
    ("\"Ann, the other\" <other@example.com>", "\"Ann, the other\" <other@example.com>"),
];
const COPIES: [(&str, &str); 3] = [
    ("", ""),
    ("Carol <carol@example.net>", "Carol <carol@example.net>"),
    (
        "Dörte <doerte@example.net>, Team <TEAM@example.org>",
        "=?utf-8?B?RMO2cnRl?= <doerte@example.net>,\n Team <TEAM@example.org>",
    ),
];
const SUBJECTS: [(&str, &str); 5] = [
    ("Lunch", "Lunch"),
    ("Grüße aus München", "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus?=\n =?UTF-8?B?IE3DvG5jaGVu?="),
    ("RE: lunch on Friday", "RE: lunch on\n Friday"),
    ("[list] 100% off?", "[list] 100% off?"),
    ("", ""),
];

impl Known {
    fn new(number: usize) -> Self {
        let (year, month, day) = (2018 + number % 7, 1 + number / 7 % 12, 1 + number % 28);
        let (hour, minute, second) = (number % 24, number / 24 % 60, number / 5 % 60);
        Self {
            number,
            stamp: format!("{year}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"),
            labels: LABELS[number % LABELS.len()],
            from: SENDERS[number / 3 % SENDERS.len()],
            cc: COPIES[number / 2 % COPIES.len()],
            subject: SUBJECTS[number / 11 % SUBJECTS.len()],
            lines: number % 13,
        }
    }

    fn all() -> Vec<Self> {
        (1..=MESSAGES).map(Self::new).collect()
    }

    /// Its bytes in the EML, except line ends.
    fn text(&self) -> String {
        let mut text = format!("X-GM-THRID: {}\nX-Gmail-Labels: {}\n", self.number, encoded(self.labels));
        let _ = writeln!(text, "From: {}\nTo: list@example.org", self.from.1);
        for (name, value) in [("Cc", self.cc.1), ("Subject", self.subject.1)] {
            if !value.is_empty() {
                let _ = writeln!(text, "{name}: {value}");
            }
        }
        let _ = write!(text, "Message-ID: <{}@example.org>\n\n{}", self.number, "a line\n".repeat(self.lines));
        text
    }

    /// The size of its EML, with CRLF.
    fn size(&self) -> u64 {
        let text = self.text();
        to_u64(text.len() + text.matches('\n').count())
    }

    fn has_label(&self, names: &[&str]) -> bool {
        self.labels.iter().any(|label| names.contains(label))
    }

    /// Appends it with its From_ line and separator.
    fn append_to(&self, mailbox: &mut String) {
        let time = time_in(&format!("_{}.eml", self.stamp));
        let milliseconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
        let id = (milliseconds << 20) + u128::try_from(self.number).unwrap();
        let month = self.part(4, 6).parse::<usize>().unwrap();
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let clock = [(9, 11), (11, 13), (13, 15)].map(|(from, to)| self.part(from, to)).join(":");
        let (month, day, year) = (months[month - 1], self.part(6, 8), self.part(0, 4));
        let _ = write!(mailbox, "From {id}@xxx Mon {month} {day} {clock} +0000 {year}\n{}\n", self.text());
    }

    fn part(&self, from: usize, to: usize) -> &str {
        &self.stamp[from..to]
    }
}

/// Labels as Takeout writes them.
fn encoded(labels: &[&str]) -> String {
    let joined = labels.join(",");
    if joined.is_ascii() {
        return joined;
    }
    let mut text = "=?UTF-8?Q?".to_owned();
    for byte in joined.bytes() {
        let _ = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b',' | b'/' => write!(text, "{}", char::from(byte)),
            _ => write!(text, "={byte:02X}"),
        };
    }
    text + "?="
}

/// The options, and whether they mean a message, by what the test knows of it.
type Asked = (&'static [&'static str], fn(&Known) -> bool);

const ASKED: [Asked; 8] = [
    (&["--since", "2021", "--label", "inbox"], |it| {
        it.part(0, 4) >= "2021" && it.has_label(&["Inbox", "Posteingang", "受信トレイ"])
    }),
    (&["--until", "2020-06", "--from", "ANN", "--subject", "lunch"], |it| {
        it.part(0, 6) <= "202006" && it.from.0.contains("Ann") && it.subject.0.to_lowercase().contains("lunch")
    }),
    (&["--since", "2019-03-15", "--until", "2019-04-02"], |it| ("20190315".."20190403").contains(&it.part(0, 8))),
    (&["--since", "2020-02-10T20:00:00+02:00", "--until", "2020-02-10T21:29:59Z"], |it| {
        ("20200210T180000Z".."20200210T213000Z").contains(&&*it.stamp)
    }),
    (&["--label", "wOrK", "--min-size", "300", "--max-size", "320"], |it| {
        it.has_label(&["Work", "Work/2024", "Work/2024/May", "WORK"]) && (300..=320).contains(&it.size())
    }),
    (&["--label", "Work/2024", "--label", "GEMÜSE", "--not-label", "Trash"], |it| {
        it.has_label(&["Work/2024", "Work/2024/May", "Gemüse"]) && !it.has_label(&["Trash", "Papierkorb"])
    }),
    (&["--from", "jÖRG", "--to", "team@", "--subject", "grüße aus m"], |it| {
        it.from.0.starts_with("Jörg") && it.cc.0.contains("TEAM@") && it.subject.0.starts_with("Grüße")
    }),
    (&["--subject", "100% OFF?", "--not-label", "work", "--since", "2022-12", "--max-size", "1KB"], |it| {
        it.subject.0.contains("100%")
            && !it.has_label(&["Work", "Work/2024", "Work/2024/May", "WORK"])
            && it.part(0, 6) >= "202212"
            && it.size() <= 1000
    }),
];

#[test]
fn of_twenty_thousand_messages_those_asked_for_are_taken() {
    let (all, mut mailbox) = (Known::all(), String::new());
    all.iter().for_each(|known| known.append_to(&mut mailbox));
    let scratch = Scratch::with_mailbox(mailbox);
    for (options, wants) in ASKED {
        let wanted: Vec<&Known> = all.iter().filter(|known| wants(known)).collect();
        assert!(!wanted.is_empty(), "{options:?}");
        let json = scratch.run(options.iter().chain(&["--dry-run", "--json", "in.mbox", "out"])).ends(0).json();
        check_sums(&json);
        let (found, written) = (to_u64(MESSAGES), to_u64(wanted.len()));
        assert_eq!(messages(&json), [found, written, 0, 0, found - written, 0], "{options:?}");
        let bytes: u64 = wanted.iter().map(|known| known.size()).sum();
        assert_eq!(number(&json["folder_bytes"][""]), bytes, "{options:?}");
    }
}

#[test]
fn of_twenty_thousand_messages_those_asked_for_are_written_as_they_are() {
    let (all, mut mailbox) = (Known::all(), String::new());
    all.iter().for_each(|known| known.append_to(&mut mailbox));
    let scratch = Scratch::with_mailbox(mailbox);
    let (options, wants) = (["--from", "jörg", "--label", "Work/2024", "--since", "2023"], |it: &Known| {
        it.from.0.starts_with("Jörg") && it.has_label(&["Work/2024", "Work/2024/May"]) && it.part(0, 4) >= "2023"
    });
    let wanted: Vec<&Known> = all.iter().filter(|known| wants(known)).collect();
    assert!(wanted.len() > 200);
    let json =
        scratch.run(options.iter().chain(&["--name", "{index}_{date}", "--json", "in.mbox", "out"])).ends(0).json();
    check_sums(&json);
    let expected = wanted.iter().map(|known| {
        (format!("{:06}_{}.eml", known.number, known.stamp), known.text().replace('\n', "\r\n").into_bytes())
    });
    let written = scratch.tree("out");
    assert!(written == expected.collect(), "{:?}", indexes(&written));
    assert_eq!(size(&written), wanted.iter().map(|known| known.size()).sum::<u64>());
}

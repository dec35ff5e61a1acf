//! Bodies signed by their senders: what the signatures say about real mail, and that they show how a mailbox quotes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mbox2eml::internals::{LineEnd, QuotingEvidence, detect_quoting};
use mbox2eml::proof::{Cause, Signatures, Verdict};
use mbox2eml::source::Stream;
use mbox2eml::split::Dialect;
use mbox2eml::transform::{Eml, Eol, Quoting};
use mbox2eml::{Mbox, Message};
use sha2::{Digest, Sha256};

use crate::corpus;

fn verdict(message: &Message) -> Verdict {
    Signatures::of(message.raw().header()).check(&message.eml())
}

/// How many messages of a mailbox match, do not, and are unsigned.
fn verdicts(mailbox: &[u8], eol: Eol) -> [usize; 3] {
    let mut counts = [0; 3];
    for message in Mbox::new(Stream::new("mailbox", mailbox)).eol(eol).messages() {
        counts[match verdict(&message.unwrap()) {
            Verdict::Matched => 0,
            Verdict::Mismatched(_) => 1,
            _ => 2,
        }] += 1;
    }
    counts
}

#[test]
fn signed_bodies_of_real_mail_match() {
    let Some(corpus) = corpus::folder() else { return };
    for (file, expected) in [
        ("split/gyb-takeout-A-first12.mbox", [12, 0, 0]),
        ("src/suite-messages/src/backend/core/tests/resources/messages.mbox", [2, 0, 1]),
        ("src/mailbagit/data/sample1.mbox", [2, 0, 0]),
        ("src/ponymail-foal/test/resources/users_ponymail_apache_org_2019-09.mbox", [3, 0, 1]),
        ("src/_extracted/elixir-mbox/case00.mbox", [11, 0, 0]),
        ("src/ponymail-unit-tests/corpus/httpd-users-2020-07.mbox", [30, 34, 44]),
    ] {
        let mailbox = std::fs::read(corpus.join(file)).unwrap();
        for eol in [Eol::Crlf, Eol::Lf, Eol::Keep] {
            assert_eq!(verdicts(&mailbox, eol), expected, "{file} {eol:?}");
        }
    }
}

#[test]
fn one_byte_more_or_less_or_changed_is_noticed() {
    let Some(corpus) = corpus::folder() else { return };
    let mailbox = std::fs::read(corpus.join(corpus::TAKEOUT[0])).unwrap();
    let messages: Vec<Message> =
        Mbox::new(Stream::new("mailbox", &mailbox[..])).messages().map(Result::unwrap).collect();
    for message in messages {
        let raw = message.raw();
        let signatures = Signatures::of(raw.header());
        let text = raw.bytes.len() - raw.body().trim_ascii_end().len() / 2;
        let text = text + raw.bytes[text..].iter().position(u8::is_ascii_alphanumeric).unwrap();
        let (before, after) = raw.bytes.split_at(text);
        let mut flipped = raw.bytes.to_vec();
        flipped[text] ^= 1;
        for changed in [flipped, [before, b"x", after].concat(), [before, &after[1..]].concat(), before.to_vec()] {
            let eml = Eml::new(&changed, Quoting::None, Eol::Crlf);
            assert!(matches!(signatures.check(&eml), Verdict::Mismatched(_)), "message {}", message.index());
        }
    }
}

/// What Google Takeout does to 8-bit parts, and what lists add.
#[test]
fn evident_causes_are_reported() {
    let signed = |fields: &str, signed: &str, now: &str| {
        let hash = STANDARD.encode(Sha256::digest(signed.replace('\n', "\r\n")));
        let message = format!("{fields}DKIM-Signature: a=rsa-sha256; bh={hash}\n\n{now}");
        let mailbox = format!("From a@example.org Mon Apr  1 12:00:00 2024\n{message}\n");
        let mut messages = Mbox::new(Stream::new("mailbox", mailbox.as_bytes())).messages();
        verdict(&messages.next().unwrap().unwrap())
    };
    let latin = "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n";
    let list = "List-Id: <list.example.org>\n";
    let footer = format!("text\n{}\nlist mailing list\n", "_".repeat(47));
    for (fields, now, expected) in [
        ("", "text\n", Verdict::Matched),
        (latin, "te\u{fffd}t\n", Verdict::Mismatched(Cause::Replaced)),
        ("Subject: a\n", "te\0xt\n", Verdict::Mismatched(Cause::Nul)),
        (list, &footer, Verdict::Mismatched(Cause::Footer)),
        ("Subject: a\n", &footer, Verdict::Mismatched(Cause::Unknown)),
    ] {
        assert_eq!(signed(fields, "text\n", now), expected, "{now:?}");
    }
}

/// How a mailbox is written that holds signed bodies.
struct Writer {
    name: &'static str,
    from_line: &'static str,
    profile: Dialect,
    top: &'static str,
    quoting: Quoting,
    line_end: &'static str,
}

const MBOXRD: Writer = Writer {
    name: "mboxrd",
    from_line: "From ann@example.org Mon Apr  1 12:00:00 2024",
    profile: Dialect::Generic,
    top: "",
    quoting: Quoting::Mboxrd,
    line_end: "\n",
};

const WRITERS: &[Writer] = &[
    MBOXRD,
    Writer { name: "mboxo", quoting: Quoting::Mboxo, ..MBOXRD },
    Writer { name: "mboxo with CRLF", quoting: Quoting::Mboxo, line_end: "\r\n", ..MBOXRD },
    Writer { name: "unquoted", quoting: Quoting::None, ..MBOXRD },
    Writer { name: "CR only", line_end: "\r", ..MBOXRD },
    Writer { name: "mboxo, CR only", quoting: Quoting::Mboxo, line_end: "\r", ..MBOXRD },
    Writer {
        name: "Takeout",
        from_line: "From 1795133425252564992@xxx Mon Apr 01 12:00:00 +0000 2024",
        profile: Dialect::GoogleTakeout,
        top: "X-GM-THRID: 1795133425252564992\nX-Gmail-Labels: Inbox\n",
        line_end: "\r\n",
        ..MBOXRD
    },
    Writer {
        name: "pipermail",
        from_line: "From ann at example.org  Mon Apr  1 12:00:00 2024",
        profile: Dialect::Pipermail,
        quoting: Quoting::Mboxo,
        ..MBOXRD
    },
    Writer {
        name: "pipermail that quotes the other way",
        from_line: "From ann at example.org  Mon Apr  1 12:00:00 2024",
        profile: Dialect::Pipermail,
        ..MBOXRD
    },
    Writer {
        name: "Thunderbird that does not quote",
        from_line: "From - Mon Apr  1 12:00:00 2024",
        profile: Dialect::Thunderbird,
        top: "X-Mozilla-Status: 0001\n",
        quoting: Quoting::None,
        ..MBOXRD
    },
];

/// Lines that a body may hold any of; the last four are the ones that quoting is about.
const LINES: [&str; 6] = ["text", "> From quoted", "From a", ">From b", ">>From c", ">>>From d"];

impl Writer {
    fn quotes(&self, line: &str) -> bool {
        let marks = line.bytes().take_while(|byte| *byte == b'>').count();
        line[marks..].starts_with("From ")
            && match self.quoting {
                Quoting::Mboxrd => true,
                Quoting::Mboxo => marks == 0,
                _ => false,
            }
    }

    /// The mailbox of one message with a signed body of these lines.
    fn pack(&self, lines: &[&str], canonicalization: &str) -> Vec<u8> {
        let body: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let hash = STANDARD.encode(Sha256::digest(body));
        let quoted: String =
            lines.iter().map(|line| format!("{}{line}\n", if self.quotes(line) { ">" } else { "" })).collect();
        let Self { from_line, top, .. } = self;
        let signature = format!("DKIM-Signature: v=1; a=rsa-sha256;\n c={canonicalization}; bh={hash};\n b=AAAA");
        let mailbox = format!("{from_line}\n{top}Subject: a\nFrom: ann@example.org\n{signature}\n\n{quoted}\n");
        mailbox.replace('\n', self.line_end).into_bytes()
    }
}

#[test]
fn signatures_restore_every_body_in_every_dialect() {
    let mut proven = 0;
    for writer in WRITERS {
        for chosen in 1..1_usize << LINES.len() {
            let lines: Vec<&str> = (0..LINES.len()).filter(|at| chosen >> at & 1 == 1).map(|at| LINES[at]).collect();
            for canonicalization in ["simple/simple", "relaxed/relaxed"] {
                proven += usize::from(is_proven(writer, &lines, canonicalization));
            }
        }
    }
    // Few enough are left over that the test means something.
    assert!(proven > 800, "{proven}");
}

/// Checks that the signed body comes out, and says whether the signature was needed for it.
fn is_proven(writer: &Writer, lines: &[&str], canonicalization: &str) -> bool {
    let context = format!("{}: {lines:?}", writer.name);
    let mailbox = writer.pack(lines, canonicalization);
    let mut messages = Mbox::new(Stream::new("mailbox", &mailbox[..])).messages();
    let packed: Vec<Message> = messages.by_ref().map(Result::unwrap).collect();
    let [message] = &packed[..] else { panic!("{context}: {} messages", packed.len()) };
    assert_eq!(messages.dialect(), Some(writer.profile), "{context}");

    let line_end = if writer.line_end == "\r" { LineEnd::Cr } else { LineEnd::Lf };
    let evidence = detect_quoting(message.raw().bytes, line_end, Quoting::Mboxrd);
    let body: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    assert!(message.eml().to_bytes().ends_with(format!("\r\n\r\n{body}").as_bytes()), "{context}: {evidence:?}");
    evidence != QuotingEvidence::Irrelevant
}

#[test]
fn a_body_that_was_changed_proves_nothing() {
    for writer in WRITERS {
        let mailbox = writer.pack(&["text", "From a", ">From b"], "simple/simple");
        let changed = String::from_utf8(mailbox).unwrap().replace("text", "test").into_bytes();
        let message = Mbox::new(Stream::new("mailbox", &changed[..])).messages().next().unwrap().unwrap();
        let line_end = if writer.line_end == "\r" { LineEnd::Cr } else { LineEnd::Lf };
        assert_eq!(
            detect_quoting(message.raw().bytes, line_end, Quoting::Mboxrd),
            QuotingEvidence::Unknown,
            "{}",
            writer.name
        );
    }
}

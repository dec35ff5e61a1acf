//! Inputs that break off: what they give is finished by a run on the whole input, and nothing else is left behind.

use std::collections::BTreeMap;
use std::path::Path;

use mbox2eml::Conversion;
use mbox2eml::sink::{Directory, Durability};
use mbox2eml::source::{Memory, Source, Stream};
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};
use proptest::prelude::*;
use proptest::sample::Index;

use super::cases;
use super::choices::settings;
use super::mailbox::hostile;
use super::reruns::contents;
use super::run::{Settings, check_sums};
use super::sources::Broken;

/// Mailboxes with what may be cut in two: line ends, separators, quoted lines, header fields, MIME parts.
const MAILBOXES: [&str; 6] = [
    "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: One\nTo: b@example.org\n\nHello\n\n\
     From bob@example.org Mon Jan  1 00:01:00 2024\nSubject: Two\n folded\n\n>From here on\n>>From twice\n> From\nFrom\n\n\n\
     From cid@example.org Mon Jan  1 00:02:00 2024\n>From cid@example.org Mon Jan  1 00:00:00 2024\nSubject: Three\n\n\
     From then on: nothing\n\nFrom here\n\n\
     From dan@example.org Mon Jan  1 00:03:00 2024\n\nno header\n\n",
    "\n\nFrom - Mon Jan 01 00:00:00 2024\nX-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nSubject: One\n\n\
     >From x\n\nFrom a@b.example Mon Jan  1 00:00:00 2024\nA: forwarded\n\nText\n\nFrom - Mon Jan 01 00:01:00 2024\n\
     X-Mozilla-Status: 0009\nSubject: Deleted\n\nx\n\nFrom - Mon Jan 01 00:02:00 2024\nSubject: Three\n\ny\n",
    "From 1783936800000000001@xxx Mon Jan 01 00:00:00 +0000 2024\nX-GM-THRID: 1783936800000000001\nX-Gmail-Labels: Inbox\n\
     Subject: One\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n>From x\n\n--b--\n\n\
     From 1783936800000000002@xxx Mon Jan 01 00:00:00 +0000 2024\nX-GM-THRID: 1783936800000000002\nSubject: Two\n\ny\n\n",
    "From ann@example.org Mon Jan  1 00:00:00 2024\nContent-Length: 12\nSubject: One\n\nHello\nFrom\n\n\n\
     From bob@example.org\nSubject: Two\nTo: c@example.org\n\nNo date\n\n\
     From ann@example.org Mon Jan  1 00:01:00 2024\nSubject: Three\nContent-Length: 900\n\nx\n\n",
    "From ann at example.org  Mon Jan  1 00:00:00 2024\nFrom: ann\nSubject: One\n\nx\n\nFrom a@b.example  Mon Sep 17 00:00:00 2001\n\
     From: x\nSubject: patch\n\nbody\n\nFrom ann at example.org  Mon Jan  1 00:01:00 2024\nSubject: Two\n\ny\n",
    "From MAILER-DAEMON Mon Jan  1 00:00:00 2024\nDate: 1 Jan 2024\nX-IMAP: 1 2\n\
     Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nfolder data\n\n\
     From ann@example.org Mon Jan  1 00:01:00 2024\nSubject: One\n\nx\n\n",
];

fn fill(folder: &Path, source: impl Source, settings: &Settings, threads: usize) -> Conversion<()> {
    let sink = Directory::create(folder, Durability::Cached).unwrap();
    let done = settings.converter(threads).convert(source, sink, &());
    check_sums(&done);
    done
}

fn whole(mailbox: &[u8], settings: &Settings) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let _ = fill(folder.path(), Memory::new("whole", mailbox.to_vec()), settings, 1);
    contents(folder.path())
}

/// Converts the mailbox broken off at `at`, and then all of it.
fn check(mailbox: &[u8], at: usize, settings: &Settings, threads: usize, expected: &BTreeMap<String, Vec<u8>>) {
    let cut = &mailbox[..at];
    let text = || format!("b\"{}\" | b\"{}\"", cut.escape_ascii(), mailbox[at..].escape_ascii());
    let folder = tempfile::tempdir().unwrap();
    let first = fill(folder.path(), Stream::new("broken", Broken(cut)), settings, threads);
    assert!(first.mailboxes[0].error.is_some());
    let before = contents(folder.path());
    for (name, bytes) in &before {
        let all = expected.get(name).unwrap_or_else(|| panic!("{name}: {}", text()));
        assert!(all.starts_with(bytes), "{name} b\"{}\": {}", bytes.escape_ascii(), text());
    }
    let incomplete = before.iter().filter(|(name, bytes)| expected[*name] != **bytes).count();
    assert!(incomplete <= 1, "{before:?}: {}", text());
    assert_eq!(first.messages().written, u64::try_from(before.len()).unwrap(), "{}", text());
    assert!(first.messages().failed <= 1, "{}", text());

    let second = fill(folder.path(), Memory::new("whole", mailbox.to_vec()), settings, threads);
    assert_eq!(&contents(folder.path()), expected, "{}", text());
    let already_there = u64::try_from(before.len() - incomplete).unwrap();
    assert_eq!((second.messages().failed, second.messages().already_there), (0, already_there), "{}", text());
}

#[test]
fn a_mailbox_broken_off_at_any_byte() {
    for (line_end, eol, unquote, step) in [
        ("\n", Eol::Crlf, Unquote::Auto, 1),
        ("\r\n", Eol::Lf, Unquote::Auto, 1),
        ("\r\n", Eol::Keep, Unquote::Mboxrd, 3),
        ("\r", Eol::Crlf, Unquote::None, 3),
    ] {
        let settings = Settings { eol, unquote, ..Settings::raw(SplitRule::Auto) };
        for mailbox in MAILBOXES.map(|mailbox| mailbox.replace('\n', line_end)) {
            let expected = whole(mailbox.as_bytes(), &settings);
            (0..mailbox.len()).step_by(step).for_each(|at| check(mailbox.as_bytes(), at, &settings, 1, &expected));
        }
    }
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn hostile_mailboxes_broken_off(
        mailbox in hostile(), at in any::<Index>(), settings in settings(), threads in 1..3_usize,
    ) {
        let expected = whole(&mailbox, &settings);
        check(&mailbox, at.index(mailbox.len() + 1), &settings, threads, &expected);
    }
}

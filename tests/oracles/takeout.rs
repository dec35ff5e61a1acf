//! Real exports of Google: how many messages, and whether their bodies are what Google signed.

use mbox2eml::source::Stream;
use mbox2eml::split::Dialect;
use mbox2eml::{Mbox, Message};

use crate::body_hash::Signature;
use crate::corpus::Corpus;

/// An export in the corpus.
struct Export {
    file: &'static str,
    profile: Dialect,
    messages: usize,
    /// How many have a body that Google signed.
    signed: usize,
}

const EXPORTS: &[Export] = &[
    Export { file: "split/gyb-takeout-A-first12.mbox", profile: Dialect::GoogleTakeout, messages: 12, signed: 12 },
    Export {
        file: "src/suite-messages/src/backend/core/tests/resources/messages.mbox",
        profile: Dialect::GoogleTakeout,
        messages: 3,
        signed: 2,
    },
    Export { file: "src/mailbagit/data/sample1.mbox", profile: Dialect::GoogleTakeout, messages: 2, signed: 0 },
];

#[test]
fn exports_are_recognised_and_split() {
    let Some(corpus) = Corpus::find() else { return };
    for Export { file, profile, messages, .. } in EXPORTS {
        let mailbox = corpus.read(file);
        let mut iterator = Mbox::new(Stream::new(*file, &mailbox[..])).messages();
        assert_eq!(iterator.by_ref().map(Result::unwrap).count(), *messages, "{file}");
        assert_eq!(iterator.dialect(), Some(*profile), "{file}");
    }
}

#[test]
fn bodies_are_those_that_google_signed() {
    let Some(corpus) = Corpus::find() else { return };
    let mut failures = Vec::new();
    for Export { file, signed, .. } in EXPORTS {
        let mailbox = corpus.read(file);
        let mut found = 0;
        for message in Mbox::new(Stream::new(*file, &mailbox[..])).messages().map(Result::unwrap) {
            let eml = message.eml().to_bytes();
            let seals = Signature::in_fields(&eml, "ARC-Message-Signature");
            let Some(seal) = seals.iter().find(|seal| seal.domain == "google.com") else { continue };
            found += 1;
            if !seal.holds_for(&eml) {
                failures.push(format!("{file}, message {}: {seal:?}", message.index()));
            }
        }
        if found != *signed {
            failures.push(format!("{file}: {found} bodies signed by Google"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Mailboxes with DKIM signatures: how many there are, and how many hold.
///
/// Mailing lists add footers, so not all of them match; but one that did must not break.
const SIGNED_BY_SENDERS: &[(&str, usize, usize)] = &[
    ("split/gyb-takeout-A-first12.mbox", 9, 4),
    ("src/suite-messages/src/backend/core/tests/resources/messages.mbox", 2, 2),
    ("src/mailbagit/data/sample1.mbox", 1, 1),
    ("src/ponymail-unit-tests/corpus/httpd-users-2020-07.mbox", 63, 29),
    ("src/ponymail-foal/test/resources/users_ponymail_apache_org_2019-09.mbox", 3, 3),
    ("src/_extracted/elixir-mbox/case00.mbox", 22, 22),
];

#[test]
fn signatures_of_senders_that_matched_still_match() {
    let Some(corpus) = Corpus::find() else { return };
    for (file, signed, held) in SIGNED_BY_SENDERS {
        let mailbox = corpus.read(file);
        let messages = Mbox::new(Stream::new(*file, &mailbox[..])).messages().map(Result::unwrap);
        let sums = messages.map(of_senders).fold((0, 0), |(all, good), (signed, held)| (all + signed, good + held));
        assert_eq!(sums, (*signed, *held), "{file}");
    }
}

/// The DKIM signatures of a message, and those of them that hold.
fn of_senders(message: Message) -> (usize, usize) {
    let eml = message.eml().to_bytes();
    let signatures = Signature::in_fields(&eml, "DKIM-Signature");
    (signatures.len(), signatures.iter().filter(|signature| signature.holds_for(&eml)).count())
}

//! The mbox readers of two crates: mail-parser, and mbox-reader with its known defect.

use std::fs;
use std::path::Path;

use mail_parser::mailbox::mbox::MessageIterator;
use mbox_reader::MboxFile;
use mbox2eml::split::SplitRule;
use mbox2eml::transform::Unquote;

use crate::corpus::Corpus;
use crate::generated;
use crate::mailbox::{as_others_see, read};
use crate::peers::{Deviation, SPLIT_AT_PROSE, SPLIT_WITHOUT_HEADER, compare};

/// Both leave the empty line before a separator in the message.
fn as_they_see(mailbox: &[u8], unquote: Unquote) -> Vec<Vec<u8>> {
    let messages = read(mailbox, SplitRule::Auto, unquote).unwrap();
    messages.iter().map(|message| as_others_see(message, mailbox, |_| true)).collect()
}

fn mail_parser(mailbox: &[u8]) -> Vec<Vec<u8>> {
    MessageIterator::new(mailbox).map(|message| message.unwrap().unwrap_contents()).collect()
}

fn mbox_reader(mailbox: &Path) -> Vec<Vec<u8>> {
    let file = MboxFile::from_file(mailbox).unwrap();
    file.iter().map(|entry| entry.message().unwrap_or_default().to_vec()).collect()
}

#[test]
fn mail_parser_reads_generated_mailboxes_alike() {
    let mailbox = generated::mboxrd(&generated::messages());
    assert_eq!(mail_parser(&mailbox), as_they_see(&mailbox, Unquote::Mboxrd));
}

/// A message without an empty line is all header to us, and headers are not unquoted.
const ALL_HEADER: &[Deviation] = &[("mail-parser-rs/parse_mbox.mbox", "mail-parser unquotes headers, too")];

#[test]
fn mail_parser_reads_mailboxes_of_the_corpus_alike() {
    let Some(corpus) = Corpus::find() else { return };
    let cases = corpus.mailboxes();
    let theirs = cases.iter().map(|case| Some(mail_parser(&case.bytes)));
    let ours = |mailbox: &[u8]| as_they_see(mailbox, Unquote::Mboxrd);
    let compared = compare(&cases, theirs, ours, &[SPLIT_AT_PROSE, SPLIT_WITHOUT_HEADER, ALL_HEADER]);
    assert!(compared > 200, "{compared} mailboxes compared");
}

/// The reason why it is an oracle here and nothing else: it never returns the last message.
fn without_the_last(mut messages: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    messages.pop();
    messages
}

#[test]
fn mbox_reader_reads_generated_mailboxes_alike_but_for_the_last_message() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = generated::mboxrd(&generated::messages());
    let path = folder.path().join("mailbox");
    fs::write(&path, &mailbox).unwrap();
    assert_eq!(mbox_reader(&path), without_the_last(as_they_see(&mailbox, Unquote::None)));
}

const LEADING: &str = "mbox-reader takes the empty lines before the first From_ line for a message";

const EMPTY_LINES_FIRST: &[Deviation] = &[
    ("go-mbox/mboxWithStartingLF.mbox", LEADING),
    ("go-mbox/TextBoundary.mbox", LEADING),
    ("mlarchive/tests/data/mailbox_mbox", LEADING),
    ("mlarchive/tests/data/mbox.1", LEADING),
];

#[test]
fn mbox_reader_reads_mailboxes_of_the_corpus_alike_but_for_the_last_message() {
    let Some(corpus) = Corpus::find() else { return };
    // An empty file cannot be mapped into memory.
    let cases: Vec<_> = corpus.mailboxes().into_iter().filter(|case| !case.bytes.is_empty()).collect();
    let theirs = cases.iter().map(|case| Some(mbox_reader(&corpus.path(&case.file))));
    let ours = |mailbox: &[u8]| without_the_last(as_they_see(mailbox, Unquote::None));
    let deviations = [SPLIT_AT_PROSE, SPLIT_WITHOUT_HEADER, EMPTY_LINES_FIRST];
    let compared = compare(&cases, theirs, ours, &deviations);
    assert!(compared > 200, "{compared} mailboxes compared");
}

//! Every mailbox of the corpus, written as a mailbox of ours: it holds the same messages, for us and for other programs.

use std::fs;

use mbox2eml::internals::header_len;
use mbox2eml::select::{Dedup, Deleted};
use mbox2eml::sink::Mailboxes;
use mbox2eml::source::Memory;
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};
use mbox2eml::{Converter, Message};
use tempfile::TempDir;

use crate::corpus::{Case, Corpus};
use crate::git_mailsplit::mailsplit;
use crate::mailbox::read;
use crate::program::is_installed;
use crate::python::python;

/// A mailbox that was written, and the messages that it is to hold.
struct Written {
    folder: TempDir,
    messages: Vec<Vec<u8>>,
    /// What ended their From_ lines.
    line_ends: Vec<&'static [u8]>,
}

impl Written {
    fn of(case: &Case) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let converter = Converter::builder().eol(Eol::Keep).deleted(Deleted::Keep).dedup(Dedup::Off).build();
        let sink = Mailboxes::below(folder.path()).create().unwrap();
        let _ = converter.convert(Memory::new("in", case.bytes.clone()), sink, &()).into_result().unwrap();
        let messages = read(&case.bytes, SplitRule::Auto, Unquote::Auto).unwrap();
        let line_end = |message: &Message| {
            let from_line = message.raw().from_line.split_inclusive(|byte| *byte == b'\n').next().unwrap();
            if from_line.ends_with(b"\r\n") { &b"\r\n"[..] } else { b"\n" }
        };
        let line_ends = messages.iter().map(line_end).collect();
        Self {
            folder,
            messages: messages.iter().map(|message| message.eml().to_bytes().into_owned()).collect(),
            line_ends,
        }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("mailbox.mbox")
    }

    /// Whether other programs can find the messages: no line of a header looks like a separator, quoted or not.
    fn is_plain(&self) -> bool {
        let is_like = |line: &[u8]| {
            let bare = line.iter().position(|byte| *byte != b'>').unwrap_or(line.len());
            line[bare..].starts_with(b"From ")
        };
        let header = |message: &Vec<u8>| message[..header_len(message)].split(|byte| *byte == b'\n').any(is_like);
        !self.messages.iter().any(header)
    }

    /// The messages with what follows each in the mailbox: a line end if it has none, and an empty line.
    fn with_ends(&self) -> impl Iterator<Item = Vec<u8>> {
        self.messages.iter().zip(&self.line_ends).map(|(message, line_end)| {
            let is_ended = message.is_empty() || message.ends_with(b"\n");
            [message.as_slice(), if is_ended { b"" } else { line_end }, line_end].concat()
        })
    }
}

#[test]
fn every_byte_of_the_corpus_comes_back() {
    let Some(corpus) = Corpus::find() else { return };
    for case in corpus.mailboxes() {
        let written = Written::of(&case);
        if written.messages.is_empty() {
            continue;
        }
        let again = read(&fs::read(written.path()).unwrap(), SplitRule::Auto, Unquote::Auto).unwrap();
        let again: Vec<_> = again.iter().map(|message| message.eml().to_bytes().into_owned()).collect();
        assert!(again == written.messages, "{}", case.file);
    }
}

#[test]
fn git_finds_every_message_of_the_corpus() {
    let Some(corpus) = Corpus::find().filter(|_| is_installed("git", "--version")) else { return };
    let mut compared = 0;
    for case in corpus.mailboxes() {
        let written = Written::of(&case);
        // It refuses empty messages.
        if written.messages.is_empty() || !written.is_plain() {
            continue;
        }
        let expected: Vec<_> = written.with_ends().collect();
        assert!(mailsplit(&written.path(), &["--mboxrd"]) == Some(expected), "{}", case.file);
        compared += 1;
    }
    assert!(compared > 150, "{compared} mailboxes compared");
}

#[test]
fn python_finds_every_message_of_the_corpus() {
    let Some(corpus) = Corpus::find() else { return };
    let written: Vec<_> = corpus.mailboxes().iter().map(|case| (case.file.clone(), Written::of(case))).collect();
    let written: Vec<_> = written.into_iter().filter(|(_, it)| !it.messages.is_empty() && it.is_plain()).collect();
    let paths: Vec<_> = written.iter().map(|(_, written)| written.path()).collect();
    let Some(found) = python(&paths) else { return };
    assert!(found.len() > 150, "{} mailboxes compared", found.len());
    for ((file, written), found) in written.iter().zip(found) {
        assert_eq!(found.len(), written.messages.len(), "{file}");
        for ((message, mut quoted), found) in written.messages.iter().zip(written.with_ends()).zip(&found) {
            // It unquotes nothing, and takes an empty line away only if that ends in LF.
            let body = header_len(message);
            let lines = quoted.split_off(body);
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                let angles = line.iter().take_while(|byte| **byte == b'>').count();
                quoted.extend_from_slice(if line[angles..].starts_with(b"From ") { b">" } else { b"" });
                quoted.extend_from_slice(line);
            }
            let expected = match quoted.as_slice() {
                [before @ .., b'\n'] if !before.ends_with(b"\r") => before,
                whole => whole,
            };
            assert!(found == expected, "{file}: {}\n{}", found.escape_ascii(), expected.escape_ascii());
        }
    }
}

//! `git mailsplit`. It knows a separator by its last time of day and a year after it, and refuses a mailbox whose
//! first line has none, such as every Takeout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mbox2eml::split::SplitRule;
use mbox2eml::transform::Unquote;

use crate::corpus::Corpus;
use crate::generated;
use crate::mailbox::{as_others_see, read};
use crate::peers::{SPLIT_WITHOUT_HEADER, compare};
use crate::program::is_installed;

/// The messages that git finds, each without its From_ line; `None` if it cannot read the mailbox.
pub(crate) fn mailsplit(mailbox: &Path, options: &[&str]) -> Option<Vec<Vec<u8>>> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("git");
    command.current_dir(&folder).args(["mailsplit", "--keep-cr", "-o."]).args(options).arg(mailbox);
    if !command.output().unwrap().status.success() {
        return None;
    }
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    Some(files.iter().map(|file| below_first_line(fs::read(file).unwrap())).collect())
}

fn below_first_line(mut message: Vec<u8>) -> Vec<u8> {
    let first_line = message.iter().position(|byte| *byte == b'\n').map_or(message.len(), |at| at + 1);
    message.split_off(first_line)
}

/// Git leaves the empty line before a separator in the message.
fn as_git_sees(mailbox: &[u8], unquote: Unquote) -> Vec<Vec<u8>> {
    let messages = read(mailbox, SplitRule::Auto, unquote).unwrap();
    messages.iter().map(|message| as_others_see(message, mailbox, |_| true)).collect()
}

#[test]
fn generated_mailboxes_are_read_alike() {
    if !is_installed("git", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mailbox = generated::mboxrd(&generated::messages());
    let path = folder.path().join("mailbox");
    fs::write(&path, &mailbox).unwrap();
    assert_eq!(mailsplit(&path, &["--mboxrd"]), Some(as_git_sees(&mailbox, Unquote::Mboxrd)));
    assert_eq!(mailsplit(&path, &[]), Some(as_git_sees(&mailbox, Unquote::None)));
}

/// It reads the zone before the year as the year.
#[test]
fn a_takeout_is_refused() {
    let Some(corpus) = Corpus::find().filter(|_| is_installed("git", "--version")) else { return };
    assert_eq!(mailsplit(&corpus.path("split/gyb-takeout-A-first12.mbox"), &[]), None);
}

#[test]
fn mailboxes_of_the_corpus_are_read_alike() {
    let Some(corpus) = Corpus::find().filter(|_| is_installed("git", "--version")) else { return };
    let cases = corpus.mailboxes();
    let theirs = cases.iter().map(|case| mailsplit(&corpus.path(&case.file), &[]));
    let compared = compare(&cases, theirs, |mailbox| as_git_sees(mailbox, Unquote::None), &[SPLIT_WITHOUT_HEADER]);
    assert!(compared > 150, "{compared} mailboxes compared");
}

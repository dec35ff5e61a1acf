//! Python's `mailbox` module. It splits at any line that starts `From `, so it is an oracle where bodies have none.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use mbox2eml::split::SplitRule;
use mbox2eml::transform::Unquote;

use crate::corpus::Corpus;
use crate::generated;
use crate::mailbox::{as_others_see, read};
use crate::peers::{SPLIT_AT_PROSE, SPLIT_WITHOUT_HEADER, compare};
use crate::program::is_installed;

/// Prints the number of messages of each mailbox, then length and bytes of each message.
const SCRIPT: &str = "
import mailbox, struct, sys
out = sys.stdout.buffer
for path in sys.argv[1:]:
    box = mailbox.mbox(path, create=False)
    out.write(struct.pack('<Q', len(box)))
    for key in box.keys():
        message = box.get_bytes(key)
        out.write(struct.pack('<Q', len(message)) + message)
";

/// The messages of each of these mailboxes; `None` if Python is not there.
pub(crate) fn python(mailboxes: &[PathBuf]) -> Option<Vec<Vec<Vec<u8>>>> {
    if !is_installed("python3", "--version") {
        return None;
    }
    let output = Command::new("python3").arg("-c").arg(SCRIPT).args(mailboxes).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut rest = &output.stdout[..];
    let answer = mailboxes.iter().map(|_| (0..number(&mut rest)).map(|_| bytes(&mut rest)).collect()).collect();
    assert!(rest.is_empty());
    Some(answer)
}

fn number(rest: &mut &[u8]) -> usize {
    let (head, tail) = rest.split_first_chunk().unwrap();
    *rest = tail;
    usize::try_from(u64::from_le_bytes(*head)).unwrap()
}

fn bytes(rest: &mut &[u8]) -> Vec<u8> {
    let length = number(rest);
    let (head, tail) = rest.split_at(length);
    *rest = tail;
    head.to_vec()
}

/// Python takes an empty line before a separator away as we do, but only one that ends in LF; and it unquotes nothing.
fn as_python_sees(mailbox: &[u8]) -> Vec<Vec<u8>> {
    let messages = read(mailbox, SplitRule::Auto, Unquote::None).unwrap();
    messages.iter().map(|message| as_others_see(message, mailbox, |separator| separator != b"\n")).collect()
}

#[test]
fn generated_mailboxes_are_read_alike() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = generated::mboxrd(&generated::messages());
    let path = folder.path().join("mailbox");
    fs::write(&path, &mailbox).unwrap();
    let Some(theirs) = python(&[path]) else { return };
    assert_eq!(theirs, [as_python_sees(&mailbox)]);
}

#[test]
fn mailboxes_of_the_corpus_are_read_alike() {
    let Some(corpus) = Corpus::find() else { return };
    let cases = corpus.mailboxes();
    let paths: Vec<_> = cases.iter().map(|case| corpus.path(&case.file)).collect();
    let Some(theirs) = python(&paths) else { return };
    let compared =
        compare(&cases, theirs.into_iter().map(Some), as_python_sees, &[SPLIT_AT_PROSE, SPLIT_WITHOUT_HEADER]);
    assert!(compared > 200, "{compared} mailboxes compared");
}

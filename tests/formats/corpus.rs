//! The corpus of real mail, which is not part of the repository, and a plain way to cut it up.

use std::fs;
use std::path::{Path, PathBuf};

use mbox2eml::message::RawMessage;

pub(crate) use crate::support::corpus::folder;

/// The exports of Google Takeout in the corpus.
pub(crate) const TAKEOUT: [&str; 3] = [
    "split/gyb-takeout-A-first12.mbox",
    "src/suite-messages/src/backend/core/tests/resources/messages.mbox",
    "src/mailbagit/data/sample1.mbox",
];

/// Passes every file below `folder` on, in the order of their names.
pub(crate) fn for_each_file(folder: &Path, each: &mut impl FnMut(&Path, &[u8])) {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort();
    for path in paths {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => for_each_file(&path, each),
            Ok(_) => each(&path, &fs::read(&path).unwrap()),
            Err(_) => (), // a link that leads nowhere
        }
    }
}

/// The messages of `mailbox`, each from a line that starts `From ` to the next: good enough to read
/// headers. What comes before the first such line is a message without a From_ line.
pub(crate) fn messages(mailbox: &[u8]) -> Vec<RawMessage<'_>> {
    let mut starts = vec![0];
    let line_starts = (1..mailbox.len()).filter(|&at| mailbox[at - 1] == b'\n');
    starts.extend(line_starts.filter(|&at| mailbox[at..].starts_with(b"From ")));
    let ends = starts.iter().skip(1).copied().chain([mailbox.len()]);
    let parts = starts.iter().zip(ends).map(|(&start, end)| (start, &mailbox[start..end]));
    let indexed = (1..).zip(parts);
    indexed.map(|(index, (start, part))| message(index, start, part)).collect()
}

fn message(index: u64, start: usize, part: &[u8]) -> RawMessage<'_> {
    let first_line = part.iter().position(|&byte| byte == b'\n').map_or(part.len(), |at| at + 1);
    let from_line = if part.starts_with(b"From ") { first_line } else { 0 };
    let (from_line, bytes) = part.split_at(from_line);
    let offset = u64::try_from(start).unwrap();
    let mut message = RawMessage::new(from_line, bytes);
    (message.index, message.offset) = (index, offset);
    message
}

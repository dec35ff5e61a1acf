//! The counts of a run in its JSON.

use serde_json::Value;

use crate::common::Tree;

/// The terms of the sum of messages, what they sum up to first; and those of the sum of bytes.
const MESSAGES: [&str; 7] = ["found", "written", "already_there", "duplicates", "filtered", "failed", "known"];
const BYTES: [&str; 5] = ["input", "preamble", "from_lines", "messages", "separators"];

/// Both sums hold for each mailbox and for all together, and the mailboxes sum up to the total.
#[track_caller]
pub(crate) fn check_sums(json: &Value) {
    let mailboxes = json["mailboxes"].as_array().unwrap();
    for (books, terms) in [("messages", &MESSAGES[..]), ("bytes", &BYTES)] {
        for of in mailboxes.iter().chain([json]) {
            let sum: u64 = terms[1..].iter().map(|term| number(&of[books][*term])).sum();
            assert_eq!(number(&of[books][terms[0]]), sum, "{of}");
        }
        for term in terms {
            let sum: u64 = mailboxes.iter().map(|mailbox| number(&mailbox[books][*term])).sum();
            assert_eq!(number(&json[books][*term]), sum, "{books}.{term}: {json}");
        }
    }
}

/// How many messages were found, written, already there, duplicates, filtered, failed.
#[track_caller]
pub(crate) fn messages(books: &Value) -> [u64; 6] {
    ["found", "written", "already_there", "duplicates", "filtered", "failed"]
        .map(|term| number(&books["messages"][term]))
}

#[track_caller]
pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

pub(crate) fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap()
}

/// How many bytes all files of a tree have.
pub(crate) fn size(tree: &Tree) -> u64 {
    tree.values().map(|bytes| to_u64(bytes.len())).sum()
}

/// The numbers that the names of messages begin with, in order.
pub(crate) fn indexes(tree: &Tree) -> Vec<usize> {
    let index = |name: &String| name.rsplit('/').next().unwrap()[..6].parse().unwrap();
    let mut indexes: Vec<usize> = tree.keys().map(index).collect();
    indexes.sort_unstable();
    indexes
}

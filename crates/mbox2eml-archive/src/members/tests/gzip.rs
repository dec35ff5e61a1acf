//! What is peculiar to gzip.

use super::super::fixtures::{gzip, mailbox, outcome};

#[test]
fn a_mailbox_is_called_as_its_file_without_gz() {
    for (file, name) in [("Sent.mbox.gz", "Sent"), ("2024-January.txt.gz", "2024-January.txt"), ("x", "x")] {
        let outcome = outcome(file, &gzip(&mailbox("a", 1)));
        assert_eq!((outcome.mailboxes, outcome.errors), (vec![(name.to_owned(), mailbox("a", 1))], vec![]));
    }
    assert_eq!(outcome("empty.mbox.gz", &gzip(b"")).mailboxes, [("empty".to_owned(), vec![])]);
    assert_eq!(outcome("empty.gz", &gzip(b"")).others, ["empty.gz"]);
    assert_eq!(outcome("twice.gz", &gzip(&gzip(&mailbox("a", 1)))).others, ["twice.gz"]);
    let twice = outcome("twice.mbox.gz", &gzip(&gzip(&mailbox("a", 1))));
    assert_eq!(twice.errors, ["twice.mbox.gz: not an mbox: it looks like a gzip or .tgz archive"]);
}

#[test]
fn every_field_of_a_header_is_passed() {
    let packed = gzip(&mailbox("a", 1));
    let header = b"\x1f\x8b\x08\x1f\0\0\0\0\0\xff\x03\0abcname\0comment\0\xaa\xbb";
    let outcome = outcome("t.mbox.gz", &[header, &packed[10..]].concat());
    assert_eq!((outcome.mailboxes, outcome.errors), (vec![("t".to_owned(), mailbox("a", 1))], vec![]));
}

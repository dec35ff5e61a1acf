//! What is peculiar to gzip.

use std::io::{BufReader, Read};

use proptest::prelude::*;

use super::super::compressed::{Compressed, Gzip};
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
fn streams_that_follow_one_another_are_one_mailbox_and_zeros_are_padding() {
    let (a, b) = (mailbox("a", 2), mailbox("b", 2));
    let whole = [a.clone(), b.clone()].concat();
    for packed in [
        [gzip(&a), gzip(&b)].concat(),
        [gzip(&a), vec![0; 3], gzip(&b), vec![0; 300_000]].concat(),
        [gzip(b""), gzip(&a), gzip(b""), gzip(&b), gzip(b"")].concat(),
    ] {
        let outcome = outcome("t.mbox.gz", &packed);
        assert_eq!((outcome.mailboxes, outcome.errors), (vec![("t".to_owned(), whole.clone())], vec![]));
    }
}

#[test]
fn other_data_behind_it_is_reported_after_all_was_read() {
    let (a, packed) = (mailbox("a", 2), gzip(&mailbox("a", 2)));
    let outcome = outcome("t.mbox.gz", &[&packed[..], b"\0\0other"].concat());
    let error = format!(
        "t.mbox.gz: cannot read at byte {}: other data follows the packed data, near byte {} of the archive",
        a.len(),
        packed.len()
    );
    assert_eq!((outcome.mailboxes, outcome.errors), (vec![("t".to_owned(), a)], vec![error]));
}

#[test]
fn every_field_of_a_header_is_passed() {
    let packed = gzip(&mailbox("a", 1));
    let header = b"\x1f\x8b\x08\x1f\0\0\0\0\0\xff\x03\0abcname\0comment\0\xaa\xbb";
    let outcome = outcome("t.mbox.gz", &[header, &packed[10..]].concat());
    assert_eq!((outcome.mailboxes, outcome.errors), (vec![("t".to_owned(), mailbox("a", 1))], vec![]));
}

proptest! {
    #[test]
    fn it_does_not_matter_in_which_chunks_it_is_read(
        buffer in 1_usize..300,
        sizes in prop::collection::vec(1_usize..300, 1..9),
        texts in prop::collection::vec(prop::collection::vec(0_u8..9, 0..2000), 1..4),
    ) {
        let packed: Vec<u8> = texts.iter().flat_map(|text| gzip(text)).collect();
        let mut gzip = Gzip::new(BufReader::with_capacity(buffer, &packed[..]));
        let mut sizes = sizes.into_iter().cycle();
        let mut read = Vec::<u8>::new();
        loop {
            let mut out = vec![0; sizes.next().unwrap()];
            match gzip.read(&mut out).unwrap() {
                0 => break,
                count => read.extend(&out[..count]),
            }
        }
        prop_assert_eq!(read, texts.concat());
        prop_assert_eq!(gzip.position(), u64::try_from(packed.len()).unwrap());
    }
}

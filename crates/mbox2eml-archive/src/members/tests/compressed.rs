//! What every kind of compression has in common.

use std::io::{BufReader, Read};

use mbox2eml::source::FileKind;
use proptest::prelude::*;

use super::super::InflateLimit;
use super::super::compressed::unpack;
use super::super::fixtures::{COMPRESSORS, mailbox, outcome, outcome_within, tar, zstd};

#[test]
fn mailboxes_and_tars_come_out_of_every_kind() {
    let bytes = mailbox("a", 500);
    for (compress, file, archive) in COMPRESSORS {
        let one = outcome(&format!("Sent.mbox.{file}"), &compress(&bytes));
        assert_eq!((one.mailboxes, one.errors), (vec![("Sent".to_owned(), bytes.clone())], vec![]), "{file}");
        let tar = tar(&[("b.mbox", bytes.clone()), ("c.json", b"{}".to_vec())]);
        let many = outcome(&format!("t.{archive}"), &compress(&tar));
        assert_eq!((many.mailboxes, many.errors), (vec![("b".to_owned(), bytes.clone())], vec![]), "{archive}");
        assert_eq!(many.others, [format!("t.{archive}!c.json")]);
        assert_eq!(outcome("notes", &compress(b"{}")).others, ["notes"], "{file}");
        assert_eq!(outcome("empty.mbox", &compress(b"")).errors, [""; 0], "{file}");
    }
}

#[test]
fn streams_that_follow_one_another_are_one_mailbox_and_zeros_are_padding() {
    let (a, b) = (mailbox("a", 2), mailbox("b", 2));
    let whole = vec![("t".to_owned(), [a.clone(), b.clone()].concat())];
    for (compress, file, _) in COMPRESSORS {
        for packed in [
            [compress(&a), compress(&b)].concat(),
            [compress(&a), vec![0; 4], compress(&b), vec![0; 300_000]].concat(),
            [compress(b""), compress(&a), compress(b""), compress(&b), compress(b"")].concat(),
        ] {
            let outcome = outcome(&format!("t.mbox.{file}"), &packed);
            assert_eq!((outcome.mailboxes, outcome.errors), (whole.clone(), vec![]), "{file}");
        }
        let packed = compress(&a);
        let other = outcome(&format!("t.mbox.{file}"), &[&packed[..], b"\0\0other"].concat());
        assert_eq!(other.mailboxes, [("t".to_owned(), a.clone())], "{file}");
        let place = packed.len();
        let error = format!(
            "t.mbox.{file}: cannot read at byte {}: other data follows the packed data, near byte {place} of the archive",
            a.len()
        );
        assert_eq!(other.errors, [error]);
    }
}

#[test]
fn frames_to_skip_are_skipped() {
    let (a, b) = (mailbox("a", 2), mailbox("b", 2));
    let skipped = b"\x5a\x2a\x4d\x18\x05\0\0\0hello";
    let packed = [&zstd(&a)[..], skipped, &zstd(&b), skipped].concat();
    let outcome = outcome("t.mbox.zst", &packed);
    assert_eq!((outcome.mailboxes, outcome.errors), (vec![("t".to_owned(), [a, b].concat())], vec![]));
}

/// What is before the damage comes out to the last byte that can be had, and the place is reported.
#[test]
fn of_a_mailbox_damaged_in_the_middle_the_start_comes_out() {
    let long = mailbox("long", 50_000);
    for (compress, file, _) in COMPRESSORS {
        let mut packed = compress(&long);
        let (at, end) = (packed.len() / 2, packed.len());
        packed[at..at + 2000]
            .iter_mut()
            .enumerate()
            .for_each(|(at, byte)| *byte ^= u8::try_from(at % 255).unwrap() + 1);
        for (bytes, error) in
            [(&packed[..], "the packed data is damaged near byte"), (&packed[..at], "ends too early, at byte")]
        {
            let outcome = outcome(&format!("a.mbox.{file}"), bytes);
            let came = &outcome.mailboxes[0].1;
            assert!(came.len() > long.len() / 3, "{file} {}", came.len());
            assert!(long.starts_with(&came[..long.len() / 3]), "{file}");
            assert!(bytes.len() == end || long.starts_with(came), "{file}");
            let [said] = outcome.errors.as_slice() else { panic!("{file} {:?}", outcome.errors) };
            assert!(said.starts_with(&format!("a.mbox.{file}: cannot read at byte {}: ", came.len())), "{said}");
            assert!(said.contains(error) || said.contains("checksum"), "{said}");
        }
    }
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let bytes = [mailbox("bomb", 1), vec![b'x'; 1_000_000]].concat();
    for (compress, file, _) in COMPRESSORS {
        let outcome = outcome_within(&format!("a.mbox.{file}"), &compress(&bytes), InflateLimit::Bytes(100_000));
        assert_eq!(outcome.mailboxes, [("a".to_owned(), bytes[..100_000].to_vec())], "{file}");
        let text = "cannot read at byte 100000: it inflates to more than the 100000 bytes that were allowed";
        assert!(outcome.errors[0].ends_with(text), "{}", outcome.errors[0]);
    }
}

/// A few bytes can ask for gigabytes: an xz dictionary, a Zstandard window.
#[test]
fn memory_stays_small_whatever_is_asked_for() {
    let mut xz = super::super::fixtures::xz(b"From ");
    // The header of the block: its size, its flags, the filter's number, the size of its properties, the dictionary.
    xz[12 + 4] = 40;
    let crc = crc32fast::hash(&xz[12..20]).to_le_bytes();
    xz[20..24].copy_from_slice(&crc);
    // A frame of no content, whose window is 1.75 TiB.
    let zstd = [&b"\x28\xb5\x2f\xfd\x00\xff"[..], &[1, 0, 0]].concat();
    for (file, bytes) in [("a.mbox.xz", xz), ("a.mbox.zst", zstd)] {
        let outcome = outcome(file, &bytes);
        let [said] = outcome.errors.as_slice() else { panic!("{outcome:?}") };
        assert!(said.contains("unpacking it takes more than 256 MiB of memory"), "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn it_does_not_matter_in_which_chunks_it_is_read(
        which in 0..COMPRESSORS.len(),
        buffer in 1_usize..300,
        sizes in prop::collection::vec(1_usize..300, 1..9),
        texts in prop::collection::vec(prop::collection::vec(0_u8..9, 0..2000), 1..4),
    ) {
        let (compress, ..) = COMPRESSORS[which];
        let packed: Vec<u8> = texts.iter().flat_map(|text| compress(text)).collect();
        let length = u64::try_from(packed.len()).unwrap();
        let kind = FileKind::at(&packed);
        let mut bytes = unpack(kind, BufReader::with_capacity(buffer, std::io::Cursor::new(packed))).unwrap();
        let mut sizes = sizes.into_iter().cycle();
        let mut read = Vec::<u8>::new();
        loop {
            let mut out = vec![0; sizes.next().unwrap()];
            match bytes.read(&mut out).unwrap() {
                0 => break,
                count => read.extend(&out[..count]),
            }
        }
        prop_assert_eq!(read, texts.concat());
        prop_assert_eq!(bytes.position(), length);
    }
}

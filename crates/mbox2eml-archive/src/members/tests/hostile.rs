//! Archives made to do harm.

use std::fs;
use std::io;

use mbox2eml::name::{MailboxPath, Namer, Places};
use proptest::prelude::*;

use super::super::fixtures::{Item, drain, gzip, mailbox, outcome, outcome_within, tar, zip};
use super::super::{Archive, InflateLimit, Member};

const NAMES: [&str; 9] = [
    "../../../etc/cron.d/x.mbox",
    "/etc/x.mbox",
    "C:\\Windows\\x.mbox",
    "\\\\server\\share\\x.mbox",
    "a\0b.mbox",
    "\x1b[2J.mbox",
    "..",
    "//",
    "CON.mbox",
];

#[test]
fn names_are_only_names() {
    let items: Vec<_> = NAMES.iter().map(|name| Item::deflated(name, mailbox("m", 1))).collect();
    let bytes = zip(&items);
    for bytes in [&bytes[..], &bytes[..bytes.len() - 1]] {
        let outcome = outcome("t.zip", bytes);
        assert_eq!(outcome.mailboxes.len(), NAMES.len());
        assert!(outcome.mailboxes.iter().all(|(_, bytes)| *bytes == mailbox("m", 1)));
        let mut places = Places::new(&Namer::default(), &[], &[]);
        for (name, _) in outcome.mailboxes {
            let place = places.place(&MailboxPath::of_inputs(&[Some("/t.zip".into())])[0].member(&name));
            assert!(!place.as_str().split('/').any(|part| part == ".."), "{place:?}");
        }
    }
}

/// A mailbox that inflates to a thousand times its size.
fn bomb(size: usize) -> Vec<u8> {
    [mailbox("bomb", 1), vec![b'x'; size]].concat()
}

#[test]
fn a_bomb_is_stopped_at_the_limit_and_what_came_before_is_kept() {
    let limit = InflateLimit::Bytes(100_000);
    let bytes = bomb(1_000_000);
    let one = zip(&[Item::deflated("a.mbox", bytes.clone()), Item::deflated("b.mbox", mailbox("b", 1))]);
    let streamed = zip(&[Item::deflated("a.mbox", bytes.clone()).streamed(true, false)]);
    for (file, packed) in [("t.zip", &one[..]), ("t.zip", &streamed[..streamed.len() - 1]), ("a.gz", &gzip(&bytes))] {
        let outcome = outcome_within(file, packed, limit);
        assert_eq!(outcome.mailboxes[0], ("a".to_owned(), bytes[..100_000].to_vec()), "{file}");
        let text = "cannot read at byte 100000: it inflates to more than the 100000 bytes that were allowed";
        assert!(outcome.errors[0].ends_with(text), "{}", outcome.errors[0]);
    }
    assert_eq!(outcome_within("t.zip", &one, limit).mailboxes[1].1, mailbox("b", 1));
    let exact = zip(&[Item::deflated("a.mbox", bytes[..100_000].to_vec())]);
    assert_eq!(outcome_within("t.zip", &exact, limit).errors, [""; 0]);
}

#[test]
fn the_user_is_reported_how_to_allow_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.mbox.gz");
    fs::write(&path, gzip(&bomb(100_000))).unwrap();
    let mut members = Archive::open(&path, InflateLimit::Bytes(50_000)).unwrap().members();
    let Some(Ok(Member::Mailbox { mut source, .. })) = members.next() else { panic!() };
    let error = drain(&mut *source).1.unwrap();
    assert!(matches!(&error, mbox2eml::Error::Read { source, .. } if source.kind() == io::ErrorKind::FileTooLarge));
}

#[test]
fn what_is_skipped_in_a_tgz_counts_too() {
    let bytes = gzip(&tar(&[("a.mbox", mailbox("a", 1)), ("b.jpg", vec![0; 200_000]), ("c.mbox", mailbox("c", 1))]));
    let outcome = outcome_within("t.tgz", &bytes, InflateLimit::Bytes(100_000));
    assert_eq!((outcome.mailboxes.len(), outcome.others.len(), outcome.errors.len()), (1, 1, 1));
    assert!(outcome.errors[0].contains("it inflates to more than the 100000 bytes"), "{}", outcome.errors[0]);
}

/// Several members that share the bytes of one, so that a small file unpacks to a huge one.
#[test]
fn mailboxes_that_share_their_bytes_are_read_once() {
    let mut bytes = zip(&[Item::deflated("a.mbox", mailbox("a", 9)), Item::deflated("b.mbox", mailbox("b", 1))]);
    let second = bytes.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    bytes[second + 42..second + 46].fill(0);
    let outcome = outcome("t.zip", &bytes);
    assert_eq!(outcome.mailboxes, [("a".to_owned(), mailbox("a", 9))]);
    let error =
        |name: &str| format!("t.zip!{name}: cannot open: it shares its bytes with another member, as in a ZIP bomb");
    assert_eq!(outcome.errors, [error("b.mbox")]);
    // What is read before the mailboxes counts, too.
    let names = ["case-metadata.xml", "case-metadata (2).xml"];
    let mut bytes = zip(&names.map(|name| Item::deflated(name, b"<Root/>".to_vec())));
    let second = bytes.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    bytes[second + 42..second + 46].fill(0);
    assert_eq!(self::outcome("t.zip", &bytes).errors, [error(names[1])]);
}

#[test]
fn ranges_beyond_the_file_and_headers_that_disagree_are_reported() {
    let good = zip(&[Item::stored("a.mbox", mailbox("a", 1)), Item::stored("b.mbox", mailbox("b", 1))]);
    let second = good.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    let length = good.len();
    let cases: [(usize, &[u8], String); 5] = [
        (20, &[0xff, 0xff, 0xff, 0x7f], format!("the archive ends too early, at byte {length}")),
        (20, &[0xff, 0xff, 0xff, 0xff], format!("the archive ends too early, at byte {length}")),
        (42, &[0xff, 0xff, 0xff, 0x7f], format!("the archive ends too early, at byte {length}")),
        (42, &[1, 0, 0, 0], "no member where one is expected, near byte 1 of the archive".to_owned()),
        (10, &[8, 0], "the archive contradicts itself on how it is packed".to_owned()),
    ];
    for (field, value, error) in cases {
        let mut bytes = good.clone();
        bytes[second + field..second + field + value.len()].copy_from_slice(value);
        let outcome = outcome("t.zip", &bytes);
        assert_eq!(outcome.mailboxes, [("a".to_owned(), mailbox("a", 1))]);
        assert_eq!(outcome.errors, [format!("t.zip!b.mbox: cannot open: {error}")]);
    }
}

#[test]
fn a_directory_that_lies_about_its_length_is_not_believed() {
    let good = zip(&[Item::stored("a.mbox", mailbox("a", 1)), Item::stored("b.mbox", mailbox("b", 1))]);
    for (count, at) in [(1, 10), (200, 10), (255, 10)] {
        let mut bytes = good.clone();
        let end = bytes.len() - 22;
        bytes[end + at] = count;
        let outcome = outcome("t.zip", &bytes);
        assert_eq!((outcome.mailboxes.len(), outcome.errors.len()), (2, 1), "{count}");
    }
}

/// Bytes that mean something in one of the formats.
fn meaningful() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 1..4),
        prop::sample::select(vec![
            &b"PK\x03\x04"[..],
            b"PK\x01\x02",
            b"PK\x05\x06",
            b"PK\x06\x06",
            b"PK\x06\x07",
            b"PK\x07\x08"
        ])
        .prop_map(<[u8]>::to_vec),
        prop::sample::select(vec![0, 1, 8, 0x7fff_ffff, 0xffff_fffe, u32::MAX])
            .prop_map(|value| value.to_le_bytes().to_vec()),
        prop::sample::select(vec![b'0', b'5', b'L', b'S', b'x', b'g', 0x80, 0xff]).prop_map(|value| vec![value]),
    ]
}

proptest! {
    /// Whatever is done to an archive, it is read to an end, without a panic and within its limit.
    #[test]
    fn nothing_can_be_done_to_an_archive_that_does_harm(
        kind in 0_usize..5,
        edits in prop::collection::vec((any::<prop::sample::Index>(), meaningful()), 1..6),
    ) {
        let members = [("a.mbox", mailbox("a", 2)), ("b.json", b"{}".to_vec()), ("c.mbox", mailbox("c", 1))];
        let items = members.clone().map(|(name, bytes)| Item::deflated(name, bytes));
        let (file, mut bytes) = match kind {
            0 => ("t.zip", zip(&items)),
            1 => ("t.zip", zip(&items.map(Item::zip64))),
            2 => ("t.zip", zip(&items.map(|item| item.streamed(true, false)))),
            3 => ("t.tar", tar(&members)),
            _ => ("t.tgz", gzip(&tar(&members))),
        };
        for (place, edit) in edits {
            let at = place.index(bytes.len());
            let end = (at + edit.len()).min(bytes.len());
            bytes[at..end].copy_from_slice(&edit[..end - at]);
        }
        let outcome = outcome_within(file, &bytes, InflateLimit::Bytes(10_000));
        prop_assert!(outcome.mailboxes.iter().all(|(_, bytes)| bytes.len() <= 10_000));
    }
}

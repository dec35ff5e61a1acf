//! Damaged archives: what is still there comes out, and the damage is reported.

use super::super::InflateLimit;
use super::super::fixtures::{Item, Outcome, bzip2, gzip, mailbox, outcome, outcome_in, tar, xz, zip, zstd};

fn members() -> [(&'static str, Vec<u8>); 3] {
    [("b.mbox", mailbox("b", 3)), ("x.json", b"{}".to_vec()), ("a.mbox", mailbox("a", 2))]
}

/// Archives of few bytes, and for each whether every one of them is under a checksum, or its loss shows otherwise.
fn archives() -> Vec<(&'static str, Vec<u8>)> {
    let zip_of = |make: fn(&str, Vec<u8>) -> Item| zip(&members().map(|(name, bytes)| make(name, bytes)));
    vec![
        ("t.zip", zip_of(|name, bytes| Item::deflated(name, bytes))),
        ("t.zip", zip_of(|name, bytes| Item::stored(name, bytes))),
        ("t.zip", zip_of(|name, bytes| Item::deflated(name, bytes).streamed(true, false))),
        ("t.zip", zip_of(|name, bytes| Item::deflated(name, bytes).streamed(false, true).zip64())),
        ("t.tgz", gzip(&tar(&members()))),
        ("t.mbox.gz", gzip(&mailbox("t", 3))),
        ("t.mbox.bz2", bzip2(&mailbox("t", 3))),
        ("t.mbox.xz", xz(&mailbox("t", 3))),
        ("t.mbox.zst", zstd(&mailbox("t", 3))),
    ]
}

fn is_prefix(part: &Outcome, whole: &Outcome) -> bool {
    part.mailboxes.iter().all(|(name, bytes)| {
        whole.mailboxes.iter().any(|(whole_name, whole)| whole_name == name && whole.starts_with(bytes))
    })
}

#[test]
fn cut_anywhere_what_was_before_comes_out_and_the_cut_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = |file: &str, bytes: &[u8]| outcome_in(folder.path(), file, bytes, InflateLimit::default());
    for (file, bytes) in archives() {
        let whole = outcome(file, &bytes);
        assert_eq!(whole.errors, [""; 0], "{file}");
        for end in 0..bytes.len() {
            let cut = outcome(file, &bytes[..end]);
            assert!(!cut.errors.is_empty(), "{file} cut at {end}");
            assert!(is_prefix(&cut, &whole), "{file} cut at {end}");
        }
    }
}

/// A mailbox whose data is all there comes out whole, though the archive is cut behind it.
#[test]
fn mailboxes_before_the_cut_are_whole() {
    for (file, bytes) in archives().into_iter().take(4) {
        let second = bytes.windows(4).rposition(|bytes| bytes == b"PK\x03\x04").unwrap();
        let cut = outcome(file, &bytes[..second + 60]);
        assert_eq!(cut.mailboxes[0], ("b".to_owned(), mailbox("b", 3)));
    }
}

#[test]
fn a_plain_tar_that_is_cut_gives_what_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = |file: &str, bytes: &[u8]| outcome_in(folder.path(), file, bytes, InflateLimit::default());
    let bytes = tar(&members());
    let whole = outcome("t.tar", &bytes);
    for end in 263..bytes.len() {
        let cut = outcome("t.tar", &bytes[..end]);
        assert!(is_prefix(&cut, &whole), "cut at {end}");
        // Only a cut between two members cannot be seen, for the mark at the end is often missing.
        assert!(!cut.errors.is_empty() || end % 512 == 0, "cut at {end}");
    }
}

/// Every damage to a mailbox is reported. One to its name or to the first line may make it another one, or none; then it
/// is among those that were skipped.
#[test]
fn a_byte_changed_anywhere_is_reported_or_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = |file: &str, bytes: &[u8]| outcome_in(folder.path(), file, bytes, InflateLimit::default());
    for (file, bytes) in archives() {
        let whole = outcome(file, &bytes);
        for at in 0..bytes.len() {
            for change in [0x01, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                let outcome = outcome(file, &damaged);
                if !outcome.errors.is_empty() {
                    continue;
                }
                let found = outcome.mailboxes.len() + outcome.others.len();
                assert_eq!(found, whole.mailboxes.len() + whole.others.len(), "{file} {at} {change:x}");
                for (_, bytes) in &outcome.mailboxes {
                    assert!(whole.mailboxes.iter().any(|(_, whole)| whole == bytes), "{file} {at} {change:x}");
                }
                let lost = whole.mailboxes.len() - outcome.mailboxes.len();
                assert_eq!(lost, outcome.others.len() - whole.others.len(), "{file} {at} {change:x}");
            }
        }
    }
}

/// Bytes that make no sense as packed data.
fn noise() -> impl Iterator<Item = u8> {
    std::iter::successors(Some(1_u32), |state| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)))
        .map(|state| state.to_le_bytes()[3])
}

#[test]
fn of_a_mailbox_damaged_in_the_middle_the_start_comes_out_and_so_do_the_next() {
    let (long, after) = (mailbox("long", 50_000), mailbox("after", 1));
    let good = zip(&[Item::deflated("a.mbox", long.clone()), Item::deflated("b.mbox", after.clone())]);
    let at = good.len() / 2;
    for end in [good.len(), good.len() - 1] {
        let mut bytes = good[..end].to_vec();
        bytes[at..at + 20_000].iter_mut().zip(noise()).for_each(|(byte, noise)| *byte = noise);
        let outcome = outcome("t.zip", &bytes);
        let came = outcome.mailboxes[0].1.len();
        assert!(came > long.len() / 3 && came < long.len());
        assert!(long.starts_with(&outcome.mailboxes[0].1[..long.len() / 3]));
        assert_eq!(outcome.mailboxes[1], ("b".to_owned(), after.clone()));
        let said = &outcome.errors[0];
        let place: usize = said.rsplit("near byte ").next().unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(said.starts_with(&format!("t.zip!a.mbox: cannot read at byte {came}: the packed data is damaged")));
        assert!((at..at + 20_000).contains(&place), "{said}");
    }
}

/// Without the directory, too: where a member ends is known though it is not what it was.
#[test]
fn behind_a_wrong_checksum_the_next_members_are_found() {
    for (name, errors) in [("photo.jpg", 1), ("photo.mbox", 2)] {
        let first = if errors == 1 { vec![b'x'; 20_000] } else { mailbox("a", 500) };
        let items = [(name, first), ("z.mbox", mailbox("z", 1))];
        let mut bytes = zip(&items.map(|(name, bytes)| Item::deflated(name, bytes).streamed(true, false)));
        let descriptor = bytes.windows(4).position(|bytes| bytes == b"PK\x07\x08").unwrap();
        bytes[descriptor + 4] ^= 1;
        let outcome = outcome("t.zip", &bytes[..bytes.len() - 1]);
        assert_eq!(outcome.mailboxes.last(), Some(&("z".to_owned(), mailbox("z", 1))), "{name}");
        assert_eq!(outcome.errors.len(), errors, "{:?}", outcome.errors);
    }
}

#[test]
fn a_wrong_checksum_is_reported_when_all_has_come_out() {
    let (mail, size) = (mailbox("a", 2), mailbox("a", 2).len());
    let good = zip(&[Item::stored("a.mbox", mail.clone()), Item::stored("b.mbox", mail.clone())]);
    for (changed, text) in [(16, "wrong checksum"), (24, "it unpacks to")] {
        let mut bytes = good.clone();
        let record = good.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        bytes[record + changed] ^= 1;
        let outcome = outcome("t.zip", &bytes);
        assert_eq!(outcome.mailboxes, ["a", "b"].map(|name| (name.to_owned(), mail.clone())));
        assert_eq!(outcome.errors.len(), 1);
        let start = format!("t.zip!a.mbox: cannot read at byte {size}: {text}");
        assert!(outcome.errors[0].starts_with(&start), "{}", outcome.errors[0]);
    }
}

/// What else is cut is not reported on top of it: a photo is no mailbox, whole or not. Where that is not sure, it is.
#[test]
fn of_other_members_only_those_are_reported_that_might_be_mailboxes() {
    for (name, start, is_reported) in [
        ("photo.jpg", "JFIF and more", false),
        ("photo.jpg", "Fr", true),
        ("photo.jpg", "From ann", true),
        ("a.mbox", "JFIF and more", true),
    ] {
        let bytes = tar(&[(name, start.into()), ("z.mbox", mailbox("z", 1))]);
        let outcome = outcome("t.tar", &bytes[..512 + start.len() - 1]);
        assert_eq!(outcome.errors.len(), if is_reported { 2 } else { 1 }, "{name} {start}");
        assert_eq!(outcome.others.len(), usize::from(!is_reported), "{name} {start}");
        assert!(outcome.errors.last().unwrap().starts_with("t.tar: cannot read at"));
    }
}

#[test]
fn behind_a_damage_in_a_tgz_nothing_can_be_read_and_that_is_reported() {
    let bytes = gzip(&tar(&[("a.mbox", mailbox("a", 50_000)), ("b.mbox", mailbox("b", 1))]));
    let outcome = outcome("t.tgz", &bytes[..bytes.len() / 2]);
    assert_eq!(outcome.mailboxes.len(), 1);
    let cut = format!("the archive ends too early, at byte {}", bytes.len() / 2);
    let came = outcome.mailboxes[0].1.len();
    assert_eq!(
        outcome.errors,
        [
            format!("t.tgz!a.mbox: cannot read at byte {came}: {cut}"),
            format!("t.tgz: cannot read at byte {}: {cut}", bytes.len() / 2),
        ]
    );
}

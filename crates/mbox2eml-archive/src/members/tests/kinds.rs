//! The same mailboxes come out of every kind of archive.

use std::fs;

use super::super::fixtures::{Item, Outcome, drain, gzip, mailbox, outcome, tar, zip};
use super::super::{Archive, InflateLimit, Kind, Member};

/// What a small Takeout holds, not in order.
fn takeout() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("Takeout/archive_browser.html", b"<html>".to_vec()),
        ("Takeout/Mail/Sent.mbox", mailbox("Sent", 3)),
        ("Takeout/Mail/User Settings/Filters.json", b"{}".to_vec()),
        ("Takeout/Mail/All mail.mbox", mailbox("All", 4)),
        ("Takeout/Mail/Empty.mbox", Vec::new()),
    ]
}

fn items(make: impl Fn(&'static str, Vec<u8>) -> Item) -> Vec<Item> {
    let folder = Item::stored("Takeout/", "");
    [folder].into_iter().chain(takeout().into_iter().map(|(name, bytes)| make(name, bytes))).collect()
}

fn mailboxes(order: [&str; 3]) -> Vec<(String, Vec<u8>)> {
    let bytes = |name: &str| takeout().into_iter().find(|(path, _)| path.contains(name)).unwrap().1;
    order.map(|name| (format!("Takeout/Mail/{name}"), bytes(name))).to_vec()
}

fn zips() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("deflated", zip(&items(Item::deflated))),
        ("stored", zip(&items(Item::stored))),
        ("zip64", zip(&items(|name, bytes| Item::deflated(name, bytes).zip64()))),
        ("streamed", zip(&items(|name, bytes| Item::deflated(name, bytes).streamed(true, false)))),
        ("streamed, no signature", zip(&items(|name, bytes| Item::deflated(name, bytes).streamed(false, false)))),
        ("streamed, zip64", zip(&items(|name, bytes| Item::deflated(name, bytes).streamed(true, true).zip64()))),
        ("streamed, neither", zip(&items(|name, bytes| Item::deflated(name, bytes).streamed(false, true).zip64()))),
    ]
}

fn assert_others(outcome: &Outcome, archive: &str) {
    let names = ["Takeout/archive_browser.html", "Takeout/Mail/User Settings/Filters.json"];
    assert_eq!(outcome.others, names.map(|name| format!("{archive}!{name}")));
}

#[test]
fn out_of_a_zip_in_the_order_of_their_paths() {
    for (what, bytes) in zips() {
        let outcome = outcome("t.zip", &bytes);
        assert_eq!(outcome.errors, [""; 0], "{what}");
        assert_eq!(outcome.mailboxes, mailboxes(["All mail", "Empty", "Sent"]), "{what}");
        assert_others(&outcome, "t.zip");
    }
}

#[test]
fn out_of_a_zip_without_its_directory_in_the_order_of_the_file() {
    for (what, bytes) in zips() {
        let directory = bytes.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        for (end, error) in [(directory, directory), (directory + 50, directory), (bytes.len() - 1, directory)] {
            let outcome = outcome("t.zip", &bytes[..end]);
            let error = format!(
                "t.zip: cannot read at byte {error}: the archive's directory is missing or damaged; the members \
                 before it were read without it"
            );
            assert_eq!(outcome.errors, [error], "{what}");
            assert_eq!(outcome.mailboxes, mailboxes(["Sent", "All mail", "Empty"]), "{what}");
            assert_others(&outcome, "t.zip");
        }
    }
}

#[test]
fn out_of_a_tar_packed_or_not_as_they_are() {
    let bytes = tar(&takeout());
    for (file, bytes) in [("t.tar", bytes.clone()), ("t.tgz", gzip(&bytes))] {
        let outcome = outcome(file, &bytes);
        assert_eq!(outcome.errors, [""; 0], "{file}");
        assert_eq!(outcome.mailboxes, mailboxes(["Sent", "All mail", "Empty"]), "{file}");
        assert_others(&outcome, file);
    }
}

#[test]
fn what_is_known_beforehand_is_reported() {
    let all: usize = mailboxes(["All mail", "Empty", "Sent"]).iter().map(|(_, bytes)| bytes.len()).sum();
    let tar = tar(&takeout());
    let cases = [
        ("a.zip", zip(&items(Item::deflated)), Kind::Zip, u64::try_from(all).ok()),
        ("b.zip", zip(&[Item::stored("a.json", "{}")]), Kind::Zip, Some(0)),
        ("c.zip", zip(&[]), Kind::Zip, Some(0)),
        ("d.zip", b"PK\x03\x04".to_vec(), Kind::Zip, None),
        ("e.tar", tar.clone(), Kind::Tar, None),
        ("f.tar.gz", gzip(&tar), Kind::Tar, None),
        ("g.mbox.gz", gzip(&mailbox("g", 1)), Kind::Compressed, None),
        ("h.json.gz", gzip(b"{}"), Kind::Compressed, None),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (file, bytes, kind, size) in cases {
        let path = folder.path().join(file);
        fs::write(&path, bytes).unwrap();
        let archive = Archive::open(&path, InflateLimit::default()).unwrap();
        assert_eq!((archive.kind(), archive.size()), (kind, size), "{file}");
    }
}

#[test]
fn what_is_no_archive_is_refused() {
    assert_eq!(outcome("a.mbox", &mailbox("a", 1)).errors, ["a.mbox: not an mbox: it looks like an mbox"]);
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Archive::open(&folder.path().join("none.zip"), InflateLimit::default()),
        Err(mbox2eml::Error::Open { .. })
    ));
}

/// Members of a ZIP can be read side by side; those of a tar archive not, which is an error.
#[test]
fn a_member_read_after_the_next_was_asked_for_is_never_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let long = mailbox("long", 100_000);
    let members = [("a.mbox", long.clone()), ("b.mbox", mailbox("b", 1))];
    let zip = zip(&members.clone().map(|(name, bytes)| Item::deflated(name, bytes)));
    for (file, bytes) in [("t.zip", zip), ("t.tar", tar(&members)), ("t.tgz", gzip(&tar(&members)))] {
        let path = folder.path().join(file);
        fs::write(&path, bytes).unwrap();
        let mut members = Archive::open(&path, InflateLimit::default()).unwrap().members();
        let Some(Ok(Member::Mailbox { source: mut first, .. })) = members.next() else { panic!("{file}") };
        let seen = first.window().unwrap().bytes.len();
        let Some(Ok(Member::Mailbox { source: mut second, .. })) = members.next() else { panic!("{file}") };
        assert_eq!(drain(&mut *second).0, mailbox("b", 1), "{file}");
        let (bytes, error) = drain(&mut *first);
        if file == "t.zip" {
            assert!(error.is_none() && bytes == long);
        } else {
            assert_eq!(bytes, long[..seen], "{file}");
            assert!(matches!(error, Some(mbox2eml::Error::Read { byte, .. }) if byte == u64::try_from(seen).unwrap()));
        }
        assert!(members.next().is_none());
    }
}

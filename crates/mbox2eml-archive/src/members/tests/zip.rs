//! What is peculiar to ZIP.

use super::super::fixtures::{Item, mailbox, outcome, zip};
use super::super::{Archive, InflateLimit};
use crate::inputs::discover::discover;

#[test]
fn mailboxes_of_the_same_name_are_two_mailboxes() {
    let items = [1, 2, 3].map(|count| Item::deflated("a.mbox", mailbox("a", count)));
    let outcome = outcome("t.zip", &zip(&items));
    let expected = [1, 2, 3].map(|count| ("a".to_owned(), mailbox("a", count)));
    assert_eq!((outcome.mailboxes.as_slice(), outcome.errors.len()), (&expected[..], 0));
}

#[test]
fn the_order_is_that_of_a_walk_through_the_unpacked_folder() {
    let mut names = vec!["b/z.mbox", "b.mbox", "a/b/c.mbox", "a-b.mbox", "a/a.mbox", "B.mbox", "a.mbox", "a/b.mbox"];
    // Where case does not count, by default at least, it would be the same file as `b.mbox`.
    names.retain(|name| !cfg!(any(windows, target_vendor = "apple")) || *name != "B.mbox");
    let folder = tempfile::tempdir().unwrap();
    for name in &names {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, mailbox("m", 1)).unwrap();
    }
    let walked = discover(folder.path(), None).mailboxes;
    let items: Vec<Item> = names.iter().map(|name| Item::stored(name, mailbox("m", 1))).collect();
    let outcome = outcome("t.zip", &zip(&items));
    let paths = outcome.mailboxes.iter().map(|(name, _)| folder.path().join(format!("{name}.mbox")));
    assert!(paths.eq(walked));
}

#[test]
fn a_mailbox_is_recognised_by_its_content_and_only_then_by_its_name() {
    let from_line = "From ann@example.org Mon Jan  1 00:00:00 2024\n";
    let items = [
        Item::deflated("Posteingang", mailbox("a", 1)),
        Item::deflated("b.mbox", from_line),
        Item::deflated("c.txt", from_line),
        Item::deflated("d.mbox/mbox", ""),
        Item::deflated("e.mbox", "{}"),
        Item::deflated("f.zip", zip(&[Item::stored("g.mbox", mailbox("g", 1))])),
        Item::deflated("._b.mbox", "\0\x05\x16\x07"),
    ];
    let outcome = outcome("t.zip", &zip(&items));
    let names: Vec<_> = outcome.mailboxes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Posteingang", "b", "d.mbox/mbox"]);
    assert_eq!(outcome.others, ["t.zip!c.txt", "t.zip!f.zip", "t.zip!._b.mbox"]);
    // One that is called like a mailbox may be a damaged one.
    assert_eq!(outcome.errors, ["t.zip!e.mbox: not an mbox: it looks like JSON"]);
}

#[test]
fn what_cannot_be_unpacked_is_reported_where_it_may_be_a_mailbox() {
    let with = |name: &str, method, flags| Item { method, flags, ..Item::stored(name, mailbox("m", 1)) };
    let items = [
        with("a.mbox", 0, 1),
        with("b.mbox", 12, 0),
        with("c/mbox", 9, 8),
        with("photo.jpg", 0, 1),
        with("photo.png", 93, 0),
        Item::stored("z.mbox", mailbox("z", 1)),
    ];
    let bytes = zip(&items);
    let errors = [
        ("a.mbox", "it is encrypted"),
        ("b.mbox", "it is packed by method 12 (BZIP2), which is not read"),
        ("c/mbox", "it is packed by method 9 (DEFLATE64), which is not read"),
    ]
    .map(|(name, error)| format!("t.zip!{name}: cannot open: {error}"));
    let whole = outcome("t.zip", &bytes);
    assert_eq!(whole.errors, errors);
    assert_eq!(whole.others, ["t.zip!photo.jpg", "t.zip!photo.png"]);
    assert_eq!(whole.mailboxes, [("z".to_owned(), mailbox("z", 1))]);
    let cut = outcome("t.zip", &bytes[..bytes.len() - 1]);
    assert_eq!((cut.mailboxes, cut.others), (whole.mailboxes, whole.others));
    assert_eq!(cut.errors[..3], errors);
}

#[test]
fn a_stored_member_of_unknown_length_needs_the_directory() {
    let items = [
        Item::stored("a.mbox", mailbox("a", 1)),
        Item::stored("b/", "").streamed(true, false),
        Item::stored("c.mbox", mailbox("c", 1)).streamed(true, false),
        Item::stored("d.mbox", mailbox("d", 1)),
    ];
    let bytes = zip(&items);
    let whole = outcome("t.zip", &bytes);
    assert_eq!((whole.mailboxes.len(), whole.errors.len(), whole.others.len()), (3, 0, 0));
    let cut = outcome("t.zip", &bytes[..bytes.len() - 1]);
    assert_eq!(cut.mailboxes, [("a".to_owned(), mailbox("a", 1))]);
    assert_eq!(
        cut.errors[0],
        "t.zip!c.mbox: cannot open: its length is only in the archive's directory, which is missing or damaged"
    );
    let third = bytes.windows(6).position(|bytes| bytes == b"c.mbox").unwrap() - 30;
    let text =
        format!("the next member cannot be found without the archive's directory, near byte {third} of the archive");
    assert!(cut.errors[1].ends_with(&text), "{}", cut.errors[1]);
    assert_eq!(cut.errors.len(), 2);
}

#[test]
fn the_directory_of_a_zip_within_a_cut_zip_is_not_taken_for_its_own() {
    let inner = zip(&[Item::stored("inner.mbox", mailbox("inner", 1))]);
    let bytes = zip(&[Item::stored("a.mbox", mailbox("a", 1)), Item::stored("b.zip", inner.clone())]);
    let end = bytes.windows(inner.len()).position(|bytes| bytes == inner).unwrap() + inner.len();
    let outcome = outcome("t.zip", &bytes[..end]);
    assert_eq!(outcome.mailboxes, [("a".to_owned(), mailbox("a", 1))]);
    assert_eq!(outcome.others, ["t.zip!b.zip"]);
    assert_eq!(outcome.errors.len(), 1);
}

#[test]
fn more_members_than_an_old_zip_can_count_are_counted() {
    let photos = (0..65_536).map(|number| Item::stored(number.to_string(), "x"));
    let items: Vec<_> = photos.chain([Item::stored("a.mbox", mailbox("a", 1))]).collect();
    let (mut bytes, count) = (zip(&items[..65_535]), 65_535);
    assert_eq!(outcome("t.zip", &bytes).others.len(), count);
    // Without ZIP64, as some write it: the count begins anew, the rest is right.
    for (skipped, photos) in [(0, 65_536), (1, 65_535)] {
        bytes = zip64_removed(&items[skipped..]);
        let outcome = outcome("t.zip", &bytes);
        assert_eq!((outcome.mailboxes.len(), outcome.others.len(), outcome.errors.len()), (1, photos, 0));
    }
}

/// A ZIP whose end says only the lower 16 bits of the number of members.
fn zip64_removed(items: &[Item]) -> Vec<u8> {
    let count = items.len();
    let (first, rest) = items.split_at(count / 2);
    let [first, rest] = [zip(first), zip(rest)];
    let split = |zip: &[u8]| {
        let end = zip.len() - 22;
        let start = usize::try_from(u32::from_le_bytes(zip[end + 16..end + 20].try_into().unwrap())).unwrap();
        (zip[..start].to_vec(), zip[start..end].to_vec())
    };
    let ((mut local, mut directory), (more_local, mut more_directory)) = (split(&first), split(&rest));
    let shift = u32::try_from(local.len()).unwrap();
    let mut at = 0;
    while at < more_directory.len() {
        let field = &mut more_directory[at + 42..at + 46];
        let offset = u32::from_le_bytes(field.try_into().unwrap()) + shift;
        field.copy_from_slice(&offset.to_le_bytes());
        at += 46 + usize::from(u16::from_le_bytes([more_directory[at + 28], more_directory[at + 29]]));
    }
    local.extend(more_local);
    directory.extend(more_directory);
    let low = u16::try_from(count % 65_536).unwrap().to_le_bytes();
    let long = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &low, &low, &long(directory.len()), &long(local.len()), &[0, 0]].concat();
    [local, directory, end].concat()
}

/// Between being opened and being read, an archive may wait for hours.
#[test]
fn an_archive_that_was_replaced_while_it_waited_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.zip");
    std::fs::write(&path, zip(&["a.mbox", "b.mbox"].map(|name| Item::stored(name, mailbox("a", 1))))).unwrap();
    let archive = Archive::open(&path, InflateLimit::default()).unwrap();
    assert!(archive.memory().unwrap() > 0);
    std::fs::write(&path, zip(&[Item::stored("a.mbox", mailbox("a", 2))])).unwrap();
    let errors: Vec<_> = archive.members().map(|member| member.unwrap_err()).collect();
    assert!(matches!(errors.as_slice(), [mbox2eml::Error::Changed { was, now, .. }] if was > now), "{errors:?}");
}

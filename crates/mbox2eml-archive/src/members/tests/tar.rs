//! What is peculiar to tar.

use std::io::{self, Read};

use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

use super::super::fixtures::{gzip, mailbox, outcome, tar};
use super::super::sequence::{Content, Walk};
use super::super::tar::{Positioned, Tar};
use mbox2eml::internals::to_u64;

fn header(mut header: Header, kind: EntryType, size: usize) -> Header {
    header.set_entry_type(kind);
    header.set_size(to_u64(size));
    header
}

fn append(builder: &mut Builder<Vec<u8>>, mut header: Header, name: &str, bytes: &[u8]) {
    builder.append_data(&mut header, name, bytes).unwrap();
}

#[test]
fn long_names_are_read_in_every_form() {
    let long = format!("Takeout/{}/{}.mbox", "m".repeat(90), "n".repeat(90));
    let longer = format!("Takeout/{}.mbox", "n".repeat(300));
    let bytes = mailbox("m", 1);
    let mut builder = Builder::new(Vec::new());
    append(&mut builder, header(Header::new_ustar(), EntryType::Regular, bytes.len()), &long, &bytes);
    append(&mut builder, header(Header::new_gnu(), EntryType::Regular, bytes.len()), &longer, &bytes);
    let size = bytes.len().to_string();
    let attributes = [("comment", &b"two\nlines"[..]), ("path", longer.as_bytes()), ("size", size.as_bytes())];
    builder.append_pax_extensions(attributes).unwrap();
    // What pax says is right, and not the header.
    append(&mut builder, header(Header::new_ustar(), EntryType::Continuous, 0), "short", &[]);
    let mut tar = builder.into_inner().unwrap();
    tar.truncate(tar.len() - 1024);
    tar.extend(&bytes);
    tar.resize(tar.len().next_multiple_of(512), 0);
    let outcome = outcome("t.tar", &tar);
    let name = |long: &str| long.strip_suffix(".mbox").unwrap().to_owned();
    assert_eq!(outcome.errors, [""; 0]);
    assert_eq!(outcome.mailboxes, [name(&long), name(&longer), name(&longer)].map(|name| (name, bytes.clone())));
}

#[test]
fn a_name_longer_than_any_in_a_zip_is_damage() {
    let bytes = mailbox("m", 1);
    for (length, is_read) in [(65_535, true), (65_536, false)] {
        let name = "n".repeat(length);
        let mut gnu = Builder::new(Vec::new());
        append(&mut gnu, header(Header::new_gnu(), EntryType::Regular, bytes.len()), &name, &bytes);
        let mut pax = Builder::new(Vec::new());
        pax.append_pax_extensions([("path", name.as_bytes())]).unwrap();
        append(&mut pax, header(Header::new_ustar(), EntryType::Regular, bytes.len()), "short", &bytes);
        for builder in [gnu, pax] {
            let outcome = outcome("t.tar", &builder.into_inner().unwrap());
            assert_eq!(outcome.mailboxes.len(), usize::from(is_read));
            assert_eq!(outcome.errors.iter().filter(|error| error.contains("too long")).count(), usize::from(!is_read));
        }
    }
}

#[test]
fn only_files_are_looked_at() {
    let bytes = mailbox("m", 1);
    let mut builder = Builder::new(Vec::new());
    let mut add = |kind, name, size| {
        append(&mut builder, header(Header::new_gnu(), kind, size), name, &bytes[..size]);
    };
    add(EntryType::Directory, "Mail/", 0);
    add(EntryType::Symlink, "a.mbox", 0);
    add(EntryType::Link, "b.mbox", 0);
    add(EntryType::Fifo, "c.mbox", 0);
    add(EntryType::Char, "d.mbox", 0);
    add(EntryType::GNUSparse, "e.mbox", bytes.len());
    add(EntryType::new(b'V'), "f.mbox", bytes.len());
    builder.append_pax_extensions([("GNU.sparse.major", &b"1"[..])]).unwrap();
    append(&mut builder, header(Header::new_ustar(), EntryType::Regular, bytes.len()), "g.mbox", &bytes);
    append(&mut builder, header(Header::new_ustar(), EntryType::Regular, bytes.len()), "h.mbox", &bytes);
    let outcome = outcome("t.tar", &builder.into_inner().unwrap());
    // Sparse files may be mailboxes: they must not be skipped silently.
    assert!(outcome.errors.iter().all(|error| error.contains("it is stored with holes")), "{:?}", outcome.errors);
    assert_eq!(outcome.errors.len(), 2, "{:?}", outcome.errors);
    assert_eq!(outcome.mailboxes, [("h".to_owned(), bytes)]);
    assert_eq!(outcome.others, ["a", "b", "c", "d", "f"].map(|name| format!("t.tar!{name}.mbox")));
}

/// As `cat` or GNU's `--concatenate` join them, and as `dd` pads them.
#[test]
fn archives_joined_or_padded_are_read_to_their_end() {
    let (a, b) = (tar(&[("a.mbox", mailbox("a", 1))]), tar(&[("b.mbox", mailbox("b", 1))]));
    let expected = [("a".to_owned(), mailbox("a", 1)), ("b".to_owned(), mailbox("b", 1))];
    let joined = [&a[..], &b, &[0; 9 * 512]].concat();
    for (file, bytes) in [("t.tar", joined.clone()), ("t.tgz", gzip(&joined)), ("t.tgz", [gzip(&a), gzip(&b)].concat())]
    {
        let outcome = outcome(file, &bytes);
        assert_eq!((outcome.mailboxes.as_slice(), outcome.errors.len()), (&expected[..], 0), "{file}");
    }
    let unended = &a[..a.len() - 1024];
    assert_eq!(outcome("t.tar", unended), outcome("t.tar", &a));
}

#[test]
fn what_is_no_header_is_reported_with_its_place() {
    let first = tar(&[("a.mbox", mailbox("a", 1))]);
    let first = &first[..1024];
    let long = header(Header::new_gnu(), EntryType::GNULongName, 2 << 20);
    let damaged = |mut header: Header, text: &str| {
        header.as_mut_bytes()[124..136].copy_from_slice(b"not a number");
        header.set_cksum();
        (header.as_bytes().to_vec(), text.to_owned())
    };
    let mut sized = long.clone();
    sized.set_cksum();
    let cases = [
        (vec![b'x'; 512], "no tar header where one is expected, near byte 1024 of the archive".to_owned()),
        (vec![b'x'; 511], "the archive ends too early, at byte 1535".to_owned()),
        (sized.as_bytes().to_vec(), "a tar header is too long, near byte 1536 of the archive".to_owned()),
        damaged(long, "the size in a tar header is not a number, near byte 1536 of the archive"),
    ];
    for (bytes, error) in cases {
        let outcome = outcome("t.tar", &[first, &bytes].concat());
        assert_eq!(outcome.mailboxes.len(), 1);
        assert_eq!(outcome.errors.len(), 1);
        assert!(outcome.errors[0].ends_with(&error), "{} {error}", outcome.errors[0]);
    }
}

/// Gives a set number of bytes at a time.
struct Chunks<'a> {
    bytes: &'a [u8],
    sizes: std::iter::Cycle<std::vec::IntoIter<usize>>,
}

impl Read for Chunks<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.sizes.next().unwrap().min(out.len());
        self.bytes.read(&mut out[..count])
    }
}

impl Positioned for Chunks<'_> {
    fn position(&self) -> Option<u64> {
        None
    }
}

proptest! {
    #[test]
    fn it_does_not_matter_in_which_chunks_it_is_read(
        inner in prop::collection::vec(1_usize..700, 1..9),
        outer in prop::collection::vec(1_usize..700, 1..9),
        lengths in prop::collection::vec(0_usize..1500, 1..5),
    ) {
        let members: Vec<_> = lengths.iter().map(|length| ("a.mbox", vec![b'x'; *length])).collect();
        let bytes = tar(&members);
        let mut tar = Tar::new(Chunks { bytes: &bytes, sizes: inner.into_iter().cycle() });
        let mut sizes = outer.into_iter().cycle();
        for length in lengths {
            let entry = tar.advance().unwrap().unwrap();
            prop_assert!(matches!(entry.content, Content::File(Some(size)) if size == to_u64(length)));
            let mut read = Vec::<u8>::new();
            loop {
                let mut out = vec![0; sizes.next().unwrap()];
                match tar.read(&mut out).unwrap() {
                    0 => break,
                    count => read.extend(&out[..count]),
                }
            }
            prop_assert_eq!(read, vec![b'x'; length]);
        }
        prop_assert!(tar.advance().unwrap().is_none());
    }
}

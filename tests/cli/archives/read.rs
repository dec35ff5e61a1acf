//! Reads a ZIP strictly: any contradiction in it is a failure.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::bufread::DeflateDecoder;

use super::make::crc;
use crate::common::{Scratch, Tree};

/// An entry, in the order of its archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Seconds since 1970, by its extended timestamp (0x5455).
    pub(crate) seconds: Option<i64>,
    /// Its time and date in the form of MS-DOS.
    pub(crate) dos: [u64; 2],
    pub(crate) method: u64,
}

/// All entries of the archive at `path`.
///
/// Its members must follow one another without a gap, each header must say what the directory says, and every size
/// and checksum must be right.
#[track_caller]
pub(crate) fn entries(path: &Path) -> Vec<Entry> {
    let zip = fs::read(path).unwrap();
    let name = path.display();
    let end = zip.len().checked_sub(22).unwrap_or_else(|| panic!("{name} is no ZIP"));
    assert_eq!(&zip[end..end + 4], b"PK\x05\x06", "{name} has no end record");
    let (count, length, start) = (number(&zip, end + 10, 2), number(&zip, end + 12, 4), number(&zip, end + 16, 4));
    assert!(count < 0xffff && start < 0xffff_ffff, "{name} is larger than these tests make them");
    assert_eq!(to_usize(start + length), end, "{name}: a gap before the end record");
    assert_eq!(number(&zip, end + 8, 2), count, "{name}");
    assert_eq!(number(&zip, end + 20, 2), 0, "{name} has a comment");
    let (mut entries, mut at, mut expected) = (Vec::new(), to_usize(start), 0);
    for _ in 0..count {
        assert_eq!(&zip[at..at + 4], b"PK\x01\x02", "{name}");
        let offset = to_usize(number(&zip, at + 42, 4));
        assert_eq!(offset, expected, "{name}: a gap between members");
        let (entry, next) = member(&zip, offset, &zip[at..]);
        entries.push(entry);
        expected = next;
        let lengths: u64 = [28, 30, 32].iter().map(|field| number(&zip, at + field, 2)).sum();
        at += 46 + to_usize(lengths);
    }
    assert_eq!((at, expected), (end, to_usize(start)), "{name}");
    entries
}

/// The member whose header is at `offset` and whose directory record begins `central`; where the next one begins.
#[track_caller]
fn member(zip: &[u8], offset: usize, central: &[u8]) -> (Entry, usize) {
    let local = &zip[offset..];
    assert_eq!(&local[..4], b"PK\x03\x04");
    // From the version to the lengths both say the same.
    assert_eq!(&local[4..30], &central[6..32]);
    let [flags, method, time, date] = [6, 8, 10, 12].map(|field| number(local, field, 2));
    let [sum, packed, size] = [14, 18, 22].map(|field| number(local, field, 4));
    let [name_len, extra_len] = [26, 28].map(|field| to_usize(number(local, field, 2)));
    assert_eq!(&local[30..30 + name_len + extra_len], &central[46..46 + name_len + extra_len]);
    let name = String::from_utf8(local[30..30 + name_len].to_vec()).unwrap();
    assert_eq!(flags, if name.is_ascii() { 0 } else { 1 << 11 }, "{name}");
    let data = 30 + name_len + extra_len;
    let end = data + to_usize(packed);
    let bytes = match method {
        0 => local[data..end].to_vec(),
        8 => inflate(&local[data..end]),
        other => panic!("{name} is packed by method {other}"),
    };
    assert_eq!((to_usize(size), sum), (bytes.len(), u64::from(crc(&bytes))), "{name}");
    let seconds = timestamp(&local[30 + name_len..data]);
    (Entry { name, bytes, seconds, dos: [time, date], method }, offset + end)
}

fn inflate(packed: &[u8]) -> Vec<u8> {
    let mut decoder = DeflateDecoder::new(packed);
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).unwrap();
    assert!(decoder.into_inner().is_empty(), "something follows the packed bytes");
    bytes
}

/// The time of modification in an extra field.
fn timestamp(mut extra: &[u8]) -> Option<i64> {
    while !extra.is_empty() {
        let (kind, length) = (number(extra, 0, 2), to_usize(number(extra, 2, 2)));
        if kind == 0x5455 {
            assert_eq!((length, extra[4]), (5, 1));
            return Some(i32::from_le_bytes(extra[5..9].try_into().unwrap()).into());
        }
        extra = &extra[4 + length..];
    }
    None
}

/// A number of so many bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    bytes[at..at + length].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

/// What the entries of archives unpack to, together.
#[track_caller]
pub(crate) fn unpacked<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Tree {
    let mut tree = BTreeMap::new();
    for entry in entries {
        let before = tree.insert(entry.name.clone(), entry.bytes.clone());
        assert!(before.is_none(), "{} is there twice", entry.name);
    }
    tree
}

/// The entries of the archive of that name.
#[track_caller]
pub(crate) fn entries_of(scratch: &Scratch, name: &str) -> Vec<Entry> {
    entries(&scratch.path(name))
}

/// What an archive unpacks to.
#[track_caller]
pub(crate) fn tree_of(scratch: &Scratch, name: &str) -> Tree {
    unpacked(&entries_of(scratch, name))
}

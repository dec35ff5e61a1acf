//! The records of a ZIP archive (APPNOTE.TXT 6.3.10, section 4.3), as bytes.

use mbox2eml::name::EntryName;

use super::time::DosTime;

/// The largest number of four bytes; it takes the place of one that a zip64 field gives.
const MAX32: u64 = 0xFFFF_FFFF;
/// The same of two bytes.
const MAX16: u64 = 0xFFFF;

/// "Version needed to extract": 2.0 for deflate and folders, 4.5 for zip64.
const PLAIN: u16 = 20;
const ZIP64: u16 = 45;
/// "Version made by": the rules of Unix, so that the permissions below are read.
const UNIX: u16 = 3 << 8;
/// A plain file that its owner may write and everybody may read.
const PERMISSIONS: u32 = 0o100_644 << 16;
/// General purpose bit 11: the name is UTF-8.
const UTF8: u16 = 1 << 11;

/// What the records say of one entry. Its sizes and checksum are known beforehand, so that no data descriptor is needed.
#[derive(Clone, Debug)]
pub(super) struct EntryRecord {
    pub(super) name: EntryName,
    /// Seconds since 1970.
    pub(super) received: Option<i64>,
    pub(super) method: Method,
    pub(super) crc: u32,
    /// In bytes, before and after compression.
    pub(super) size: u64,
    pub(super) packed: u64,
}

/// How an entry's data are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

impl EntryRecord {
    /// Appends the local file header (4.3.7).
    pub(super) fn push_local(&self, out: &mut Vec<u8>) {
        let mut zip64 = Zip64::default();
        // Here both sizes are there or neither (4.5.3).
        let is_large = self.size >= MAX32 || self.packed >= MAX32;
        let (packed, size) = match is_large {
            true => (zip64.always(self.size, self.packed), MAX32),
            false => (self.packed, self.size),
        };
        push32(out, 0x0403_4b50);
        self.push_common(out, zip64.version(), [packed, size], zip64.extra_len());
        out.extend_from_slice(self.name.as_str().as_bytes());
        zip64.push(out);
        self.push_timestamp(out);
    }

    /// Appends the file header of the central directory (4.3.12) for an entry that begins at `offset`.
    pub(super) fn push_central(&self, offset: u64, out: &mut Vec<u8>) {
        let mut zip64 = Zip64::default();
        let size = zip64.shorten(self.size);
        let packed = zip64.shorten(self.packed);
        let offset = zip64.shorten(offset);
        push32(out, 0x0201_4b50);
        push16(out, UNIX | zip64.version());
        self.push_common(out, zip64.version(), [packed, size], zip64.extra_len());
        // No comment, first disk, no internal attributes.
        out.extend_from_slice(&[0; 6]);
        push32(out, PERMISSIONS.into());
        push32(out, offset);
        out.extend_from_slice(self.name.as_str().as_bytes());
        zip64.push(out);
        self.push_timestamp(out);
    }

    /// The fields that both headers have in the same order, up to the lengths of what follows.
    fn push_common(&self, out: &mut Vec<u8>, version: u16, [packed, size]: [u64; 2], zip64: u16) {
        let DosTime { time, date } = DosTime::at(self.received);
        let name = self.name.as_str();
        push16(out, version);
        push16(out, if name.is_ascii() { 0 } else { UTF8 });
        push16(out, if self.method == Method::Stored { 0 } else { 8 });
        push16(out, time);
        push16(out, date);
        push32(out, self.crc.into());
        push32(out, packed);
        push32(out, size);
        // A name has 180 characters at most.
        push16(out, u16::try_from(name.len()).unwrap_or(0));
        push16(out, zip64 + self.timestamp().map_or(0, |_| Self::TIMESTAMP_LEN));
    }

    /// The length of the extended timestamp.
    const TIMESTAMP_LEN: u16 = 9;

    /// Appends the extended timestamp (0x5455 of the Info-ZIP extra fields), which has seconds and is in UTC.
    fn push_timestamp(&self, out: &mut Vec<u8>) {
        if let Some(seconds) = self.timestamp() {
            push16(out, 0x5455);
            push16(out, 5);
            // Of its three times, the one of modification.
            out.push(1);
            out.extend_from_slice(&seconds.to_le_bytes());
        }
    }

    /// The moment, if four signed bytes can hold it.
    fn timestamp(&self) -> Option<i32> {
        self.received.and_then(|seconds| i32::try_from(seconds).ok())
    }
}

/// The end of an archive: its records say where the directory is and how much is in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) entries: u64,
    /// The directory's offset and length in bytes.
    pub(super) directory: u64,
    pub(super) length: u64,
}

impl End {
    /// The length of the plain record, and of the two that zip64 puts before it.
    const PLAIN: u64 = 22;
    const ZIP64: u64 = 56 + 20;

    /// How many bytes the records have.
    pub(super) fn len(self) -> u64 {
        if self.is_zip64() { Self::ZIP64 + Self::PLAIN } else { Self::PLAIN }
    }

    fn is_zip64(self) -> bool {
        self.entries >= MAX16 || self.directory >= MAX32 || self.length >= MAX32
    }

    /// The records at the end (4.3.14 to 4.3.16).
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let Self { entries, directory, length } = self;
        let mut out = Vec::new();
        if self.is_zip64() {
            self.push_zip64(&mut out);
        }
        let entries = entries.min(MAX16);
        push32(&mut out, 0x0605_4b50);
        // One disk.
        out.extend_from_slice(&[0; 4]);
        push16_of(&mut out, entries);
        push16_of(&mut out, entries);
        push32(&mut out, length.min(MAX32));
        push32(&mut out, directory.min(MAX32));
        // No comment.
        push16(&mut out, 0);
        out
    }

    fn push_zip64(self, out: &mut Vec<u8>) {
        let Self { entries, directory, length } = self;
        push32(out, 0x0606_4b50);
        // How long this record is after this field.
        push64(out, 44);
        push16(out, UNIX | ZIP64);
        push16(out, ZIP64);
        out.extend_from_slice(&[0; 8]);
        for number in [entries, entries, length, directory] {
            push64(out, number);
        }
        // The locator: on which disk and where the record is, and how many disks there are.
        push32(out, 0x0706_4b50);
        push32(out, 0);
        push64(out, directory + length);
        push32(out, 1);
    }
}

/// The extra field 0x0001 with the numbers that do not fit into four bytes (4.5.3).
#[derive(Default)]
struct Zip64(Vec<u64>);

impl Zip64 {
    /// What the four bytes hold for `number`, which goes into the extra field if it is too large for them.
    fn shorten(&mut self, number: u64) -> u64 {
        if number < MAX32 {
            return number;
        }
        self.0.push(number);
        MAX32
    }

    /// Puts both sizes into the extra field; returns what takes the place of either.
    fn always(&mut self, size: u64, packed: u64) -> u64 {
        self.0 = vec![size, packed];
        MAX32
    }

    fn version(&self) -> u16 {
        if self.0.is_empty() { PLAIN } else { ZIP64 }
    }

    /// The length of the numbers, at most three of eight bytes.
    fn numbers_len(&self) -> u16 {
        u16::try_from(self.0.len() * 8).unwrap_or(0)
    }

    fn extra_len(&self) -> u16 {
        if self.0.is_empty() { 0 } else { 4 + self.numbers_len() }
    }

    fn push(&self, out: &mut Vec<u8>) {
        if !self.0.is_empty() {
            push16(out, 1);
            push16(out, self.numbers_len());
            self.0.iter().for_each(|number| push64(out, *number));
        }
    }
}

fn push16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// A number that is known to fit.
fn push16_of(out: &mut Vec<u8>, number: u64) {
    push16(out, u16::try_from(number).unwrap_or(u16::MAX));
}

/// A number that is known to fit.
fn push32(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn push64(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

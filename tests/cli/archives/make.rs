//! Archives made byte by byte (APPNOTE.TXT 6.3.10, RFC 1952), so that invalid ones can be made as well.

use std::io::Write;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

/// A member of a ZIP, as it shall be written.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    /// What it unpacks to; what is written there if the method is neither 0 nor 8.
    pub(crate) bytes: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    /// Whether its sizes and its place are said in zip64 fields.
    pub(crate) zip64: bool,
    /// Taken for the packed bytes, if given.
    pub(crate) packed: Option<Vec<u8>>,
    /// Said in place of the true checksum.
    pub(crate) crc: Option<u32>,
}

/// General purpose bit 0: it is encrypted.
pub(crate) const ENCRYPTED: u16 = 1;
/// Bit 3: sizes and checksum follow the data.
const STREAMED: u16 = 1 << 3;
/// Bit 11: the name is UTF-8.
const UTF8: u16 = 1 << 11;

impl Member {
    pub(crate) fn deflated(name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        let (name, bytes) = (name.as_ref().to_vec(), bytes.as_ref().to_vec());
        Self { name, bytes, method: 8, flags: UTF8, zip64: false, packed: None, crc: None }
    }

    pub(crate) fn stored(name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        Self { method: 0, ..Self::deflated(name, bytes) }
    }

    pub(crate) fn zip64(name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        Self { zip64: true, ..Self::deflated(name, bytes) }
    }

    /// As programs write it that cannot go back in their output, Takeout among them.
    pub(crate) fn streamed(name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        Self { flags: UTF8 | STREAMED, ..Self::deflated(name, bytes) }
    }

    fn packed(&self) -> Vec<u8> {
        match (&self.packed, self.method) {
            (Some(packed), _) => packed.clone(),
            (None, 8) => deflate(&self.bytes),
            (None, _) => self.bytes.clone(),
        }
    }

    fn crc(&self) -> u32 {
        self.crc.unwrap_or_else(|| crc(&self.bytes))
    }

    fn is_streamed(&self) -> bool {
        self.flags & STREAMED != 0
    }

    /// What both headers share, from the version to the lengths; and the extra field.
    fn fields(&self, crc: u32, packed: usize, size: usize, offset: Option<usize>) -> Vec<u8> {
        let wide: Vec<usize> = [size, packed].into_iter().chain(offset).collect();
        let extra = if self.zip64 {
            let numbers: Vec<u8> = wide.iter().flat_map(|number| to_64(*number).to_le_bytes()).collect();
            [&1_u16.to_le_bytes()[..], &to_16(numbers.len()), &numbers].concat()
        } else {
            Vec::new()
        };
        let long = |size| if self.zip64 { [0xff; 4] } else { to_32(size) };
        let version = if self.zip64 { 45_u16 } else { 20 };
        let words = [version, self.flags, self.method, 0, 0x21].map(u16::to_le_bytes).concat();
        let lengths = [to_16(self.name.len()), to_16(extra.len())].concat();
        let head = [words, crc.to_le_bytes().to_vec(), long(packed).to_vec(), long(size).to_vec(), lengths].concat();
        let Some(offset) = offset else { return [&head[..], &self.name, &extra].concat() };
        // No comment, first disk, no attributes.
        [&head[..], &[0; 10], &long(offset), &self.name, &extra].concat()
    }
}

/// A whole ZIP.
pub(crate) fn zip(members: &[Member]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let (packed, crc, size, offset) = (member.packed(), member.crc(), member.bytes.len(), zip.len());
        let known = if member.is_streamed() { (0, 0, 0) } else { (crc, packed.len(), size) };
        zip.extend([b"PK\x03\x04", &*member.fields(known.0, known.1, known.2, None), &packed].concat());
        if member.is_streamed() {
            zip.extend([b"PK\x07\x08", &crc.to_le_bytes()[..], &to_32(packed.len()), &to_32(size)].concat());
        }
        let central = member.fields(crc, packed.len(), size, Some(offset));
        directory.extend([b"PK\x01\x02\x14\x03", &*central].concat());
    }
    let zip64 = members.iter().any(|member| member.zip64);
    let end = end(members.len(), zip.len(), directory.len(), zip64);
    [zip, directory, end].concat()
}

/// The records at the end: of so many members, with the directory at `start`.
fn end(members: usize, start: usize, length: usize, zip64: bool) -> Vec<u8> {
    let short = if zip64 { [0xff; 2] } else { to_16(members) };
    let long = |number| if zip64 { [0xff; 4] } else { to_32(number) };
    let plain = [&b"PK\x05\x06\0\0\0\0"[..], &short, &short, &long(length), &long(start), &[0; 2]].concat();
    if !zip64 {
        return plain;
    }
    let numbers: Vec<u8> =
        [members, members, length, start].iter().flat_map(|number| to_64(*number).to_le_bytes()).collect();
    let record = [&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[45, 3, 45, 0], &[0; 8], &numbers].concat();
    let locator = [&b"PK\x06\x07\0\0\0\0"[..], &to_64(start + length).to_le_bytes(), &1_u32.to_le_bytes()].concat();
    [record, locator, plain].concat()
}

/// One stream of deflate (RFC 1951).
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The same without compression, so that a cut in it is one at a byte of what is in it.
pub(crate) fn gzip_stored(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn tar<N: AsRef<str>>(members: &[(N, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(to_64(bytes.len()));
        header.set_mode(0o644);
        builder.append_data(&mut header, name.as_ref(), &bytes[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Where `needle` begins for the `nth` time, from 0 on.
#[track_caller]
pub(crate) fn find(bytes: &[u8], needle: &[u8], nth: usize) -> usize {
    let mut places = bytes.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle);
    places.nth(nth).expect("it is not there").0
}

fn to_16(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap().to_le_bytes()
}

fn to_32(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_le_bytes()
}

fn to_64(number: usize) -> u64 {
    u64::try_from(number).unwrap()
}

//! Archives made byte by byte, sound and unusual, and all that comes out of them.

use std::fs;
use std::io::Write;
use std::path::{MAIN_SEPARATOR, Path};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use mbox2eml::internals::to_u64;
use mbox2eml::source::Source;

use super::readers::Checksum;
use super::{Archive, InflateLimit, Member};

/// A mailbox of some messages that deflate well, but not to nothing.
pub(super) fn mailbox(name: &str, messages: usize) -> Vec<u8> {
    let message = |number| {
        format!("From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: {name} {number}\n\nBody {}\n\n", number * 7919)
    };
    (0..messages).flat_map(|number| message(number).into_bytes()).collect()
}

/// A data descriptor's form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descriptor {
    pub(super) signature: bool,
    pub(super) wide: bool,
}

/// A member of a ZIP, as it is to be written.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) name: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) zip64: bool,
    pub(super) descriptor: Option<Descriptor>,
}

impl Item {
    pub(super) fn deflated(name: impl AsRef<[u8]>, bytes: impl Into<Vec<u8>>) -> Self {
        let (name, bytes) = (name.as_ref().to_vec(), bytes.into());
        Self { name, bytes, method: 8, flags: 0, zip64: false, descriptor: None }
    }

    pub(super) fn stored(name: impl AsRef<[u8]>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { method: 0, ..Self::deflated(name, bytes) }
    }

    pub(super) fn zip64(self) -> Self {
        Self { zip64: true, ..self }
    }

    pub(super) fn streamed(self, signature: bool, wide: bool) -> Self {
        Self { descriptor: Some(Descriptor { signature, wide }), flags: self.flags | 8, ..self }
    }

    fn packed(&self) -> Vec<u8> {
        if self.method != 8 {
            return self.bytes.clone();
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&self.bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn crc(&self) -> u32 {
        let mut checksum = Checksum::default();
        checksum.add(&self.bytes);
        checksum.so_far().crc
    }
}

/// The fields that both headers have, from version to lengths, and the extra field.
fn fields(item: &Item, crc: u32, packed: usize, size: usize, offset: Option<usize>) -> (Vec<u8>, Vec<u8>) {
    let mut extra = Vec::new();
    let [packed, size] = if item.zip64 {
        extra.extend(1_u16.to_le_bytes());
        extra.extend(if offset.is_some() { 24_u16 } else { 16 }.to_le_bytes());
        [size, packed].into_iter().chain(offset).for_each(|value| extra.extend(to_u64(value).to_le_bytes()));
        [u32::MAX; 2]
    } else {
        [packed, size].map(|value| u32::try_from(value).unwrap())
    };
    let short = |value: usize| u16::try_from(value).unwrap().to_le_bytes();
    let mut fields = Vec::new();
    [20, item.flags, item.method, 0, 0x21].iter().for_each(|value: &u16| fields.extend(value.to_le_bytes()));
    [crc, packed, size].iter().for_each(|value| fields.extend(value.to_le_bytes()));
    fields.extend([short(item.name.len()), short(extra.len())].concat());
    (fields, extra)
}

/// A whole ZIP.
pub(super) fn zip(items: &[Item]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for item in items {
        let (packed, crc, offset) = (item.packed(), item.crc(), zip.len());
        let (known_crc, known_packed, known_size) =
            if item.descriptor.is_some() { (0, 0, 0) } else { (crc, packed.len(), item.bytes.len()) };
        let (local, extra) = fields(item, known_crc, known_packed, known_size, None);
        zip.extend([b"PK\x03\x04", &local[..], &item.name, &extra, &packed].concat());
        if let Some(Descriptor { signature, wide }) = item.descriptor {
            zip.extend(if signature { &b"PK\x07\x08"[..] } else { b"" });
            zip.extend(crc.to_le_bytes());
            for value in [packed.len(), item.bytes.len()] {
                let bytes = to_u64(value).to_le_bytes();
                zip.extend(&bytes[..if wide { 8 } else { 4 }]);
            }
        }
        let (central, extra) = fields(item, crc, packed.len(), item.bytes.len(), Some(offset));
        let offset = if item.zip64 { u32::MAX } else { u32::try_from(offset).unwrap() };
        directory.extend([b"PK\x01\x02\x14\x00", &central[..], &[0; 10], &offset.to_le_bytes()].concat());
        directory.extend([&item.name[..], &extra].concat());
    }
    let (count, start) = (items.len(), zip.len());
    zip.extend(&directory);
    let zip64 = items.iter().any(|item| item.zip64);
    if zip64 {
        let end = zip.len();
        zip.extend([&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat());
        [count, count, directory.len(), start].iter().for_each(|value| zip.extend(to_u64(*value).to_le_bytes()));
        zip.extend([&b"PK\x06\x07\0\0\0\0"[..], &to_u64(end).to_le_bytes(), &[1, 0, 0, 0]].concat());
    }
    let count = if zip64 { u16::MAX } else { u16::try_from(count).unwrap() }.to_le_bytes();
    let long = |value: usize| if zip64 { u32::MAX } else { u32::try_from(value).unwrap() }.to_le_bytes();
    zip.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &long(directory.len()), &long(start), &[0, 0]].concat());
    zip
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    // Small blocks, so that a long mailbox has several.
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// What compresses, and how its files, and tar archives in it, are called.
pub(super) type Compressor = (fn(&[u8]) -> Vec<u8>, &'static str, &'static str);

pub(super) const COMPRESSORS: [Compressor; 4] =
    [(gzip, "gz", "tgz"), (bzip2, "bz2", "tbz"), (xz, "xz", "tar.xz"), (zstd, "zst", "tar.zst")];

pub(super) fn tar(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(to_u64(bytes.len()));
        builder.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// All that came out of an archive, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Their paths, without `.mbox` at the end, and their bytes.
    pub(super) mailboxes: Vec<(String, Vec<u8>)>,
    /// What was skipped, without the archive's own name.
    pub(super) others: Vec<String>,
    /// The errors of mailboxes and of the archive, as people see them.
    pub(super) errors: Vec<String>,
}

/// Writes an archive and reads everything in it.
pub(super) fn outcome(file: &str, archive: &[u8]) -> Outcome {
    outcome_within(file, archive, InflateLimit::default())
}

pub(super) fn outcome_within(file: &str, archive: &[u8], limit: InflateLimit) -> Outcome {
    outcome_in(tempfile::tempdir().unwrap().path(), file, archive, limit)
}

/// The same in a folder that is there, for a test that tries many archives.
pub(super) fn outcome_in(folder: &Path, file: &str, archive: &[u8], limit: InflateLimit) -> Outcome {
    let path = folder.join(file);
    fs::write(&path, archive).unwrap();
    let before = format!("{}{MAIN_SEPARATOR}", folder.display());
    let text = |error: &mbox2eml::Error| {
        let source = std::error::Error::source(error).map_or(String::new(), |source| format!(": {source}"));
        format!("{error}{source}").replace(&before, "")
    };
    let mut outcome = Outcome::default();
    let members = match Archive::open(&path, limit) {
        Ok(archive) => archive.members(),
        Err(error) => return Outcome { errors: vec![text(&error)], ..outcome },
    };
    for member in members {
        match member {
            Ok(Member::Mailbox { path, mut source }) => {
                let (bytes, error) = drain(&mut *source);
                outcome.mailboxes.push((path.strip_suffix(".mbox").unwrap_or(&path).to_owned(), bytes));
                outcome.errors.extend(error.as_ref().map(text));
            }
            Ok(Member::Other(origin) | Member::Unreadable(origin)) => {
                outcome.others.push(origin.to_string().replace(&before, ""))
            }
            Err(error) => outcome.errors.push(text(&error)),
        }
    }
    outcome
}

/// All bytes of a mailbox, and what is wrong with them.
pub(super) fn drain(source: &mut dyn Source) -> (Vec<u8>, Option<mbox2eml::Error>) {
    let mut bytes = Vec::new();
    loop {
        let window = source.window().unwrap();
        let (count, at_end) = (window.bytes.len(), window.at_end);
        bytes.extend(source.take(count));
        if at_end {
            return (bytes, source.finish().err());
        }
    }
}

//! The members of a ZIP whose directory is missing or damaged, as in an incomplete download: from its start on, each
//! where the one before ends.
//!
//! It always ends with an error, for without the directory it is not known whether that was all.
//!
//! This file reads by hand what the crate `zip` does not: a member's own header. `read_zipfile_from_stream` of that crate
//! - refuses members whose length follows them in a data descriptor, as Google Takeout and most programs that write into
//!   a pipe make them;
//! - fails for good at the first damage, and does not say at which byte;
//! - reads a member to its end when it is dropped, so that not even a header can be had without the data.
//!
//! Bytes are inflated by this crate, too, for ZIP and gzip alike (see [`codec`](super::codec)): the readers of `zip`
//! lose the bytes made before the damage in the call that comes to it, and borrow the file, so that a member cannot be
//! handed out as a source.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use mbox2eml::internals::to_u64;

use super::InflateLimit;
use super::file::{FileRange, Window};
use super::names::MemberName;
use super::readers::{Checksum, Expected, Verified, cut_off, damaged, wrong_checksum};
use super::sequence::{Content, Entry, Walk};
use super::zip_member::{Data, Method, Unpacked};

type Unpacking = Unpacked<BufReader<FileRange>>;

/// The longest data descriptor and a signature behind it.
const DESCRIPTOR: usize = 24 + SIGNATURE.len();

pub(super) struct Salvage {
    file: Window,
    length: u64,
    limit: InflateLimit,
    /// Where this member begins.
    member: u64,
    /// Where the next member begins, once that is known.
    next: Option<u64>,
    bytes: Current,
}

/// The bytes of this member.
enum Current {
    None,
    /// Of known length.
    Delimited(Verified<Unpacking>),
    /// They end where deflate says so, and what there is to know of them follows.
    Streamed {
        bytes: Unpacking,
        start: u64,
        checksum: Checksum,
    },
}

impl Salvage {
    pub(super) fn new(file: Arc<File>, length: u64, limit: InflateLimit) -> Self {
        Self { file: Window::new(file), length, limit, member: 0, next: Some(0), bytes: Current::None }
    }

    /// Begins with the member whose header was read; what it holds.
    fn begin(&mut self, header: &LocalHeader, details: &Details) -> Content {
        let LocalHeader { data: start, descriptor, .. } = *header;
        let Details { packed, expected, .. } = *details;
        let method = Method::of(header.method, header.encrypted);
        if let (Ok(method @ Method::Deflated), true) = (&method, descriptor) {
            let data = Data { method: *method, start, packed: self.length.saturating_sub(start) };
            let bytes = data.read(self.file.file(), self.limit);
            self.bytes = Current::Streamed { bytes, start, checksum: Checksum::default() };
            self.next = None;
            return Content::File(None);
        }
        self.next = if descriptor { self.behind(start, packed) } else { start.checked_add(packed) };
        let is_undelimited = descriptor && !self.is_empty(start);
        match method {
            Ok(_) if is_undelimited => Content::Refused(undelimited()),
            Ok(method) => {
                let data = Data { method, start, packed };
                self.bytes = Current::Delimited(Verified::new(data.read(self.file.file(), self.limit), expected));
                Content::File(Some(expected.size))
            }
            Err(refusal) => Content::Refused(refusal),
        }
    }

    /// Where the next member begins; for that, a streamed one is read to its end.
    fn find_next(&mut self) -> io::Result<u64> {
        if let Some(next) = self.next {
            return Ok(next);
        }
        let read = io::copy(&mut Rest(self), &mut io::sink());
        // Where it was found, a wrong checksum is no reason to stop.
        match self.next {
            Some(next) => Ok(next),
            None => Err(read.err().unwrap_or_else(|| self.lost())),
        }
    }

    fn lost(&self) -> io::Error {
        damaged("the next member cannot be found without the archive's directory,", self.position())
    }

    /// Where the member ends whose `packed` bytes, not known if 0, and a descriptor begin at `start`.
    fn behind(&mut self, start: u64, packed: u64) -> Option<u64> {
        let end = start.checked_add(packed)?;
        any_descriptor_length(self.peek(end).ok()?).map(|length| end + to_u64(length))
    }

    /// Whether what begins at `start` is the descriptor of no bytes.
    fn is_empty(&mut self, start: u64) -> bool {
        let nothing = Checksum::default().so_far();
        self.peek(start).is_ok_and(|bytes| descriptor_length(bytes, 0, nothing).is_some())
    }

    /// The bytes at `at`, as many as a descriptor may take, if they are there.
    fn peek(&mut self, at: u64) -> io::Result<&[u8]> {
        let bytes = self.file.at(at, DESCRIPTOR)?;
        Ok(&bytes[..bytes.len().min(DESCRIPTOR)])
    }

    /// Finds where a streamed member ends, and whether it was whole.
    fn end(&mut self, end: u64, start: u64, expected: Expected) -> io::Result<()> {
        let bytes = self.peek(end)?;
        let is_cut = bytes.len() < DESCRIPTOR;
        let known = descriptor_length(bytes, end.saturating_sub(start), expected);
        self.next = known.or_else(|| any_descriptor_length(bytes)).map(|length| end + to_u64(length));
        match known {
            Some(_) => Ok(()),
            None if is_cut => Err(cut_off(self.length)),
            None => Err(wrong_checksum()),
        }
    }
}

impl Walk for Salvage {
    fn advance(&mut self) -> io::Result<Option<Entry>> {
        loop {
            let at = self.find_next()?;
            (self.member, self.bytes) = (at, Current::None);
            let length = self.length;
            let bytes = self.peek(at)?;
            if is_directory(bytes) || bytes.is_empty() && at == length {
                let text = "the archive's directory is missing or damaged; the members before it were read without it";
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            let header = LocalHeader::read(&mut self.file, length, at)?;
            let details = header.details(&mut self.file, length)?;
            let content = self.begin(&header, &details);
            if !(details.name.is_folder() && matches!(content, Content::File(Some(0)))) {
                return Ok(Some(Entry { name: details.name, content }));
            }
        }
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let (end, start, expected) = match &mut self.bytes {
            Current::None => return Ok(0),
            Current::Delimited(bytes) => return bytes.read(out),
            Current::Streamed { bytes, start, checksum } => {
                let count = bytes.read(out)?;
                checksum.add(&out[..count]);
                if count > 0 || out.is_empty() || self.next.is_some() {
                    return Ok(count);
                }
                (bytes.position(), *start, checksum.so_far())
            }
        };
        self.end(end, start, expected).map(|()| 0)
    }

    fn position(&self) -> u64 {
        match (&self.bytes, self.next) {
            (Current::Streamed { bytes, .. }, None) => bytes.position(),
            (_, next) => next.unwrap_or(self.member).min(self.length),
        }
    }
}

/// What is left of the member.
struct Rest<'a>(&'a mut Salvage);

impl Read for Rest<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

/// Whether these are the records that follow the last member.
fn is_directory(bytes: &[u8]) -> bool {
    [b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08"].iter().any(|signature| bytes.starts_with(*signature))
}

fn undelimited() -> io::Error {
    let text = "its length is only in the archive's directory, which is missing or damaged";
    io::Error::new(io::ErrorKind::InvalidData, text)
}

const SIGNATURE: [u8; 4] = *b"PK\x03\x04";

/// How many bytes come before the name.
const FIXED: usize = 30;

/// A local file header, as far as its length does not vary.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalHeader {
    /// Its first bytes.
    fixed: [u8; FIXED],
    /// Where it begins in the archive.
    at: u64,
    /// The number of the compression method.
    pub(super) method: u16,
    encrypted: bool,
    /// Whether a data descriptor follows the data. Then the sizes and the checksum here may be missing.
    descriptor: bool,
    /// Where the data begins in the archive.
    pub(super) data: u64,
}

/// What else it says of its member. Where there is a directory, that says so, too.
#[derive(Debug)]
struct Details {
    name: MemberName,
    /// How many bytes it takes in the archive; 0 if that is not known yet.
    packed: u64,
    expected: Expected,
}

impl LocalHeader {
    /// Reads the header at byte `at` of the archive, which is `length` bytes long.
    pub(super) fn read(file: &mut Window, length: u64, at: u64) -> io::Result<Self> {
        let fixed = *file.at(at, FIXED)?.first_chunk::<FIXED>().ok_or_else(|| cut_off(length))?;
        if !fixed.starts_with(&SIGNATURE) {
            return Err(damaged("no member where one is expected,", at));
        }
        let flags = short(&fixed, 6);
        let end = to_u64(FIXED) + u64::from(short(&fixed, 26)) + u64::from(short(&fixed, 28));
        Ok(Self {
            fixed,
            at,
            method: short(&fixed, 8),
            encrypted: flags & 1 != 0,
            descriptor: flags & 1 << 3 != 0,
            data: at + end,
        })
    }

    fn details(&self, file: &mut Window, length: u64) -> io::Result<Details> {
        let Self { fixed, at, .. } = self;
        let long = |index: usize| u32::from(short(fixed, index)) | u32::from(short(fixed, index + 2)) << 16;
        let name_end = FIXED + usize::from(short(fixed, 26));
        let end = name_end + usize::from(short(fixed, 28));
        let header = file.at(*at, end)?.get(..end).ok_or_else(|| cut_off(length))?;
        let (packed, size) = sizes(long(18), long(22), &header[name_end..]);
        Ok(Details {
            name: MemberName::in_zip(&header[FIXED..name_end]),
            packed,
            expected: Expected { crc: long(14), size },
        })
    }
}

fn short(fixed: &[u8; FIXED], index: usize) -> u16 {
    u16::from_le_bytes([fixed[index], fixed[index + 1]])
}

/// The packed and the unpacked size; where they do not fit, they are in the ZIP64 field (APPNOTE 4.5.3).
fn sizes(packed: u32, size: u32, mut extra: &[u8]) -> (u64, u64) {
    let mut zip64 = &[][..];
    while let Some((&[id, high, low, length_high], rest)) = extra.split_first_chunk::<4>() {
        let (field, rest) = rest.split_at(rest.len().min(usize::from(u16::from_le_bytes([low, length_high]))));
        if (id, high) == (1, 0) {
            zip64 = field;
            break;
        }
        extra = rest;
    }
    let mut wide = zip64.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
    let mut resolve = |value: u32| match value {
        u32::MAX => wide.next().unwrap_or(u64::from(value)),
        _ => u64::from(value),
    };
    let size = resolve(size);
    (resolve(packed), size)
}

/// The length of the data descriptor that `bytes` begin with, if it is one that says so of `packed` bytes.
///
/// Its sizes take 8 bytes each or 4, the lower half of those too large, and its signature may be missing. The long form
/// of small sizes begins like the short one and goes on with zeros, as nothing does that may follow a descriptor.
fn descriptor_length(bytes: &[u8], packed: u64, expected: Expected) -> Option<usize> {
    let sizes = [packed.to_le_bytes(), expected.size.to_le_bytes()];
    let short = sizes.map(|[a, b, c, d, ..]| [a, b, c, d]);
    let crc = expected.crc.to_le_bytes();
    let fits = |form: &[&[u8]]| bytes.starts_with(&form.concat()).then(|| form.iter().map(|part| part.len()).sum());
    [sizes.as_flattened(), short.as_flattened()]
        .into_iter()
        .find_map(|sizes| fits(&[b"PK\x07\x08", &crc, sizes]).or_else(|| fits(&[&crc, sizes])))
}

/// The length of whatever descriptor `bytes` begin with, by what follows it: another member or the directory.
fn any_descriptor_length(bytes: &[u8]) -> Option<usize> {
    [16, 24, 12, 20, 0].into_iter().find(|&length| {
        bytes.get(length..).is_some_and(|next| next.starts_with(&SIGNATURE) || next.starts_with(b"PK\x01\x02"))
    })
}

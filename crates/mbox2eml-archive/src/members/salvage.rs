//! The members of a ZIP whose directory is missing or damaged, as in a download that broke off: from its start on, each
//! where the one before ends.
//!
//! It always ends with an error, for without the directory nobody knows whether that was all.

use std::io::{self, Read};
use std::sync::Arc;

use rawzip::{FileReader, ReaderAt};

use super::InflateLimit;
use super::checked::{Checked, Claim, Tally, wrong_checksum};
use super::damage::{cut_off, damaged};
use super::local_header::{LocalHeader, SIGNATURE, any_descriptor_length, descriptor_length};
use super::sequence::{Content, Entry, Walk};
use super::zip_member::{BUFFER, Data, Method, Unpacked};
use crate::size::to_u64;

/// The longest data descriptor and a signature behind it.
const DESCRIPTOR: usize = 24 + SIGNATURE.len();

#[derive(Debug)]
pub(super) struct Salvage {
    file: Arc<FileReader>,
    length: u64,
    limit: InflateLimit,
    /// Where this member begins.
    member: u64,
    /// Where the next member begins, once that is known.
    next: Option<u64>,
    bytes: Bytes,
}

/// The bytes of this member.
#[derive(Debug)]
enum Bytes {
    None,
    /// Of known length.
    Delimited(Checked<Unpacked>),
    /// They end where deflate says so, and what there is to know of them follows.
    Streamed {
        bytes: Unpacked,
        start: u64,
        tally: Tally,
    },
}

impl Salvage {
    pub(super) fn new(file: Arc<FileReader>, length: u64, limit: InflateLimit) -> Self {
        Self { file, length, limit, member: 0, next: Some(0), bytes: Bytes::None }
    }

    /// Begins with the member whose header was read; what it holds.
    fn begin(&mut self, header: &LocalHeader) -> Content {
        let LocalHeader { packed, claim, data: start, descriptor, .. } = *header;
        let method = Method::of(header.method, header.encrypted);
        if let (Ok(method @ Method::Deflated), true) = (&method, descriptor) {
            let data = Data { method: *method, start, packed: self.length.saturating_sub(start) };
            let bytes = data.read(&self.file, self.limit, BUFFER);
            self.bytes = Bytes::Streamed { bytes, start, tally: Tally::default() };
            self.next = None;
            return Content::File(None);
        }
        self.next = if descriptor { self.behind(start, packed) } else { start.checked_add(packed) };
        match method {
            Ok(_) if descriptor && !self.is_empty(start) => Content::Refused(undelimited()),
            Ok(method) => {
                let data = Data { method, start, packed };
                self.bytes = Bytes::Delimited(Checked::new(data.read(&self.file, self.limit, BUFFER), claim));
                Content::File(Some(claim.size))
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
    fn behind(&self, start: u64, packed: u64) -> Option<u64> {
        let end = start.checked_add(packed)?;
        let (bytes, count) = self.peek(end).ok()?;
        any_descriptor_length(&bytes[..count]).map(|length| end + to_u64(length))
    }

    /// Whether what begins at `start` is the descriptor of no bytes.
    fn is_empty(&self, start: u64) -> bool {
        let nothing = Tally::default().claim();
        self.peek(start).is_ok_and(|(bytes, count)| descriptor_length(&bytes[..count], 0, nothing).is_some())
    }

    /// The bytes at `at`, as many as a descriptor may take.
    fn peek(&self, at: u64) -> io::Result<([u8; DESCRIPTOR], usize)> {
        let mut bytes = [0; DESCRIPTOR];
        let mut count = 0;
        while count < DESCRIPTOR {
            match self.file.read_at(&mut bytes[count..], at.saturating_add(to_u64(count)))? {
                0 => break,
                read => count += read,
            }
        }
        Ok((bytes, count))
    }

    /// Finds where a streamed member ends, and whether it was whole.
    fn end(&mut self, end: u64, start: u64, claim: Claim) -> io::Result<()> {
        let (bytes, count) = self.peek(end)?;
        let bytes = &bytes[..count];
        let known = descriptor_length(bytes, end.saturating_sub(start), claim);
        self.next = known.or_else(|| any_descriptor_length(bytes)).map(|length| end + to_u64(length));
        match known {
            Some(_) => Ok(()),
            None if count < DESCRIPTOR => Err(cut_off(self.length)),
            None => Err(wrong_checksum()),
        }
    }
}

impl Walk for Salvage {
    fn advance(&mut self) -> io::Result<Option<Entry>> {
        loop {
            let at = self.find_next()?;
            (self.member, self.bytes) = (at, Bytes::None);
            let (bytes, count) = self.peek(at)?;
            if is_directory(&bytes[..count]) || count == 0 && at == self.length {
                let text = "the archive's directory is missing or damaged; the members before it were read without it";
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            let header = LocalHeader::read(&self.file, self.length, at)?;
            let content = self.begin(&header);
            if !(header.name.is_folder() && matches!(content, Content::File(Some(0)))) {
                return Ok(Some(Entry { name: header.name, content }));
            }
        }
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let (end, start, claim) = match &mut self.bytes {
            Bytes::None => return Ok(0),
            Bytes::Delimited(bytes) => return bytes.read(out),
            Bytes::Streamed { bytes, start, tally } => {
                let count = bytes.read(out)?;
                tally.add(&out[..count]);
                if count > 0 || out.is_empty() || self.next.is_some() {
                    return Ok(count);
                }
                (bytes.position(), *start, tally.claim())
            }
        };
        self.end(end, start, claim).map(|()| 0)
    }

    fn position(&self) -> u64 {
        match (&self.bytes, self.next) {
            (Bytes::Streamed { bytes, .. }, None) => bytes.position(),
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
    let text = "its length stands only in the archive's directory, which is missing or damaged";
    io::Error::new(io::ErrorKind::InvalidData, text)
}

//! Readers that wrap one another: a packed file's position, a limit, a checksum, an error that stays.

use std::io::{self, BufRead, Read};

use crc32fast::Hasher;
use mbox2eml::internals::to_u64;

use super::at_most;

/// The archive ends where more should follow.
pub(super) fn cut_off(byte: u64) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("the archive ends too early, at byte {byte}"))
}

/// The bytes there are not what they should be.
pub(super) fn damaged(what: &str, byte: u64) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} near byte {byte} of the archive"))
}

/// The bytes are not those that were packed.
pub(super) fn wrong_checksum() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "wrong checksum: something before this position is damaged")
}

/// Packed bytes, and how far into the archive they were read.
#[derive(Debug)]
pub(crate) struct Packed<R> {
    inner: R,
    position: u64,
}

impl<R> Packed<R> {
    /// Bytes of which the first is byte `position` of the archive.
    pub(super) fn new(inner: R, position: u64) -> Self {
        Self { inner, position }
    }

    /// Offset in the archive of the first byte not yet used.
    pub(super) fn position(&self) -> u64 {
        self.position
    }
}

impl<R: BufRead> Packed<R> {
    /// Whether another stream follows, which `begins` with such a byte. Zeros are padding, from tapes and such.
    pub(super) fn another(&mut self, begins: impl Fn(u8) -> bool) -> io::Result<bool> {
        loop {
            let bytes = self.fill_buf()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            match bytes.get(zeros) {
                Some(&next) if begins(next) => {
                    self.consume(zeros);
                    return Ok(true);
                }
                Some(_) => return Err(damaged("other data follows the packed data,", self.position)),
                None if bytes.is_empty() => return Ok(false),
                None => self.consume(zeros),
            }
        }
    }
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read(out).inspect(|&count| self.position += to_u64(count))
    }
}

impl<R: BufRead> BufRead for Packed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.position += to_u64(count);
    }
}

/// A reader that fails for good: after an error come no more bytes, but the same error again.
///
/// Several readers of this one get the error, and none of them may go on behind it.
#[derive(Debug)]
pub(crate) struct Sticky<R> {
    inner: R,
    failed: Option<(io::ErrorKind, String)>,
}

impl<R> Sticky<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, failed: None }
    }

    pub(super) fn get_ref(&self) -> &R {
        &self.inner
    }
}

impl<R: Read> Read for Sticky<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some((kind, text)) = &self.failed {
            return Err(io::Error::new(*kind, text.clone()));
        }
        self.inner.read(out).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.failed = Some((error.kind(), error.to_string()));
            }
        })
    }
}

/// How many bytes a member of a ZIP, or a whole compressed file, may inflate to: a few kilobytes can be made to inflate
/// to more than any disk holds.
///
/// ```
/// use mbox2eml_archive::inputs::InflateLimit;
///
/// assert_eq!(InflateLimit::default().of(1 << 20), 1 << 30);
/// assert_eq!(InflateLimit::default().of(1 << 30), 100 << 30);
/// assert_eq!(InflateLimit::Bytes(5).of(1 << 30), 5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InflateLimit {
    /// 100 times its packed size, or 1 GiB, whichever is more. Mail deflates to a half or a tenth.
    #[default]
    Automatic,
    /// This many bytes.
    Bytes(u64),
}

impl InflateLimit {
    /// The limit in bytes of what is `packed` bytes long.
    pub fn of(self, packed: u64) -> u64 {
        match self {
            Self::Automatic => packed.saturating_mul(100).max(1 << 30),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn exceeded(self) -> io::Error {
        let text = match self {
            Self::Automatic => {
                "it inflates to more than 1 GiB and over 100 times its packed size, as in a ZIP bomb".to_owned()
            }
            Self::Bytes(bytes) => format!("it inflates to more than the {bytes} bytes that were allowed"),
        };
        io::Error::new(io::ErrorKind::FileTooLarge, text)
    }
}

/// A reader that fails at the limit, if there is more behind it.
#[derive(Debug)]
pub(crate) struct Limited<R> {
    inner: R,
    left: u64,
    limit: InflateLimit,
}

impl<R> Limited<R> {
    /// Reads `inner`, whose packed size is `packed`.
    pub(super) fn new(inner: R, limit: InflateLimit, packed: u64) -> Self {
        Self { inner, left: limit.of(packed), limit }
    }

    pub(super) fn get_ref(&self) -> &R {
        &self.inner
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !out.is_empty() {
            return match self.inner.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(self.limit.exceeded()),
            };
        }
        let fitting = at_most(self.left, out.len());
        let count = self.inner.read(&mut out[..fitting])?;
        self.left -= to_u64(count);
        Ok(count)
    }
}

/// What an archive says of a member's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    /// Their CRC-32 (ISO 3309, as in ZIP and gzip).
    pub(crate) crc: u32,
    /// How many there are.
    pub(crate) size: u64,
}

/// The checksum and the number of the bytes that were read.
#[derive(Clone, Debug, Default)]
pub(super) struct Checksum {
    crc: Hasher,
    size: u64,
}

impl Checksum {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.crc.update(bytes);
        self.size += to_u64(bytes.len());
    }

    /// What is right for the bytes added so far.
    pub(super) fn so_far(&self) -> Expected {
        Expected { crc: self.crc.clone().finalize(), size: self.size }
    }

    pub(super) fn check(&self, expected: Expected) -> io::Result<()> {
        let Expected { crc, size } = self.so_far();
        if size != expected.size {
            let text = format!("it unpacks to {size} bytes instead of the {} given in the archive", expected.size);
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        if crc != expected.crc { Err(wrong_checksum()) } else { Ok(()) }
    }
}

/// A reader that checks at its end whether it read what the archive says.
#[derive(Debug)]
pub(crate) struct Verified<R> {
    inner: R,
    checksum: Checksum,
    expected: Expected,
}

impl<R> Verified<R> {
    pub(crate) fn new(inner: R, expected: Expected) -> Self {
        Self { inner, checksum: Checksum::default(), expected }
    }
}

impl<R: Read> Read for Verified<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.checksum.add(&out[..count]);
        if count == 0 && !out.is_empty() {
            self.checksum.check(self.expected)?;
        }
        Ok(count)
    }
}

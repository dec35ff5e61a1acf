//! The bytes of one member of a ZIP.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use zip::CompressionMethod;

use super::codec::Inflate;
use super::file::FileRange;
use super::readers::{Limited, Packed, Sticky, cut_off};
use super::{InflateLimit, at_most};

/// How many packed bytes are read at a time.
pub(super) const BUFFER: usize = 128 << 10;

/// How a member is packed, of the ways that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflated,
}

impl Method {
    /// The method of that number (APPNOTE 4.4.5).
    ///
    /// # Errors
    /// In words for people, if it cannot be read.
    pub(crate) fn of(number: u16, encrypted: bool) -> io::Result<Self> {
        let refusal = match number {
            _ if encrypted => "it is encrypted".into(),
            0 => return Ok(Self::Stored),
            8 => return Ok(Self::Deflated),
            other => {
                let name = CompressionMethod::name_from_u16(other).to_uppercase();
                format!("it is packed by method {other} ({name}), which is not read")
            }
        };
        Err(io::Error::new(io::ErrorKind::Unsupported, refusal))
    }
}

/// Where the bytes of a member are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Data {
    pub(crate) method: Method,
    /// Offset of the first byte in the archive.
    pub(crate) start: u64,
    /// How many bytes they take in the archive, or at most.
    pub(crate) packed: u64,
}

impl Data {
    /// Reads them.
    pub(crate) fn read(self, file: &Arc<File>, limit: InflateLimit) -> Unpacked<BufReader<FileRange>> {
        let range = FileRange::new(file, self.start..self.end());
        self.unpack(BufReader::with_capacity(at_most(self.packed, BUFFER), range), limit)
    }

    /// Reads them out of `bytes`, which begin at their start.
    pub(super) fn unpack<R: BufRead>(self, bytes: R, limit: InflateLimit) -> Unpacked<R> {
        let packed = Packed::new(bytes, self.start);
        match self.method {
            Method::Deflated if self.packed > 0 => {
                Unpacked::Deflated(Box::new(Sticky::new(Limited::new(Inflate::new(packed), limit, self.packed))))
            }
            _ => Unpacked::Stored { bytes: packed, end: self.end() },
        }
    }

    pub(super) fn end(self) -> u64 {
        self.start.saturating_add(self.packed)
    }
}

/// Reads a member's bytes.
pub(crate) enum Unpacked<R> {
    Stored {
        bytes: Packed<R>,
        end: u64,
    },
    /// Boxed, for its state is large.
    Deflated(Box<Sticky<Limited<Inflate<R>>>>),
}

impl<R: BufRead> Unpacked<R> {
    /// Offset in the archive of the first byte not yet used.
    pub(super) fn position(&self) -> u64 {
        match self {
            Self::Stored { bytes, .. } => bytes.position(),
            Self::Deflated(inflate) => inflate.get_ref().get_ref().position(),
        }
    }
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored { bytes, end } => match bytes.read(out)? {
                0 if !out.is_empty() && bytes.position() < *end => Err(cut_off(bytes.position())),
                count => Ok(count),
            },
            Self::Deflated(inflate) => inflate.read(out),
        }
    }
}

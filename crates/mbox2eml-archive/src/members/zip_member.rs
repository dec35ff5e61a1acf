//! The bytes of one member of a ZIP.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use rawzip::{CompressionMethod, FileReader, RangeReader};

use super::damage::{Sticky, cut_off};
use super::inflate::{Inflate, Packed};
use super::limit::Limited;
use super::{InflateLimit, at_most};

/// How many packed bytes are read at a time.
pub(super) const BUFFER: usize = 128 << 10;

/// How a member is packed, of the ways that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

impl Method {
    /// # Errors
    /// In words for people, if it cannot be undone.
    pub(super) fn of(method: CompressionMethod, encrypted: bool) -> io::Result<Self> {
        let refusal = match method {
            _ if encrypted => "it is encrypted: unpack the archive with its password first, and give the folder".into(),
            CompressionMethod::STORE => return Ok(Self::Stored),
            CompressionMethod::DEFLATE => return Ok(Self::Deflated),
            other => format!("it is packed by method {other}: unpack the archive first, and give the folder"),
        };
        Err(io::Error::new(io::ErrorKind::Unsupported, refusal))
    }
}

type Range = BufReader<RangeReader<Arc<FileReader>>>;

/// Reads a member's bytes.
#[derive(Debug)]
pub(super) enum Unpacked {
    Stored {
        bytes: RangeReader<Arc<FileReader>>,
    },
    /// Boxed, for its state is large.
    Deflated(Box<Sticky<Limited<Inflate<Range>>>>),
}

/// Where the bytes of a member stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Data {
    pub(super) method: Method,
    /// Offset of the first byte in the archive.
    pub(super) start: u64,
    /// How many bytes they take in the archive, or at most.
    pub(super) packed: u64,
}

impl Data {
    /// Reads them, `buffer` packed bytes at a time.
    pub(super) fn read(self, file: &Arc<FileReader>, limit: InflateLimit, buffer: usize) -> Unpacked {
        let bytes = RangeReader::new(Arc::clone(file), self.start..self.start.saturating_add(self.packed));
        match self.method {
            Method::Deflated if self.packed > 0 => {
                let buffered = BufReader::with_capacity(at_most(self.packed, buffer), bytes);
                let inflate = Inflate::new(Packed::new(buffered, self.start));
                Unpacked::Deflated(Box::new(Sticky::new(Limited::new(inflate, limit, self.packed))))
            }
            _ => Unpacked::Stored { bytes },
        }
    }
}

impl Unpacked {
    /// Offset in the archive of the first byte not yet used.
    pub(super) fn position(&self) -> u64 {
        match self {
            Self::Stored { bytes } => bytes.position(),
            Self::Deflated(inflate) => inflate.get_ref().get_ref().position(),
        }
    }
}

impl Read for Unpacked {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored { bytes } => match bytes.read(out)? {
                0 if !out.is_empty() && bytes.remaining() > 0 => Err(cut_off(bytes.position())),
                count => Ok(count),
            },
            Self::Deflated(inflate) => inflate.read(out),
        }
    }
}

//! Undoing deflate (RFC 1951) so that all that stands before a damage comes out, and that it is known where it stands.

use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress, Status};

use super::at_most;
use super::damage::{cut_off, damaged};
use crate::size::to_u64;

/// Packed bytes, and how far into the archive they were read.
#[derive(Debug)]
pub(crate) struct Packed<R> {
    inner: R,
    position: u64,
}

impl<R> Packed<R> {
    /// Bytes of which the first stands at byte `position` of the archive.
    pub(super) fn new(inner: R, position: u64) -> Self {
        Self { inner, position }
    }

    /// Offset in the archive of the first byte not yet used.
    pub(super) fn position(&self) -> u64 {
        self.position
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

/// Undoes one stream of deflate after another.
#[derive(Debug)]
pub(super) struct Inflater {
    state: Decompress,
    ended: bool,
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self { state: Decompress::new(false), ended: false }
    }

    /// Makes it ready for another stream.
    pub(super) fn reset(&mut self) {
        self.state.reset(false);
        self.ended = false;
    }

    /// Inflates into `out`; zero bytes at the stream's end. Nothing more of `packed` is used than belongs to it.
    pub(super) fn read<R: BufRead>(&mut self, packed: &mut Packed<R>, out: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !out.is_empty() {
            let input = packed.fill_buf()?;
            let at_end = input.is_empty();
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, out, FlushDecompress::None);
            let used = self.state.total_in() - read;
            let made = at_most(self.state.total_out() - written, out.len());
            packed.consume(at_most(used, usize::MAX));
            self.ended = matches!(status, Ok(Status::StreamEnd));
            match status {
                // What came before the damage is good; the next call meets it again.
                _ if made > 0 => return Ok(made),
                Ok(_) if self.ended || used > 0 => {}
                Ok(_) if at_end => return Err(cut_off(packed.position())),
                _ => return Err(damaged("the packed data is damaged", packed.position())),
            }
        }
        Ok(0)
    }
}

/// Inflates one stream.
#[derive(Debug)]
pub(crate) struct Inflate<R> {
    packed: Packed<R>,
    inflater: Inflater,
}

impl<R: BufRead> Inflate<R> {
    pub(super) fn new(packed: Packed<R>) -> Self {
        Self { packed, inflater: Inflater::new() }
    }

    /// Offset in the archive of the first byte not yet used.
    pub(super) fn position(&self) -> u64 {
        self.packed.position()
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inflater.read(&mut self.packed, out)
    }
}

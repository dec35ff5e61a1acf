//! Decompresses deflate (RFC 1951), bzip2 and LZMA so that every byte before a damage comes out, and its position is known.
//!
//! The readers of the crates `flate2`, `bzip2` and `lzma-rust2` (and of `zip`, which wraps them) drop the bytes made in
//! the call that comes to the damage, and do not report its place. So their state machines are driven here.

use std::io::{self, BufRead, Read};

use lzma_rust2::{Action, XzStream};

use super::at_most;
use super::readers::{Packed, cut_off, damaged};

/// A state machine that unpacks one stream.
pub(super) trait Codec {
    /// One that is ready for a stream.
    fn new() -> Self;

    /// How many bytes were consumed and produced so far.
    fn totals(&self) -> (u64, u64);

    /// Unpacks as much of `input` into `out` as it can; whether the stream ended.
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<bool, Failed>;
}

/// Why a stream cannot be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    Damaged,
    /// It asks for more memory than [`MEMORY_LIMIT`].
    Memory,
}

/// How much memory a file may ask for to be unpacked: four times what `xz -9` does, twice what `zstd` takes unasked.
pub(super) const MEMORY_LIMIT: u32 = 256 << 20;

impl Codec for flate2::Decompress {
    fn new() -> Self {
        Self::new(false)
    }

    fn totals(&self) -> (u64, u64) {
        (self.total_in(), self.total_out())
    }

    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<bool, Failed> {
        let status = self.decompress(input, out, flate2::FlushDecompress::None);
        status.map(|status| status == flate2::Status::StreamEnd).map_err(|_| Failed::Damaged)
    }
}

impl Codec for bzip2::Decompress {
    fn new() -> Self {
        Self::new(false)
    }

    fn totals(&self) -> (u64, u64) {
        (self.total_in(), self.total_out())
    }

    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<bool, Failed> {
        match self.decompress(input, out) {
            Ok(bzip2::Status::MemNeeded) => Err(Failed::Memory),
            Ok(status) => Ok(status == bzip2::Status::StreamEnd),
            Err(_) => Err(Failed::Damaged),
        }
    }
}

impl Codec for XzStream {
    fn new() -> Self {
        Self::new_mem_limit(false, MEMORY_LIMIT >> 10)
    }

    fn totals(&self) -> (u64, u64) {
        (self.total_in(), self.total_out())
    }

    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<bool, Failed> {
        match self.process(input, out, Action::Run) {
            Ok(result) => Ok(result.status == lzma_rust2::Status::StreamEnd),
            Err(error) if error.kind() == io::ErrorKind::OutOfMemory => Err(Failed::Memory),
            Err(_) => Err(Failed::Damaged),
        }
    }
}

/// Unpacks one stream.
pub(super) struct Unpacker<C> {
    codec: C,
    ended: bool,
    failed: Option<Failed>,
}

impl<C: Codec> Unpacker<C> {
    pub(super) fn new() -> Self {
        Self { codec: C::new(), ended: false, failed: None }
    }

    /// Unpacks into `out`; zero bytes at the stream's end. Nothing more of `packed` is used than belongs to it.
    pub(super) fn read<R: BufRead>(&mut self, packed: &mut Packed<R>, out: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !out.is_empty() {
            match self.failed {
                Some(Failed::Damaged) => return Err(damaged("the packed data is damaged", packed.position())),
                Some(Failed::Memory) => return Err(too_much_memory()),
                None => {}
            }
            let input = packed.fill_buf()?;
            let at_end = input.is_empty();
            let (used_before, made_before) = self.codec.totals();
            let ended = self.codec.step(input, out);
            let (used, made) = self.codec.totals();
            let (used, made) = (used - used_before, at_most(made - made_before, out.len()));
            packed.consume(at_most(used, usize::MAX));
            self.ended = ended == Ok(true);
            self.failed = ended.err();
            // The bytes before the damage are valid.
            if made > 0 {
                return Ok(made);
            }
            if ended == Ok(false) && used == 0 {
                if at_end {
                    return Err(cut_off(packed.position()));
                }
                self.failed = Some(Failed::Damaged);
            }
        }
        Ok(0)
    }
}

pub(super) fn too_much_memory() -> io::Error {
    let text = format!("unpacking it takes more than {} MiB of memory: unpack it first", MEMORY_LIMIT >> 20);
    io::Error::new(io::ErrorKind::Unsupported, text)
}

/// Undoes deflate.
pub(crate) struct Inflate<R> {
    packed: Packed<R>,
    unpacker: Unpacker<flate2::Decompress>,
}

impl<R: BufRead> Inflate<R> {
    pub(super) fn new(packed: Packed<R>) -> Self {
        Self { packed, unpacker: Unpacker::new() }
    }

    /// Offset in the archive of the first byte not yet used.
    pub(super) fn position(&self) -> u64 {
        self.packed.position()
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.unpacker.read(&mut self.packed, out)
    }
}

//! Compressed files: gzip (RFC 1952), bzip2, xz and Zstandard (RFC 8878). One stream after another makes one file.
//!
//! The crates are chosen for being pure Rust, permissively licensed and well kept: `zlib-rs` and `libbz2-rs-sys`, both by
//! the Trifecta Tech Foundation, `lzma-rust2`, which the crate `zip` uses, too, and `ruzstd`. (The crate `zstd` needs a C
//! compiler, and `lzma-rs` has no decoder that is driven by its caller.)

use std::io::{self, BufRead, Read};

use bzip2::Decompress as Bzip2;
use lzma_rust2::XzStream;
use mbox2eml::source::FileKind;
use ruzstd::decoding::errors::{FrameDecoderError, FrameHeaderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::codec::{Codec, MEMORY_LIMIT, Unpacker, too_much_memory};
use super::readers::{Checksum, Expected, Packed, cut_off, damaged, wrong_checksum};

/// Unpacks a compressed file.
pub(super) trait Compressed: Read + Send {
    /// Offset in the file of the first byte not yet used.
    fn position(&self) -> u64;
}

/// Unpacks `inner`, if it is compressed.
pub(super) fn unpack<R: BufRead + Send + 'static>(kind: FileKind, inner: R) -> Option<Box<dyn Compressed>> {
    match kind {
        FileKind::Gzip => Some(Box::new(Gzip::new(inner))),
        FileKind::Bzip2 => Some(Box::new(Streams::<Bzip2, _>::new(inner, b'B'))),
        FileKind::Xz => Some(Box::new(Streams::<XzStream, _>::new(inner, 0xfd))),
        FileKind::Zstd => Some(Box::new(Zstd::new(inner))),
        _ => None,
    }
}

/// The flags of a header (RFC 1952, 2.3.1).
mod flag {
    pub(super) const HEADER_CRC: u8 = 1 << 1;
    pub(super) const EXTRA: u8 = 1 << 2;
    pub(super) const NAME: u8 = 1 << 3;
    pub(super) const COMMENT: u8 = 1 << 4;
    pub(super) const RESERVED: u8 = 0b1110_0000;
}

/// Undoes gzip, checksums included.
pub(super) struct Gzip<R> {
    packed: Packed<R>,
    unpacker: Unpacker<flate2::Decompress>,
    next: Next,
}

/// What comes next.
enum Next {
    /// A stream's header.
    Header,
    /// Its data, with the checksum of what was read of it.
    Data(Checksum),
    /// Another stream, or padding, or the end.
    More,
}

impl<R: BufRead> Gzip<R> {
    const MAGIC: [u8; 2] = [0x1f, 0x8b];

    pub(super) fn new(inner: R) -> Self {
        Self { packed: Packed::new(inner, 0), unpacker: Unpacker::new(), next: Next::Header }
    }

    fn header(&mut self) -> io::Result<()> {
        let [id1, id2, method, flags, ..] = self.bytes::<10>()?;
        if [id1, id2] != Self::MAGIC || method != 8 || flags & flag::RESERVED != 0 {
            return Err(damaged("no gzip data where it is expected,", self.packed.position()));
        }
        if flags & flag::EXTRA != 0 {
            let length = u64::from(u16::from_le_bytes(self.bytes()?));
            self.skip(length)?;
        }
        for text in [flag::NAME, flag::COMMENT] {
            if flags & text != 0 {
                self.packed.skip_until(0)?;
            }
        }
        if flags & flag::HEADER_CRC != 0 {
            self.skip(2)?;
        }
        Ok(())
    }

    fn trailer(&mut self, read: Expected) -> io::Result<()> {
        let (crc, size) = (u32::from_le_bytes(self.bytes()?), u32::from_le_bytes(self.bytes()?));
        // The size is given modulo 2^32.
        if (read.crc, read.size % (1 << 32)) == (crc, u64::from(size)) { Ok(()) } else { Err(wrong_checksum()) }
    }

    fn bytes<const COUNT: usize>(&mut self) -> io::Result<[u8; COUNT]> {
        let mut bytes = [0; COUNT];
        match self.packed.read_exact(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(cut_off(self.packed.position())),
            result => result.map(|()| bytes),
        }
    }

    fn skip(&mut self, count: u64) -> io::Result<()> {
        io::copy(&mut self.packed.by_ref().take(count), &mut io::sink()).map(|_| ())
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match &mut self.next {
                Next::Header => {
                    self.header()?;
                    self.next = Next::Data(Checksum::default());
                }
                Next::Data(checksum) => {
                    let count = self.unpacker.read(&mut self.packed, out)?;
                    checksum.add(&out[..count]);
                    if count > 0 {
                        return Ok(count);
                    }
                    let read = checksum.so_far();
                    self.trailer(read)?;
                    self.next = Next::More;
                }
                Next::More => {
                    if !self.packed.another(|byte| byte == Self::MAGIC[0])? {
                        return Ok(0);
                    }
                    self.unpacker = Unpacker::new();
                    self.next = Next::Header;
                }
            }
        }
    }
}

impl<R: BufRead + Send> Compressed for Gzip<R> {
    fn position(&self) -> u64 {
        self.packed.position()
    }
}

/// Undoes bzip2 or xz, whose checksums their crates verify.
pub(super) struct Streams<C, R> {
    packed: Packed<R>,
    /// None between two streams.
    unpacker: Option<Unpacker<C>>,
    /// The first byte of a stream.
    begins: u8,
}

impl<C: Codec, R: BufRead> Streams<C, R> {
    pub(super) fn new(inner: R, begins: u8) -> Self {
        Self { packed: Packed::new(inner, 0), unpacker: Some(Unpacker::new()), begins }
    }
}

impl<C: Codec, R: BufRead> Read for Streams<C, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if self.unpacker.is_none() && !self.packed.another(|byte| byte == self.begins)? {
                return Ok(0);
            }
            match self.unpacker.get_or_insert_with(Unpacker::new).read(&mut self.packed, out)? {
                0 => self.unpacker = None,
                count => return Ok(count),
            }
        }
    }
}

impl<C: Codec + Send, R: BufRead + Send> Compressed for Streams<C, R> {
    fn position(&self) -> u64 {
        self.packed.position()
    }
}

/// Undoes Zstandard.
pub(super) struct Zstd<R> {
    packed: Packed<R>,
    decoder: FrameDecoder,
    state: Frame,
}

enum Frame {
    /// Between two frames.
    None,
    /// Within one.
    Some,
    /// In one that cannot be read on; what was read of it is still to be handed out.
    Failed(io::Error),
}

impl<R: BufRead> Zstd<R> {
    pub(super) fn new(inner: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MEMORY_LIMIT.into());
        Self { packed: Packed::new(inner, 0), decoder, state: Frame::None }
    }

    /// Begins with a frame, if it is one of data.
    fn header(&mut self) -> io::Result<()> {
        let mut source = Source { inner: &mut self.packed, error: None };
        let result = self.decoder.init(&mut source);
        let error = source.error.take();
        match (result, error) {
            (Ok(()), _) => self.state = Frame::Some,
            (Err(_), Some(error)) => return Err(error),
            (Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })), None) => {
                let skipped = io::copy(&mut self.packed.by_ref().take(length.into()), &mut io::sink())?;
                if skipped < length.into() {
                    return Err(cut_off(self.packed.position()));
                }
            }
            (
                Err(
                    FrameDecoderError::WindowSizeTooBig { .. }
                    | FrameDecoderError::FrameHeaderError(FrameHeaderError::WindowTooBig { .. }),
                ),
                None,
            ) => return Err(too_much_memory()),
            (Err(_), None) => return Err(self.error()?),
        }
        Ok(())
    }

    fn block(&mut self) -> io::Result<()> {
        let mut source = Source { inner: &mut self.packed, error: None };
        let result = self.decoder.decode_blocks(&mut source, BlockDecodingStrategy::UptoBlocks(1));
        let error = source.error.take();
        if result.is_err() {
            let error = error.map_or_else(|| self.error(), Ok)?;
            self.state = Frame::Failed(error);
            // The decoder keeps a window of bytes back until the frame ends. So it ends here: with an empty last block
            // (RFC 8878, 3.1.1.2) and, should it have one, a checksum.
            let end = &[1, 0, 0, 0, 0, 0, 0][..];
            let _ = self.decoder.decode_blocks(end, BlockDecodingStrategy::UptoBlocks(1));
        }
        Ok(())
    }

    /// What is wrong where the packed data cannot be read on.
    fn error(&mut self) -> io::Result<io::Error> {
        let at_end = self.packed.fill_buf()?.is_empty();
        let position = self.packed.position();
        Ok(if at_end { cut_off(position) } else { damaged("the packed data is damaged", position) })
    }

    /// Whether the frame, which was read to its end, is what was packed.
    fn check(&self) -> io::Result<()> {
        let (stated, read) = (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
        if stated.is_some() && stated != read { Err(wrong_checksum()) } else { Ok(()) }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(out);
            }
            match &mut self.state {
                // A frame of data, or one to skip.
                Frame::None => match self.packed.another(|byte| byte == 0x28 || byte & 0xf0 == 0x50)? {
                    true => self.header()?,
                    false => return Ok(0),
                },
                Frame::Some if self.decoder.is_finished() => {
                    self.check()?;
                    self.state = Frame::None;
                }
                Frame::Some => self.block()?,
                Frame::Failed(error) => return Err(io::Error::new(error.kind(), error.to_string())),
            }
        }
    }
}

impl<R: BufRead + Send> Compressed for Zstd<R> {
    fn position(&self) -> u64 {
        self.packed.position()
    }
}

/// Remembers why the packed data could not be read, which the decoder's own errors hide.
struct Source<'a, R> {
    inner: &'a mut Packed<R>,
    error: Option<io::Error>,
}

impl<R: BufRead> Read for Source<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read(out).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            kind => {
                self.error = Some(error);
                kind.into()
            }
        })
    }
}

//! Data packed with gzip (RFC 1952): one stream after another makes one file.

use std::io::{self, BufRead, Read};

use super::checked::{Claim, Tally, wrong_checksum};
use super::damage::{cut_off, damaged};
use super::inflate::{Inflater, Packed};

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The flags of a header (RFC 1952, 2.3.1).
mod flag {
    pub(super) const HEADER_CRC: u8 = 1 << 1;
    pub(super) const EXTRA: u8 = 1 << 2;
    pub(super) const NAME: u8 = 1 << 3;
    pub(super) const COMMENT: u8 = 1 << 4;
    pub(super) const RESERVED: u8 = 0b1110_0000;
}

/// Undoes gzip, checksums included.
#[derive(Debug)]
pub(super) struct Gzip<R> {
    packed: Packed<R>,
    inflater: Inflater,
    next: Next,
}

/// What comes next.
#[derive(Debug)]
enum Next {
    /// A stream's header.
    Header,
    /// Its data, of which so much is known.
    Data(Tally),
    /// Another stream, or padding, or the end.
    More,
}

impl<R: BufRead> Gzip<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { packed: Packed::new(inner, 0), inflater: Inflater::new(), next: Next::Header }
    }

    /// Offset in the file of the first byte not yet used.
    pub(super) fn position(&self) -> u64 {
        self.packed.position()
    }

    fn header(&mut self) -> io::Result<()> {
        let [id1, id2, method, flags, ..] = self.bytes::<10>()?;
        if [id1, id2] != MAGIC || method != 8 || flags & flag::RESERVED != 0 {
            return Err(damaged("no gzip data begins where it should,", self.position()));
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

    fn trailer(&mut self, claim: Claim) -> io::Result<()> {
        let (crc, size) = (u32::from_le_bytes(self.bytes()?), u32::from_le_bytes(self.bytes()?));
        // The size is given modulo 2^32.
        if (claim.crc, claim.size % (1 << 32)) == (crc, u64::from(size)) { Ok(()) } else { Err(wrong_checksum()) }
    }

    /// Whether another stream follows. Zeros are padding, from tapes and such.
    fn has_more(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.packed.fill_buf()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            match bytes.get(zeros) {
                Some(&next) if next == MAGIC[0] => {
                    self.packed.consume(zeros);
                    return Ok(true);
                }
                Some(_) => return Err(damaged("other data follows the packed data,", self.position())),
                None if bytes.is_empty() => return Ok(false),
                None => self.packed.consume(zeros),
            }
        }
    }

    fn bytes<const COUNT: usize>(&mut self) -> io::Result<[u8; COUNT]> {
        let mut bytes = [0; COUNT];
        match self.packed.read_exact(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(cut_off(self.position())),
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
                    self.next = Next::Data(Tally::default());
                }
                Next::Data(tally) => {
                    let count = self.inflater.read(&mut self.packed, out)?;
                    tally.add(&out[..count]);
                    if count > 0 {
                        return Ok(count);
                    }
                    let claim = tally.claim();
                    self.trailer(claim)?;
                    self.next = Next::More;
                }
                Next::More => {
                    if !self.has_more()? {
                        return Ok(0);
                    }
                    self.inflater.reset();
                    self.next = Next::Header;
                }
            }
        }
    }
}

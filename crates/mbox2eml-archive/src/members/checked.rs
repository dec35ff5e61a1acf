//! Checksums: what an archive says of a member, held against what came out.

use std::io::{self, Read};

use crc32fast::Hasher;

use crate::size::to_u64;

/// What an archive says of a member's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// Their CRC-32 (ISO 3309, as in ZIP and gzip).
    pub(crate) crc: u32,
    /// How many there are.
    pub(crate) size: u64,
}

/// What is known of a member's bytes by having read them.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    crc: Hasher,
    size: u64,
}

impl Tally {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.crc.update(bytes);
        self.size += to_u64(bytes.len());
    }

    /// What a truthful archive says of the bytes added so far.
    pub(super) fn claim(&self) -> Claim {
        Claim { crc: self.crc.clone().finalize(), size: self.size }
    }

    /// Whether it is as claimed.
    pub(super) fn check(&self, claimed: Claim) -> io::Result<()> {
        let Claim { crc, size } = self.claim();
        if size != claimed.size {
            let text = format!("it unpacks to {size} bytes, and the archive says {}", claimed.size);
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        if crc != claimed.crc { Err(wrong_checksum()) } else { Ok(()) }
    }
}

/// The bytes are not those that were packed.
pub(super) fn wrong_checksum() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its checksum is wrong: something before this place is damaged")
}

/// A reader that checks at its end whether it was what the archive says.
#[derive(Debug)]
pub(crate) struct Checked<R> {
    inner: R,
    tally: Tally,
    claim: Claim,
}

impl<R> Checked<R> {
    pub(crate) fn new(inner: R, claim: Claim) -> Self {
        Self { inner, tally: Tally::default(), claim }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.tally.add(&out[..count]);
        if count == 0 && !out.is_empty() {
            self.tally.check(self.claim)?;
        }
        Ok(count)
    }
}

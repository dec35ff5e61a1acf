//! The size and the hash of an EML, by which it can be known again.

use std::fmt;
use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

use crate::size::to_u64;
use crate::transform::Eml;

/// How many bytes of a file are read at a time.
const BLOCK: usize = 16 << 10;

/// The size and the SHA-256 (FIPS 180-4) of a file.
///
/// ```
/// use mbox2eml::report::Digest;
///
/// let digest = Digest::of_file(&b"abc"[..])?;
/// assert_eq!(digest.size, 3);
/// assert_eq!(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Digest {
    /// The number of bytes.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

impl Digest {
    /// That of a message as it is written.
    pub fn of(eml: &Eml<'_>) -> Self {
        Self::of_written(|hashing| eml.write_to(hashing))
    }

    /// That of a file that is there.
    ///
    /// # Errors
    /// If it cannot be read to its end.
    pub fn of_file(mut file: impl Read) -> io::Result<Self> {
        let mut hashing = Hashing::default();
        let mut block = vec![0; BLOCK];
        loop {
            match file.read(&mut block) {
                Ok(0) => return Ok(hashing.finish()),
                Ok(count) => hashing.add(&block[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// That of what is written.
    pub(crate) fn of_written(write: impl FnOnce(&mut Hashing) -> io::Result<()>) -> Self {
        let mut hashing = Hashing::default();
        // Nothing that is written here fails.
        drop(write(&mut hashing));
        hashing.finish()
    }

    /// The first 64 bits of the hash.
    pub(crate) fn first_bits(&self) -> u64 {
        self.sha256.first_chunk().copied().map_or(0, u64::from_be_bytes)
    }

    /// The hash in hexadecimal digits, in lower case.
    pub fn hex(&self) -> String {
        let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
        let mut hex = String::with_capacity(2 * self.sha256.len());
        for byte in self.sha256 {
            hex.push(digit(byte >> 4));
            hex.push(digit(byte & 15));
        }
        hex
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, SHA-256 {}", self.size, self.hex())
    }
}

/// A [`Digest`] in the making, for bytes that come in pieces.
///
/// ```
/// use mbox2eml::report::{Digest, Hashing};
///
/// let mut hashing = Hashing::default();
/// hashing.add(b"a");
/// hashing.add(b"bc");
/// assert_eq!(hashing.finish(), Digest::of_file(&b"abc"[..])?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Hashing {
    hash: Sha256,
    size: u64,
}

impl Hashing {
    /// Adds the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.size += to_u64(bytes.len());
    }

    /// The digest of all of them.
    pub fn finish(self) -> Digest {
        Digest { size: self.size, sha256: self.hash.finalize().into() }
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! The compressor: libdeflate, or zlib-rs where no C compiler shall be needed.
//!
//! A message is compressed as a whole, which is what libdeflate is made for: on mixed mail its level 1 packs as tightly
//! as zlib's level 6, at two and a half times the speed.

use std::fmt;

/// How hard to compress: 0 stores, 1 is the fastest, 9 the tightest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(u8);

impl Level {
    /// The level of that number; `None` above 9.
    pub const fn new(level: u8) -> Option<Self> {
        if level <= 9 { Some(Self(level)) } else { None }
    }
}

impl Default for Level {
    fn default() -> Self {
        Self(1)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Compresses one message after another (RFC 1951).
pub(super) struct Deflater {
    backend: Option<Backend>,
    /// Keeps its size from message to message.
    scratch: Vec<u8>,
}

impl Deflater {
    /// A scratch larger than this is given back after a long message.
    const SCRATCH: usize = 4 << 20;

    pub(super) fn new(Level(level): Level) -> Self {
        let backend = (level > 0).then(|| Backend::new(level));
        Self { backend, scratch: Vec::new() }
    }

    /// `bytes`, compressed, and whether they are: not if that would make them longer.
    pub(super) fn deflate<'a>(&'a mut self, bytes: &'a [u8]) -> (&'a [u8], bool) {
        let packed = self.backend.as_mut().and_then(|backend| backend.deflate(bytes, &mut self.scratch));
        match packed {
            Some(packed) if packed.len() < bytes.len() => (packed, true),
            _ => (bytes, false),
        }
    }

    /// Gives back the memory that a long message took.
    pub(super) fn relax(&mut self) {
        if self.scratch.len() > Self::SCRATCH {
            self.scratch = Vec::new();
        }
    }
}

#[cfg(feature = "libdeflate")]
struct Backend(libdeflater::Compressor);

#[cfg(feature = "libdeflate")]
impl Backend {
    fn new(level: u8) -> Self {
        let level = libdeflater::CompressionLvl::new(level.into()).unwrap_or_default();
        Self(libdeflater::Compressor::new(level))
    }

    /// `bytes`, compressed; `None` if there is no gain.
    fn deflate<'a>(&mut self, bytes: &[u8], scratch: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        // More room than the bytes themselves is of no use.
        if scratch.len() < bytes.len() {
            scratch.resize(bytes.len(), 0);
        }
        let length = self.0.deflate_compress(bytes, scratch.get_mut(..bytes.len())?).ok()?;
        scratch.get(..length)
    }
}

#[cfg(not(feature = "libdeflate"))]
struct Backend(flate2::Compress);

#[cfg(not(feature = "libdeflate"))]
impl Backend {
    fn new(level: u8) -> Self {
        Self(flate2::Compress::new(flate2::Compression::new(level.into()), false))
    }

    /// `bytes`, compressed; `None` if there is no gain.
    fn deflate<'a>(&mut self, bytes: &[u8], scratch: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        // More room than the bytes themselves is of no use.
        if scratch.len() < bytes.len() {
            scratch.resize(bytes.len(), 0);
        }
        self.0.reset();
        let room = scratch.get_mut(..bytes.len())?;
        let status = self.0.compress(bytes, room, flate2::FlushCompress::Finish).ok()?;
        let length = usize::try_from(self.0.total_out()).ok()?;
        if status == flate2::Status::StreamEnd { scratch.get(..length) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    fn inflate(packed: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        flate2::read::DeflateDecoder::new(packed).read_to_end(&mut bytes).unwrap();
        bytes
    }

    proptest! {
        #[test]
        fn inflating_gives_the_bytes_back(
            messages in proptest::collection::vec((proptest::collection::vec(0_u8..8, 0..2000), 1_usize..20), 1..5),
            level in 0_u8..=9,
        ) {
            let mut deflater = Deflater::new(Level::new(level).unwrap());
            for (bytes, times) in messages {
                let bytes = bytes.repeat(times);
                let (data, is_packed) = deflater.deflate(&bytes);
                prop_assert!(data.len() <= bytes.len());
                prop_assert_eq!(is_packed, data.len() < bytes.len());
                prop_assert_eq!(if is_packed { inflate(data) } else { data.to_vec() }, bytes);
            }
        }
    }

    #[test]
    fn a_long_message_does_not_keep_its_memory() {
        let mut deflater = Deflater::new(Level::default());
        assert!(deflater.deflate(&vec![b'x'; Deflater::SCRATCH + 1]).1);
        deflater.relax();
        assert_eq!(deflater.scratch.capacity(), 0);
    }

    #[test]
    fn levels() {
        assert_eq!(Level::new(9).unwrap().to_string(), "9");
        assert_eq!(Level::new(10), None);
    }
}

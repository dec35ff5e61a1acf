//! The compressor: libdeflate, or zlib-rs where there is no C compiler.
//!
//! A message is compressed as a whole, which is what libdeflate is made for: on mixed mail its level 1 packs as tightly
//! as zlib's level 6, at two and a half times the speed.

use std::fmt;

/// How hard to compress: 0 stores, 1 is the fastest, 9 the tightest.
///
/// ```
/// use mbox2eml_archive::volumes::Level;
///
/// assert_eq!(Level::new(1), Some(Level::default()));
/// assert_eq!(Level::new(10), None);
/// ```
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
pub(super) struct Deflater<B = Chosen> {
    backend: Option<B>,
    /// Keeps its size from message to message.
    scratch: Vec<u8>,
}

impl<B: Backend> Deflater<B> {
    /// A scratch larger than this is freed after a long message.
    const SCRATCH: usize = 4 << 20;

    pub(super) fn new(Level(level): Level) -> Self {
        let backend = (level > 0).then(|| B::new(level));
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

    /// Frees the memory that a long message took.
    pub(super) fn relax(&mut self) {
        if self.scratch.len() > Self::SCRATCH {
            self.scratch = Vec::new();
        }
    }
}

pub(super) trait Backend {
    fn new(level: u8) -> Self;

    /// `bytes`, compressed; `None` if that makes them longer.
    fn deflate<'a>(&mut self, bytes: &[u8], scratch: &'a mut Vec<u8>) -> Option<&'a [u8]>;
}

/// The first `length` bytes of `scratch`, which grows to hold them. More room than the message itself has is of no use.
fn room(scratch: &mut Vec<u8>, length: usize) -> &mut [u8] {
    if scratch.len() < length {
        scratch.resize(length, 0);
    }
    &mut scratch[..length]
}

#[cfg(feature = "libdeflate")]
pub(super) type Chosen = Libdeflate;
#[cfg(not(feature = "libdeflate"))]
pub(super) type Chosen = Zlib;

#[cfg(feature = "libdeflate")]
pub(super) struct Libdeflate(libdeflater::Compressor);

#[cfg(feature = "libdeflate")]
impl Backend for Libdeflate {
    fn new(level: u8) -> Self {
        let level = libdeflater::CompressionLvl::new(level.into()).unwrap_or_default();
        Self(libdeflater::Compressor::new(level))
    }

    fn deflate<'a>(&mut self, bytes: &[u8], scratch: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        let length = self.0.deflate_compress(bytes, room(scratch, bytes.len())).ok()?;
        scratch.get(..length)
    }
}

#[cfg(any(test, not(feature = "libdeflate")))]
pub(super) struct Zlib {
    level: u8,
    state: flate2::Compress,
}

#[cfg(any(test, not(feature = "libdeflate")))]
impl Backend for Zlib {
    fn new(level: u8) -> Self {
        Self { level, state: flate2::Compress::new(flate2::Compression::new(level.into()), false) }
    }

    fn deflate<'a>(&mut self, bytes: &[u8], scratch: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        self.state.reset();
        match self.state.compress(bytes, room(scratch, bytes.len()), flate2::FlushCompress::Finish) {
            Ok(flate2::Status::StreamEnd) => scratch.get(..usize::try_from(self.state.total_out()).ok()?),
            // zlib-rs keeps what did not fit, even over a reset, and would panic at the next stream.
            _ => {
                *self = Self::new(self.level);
                None
            }
        }
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

    /// Bytes of this many kinds: 1 is one byte repeated, 256 cannot be compressed.
    fn noise(length: usize, kinds: u32, seed: u32) -> Vec<u8> {
        let states =
            std::iter::successors(Some(seed), |state| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)));
        states.skip(1).take(length).map(|state| u8::try_from((state >> 16) % kinds).unwrap()).collect()
    }

    fn comes_back<B: Backend>(messages: &[Vec<u8>], level: u8) {
        let mut deflater = Deflater::<B>::new(Level::new(level).unwrap());
        for bytes in messages {
            let (data, is_packed) = deflater.deflate(bytes);
            assert!(data.len() <= bytes.len());
            assert_eq!(is_packed, data.len() < bytes.len());
            assert!(if is_packed { inflate(data) == *bytes } else { data == bytes }, "level {level}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn inflating_gives_the_bytes_back(
            messages in prop::collection::vec(
                (
                    prop_oneof![0_usize..100, 0_usize..5000, 0_usize..70_000],
                    prop::sample::select(vec![1, 7, 64, 200, 256]),
                    any::<u32>(),
                ),
                1..8,
            ),
            level in 0_u8..=9,
        ) {
            let messages: Vec<_> = messages.into_iter().map(|(length, kinds, seed)| noise(length, kinds, seed)).collect();
            comes_back::<Chosen>(&messages, level);
            comes_back::<Zlib>(&messages, level);
        }
    }

    #[test]
    fn a_long_message_does_not_keep_its_memory() {
        let mut deflater = Deflater::<Chosen>::new(Level::default());
        assert!(deflater.deflate(&vec![b'x'; Deflater::<Chosen>::SCRATCH + 1]).1);
        deflater.relax();
        assert_eq!(deflater.scratch.capacity(), 0);
    }

    #[test]
    fn levels() {
        assert_eq!(Level::new(9).unwrap().to_string(), "9");
        assert_eq!(Level::new(10), None);
    }
}

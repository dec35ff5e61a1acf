//! Compares bytes that come in pieces with those of a reader.

use std::io::{self, Read};

use crate::size::to_u64;

/// The most bytes that are read at a time.
const BLOCK: usize = 64 << 10;

/// Compares bytes, piece by piece, with what a reader gives.
#[derive(Debug)]
pub struct Comparison<R> {
    reader: R,
    equal: u64,
    block: Vec<u8>,
}

/// How a piece compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The reader gave the same bytes.
    Equal,
    /// It gave another byte.
    Differs,
    /// It ended after this many bytes of the piece, all of them equal.
    Ended(usize),
}

impl<R: Read> Comparison<R> {
    /// A comparison with what this reader gives.
    pub fn new(reader: R) -> Self {
        Self { reader, equal: 0, block: Vec::new() }
    }

    /// How many bytes were equal so far.
    pub fn equal(&self) -> u64 {
        self.equal
    }

    /// Compares the next bytes.
    pub fn next(&mut self, piece: &[u8]) -> io::Result<Compared> {
        let mut done = 0;
        while done < piece.len() {
            let wanted = &piece[done..];
            self.block.resize(wanted.len().min(BLOCK), 0);
            let count = match self.reader.read(&mut self.block) {
                Ok(0) => return Ok(Compared::Ended(done)),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (there, wanted) = (&self.block[..count], &wanted[..count]);
            if there != wanted {
                self.equal += to_u64(there.iter().zip(wanted).take_while(|(one, other)| one == other).count());
                return Ok(Compared::Differs);
            }
            self.equal += to_u64(count);
            done += count;
        }
        Ok(Compared::Equal)
    }

    /// Whether the reader has nothing more to give.
    pub fn is_at_end(&mut self) -> io::Result<bool> {
        loop {
            match self.reader.read(&mut [0]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map(|count| count == 0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = out.len().min(1);
            self.0.read(&mut out[..count])
        }
    }

    #[test]
    fn pieces_are_compared_in_their_order() {
        for (piece, expected, equal, is_at_end) in [
            (&b"cd"[..], Compared::Equal, 4, false),
            (b"cdef", Compared::Equal, 6, true),
            (b"cx", Compared::Differs, 3, false),
            (b"cdefgh", Compared::Ended(4), 6, true),
            (b"", Compared::Equal, 2, false),
        ] {
            let mut comparison = Comparison::new(Slow(b"abcdef"));
            assert_eq!(comparison.next(b"ab").unwrap(), Compared::Equal);
            assert_eq!(comparison.next(piece).unwrap(), expected, "{piece:?}");
            assert_eq!(comparison.equal(), equal, "{piece:?}");
            if expected != Compared::Differs {
                assert_eq!(comparison.is_at_end().unwrap(), is_at_end, "{piece:?}");
            }
        }
    }
}

//! A reader that fails where one element of a file is larger than any should be.

use std::io::{self, BufRead, Read};

/// How many bytes an element or a row may have: a hundred thousand recipients.
pub(super) const LARGEST: usize = 16 << 20;

/// A reader with a limit for each item.
pub(super) struct Bounded<R> {
    inner: R,
    /// How many bytes the current item may still have.
    left: usize,
}

impl<R> Bounded<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, left: LARGEST }
    }

    /// The next item begins.
    pub(super) fn next_item(&mut self) {
        self.left = LARGEST;
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.inner.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            return Err(io::Error::other("an element or row is larger than 16 MiB"));
        }
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.inner.consume(count);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

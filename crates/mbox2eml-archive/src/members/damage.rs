//! What is wrong with an archive, in words, and where.

use std::io::{self, Read};

/// The archive ends where more should follow.
pub(super) fn cut_off(byte: u64) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("the archive is cut off at its byte {byte}"))
}

/// What stands there cannot be what it should be.
pub(super) fn damaged(what: &str, byte: u64) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} near byte {byte} of the archive"))
}

/// A reader that fails for good: after an error come no more bytes, but the same error again.
///
/// Several parties read on where one of them met the damage, and none may take what follows for good.
#[derive(Debug)]
pub(crate) struct Sticky<R> {
    inner: R,
    failed: Option<(io::ErrorKind, String)>,
}

impl<R> Sticky<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, failed: None }
    }

    pub(super) fn get_ref(&self) -> &R {
        &self.inner
    }
}

impl<R: Read> Read for Sticky<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some((kind, text)) = &self.failed {
            return Err(io::Error::new(*kind, text.clone()));
        }
        self.inner.read(out).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.failed = Some((error.kind(), error.to_string()));
            }
        })
    }
}

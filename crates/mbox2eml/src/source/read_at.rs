//! Inputs of which any part can be read: an object in a store, a file on a server that knows ranges.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::CHUNK;
use crate::size::to_u64;

/// Reads any part of an input, for [`Requests`]: by range requests over HTTP, say.
///
/// ```
/// use std::io;
///
/// use mbox2eml::Mbox;
/// use mbox2eml::source::{ReadAt, Requests, Stream};
///
/// /// An object in a store.
/// struct Object(Vec<u8>);
///
/// impl ReadAt for Object {
///     fn size(&self) -> io::Result<u64> {
///         u64::try_from(self.0.len()).map_err(io::Error::other)
///     }
///
///     fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
///         // A real one asks its server for `bytes=offset-…`.
///         let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
///         let length = buffer.len().min(self.0.len() - start);
///         buffer[..length].copy_from_slice(&self.0[start..start + length]);
///         Ok(length)
///     }
/// }
///
/// let object = Object(b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n".to_vec());
/// let source = Stream::seekable("store/mail.mbox", Requests::new(object))?;
/// assert_eq!(Mbox::new(source).messages().count(), 1);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
pub trait ReadAt: Send {
    /// Its size in bytes.
    ///
    /// # Errors
    /// When it is not known.
    fn size(&self) -> io::Result<u64>;

    /// Reads bytes from this offset on, as many as there are and the buffer takes; at least one unless the input ends
    /// there. Returns how many.
    ///
    /// # Errors
    /// When they cannot be read. After [`Interrupted`](io::ErrorKind::Interrupted) it is tried again.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// Reads an input of which any part can be read from its start to its end or from any offset on, in requests of 4 MiB.
///
/// See [`ReadAt`] for an example.
#[derive(Debug)]
pub struct Requests<R>(BufReader<At<R>>);

/// An input, and where it is read.
#[derive(Debug)]
struct At<R> {
    inner: R,
    offset: u64,
}

impl<R: ReadAt> Requests<R> {
    /// Reads `inner` from its start.
    pub fn new(inner: R) -> Self {
        Self(BufReader::with_capacity(CHUNK, At { inner, offset: 0 }))
    }
}

impl<R: ReadAt> Read for Requests<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: ReadAt> Seek for Requests<R> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.0.seek(place)
    }
}

impl<R: ReadAt> Read for At<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read_at(self.offset, buffer)?.min(buffer.len());
        self.offset = self.offset.saturating_add(to_u64(count));
        Ok(count)
    }
}

impl<R: ReadAt> Seek for At<R> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        let offset = match place {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.offset.checked_add_signed(by),
            SeekFrom::End(by) => self.inner.size()?.checked_add_signed(by),
        };
        self.offset = offset.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.offset)
    }
}

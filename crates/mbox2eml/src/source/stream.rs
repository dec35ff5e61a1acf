//! Any reader as a source: standard input, a pipe, a file that is not to be mapped, a decompressor.

use std::fs::File;
use std::io::{self, Read, SeekFrom};
use std::path::Path;

use bytes::Bytes;

use super::{CHUNK, Origin, Source, Window, longer, skip_to};
use crate::error::{Error, Result};
use crate::size::to_u64;

/// A message longer than this cannot be held in memory; no mail system carries one of a tenth of it.
const MESSAGE_LIMIT: usize = 1 << 30;

/// How an input is moved to an offset.
type Seek<R> = fn(&mut R, u64) -> io::Result<u64>;

/// Reads a mailbox from any [`Read`], holding only the window in memory.
///
/// ```
/// use mbox2eml::source::{Origin, Source, Stream};
///
/// let mut mailbox = Stream::new("memory", &b"From ann@example.org Mon Jan  1 00:00:00 2024\n\n"[..]);
/// let window = mailbox.window()?;
/// assert!(window.at_end);
/// assert_eq!(window.bytes.len(), 47);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Debug)]
pub struct Stream<R> {
    origin: Origin,
    inner: R,
    /// The size that the input should turn out to have.
    size: Option<u64>,
    /// The size that the input has now, if that can be seen.
    size_now: fn(&R) -> Option<u64>,
    /// Moves the input to an offset, if it can.
    seek: Option<Seek<R>>,
    /// Offset in the mailbox of the first byte not yet taken.
    base: u64,
    buffer: Vec<u8>,
    /// How many bytes of the buffer were taken.
    taken: usize,
    /// How many bytes a fresh window shows.
    chunk: usize,
    /// How long the next window is to be.
    scope: usize,
    at_end: bool,
    /// An error after bytes that were still good; returned once those have been taken.
    broken: Option<io::Error>,
}

impl<R: Read + Send> Stream<R> {
    /// A source that reads `inner` to its end.
    pub fn new(origin: impl Into<Origin>, inner: R) -> Self {
        Self {
            origin: origin.into(),
            inner,
            size: None,
            size_now: |_| None,
            seek: None,
            base: 0,
            buffer: Vec::new(),
            taken: 0,
            chunk: CHUNK,
            scope: CHUNK,
            at_end: false,
            broken: None,
        }
    }

    /// Sets how many bytes a fresh window shows, at least one. Default: 4 MiB.
    ///
    /// The output never depends on it.
    #[must_use]
    pub fn chunk(mut self, bytes: usize) -> Self {
        self.chunk = bytes.max(1);
        self.scope = self.chunk;
        self
    }

    /// Sets the size in bytes that the input should turn out to have; [`finish`](Source::finish) fails if it does not.
    /// Default: not known.
    #[must_use]
    pub fn sized(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// The bytes not yet taken.
    fn rest(&self) -> &[u8] {
        &self.buffer[self.taken..]
    }

    /// Reads until the window is as long as wanted, or the input ends or breaks.
    fn fill(&mut self) -> Result<()> {
        while self.rest().len() < self.scope && !self.at_end && self.broken.is_none() {
            let missing = self.scope - self.rest().len();
            self.make_room();
            if self.buffer.try_reserve_exact(missing).is_err() {
                let text = format!("no memory for a message of more than {} bytes", self.rest().len());
                let source = io::Error::new(io::ErrorKind::OutOfMemory, text);
                return Err(Error::Read { origin: self.origin.clone(), byte: self.base, source });
            }
            match self.inner.by_ref().take(to_u64(missing)).read_to_end(&mut self.buffer) {
                Ok(0) => self.at_end = true,
                Ok(_) => {}
                Err(error) => self.broken = Some(error),
            }
        }
        Ok(())
    }

    /// Drops the bytes that were taken, once they are more than the others: so each byte moves once or twice.
    fn make_room(&mut self) {
        if self.taken > self.rest().len() {
            self.buffer.drain(..self.taken);
            self.taken = 0;
        }
    }

    fn offset(&self, bytes: usize) -> u64 {
        self.base + to_u64(bytes)
    }
}

impl<R: Read + io::Seek + Send> Stream<R> {
    /// A source that reads `inner` to its end, and begins at an offset without reading what is before it.
    ///
    /// ```
    /// use std::io::Cursor;
    ///
    /// use mbox2eml::source::{Source, Stream};
    ///
    /// let mut mailbox = Stream::seekable("memory", Cursor::new("From ann@example.org Mon Jan  1 00:00:00 2024\n"))?;
    /// assert_eq!(mailbox.size(), Some(46));
    /// mailbox.begin_at(5)?;
    /// assert!(mailbox.window()?.bytes.starts_with(b"ann"));
    /// # Ok::<(), mbox2eml::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Open`] if it cannot be seen how long the input is.
    pub fn seekable(origin: impl Into<Origin>, mut inner: R) -> Result<Self> {
        let origin = origin.into();
        let size = inner.seek(SeekFrom::End(0)).and_then(|size| inner.seek(SeekFrom::Start(0)).map(|_| size));
        match size {
            Ok(size) => Ok(Self { size: Some(size), seek: Some(seek), ..Self::new(origin, inner) }),
            Err(source) => Err(Error::Open { origin, source }),
        }
    }
}

fn seek<R: io::Seek>(inner: &mut R, offset: u64) -> io::Result<u64> {
    inner.seek(SeekFrom::Start(offset))
}

impl Stream<File> {
    /// Opens a file to be read instead of mapped.
    ///
    /// # Errors
    /// [`Error::Open`] if the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let origin = Origin::file(path.as_ref());
        let opened = File::open(path.as_ref()).and_then(|file| Ok((file.metadata()?, file)));
        match opened {
            Ok((metadata, file)) => {
                let size = metadata.is_file().then_some(metadata.len());
                let size_now = |file: &File| file.metadata().ok().map(|metadata| metadata.len());
                let seek: Seek<File> = seek;
                Ok(Self { size, size_now, seek: size.map(|_| seek), ..Self::new(origin, file) })
            }
            Err(source) => Err(Error::Open { origin, source }),
        }
    }
}

impl<R: Read + Send> Source for Stream<R> {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn size(&self) -> Option<u64> {
        self.size
    }

    fn window(&mut self) -> Result<Window<'_>> {
        if self.rest().len() >= MESSAGE_LIMIT && self.scope > self.rest().len() && !self.at_end {
            let limit = to_u64(MESSAGE_LIMIT);
            return Err(Error::MessageTooLong { origin: self.origin.clone(), byte: self.base, limit });
        }
        self.fill()?;
        self.scope = longer(self.rest().len(), self.chunk);
        // If the input fails, the mailbox ends with what was read; `finish` returns the error.
        let at_end = self.at_end || self.broken.is_some();
        Ok(Window { base: self.base, bytes: self.rest(), at_end })
    }

    fn take(&mut self, count: usize) -> Bytes {
        let count = count.min(self.rest().len());
        let left = self.rest().len() - count;
        self.base = self.offset(count);
        self.scope = left.max(self.chunk);
        if left > count {
            // Where more is left than taken, what is taken moves; else what is left. The window may be long because
            // of a few bytes far ahead, and must not be moved for each message that is found in it.
            let taken = Bytes::copy_from_slice(&self.rest()[..count]);
            self.taken += count;
            return taken;
        }
        let mut next = Vec::with_capacity(self.chunk.max(left));
        next.extend_from_slice(&self.rest()[count..]);
        let start = std::mem::take(&mut self.taken);
        Bytes::from(std::mem::replace(&mut self.buffer, next)).slice(start..start + count)
    }

    fn begin_at(&mut self, offset: u64) -> Result<()> {
        let in_buffer = usize::try_from(offset.saturating_sub(self.base)).ok().filter(|at| *at <= self.rest().len());
        match (in_buffer, self.seek) {
            (Some(at), _) => self.taken += at,
            (None, Some(seek)) => {
                if let Err(source) = seek(&mut self.inner, offset) {
                    return Err(Error::Read { origin: self.origin.clone(), byte: offset, source });
                }
                (self.taken, self.at_end, self.broken) = (0, false, None);
                self.buffer.clear();
            }
            (None, None) => return skip_to(self, offset),
        }
        (self.base, self.scope) = (offset.max(self.base), self.chunk);
        Ok(())
    }

    fn leave(&mut self) -> Result<()> {
        match (self.size, (self.size_now)(&self.inner)) {
            (Some(was), Some(now)) if was != now => Err(Error::Changed { origin: self.origin.clone(), was, now }),
            _ => Ok(()),
        }
    }

    fn breaks_off(&self) -> bool {
        match self.size {
            // Where all of it came, what failed is a checksum.
            Some(size) => size > self.offset(self.rest().len()),
            None => self.broken.is_some(),
        }
    }

    fn finish(&mut self) -> Result<()> {
        let end = self.offset(self.rest().len());
        if let Some(source) = self.broken.take() {
            return Err(Error::Read { origin: self.origin.clone(), byte: end, source });
        }
        match self.size {
            Some(was) if was != end => {
                // A file may have been cut before the place up to which it was read.
                let now = (self.size_now)(&self.inner).unwrap_or(end);
                Err(Error::Changed { origin: self.origin.clone(), was, now })
            }
            _ => Ok(()),
        }
    }
}

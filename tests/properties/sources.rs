//! Sources and readers that give a mailbox in unusual portions. The fuzz targets use them too.

use std::io::{self, ErrorKind, Read};

use bytes::Bytes;
use mbox2eml::source::{Origin, Source, Window};

/// A source whose window grows by the given numbers of bytes, over and over.
pub(crate) struct Growing {
    origin: Origin,
    bytes: Bytes,
    base: u64,
    /// How many of the bytes the last window showed.
    shown: usize,
    taken: bool,
    steps: Vec<usize>,
}

impl Growing {
    /// Each step must be at least 1.
    pub(crate) fn new(mailbox: &[u8], steps: &[usize]) -> Self {
        let (origin, bytes) = (Origin::named("growing"), Bytes::copy_from_slice(mailbox));
        Self { origin, bytes, base: 0, shown: 0, taken: false, steps: steps.to_vec() }
    }
}

impl Source for Growing {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn size(&self) -> Option<u64> {
        None
    }

    fn window(&mut self) -> mbox2eml::Result<Window<'_>> {
        self.steps.rotate_left(1);
        let step = self.steps[0];
        if std::mem::take(&mut self.taken) {
            // The last window is not valid any more: a new one may be shorter than what was left of it.
            self.shown = 0;
        }
        self.shown = (self.shown + step).min(self.bytes.len());
        Ok(Window::new(self.base, &self.bytes[..self.shown], self.shown == self.bytes.len()))
    }

    fn take(&mut self, count: usize) -> Bytes {
        let count = count.min(self.shown);
        self.shown -= count;
        self.taken = true;
        self.base += u64::try_from(count).unwrap();
        self.bytes.split_to(count)
    }
}

/// A reader that gives one byte at a time and is interrupted now and then.
pub(crate) struct Trickle<'a> {
    left: &'a [u8],
    calls: u64,
}

impl<'a> Trickle<'a> {
    pub(crate) fn new(mailbox: &'a [u8]) -> Self {
        Self { left: mailbox, calls: 0 }
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(5) {
            return Err(ErrorKind::Interrupted.into());
        }
        let count = buffer.len().min(1);
        self.left.read(&mut buffer[..count])
    }
}

/// A reader that fails for good after the last byte.
pub(crate) struct Broken<'a>(pub(crate) &'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) if !buffer.is_empty() => Err(io::Error::other("the disk is broken")),
            result => result,
        }
    }
}

//! Is this member a mailbox? Its first bytes decide, and are not lost.

use std::io::{self, Cursor, Read};

use mbox2eml::internals::to_u64;
use mbox2eml::source::{FileKind, Stream};
use mbox2eml::{Error, Result};

use super::Member;
use super::names::{MemberName, Place};

/// How many bytes show that something is no mailbox: as many as a byte order mark and `From ` have.
const BEGIN: usize = 8;

/// A reader whose first bytes are known; it still reads from the start.
#[derive(Debug)]
pub(super) struct Peeked<R> {
    head: Cursor<Vec<u8>>,
    /// What ended the head early; returned once the head was read.
    broken: Option<io::Error>,
    rest: R,
}

impl<R: Read> Peeked<R> {
    pub(super) fn new(mut inner: R) -> Self {
        let mut head = Vec::with_capacity(FileKind::HEAD);
        let broken = inner.by_ref().take(to_u64(FileKind::HEAD)).read_to_end(&mut head).err();
        Self { head: Cursor::new(head), broken, rest: inner }
    }

    pub(super) fn kind(&self) -> FileKind {
        FileKind::at(self.head.get_ref())
    }

    pub(super) fn rest(&self) -> &R {
        &self.rest
    }

    /// What ended the head early, and after how many bytes.
    pub(super) fn broken(&mut self) -> Option<(u64, io::Error)> {
        self.broken.take().map(|error| (to_u64(self.head.get_ref().len()), error))
    }

    /// The same, if the member of this name is no mailbox by what came, and might be one by what did not.
    pub(super) fn undecided(&mut self, name: &MemberName) -> Option<(u64, io::Error)> {
        let is_short = self.head.get_ref().trim_ascii_start().len() < BEGIN;
        let is_open = is_short || matches!(self.kind(), FileKind::Empty | FileKind::FromLine) || name.may_be_mailbox();
        self.broken().filter(|_| is_open)
    }
}

impl<R: Read> Read for Peeked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.head.read(out)? {
            0 => self.broken.take().map_or_else(|| self.rest.read(out), Err),
            count => Ok(count),
        }
    }
}

/// What the member is that `bytes` holds, of `size` bytes if known.
///
/// # Errors
/// [`Error::Read`] if it is broken before that is known.
pub(super) fn classify<R: Read + Send + 'static>(
    place: &Place,
    name: &MemberName,
    bytes: R,
    size: Option<u64>,
) -> Result<Member> {
    let origin = place.member(name);
    let mut headed = Peeked::new(bytes);
    if name.is_mailbox(headed.kind()) {
        let stream = Stream::new(origin, headed);
        let stream = match size {
            Some(size) => stream.sized(size),
            None => stream,
        };
        return Ok(Member::Mailbox { path: name.normal().into(), source: Box::new(stream) });
    }
    match headed.undecided(name) {
        Some((byte, source)) => Err(Error::Read { origin, byte, source }),
        None => name.misnamed(place, headed.kind()).map_or(Ok(Member::Other(origin)), Err),
    }
}

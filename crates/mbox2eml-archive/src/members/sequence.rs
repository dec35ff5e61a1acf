//! Members that can only be read one after another, as in a tar archive.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mbox2eml::{Error, Result};

use super::Member;
use super::classify::classify;
use super::names::{MemberName, Place};

/// An archive that is read from its start to its end.
pub(super) trait Walk: Send {
    /// Moves past what is left of this member, to the next one.
    fn advance(&mut self) -> io::Result<Option<Entry>>;

    /// Reads on in this member; nothing at its end.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize>;

    /// Offset in the archive's file of what is being read, for people.
    fn position(&self) -> u64;
}

/// A member that a walk has reached.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: MemberName,
    pub(super) content: Content,
}

/// What a member holds.
#[derive(Debug)]
pub(super) enum Content {
    /// Bytes, and how many if that is known.
    File(Option<u64>),
    /// Bytes that cannot be read, and why.
    Refused(io::Error),
    /// Nothing that could be a mailbox: a link, a device.
    Other,
}

/// The members of a walk.
#[derive(Debug)]
pub(super) struct Sequence<W> {
    place: Place,
    shared: Arc<Mutex<Shared<W>>>,
    done: bool,
}

#[derive(Debug)]
struct Shared<W> {
    walk: W,
    /// How many members were reached.
    turn: u64,
}

impl<W: Walk + 'static> Sequence<W> {
    pub(super) fn new(place: Place, walk: W) -> Self {
        Self { place, shared: Arc::new(Mutex::new(Shared { walk, turn: 0 })), done: false }
    }

    fn member(&self, entry: Entry, turn: u64) -> Result<Member> {
        let Entry { name, content } = entry;
        match content {
            Content::File(size) => classify(&self.place, &name, Turn { shared: Arc::clone(&self.shared), turn }, size),
            Content::Refused(source) if name.may_be_mailbox() => {
                Err(Error::Open { origin: self.place.member(&name), source })
            }
            Content::Refused(_) => Ok(Member::Unreadable(self.place.member(&name))),
            Content::Other => Ok(Member::Other(self.place.member(&name))),
        }
    }
}

impl<W: Walk + 'static> Iterator for Sequence<W> {
    type Item = Result<Member>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let mut shared = lock(&self.shared);
        shared.turn += 1;
        let (entry, turn, byte) = (shared.walk.advance(), shared.turn, shared.walk.position());
        drop(shared);
        match entry {
            Ok(Some(entry)) => Some(self.member(entry, turn)),
            Ok(None) => {
                self.done = true;
                None
            }
            Err(source) => {
                self.done = true;
                Some(Err(Error::Read { origin: self.place.origin(), byte, source }))
            }
        }
    }
}

/// The bytes of one member, while it is its turn.
struct Turn<W> {
    shared: Arc<Mutex<Shared<W>>>,
    turn: u64,
}

impl<W: Walk> Read for Turn<W> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut shared = lock(&self.shared);
        if shared.turn != self.turn {
            return Err(io::Error::other("the archive was read on: its members can only be read one after another"));
        }
        shared.walk.read(out)
    }
}

fn lock<W>(shared: &Mutex<Shared<W>>) -> MutexGuard<'_, Shared<W>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

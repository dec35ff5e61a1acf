//! Compares an EML with its signatures while it is written.

use std::io::{self, Write};

use memchr::memchr;

use super::canonical::{Canonical, Canonicalization};
use super::digests::Digests;
use super::signature::Signature;
use crate::field::is_empty_line;

/// A body is processed in pieces of this size, so that they are still in the cache when they are hashed.
const CACHED: usize = 16 << 10;

/// Takes an EML from its first byte on, in any pieces, and computes the hashes of its body that the signatures contain.
#[derive(Debug)]
pub(super) struct Checker {
    place: Place,
    bodies: Vec<(Canonical, Digests)>,
}

/// Where in an EML the next byte belongs.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// To a header line that has only carriage returns so far.
    EmptyLine,
    /// To another header line.
    Field,
    Body,
}

impl Checker {
    pub(super) fn new(signatures: &[Signature]) -> Self {
        let body = |canonicalization| {
            let of_kind = signatures.iter().filter(move |signature| signature.canonicalization == canonicalization);
            Some((Canonical::new(canonicalization), Digests::of(of_kind.copied())?))
        };
        let kinds = [Canonicalization::Simple, Canonicalization::Relaxed];
        Self { place: Place::EmptyLine, bodies: kinds.into_iter().filter_map(body).collect() }
    }

    /// Whether one of the signatures matches the body.
    pub(super) fn finish(self) -> bool {
        self.bodies.into_iter().any(|(canonical, mut digests)| {
            canonical.finish(|run| digests.put(run));
            digests.finish()
        })
    }

    /// The part of `piece` that belongs to the body.
    fn body<'p>(&mut self, mut piece: &'p [u8]) -> &'p [u8] {
        while !matches!(self.place, Place::Body) {
            let end = memchr(b'\n', piece);
            let (line, rest) = piece.split_at(end.map_or(piece.len(), |at| at + 1));
            if !is_empty_line(line) {
                self.place = Place::Field;
            }
            if end.is_none() {
                return &[];
            }
            self.place = if matches!(self.place, Place::EmptyLine) { Place::Body } else { Place::EmptyLine };
            piece = rest;
        }
        piece
    }
}

impl Write for Checker {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        for piece in self.body(piece).chunks(CACHED) {
            for (canonical, digests) in &mut self.bodies {
                canonical.feed(piece, |run| digests.put(run));
            }
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

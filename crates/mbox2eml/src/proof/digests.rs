//! The hashes of one canonical body.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::signature::{BodyHash, Signature};
use crate::size::to_u64;

/// Short runs are collected in a block of this size before they are hashed.
const BLOCK: usize = 16 << 10;

/// A run of this length or more is hashed without copying it.
const LONG: usize = 1 << 10;

/// Hashes a canonical body: once per algorithm, however many signatures and lengths there are.
#[derive(Debug)]
pub(super) struct Digests {
    block: Vec<u8>,
    running: Vec<Running>,
}

impl Digests {
    /// The hashes that the signatures need, all of one canonicalization; `None` if there are none.
    pub(super) fn of(signatures: impl Iterator<Item = Signature> + Clone) -> Option<Self> {
        let of = |hash: Hash, is_of: fn(&BodyHash) -> bool| {
            Running::new(hash, signatures.clone().filter(|signature| is_of(&signature.hash)).collect())
        };
        let sha256 = of(Hash::Sha256(Sha256::new()), |hash| matches!(hash, BodyHash::Sha256(_)));
        let sha1 = of(Hash::Sha1(Sha1::new()), |hash| matches!(hash, BodyHash::Sha1(_)));
        let running: Vec<_> = sha256.into_iter().chain(sha1).collect();
        (!running.is_empty()).then(|| Self { block: Vec::with_capacity(BLOCK), running })
    }

    /// Adds the next run of the body.
    #[inline]
    pub(super) fn put(&mut self, run: &[u8]) {
        if run.len() >= LONG {
            self.flush();
            self.running.iter_mut().for_each(|running| running.update(run));
            return;
        }
        if run.len() > BLOCK - self.block.len() {
            self.flush();
        }
        self.block.extend_from_slice(run);
    }

    /// Whether one of the signatures matches the body.
    pub(super) fn finish(mut self) -> bool {
        self.flush();
        self.running.into_iter().any(Running::finish)
    }

    fn flush(&mut self) {
        self.running.iter_mut().for_each(|running| running.update(&self.block));
        self.block.clear();
    }
}

/// One hash that is being computed, and its expected values.
#[derive(Debug)]
struct Running {
    hash: Hash,
    /// How many bytes were hashed.
    length: u64,
    /// The signatures that are not yet decided, the shortest last and those of the whole body first.
    open: Vec<Signature>,
    matched: bool,
}

impl Running {
    fn new(hash: Hash, mut open: Vec<Signature>) -> Option<Self> {
        open.sort_by_key(|signature| std::cmp::Reverse((signature.length.is_none(), signature.length)));
        (!open.is_empty()).then_some(Self { hash, length: 0, open, matched: false })
    }

    fn update(&mut self, mut bytes: &[u8]) {
        while let Some((signed, rest)) = self.cut(bytes) {
            self.add(signed);
            let hash = self.hash.clone().finish();
            self.matched |= self.open.pop().is_some_and(|signature| signature.hash == hash);
            bytes = rest;
        }
        // After the last length nothing is undecided.
        if !self.open.is_empty() {
            self.add(bytes);
        }
    }

    /// Splits `bytes` where the shortest signature ends, if it ends in them.
    fn cut<'b>(&self, bytes: &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
        let length = self.open.last()?.length?;
        bytes.split_at_checked(usize::try_from(length - self.length).ok()?)
    }

    fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.length += to_u64(bytes.len());
    }

    /// A signature over more bytes than the body has cannot match.
    fn finish(mut self) -> bool {
        self.update(&[]);
        let hash = self.hash.finish();
        self.matched || self.open.iter().any(|signature| signature.length.is_none() && signature.hash == hash)
    }
}

#[derive(Clone, Debug)]
enum Hash {
    Sha256(Sha256),
    Sha1(Sha1),
}

impl Hash {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(bytes),
            Self::Sha1(hash) => hash.update(bytes),
        }
    }

    fn finish(self) -> BodyHash {
        match self {
            Self::Sha256(hash) => BodyHash::Sha256(hash.finalize().into()),
            Self::Sha1(hash) => BodyHash::Sha1(hash.finalize().into()),
        }
    }
}

//! Proof by body hash: is a body, byte for byte, the one that a mail server signed?
//!
//! A DKIM-Signature (RFC 6376) and an ARC-Message-Signature (RFC 8617, 4.1.2) hold a hash of the body, `bh=`. It can be
//! computed again without the signer's key and without a name server. Where it matches, no byte of the body was lost,
//! added or changed between the signer and the EML: not on the way, not in the mailbox, not by this library.
//!
//! A match does **not** prove who sent the message: no key is checked, and anyone who can write a header can write a
//! matching hash. Nor does it prove anything about the header, about the part beyond the length of a signature with
//! `l=`, or, under relaxed canonicalization, about the amount of white space. A mismatch is no proof of a fault either:
//! mailing lists and gateways change bodies after they were signed. [`Cause`] names the change where it is evident.
//!
//! The same hash proves what no mailbox records: how its writer quoted. See `quoting_evidence` and `votes`.

#[cfg(feature = "proof")]
mod body_hash;
#[cfg(feature = "proof")]
mod canonical;
#[cfg(feature = "proof")]
mod cause;
#[cfg(feature = "proof")]
mod checker;
#[cfg(feature = "proof")]
mod digests;
#[cfg(feature = "proof")]
pub(crate) mod quoting_evidence;
#[cfg(feature = "proof")]
mod signature;
pub(crate) mod votes;

#[cfg(feature = "proof")]
pub use body_hash::{Proof, Signatures, Verdict};
#[cfg(feature = "proof")]
pub use cause::Cause;
#[cfg(feature = "proof")]
pub(crate) use quoting_evidence::detect_quoting;
pub(crate) use votes::{QuotingEvidence, QuotingVotes};

/// Without hashes there is no evidence.
#[cfg(not(feature = "proof"))]
pub(crate) fn detect_quoting(_: &[u8], _: crate::split::LineEnd, _: crate::transform::Quoting) -> QuotingEvidence {
    QuotingEvidence::Unknown
}

#[cfg(all(test, feature = "proof"))]
mod tests;

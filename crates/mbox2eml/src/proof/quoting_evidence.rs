//! Which quoting to undo, settled by the signatures of a message.

use super::Signatures;
use crate::message::header_len_in;
use crate::split::LineEnd;
use crate::transform::{Eml, Eol, Marked, Quoting, Transform, may_be_quoted};

/// So many bytes are hashed at most, and the body so often, to tell which of its lines mboxo has quoted.
const WORK: u64 = 512 << 10;
const TRIALS: u32 = 1 << 8;

/// What tells how a message is quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuotingEvidence {
    /// Nothing needs to: no line could have been quoted, and all readings are alike.
    Irrelevant,
    /// A signature of its body, which these readings restore, all to the same bytes; the mailbox's own first.
    Proven(Vec<Quoting>),
    /// Nothing does: it has no signature that can be used, or none that any reading fits.
    Unknown,
}

/// What tells how a message is quoted, in a mailbox that is held to quote as `own`.
///
/// `message` is header, empty line and body as they stand in a mailbox that ends its lines with `line_end`.
///
/// The body is hashed once for each reading that differs, until one fits. Mboxo makes `From ` and `>From ` alike: where a
/// body had both, lines are tried one by one, if they are few and the body is short (256 trials and 512 KiB of hashing at
/// most). What a signature with `l=` does not cover cannot be settled, and the first reading counts that restores what
/// is before it.
///
/// # Examples
///
/// ```
/// use mbox2eml::proof::{Settlement, settle};
/// use mbox2eml::split::LineEnd;
/// use mbox2eml::transform::Quoting;
///
/// // The hash is that of ">From here on\r\n": nothing was quoted.
/// let message = b"DKIM-Signature: a=rsa-sha256; bh=8DSwNdnPXKnYK33/AYZpkxlMTXT2FjE/XLrhPEGxlhk=\n\n>From here on\n";
/// assert_eq!(settle(message, LineEnd::Lf, Quoting::Mboxrd), Settlement::Signed(vec![Quoting::None]));
/// ```
pub fn detect_quoting(message: &[u8], line_end: LineEnd, own: Quoting) -> QuotingEvidence {
    if !may_be_quoted(message) {
        return QuotingEvidence::Irrelevant;
    }
    let eml = Transform::new(Eol::Crlf, line_end).apply(message, Quoting::Mboxrd);
    if !eml.is_quoted() {
        return QuotingEvidence::Irrelevant;
    }
    let (header, _) = message.split_at(header_len_in(message, line_end));
    let signatures = Signatures::of(header);
    if signatures.usable() == 0 {
        return QuotingEvidence::Unknown;
    }
    let fitting = whole_readings(&signatures, &readings(own).map(|quoting| (quoting, eml.read_as(quoting))));
    if !fitting.is_empty() {
        return QuotingEvidence::Proven(fitting);
    }
    let mut line_by_line = candidates(&eml).map(Quoting::Partly);
    let partly = line_by_line.find(|quoting| signatures.match_body_of(&eml.read_as(*quoting)));
    partly.map_or(QuotingEvidence::Unknown, |quoting| QuotingEvidence::Proven(vec![quoting]))
}

/// All ways to read a quoted message, the one that its mailbox is held to use first.
fn readings(own: Quoting) -> [Quoting; 3] {
    match own {
        Quoting::Mboxrd => [Quoting::Mboxrd, Quoting::Mboxo, Quoting::None],
        Quoting::Mboxo | Quoting::Partly(_) => [Quoting::Mboxo, Quoting::Mboxrd, Quoting::None],
        Quoting::None => [Quoting::None, Quoting::Mboxrd, Quoting::Mboxo],
    }
}

/// The readings that restore the body. Undoing only takes marks away, and mboxo's marks are among those of mboxrd: what is
/// equal in length is equal.
fn whole_readings(signatures: &Signatures, emls: &[(Quoting, Eml<'_>)]) -> Vec<Quoting> {
    let mut tried = Vec::with_capacity(emls.len());
    for (_, eml) in emls {
        let length = eml.len();
        if tried.contains(&length) {
            continue;
        }
        if signatures.match_body_of(eml) {
            return emls.iter().filter(|(_, eml)| eml.len() == length).map(|(quoting, _)| *quoting).collect();
        }
        tried.push(length);
    }
    Vec::new()
}

/// Every choice among the lines that mboxo may have quoted, but for none and all; nothing if there are too many.
fn candidates(eml: &Eml<'_>) -> impl Iterator<Item = Marked> {
    let choices = 1_u32
        .checked_shl(eml.count_marks(Quoting::Mboxo))
        .filter(|choices| *choices <= TRIALS && u64::from(*choices).saturating_mul(eml.len()) <= WORK);
    (1..choices.unwrap_or(1).saturating_sub(1)).map(Marked)
}

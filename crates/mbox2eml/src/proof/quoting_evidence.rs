//! Which quoting to undo, as the signatures of a message prove.

use super::{QuotingEvidence, Signatures};
use crate::message::header_len_in;
use crate::split::LineEnd;
use crate::transform::{Eml, Eol, Marked, Quoting, may_be_quoted};

/// The most bytes that are hashed, and the most times a body is, to find which of its lines mboxo has quoted.
const WORK: u64 = 512 << 10;
const TRIALS: u32 = 1 << 8;

/// The evidence for how a message was quoted, in a mailbox that is believed to quote as `own`.
///
/// `message` is header, empty line and body as they are in a mailbox that ends its lines with `line_end`.
///
/// The body is hashed once for each reading that differs, until one matches. Mboxo makes `From ` and `>From ` alike:
/// where a body had both, lines are tried one by one, if they are few and the body is short (at most 256 trials and 512
/// KiB of hashing). For the part that a signature with `l=` does not cover there is no evidence; the first reading
/// counts that restores the part before it.
///
/// # Examples
///
/// ```
/// use mbox2eml::internals::{LineEnd, QuotingEvidence, detect_quoting};
/// use mbox2eml::transform::Quoting;
///
/// // The hash is that of ">From here on\r\n": nothing was quoted.
/// let message = b"DKIM-Signature: a=rsa-sha256; bh=8DSwNdnPXKnYK33/AYZpkxlMTXT2FjE/XLrhPEGxlhk=\n\n>From here on\n";
/// let evidence = detect_quoting(message, LineEnd::Lf, Quoting::Mboxrd);
/// assert_eq!(evidence, QuotingEvidence::Proven(vec![Quoting::None]));
/// ```
pub fn detect_quoting(message: &[u8], line_end: LineEnd, own: Quoting) -> QuotingEvidence {
    if !may_be_quoted(message) {
        return QuotingEvidence::Irrelevant;
    }
    let eml = Eml::with_line_end(message, line_end, Quoting::Mboxrd, Eol::Crlf);
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

/// All ways to read a quoted message, the one that its mailbox is believed to use first.
fn readings(own: Quoting) -> [Quoting; 3] {
    match own {
        Quoting::Mboxrd => [Quoting::Mboxrd, Quoting::Mboxo, Quoting::None],
        Quoting::Mboxo | Quoting::Partly(_) => [Quoting::Mboxo, Quoting::Mboxrd, Quoting::None],
        Quoting::None => [Quoting::None, Quoting::Mboxrd, Quoting::Mboxo],
    }
}

/// The readings that restore the body. Undoing only removes marks, and mboxo's marks are among those of mboxrd, so
/// results of equal length are equal.
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

/// Every choice among the lines that mboxo may have quoted, except none and all; nothing if there are too many.
fn candidates(eml: &Eml<'_>) -> impl Iterator<Item = Marked> {
    let choices = 1_u32
        .checked_shl(eml.count_marks(Quoting::Mboxo))
        .filter(|choices| *choices <= TRIALS && u64::from(*choices).saturating_mul(eml.len()) <= WORK);
    (1..choices.unwrap_or(1).saturating_sub(1)).map(Marked)
}

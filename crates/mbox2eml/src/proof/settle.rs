//! Which quoting to undo, settled by the signatures of a message.

use super::Signatures;
use crate::message::header_len_in;
use crate::split::LineEnd;
use crate::transform::{Eml, Eol, Quoting, Transform};

/// All ways to read a quoted message, the one that its mailbox is held to use first.
pub fn readings(own: Quoting) -> [Quoting; 3] {
    match own {
        Quoting::Mboxrd => [own, Quoting::Mboxo, Quoting::None],
        Quoting::Mboxo => [own, Quoting::Mboxrd, Quoting::None],
        Quoting::None => [own, Quoting::Mboxrd, Quoting::Mboxo],
    }
}

/// The first of the `candidates` under which the body of `message` is the one that was signed.
///
/// `message` is header, empty line and body as they stand in a mailbox that ends its lines with `line_end`. `None` if no
/// candidate restores the body, if there is nothing to restore it by, and if there is nothing to settle since all
/// candidates give the same bytes.
///
/// What is not signed cannot be settled: a line beyond the length of a signature with `l=` leaves the first candidate
/// that restores what is before it. And mboxo itself loses what no candidate gives back, a body that had both `From `
/// and `>From ` at the start of lines.
///
/// The body is hashed once for each candidate that differs, until one fits. Where no line but the first begins with `>`,
/// which [`Census::angle_lines`](crate::transform::Census::angle_lines) tells, there is no need to ask at all.
///
/// # Examples
///
/// ```
/// use mbox2eml::proof::{readings, settle};
/// use mbox2eml::split::LineEnd;
/// use mbox2eml::transform::Quoting;
///
/// // The hash is that of ">From here on\r\n": nothing was quoted.
/// let message = b"DKIM-Signature: a=rsa-sha256; bh=8DSwNdnPXKnYK33/AYZpkxlMTXT2FjE/XLrhPEGxlhk=\n\n>From here on\n";
/// assert_eq!(settle(message, LineEnd::Lf, &readings(Quoting::Mboxrd)), Some(Quoting::None));
/// ```
pub fn settle(message: &[u8], line_end: LineEnd, candidates: &[Quoting]) -> Option<Quoting> {
    let transform = Transform::new(Eol::Crlf, line_end);
    let mut emls: Vec<(Quoting, Eml<'_>)> = Vec::with_capacity(candidates.len());
    for quoting in candidates {
        let eml = transform.apply(message, *quoting);
        if eml.census().angle_lines == 0 {
            return None;
        }
        // Undoing only takes marks away, and mboxo's marks are among those of mboxrd: equal in length is equal.
        if emls.iter().all(|(_, other)| other.len() != eml.len()) {
            emls.push((*quoting, eml));
        }
    }
    if emls.len() < 2 {
        return None;
    }
    let (header, _) = message.split_at_checked(header_len_in(message, line_end))?;
    let signatures = Signatures::of(header);
    if signatures.usable() == 0 {
        return None;
    }
    emls.into_iter().find(|(_, eml)| signatures.match_body_of(eml)).map(|(quoting, _)| quoting)
}

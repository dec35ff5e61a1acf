//! A message as it is written.

use std::borrow::Cow;
use std::io::{self, Write};

use bytes::Bytes;

use super::line_ending::{Eol, Rewrite, rewrite};
use super::line_stats::LineStats;
use super::unquote::{self, Quoting};
use crate::message::header_len_in;
use crate::size::to_u64;
use crate::split::LineEnd;

/// Changed bytes are collected in blocks of this size before they are written. Blocks this small stay in the cache and
/// reuse memory; larger ones come from the system each time, page by page.
const BLOCK: usize = 64 << 10;

/// How much is rewritten at once, to at most twice as many bytes.
const PORTION: usize = 16 << 10;

/// The EML of one message: its bytes in the mailbox, and what changes when they are written.
///
/// ```
/// use mbox2eml::transform::{Eml, Eol, Quoting};
///
/// let eml = Eml::new(b"Subject: x\n\n>From here on\n", Quoting::Mboxrd, Eol::Crlf);
/// assert_eq!(eml.to_bytes(), &b"Subject: x\r\n\r\nFrom here on\r\n"[..]);
/// assert_eq!(eml.len(), 28);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Eml<'a> {
    header: &'a [u8],
    body: &'a [u8],
    quoting: Quoting,
    line_end: LineEnd,
    eol: Eol,
    rewrite: Rewrite,
    line_stats: LineStats,
}

impl<'a> Eml<'a> {
    /// The EML of `message`, which is header, empty line and body as they are in a mailbox with LF or CRLF: the quoting
    /// is undone, and line ends become `eol`.
    pub fn new(message: &'a [u8], quoting: Quoting, eol: Eol) -> Self {
        Self::with_line_end(message, LineEnd::Lf, quoting, eol)
    }

    /// The same for a mailbox that ends its lines with `line_end`.
    #[doc(hidden)]
    pub fn with_line_end(message: &'a [u8], line_end: LineEnd, quoting: Quoting, eol: Eol) -> Self {
        let line_stats = LineStats::of(message);
        let quoting = if line_stats.angle_lines > 0 { quoting } else { Quoting::None };
        let rewrite = rewrite(eol, line_end, &line_stats);
        // Only bodies are quoted; without quoting it does not matter where the header ends.
        let header = if quoting == Quoting::None { message.len() } else { header_len_in(message, line_end) };
        let (header, body) = message.split_at(header);
        let (header, body) =
            if unquote::is_quoted(body, quoting, line_end) { (header, body) } else { (message, &[][..]) };
        Self { header, body, quoting, line_end, eol, rewrite, line_stats }
    }

    /// What was counted in the message as it is in the mailbox.
    pub(crate) fn line_stats(&self) -> &LineStats {
        &self.line_stats
    }

    /// Whether a quoting is undone in it.
    pub(crate) fn is_quoted(&self) -> bool {
        !self.body.is_empty()
    }

    /// The same message with another quoting undone instead of mboxrd.
    pub(crate) fn read_as(self, quoting: Quoting) -> Self {
        Self { quoting, ..self }
    }

    /// The same message, whose [bytes](Self::to_bytes) were made already.
    pub(crate) fn made(self, bytes: &[u8]) -> Eml<'_> {
        let Self { line_end, eol, line_stats, .. } = self;
        let (quoting, rewrite) = (Quoting::None, Rewrite::Nothing);
        Eml { header: bytes, body: &[], quoting, line_end, eol, rewrite, line_stats }
    }

    /// The same message with another header; the empty line after a header is a part of both.
    #[cfg(feature = "convert")]
    pub(crate) fn with_header<'b>(self, header: &'b [u8]) -> Eml<'b>
    where
        'a: 'b,
    {
        let (own, body, quoting) = if self.is_quoted() {
            (self.header, self.body, self.quoting)
        } else {
            let (own, body) = self.header.split_at(header_len_in(self.header, self.line_end));
            (own, body, Quoting::None)
        };
        let line_stats = self.line_stats.exchanged(&LineStats::of(own), &LineStats::of(header));
        let rewrite = rewrite(self.eol, self.line_end, &line_stats);
        Eml { header, body, quoting, rewrite, line_stats, ..self }
    }

    /// The same message with the line ends of the mailbox, unless these are carriage returns alone.
    pub(crate) fn with_own_line_ends(self) -> Self {
        match self.rewrite {
            Rewrite::LfToCrlf | Rewrite::CrlfToLf => Self { rewrite: Rewrite::Nothing, ..self },
            Rewrite::AnyTo(_) | Rewrite::Nothing => self,
        }
    }

    /// How many lines this quoting may have marked.
    pub(crate) fn count_marks(&self, quoting: Quoting) -> u32 {
        unquote::count_marks(self.body, quoting, self.line_end)
    }

    /// Its length in bytes.
    pub fn len(&self) -> u64 {
        let unquoted: usize = self.unquoted().map(<[u8]>::len).sum();
        self.rewrite.length(to_u64(self.header.len() + unquoted), &self.line_stats)
    }

    /// Whether it has no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.header.is_empty() && self.body.is_empty()
    }

    /// Its bytes, if none of them changes.
    fn unchanged(&self) -> Option<&'a [u8]> {
        let is_unchanged = self.rewrite == Rewrite::Nothing && self.body.is_empty();
        is_unchanged.then_some(self.header)
    }

    /// Writes it, directly from the mailbox's bytes where nothing changes, else in large blocks.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        if let Some(bytes) = self.unchanged() {
            return out.write_all(bytes);
        }
        let length = usize::try_from(self.len()).unwrap_or(usize::MAX);
        let mut block = Vec::with_capacity(length.min(BLOCK + 2 * PORTION));
        for portion in self.pieces().flat_map(portions) {
            self.rewrite.append(portion, &mut block);
            if block.len() >= BLOCK {
                out.write_all(&block)?;
                block.clear();
            }
        }
        out.write_all(&block)
    }

    /// Its bytes, borrowed from the mailbox where nothing changes.
    pub fn to_bytes(&self) -> Cow<'a, [u8]> {
        if let Some(bytes) = self.unchanged() {
            return Cow::Borrowed(bytes);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(self.len()).unwrap_or(0));
        self.pieces().for_each(|piece| self.rewrite.append(piece, &mut bytes));
        Cow::Owned(bytes)
    }

    /// The line ends that were asked for, whether it has lines or not.
    pub(crate) fn eol(&self) -> Eol {
        self.eol
    }

    /// Whether it ends in a line feed.
    pub(crate) fn ends_line(&self) -> bool {
        let last = self.body.last().or(self.header.last());
        match self.rewrite {
            Rewrite::AnyTo(_) => matches!(last, Some(b'\r' | b'\n')),
            Rewrite::LfToCrlf | Rewrite::CrlfToLf | Rewrite::Nothing => last == Some(&b'\n'),
        }
    }

    /// The same, of the bytes that it is part of; `None` if it is not part of them.
    pub(crate) fn share(&self, bytes: &Bytes) -> Option<SharedEml> {
        let share = |part: &[u8]| {
            let (whole, part_of) = (bytes.as_ptr_range(), part.as_ptr_range());
            let is_within = whole.start <= part_of.start && part_of.end <= whole.end;
            is_within.then(|| bytes.slice_ref(part))
        };
        let body = if self.body.is_empty() { Some(Bytes::new()) } else { share(self.body) };
        let without_bytes = Eml { header: &[], body: &[], ..*self };
        // A header by itself may be another than that of the mailbox.
        let other = || (!self.body.is_empty()).then(|| Bytes::copy_from_slice(self.header));
        Some(SharedEml { header: share(self.header).or_else(other)?, body: body?, without_bytes })
    }

    fn unquoted(&self) -> impl Iterator<Item = &'a [u8]> {
        unquote::pieces(self.body, self.quoting, self.line_end)
    }

    /// Its pieces between the marks of quoting. No piece ends between a carriage return and its line feed.
    fn pieces(&self) -> impl Iterator<Item = &'a [u8]> {
        std::iter::once(self.header).chain(self.unquoted())
    }
}

/// An [`Eml`] that keeps the bytes it is made of.
#[derive(Clone, Debug)]
pub(crate) struct SharedEml {
    header: Bytes,
    body: Bytes,
    without_bytes: Eml<'static>,
}

impl SharedEml {
    pub(crate) fn as_eml(&self) -> Eml<'_> {
        Eml { header: &self.header, body: &self.body, ..self.without_bytes }
    }

    /// Its bytes, if none of them changes.
    pub(crate) fn unchanged(&self) -> Option<Bytes> {
        self.as_eml().unchanged().map(|_| self.header.clone())
    }
}

/// Cuts a piece into portions, none of which ends between a carriage return and its line feed.
fn portions(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        let end = rest.len().min(PORTION);
        let splits_line_end = rest[..end].ends_with(b"\r") && rest[end..].starts_with(b"\n");
        let (portion, after) = rest.split_at(end + usize::from(splits_line_end));
        rest = after;
        (!portion.is_empty()).then_some(portion)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_never_unquoted() {
        let message = b"Subject: a\n>From x\n\n>From y\n>>From z\n";
        let eml = Eml::new(message, Quoting::Mboxrd, Eol::Keep);
        assert_eq!(eml.to_bytes(), &b"Subject: a\n>From x\n\nFrom y\n>From z\n"[..]);
    }

    #[test]
    fn stray_carriage_returns_end_no_header() {
        let message = b"Subject: A\r\rB\n>From in the header: x\n\n>From y\n";
        let eml = Eml::new(message, Quoting::Mboxrd, Eol::Keep);
        assert_eq!(eml.to_bytes(), &b"Subject: A\r\rB\n>From in the header: x\n\nFrom y\n"[..]);
    }

    #[test]
    fn nothing_is_copied_when_nothing_changes() {
        let message = b"Subject: a\r\n\r\n> reply\r\n";
        let eml = Eml::new(message, Quoting::None, Eol::Crlf);
        assert!(matches!(eml.to_bytes(), Cow::Borrowed(_)));
    }

    #[test]
    fn blocks_do_not_show_in_what_is_written() {
        let body = b"0123456789 a line of text\n>From the start\n".repeat(40_000);
        let message = [b"Subject: long\n\n", &body[..]].concat();
        let eml = Eml::new(&message, Quoting::Mboxrd, Eol::Crlf);
        let mut written = Vec::new();
        eml.write_to(&mut written).unwrap();
        assert!(written.len() > BLOCK);
        assert_eq!(written, eml.to_bytes().as_ref());
        assert_eq!(to_u64(written.len()), eml.len());
    }

    #[test]
    fn portions_do_not_show_in_line_ends() {
        for before in 0..3 {
            let message = ["x".repeat(before), "\r\n".repeat(PORTION), "\r".repeat(PORTION), "\n".into()].concat();
            for (eol, line_end) in [(Eol::Lf, LineEnd::Lf), (Eol::Lf, LineEnd::Cr), (Eol::Crlf, LineEnd::Cr)] {
                let eml = Eml::with_line_end(message.as_bytes(), line_end, Quoting::None, eol);
                let mut written = Vec::new();
                eml.write_to(&mut written).unwrap();
                assert!(written == eml.to_bytes().as_ref(), "{before} {eol:?} {line_end:?}");
            }
        }
    }
}

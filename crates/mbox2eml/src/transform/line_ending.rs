//! Line ends: which to write, and how they are rewritten.

use memchr::{memchr_iter, memchr2_iter};

use super::line_stats::LineStats;
use crate::keyword::keywords;
use crate::split::LineEnd;

/// The line ends of the EML files.
///
/// ```
/// use mbox2eml::transform::{Eml, Eol, Quoting};
///
/// let written = |eol| Eml::new(b"Subject: 1\n\nHello\r\n", Quoting::None, eol).to_bytes().into_owned();
/// assert_eq!(written(Eol::Crlf), b"Subject: 1\r\n\r\nHello\r\n");
/// assert_eq!(written(Eol::Lf), b"Subject: 1\n\nHello\n");
/// assert_eq!(written(Eol::Keep), b"Subject: 1\n\nHello\r\n");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Eol {
    /// CRLF, as RFC 5322 (2.1) requires and importers expect. The default.
    #[default]
    Crlf,
    /// LF.
    Lf,
    /// As in the mailbox.
    Keep,
}

keywords!(Eol, "line end", Crlf = "crlf", Lf = "lf", Keep = "keep");

/// What is done to a message's line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rewrite {
    /// Nothing.
    Nothing,
    /// A line feed without a carriage return gets one.
    LfToCrlf,
    /// A carriage return before a line feed is removed.
    CrlfToLf,
    /// Any line end, a carriage return alone included, becomes this one: for mailboxes of a classic Macintosh.
    AnyTo(&'static [u8]),
}

/// What has to be done to a message with these counts.
pub(super) fn rewrite(eol: Eol, line_end: LineEnd, line_stats: &LineStats) -> Rewrite {
    match (eol, line_end) {
        (Eol::Crlf, LineEnd::Lf) if line_stats.bare_lf() > 0 => Rewrite::LfToCrlf,
        (Eol::Lf, LineEnd::Lf) if line_stats.crlf > 0 => Rewrite::CrlfToLf,
        (Eol::Crlf, LineEnd::Cr) => Rewrite::AnyTo(b"\r\n"),
        (Eol::Lf, LineEnd::Cr) => Rewrite::AnyTo(b"\n"),
        (Eol::Crlf | Eol::Lf, LineEnd::Lf) | (Eol::Keep, _) => Rewrite::Nothing,
    }
}

impl Rewrite {
    /// The length of a message afterwards.
    pub(super) fn length(self, length: u64, line_stats: &LineStats) -> u64 {
        let line_ends = line_stats.lf + line_stats.lone_cr();
        match self {
            Self::Nothing => length,
            Self::LfToCrlf => length + line_stats.bare_lf(),
            Self::CrlfToLf => length - line_stats.crlf,
            Self::AnyTo(eol) => length - line_stats.lf - line_stats.cr + line_ends * crate::size::to_u64(eol.len()),
        }
    }

    /// Appends `bytes`, rewritten, to `out`.
    ///
    /// `bytes` must not end between a carriage return and its line feed.
    pub(super) fn append(self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut from = 0;
        match self {
            Self::Nothing => {}
            Self::LfToCrlf => {
                for at in memchr_iter(b'\n', bytes) {
                    if at == 0 || bytes[at - 1] != b'\r' {
                        out.extend_from_slice(&bytes[from..at]);
                        out.extend_from_slice(b"\r\n");
                        from = at + 1;
                    }
                }
            }
            Self::CrlfToLf => {
                for at in memchr_iter(b'\n', bytes) {
                    if at > from && bytes[at - 1] == b'\r' {
                        out.extend_from_slice(&bytes[from..at - 1]);
                        from = at;
                    }
                }
            }
            Self::AnyTo(eol) => {
                for at in memchr2_iter(b'\r', b'\n', bytes) {
                    let within_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
                    if !within_crlf {
                        let line = &bytes[from..at];
                        let line = if bytes[at] == b'\n' { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
                        out.extend_from_slice(line);
                        out.extend_from_slice(eol);
                        from = at + 1;
                    }
                }
            }
        }
        out.extend_from_slice(&bytes[from..]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rewritten(rewrite: Rewrite, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        rewrite.append(bytes, &mut out);
        out
    }

    #[test]
    fn line_ends_are_rewritten_and_nothing_else() {
        for (rewrite, input, output) in [
            (Rewrite::LfToCrlf, &b"a\nb\r\n\nc\rd\r\r\n\n"[..], &b"a\r\nb\r\n\r\nc\rd\r\r\n\r\n"[..]),
            (Rewrite::LfToCrlf, b"\n", b"\r\n"),
            (Rewrite::LfToCrlf, b"no line end", b"no line end"),
            (Rewrite::CrlfToLf, b"a\nb\r\n\r\nc\rd\r\r\n", b"a\nb\n\nc\rd\r\n"),
            (Rewrite::AnyTo(b"\r\n"), b"a\r\rb\r\nc\n\r", b"a\r\n\r\nb\r\nc\r\n\r\n"),
            (Rewrite::AnyTo(b"\n"), b"a\r\rb\r\nc", b"a\n\nb\nc"),
            (Rewrite::Nothing, b"a\r\rb\r\nc\n", b"a\r\rb\r\nc\n"),
        ] {
            assert_eq!(rewritten(rewrite, input), output, "{rewrite:?} {input:?}");
        }
    }

    proptest! {
        #[test]
        fn the_length_is_known_beforehand(bytes in prop::collection::vec(prop::sample::select(&b"\r\nab"[..]), 0..60)) {
            let line_stats = LineStats::of(&bytes);
            for rewrite in [Rewrite::Nothing, Rewrite::LfToCrlf, Rewrite::CrlfToLf, Rewrite::AnyTo(b"\r\n"), Rewrite::AnyTo(b"\n")] {
                let written = crate::size::to_u64(rewritten(rewrite, &bytes).len());
                prop_assert_eq!(rewrite.length(crate::size::to_u64(bytes.len()), &line_stats), written, "{:?}", rewrite);
            }
        }

        #[test]
        fn crlf_leaves_no_bare_line_feed_and_comes_back(text in "[ab\n]{0,40}") {
            let crlf = rewritten(Rewrite::LfToCrlf, text.as_bytes());
            prop_assert_eq!(LineStats::of(&crlf).bare_lf(), 0);
            prop_assert_eq!(rewritten(Rewrite::LfToCrlf, &crlf), crlf.clone());
            prop_assert_eq!(rewritten(Rewrite::CrlfToLf, &crlf), text.into_bytes());
        }
    }
}

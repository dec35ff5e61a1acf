//! The canonical form of a body (RFC 6376, 3.4.3 and 3.4.4), made of runs of bytes that need no change.

/// Which changes to a body the signature allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Canonicalization {
    /// Empty lines at the end are ignored.
    Simple,
    /// So is white space at the end of lines; other white space counts as one space.
    Relaxed,
}

impl Canonicalization {
    /// Whether the first of two adjacent bytes may have to change, or the second is a line feed that needs a carriage
    /// return.
    #[inline(always)]
    fn changes(self, byte: u8, next: u8) -> bool {
        let bare_line_feed = (byte != b'\r') & (next == b'\n');
        match self {
            Self::Simple => bare_line_feed,
            // White space before a carriage return that ends no line stays, but that is known one byte later.
            Self::Relaxed => {
                let before_space = (next == b' ') | (next == b'\t') | (next == b'\r');
                bare_line_feed | (byte == b'\t') | ((byte == b' ') & before_space)
            }
        }
    }

    /// Whether a byte counts wherever it is.
    fn is_text(self, byte: u8) -> bool {
        match byte {
            b'\r' | b'\n' => false,
            b' ' | b'\t' => self == Self::Simple,
            _ => true,
        }
    }

    /// The length of the longest start of `bytes` that ends in text and is canonical already. The first byte is text.
    fn run(self, bytes: &[u8]) -> usize {
        let changed = match self {
            Self::Simple => first_pair(bytes, |byte, next| Self::Simple.changes(byte, next)),
            Self::Relaxed => first_pair(bytes, |byte, next| Self::Relaxed.changes(byte, next)),
        };
        let run = changed.and_then(|at| bytes.get(..=at)).unwrap_or(bytes);
        run.iter().rposition(|byte| self.is_text(*byte)).map_or(1, |at| at + 1)
    }
}

/// Index of the first adjacent pair for which `hit` is true.
#[inline(always)]
fn first_pair(bytes: &[u8], hit: impl Fn(u8, u8) -> bool) -> Option<usize> {
    let after = bytes.get(1..)?;
    let mut start = clean_blocks::<32>(bytes, after, &hit);
    start += clean_blocks::<8>(bytes.get(start..)?, after.get(start..)?, &hit);
    let mut pairs = bytes.get(start..)?.iter().zip(after.get(start..)?);
    pairs.position(|(byte, next)| hit(*byte, *next)).map(|at| start + at)
}

/// The length of the blocks before the first one with a pair for which `hit` is true. Without an exit inside a block
/// the compiler compares many bytes at once.
#[inline(always)]
fn clean_blocks<const SIZE: usize>(bytes: &[u8], after: &[u8], hit: impl Fn(u8, u8) -> bool) -> usize {
    let any = |(bytes, after): (&[u8; SIZE], &[u8; SIZE])| {
        bytes.iter().zip(after).fold(false, |any, (byte, next)| any | hit(*byte, *next))
    };
    let after = after.as_chunks::<SIZE>().0;
    bytes.as_chunks::<SIZE>().0.iter().zip(after).position(any).unwrap_or(after.len()) * SIZE
}

/// Makes a body canonical. It may come in any pieces, and its lines end in CRLF or LF.
#[derive(Debug)]
pub(super) struct Canonical {
    canonicalization: Canonicalization,
    /// Whether there was any text.
    begun: bool,
    /// Line ends that count only if text follows.
    line_ends: u64,
    /// White space after them that counts only if its line goes on.
    blank: bool,
    /// A carriage return after that, which may or may not end the line.
    returned: bool,
}

impl Canonical {
    pub(super) fn new(canonicalization: Canonicalization) -> Self {
        Self { canonicalization, begun: false, line_ends: 0, blank: false, returned: false }
    }

    /// Adds the next piece of the body and calls `put` with the part of the canonical body that is certain.
    pub(super) fn feed(&mut self, mut piece: &[u8], mut put: impl FnMut(&[u8])) {
        while let Some((byte, mut rest)) = piece.split_first() {
            match byte {
                b'\n' => {
                    (self.blank, self.returned) = (false, false);
                    self.line_ends += 1;
                }
                b'\r' => {
                    self.end_return(&mut put);
                    self.returned = true;
                }
                byte if !self.canonicalization.is_text(*byte) => {
                    self.end_return(&mut put);
                    self.blank = true;
                    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                    rest = rest.get(blanks..).unwrap_or_default();
                }
                _ => {
                    self.put_pending(&mut put);
                    let (run, after) = piece.split_at(self.canonicalization.run(piece));
                    put(run);
                    rest = after;
                }
            }
            piece = rest;
        }
    }

    /// Calls `put` with the rest: the last line gets a line end, and an empty body is a line end in the simple form.
    pub(super) fn finish(mut self, mut put: impl FnMut(&[u8])) {
        self.end_return(&mut put);
        if self.begun || self.canonicalization == Canonicalization::Simple {
            put(b"\r\n");
        }
    }

    /// A carriage return that no line feed follows is text.
    fn end_return(&mut self, put: &mut impl FnMut(&[u8])) {
        if self.returned {
            self.put_pending(put);
        }
    }

    /// Calls `put` with the line ends and white space that were held back, since text follows.
    #[inline]
    fn put_pending(&mut self, put: &mut impl FnMut(&[u8])) {
        for _ in 0..std::mem::take(&mut self.line_ends) {
            put(b"\r\n");
        }
        if std::mem::take(&mut self.blank) {
            put(b" ");
        }
        if std::mem::take(&mut self.returned) {
            put(b"\r");
        }
        self.begun = true;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::Canonicalization::{Relaxed, Simple};
    use super::*;

    fn canonical<'a>(kind: Canonicalization, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut canonical = Canonical::new(kind);
        let mut out = Vec::new();
        pieces.for_each(|piece| canonical.feed(piece, |run| out.extend_from_slice(run)));
        canonical.finish(|run| out.extend_from_slice(run));
        out
    }

    /// The same, line by line and byte by byte.
    pub(in super::super) fn naive(kind: Canonicalization, body: &[u8]) -> Vec<u8> {
        let mut lines = vec![Vec::new()];
        for byte in body {
            let line = lines.last_mut().unwrap();
            if *byte != b'\n' {
                line.push(*byte);
                continue;
            }
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            lines.push(Vec::new());
        }
        if kind == Relaxed {
            lines.iter_mut().for_each(|line| *line = reduced(line));
        }
        while lines.last().is_some_and(Vec::is_empty) {
            lines.pop();
        }
        if lines.is_empty() && kind == Simple {
            lines.push(Vec::new());
        }
        lines.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect()
    }

    fn reduced(line: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for byte in line {
            match byte {
                b' ' | b'\t' if out.last() == Some(&b' ') => (),
                b' ' | b'\t' => out.push(b' '),
                _ => out.push(*byte),
            }
        }
        if out.last() == Some(&b' ') {
            out.pop();
        }
        out
    }

    /// RFC 6376, 3.4.5, and the rules of 3.4.3 and 3.4.4 case by case.
    #[test]
    fn as_the_rfc_says() {
        for (body, simple, relaxed) in [
            (" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"),
            ("", "\r\n", ""),
            ("\r\n", "\r\n", ""),
            ("\r\n\n\r\n", "\r\n", ""),
            (" ", " \r\n", ""),
            ("\r\n \t\r\n\r\n", "\r\n \t\r\n", ""),
            ("a", "a\r\n", "a\r\n"),
            ("a\n\nb\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"),
            ("a \t", "a \t\r\n", "a\r\n"),
            ("a\tb", "a\tb\r\n", "a b\r\n"),
            ("a\r", "a\r\r\n", "a\r\r\n"),
            ("a \r b", "a \r b\r\n", "a \r b\r\n"),
            ("a \r\r\n", "a \r\r\n", "a \r\r\n"),
            ("a\r  \r\n\r\r\n", "a\r  \r\n\r\r\n", "a\r\r\n\r\r\n"),
            ("\ra\n\r", "\ra\r\n\r\r\n", "\ra\r\n\r\r\n"),
            ("\t \ta", "\t \ta\r\n", " a\r\n"),
            ("a\0\u{a0}\n", "a\0\u{a0}\r\n", "a\0\u{a0}\r\n"),
        ] {
            for (kind, expected) in [(Simple, simple), (Relaxed, relaxed)] {
                for size in [1, 2, 3, 99] {
                    let ours = canonical(kind, body.as_bytes().chunks(size));
                    assert_eq!(
                        ours.escape_ascii().to_string(),
                        expected.as_bytes().escape_ascii().to_string(),
                        "{body:?} {kind:?} {size}"
                    );
                }
                assert_eq!(naive(kind, body.as_bytes()), expected.as_bytes(), "{body:?} {kind:?}");
            }
        }
    }

    #[test]
    fn long_runs_are_put_as_they_are() {
        let body = b"A line of text that is canonical as it is.\r\n".repeat(1000);
        for kind in [Simple, Relaxed] {
            let mut runs = Vec::new();
            Canonical::new(kind).feed(&body, |run| runs.push(run.len()));
            assert_eq!(runs, [body.len() - 2], "{kind:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn equals_a_naive_reading(
            body in "([ab]{1,70}|[ab ]{0,50}|\r\n|\n|\r| |\t|  |é|\0){0,40}",
            sizes in prop::collection::vec(1..90_usize, 1..6),
        ) {
            for kind in [Simple, Relaxed] {
                let mut rest = body.as_bytes();
                let mut sizes = sizes.iter().cycle();
                let pieces = std::iter::from_fn(|| {
                    let (piece, after) = rest.split_at(rest.len().min(*sizes.next()?));
                    rest = after;
                    (!piece.is_empty()).then_some(piece)
                });
                prop_assert_eq!(canonical(kind, pieces), naive(kind, body.as_bytes()));
            }
        }
    }
}

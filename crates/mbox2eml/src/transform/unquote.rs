//! The `>` before `From ` in bodies: which mailboxes put it there, and how to remove it.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::keyword::keywords;
use crate::split::{Dialect, LineEnd};

/// How a mailbox protects body lines that look like separators.
///
/// ```
/// use mbox2eml::transform::{Eml, Eol, Quoting};
///
/// let written = |quoting| Eml::new(b"Subject: 1\n\n>>From a\n>From b\n", quoting, Eol::Keep).to_bytes().into_owned();
/// assert_eq!(written(Quoting::Mboxrd), b"Subject: 1\n\n>From a\nFrom b\n");
/// assert_eq!(written(Quoting::Mboxo), b"Subject: 1\n\n>>From a\nFrom b\n");
/// assert_eq!(written(Quoting::None), b"Subject: 1\n\n>>From a\n>From b\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quoting {
    /// Every line of any number of `>` and `From ` got one more `>`. Reversible.
    Mboxrd,
    /// A line that begins with `From ` got a `>`; lines that had one already did not.
    Mboxo,
    /// Nothing is quoted, as in mboxcl2 or RFC 4155.
    None,
    /// As mboxo, which makes `From ` and `>From ` alike, but it is known which of these lines were quoted.
    Partly(Marked),
}

/// Which of the lines of a body that begin with `>From ` got their `>` from the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked(pub(crate) u32);

impl Marked {
    /// How many lines can be distinguished; those that follow count as not quoted.
    pub(crate) const MOST: u32 = u32::BITS;

    /// Whether the line of this number, from 0, is one of them.
    fn has(self, line: u32) -> bool {
        line < Self::MOST && self.0 >> line & 1 == 1
    }
}

/// Which quoting to undo.
///
/// ```
/// use mbox2eml::Mbox;
/// use mbox2eml::transform::Unquote;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\n>From now on.\n";
/// for (unquote, body) in [(Unquote::Auto, "From now on.\r\n"), (Unquote::None, ">From now on.\r\n")] {
///     for message in Mbox::from_bytes(mailbox).unquote(unquote).messages() {
///         assert!(message?.eml().to_bytes().ends_with(format!("\n\r\n{body}").as_bytes()));
///     }
/// }
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unquote {
    /// The one that the mailbox's writer is known to use, else mboxrd.
    #[default]
    Auto,
    /// Mboxrd.
    Mboxrd,
    /// Mboxo.
    Mboxo,
    /// Nothing is undone.
    None,
}

keywords!(Unquote, "quoting", Auto = "auto", Mboxrd = "mboxrd", Mboxo = "mboxo", None = "none");

impl Unquote {
    /// The quoting to undo in a message of a mailbox of this dialect.
    ///
    /// `length_proven` says that a correct `Content-Length` marks the end of the message, so there was no need to
    /// quote.
    pub(crate) fn quoting(self, dialect: Dialect, length_proven: bool) -> Quoting {
        match self {
            Self::Mboxrd => Quoting::Mboxrd,
            Self::Mboxo => Quoting::Mboxo,
            Self::None => Quoting::None,
            Self::Auto if length_proven => Quoting::None,
            Self::Auto => match dialect {
                // Python's mangle_from_, with which Mailman writes its archives.
                Dialect::Pipermail => Quoting::Mboxo,
                // format-patch quotes only when it is asked to write mboxrd.
                Dialect::Git => Quoting::None,
                _ => Quoting::Mboxrd,
            },
        }
    }
}

/// Finds the start of every quoted line, perhaps after more `>`.
static QUOTED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b">From "));

/// Whether any line of `message` can be quoted. A quick check, which may be true although none is.
pub(crate) fn may_be_quoted(message: &[u8]) -> bool {
    QUOTED.find(message).is_some()
}

/// How many lines of `body`, which begins at the start of a line, the quoting may have marked.
pub(super) fn count_marks(body: &[u8], quoting: Quoting, line_end: LineEnd) -> u32 {
    u32::try_from(marks(body, quoting, line_end).count()).unwrap_or(u32::MAX)
}

/// Cuts `body`, which begins at the start of a line, into the pieces that remain when the quoting is undone.
pub(super) fn pieces(body: &[u8], quoting: Quoting, line_end: LineEnd) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    let mut marks = marks(body, quoting, line_end);
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let mark = marks.next();
        done = mark.is_none();
        let piece = &body[from..mark.unwrap_or(body.len())];
        from = mark.map_or(body.len(), |at| at + 1);
        Some(piece)
    })
}

/// Whether the quoting put a `>` anywhere into `body`.
pub(super) fn is_quoted(body: &[u8], quoting: Quoting, line_end: LineEnd) -> bool {
    marks(body, quoting, line_end).next().is_some()
}

/// The positions of the `>` that the quoting put there.
fn marks(body: &[u8], quoting: Quoting, line_end: LineEnd) -> impl Iterator<Item = usize> {
    let hits = (quoting != Quoting::None).then(|| QUOTED.find_iter(body));
    let mut single = 0;
    hits.into_iter().flatten().filter_map(move |at| {
        let before = &body[..at];
        let more = before.iter().rev().take_while(|b| **b == b'>').count();
        let start = at - more;
        if start > 0 && body[start - 1] != line_end.byte() {
            return None;
        }
        let line = single;
        single += u32::from(more == 0);
        let is_mark = match quoting {
            Quoting::Mboxrd => true,
            Quoting::Mboxo => more == 0,
            Quoting::Partly(marked) => more == 0 && marked.has(line),
            Quoting::None => false,
        };
        is_mark.then_some(start)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unquote(body: &[u8], quoting: Quoting) -> Vec<u8> {
        pieces(body, quoting, LineEnd::Lf).collect::<Vec<_>>().concat()
    }

    fn quote_mboxrd(body: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::new();
        for line in body.split_inclusive(|b| *b == b'\n') {
            let bare = line.iter().position(|b| *b != b'>').map_or(&line[line.len()..], |at| &line[at..]);
            if bare.starts_with(b"From ") {
                quoted.push(b'>');
            }
            quoted.extend_from_slice(line);
        }
        quoted
    }

    #[test]
    fn each_quoting_loses_its_own_marks() {
        let body = b">From a\n>>From b\n> From c\n>Fromage\nx >From d\n\n>From e\r\n>";
        for (quoting, expected) in [
            (Quoting::Mboxrd, &b"From a\n>From b\n> From c\n>Fromage\nx >From d\n\nFrom e\r\n>"[..]),
            (Quoting::Mboxo, b"From a\n>>From b\n> From c\n>Fromage\nx >From d\n\nFrom e\r\n>"),
            (Quoting::None, body),
            (Quoting::Partly(Marked(0b10)), b">From a\n>>From b\n> From c\n>Fromage\nx >From d\n\nFrom e\r\n>"),
        ] {
            assert_eq!(unquote(body, quoting), expected, "{quoting:?}");
        }
    }

    #[test]
    fn only_the_mailbox_s_own_line_end_begins_a_line() {
        let body = b"a\r>From b\r";
        assert_eq!(unquote(body, Quoting::Mboxrd), body);
        let pieces = pieces(body, Quoting::Mboxrd, LineEnd::Cr).collect::<Vec<_>>();
        assert_eq!(pieces.concat(), b"a\rFrom b\r");
    }

    proptest! {
        #[test]
        fn undoes_mboxrd(lines in prop::collection::vec("(>{0,3}(From |Fro|)[ab >]{0,3}\n){0,3}", 0..8)) {
            let body = lines.concat().into_bytes();
            prop_assert_eq!(unquote(&quote_mboxrd(&body), Quoting::Mboxrd), body);
        }
    }
}

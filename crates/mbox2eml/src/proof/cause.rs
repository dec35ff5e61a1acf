//! Why a body differs from the one that was signed, where that is evident.

use memchr::{memchr, memmem};

use crate::field::fields;
use crate::field::parameter;
use crate::message::{content_type, has_replaced_bytes, header_len};

/// How many bytes at the end of a body are searched for the footer of a mailing list.
const FOOTER: usize = 4 << 10;

/// The shortest line of dashes or underscores that begins a footer, in bytes.
const RULE: usize = 20;

/// The probable cause of a mismatch.
///
/// ```
/// use mbox2eml::proof::{Cause, Signatures, Verdict};
/// use mbox2eml::transform::{Eml, Eol, Quoting};
///
/// // The hash is that of "Hello\r\n"; a mailing list has added the rest.
/// let message = b"DKIM-Signature: a=rsa-sha256; bh=Ba3gj8+xBPQLJTahTfzW6RbWQ/XPgESxkCi2B66PSQg=\n\
///     List-Post: list@example.org\n\nHello\n-- \nlist\n";
/// let verdict = Signatures::of(message).check(&Eml::new(message, Quoting::None, Eol::Crlf));
/// assert_eq!(verdict, Verdict::Mismatched(Cause::Footer));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// U+FFFD in a part that is not declared to be UTF-8: bytes were replaced before the mailbox was written, as Google
    /// Takeout does with 8-bit parts.
    Replaced,
    /// NUL bytes, which mail servers do not transmit (RFC 5322, 4.4).
    Nul,
    /// Text at the end that a mailing list or a gateway added: after the last MIME boundary, or below a line such as
    /// `____` in a message with `List-` fields.
    Footer,
    /// A mailing list that may change the messages it passes on, as it says in `List-Id` or `X-BeenThere`: many encode
    /// them anew.
    List,
    /// Nothing is evident.
    Unknown,
}

impl Cause {
    /// The cause in a few words, for a report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replaced => "bytes were replaced by U+FFFD before the mailbox was written",
            Self::Nul => "NUL bytes in the body",
            Self::Footer => "text was added at the end, as mailing lists do",
            Self::List => "a mailing list forwarded the message and may have changed it",
            Self::Unknown => "unknown",
        }
    }

    /// The same as a whole sentence.
    pub(crate) const fn as_warning(self) -> &'static str {
        match self {
            Self::Replaced => {
                "the body is not the one that was signed: bytes were replaced by U+FFFD before the mailbox was written"
            }
            Self::Nul => "the body is not the one that was signed: it contains NUL bytes",
            Self::Footer => "the body is not the one that was signed: text was added at the end, as mailing lists do",
            Self::List => {
                "the body is not the one that was signed: a mailing list forwarded the message and may have changed it"
            }
            Self::Unknown => "the body is not the one that was signed, for no evident cause",
        }
    }

    /// The cause that is evident in `eml`.
    pub(super) fn of(eml: &[u8]) -> Self {
        let (header, body) = eml.split_at_checked(header_len(eml)).unwrap_or((eml, &[]));
        if has_replaced_bytes(eml) {
            Self::Replaced
        } else if memchr(0, body).is_some() {
            Self::Nul
        } else if has_epilogue(header, body) || has_list_footer(header, body) {
            Self::Footer
        } else if is_of_list(header) {
            Self::List
        } else {
            Self::Unknown
        }
    }
}

/// Whether text follows the end of the outermost multipart, where no mail program writes any.
fn has_epilogue(header: &[u8], body: &[u8]) -> bool {
    let boundary = content_type(header).and_then(|value| parameter(value, b"boundary"));
    let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty()) else { return false };
    let end = [b"--", boundary, b"--"].concat();
    let epilogue = memmem::rfind(body, &end).and_then(|at| body.get(at + end.len()..));
    epilogue.is_some_and(|epilogue| !epilogue.trim_ascii().is_empty())
}

fn has_list_footer(header: &[u8], body: &[u8]) -> bool {
    let of_list = |name: &[u8]| name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"List-"));
    let tail = body.get(body.len().saturating_sub(FOOTER)..).unwrap_or(body);
    fields(header).any(|(name, _)| of_list(name)) && tail.split(|byte| *byte == b'\n').any(is_rule)
}

fn is_of_list(header: &[u8]) -> bool {
    let is_lists = |name: &[u8]| [&b"List-Id"[..], b"X-BeenThere"].iter().any(|list| name.eq_ignore_ascii_case(list));
    fields(header).any(|(name, _)| is_lists(name))
}

/// Whether a line begins a footer: `-- `, or nothing but many dashes or underscores.
fn is_rule(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let all = |rule: u8| line.iter().all(|byte| *byte == rule);
    line == b"--" || (line.len() >= RULE && (all(b'_') || all(b'-')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn causes() {
        let rule = "_".repeat(47);
        let latin = "Content-Type: text/plain; charset=\"iso-8859-1\"\nContent-Transfer-Encoding: 8bit\n";
        let multi = "Content-Type: multipart/mixed;\n boundary=\"a=b\"\n";
        let utf8 = "Content-type: TEXT/plain;\n\tcharset=UTF-8\n";
        for (eml, cause) in [
            (format!("{latin}\ncaf\u{fffd}\n"), Cause::Replaced),
            (format!("{latin}\ncaf\u{fffd}"), Cause::Replaced),
            ("\ncaf\u{fffd}\n".to_owned(), Cause::Replaced),
            (format!("{latin}\ncaf\u{fffd}\0\n"), Cause::Replaced),
            (format!("X: \u{fffd}\n{latin}\ncafe\n"), Cause::Unknown),
            (format!("{utf8}\ncaf\u{fffd}\n"), Cause::Unknown),
            (format!("{multi}\n--a=b\n{utf8}\n\u{fffd}\n--a=b\n{latin}\ncafe\n--a=b--\n"), Cause::Unknown),
            (format!("{multi}\n--a=b\n{utf8}\ncafe\n--a=b\n{latin}\n\u{fffd}\n--a=b--\n"), Cause::Replaced),
            (format!("{multi}\n--a=b\nX: \u{fffd}\n\ncafe\n--a=b--\n"), Cause::Unknown),
            (
                format!("{multi}\r\n--a=b\r\nContent-Type: message/rfc822\r\n\r\n{utf8}\r\n\u{fffd}\r\n--a=b--\r\n"),
                Cause::Unknown,
            ),
            (
                format!("{multi}\r\n--a=b\r\nContent-Type: message/rfc822\r\n\r\n{latin}\r\n\u{fffd}\r\n--a=b--\r\n"),
                Cause::Replaced,
            ),
            ("X: y\n\na\0b\n".to_owned(), Cause::Nul),
            ("X: y\0\n\nab\n".to_owned(), Cause::Unknown),
            (format!("{multi}\n--a=b\n\ntext\n--a=b--\n\n--\nlist\n"), Cause::Footer),
            (format!("{multi}\n--a=b\n{utf8}\n\u{fffd}\n--a=b--\n\u{fffd}\n"), Cause::Footer),
            (format!("{multi}\n--a=b\n\ntext\n--a=b--\n\n"), Cause::Unknown),
            (format!("{multi}\n--a=b\n\ntext\n"), Cause::Unknown),
            (format!("list-id: <a.example.org>\n\ntext\n{rule}\r\nlist\n"), Cause::Footer),
            ("List-Post: a\n\ntext\n-- \nlist\n".to_owned(), Cause::Footer),
            (format!("Subject: a\n\ntext\n{rule}\nlist\n"), Cause::Unknown),
            (format!("List-Id: a\n\n{rule}\n{}", "text\n".repeat(1000)), Cause::List),
            ("Subject: a\nX-BeenThere: list@example.org\n\ntext\n".to_owned(), Cause::List),
            ("X-BeenThere: list@example.org\n\na\0b\n".to_owned(), Cause::Nul),
            ("List-Unsubscribe: <https://example.org>\n\ntext\n".to_owned(), Cause::Unknown),
            (String::new(), Cause::Unknown),
        ] {
            assert_eq!(Cause::of(eml.as_bytes()), cause, "{eml:?}");
        }
    }

    #[test]
    fn boundaries_without_end_are_no_cause() {
        let header = "Content-Type: multipart/mixed; boundary=b\n\n\u{fffd}\n";
        for part in [
            "--b\n",
            "--b\nContent-Type: multipart/mixed; boundary=b\n\n",
            "--b\nContent-Type: message/rfc822\n\n",
            "--\n",
            "\n",
        ] {
            let eml = format!("{header}{}", part.repeat(10_000));
            assert_eq!(Cause::of(eml.as_bytes()), Cause::Unknown, "{part:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(eml in "(Content-Type:|multipart/|message/rfc822|; ?boundary=|\"|--|b|\u{fffd}|\0|List-|[ \t:;=\r]|\n|\n\n|charset=){0,30}") {
            Cause::of(eml.as_bytes());
        }
    }
}

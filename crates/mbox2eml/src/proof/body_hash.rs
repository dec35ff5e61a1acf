//! The body hashes of a message, compared with its EML.

use super::cause::Cause;
use super::checker::Checker;
use super::signature::Signature;
use crate::field::fields;
use crate::keyword::keywords;
use crate::line_end::LineEnd;
use crate::message::header_len_in;
use crate::transform::Eml;

/// The most signatures of a message that are read; real messages have fewer than ten.
pub(super) const MAX_SIGNATURES: usize = 32;

/// The signatures of one message, as far as they concern its body.
///
/// # Examples
///
/// ```
/// use mbox2eml::proof::{Signatures, Verdict};
/// use mbox2eml::transform::{Eml, Eol, Quoting};
///
/// // The example of RFC 6376, appendix A.2, shortened.
/// let message = b"DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\n\
///     \tbh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\n\
///     \tb=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk\n\
///     \nHi.\n\nWe lost the game. Are you hungry yet?\n\nJoe.\n";
/// let eml = Eml::new(message, Quoting::None, Eol::Crlf);
///
/// let signatures = Signatures::of(message);
/// assert_eq!(signatures.usable(), 1);
/// assert_eq!(signatures.check(&eml), Verdict::Matched);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signatures {
    usable: Vec<Signature>,
    unusable: usize,
}

impl Signatures {
    /// The signatures in `header`, up to the first empty line if there is one. Line ends are LF, CRLF, or CR where
    /// there is no LF.
    ///
    /// At most 32 are read. Those of an unknown algorithm or canonicalization, without a hash, or with a tag twice
    /// (RFC 6376, 3.2) are unusable.
    pub fn of(header: &[u8]) -> Self {
        let mut signatures = Self::default();
        for (_, value) in fields(header).filter(|(name, _)| is_signature(name)).take(MAX_SIGNATURES) {
            match Signature::parse(value) {
                Some(signature) => signatures.usable.push(signature),
                None => signatures.unusable += 1,
            }
        }
        signatures
    }

    /// How many can be compared with a body.
    pub fn usable(&self) -> usize {
        self.usable.len()
    }

    /// How many cannot.
    pub fn unusable(&self) -> usize {
        self.unusable
    }

    /// Compares the body of `eml` with the signatures; one match is enough.
    ///
    /// A signer sees lines that end in CRLF, so a bare LF counts as CRLF: the line ends of the EML do not matter. A CR
    /// without LF is an ordinary byte, so lines that end in CR alone never match.
    ///
    /// The body is read once, and again where it does not match, to find the cause.
    pub fn check(&self, eml: &Eml<'_>) -> Verdict {
        if self.usable.is_empty() {
            Verdict::Unsigned
        } else if self.match_body_of(eml) {
            Verdict::Matched
        } else {
            Verdict::Mismatched(Cause::of(&eml.to_bytes()))
        }
    }

    /// Whether one of them matches the body of `eml`.
    pub(super) fn match_body_of(&self, eml: &Eml<'_>) -> bool {
        let mut checker = Checker::new(&self.usable);
        // Nothing that is written here fails.
        drop(eml.write_to(&mut checker));
        checker.finish()
    }
}

/// Whether bodies are compared with their signatures.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::proof::Proof;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let done = Converter::builder().proof(Proof::BodyHash).build().convert(Memory::new("in", mailbox), Null, &());
/// assert_eq!(done.proof().unwrap().unsigned, 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proof {
    /// No. The default.
    #[default]
    Off,
    /// The hash of every body that is written is compared with those that were signed.
    BodyHash,
}

keywords!(Proof, "proof", Off = "off", BodyHash = "body-hash");

impl Proof {
    /// What the signatures of `message`, in a mailbox that ends its lines with `line_end`, say of the EML that is made
    /// of it; `None` if they are not checked.
    pub(crate) fn verdict(self, message: &[u8], line_end: LineEnd, eml: &Eml<'_>) -> Option<Verdict> {
        match self {
            Self::Off => None,
            Self::BodyHash => {
                let (header, _) = message.split_at(header_len_in(message, line_end));
                Some(Signatures::of(header).check(eml))
            }
        }
    }
}

/// What the signatures of a message say of its body.
///
/// ```
/// use mbox2eml::proof::{Signatures, Verdict};
/// use mbox2eml::transform::{Eml, Eol, Quoting};
///
/// let message = b"Subject: Lunch\n\nAt noon?\n";
/// let verdict = Signatures::of(message).check(&Eml::new(message, Quoting::None, Eol::Crlf));
/// assert_eq!(verdict, Verdict::Unsigned);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The body is the one that was signed.
    Matched,
    /// There are signatures, but none matches the body.
    Mismatched(Cause),
    /// There is no usable signature.
    Unsigned,
}

impl Verdict {
    /// The name used in reports, such as `matched`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Mismatched(_) => "mismatched",
            Self::Unsigned => "unsigned",
        }
    }
}

fn is_signature(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"DKIM-Signature") || name.eq_ignore_ascii_case(b"ARC-Message-Signature")
}

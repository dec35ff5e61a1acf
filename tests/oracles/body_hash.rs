//! The body hashes of DKIM and ARC signatures (RFC 6376, 3.4 and 3.7; RFC 8617, 4.1.2), recomputed.
//!
//! They prove without a key or a name server that a body is, byte for byte, what its signer saw. Written here in the
//! plainest way, to hold the library's proof against it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mbox2eml::Mbox;
use mbox2eml::proof::{Signatures, Verdict};
use mbox2eml::source::Stream;
use sha2::{Digest, Sha256};

use crate::corpus::Corpus;

/// The tags of a signature that are about the body.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) domain: String,
    relaxed: bool,
    length: Option<usize>,
    hash: String,
}

impl Signature {
    /// The SHA-256 signatures in the fields of this name; those with other hashes are skipped.
    pub(crate) fn in_fields(eml: &[u8], name: &str) -> Vec<Self> {
        let header = String::from_utf8_lossy(parts(eml).0).replace("\r\n ", " ").replace("\r\n\t", " ");
        let of_name = header.lines().filter_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then_some(value)
        });
        of_name.filter_map(Self::parse).collect()
    }

    fn parse(tags: &str) -> Option<Self> {
        let tag = |name: &str| {
            let mut pairs = tags.split(';').filter_map(|tag| tag.split_once('='));
            let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
            Some(value.chars().filter(|c| !c.is_whitespace()).collect::<String>())
        };
        Some(Self {
            domain: tag("d")?,
            relaxed: tag("c").is_some_and(|both| both.ends_with("/relaxed")),
            length: tag("l").map(|length| length.parse().unwrap()),
            hash: tag("a").filter(|algorithm| algorithm.ends_with("-sha256")).and_then(|_| tag("bh"))?,
        })
    }

    /// Whether the body of `eml`, with CRLF line ends, is the one that was signed.
    pub(crate) fn holds_for(&self, eml: &[u8]) -> bool {
        let body = parts(eml).1;
        let canonical = if self.relaxed { relaxed(body) } else { simple(body) };
        let signed = canonical.get(..self.length.unwrap_or(canonical.len()));
        signed.is_some_and(|signed| body_hash(signed) == self.hash)
    }
}

/// Header and body, parted by the first empty line (CRLF).
fn parts(eml: &[u8]) -> (&[u8], &[u8]) {
    match eml.windows(4).position(|window| window == b"\r\n\r\n") {
        Some(at) => (&eml[..at + 2], &eml[at + 4..]),
        None => (eml, b""),
    }
}

fn body_hash(canonical: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(canonical))
}

/// RFC 6376, 3.4.3: empty lines at the end go, and the last line gets an end.
fn simple(body: &[u8]) -> Vec<u8> {
    let mut body = body;
    while let Some(before) = body.strip_suffix(b"\r\n") {
        body = before;
    }
    [body, b"\r\n"].concat()
}

/// RFC 6376, 3.4.4: white space at the end of lines goes, other white space becomes one blank; then as for simple,
/// but that an empty body stays empty.
fn relaxed(body: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(body.len());
    let mut blank = false;
    for byte in body {
        match byte {
            b' ' | b'\t' => blank = true,
            _ => {
                if blank && *byte != b'\r' {
                    lines.push(b' ');
                }
                blank = false;
                lines.push(*byte);
            }
        }
    }
    let canonical = simple(&lines);
    if canonical == b"\r\n" { Vec::new() } else { canonical }
}

#[test]
fn hashes_of_the_empty_body_are_those_of_the_rfc() {
    for empty in [&b""[..], b"\r\n", b"\r\n\r\n"] {
        assert_eq!(body_hash(&simple(empty)), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
        assert_eq!(body_hash(&relaxed(empty)), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}

/// RFC 6376, 3.4.5.
#[test]
fn the_example_of_the_rfc_is_canonicalised() {
    let body = b" C \r\nD \t E\r\n\r\n\r\n";
    assert_eq!(relaxed(body), b" C\r\nD E\r\n");
    assert_eq!(simple(body), b" C \r\nD \t E\r\n");
}

/// RFC 6376, appendix A.2 (its example gives the hash of the body of A.1).
#[test]
fn a_signature_is_found_and_holds_for_its_body_alone() {
    let eml = b"DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n c=simple/simple; q=dns/txt;\r\n\
        \tbh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=AuUoFEfDxTDk\r\n\r\n\
        Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n";
    let signatures = Signature::in_fields(eml, "dkim-signature");
    let [signature] = &signatures[..] else { panic!("{signatures:?}") };
    assert_eq!(signature.domain, "example.com");
    assert!(signature.holds_for(eml));
    assert!(!signature.holds_for(&[eml, &b"more\r\n"[..]].concat()));
    let cut = Signature {
        length: Some(42),
        hash: body_hash(&parts(eml).1[..42]),
        ..Signature::parse("a=x-sha256;bh=;d=").unwrap()
    };
    assert!(cut.holds_for(eml) && cut.holds_for(&[eml, &b"more\r\n"[..]].concat()));
}

/// A message with another hash than SHA-256 in its signatures is not for this oracle.
#[test]
fn the_library_says_the_same_of_all_real_mail() {
    let Some(corpus) = Corpus::find() else { return };
    let (mut matched, mut mismatched) = (0, 0);
    for case in corpus.mailboxes() {
        for message in Mbox::new(Stream::new("mailbox", &case.bytes[..])).messages().map_while(Result::ok) {
            let header = message.raw().header();
            if header.windows(5).any(|window| window.eq_ignore_ascii_case(b"-sha1")) {
                continue;
            }
            let eml = message.eml();
            let bytes = eml.to_bytes();
            let fields = ["DKIM-Signature", "ARC-Message-Signature"];
            let signatures: Vec<_> = fields.iter().flat_map(|name| Signature::in_fields(&bytes, name)).collect();
            let verdict = Signatures::of(header).check(&eml);
            let place = format!("{}, message {}: {verdict:?}, {signatures:?}", case.file, message.index());
            if signatures.is_empty() {
                assert_eq!(verdict, Verdict::Unsigned, "{place}");
            } else if signatures.iter().any(|signature| signature.holds_for(&bytes)) {
                assert_eq!(verdict, Verdict::Matched, "{place}");
                matched += 1;
            } else {
                assert!(matches!(verdict, Verdict::Mismatched(_)), "{place}");
                mismatched += 1;
            }
        }
    }
    assert!(matched > 60 && mismatched > 30, "{matched} {mismatched}");
}

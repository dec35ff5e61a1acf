use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::body_hash::MAX_SIGNATURES;
use super::canonical::Canonicalization::{Relaxed, Simple};
use super::canonical::tests::naive;
use super::*;
use crate::split::LineEnd;
use crate::transform::{Eml, Eol, Marked, Quoting};

fn verdict(message: &[u8]) -> Verdict {
    let of = |eol| Signatures::of(message).check(&Eml::new(message, Quoting::None, eol));
    let verdict = of(Eol::Crlf);
    assert_eq!(of(Eol::Keep), verdict);
    // Where LF is asked for, CR CR LF becomes CR LF: another body than was signed.
    let is_lossless = memchr::memmem::find(message, b"\r\r\n").is_none();
    assert!(!is_lossless || of(Eol::Lf) == verdict);
    verdict
}

fn sha256(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

fn signed(tags: &str, body: &str) -> Verdict {
    verdict(format!("Subject: a\nDKIM-Signature: {tags}\n\n{body}").as_bytes())
}

/// RFC 6376, 3.4.3 and 3.4.4.
#[test]
fn hashes_of_the_empty_body_are_those_of_the_rfc() {
    for body in ["", "\n", "\r\n\r\n"] {
        for tags in [
            "a=rsa-sha256; bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=",
            "a=rsa-sha256; c=relaxed/relaxed; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "a=rsa-sha1; bh=uoq1oCgLlTqpdDX/iUbLy7J1Wic=",
            "a=rsa-sha1; c=simple/relaxed; bh=2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        ] {
            assert_eq!(signed(tags, body), Verdict::Matched, "{tags} {body:?}");
            assert_eq!(signed(tags, "x"), Verdict::Mismatched(Cause::Unknown), "{tags}");
        }
    }
    // A header without an end has an empty body.
    let header = b"DKIM-Signature: a=rsa-sha256; bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=";
    assert_eq!(verdict(header), Verdict::Matched);
}

#[test]
fn any_match_is_proof() {
    let body = "text \n";
    let (wrong, simple) = (sha256(b"other"), sha256(b"text \r\n"));
    let (relaxed, sha1) = (sha256(b"text\r\n"), STANDARD.encode(Sha1::digest(b"text\r\n")));
    let field = |name: &str, tags: String| format!("{name}: {tags}\r\n");
    let bad = field("DKIM-Signature", format!("a=rsa-sha256; bh={wrong}"));
    for good in [
        field("dkim-signature", format!("a=rsa-sha256; bh={simple}")),
        field("ARC-Message-Signature", format!("i=1; a=rsa-sha256; c=relaxed/relaxed; bh={relaxed}")),
        field("DKIM-Signature ", format!("a=rsa-sha1; c=relaxed/relaxed; bh={sha1}")),
        field("DKIM-Signature", format!("a=ed25519-sha256;\r\n c=relaxed/relaxed;\r\n\tbh={relaxed}")),
    ] {
        for header in [good.clone(), format!("{bad}{good}"), format!("{good}{bad}"), format!("{bad}{bad}{good}")] {
            assert_eq!(verdict(format!("{header}\r\n{body}").as_bytes()), Verdict::Matched, "{header}");
        }
    }
    assert_eq!(verdict(format!("{bad}\r\n{body}").as_bytes()), Verdict::Mismatched(Cause::Unknown));
}

#[test]
fn what_is_no_signature_proves_nothing() {
    let hash = sha256(b"text\r\n");
    for header in [
        String::new(),
        format!("X-DKIM-Signature: a=rsa-sha256; bh={hash}\n"),
        format!("ARC-Seal: a=rsa-sha256; bh={hash}\n"),
        format!("DKIM-Signature: a=rsa-sha3; bh={hash}\n"),
        "DKIM-Signature: a=rsa-sha256\n".to_owned(),
        "DKIM-Signature:\n".to_owned(),
    ] {
        assert_eq!(verdict(format!("{header}\ntext\n").as_bytes()), Verdict::Unsigned, "{header}");
    }
    // A field in the body is text.
    assert_eq!(verdict(format!("\nDKIM-Signature: a=rsa-sha256; bh={hash}\n\ntext\n").as_bytes()), Verdict::Unsigned);
}

#[test]
fn signatures_are_counted_and_bounded() {
    let header = format!("DKIM-Signature: a=x\nDKIM-Signature: a=sha256; bh={}\nARC-Message-Signature:\n", sha256(b""));
    let signatures = Signatures::of(header.as_bytes());
    assert_eq!((signatures.usable(), signatures.unusable()), (1, 2));
    let many = Signatures::of(header.repeat(1000).as_bytes());
    assert_eq!(many.usable() + many.unusable(), MAX_SIGNATURES);
}

#[test]
fn a_length_limits_what_is_signed() {
    let body = "0123456789\n\n\n";
    let tags = |length: &str, signed: &[u8]| format!("a=rsa-sha256; l={length}; bh={}", sha256(signed));
    for (length, of, matched) in [
        ("0", &b""[..], true),
        ("5", b"01234", true),
        ("12", b"0123456789\r\n", true),
        ("13", b"0123456789\r\n", false),
        ("11", b"0123456789\r\n", false),
        ("99999999999999999999", b"0123456789\r\n", false),
    ] {
        assert_eq!(signed(&tags(length, of), body) == Verdict::Matched, matched, "{length}");
    }
    assert_eq!(signed(&tags("12", b"0123456789\r\n"), &format!("{body}footer\n")), Verdict::Matched);
}

#[test]
fn lengths_are_decided_whatever_their_order() {
    let body = "0123456789\n".repeat(10_000);
    let canonical = body.replace('\n', "\r\n");
    let field = |length: usize, right: bool| {
        let hash = sha256(&canonical.as_bytes()[..length - usize::from(!right)]);
        format!("DKIM-Signature: a=rsa-sha256; l={length}; bh={hash}\n")
    };
    let lengths = [120_000, 7, 50_000, 50_000, 1, 99_999];
    for right in 0..lengths.len() {
        let fields = lengths.iter().enumerate().map(|(at, length)| field(*length, at == right));
        let message = format!("{}\n{body}", fields.collect::<String>());
        assert_eq!(verdict(message.as_bytes()), Verdict::Matched, "{right}");
    }
    let message = format!("{}\n{body}", lengths.map(|length| field(length, false)).concat());
    assert_eq!(verdict(message.as_bytes()), Verdict::Mismatched(Cause::Unknown));
}

#[test]
fn what_a_signature_proves() {
    use Quoting::{Mboxo, Mboxrd, None};
    let field = format!("DKIM-Signature: a=rsa-sha256; bh={}\n", sha256(b"From a\r\n"));
    let detect_quoting = |message: String, own| detect_quoting(message.as_bytes(), LineEnd::Lf, own);
    let signed = |readings: &[Quoting]| QuotingEvidence::Proven(readings.to_vec());
    assert_eq!(detect_quoting(format!("{field}\n>From a\n"), Mboxrd), signed(&[Mboxrd, Mboxo]));
    assert_eq!(detect_quoting(format!("{field}\n>From a\n"), Mboxo), signed(&[Mboxo, Mboxrd]));
    assert_eq!(detect_quoting(format!("{field}\n>From a\n"), None), signed(&[Mboxrd, Mboxo]));
    assert_eq!(detect_quoting(format!("{field}\nFrom a\n"), Mboxrd), QuotingEvidence::Irrelevant);
    assert_eq!(detect_quoting(format!("{field}\n> From a\n"), Mboxrd), QuotingEvidence::Irrelevant);
    assert_eq!(detect_quoting(format!("Subject: a\n>From b\n{field}\nFrom a\n"), Mboxrd), QuotingEvidence::Irrelevant);
    assert_eq!(detect_quoting(format!("{field}\n>From b\n"), Mboxrd), QuotingEvidence::Unknown);
    assert_eq!(detect_quoting("Subject: a\n\n>From a\n".to_owned(), Mboxrd), QuotingEvidence::Unknown);
}

/// Mboxo makes `From ` and `>From ` alike; every combination is tried.
#[test]
fn lines_are_tried_one_by_one_if_need_be() {
    let all = Quoting::Mboxo;
    for marked in 1..0b11_1111_u32 {
        let quoted: Vec<String> = (0..6).map(|line| format!(">From {line}\n")).collect();
        let sent = |(line, quoted): (usize, &String)| quoted[usize::from(marked >> line & 1 == 1)..].to_owned();
        let body: String = quoted.iter().enumerate().map(sent).collect();
        let field = format!("DKIM-Signature: a=rsa-sha256; bh={}\n", sha256(body.replace('\n', "\r\n").as_bytes()));
        let message = format!("{field}\n{}", quoted.concat());
        let expected = QuotingEvidence::Proven(vec![Quoting::Partly(Marked(marked))]);
        assert_eq!(detect_quoting(message.as_bytes(), LineEnd::Lf, all), expected, "{marked:b}");
    }
    // Too many lines are not tried: a hostile message must not take long.
    let body = format!("From a\n{}", ">From b\n".repeat(20));
    let field = format!("DKIM-Signature: a=rsa-sha256; bh={}\n", sha256(body.replace('\n', "\r\n").as_bytes()));
    assert_eq!(detect_quoting(format!("{field}\n>{body}").as_bytes(), LineEnd::Lf, all), QuotingEvidence::Unknown);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn agrees_with_a_naive_reading(body in "([ab]{1,90}|[ab ]{0,50}|\r\n|\n|\r| |\t){0,40}", cut in 0..200_usize) {
        for (c, kind) in [("simple/simple", Simple), ("simple/relaxed", Relaxed)] {
            let canonical = naive(kind, body.as_bytes());
            let whole = sha256(&canonical);
            prop_assert_eq!(signed(&format!("a=rsa-sha256; c={c}; bh={whole}"), &body), Verdict::Matched);
            let cut = cut.min(canonical.len());
            let part = STANDARD.encode(Sha1::digest(&canonical[..cut]));
            prop_assert_eq!(signed(&format!("a=rsa-sha1; c={c}; l={cut}; bh={part}"), &body), Verdict::Matched);
        }
    }

    #[test]
    fn never_panics(message in "(DKIM-Signature|: ?|a=rsa-sha256|; ?|bh=[A-Za-z]{42}|l=[0-9]|c=a/relaxed|\r|\n|\n\n|>From | |b){0,30}") {
        let message = message.as_bytes();
        for line_end in [LineEnd::Lf, LineEnd::Cr] {
            let eml = Eml::with_line_end(message, line_end, Quoting::Mboxrd, Eol::Keep);
            Signatures::of(message).check(&eml);
            detect_quoting(message, line_end, Quoting::None);
        }
    }
}

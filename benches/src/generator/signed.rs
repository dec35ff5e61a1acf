//! The body hashes in a message's signatures (RFC 6376, 3.7), which are filled in when the body exists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A SHA-256 in base64.
const HASH_LENGTH: usize = 44;

/// Replaces each `bh=` value in the header with the hash of the body.
///
/// `entry` is a message whose lines end with `eol`, with or without its From_ line.
pub(super) fn sign(entry: &mut String, eol: &str) {
    let Some((header, body)) = entry.split_once(&eol.repeat(2)) else { return };
    let places: Vec<usize> = header.match_indices("bh=").map(|(at, tag)| at + tag.len()).collect();
    // Sent messages have no signature.
    if places.is_empty() {
        return;
    }
    let hash = body_hash(body);
    for at in places {
        entry.replace_range(at..at + HASH_LENGTH, &hash);
    }
}

/// The hash of the body as sent, in simple and in relaxed form: no line has white space at its end or two blanks in a
/// row, so canonicalization only affects line ends and empty lines at the end.
fn body_hash(body: &str) -> String {
    let mut hash = Sha256::new();
    for line in body.trim_end().lines() {
        hash.update(as_sent(line));
        hash.update("\r\n");
    }
    STANDARD.encode(hash.finalize())
}

/// The line without the mark that quoting added.
fn as_sent(line: &str) -> &str {
    match line.strip_prefix('>') {
        Some(sent) if sent.trim_start_matches('>').starts_with("From ") => sent,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash of RFC 6376, appendix A.2.
    #[test]
    fn the_hash_is_that_of_the_body_as_sent() {
        let of_rfc = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=";
        assert_eq!(body_hash("Hi.\n\nWe lost the game. Are you hungry yet?\n\nJoe.\n\n\n"), of_rfc);
        assert_eq!(body_hash("Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n"), of_rfc);
    }

    #[test]
    fn one_mark_of_a_quoted_line_was_not_sent() {
        let lines = [">From a", ">>From a", "> From a", ">from a", ">", "a"];
        assert_eq!(lines.map(as_sent), ["From a", ">From a", "> From a", ">from a", ">", "a"]);
    }

    #[test]
    fn each_signature_gets_it_and_the_body_stays() {
        let placeholder = "A".repeat(HASH_LENGTH);
        let signed = |hash: &str| format!("From x\nDKIM: bh={hash};\n b=1\nARC: bh={hash}\n\nbh=\n");
        let mut entry = signed(&placeholder);
        sign(&mut entry, "\n");
        assert_eq!(entry, signed(&body_hash("bh=")));
    }
}

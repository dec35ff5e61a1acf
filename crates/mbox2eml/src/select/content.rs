//! The content of a message, independent of the mailbox that it was in.

use std::io::{self, Write};
use std::mem;

use memchr::{memchr, memchr2};
use sha2::{Digest, Sha256};

use crate::transform::Eml;

/// The header fields in which programs keep their own notes about a message. They differ from mailbox to mailbox.
///
/// From Gmail's export; Thunderbird, the last two for mail fetched by POP3; Pine, mutt, UW IMAP and Dovecot; Evolution;
/// and the mboxcl formats.
const NOTES: [&str; 17] = [
    "X-Gmail-Labels",
    "X-GM-THRID",
    "X-Mozilla-Status",
    "X-Mozilla-Status2",
    "X-Mozilla-Keys",
    "X-Account-Key",
    "X-UIDL",
    "Status",
    "X-Status",
    "X-UID",
    "X-Keywords",
    "X-IMAP",
    "X-IMAPbase",
    "X-Evolution",
    "X-Evolution-Source",
    "Content-Length",
    "Lines",
];

/// How many bytes of a field are enough to recognize one of these names.
const START: usize = 32;

/// Hashes a message that is written to it: without the fields of [`NOTES`], with lines that end in LF, and without the
/// line ends after the last line that is not empty.
///
/// The message may come in any pieces, so it need not be in memory as a whole.
#[derive(Debug)]
pub(super) struct Content {
    hash: Sha256,
    place: Place,
    /// Whether the header field that is being read counts.
    counts: bool,
    /// The first bytes of a header line.
    start: Vec<u8>,
    /// Carriage returns whose next byte is not known yet.
    returns: u64,
    /// Whether a carriage return alone ends a line.
    returns_end_lines: bool,
    /// Line ends that count only if something follows.
    line_ends: u64,
}

/// Where in a message the next byte belongs.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// At the start of a header line, too short to know its name.
    Start,
    /// Later in a header line.
    Field,
    Body,
}

impl Content {
    /// The hash of the content of `eml`.
    pub(super) fn of(eml: &Eml<'_>) -> Sha256 {
        let mut content = Self::new(eml.line_stats().lf == 0);
        // This writer never fails.
        drop(eml.with_own_line_ends().write_to(&mut content));
        content.finish()
    }

    fn new(returns_end_lines: bool) -> Self {
        Self {
            hash: Sha256::new_with_prefix(b"content\0"),
            place: Place::Start,
            counts: true,
            start: Vec::with_capacity(START),
            returns: 0,
            returns_end_lines,
            line_ends: 0,
        }
    }

    fn finish(mut self) -> Sha256 {
        if !self.start.is_empty() {
            self.begin_field();
        }
        self.hash
    }

    /// Adds bytes without a line end.
    fn text(&mut self, text: &[u8]) {
        match self.place {
            Place::Start => {
                let (start, rest) = text.split_at(text.len().min(START - self.start.len()));
                self.start.extend_from_slice(start);
                if self.start.len() == START {
                    self.begin_field();
                    self.text(rest);
                }
            }
            Place::Field if !self.counts => (),
            Place::Field | Place::Body => self.add(text),
        }
    }

    /// Continues a header line whose start is known. A line that begins with white space belongs to the field above it
    /// (RFC 5322, section 2.2.3).
    fn begin_field(&mut self) {
        let mut start = mem::take(&mut self.start);
        if !matches!(start.first(), Some(b' ' | b'\t')) {
            self.counts = !is_note(&start);
        }
        if self.counts {
            self.add(&start);
        }
        start.clear();
        self.start = start;
        self.place = Place::Field;
    }

    fn end_line(&mut self) {
        match self.place {
            Place::Start if self.start.is_empty() => {
                self.line_ends += 1;
                self.place = Place::Body;
            }
            Place::Start | Place::Field => {
                if !self.start.is_empty() {
                    self.begin_field();
                }
                self.line_ends += u64::from(self.counts);
                self.place = Place::Start;
            }
            Place::Body => self.line_ends += 1,
        }
    }

    /// Adds the carriage returns as they are, since no line feed follows them.
    fn end_returns(&mut self) {
        for _ in 0..mem::take(&mut self.returns) {
            if self.returns_end_lines {
                self.end_line();
            } else {
                self.text(b"\r");
            }
        }
    }

    /// How many bytes at the start of `rest`, which begins with no line end, can be added at once: the rest of a line,
    /// and in a body all lines up to a carriage return, but for the line ends behind them.
    fn run(&self, rest: &[u8]) -> usize {
        match self.place {
            Place::Body => {
                let lines = memchr(b'\r', rest).and_then(|at| rest.get(..at)).unwrap_or(rest);
                lines.iter().rposition(|byte| *byte != b'\n').map_or(0, |at| at + 1)
            }
            Place::Start | Place::Field => memchr2(b'\r', b'\n', rest).unwrap_or(rest.len()),
        }
    }

    fn add(&mut self, text: &[u8]) {
        for _ in 0..mem::take(&mut self.line_ends) {
            self.hash.update(b"\n");
        }
        self.hash.update(text);
    }
}

impl Write for Content {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let [first, after @ ..] = rest {
            rest = match first {
                b'\r' => {
                    self.returns += 1;
                    after
                }
                b'\n' => {
                    self.returns = 0;
                    self.end_line();
                    after
                }
                _ => {
                    self.end_returns();
                    let (text, after) = rest.split_at(self.run(rest));
                    self.text(text);
                    after
                }
            };
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a header line that begins like this is one of [`NOTES`].
fn is_note(start: &[u8]) -> bool {
    let name = memchr(b':', start).and_then(|colon| start.get(..colon)).unwrap_or_default().trim_ascii_end();
    NOTES.iter().any(|note| name.eq_ignore_ascii_case(note.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::string_regex;

    use super::*;
    use crate::split::LineEnd;
    use crate::transform::{Eml, Eol, Quoting};

    fn in_mailbox(bytes: &[u8], line_end: LineEnd, eol: Eol) -> [u8; 32] {
        let eml = Eml::with_line_end(bytes, line_end, Quoting::Mboxrd, eol);
        Content::of(&eml).finalize().into()
    }

    fn hash(bytes: &[u8]) -> [u8; 32] {
        in_mailbox(bytes, LineEnd::Lf, Eol::Crlf)
    }

    const MESSAGE: &[u8] = b"Subject: a\nTo: b\n c\n\nline\n\n>From us\n";

    #[test]
    fn what_is_the_same() {
        for same in [
            &b"Subject: a\nTo: b\n c\n\nline\n\n>From us\n\n\n\n"[..],
            b"Subject: a\nTo: b\n c\n\nline\n\n>From us",
            b"Subject: a\r\nTo: b\r\n c\r\n\r\nline\r\n\r\n>From us\r\n\r\n",
            b"Subject: a\r\nTo: b\n c\r\r\n\r\nline\n\r\n>From us\r\r\n",
            b"Subject: a\nTo: b\n c\n\nline\n\n>From us\n\r\r\n\r",
            b"Status: RO\nSubject: a\nTo: b\n c\nX-Status: A\n\nline\n\n>From us\n",
            b"X-GM-THRID: 1\nX-Gmail-Labels: =?utf-8?Q?a?=\n =?utf-8?Q?b?=\n\tc\nSubject: a\nTo: b\n c\n\nline\n\n>From us\n",
            b"Subject: a\nTo: b\n c\nx-mozilla-keys:\nX-MOZILLA-STATUS2 : 0\nLines: 7\n\nline\n\n>From us\n",
            b"Content-Length: 17\r\n\t\r\nSubject: a\r\nTo: b\n c\nX-Uid:\n 1\n\nline\n\n>From us\n",
        ] {
            assert_eq!(hash(same), hash(MESSAGE), "{:?}", String::from_utf8_lossy(same));
        }
    }

    #[test]
    fn what_is_not_the_same() {
        for other in [
            &b""[..],
            b"Subject: a\nTo: b\n c\n",
            b"Subject: A\nTo: b\n c\n\nline\n\n>From us\n",
            b"Subject: a\nTo: b\n  c\n\nline\n\n>From us\n",
            b"Subject: a\nTo: b c\n\nline\n\n>From us\n",
            b"To: b\n c\nSubject: a\n\nline\n\n>From us\n",
            b"Subject: a\n\nTo: b\n c\n\nline\n\n>From us\n",
            b"Subject: a\nTo: b\n c\n\nline\n>From us\n",
            b"Subject: a\nTo: b\n c\n\nline\n\n>>From us\n",
            b"Subject: a\nTo: b\n c\n\nline\n\n>From us\n ",
            b"Subject: a\nTo: b\n c\n\nline \n\n>From us\n",
            b"Subject: a\nTo: b\n c\n\nline\r\r\r\n\r>From us\n",
            b"Subject: a\nTo: b\n c\n\nStatus: R\nline\n\n>From us\n",
            b"Subject: a\nTo: b\n c\nStatuss: R\n\nline\n\n>From us\n",
            b"Subject: a\nTo: b\n c\nX-Status-X: R\n\nline\n\n>From us\n",
            b"Subject: a\nTo: b\nStatus: R\n c\n\nline\n\n>From us\n",
            b"Received: by x\nSubject: a\nTo: b\n c\n\nline\n\n>From us\n",
        ] {
            assert_ne!(hash(other), hash(MESSAGE), "{:?}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn a_header_may_end_with_the_message() {
        assert_eq!(hash(b"Subject: a"), hash(b"Subject: a\n\n"));
        assert_ne!(hash(b"Subject: a"), hash(b"Subject: b"));
        assert_eq!(hash(b"Status: R"), hash(b""));
    }

    #[test]
    fn carriage_returns_end_lines_where_there_are_no_others() {
        let classic: Vec<u8> = MESSAGE.iter().map(|byte| if *byte == b'\n' { b'\r' } else { *byte }).collect();
        for eol in [Eol::Crlf, Eol::Lf, Eol::Keep] {
            assert_eq!(in_mailbox(&classic, LineEnd::Cr, eol), hash(MESSAGE), "{eol:?}");
        }
        assert_ne!(hash(b"a: b\rStatus: R\n\nc"), hash(b"a: b\n\nc"));
        assert_eq!(hash(b"a: b\r\rStatus: R\nStatus: R\n\nc"), hash(b"a: b\r\rStatus: R\n\nc"));
    }

    #[test]
    fn names_fit_into_what_is_looked_at() {
        for note in NOTES {
            assert!(note.len() + " :".len() < START);
            assert!(is_note(format!("{note} : x").as_bytes()) && is_note(format!("{note}:").to_uppercase().as_bytes()));
            assert!(!is_note(note.as_bytes()) && !is_note(format!("{note}x:").as_bytes()));
        }
    }

    /// The same, line by line and in memory.
    fn naive(message: &str) -> Vec<u8> {
        let unified = message.replace("\r\r\n", "\n").replace("\r\n", "\n");
        let (header, body) = match unified.strip_prefix('\n') {
            Some(body) => ("", Some(body)),
            None => unified.split_once("\n\n").map_or((unified.as_str(), None), |(header, body)| (header, Some(body))),
        };
        let mut lines: Vec<&str> = Vec::new();
        let mut counts = true;
        for line in header.split('\n').filter(|line| !line.is_empty()) {
            if !line.starts_with([' ', '\t']) {
                let name = line.split_once(':').map_or("", |(name, _)| name).trim_end().to_ascii_lowercase();
                counts = !["status", "x-uid", "lines"].contains(&name.as_str());
            }
            if counts {
                lines.push(line);
            }
        }
        lines.extend(body.into_iter().flat_map(|body| [""].into_iter().chain(body.split('\n'))));
        lines.join("\n").trim_end_matches('\n').into()
    }

    fn in_pieces<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
        let mut content = Content::new(false);
        pieces.for_each(|piece| content.write_all(piece).unwrap());
        content.finish().finalize().into()
    }

    fn message() -> impl Strategy<Value = String> {
        let end = "(\n|\r\n|\r\r\n)";
        let header =
            format!("((Subject|To|Status|X-UID|Lines|[ \t]a|lines ?)(:[ a:]{{0,40}})?{end}){{0,6}}((To|Lines): a)?");
        let body = format!("({end}((a|Status: R|>)?{end}){{0,5}}b?{end}{{0,3}})?");
        string_regex(&(header + &body)).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn agrees_with_a_reading_in_memory(message in message()) {
            let mut expected = Sha256::new_with_prefix(b"content\0");
            expected.update(naive(&message));
            let expected: [u8; 32] = expected.finalize().into();
            prop_assert_eq!(in_pieces([message.as_bytes()].into_iter()), expected, "{:?}", naive(&message));
        }

        #[test]
        fn pieces_do_not_matter(bytes in "[aS: \r\n]{0,60}|(Status: R|X-UID|:| |a{33}|\r|\n){0,20}", size in 1..40_usize) {
            let bytes = bytes.as_bytes();
            prop_assert_eq!(in_pieces(bytes.chunks(size)), in_pieces([bytes].into_iter()));
        }

        #[test]
        fn line_ends_asked_for_do_not_matter(message in message()) {
            let lf = message.replace('\r', "");
            for eol in [Eol::Crlf, Eol::Lf, Eol::Keep] {
                let crlf = lf.replace('\n', "\r\n");
                prop_assert_eq!(in_mailbox(crlf.as_bytes(), LineEnd::Lf, eol), in_mailbox(lf.as_bytes(), LineEnd::Lf, Eol::Keep));
                prop_assert_eq!(in_mailbox(message.as_bytes(), LineEnd::Lf, eol), in_mailbox(message.as_bytes(), LineEnd::Lf, Eol::Keep));
            }
        }
    }
}

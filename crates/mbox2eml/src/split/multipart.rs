//! Is a place inside an open MIME multipart (RFC 2046, 5.1)? A tie-breaker only, since truncated messages exist.

use memchr::memmem;

use crate::field::{RawFields, parameter, strict};
use crate::line_end::LineEnd;

/// Longer boundaries than this are not believed; RFC 2046 allows 70 characters.
const BOUNDARY_LIMIT: usize = 256;

/// Follows the outermost multipart of one message; every byte is looked at once.
#[derive(Debug, Default)]
pub(super) struct Multipart {
    delimiter: Delimiter,
    /// How much of the message was looked at.
    seen: usize,
    open: bool,
}

#[derive(Debug, Default)]
enum Delimiter {
    #[default]
    Unknown,
    None,
    /// `--` and the boundary.
    Line(Vec<u8>),
}

impl Multipart {
    /// Whether the multipart is open at the end of `message`, which must not be shorter than at the last call.
    pub(super) fn is_open(&mut self, message: &[u8], line_end: LineEnd) -> bool {
        if matches!(self.delimiter, Delimiter::Unknown) {
            self.delimiter =
                boundary(message, line_end).map_or(Delimiter::None, |b| Delimiter::Line([b"--", b].concat()));
        }
        let Delimiter::Line(line) = &self.delimiter else { return false };
        for at in memmem::find_iter(&message[self.seen..], line).map(|at| self.seen + at) {
            if line_end.at_tail(&message[..at]) > 0 {
                self.open = !message[at + line.len()..].starts_with(b"--");
            }
        }
        self.seen = message.len();
        self.open
    }
}

fn boundary(message: &[u8], line_end: LineEnd) -> Option<&[u8]> {
    let mut fields = RawFields::limited(message, line_end).map_while(strict);
    let (_, content_type) = fields.find(|(name, _)| name.eq_ignore_ascii_case(b"Content-Type"))?;
    let boundary = parameter(content_type, b"boundary")?;
    (1..=BOUNDARY_LIMIT).contains(&boundary.len()).then_some(boundary)
}

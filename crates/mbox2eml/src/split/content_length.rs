//! `Content-Length` (the mboxcl formats): believed only if a separator or the end of the file is exactly there.

use super::candidate::LOOK_AHEAD;
use super::from_line::{FromLine, Shape};
use super::multipart::Multipart;
use crate::decimal;
use crate::field::{MAX_HEADER, RawFields, strict};
use crate::line_end::LineEnd;
use crate::size::to_u64;
use crate::source::Window;

/// A longer claim is not looked into: it would need that many bytes in memory only to be refuted.
const CLAIM_LIMIT: usize = 64 << 20;

/// How many line ends may be between a message's claimed end and what follows.
const SLACK: usize = 2;

/// A message's end as its `Content-Length` claims it, found to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProvenEnd {
    /// Offset from the start of the mailbox.
    pub(super) end: u64,
    /// Where the next From_ line or the end of the file is.
    pub(super) next: u64,
    /// Whether at most the one line end that closes a message is between the two. With two of them the length
    /// may as well have been counted before the message was quoted, so that it says nothing about quoting.
    pub(super) exact: bool,
}

/// The answer of [`proven_end`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContentLength {
    /// More bytes are needed.
    Unclear,
    /// No length is claimed, or a wrong one.
    None,
    Proven(ProvenEnd),
}

/// Looks for a true `Content-Length` in the message that begins at `body` in the window, and for what the walk over its
/// header finds besides: which MIME parts the message has.
pub(super) fn proven_end(window: &Window<'_>, body: usize, line_end: LineEnd) -> (ContentLength, Multipart) {
    let message = &window.bytes[body..];
    let mut fields = RawFields::limited(message, line_end);
    let (mut claimed, mut content_type, mut is_valid) = (None, None, true);
    for field in fields.by_ref() {
        let Some((name, value)) = strict(field) else {
            is_valid = false;
            break;
        };
        if name.eq_ignore_ascii_case(b"Content-Length") {
            claimed = decimal::whole(value).and_then(|length| usize::try_from(length).ok());
        } else if content_type.is_none() && name.eq_ignore_ascii_case(b"Content-Type") {
            content_type = Some(value);
        }
    }
    // A `From :` field is looked at like a From_ line, perhaps before the fields below it are visible.
    if fields.position() == message.len() && message.len() < MAX_HEADER && !window.at_end {
        return (ContentLength::Unclear, Multipart::default());
    }
    let length = if is_valid { check(claimed, &fields, window, body, line_end) } else { ContentLength::None };
    (length, Multipart::of(content_type))
}

/// Whether a separator or the end of the file is where the length that was `claimed` ends.
fn check(
    claimed: Option<usize>,
    fields: &RawFields<'_>,
    window: &Window<'_>,
    body: usize,
    line_end: LineEnd,
) -> ContentLength {
    let message = &window.bytes[body..];
    let (header, empty_line) = (fields.position(), fields.empty_line());
    let Some(length) = claimed.filter(|_| empty_line > 0) else { return ContentLength::None };
    if length > CLAIM_LIMIT {
        return ContentLength::None;
    }
    let end = (header + empty_line).saturating_add(length);
    if !window.at_end && message.len() < end.saturating_add(LOOK_AHEAD) {
        return ContentLength::Unclear;
    }
    let mut at = end;
    for skipped in 0..=SLACK {
        let Some(rest) = message.get(at..) else { break };
        let at_line_start = line_end.at_tail(&message[..at]) > 0;
        if rest.is_empty() || at_line_start && is_separator(rest, line_end) {
            let offset = |place: usize| window.base + to_u64(body + place);
            return ContentLength::Proven(ProvenEnd { end: offset(end), next: offset(at), exact: skipped < SLACK });
        }
        match line_end.at_head(rest) {
            0 => break,
            length => at += length,
        }
    }
    ContentLength::None
}

fn is_separator(rest: &[u8], line_end: LineEnd) -> bool {
    let line = &rest[..rest.len().min(LOOK_AHEAD)];
    FromLine::parse(&line[..line_end.first_line(line)]).is_some_and(|line| line.shape() != Shape::Prose)
}

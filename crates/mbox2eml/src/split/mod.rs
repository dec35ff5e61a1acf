//! Where messages begin and end. Pure: bytes in, places out.
//!
//! Evidence first: a candidate is a `From ` line and what stands around it. Then the
//! decision, in mailbox order, by a [`Splitter`] that knows what it has seen so far. The result are [`Span`]s, which
//! tile the mailbox: every byte belongs to the preamble, or to one From_ line, message or separator.

mod candidate;
mod content_length;
mod fields;
mod folder_data;
mod from_line;
mod line_end;
mod multipart;
mod profile;
mod splitter;
mod verdict;

pub(crate) use from_line::Said;
pub use from_line::{FromLine, Shape};
pub use line_end::LineEnd;
pub use profile::Dialect;
pub use splitter::{Doubt, NotAnMbox, Splitter};
pub use verdict::SplitRule;

/// One message's place in its mailbox, as offsets in bytes from the mailbox's start.
///
/// `start..body` is the From_ line, `body..end` the message, `end..next` the separator. The next message's span
/// begins where this one's ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// Where the From_ line begins.
    pub start: u64,
    /// Where the message begins: after the From_ line and a `>From ` pseudo-header, if one follows it.
    pub body: u64,
    /// Where the message ends and the empty line after it begins.
    pub end: u64,
    /// Where the next From_ line begins, or the mailbox ends.
    pub next: u64,
    /// Whether a `Content-Length` field told the message's exact length and was found to be right.
    pub length_proven: bool,
    /// Who writes From_ lines such as this message's; it says how the message is quoted.
    pub profile: Dialect,
    /// Whether a line of it begins with `>From `, perhaps after more `>`.
    pub(crate) may_be_quoted: bool,
    /// What the From_ line says of the message, so that nobody has to read it again.
    pub(crate) said: Said,
}

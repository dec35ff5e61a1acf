//! Where messages begin and end. Pure: bytes in, places out.
//!
//! First the evidence: a candidate is a `From ` line and what is around it. Then the decision, in mailbox order, by the
//! `splitter`, which knows what it has seen so far. The result is [`Span`]s, which tile the mailbox: every byte belongs
//! to the preamble, or to one From_ line, message or separator.

mod beginning;
mod boundary;
mod candidate;
mod content_length;
mod dialect;
mod forwarded;
pub(crate) mod from_line;
mod multipart;
pub(crate) mod splitter;
mod verdict;

use std::ops::Range;

pub(crate) use beginning::Extent;
pub(crate) use boundary::Boundary;
pub use dialect::Dialect;
pub(crate) use dialect::{NO_SENDER, OWN_BLANKS, OWN_BLANKS_UNENDED, is_own_sender};
pub use from_line::FromLine;
pub(crate) use from_line::{FromLineFacts, Shape, gmail_milliseconds, zone_minutes};
pub(crate) use splitter::{Doubt, NotAnMbox, Splitter};
pub use verdict::SplitRule;

pub(crate) use crate::line_end::LineEnd;

/// One message's place in its mailbox, as offsets in bytes from the mailbox's start.
///
/// Three parts follow one another: the From_ line, the message and the separator. The next message's span begins where
/// this one ends.
///
/// ```
/// use mbox2eml::Mbox;
///
/// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nHello\n\n";
/// for message in Mbox::from_bytes(mailbox).messages() {
///     let span = message?.span();
///     assert_eq!((span.from_line(), span.message(), span.separator()), (0..32, 32..50, 50..51));
/// }
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    from_line_start: u64,
    message_start: u64,
    message_end: u64,
    separator_end: u64,
    /// Whether a `Content-Length` field gave the message's exact length and was found to be right.
    pub length_proven: bool,
    /// The program that writes From_ lines such as this message's, and so how the message is quoted.
    pub dialect: Dialect,
    /// Whether a line of it begins with `>From `, perhaps after more `>`.
    pub(crate) may_be_quoted: bool,
    /// Where the last line without a date is that begins with `From ` and was kept in the message.
    pub(crate) unquoted_line: Option<u64>,
    /// What the From_ line says of the message, so that it need not be read again.
    pub(crate) from_line_facts: FromLineFacts,
    /// How much of it there is.
    pub(crate) extent: Extent,
}

impl Span {
    /// The From_ line with its line end, and the `>From ` pseudo-headers below it if there are any.
    #[must_use]
    pub fn from_line(&self) -> Range<u64> {
        self.from_line_start..self.message_start
    }

    /// The message: header, empty line and body.
    #[must_use]
    pub fn message(&self) -> Range<u64> {
        self.message_start..self.message_end
    }

    /// The empty line after the message, if there is one. It ends where the next From_ line begins, or the mailbox
    /// ends.
    #[must_use]
    pub fn separator(&self) -> Range<u64> {
        self.message_end..self.separator_end
    }

    /// All three parts together.
    #[must_use]
    pub fn whole(&self) -> Range<u64> {
        self.from_line_start..self.separator_end
    }
}

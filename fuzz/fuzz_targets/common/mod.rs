//! Code that the property tests and the fuzz targets share.

// Each target uses only a part of it.
#![allow(dead_code, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../../../tests/properties/oracle.rs"]
pub(crate) mod oracle;
#[path = "../../../tests/properties/run.rs"]
pub(crate) mod run;
#[path = "../../../tests/properties/sources.rs"]
pub(crate) mod sources;

use mbox2eml::internals::LineEnd;
use mbox2eml::message::RawMessage;
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Quoting};

pub(crate) const RULES: [SplitRule; 3] = [SplitRule::Auto, SplitRule::Strict, SplitRule::Any];
pub(crate) const EOLS: [Eol; 3] = [Eol::Crlf, Eol::Lf, Eol::Keep];
pub(crate) const LINE_ENDS: [LineEnd; 2] = [LineEnd::Lf, LineEnd::Cr];
pub(crate) const QUOTINGS: [Quoting; 3] = [Quoting::Mboxrd, Quoting::Mboxo, Quoting::None];

/// The first line of `data`, and the rest.
pub(crate) fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    data.split_at(data.iter().position(|byte| *byte == b'\n').map_or(data.len(), |at| at + 1))
}

/// `data` as one message of a mailbox, with its first line as the From_ line.
pub(crate) fn message(data: &[u8]) -> RawMessage<'_> {
    let (from_line, bytes) = first_line(data);
    RawMessage::new(from_line, bytes)
}

//! Formats of real mailboxes, compared with what their makers and other programs say about them.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // they are how a test fails

mod corpus;
mod dialects;
mod from_lines;
mod headers;
mod labels;
mod locks;
mod proof;
mod ranges;
mod rules;
#[path = "../support/mod.rs"]
mod support;
mod warnings;

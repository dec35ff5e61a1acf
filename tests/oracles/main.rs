//! What others say: the assertions of peers about real mailboxes, Google's own signatures, and other programs that
//! read the same bytes.
//!
//! A peer is an oracle only where it is right. Where we differ a table says why, and a row that no longer differs is
//! a failure like any other.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // they are how a test fails

mod body_hash;
mod corpus;
mod expected;
mod generated;
mod git_mailsplit;
#[path = "../formats/dialects/hostile.rs"]
mod hostile;
mod mailbox;
mod peers;
#[path = "../support/program.rs"]
mod program;
mod python;
mod rust_crates;
#[path = "../support/mod.rs"]
mod support;
mod takeout;
mod written;

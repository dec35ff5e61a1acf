//! What holds for every mailbox, however hostile, and for every way of reading and writing it.
//!
//! `PROPTEST_CASES` sets how many cases are tried, as a share of 256: `PROPTEST_CASES=2560` tries ten times as many as
//! a plain run, which takes about half a minute.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // they are how a test fails

mod books;
mod bytes;
mod choices;
mod failures;
mod mailbox;
mod oracle;
mod reruns;
mod run;
mod sources;
mod spans;
mod threads;

use proptest::prelude::ProptestConfig;

/// A configuration for `count` cases; fewer for what is slow, so that all properties together stay quick.
fn cases(count: u32) -> ProptestConfig {
    let defaults = ProptestConfig::default();
    ProptestConfig { cases: (count * defaults.cases / 256).max(1), failure_persistence: None, ..defaults }
}

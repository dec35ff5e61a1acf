//! What holds for every mailbox, however hostile, and for every way of reading and writing it.
//!
//! Each property has its own number of cases, so that all together take some ten seconds; `PROPTEST_CASES=5000` tries
//! as many of every one, which takes long (`-- --skip a_long` leaves out the slowest).

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // they are how a test fails

mod broken_off;
mod bytes;
mod choices;
mod chosen;
mod exports;
mod failures;
mod mailbox;
mod mailboxes;
mod maildir;
mod metadata;
mod oracle;
mod pools;
mod quoting;
mod ranges;
mod regressions;
mod reruns;
mod run;
mod sources;
mod spans;
mod threads;
mod totals;

use proptest::prelude::ProptestConfig;

/// A configuration for `count` cases.
fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

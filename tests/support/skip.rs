//! Tests that cannot run here say so.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;

static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Reports that the running test is skipped, or a part of it, and why; the same reason once for each test.
///
/// The test harness captures what `eprintln!` prints and shows it for failed tests only, so this writes to standard
/// error itself. `.ci/run` counts the lines that begin with `skipped: `.
pub(crate) fn skip(reason: impl Display) {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    let line = format!("skipped: {}::{test}: {reason}\n", env!("CARGO_CRATE_NAME"));
    if !REPORTED.lock().unwrap().insert(line.clone()) {
        return;
    }
    // One write, so that lines of different threads are never mixed.
    let _ = io::stderr().write_all(line.as_bytes());
}

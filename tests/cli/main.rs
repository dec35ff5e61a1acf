//! The program from outside: what it writes, prints and returns for every option.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // they are how a test fails

mod anonymise;
mod archives;
mod bag;
mod choice;
mod commands;
mod common;
mod exports;
#[cfg(target_os = "linux")]
mod faults;
mod findings;
mod fixtures;
mod given_twice;
mod help;
mod inputs;
mod mailboxes;
mod manifest;
mod manual;
mod not_an_mbox;
mod options;
mod overview;
mod people;
mod places;
#[path = "../support/program.rs"]
mod program;
mod promises;
mod ranges;
mod readme;
mod renumbered;
mod report;
mod reporting;
mod rerun;
mod schema;
#[path = "../support/mod.rs"]
mod support;
mod thousand;
mod usage;
mod vault;
mod verify;
mod words;

#[cfg(unix)]
mod broken_pipes;
#[cfg(target_os = "linux")]
mod changing;
#[cfg(target_os = "linux")]
mod completions;
#[cfg(unix)]
mod held;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod interrupted;
#[cfg(unix)]
mod links;
#[cfg(target_os = "linux")]
mod maildir;
#[cfg(unix)]
mod output_faults;
#[cfg(unix)]
mod permissions;
#[cfg(unix)]
mod pipes;
#[cfg(windows)]
mod windows;

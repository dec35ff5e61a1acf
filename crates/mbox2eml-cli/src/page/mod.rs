//! The report: one HTML page about a run, for people who would rather look than read.
//!
//! `gather` makes a `model` of the figures of a run, `document` makes the text of that, and `file` writes it. The other
//! modules are parts of the model or of the text.

mod charts;
mod contents;
mod document;
mod ending;
mod file;
mod findings;
mod gather;
mod mailboxes;
mod making;
mod model;
mod next;
mod parts;
mod text;
mod totals;
mod verdict;

pub(crate) use file::{REPORT, check, is_page, write};
pub(crate) use model::Page;

#[cfg(test)]
mod tests;

/// How many of each kind are shown. Together with the longest texts they bound the size of a page.
const NAMES: usize = 25;
const YEARS: usize = 40;
const FAILURES: usize = 100;
const FAILED_MESSAGES: usize = 40;
const PLACES: usize = 8;
const DIFFERENCES: usize = 100;
const OMITTED: usize = 50;
const ARCHIVES: usize = 50;
const LARGEST: usize = 10;

//! What the program can do.

mod bag;
mod completions;
mod convert;
mod importers;
mod inspect;
mod man;
mod report;
mod run;
mod verify;

pub(crate) use completions::{complete, completions};
pub(crate) use convert::convert;
pub(crate) use importers::importers;
pub(crate) use inspect::inspect;
pub(crate) use man::man;
use report::{check_report, write_report};
pub(crate) use run::refuse;
use run::{exit, list_failures, print, run, with_manifest};
pub(crate) use verify::verify;

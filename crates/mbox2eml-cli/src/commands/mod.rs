//! What the program can do.

mod bag;
mod completions;
mod convert;
mod importers;
mod inspect;
mod man;
mod plan;
mod report;
mod run;
mod sum;
mod verify;

pub(crate) use completions::{complete, completions};
pub(crate) use convert::convert;
pub(crate) use importers::importers;
pub(crate) use inspect::inspect;
pub(crate) use man::man;
pub(crate) use plan::plan;
use report::{check_report, write_report};
pub(crate) use run::refuse;
use run::{exit, list_failures, print, run, with_manifest};
pub(crate) use sum::sum;
pub(crate) use verify::verify;

//! What the program can do.

mod convert;
mod generate;
mod inspect;
mod run;
mod verify;

pub(crate) use convert::convert;
pub(crate) use generate::{generate, list_importers};
pub(crate) use inspect::inspect;
use run::{add_run, exit, list_failures, print, refuse, run, summary};
pub(crate) use verify::verify;

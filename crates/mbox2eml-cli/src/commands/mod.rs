//! What the program can do.

mod convert;
mod generate;
mod inspect;
mod run;
mod verify;

pub(crate) use convert::convert;
pub(crate) use generate::{generate, list_importers};
pub(crate) use inspect::inspect;
use run::{add_run, exit, print, refuse, run, summary, tell_failures};
pub(crate) use verify::verify;

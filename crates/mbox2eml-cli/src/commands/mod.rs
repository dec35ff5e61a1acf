//! What the program can do.

mod convert;
mod generate;

pub(crate) use convert::convert;
pub(crate) use generate::{generate, list_importers};

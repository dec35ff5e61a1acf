//! Lists importers.

use super::print;
use crate::exit::Exit;
use crate::importer::{Importer, list};

/// Prints which importers there are, or what is known about one.
pub(crate) fn importers(only: Option<&Importer>) -> Exit {
    print(list(only).as_bytes(), Exit::Done)
}

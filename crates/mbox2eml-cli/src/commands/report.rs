//! The page about a run: checked before it, written after it.

use std::io;
use std::path::Path;

use mbox2eml::Error;

use crate::exit::Exit;
use crate::page::{self, Page};
use crate::reporter::Reporter;
use crate::terminal::{self, BOLD, escape};

/// Checks that the page can be written, if one was asked for.
pub(super) fn check_report(path: Option<&Path>) -> Result<(), Error> {
    path.map_or(Ok(()), |path| page::check(path).map_err(|source| unwritable(path, source)))
}

/// Writes the page, if one was asked for, and says so; a run whose page cannot be written has failed in part.
pub(super) fn write_report(path: Option<&Path>, page: impl FnOnce() -> Page, exit: Exit, reporter: &Reporter) -> Exit {
    let Some(path) = path else { return exit };
    match page::write(path, &page()) {
        Ok(kept) => {
            if !reporter.is_quiet() {
                terminal::eprint(format_args!("  {BOLD}report{BOLD:#}    {}\n", escape(path.display())));
                if let Some(kept) = kept {
                    terminal::eprint(format_args!(
                        "  the report of an earlier run is kept as {}\n",
                        escape(kept.display())
                    ));
                }
            }
            exit
        }
        Err(source) => {
            reporter.report_error(&unwritable(path, source));
            if exit == Exit::Done { Exit::SomeFailed } else { exit }
        }
    }
}

fn unwritable(path: &Path, source: io::Error) -> Error {
    Error::Output { path: path.to_owned(), doing: "cannot write this report", source }
}

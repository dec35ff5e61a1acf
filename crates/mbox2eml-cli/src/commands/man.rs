//! Prints manual pages, made from the options themselves.

use clap_mangen::Man;

use super::print;
use crate::exit::Exit;
use crate::{args, terminal};

/// Prints the page of a command, or of the program.
pub(crate) fn man(command: Option<&str>) -> Exit {
    let mut page = Vec::new();
    match Man::new(args::documented(command)).render(&mut page) {
        Ok(()) => print(&page, Exit::Done),
        Err(error) => {
            terminal::eprint(format_args!("mbox2eml: cannot make this page: {error}\n"));
            Exit::CouldNot
        }
    }
}

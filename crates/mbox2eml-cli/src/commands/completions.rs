//! Prints completion scripts, made from the options themselves.

use clap_complete::{Shell, generate};

use super::print;
use crate::args;
use crate::exit::Exit;

/// Prints the script for this shell.
pub(crate) fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    generate(shell, &mut args::for_completion(), "mbox2eml", &mut script);
    print(&script, Exit::Done)
}

//! Completion in shells: a script calls the program, which knows its options and their values.

use std::env;

use clap_complete::CompleteEnv;
use clap_complete::env::Shells;

use super::print;
use crate::args::{self, ShellArg};
use crate::exit::Exit;
use crate::terminal;

/// Set by the script when it asks for completions.
const VARIABLE: &str = "MBOX2EML_COMPLETE";

/// Prints the script for this shell.
pub(crate) fn completions(shell: ShellArg) -> Exit {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let written = shells
        .completer(shell.name())
        .map(|shell| shell.write_registration(VARIABLE, "mbox2eml", "mbox2eml", "mbox2eml", &mut script));
    match written {
        Some(Ok(())) => print(&script, Exit::Done),
        _ => {
            terminal::eprint("mbox2eml: cannot make this script\n");
            Exit::CouldNot
        }
    }
}

/// Prints completions if the script calls for them; returns whether it did.
pub(crate) fn complete() -> bool {
    let folder = env::current_dir().ok();
    let environment = CompleteEnv::with_factory(args::for_completion).var(VARIABLE);
    // What cannot be completed is not: a shell has no place for errors.
    environment.try_complete(env::args_os(), folder.as_deref()).unwrap_or(true)
}

//! What is printed instead of converting: the manual page and shell completions, made from the options themselves, and
//! the importers.

use clap::CommandFactory;
use clap_complete::{Shell, generate as complete};
use clap_mangen::Man;

use super::print;
use crate::args::{Args, GenerateArg};
use crate::exit::Exit;
use crate::{importer, terminal};

/// Prints what was asked for on standard output.
pub(crate) fn generate(what: GenerateArg) -> Exit {
    let mut command = Args::command();
    let mut text = Vec::new();
    let mut shell = |shell| {
        complete(shell, &mut command, "mbox2eml", &mut text);
        Ok(())
    };
    let made = match what {
        GenerateArg::Man => Man::new(Args::command()).render(&mut text),
        GenerateArg::CompleteBash => shell(Shell::Bash),
        GenerateArg::CompleteZsh => shell(Shell::Zsh),
        GenerateArg::CompleteFish => shell(Shell::Fish),
        GenerateArg::CompletePowershell => shell(Shell::PowerShell),
    };
    match made {
        Ok(()) => print(&text, Exit::Done),
        Err(error) => {
            terminal::eprint(format_args!("mbox2eml: cannot generate it: {error}\n"));
            Exit::CouldNot
        }
    }
}

/// Prints which importers there are.
pub(crate) fn list_importers() -> Exit {
    print(importer::list().as_bytes(), Exit::Done)
}

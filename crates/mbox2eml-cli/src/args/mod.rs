//! The command line as it was typed.

mod commands;
mod groups;
mod help;
mod read;
mod values;
mod words;

use clap::{Args as _, Command, CommandFactory};
use commands::Cli;
pub(crate) use commands::{ConvertArgs, InspectArgs, Job, VerifyArgs, ZipArgs};
pub(crate) use groups::{FilterArgs, MessageArgs, NameArgs, ReportingArgs, RunningArgs};
pub(crate) use read::{Refusal, read};
pub(crate) use values::{ColorArg, ProgressArg};

/// The program as a shell completes it: the options of `convert` come without the word, too.
pub(crate) fn for_completion() -> Command {
    ConvertArgs::augment_args(Cli::command())
}

/// The program, or one of its commands, as a manual page describes it: with all of the long help and none of the short.
pub(crate) fn documented(command: Option<&str>) -> Command {
    let program = Cli::command();
    let documented = command.and_then(|name| program.find_subcommand(name)).cloned().unwrap_or(program);
    documented.mut_args(|argument| {
        let help = argument.get_long_help().or_else(|| argument.get_help()).cloned().unwrap_or_default();
        argument.hide_short_help(false).help(help).long_help(None)
    })
}

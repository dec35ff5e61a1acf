//! The command line as it was typed.

mod commands;
mod groups;
mod help;
mod page;
mod read;
mod values;
mod words;

use clap::{Args as _, Command, CommandFactory};
use commands::Cli;
pub(crate) use commands::{BagArgs, ConvertArgs, InspectArgs, Job, PlanArgs, SumArgs, VerifyArgs, ZipArgs};
pub(crate) use groups::{FilterArgs, ManifestArgs, MboxArgs, MessageArgs, NameArgs, ReportingArgs, RunningArgs};
pub(crate) use help::page;
pub(crate) use page::Page;
pub(crate) use read::{Refusal, Why, output_of, read};
pub(crate) use values::{ColorArg, FormatArg, ProgressArg, ShellArg};

/// The program as a shell completes it: the options of `convert` come without the word, too.
pub(crate) fn for_completion() -> Command {
    ConvertArgs::augment_args(Cli::command())
}

/// The program, or one of its commands, as a manual page describes it: all options with all of their help.
pub(crate) fn documented(command: Option<&str>) -> Command {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let documented = command.and_then(|name| program.find_subcommand(name)).cloned().unwrap_or(program);
    documented.mut_args(|argument| {
        let help = argument.get_long_help().or_else(|| argument.get_help()).cloned().unwrap_or_default();
        argument.hide_short_help(false).help(help).long_help(None)
    })
}

//! From words to a command with its options.

use std::ffi::OsString;
use std::path::Path;
use std::{env, io};

use clap::error::ErrorKind;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};
use serde_json::Value;

use super::commands::{Cli, Job};
use super::words;
use crate::given;
use crate::usage::Usage;

/// The command line as it was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// The options, for a summary.
    pub(crate) options: Value,
    /// All words after the name of the program.
    pub(crate) words: Vec<OsString>,
}

/// Why there is no command to run.
pub(crate) enum Refusal {
    /// The parser's answer, which may be a help page.
    Answer(clap::Error),
    /// The command line makes no sense.
    Usage(Usage),
}

impl From<clap::Error> for Refusal {
    fn from(error: clap::Error) -> Self {
        Self::Answer(error)
    }
}

/// Reads the command line, and the options of an earlier run if those are asked for.
pub(crate) fn read() -> Result<Job, Refusal> {
    let mut command = Cli::command();
    command.build();
    let typed: Vec<OsString> = env::args_os().skip(1).collect();
    let words = words::with_command(&command, &typed).map_err(Refusal::Usage)?;
    let (mut job, mut matches) = parse(&words).map_err(|error| explained(error, &command, &words))?;
    let mut options = given_options(&command, &matches);
    if let Job::Verify(args) = &job
        && let Some(summary) = &args.like
    {
        let earlier = given::arguments_of(summary, &options).map_err(|error| unusable(summary, &error))?;
        let (verb, rest) = words.split_at(1);
        let words: Vec<OsString> = verb.iter().cloned().chain(earlier).chain(rest.iter().cloned()).collect();
        (job, matches) = parse(&words)?;
        options = given_options(&command, &matches);
    }
    if let Some(reporting) = job.reporting_mut() {
        reporting.given = Given { options, words: typed };
    }
    Ok(job)
}

fn parse(words: &[OsString]) -> Result<(Job, ArgMatches), clap::Error> {
    let program = OsString::from("mbox2eml");
    let matches = Cli::command().try_get_matches_from(std::iter::once(&program).chain(words))?;
    Ok((Cli::from_arg_matches(&matches)?.job, matches))
}

/// The options that were given to the command.
fn given_options(command: &Command, matches: &ArgMatches) -> Value {
    let given = matches.subcommand().and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
    given.map_or(Value::Null, |(command, matches)| given::options(command, matches))
}

fn unusable(summary: &Path, error: &io::Error) -> Refusal {
    Refusal::Usage(Usage::Like(summary.to_owned(), error.to_string()))
}

/// The error, or a better one if the option is one of another command.
fn explained(error: clap::Error, command: &Command, words: &[OsString]) -> Refusal {
    use clap::error::{ContextKind, ContextValue};
    let verb = words.first().and_then(|word| word.to_str()).unwrap_or_default();
    if let (ErrorKind::UnknownArgument, Some(ContextValue::String(option))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        let has = |command: &&Command| words::argument(command, option).is_some();
        let other = command.get_subcommands().filter(|other| other.get_name() != verb).find(has);
        if let Some(other) = other {
            return Refusal::Usage(Usage::OptionOfOther {
                option: option.clone(),
                command: verb.to_owned(),
                other: other.get_name().to_owned(),
            });
        }
    }
    Refusal::Answer(error)
}

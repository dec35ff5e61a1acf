//! From words to a command with its options.

use std::ffi::OsString;
use std::path::PathBuf;
use std::{env, io};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};
use serde_json::Value;

use super::commands::{Cli, ConvertArgs, Job};
use super::groups::PathArgs;
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
pub(crate) struct Refusal {
    pub(crate) why: Why,
    /// The command line that shows the help.
    pub(crate) help: String,
}

/// See [`Refusal`].
pub(crate) enum Why {
    /// The parser's answer, which may be a help page.
    Answer(clap::Error),
    /// The command line makes no sense.
    Usage(Usage),
}

impl From<clap::Error> for Why {
    fn from(error: clap::Error) -> Self {
        Self::Answer(error)
    }
}

impl From<Usage> for Why {
    fn from(usage: Usage) -> Self {
        Self::Usage(usage)
    }
}

/// Reads the command line, and the options of an earlier run if those are asked for.
pub(crate) fn read() -> Result<Job, Refusal> {
    let mut command = Cli::command();
    command.build();
    let typed: Vec<OsString> = env::args_os().skip(1).collect();
    let words = words::with_command(&command, &typed)
        .map_err(|usage| Refusal { why: usage.into(), help: "mbox2eml --help".to_owned() })?;
    let verb = words.first().filter(|verb| command.find_subcommand(verb).is_some());
    let verb = verb.map(|verb| format!("{} ", verb.display())).unwrap_or_default();
    read_words(&command, &words, typed).map_err(|why| Refusal { why, help: format!("mbox2eml {verb}--help") })
}

fn read_words(command: &Command, words: &[OsString], typed: Vec<OsString>) -> Result<Job, Why> {
    let (mut job, mut matches) = parse(words).map_err(|error| explained(error, command, words))?;
    let mut options = given_options(command, &matches);
    if let Job::Verify(args) = &job
        && let Some(summary) = &args.like
    {
        let unusable = |error: io::Error| Usage::Like(summary.clone(), error.to_string());
        let earlier = given::arguments_of(summary, &options).map_err(unusable)?;
        let (verb, rest) = words.split_at(1);
        let words: Vec<OsString> = verb.iter().cloned().chain(earlier).chain(rest.iter().cloned()).collect();
        (job, matches) = parse(&words)?;
        options = given_options(command, &matches);
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

/// The output of a conversion, by these words after the name of the program.
pub(crate) fn output_of(typed: &[OsString]) -> Option<PathBuf> {
    let mut command = Cli::command();
    command.build();
    let (job, _) = parse(&words::with_command(&command, typed).ok()?).ok()?;
    let Job::Convert(args) = job else { return None };
    let ConvertArgs { places: PathArgs { paths, output, .. }, .. } = *args;
    output.or_else(|| paths.into_iter().next_back())
}

/// The options that were given to the command.
fn given_options(command: &Command, matches: &ArgMatches) -> Value {
    let given = matches.subcommand().and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
    given.map_or(Value::Null, |(command, matches)| given::options(command, matches))
}

/// The error, or a better one if the option is one of another command.
fn explained(error: clap::Error, command: &Command, words: &[OsString]) -> Why {
    let verb = words.first().and_then(|word| word.to_str()).unwrap_or_default();
    if let (ErrorKind::UnknownArgument, Some(ContextValue::String(option))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        let has = |command: &&Command| words::argument(command, option).is_some();
        let other = command.get_subcommands().filter(|other| other.get_name() != verb).find(has);
        if let Some(other) = other {
            let (command, other) = (verb.to_owned(), other.get_name().to_owned());
            return Usage::OptionOfOther { option: option.clone(), command, other }.into();
        }
    }
    if let (ErrorKind::InvalidValue, Some(ContextValue::String(value)), Some(ContextValue::String(argument))) =
        (error.kind(), error.get(ContextKind::InvalidValue), error.get(ContextKind::InvalidArg))
        && value.is_empty()
        && !argument.starts_with('-')
    {
        return Usage::EmptyPath.into();
    }
    error.into()
}

//! The options as they were given: into a summary, and out of one again.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use serde_json::{Map, Value};

/// Options that say how a run goes or what it reports, and not what it writes.
const OF_ONE_RUN: &[&str] = &[
    "bag",
    "bag-organization",
    "color",
    "compression",
    "dry-run",
    "fsync",
    "json",
    "like",
    "manifest",
    "manifest-bom",
    "no-mmap",
    "output",
    "progress",
    "prove",
    "quiet",
    "range",
    "report",
    "source-hash",
    "threads",
    "verbose",
    "zip-max-entries",
    "zip-max-size",
];

/// Whether an option says how a run goes or what it reports, and not what it writes.
pub(crate) fn is_of_one_run(option: &str) -> bool {
    OF_ONE_RUN.contains(&option)
}

/// The options that were given, by their long names: `true` for one without a value, a list for one given repeatedly.
pub(crate) fn options(command: &Command, matches: &ArgMatches) -> Value {
    let mut options = Map::new();
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        let Some(long) = argument.get_long() else { continue };
        if matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let values = matches.get_raw(id).into_iter().flatten().map(|value| Value::from(value.to_string_lossy()));
        let mut values: Vec<Value> = if argument.get_action().takes_values() { values.collect() } else { Vec::new() };
        let is_list = values.len() > 1 || matches!(argument.get_action(), clap::ArgAction::Append);
        let value = match values.pop() {
            None => Value::Bool(true),
            Some(only) if !is_list => only,
            Some(last) => {
                values.push(last);
                Value::Array(values)
            }
        };
        options.insert(long.to_owned(), value);
    }
    Value::Object(options)
}

/// The arguments that give the options of the run that wrote this summary, but for those in `given`.
pub(crate) fn arguments_of(summary: &Path, given: &Value) -> io::Result<Vec<OsString>> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let no_summary = || invalid("not a summary written by --json");
    let summary: Value = serde_json::from_slice(&fs::read(summary)?).map_err(|_| no_summary())?;
    let Some(Value::Object(options)) = summary.get("options") else { return Err(no_summary()) };
    let mut arguments = Vec::new();
    for (name, value) in options {
        if is_of_one_run(name) || given.get(name).is_some() {
            continue;
        }
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            arguments.push(match value {
                Value::Bool(true) => format!("--{name}").into(),
                Value::String(text) => format!("--{name}={text}").into(),
                _ => return Err(invalid("its options are invalid")),
            });
        }
    }
    Ok(arguments)
}

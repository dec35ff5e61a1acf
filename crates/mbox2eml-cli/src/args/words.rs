//! The words of a command line before they are parsed: which of them is the command.

use std::ffi::{OsStr, OsString};
use std::iter;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{Arg, Command};

use crate::paths::is_pattern;
use crate::shell;
use crate::usage::Usage;

/// How alike a word and a command must be for a suggestion, from 0 to 1.
const ALIKE: f64 = 0.8;

/// The words with the command first: `convert` if none was typed.
pub(super) fn with_command(command: &Command, typed: &[OsString]) -> Result<Vec<OsString>, Usage> {
    let is_command = |word: &OsStr| word == "help" || command.get_subcommands().any(|other| word == other.get_name());
    let is_of_program = |word: &OsStr| ["-h", "--help", "-V", "--version"].iter().any(|option| word == *option);
    match typed.first() {
        None => return Ok(Vec::new()),
        Some(first) if first == "help" => return help_words(command, typed),
        Some(first) if is_command(first) || is_of_program(first) => return Ok(typed.to_vec()),
        Some(_) => {}
    }
    if let Some((at, word)) = first_path(command, typed) {
        if is_command(word) {
            let mut words = typed.to_vec();
            let verb = words.remove(at);
            words.insert(0, verb);
            let parsed = command.clone().try_get_matches_from(iter::once(&"mbox2eml".into()).chain(&words));
            if parsed.is_err_and(|error| error.kind() == ErrorKind::UnknownArgument) {
                // It would be wrong in that order too: the parser says why.
                return Ok(words);
            }
            return Err(Usage::CommandFirst(word.to_string_lossy().into_owned(), shell::line(&words)));
        }
        let has = |option: &str| typed.iter().filter_map(|word| word.to_str()).any(|word| name_of(word) == option);
        // A range names its input.
        let is_no_input = has("-h") || has("--help") || has("--range");
        // The parser names an unknown option, of which this may be the value.
        let is_value =
            at.checked_sub(1).is_some_and(|before| typed.get(before).is_some_and(|it| is_unknown(command, it)));
        if !exists(word) && !is_no_input && !is_value {
            return Err(Usage::NoSuchInput(word.into(), suggestion(command, word)));
        }
    }
    Ok(iter::once("convert".into()).chain(typed.iter().cloned()).collect())
}

/// The words of `help`, which takes no option and the name of a command.
fn help_words(command: &Command, typed: &[OsString]) -> Result<Vec<OsString>, Usage> {
    match typed.get(1) {
        Some(option) if option == "-h" || option == "--help" => Ok(["help".into(), "help".into()].to_vec()),
        Some(word) if word != "help" && command.find_subcommand(word).is_none() => {
            Err(Usage::NoSuchCommand(word.to_string_lossy().into_owned(), suggestion(command, word)))
        }
        _ => Ok(typed.to_vec()),
    }
}

/// The first word that is neither an option nor the value of one, and its position.
fn first_path<'a>(command: &Command, typed: &'a [OsString]) -> Option<(usize, &'a OsStr)> {
    let mut words = typed.iter().enumerate();
    while let Some((at, word)) = words.next() {
        match word.to_str() {
            Some("--") => return words.next().map(|(at, word)| (at, word.as_os_str())),
            Some(option) if option.len() > 1 && option.starts_with('-') => {
                if takes_next_word(command, option) {
                    words.next();
                }
            }
            _ => return Some((at, word)),
        }
    }
    None
}

/// An option without its value: `--range` of `--range=plan.jsonl:1`.
fn name_of(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}

/// Whether the next word is the value of this option, or of the last of these short ones in one word.
fn takes_next_word(command: &Command, word: &str) -> bool {
    let takes_value = |option: &str| {
        let found = command.get_subcommands().find_map(|command| argument(command, option));
        found.is_some_and(|found| found.get_action().takes_values() && !found.is_require_equals_set())
    };
    if word.starts_with("--") {
        return takes_value(word);
    }
    let mut letters = word.trim_start_matches('-').chars();
    // What follows such a letter is its value.
    letters.any(|letter| takes_value(&format!("-{letter}"))) && letters.as_str().is_empty()
}

/// Whether a word is a long option that no command has.
fn is_unknown(command: &Command, word: &OsStr) -> bool {
    let option = word.to_str().filter(|word| word.starts_with("--") && !word.contains('='));
    option.is_some_and(|option| !command.get_subcommands().any(|command| argument(command, option).is_some()))
}

/// The argument of a command that this word is, such as `--name` or `-o`, without a value.
pub(super) fn argument<'a>(command: &'a Command, option: &str) -> Option<&'a Arg> {
    let is_it = |argument: &&Arg| match option.strip_prefix("--") {
        Some(long) => argument.get_long() == Some(long),
        None => argument.get_short().is_some_and(|short| option == format!("-{short}")),
    };
    command.get_arguments().find(is_it)
}

/// Whether there is such an input, as far as can be seen without opening it; a pattern is looked at later, and the parser
/// refuses an empty path.
fn exists(word: &OsStr) -> bool {
    let path = Path::new(word);
    word.is_empty()
        || word == "-"
        || is_pattern(path)
        || !path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// The command that was probably meant.
fn suggestion(command: &Command, word: &OsStr) -> Option<String> {
    let word = word.to_str().filter(|word| !word.contains(['/', '\\', '.']))?.to_lowercase();
    let names = command.get_subcommands().map(Command::get_name).chain(["help"]);
    let alike = names.map(|name| (strsim::jaro(&word, name), name)).filter(|(alike, _)| *alike >= ALIKE);
    alike.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name.to_owned())
}

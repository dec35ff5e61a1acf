//! The command line as it was typed.

use std::env;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};
use mbox2eml::name::Layout;
use mbox2eml::select::{Dedup, Deleted, Period};
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};
use mbox2eml::{LabelCopies, UnknownValue};

use crate::{given, number};

/// Turns mbox mailboxes into one EML file per message, with every byte accounted for.
///
/// INPUT is an mbox file of any dialect (Google Takeout and Vault, Thunderbird, Apple Mail, list archives), '-' for
/// standard input, an archive (.zip, .tgz, .mbox.gz, .tar.xz …), which is read without unpacking it to disk, or a folder,
/// which is searched for mailboxes. OUTPUT is a folder, which is created if it does not exist, or a file ending in .zip. One
/// mailbox is written directly into OUTPUT; of several, and those of a folder or an archive, each gets a folder of its
/// own.
///
/// 'mbox2eml inspect INPUT...' reports what the mailboxes contain and writes nothing. 'mbox2eml verify INPUT... OUTPUT',
/// with the options of an earlier conversion, compares its result with the input; 'mbox2eml verify --manifest FILE OUTPUT'
/// checks it without the input.
///
/// Running the same command again completes an interrupted run and otherwise changes nothing: a file that exists is
/// never overwritten.
#[derive(Debug, Parser)]
#[command(
    name = "mbox2eml",
    version,
    max_term_width = 100,
    override_usage = "mbox2eml [OPTIONS] <INPUT>... <OUTPUT>\n       mbox2eml inspect [OPTIONS] <INPUT>...\n       mbox2eml verify [OPTIONS] <INPUT>... <OUTPUT>\n       mbox2eml verify --manifest <FILE> <OUTPUT>",
    after_help = AFTER_HELP
)]
pub(crate) struct Args {
    /// The mailboxes, and last the folder or ZIP for the EML files
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath, hide = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// Use the defaults for an importer, such as 'zoho'; 'list' shows all importers and their limits
    #[arg(long = "for", value_name = "TARGET", help_heading = "Output")]
    pub(crate) target: Option<String>,

    /// Start a new ZIP (out-001.zip, out-002.zip and so on) before one exceeds this size, such as 450MiB
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, help_heading = "Output")]
    pub(crate) zip_max_size: Option<u64>,

    /// Start a new ZIP before one exceeds this number of messages
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub(crate) zip_max_entries: Option<NonZeroU64>,

    /// Compression level: 0 stores, 1 is fastest, 9 is smallest [default: 1]
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=9), help_heading = "Output")]
    pub(crate) compression: Option<u8>,

    /// Line endings of the EML files [default: crlf]
    #[arg(long, value_name = "EOL", value_parser = one_of::<Eol>(EOLS), help_heading = "Messages")]
    pub(crate) eol: Option<Eol>,

    /// How to unquote '>From ' lines in message bodies
    #[arg(
        long,
        value_name = "QUOTING",
        value_parser = one_of::<Unquote>(QUOTINGS),
        default_value = "auto",
        help_heading = "Messages"
    )]
    pub(crate) unquote: Unquote,

    /// What starts a new message
    #[arg(long, value_name = "RULE", value_parser = one_of::<SplitRule>(SPLIT_RULES), default_value = "auto", help_heading = "Messages")]
    pub(crate) split: SplitRule,

    /// What to do with messages that Thunderbird marked as deleted but has not removed yet
    #[arg(long, value_name = "WHAT", value_parser = one_of::<Deleted>(DELETED), default_value = "skip", help_heading = "Messages")]
    pub(crate) deleted: Deleted,

    /// Received on or after this date (UTC): 2023, 2023-04, 2023-04-01 or RFC 3339
    #[arg(long, value_name = "DATE", help_heading = "Filters")]
    pub(crate) since: Option<Period>,

    /// Received up to and including this day, month or year
    #[arg(long, value_name = "DATE", help_heading = "Filters")]
    pub(crate) until: Option<Period>,

    /// With this Gmail label or one nested in it (system labels by their English name); repeat to match any of several
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    pub(crate) label: Vec<String>,

    /// Without this Gmail label or any nested in it; repeatable
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    pub(crate) not_label: Vec<String>,

    /// From a sender whose name or address contains this, ignoring case
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub(crate) from: Option<String>,

    /// To a recipient (To, Cc or Bcc) whose name or address contains this, ignoring case
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub(crate) to: Option<String>,

    /// With a subject that contains this, ignoring case
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub(crate) subject: Option<String>,

    /// With an EML of at least this size, such as 40MB or 1GiB
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, help_heading = "Filters")]
    pub(crate) min_size: Option<u64>,

    /// With an EML of at most this size
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, help_heading = "Filters")]
    pub(crate) max_size: Option<u64>,

    /// Keep only the first of identical messages across all inputs: by Gmail id, else Message-ID and content; or by content
    /// [default: off; by Gmail id among the mailboxes of one Google export with --layout label]
    #[arg(long, value_name = "HOW", value_parser = one_of::<Dedup>(DEDUPS), help_heading = "Filters")]
    pub(crate) dedup: Option<Dedup>,

    /// Skip messages that the manifest of an earlier run lists as written, and count them as known; matched by Gmail id,
    /// else Message-ID, else content; repeatable
    #[arg(long, value_name = "MANIFEST", value_hint = clap::ValueHint::FilePath, help_heading = "Filters")]
    pub(crate) known: Vec<PathBuf>,

    /// Only the first N matching messages of each mailbox, or with --layout label of each Google export
    #[arg(long, value_name = "N", conflicts_with = "sample", help_heading = "Filters")]
    pub(crate) limit: Option<u64>,

    /// A repeatable sample of N matching messages spread over each mailbox (not from pipes or .gz)
    #[arg(long, value_name = "N", help_heading = "Filters")]
    pub(crate) sample: Option<u64>,

    /// Path of each EML in its mailbox's folder, without '.eml'; '/' makes folders. Fields: {index} {date} {year}
    /// {month} {day} {subject} {from} {from_name} {to} {id} {gmail_id} {hash} {label} {mailbox}. Without {index}, {gmail_id}
    /// and {hash}, '_{index}' is appended
    #[arg(long, value_name = "TEMPLATE", default_value = "{index}_{date}_{subject}", help_heading = "Names")]
    pub(crate) name: String,

    /// Folders within the mailbox's folder [default: flat]
    #[arg(long, value_name = "LAYOUT", value_parser = one_of::<Layout>(LAYOUTS), help_heading = "Names")]
    pub(crate) layout: Option<Layout>,

    /// Where to put a message with several labels
    #[arg(long, value_name = "WHICH", value_parser = one_of::<LabelCopies>(COPIES), default_value = "first", help_heading = "Names")]
    pub(crate) label_copies: LabelCopies,

    /// With --layout label: the labels to prefer if a message has several, best first
    #[arg(long, value_name = "LABEL", value_delimiter = ',', help_heading = "Names")]
    pub(crate) label_priority: Vec<String>,

    /// Rename or merge label folders as listed in a file of 'Label = Folder' lines; 'Label =' makes no folder, and 'Cestino =
    /// @Trash' names a system label in a language that mbox2eml does not know
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Names")]
    pub(crate) label_map: Option<PathBuf>,

    /// Use only ASCII in names; '--ascii=false' turns it off where --for turns it on
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true,
        help_heading = "Names"
    )]
    pub(crate) ascii: Option<bool>,

    /// Write a row for every message found, with its status, to a file ending in .csv or .jsonl; verify reads it
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Running")]
    pub(crate) manifest: Option<PathBuf>,

    /// For verify: use the options of the run that printed this summary with --json
    #[arg(long, value_name = "SUMMARY.json", value_hint = clap::ValueHint::FilePath, help_heading = "Running")]
    pub(crate) like: Option<PathBuf>,

    /// Check every body against its DKIM/ARC body hash
    #[arg(long, help_heading = "Running")]
    pub(crate) prove: bool,

    /// Do everything except write
    #[arg(long, help_heading = "Running")]
    pub(crate) dry_run: bool,

    /// Number of threads [default: one per processor]
    #[arg(long, value_name = "N", help_heading = "Running")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Maximum size of a compressed mailbox once inflated [default: 100 times its compressed size, at least 1 GiB]
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, help_heading = "Running")]
    pub(crate) inflate_limit: Option<u64>,

    /// Read the input instead of mapping it into memory
    #[arg(long, help_heading = "Running")]
    pub(crate) no_mmap: bool,

    /// Sync every file to disk before it counts as written; many times slower
    #[arg(long, help_heading = "Running")]
    pub(crate) fsync: bool,

    /// How to show progress on standard error; auto shows a bar on a terminal, plain lines elsewhere
    #[arg(long, value_name = "HOW", default_value = "auto", help_heading = "Reporting")]
    pub(crate) progress: ProgressArg,

    /// Print the summary as one JSON object on standard output
    #[arg(long, help_heading = "Reporting")]
    pub(crate) json: bool,

    /// Report errors only
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Reporting")]
    pub(crate) quiet: bool,

    /// List every warning with its location, and every skipped file
    #[arg(short, long, help_heading = "Reporting")]
    pub(crate) verbose: bool,

    /// When to use colours on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Reporting")]
    pub(crate) color: ColorArg,

    /// Print the man page or shell completions, and exit
    #[arg(long, value_name = "WHAT", help_heading = "Reporting")]
    pub(crate) generate: Option<GenerateArg>,

    /// The options as they were given.
    #[arg(skip)]
    pub(crate) given: serde_json::Value,
}

impl Args {
    /// Reads the command line, and the options of an earlier run if those are asked for.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let command = Self::command();
        let matches = command.clone().try_get_matches()?;
        let given = given::options(&command, &matches);
        let args = Self { given, ..Self::from_arg_matches(&matches)? };
        let Some(summary) = &args.like else { return Ok(args) };
        let fail = |kind, what: String| Err(command.clone().error(kind, what));
        if args.paths.first().is_none_or(|verb| verb.as_os_str() != "verify") {
            return fail(ErrorKind::ArgumentConflict, "--like is for verify".to_owned());
        }
        let options = match given::arguments_of(summary, &args.given) {
            Ok(options) => options,
            Err(error) => return fail(ErrorKind::Io, format!("--like: {}: {error}", summary.display())),
        };
        let mut typed = env::args_os();
        let arguments = typed.next().into_iter().chain(options).chain(typed);
        let matches = command.clone().try_get_matches_from(arguments)?;
        Ok(Self { given: given::options(&command, &matches), ..Self::from_arg_matches(&matches)? })
    }
}

const AFTER_HELP: &str = "\
Exit codes: 0 done (warnings allowed); 1 finished, but a message or a mailbox failed, or verify found a difference; 2 could not do the job, or bad
usage; 130 interrupted (run again to continue).

Examples:
  mbox2eml takeout.mbox out/             one EML per message of a Google Takeout
  mbox2eml inspect takeout.mbox          what is in it: dates, labels, senders, warnings; writes nothing
  mbox2eml --dry-run takeout.mbox out/   what would be written, and every kind of warning
  mbox2eml Takeout/ out/                 every mailbox in a folder, each into a folder of its own
  mbox2eml takeout-*.zip mail.zip --for zoho
                                         a Takeout as downloaded, into ZIPs that Zoho Mail imports";

/// The names of a library option's values, each with its line in the help.
type Values = &'static [(&'static str, &'static str)];

const EOLS: Values = &[("crlf", "CRLF, as RFC 5322 requires"), ("lf", "LF"), ("keep", "As in the mailbox")];

const LAYOUTS: Values = &[
    ("flat", "No folders"),
    ("label", "A folder for each Gmail label; a message is in one"),
    ("date", "A folder for each month, yyyy/mm"),
    ("year", "A folder for each year, yyyy"),
];

const DEDUPS: Values = &[
    ("off", "Keep all"),
    ("id", "By Gmail id, else Message-ID; messages with neither are all kept"),
    ("content", "By content as sent: line endings and fields added by mail programs are ignored"),
];

const COPIES: Values =
    &[("first", "In the folder of its highest-ranked label"), ("all", "A copy in the folder of each label")];

const QUOTINGS: Values = &[
    (
        "auto",
        "As the message's own signature shows, or most signed messages before it, or as its writer is known to do; else mboxrd",
    ),
    ("mboxrd", "Remove one '>' from '>From ', '>>From ' and so on"),
    ("mboxo", "Remove the '>' from '>From ' only"),
    ("none", "Leave bodies unchanged"),
];

const SPLIT_RULES: Values = &[
    ("auto", "A 'From ' line, judged by all the evidence"),
    ("strict", "Only a dated separator after an empty line"),
    ("any", "Any line that starts with 'From '"),
];

const DELETED: Values = &[("skip", "Count them, but do not write them"), ("keep", "Write them like any other message")];

/// Reads one of these values of a library option.
fn one_of<T>(values: Values) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownValue> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(values.iter().map(|(name, help)| PossibleValue::new(*name).help(*help)))
        .try_map(|name| name.parse::<T>())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressArg {
    /// A bar on a terminal, plain lines elsewhere
    Auto,
    /// A bar
    Bar,
    /// A line every few seconds
    Plain,
    /// A JSON object a second
    Json,
    /// Nothing
    None,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColorArg {
    /// If the terminal supports them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GenerateArg {
    /// The man page, in roff
    Man,
    /// Completions for bash
    CompleteBash,
    /// Completions for zsh
    CompleteZsh,
    /// Completions for fish
    CompleteFish,
    /// Completions for PowerShell
    CompletePowershell,
}

#[cfg(test)]
mod tests {
    use std::fmt::Display;

    use super::*;

    fn check<T: FromStr<Err = UnknownValue> + Display>(offered: Values, known: &[T]) {
        let names: Vec<&str> = offered.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, known.iter().map(T::to_string).collect::<Vec<_>>());
    }

    #[test]
    fn every_value_of_the_library_is_offered() {
        check(EOLS, Eol::ALL);
        check(LAYOUTS, Layout::ALL);
        check(DEDUPS, Dedup::ALL);
        check(COPIES, LabelCopies::ALL);
        check(QUOTINGS, Unquote::ALL);
        check(SPLIT_RULES, SplitRule::ALL);
        check(DELETED, Deleted::ALL);
    }
}

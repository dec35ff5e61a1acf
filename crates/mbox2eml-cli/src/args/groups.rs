//! Options that several commands share, each declared once.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgAction, Args, ValueHint};
use mbox2eml::LabelCopies;
use mbox2eml::name::{Layout, MailboxTree};
use mbox2eml::select::{Dedup, Deleted, Period};
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Quote, StatusLines, Unquote};

use super::read::Given;
use super::values::{
    COPIES, ColorArg, DEDUPS, DELETED, EOLS, FormatArg, LAYOUTS, ProgressArg, QUOTES, QUOTINGS, SPLIT_RULES,
    STATUS_LINES, TREES, at_least_one, importer, one_of,
};
use crate::importer::Importer;
use crate::number;

/// Where the files are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct PathArgs {
    /// The inputs, and last the output unless --output is given
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath, hide = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// The output, in place of the last argument
    #[arg(short, long, value_name = "OUTPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,

    /// What is written
    #[arg(long, value_name = "FORMAT", default_value = "eml", hide_short_help = true)]
    pub(crate) format: FormatArg,
}

/// How mailboxes are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct MboxArgs {
    /// How nested folders are laid out [default: folders]
    #[arg(long, value_name = "TREE", value_parser = one_of::<MailboxTree>(TREES), hide_short_help = true)]
    pub(crate) mbox_tree: Option<MailboxTree>,

    /// How lines of bodies that begin with 'From ' are quoted in mailboxes [default: mboxrd]
    #[arg(long, value_name = "QUOTING", value_parser = one_of::<Quote>(QUOTES), hide_short_help = true)]
    pub(crate) quoting: Option<Quote>,

    /// Write flags (read, starred, answered) into header fields, replacing those that are there [default: keep]
    #[arg(long, value_name = "FIELDS", value_parser = one_of::<StatusLines>(STATUS_LINES), hide_short_help = true)]
    pub(crate) mbox_flags: Option<StatusLines>,
}

/// What the files are for.
#[derive(Debug, Args)]
pub(crate) struct TargetArg {
    /// Use the defaults of an importer, such as zoho
    ///
    /// 'mbox2eml importers' lists these and the limits that they come from.
    #[arg(id = "for", long = "for", value_name = "IMPORTER", value_parser = importer(), hide_possible_values = true)]
    pub(crate) importer: Option<&'static Importer>,
}

/// The manifest.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reporting")]
pub(crate) struct ManifestArgs {
    /// Record every message found in FILE (.csv or .jsonl)
    ///
    /// 'verify --manifest' checks the files of a conversion against it, and --known skips the messages in it.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) manifest: Option<PathBuf>,

    /// Record the SHA-256 of every file that is read, in the manifest and in --json
    ///
    /// Of mailboxes, archives and standard input, as they are on the disk or come in.
    #[arg(long, hide_short_help = true)]
    pub(crate) source_hash: bool,

    /// Begin the CSV with a byte order mark, which Excel needs
    #[arg(long, requires = "manifest", hide_short_help = true)]
    pub(crate) manifest_bom: bool,
}

/// How messages are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub(crate) struct MessageArgs {
    /// Line endings of the messages [default: crlf; lf in a Maildir and in mailboxes]
    #[arg(long, value_name = "EOL", value_parser = one_of::<Eol>(EOLS), hide_short_help = true)]
    pub(crate) eol: Option<Eol>,

    /// How to unquote '>From ' lines in message bodies
    #[arg(
        long,
        value_name = "QUOTING",
        value_parser = one_of::<Unquote>(QUOTINGS),
        default_value = "auto",
        hide_short_help = true
    )]
    pub(crate) unquote: Unquote,

    /// What starts a new message
    #[arg(
        long,
        value_name = "RULE",
        value_parser = one_of::<SplitRule>(SPLIT_RULES),
        default_value = "auto",
        hide_short_help = true
    )]
    pub(crate) split: SplitRule,

    /// Messages that Thunderbird marked as deleted but has not removed yet
    #[arg(
        long,
        value_name = "WHAT",
        value_parser = one_of::<Deleted>(DELETED),
        default_value = "skip",
        hide_short_help = true
    )]
    pub(crate) deleted: Deleted,
}

/// Which messages.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    /// Received on or after this date, such as 2023-04
    ///
    /// Dates are in UTC: 2023, 2023-04, 2023-04-01 or RFC 3339.
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<Period>,

    /// Received up to and including this day, month or year
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<Period>,

    /// With this Gmail label or one nested in it; repeatable
    ///
    /// Use the English names of system labels, whatever the account's language. If given repeatedly, any of them matches.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) label: Vec<String>,

    /// Without this label or one nested in it; repeatable
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) not_label: Vec<String>,

    /// From a sender whose name or address contains this, ignoring case
    #[arg(long, value_name = "PATTERN", value_parser = NonEmptyStringValueParser::new(), hide_short_help = true)]
    pub(crate) from: Option<String>,

    /// To a recipient (To, Cc or Bcc) whose name or address contains this, ignoring case
    #[arg(long, value_name = "PATTERN", value_parser = NonEmptyStringValueParser::new(), hide_short_help = true)]
    pub(crate) to: Option<String>,

    /// With a subject that contains this, ignoring case
    #[arg(long, value_name = "PATTERN", value_parser = NonEmptyStringValueParser::new(), hide_short_help = true)]
    pub(crate) subject: Option<String>,

    /// With an EML of at least this size, such as 40MB or 1GiB
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, hide_short_help = true)]
    pub(crate) min_size: Option<u64>,

    /// With an EML of at most this size
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, hide_short_help = true)]
    pub(crate) max_size: Option<u64>,

    /// Keep only the first of equal messages
    ///
    /// [default: off; id among the mailboxes of one Google export with --layout label]
    #[arg(long, value_name = "HOW", value_parser = one_of::<Dedup>(DEDUPS))]
    pub(crate) dedup: Option<Dedup>,

    /// Skip messages that the manifest of an earlier run lists as written; repeatable
    ///
    /// They count as known. Messages are matched by Gmail id, else Message-ID, else content.
    #[arg(long, value_name = "MANIFEST", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) known: Vec<PathBuf>,

    /// Only the first N matching messages of each mailbox
    ///
    /// With --layout label: of each Google export.
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroU64>, conflicts_with = "sample")]
    pub(crate) limit: Option<NonZeroU64>,

    /// A repeatable sample of N matching messages spread over each mailbox (not from pipes or .gz)
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroU64>, hide_short_help = true)]
    pub(crate) sample: Option<NonZeroU64>,

    /// Rename or merge labels as listed in FILE
    ///
    /// Its lines are 'Label = Folder'. 'Label =' makes no folder, and 'Cestino = @Trash' names a system label in a
    /// language that mbox2eml does not know.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) label_map: Option<PathBuf>,
}

/// What the files are called.
#[derive(Debug, Args)]
#[command(next_help_heading = "Names")]
pub(crate) struct NameArgs {
    /// Folders for labels, months or years [default: flat]
    #[arg(long, value_name = "LAYOUT", value_parser = one_of::<Layout>(LAYOUTS))]
    pub(crate) layout: Option<Layout>,

    /// Path of each file, such as '{year}/{index}_{subject}'
    ///
    /// '.eml' is appended, and '/' makes folders. Fields: {index} {date} {year} {month} {day} {subject} {from}
    /// {from_name} {to} {id} {gmail_id} {hash} {label} {mailbox}. Without {index}, {gmail_id} and {hash}, '_{index}' is
    /// appended. [default: {index}_{date}_{subject}]
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) name: Option<String>,

    /// Where to put a message with several labels
    #[arg(
        long,
        value_name = "WHICH",
        value_parser = one_of::<LabelCopies>(COPIES),
        default_value = "first",
        hide_short_help = true
    )]
    pub(crate) label_copies: LabelCopies,

    /// With --layout label: the labels to prefer if a message has several, best first, separated by commas
    #[arg(
        long,
        value_name = "LABELS",
        value_delimiter = ',',
        value_parser = NonEmptyStringValueParser::new(),
        hide_short_help = true
    )]
    pub(crate) label_priority: Vec<String>,

    /// Use only ASCII in names; '--ascii=false' turns it off where --for turns it on
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true,
        hide_short_help = true
    )]
    pub(crate) ascii: Option<bool>,
}

/// What is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reporting")]
pub(crate) struct ReportingArgs {
    /// Print the summary as one JSON object on standard output
    #[arg(long)]
    pub(crate) json: bool,

    /// Write an HTML page about the run to FILE (.html)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) report: Option<PathBuf>,

    /// Check every body against its DKIM/ARC body hash
    #[arg(long, hide_short_help = true)]
    pub(crate) prove: bool,

    /// Report errors only
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// List every warning and every skipped file
    #[arg(short, long, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// How to show progress on standard error
    #[arg(long, value_name = "HOW", default_value = "auto", hide_short_help = true)]
    pub(crate) progress: ProgressArg,

    /// When to use colours on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    pub(crate) color: ColorArg,

    /// The command line as it was given.
    #[arg(skip)]
    pub(crate) given: Given,
}

impl ReportingArgs {
    /// Whether everything is listed.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose > 0
    }
}

/// How the work is done.
#[derive(Debug, Args)]
#[command(next_help_heading = "Running")]
pub(crate) struct RunningArgs {
    /// Number of threads [default: one per processor]
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroUsize>, hide_short_help = true)]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Maximum size of a compressed mailbox once inflated [default: 100 times its compressed size, at least 1 GiB]
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, hide_short_help = true)]
    pub(crate) inflate_limit: Option<u64>,

    /// Read the input instead of mapping it into memory
    #[arg(long, hide_short_help = true)]
    pub(crate) no_mmap: bool,

    /// Print help; -h lists the most used options, --help all
    #[arg(short, long, action = ArgAction::Help)]
    help: Option<bool>,
}

//! What was typed. No thought is given to it here.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use mbox2eml::select::Period;

use crate::number;

/// Turns mbox mailboxes into one EML file per message, with every byte accounted for.
///
/// INPUT is an mbox file of any dialect (Google Takeout and Vault, Thunderbird, Apple Mail, list archives), '-' for
/// standard input, an archive (.zip, .tgz, .mbox.gz), which is read without unpacking it to disk, or a folder, which is
/// searched for mailboxes. OUTPUT is a folder, which is created if it is not there, or a file ending in .zip. One
/// mailbox is written directly into OUTPUT; of several, and those of a folder or an archive, each gets a folder of its
/// own.
///
/// 'mbox2eml inspect INPUT...' looks and writes nothing. 'mbox2eml verify INPUT... OUTPUT', with the options of an earlier
/// conversion, holds its result against the input; 'mbox2eml verify --manifest FILE OUTPUT' does it without the input.
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

    /// Set the defaults for an importer, such as 'zoho'; 'list' tells which there are and what they take
    #[arg(long = "for", value_name = "TARGET", help_heading = "Output")]
    pub(crate) target: Option<String>,

    /// Begin a new ZIP, out-001.zip, out-002.zip and so on, before one passes this size, such as 450MiB
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, help_heading = "Output")]
    pub(crate) zip_max_size: Option<u64>,

    /// Begin a new ZIP before one has more messages than this
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub(crate) zip_max_entries: Option<NonZeroU64>,

    /// How hard to compress: 0 stores, 1 is the fastest, 9 the tightest [default: 1]
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=9), help_heading = "Output")]
    pub(crate) compression: Option<u8>,

    /// Line ends of the EML files [default: crlf]
    #[arg(long, value_name = "EOL", help_heading = "Messages")]
    pub(crate) eol: Option<EolArg>,

    /// What to do with '>From ' in bodies: as signatures show and the mailbox's writer is known to quote, or as told
    #[arg(long, value_name = "QUOTING", default_value = "auto", help_heading = "Messages")]
    pub(crate) unquote: UnquoteArg,

    /// What begins a message: all evidence; only a dated separator after an empty line; any line starting 'From '
    #[arg(long, value_name = "RULE", default_value = "auto", help_heading = "Messages")]
    pub(crate) split: SplitArg,

    /// Messages that Thunderbird marked as deleted and has not removed yet
    #[arg(long, value_name = "WHAT", default_value = "skip", help_heading = "Messages")]
    pub(crate) deleted: DeletedArg,

    /// Received on or after this date, UTC: 2023, 2023-04, 2023-04-01 or RFC 3339
    #[arg(long, value_name = "DATE", help_heading = "Choice")]
    pub(crate) since: Option<Period>,

    /// Received on or before this date, all of what it names included
    #[arg(long, value_name = "DATE", help_heading = "Choice")]
    pub(crate) until: Option<Period>,

    /// With this Gmail label or one nested in it, system labels by their English name; repeat for any of several
    #[arg(long, value_name = "NAME", help_heading = "Choice")]
    pub(crate) label: Vec<String>,

    /// Without this Gmail label and those nested in it; repeatable
    #[arg(long, value_name = "NAME", help_heading = "Choice")]
    pub(crate) not_label: Vec<String>,

    /// From somebody whose name or address contains this, in any case
    #[arg(long, value_name = "PATTERN", help_heading = "Choice")]
    pub(crate) from: Option<String>,

    /// To somebody whose name or address contains this; Cc and Bcc are looked at, too
    #[arg(long, value_name = "PATTERN", help_heading = "Choice")]
    pub(crate) to: Option<String>,

    /// With a subject that contains this
    #[arg(long, value_name = "PATTERN", help_heading = "Choice")]
    pub(crate) subject: Option<String>,

    /// An EML of this size or more, such as 40MB or 1GiB
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, help_heading = "Choice")]
    pub(crate) min_size: Option<u64>,

    /// An EML of this size or less
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, help_heading = "Choice")]
    pub(crate) max_size: Option<u64>,

    /// Keep the first of equal messages over all inputs: by Gmail id, else Message-ID; or by content
    #[arg(long, value_name = "HOW", default_value = "off", help_heading = "Choice")]
    pub(crate) dedup: DedupArg,

    /// The first N that are chosen in each mailbox
    #[arg(long, value_name = "N", conflicts_with = "sample", help_heading = "Choice")]
    pub(crate) limit: Option<u64>,

    /// N that are chosen in each mailbox, spread over its bytes, the same ones every time; needs to know its size
    #[arg(long, value_name = "N", help_heading = "Choice")]
    pub(crate) sample: Option<u64>,

    /// Path of each EML in its mailbox's folder, without '.eml'; '/' makes folders. Fields: {index} {date} {year}
    /// {month} {day} {subject} {from} {from_name} {to} {id} {gmail_id} {label} {mailbox}
    #[arg(long, value_name = "TEMPLATE", default_value = "{index}_{date}_{subject}", help_heading = "Names")]
    pub(crate) name: String,

    /// Folders below that of the mailbox: none; by Gmail label; by year and month [default: flat]
    #[arg(long, value_name = "LAYOUT", help_heading = "Names")]
    pub(crate) layout: Option<LayoutArg>,

    /// A message with several labels: in the folder of the first by rank, or a copy in each
    #[arg(long, value_name = "WHICH", default_value = "first", help_heading = "Names")]
    pub(crate) label_copies: CopiesArg,

    /// With the label layout: the labels whose folder comes first if a message has several, best first
    #[arg(long, value_name = "LABEL", value_delimiter = ',', help_heading = "Names")]
    pub(crate) label_priority: Vec<String>,

    /// Names in ASCII only; '--ascii=false' where --for asks for them
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

    /// Write a row for every message found, whatever became of it, into a file ending in .csv or .jsonl; verify reads it
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Work")]
    pub(crate) manifest: Option<PathBuf>,

    /// Hold every body against the hashes that its sender's server signed (DKIM, ARC), and tell how many match
    #[arg(long, help_heading = "Work")]
    pub(crate) prove: bool,

    /// Do everything but writing
    #[arg(long, help_heading = "Work")]
    pub(crate) dry_run: bool,

    /// How many threads work [default: one for each processor]
    #[arg(long, value_name = "N", help_heading = "Work")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// How far a compressed mailbox may inflate [default: 100 times its size, and at least 1 GiB]
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, help_heading = "Work")]
    pub(crate) inflate_limit: Option<u64>,

    /// Read the input instead of mapping it into memory
    #[arg(long, help_heading = "Work")]
    pub(crate) no_mmap: bool,

    /// Bring every file to the disk before it counts as written; takes many times as long
    #[arg(long, help_heading = "Work")]
    pub(crate) fsync: bool,

    /// How to show progress on standard error; auto is a bar on a terminal, plain lines elsewhere
    #[arg(long, value_name = "HOW", default_value = "auto", help_heading = "Telling")]
    pub(crate) progress: ProgressArg,

    /// Print the summary as one JSON object on standard output
    #[arg(long, help_heading = "Telling")]
    pub(crate) json: bool,

    /// Tell errors only
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Telling")]
    pub(crate) quiet: bool,

    /// Tell every warning where it was met, and what was passed over
    #[arg(short, long, help_heading = "Telling")]
    pub(crate) verbose: bool,

    /// Colours on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Telling")]
    pub(crate) color: ColorArg,

    /// Print the manual page, or completions for a shell, and exit
    #[arg(long, value_name = "WHAT", help_heading = "Telling")]
    pub(crate) generate: Option<GenerateArg>,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done (warnings allowed); 1 finished, but a message or a mailbox failed, or verify found a difference; 2 could not do the job, or bad
usage; 130 interrupted (run again to continue).

Examples:
  mbox2eml takeout.mbox out/             one EML for each message of a Google Takeout
  mbox2eml inspect takeout.mbox          what is in it: dates, labels, senders, warnings; writes nothing
  mbox2eml --dry-run takeout.mbox out/   what would be done, and what is odd about the mailbox
  mbox2eml Takeout/ out/                 every mailbox in a folder, each into a folder of its own
  mbox2eml takeout-*.zip mail.zip --for zoho
                                         from a Takeout as it was downloaded to ZIPs that Zoho Mail imports";

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum EolArg {
    /// CRLF, as RFC 5322 wants it
    Crlf,
    /// LF
    Lf,
    /// As in the mailbox
    Keep,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LayoutArg {
    /// No folders
    Flat,
    /// A folder for each Gmail label; a message stands in one
    Label,
    /// A folder for each month, yyyy/mm
    Date,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DedupArg {
    /// Take all
    Off,
    /// By Gmail id, else Message-ID; messages with neither are all taken
    Id,
    /// By what was sent: line ends, and what mailbox programs add, do not count
    Content,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CopiesArg {
    /// One folder
    First,
    /// A copy in each
    All,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum UnquoteArg {
    /// As the message's own signature shows, or most signed ones before it, or its writer is known to quote; else mboxrd
    Auto,
    /// '>From ' and '>>From ' lose one '>'
    Mboxrd,
    /// Only '>From ' loses its '>'
    Mboxo,
    /// Bodies stay as they are
    None,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SplitArg {
    /// All evidence together
    Auto,
    /// Only a dated separator after an empty line
    Strict,
    /// Any line that starts with 'From '
    Any,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DeletedArg {
    /// Count them and leave them behind
    Skip,
    /// Take them like all others
    Keep,
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
    /// On a terminal that has them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GenerateArg {
    /// The manual page, in roff
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

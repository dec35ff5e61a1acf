//! The commands, each with the options that mean something to it.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use mbox2eml::split::SplitRule;

use super::groups::{
    FilterArgs, ManifestArgs, MboxArgs, MessageArgs, NameArgs, PathArgs, ReportingArgs, RunningArgs, TargetArg,
};
use super::help::{COMPLETIONS, CONVERT, IMPORTERS, INSPECT, MAN, PLAN, PROGRAM, SUM, VERIFY, for_inspect};
use super::values::{SPLIT_RULES, ShellArg, at_least_one, compression, importer, one_of};
use crate::importer::Importer;
use crate::number;

/// Convert mbox mailboxes to EML files, one file per message
///
/// Reads single mailboxes of any mbox dialect, mail folders, and Google Takeout archives as downloaded. The files are
/// exact to the byte, and every byte of the input is accounted for.
///
/// 'mbox2eml convert --help' lists the options of the main job.
#[derive(Debug, Parser)]
#[command(
    name = "mbox2eml",
    version,
    max_term_width = 80,
    override_usage = PROGRAM.usage(),
    arg_required_else_help = true,
    after_help = PROGRAM.after_short(),
    after_long_help = PROGRAM.after_long()
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) job: Job,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Job {
    Convert(Box<ConvertArgs>),
    Inspect(Box<InspectArgs>),
    Verify(Box<VerifyArgs>),
    Plan(PlanArgs),
    Sum(SumArgs),
    /// List the importers for --for, with their limits
    #[command(after_help = IMPORTERS.after_long())]
    Importers {
        /// Show this importer only
        #[arg(value_name = "NAME", value_parser = importer(), hide_possible_values = true)]
        name: Option<&'static Importer>,
    },
    /// Print a completion script for a shell
    ///
    /// The script completes commands, options, the values of options, and files.
    #[command(after_help = COMPLETIONS.after_long())]
    Completions {
        /// Shell that runs the script
        shell: ShellArg,
    },
    /// Print a manual page, in roff
    #[command(after_help = MAN.after_long())]
    Man {
        /// Command whose page is printed [default: the overview]
        #[arg(value_parser = ["convert", "inspect", "verify", "plan", "sum", "importers", "completions", "man"])]
        command: Option<String>,
    },
}

impl Job {
    /// What is shown, for a job that reads mailboxes.
    pub(crate) fn reporting(&self) -> Option<&ReportingArgs> {
        match self {
            Self::Convert(args) => Some(&args.reporting),
            Self::Inspect(args) => Some(&args.reporting),
            Self::Verify(args) => Some(&args.reporting),
            Self::Plan(_) | Self::Sum(_) | Self::Importers { .. } | Self::Completions { .. } | Self::Man { .. } => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn reporting_mut(&mut self) -> Option<&mut ReportingArgs> {
        match self {
            Self::Convert(args) => Some(&mut args.reporting),
            Self::Inspect(args) => Some(&mut args.reporting),
            Self::Verify(args) => Some(&mut args.reporting),
            Self::Plan(_) | Self::Sum(_) | Self::Importers { .. } | Self::Completions { .. } | Self::Man { .. } => None,
        }
    }
}

/// Convert mailboxes to EML files; the word 'convert' is optional
///
/// Running the same command again completes an interrupted run and otherwise changes nothing: a file that exists is never
/// overwritten.
#[derive(Debug, Args)]
#[command(
    override_usage = CONVERT.usage(),
    help_template = CONVERT.template(),
    disable_help_flag = true,
    after_help = CONVERT.after_short(),
    after_long_help = CONVERT.after_long()
)]
pub(crate) struct ConvertArgs {
    #[command(flatten)]
    pub(crate) places: PathArgs,

    #[command(flatten, next_help_heading = "Output")]
    pub(crate) target: TargetArg,

    /// Convert one range of a plan: a line of it, or FILE:LINE
    ///
    /// 'mbox2eml plan' prints the lines. The INPUT is in the line, so only OUTPUT is given. Several runs may convert ranges
    /// into the same folder at the same time; each ZIP needs a name of its own.
    #[arg(
        long,
        value_name = "RANGE",
        hide_short_help = true,
        help_heading = "Messages",
        conflicts_with_all = ["bag", "dry_run", "limit", "sample", "source_hash"]
    )]
    pub(crate) range: Option<String>,

    /// Do everything except write
    #[arg(long, help_heading = "Output")]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) mbox: MboxArgs,

    #[command(flatten)]
    pub(crate) zip: ZipArgs,

    #[command(flatten)]
    pub(crate) bag: BagArgs,

    /// Sync every file to disk before it counts as written; many times slower
    #[arg(long, hide_short_help = true, help_heading = "Output")]
    pub(crate) fsync: bool,

    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) names: NameArgs,

    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,

    #[command(flatten)]
    pub(crate) reporting: ReportingArgs,

    #[command(flatten)]
    pub(crate) running: RunningArgs,
}

/// Whether the output is a bag.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct BagArgs {
    /// Make OUTPUT a BagIt bag: messages in its data folder, and a checksum for every file
    ///
    /// The checksums (SHA-256) are those of the files read back from the disk. The manifest of messages is in the bag, too:
    /// messages.csv, or a copy of the one that --manifest names. 'verify OUTPUT' checks the bag.
    #[arg(long, hide_short_help = true)]
    pub(crate) bag: bool,

    /// Source-Organization in the bag's description
    #[arg(long, value_name = "NAME", requires = "bag", hide_short_help = true)]
    pub(crate) bag_organization: Option<String>,
}

/// How ZIPs are made.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct ZipArgs {
    /// Start a new ZIP (out-001.zip, out-002.zip …) before one exceeds SIZE, such as 450MiB
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, hide_short_help = true)]
    pub(crate) zip_max_size: Option<u64>,

    /// Start a new ZIP before one has more than N messages
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroU64>, hide_short_help = true)]
    pub(crate) zip_max_entries: Option<NonZeroU64>,

    /// Compression of ZIPs: 0 stores, 1 is fastest, 9 is smallest [default: 1]
    #[arg(long, value_name = "LEVEL", value_parser = compression, hide_short_help = true)]
    pub(crate) compression: Option<u8>,
}

/// Report what mailboxes contain; write nothing
///
/// Shows dates, labels, senders, sizes, and all boundaries between messages that are in doubt.
#[derive(Debug, Args)]
#[command(
    override_usage = INSPECT.usage(),
    help_template = INSPECT.template(),
    disable_help_flag = true,
    mut_args(for_inspect),
    after_help = INSPECT.after_short(),
    after_long_help = INSPECT.after_long()
)]
pub(crate) struct InspectArgs {
    /// The mailboxes
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath, required = true, hide = true)]
    pub(crate) inputs: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten, next_help_heading = "Reporting")]
    pub(crate) target: TargetArg,

    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,

    #[command(flatten)]
    pub(crate) reporting: ReportingArgs,

    #[command(flatten)]
    pub(crate) running: RunningArgs,
}

/// Cut mailboxes into ranges that can be converted separately
///
/// Prints a JSON object for each range, which one run of 'convert --range' takes: on another processor, in another job or
/// on another machine. The messages get the same names, bytes and warnings as in one run over all inputs. A mailbox is read
/// once for that. An archive is one range; a pipe cannot be planned.
///
/// Not with --range: --layout label, --dedup, --limit, --sample and names without {index}, which depend on other messages;
/// nor --format maildir or mbox, --bag, --source-hash and --dry-run.
#[derive(Debug, Args)]
#[command(
    override_usage = PLAN.usage(),
    help_template = PLAN.template(),
    after_help = PLAN.after_short(),
    after_long_help = PLAN.after_long()
)]
pub(crate) struct PlanArgs {
    /// The mailboxes
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath, required = true, hide = true)]
    pub(crate) inputs: Vec<PathBuf>,

    /// End a range at the first message this many bytes after its start
    #[arg(long, value_name = "SIZE", value_parser = number::parse_size, default_value = "1GiB")]
    pub(crate) every: u64,

    /// What starts a new message; give the same to convert
    #[arg(long, value_name = "RULE", value_parser = one_of::<SplitRule>(SPLIT_RULES), default_value = "auto")]
    pub(crate) split: SplitRule,

    /// Read the input instead of mapping it into memory
    #[arg(long)]
    pub(crate) no_mmap: bool,
}

/// Add up the summaries of ranges
///
/// Prints the summary of all runs as one JSON object. It is complete if every run is, and if every byte of every input was
/// in exactly one range; with --plan, if every range of the plan was converted once.
#[derive(Debug, Args)]
#[command(
    override_usage = SUM.usage(),
    help_template = SUM.template(),
    after_help = SUM.after_short(),
    after_long_help = SUM.after_long()
)]
pub(crate) struct SumArgs {
    /// The summaries
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath, required = true, hide = true)]
    pub(crate) summaries: Vec<PathBuf>,

    /// The plan that the ranges are from
    #[arg(long, value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub(crate) plan: Option<PathBuf>,
}

/// Compare an earlier conversion with its input or manifest
///
/// Give the options of the conversion that decide what is written: those for messages, filters and names. Nothing is
/// written.
///
/// Each difference is a line on standard output, with tabs between: 'missing' or 'extra' and the path; 'different', the
/// path, and the first byte that differs. With --manifest also 'different', the path and what differs; 'failed', what
/// failed in the conversion, and why; 'manifest' and what is wrong with it.
#[derive(Debug, Args)]
#[command(
    override_usage = VERIFY.usage(),
    help_template = VERIFY.template(),
    disable_help_flag = true,
    after_help = VERIFY.after_short(),
    after_long_help = VERIFY.after_long()
)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) places: PathArgs,

    #[command(flatten)]
    pub(crate) mbox: MboxArgs,

    /// Check files against the manifest of a run; repeatable
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) manifest: Vec<PathBuf>,

    /// Use the options recorded in this --json summary
    #[arg(long, value_name = "SUMMARY", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) like: Option<PathBuf>,

    #[command(flatten, next_help_heading = "Output")]
    pub(crate) target: TargetArg,

    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) names: NameArgs,

    #[command(flatten)]
    pub(crate) reporting: ReportingArgs,

    #[command(flatten)]
    pub(crate) running: RunningArgs,
}

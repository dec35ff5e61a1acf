//! Why a command line makes no sense, and what to type instead.

use std::io;
use std::path::PathBuf;

use mbox2eml::name::TemplateError;

use crate::terminal::escape;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Usage {
    #[error("{}: no such file or folder{}", escape(.0.display()), did_you_mean(.1.as_deref()).unwrap_or_default())]
    NoSuchInput(PathBuf, Option<String>),
    #[error("unknown command '{}'{}", escape(.0), did_you_mean(.1.as_deref()).unwrap_or(COMMANDS.to_owned()))]
    NoSuchCommand(String, Option<String>),
    #[error("'{}' is a command and must come first; did you mean:\n  {}", .0, escape(.1))]
    CommandFirst(String, String),
    #[error("{command} does not take '{}', which is an option of {other}", escape(.option))]
    OptionOfOther { option: String, command: String, other: String },
    #[error("a path is empty; check the variable or the quotes that it comes from")]
    EmptyPath,
    #[error("no INPUT given")]
    NoInput,
    #[error("no OUTPUT given; did you mean:\n  {}", escape(.0))]
    NoOutput(String),
    #[error(
        "no INPUT given, and {} is an output; did you mean one of these:\n  {}\n  {}",
        escape(.output.display()),
        escape(.with_input),
        escape(.with_manifest)
    )]
    OnlyOutput { output: PathBuf, with_input: String, with_manifest: String },
    #[error(
        "the last argument is OUTPUT, but {} looks like an INPUT; did you mean:\n  {}\nIf it is the output, name it with \
         --output.",
        escape(.0.display()),
        escape(.1)
    )]
    OutputLooksLikeInput(PathBuf, String),
    #[error("{}: OUTPUT must be a folder or a path ending in .zip, and this is a file", escape(.0.display()))]
    OutputIsFile(PathBuf),
    #[error("{}: OUTPUT is not a folder", escape(.0.display()))]
    OutputIsNoFolder(PathBuf),
    #[error(
        "{}: INPUT contains EML files and no mailbox; the arguments may be in the wrong order; did you mean:\n  {}",
        escape(.0.display()),
        escape(.1)
    )]
    WrongOrder(PathBuf, String),
    #[error("{}: INPUT and OUTPUT are the same; choose another OUTPUT", escape(.0.display()))]
    OutputIsInput(PathBuf),
    #[error("OUTPUT cannot be standard output, since it is many files; a folder called '-' is given as ./-")]
    OutputIsStream,
    #[error(
        "{}: OUTPUT is inside an INPUT and contains mailboxes, which would not be read; choose another OUTPUT",
        escape(.0.display())
    )]
    OutputHidesMailboxes(PathBuf),
    #[error("{}: no file matches this pattern", escape(.0.display()))]
    NoMatch(PathBuf),
    #[error("{}: invalid pattern: {}", escape(.0.display()), escape(.1))]
    Pattern(PathBuf, String),
    #[error("--bag: {}: cannot make or add to a bag there: {}; choose another OUTPUT", escape(.0.display()), escape(.1))]
    NoBag(PathBuf, io::Error),
    #[error("--bag needs a folder as OUTPUT, and this is a ZIP")]
    BagIsZip,
    #[error("{}: OUTPUT is a bag; add --bag to add to it, or choose another OUTPUT", escape(.0.display()))]
    IsBag(PathBuf),
    #[error(
        "--report: {}: this is in the bag, whose checksums are complete before the report; write it elsewhere",
        escape(.0.display())
    )]
    ReportInBag(PathBuf),
    #[error("--range: {}", escape(.0))]
    Range(String),
    #[error("--range cannot be used with {0}; convert the whole mailbox for that")]
    RangeOption(&'static str),
    #[error("{}: a pipe has no ranges; save it to a file first, or convert it as a whole", escape(.0.display()))]
    PlanOfStream(PathBuf),
    #[error("{}: this name is not Unicode, so a plan cannot name it; rename it", escape(.0.display()))]
    PlanPath(PathBuf),
    #[error("{}: {}", escape(.0.display()), escape(.1))]
    Summary(PathBuf, String),
    #[error("standard input can be given only once")]
    StandardInputTwice,
    #[error("--manifest: the name must end in .csv or .jsonl")]
    ManifestFormat,
    #[error("--manifest lists what was written, but --dry-run writes nothing; inspect --manifest lists what is found")]
    DryManifest,
    #[error("--manifest-bom is for a manifest in CSV: its name must end in .csv")]
    NoCsv,
    #[error("--report: the name must end in .html")]
    ReportFormat,
    #[error("--report: {}: this is also an input, the output or the manifest", escape(.0.display()))]
    ReportIsOther(PathBuf),
    #[error("--known: {}: the name of a manifest must end in .csv or .jsonl", escape(.0.display()))]
    KnownFormat(PathBuf),
    #[error("--known: {}: {}", escape(.0.display()), escape(.1))]
    Known(PathBuf, String),
    #[error("--like: {}: {}", escape(.0.display()), escape(.1))]
    Like(PathBuf, String),
    #[error("--name: {0}")]
    Template(#[from] TemplateError),
    #[error("{0} is for ZIPs, and OUTPUT is a folder: give an OUTPUT ending in .zip")]
    NoZip(&'static str),
    #[error("--format maildir writes folders, and OUTPUT ends in .zip: choose another OUTPUT")]
    MaildirZip,
    #[error("--format {format} does not take {option}: {why}")]
    NotForFormat { format: &'static str, option: &'static str, why: &'static str },
    #[error("mailboxes are written to a folder: give an OUTPUT that does not end in .zip")]
    MboxZip,
    #[error("{0} is for mailboxes: add --format mbox")]
    NoMbox(&'static str),
    #[error("--label-priority needs --layout label")]
    NoLabels,
    #[error("--label-copies all needs --layout label, or {{label}} in --name")]
    NoLabelFolders,
    #[error("--label-map: {}: {}", escape(.0.display()), escape(.1))]
    LabelMap(PathBuf, String),
    #[error("--for {0}: the inputs hold the mail of several people; convert each person into a ZIP of their own")]
    SeveralPeople(&'static str),
    #[error("{from} {to}: no message can be in this range")]
    EmptyRange { from: &'static str, to: &'static str },
}

impl Usage {
    /// Whether the help would not help: a file is at fault, or the error says all.
    pub(crate) fn is_about_file(&self) -> bool {
        matches!(
            self,
            Self::NoSuchCommand(..)
                | Self::NoSuchInput(..)
                | Self::NoMatch(..)
                | Self::NoBag(..)
                | Self::PlanPath(..)
                | Self::Summary(..)
                | Self::IsBag(..)
                | Self::Known(..)
                | Self::Like(..)
                | Self::LabelMap(..)
                | Self::SeveralPeople(..)
        )
    }
}

/// Where the commands are listed.
const COMMANDS: &str = "; 'mbox2eml --help' lists the commands";

fn did_you_mean(command: Option<&str>) -> Option<String> {
    command.map(|command| format!("; did you mean the command '{command}'?"))
}

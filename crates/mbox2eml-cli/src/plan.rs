//! From what was typed to what the library does.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use mbox2eml::Converter;
use mbox2eml::name::{Charset, LabelPriority, Layout, Namer, Template, TemplateError};
use mbox2eml::select::Deleted;
use mbox2eml::sink::Durability;
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};
use mbox2eml_archive::volumes::{Level, Limits};

use crate::args::{Args, DeletedArg, EolArg, LayoutArg, SplitArg, UnquoteArg};
use crate::importer::Importer;
use crate::inputs::{Inputs, is_standard_input};
use crate::terminal;

/// Why a command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Usage {
    #[error("an input and an output are needed: mbox2eml INPUT... OUTPUT")]
    TooFewPaths,
    #[error("--name: {0}")]
    Template(#[from] TemplateError),
    #[error("{0} is for ZIPs, and OUTPUT is a folder: give an OUTPUT ending in .zip")]
    NoZip(&'static str),
    #[error("--for: unknown importer {}; --for list tells which there are", terminal::escape(.0))]
    Importer(String),
    #[error("--label-priority is for --layout label")]
    NoLabels,
    #[error("standard input can be given only once")]
    StandardInputTwice,
    #[error(
        "{}: the last argument is the OUTPUT folder, and this is a file: mbox2eml INPUT... OUTPUT",
        terminal::escape(.0.display())
    )]
    OutputIsFile(PathBuf),
    #[error("{}: this is both INPUT and OUTPUT; give the EML files a folder of their own", terminal::escape(.0.display()))]
    OutputIsInput(PathBuf),
    #[error("'{0}' is not available in this version; a mailbox of that name is ./{0}")]
    Verb(&'static str),
}

/// Everything that is known before the first mailbox is opened.
pub(crate) struct Plan {
    pub(crate) converter: Converter,
    /// The inputs, in order; those that cannot be read are told in their turn.
    pub(crate) inputs: Inputs,
    pub(crate) output: Output,
}

/// Where the messages go.
pub(crate) struct Output {
    /// As it was typed.
    pub(crate) path: PathBuf,
    pub(crate) durability: Durability,
    /// How it is packed, if it is a ZIP.
    pub(crate) zip: Option<Zip>,
}

/// How ZIPs are made.
pub(crate) struct Zip {
    pub(crate) limits: Limits,
    pub(crate) level: Level,
}

impl Plan {
    pub(crate) fn new(args: &Args) -> std::result::Result<Self, Usage> {
        let (output, inputs) = match args.paths.split_last() {
            Some((output, inputs)) if !inputs.is_empty() => (output.clone(), inputs),
            _ => return Err(Usage::TooFewPaths),
        };
        check(inputs, &output)?;
        let importer = importer(args)?;
        let zip = zip(args, importer, &output)?;
        let charset = if args.ascii.unwrap_or(importer.ascii) { Charset::Ascii } else { Charset::Unicode };
        let converter = converter(args, importer, charset)?;
        let inputs = Inputs::new(args, inputs, &output, charset);
        let durability = if args.fsync { Durability::Synced } else { Durability::Cached };
        Ok(Self { converter, inputs, output: Output { path: output, durability, zip } })
    }
}

/// Refuses paths that cannot be meant.
fn check(inputs: &[PathBuf], output: &Path) -> std::result::Result<(), Usage> {
    for verb in ["inspect", "verify"] {
        if inputs.first().is_some_and(|path| path.as_os_str() == verb) {
            return Err(Usage::Verb(verb));
        }
    }
    if inputs.iter().filter(|path| is_standard_input(path)).count() > 1 {
        return Err(Usage::StandardInputTwice);
    }
    if output.is_file() && !is_zip(output) {
        return Err(Usage::OutputIsFile(output.to_owned()));
    }
    let same =
        |path: &PathBuf| path.canonicalize().is_ok_and(|path| output.canonicalize().is_ok_and(|out| out == path));
    if inputs.iter().any(same) {
        return Err(Usage::OutputIsInput(output.to_owned()));
    }
    Ok(())
}

/// Whether the path is that of a ZIP; a folder may be called like one.
fn is_zip(output: &Path) -> bool {
    output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) && !output.is_dir()
}

fn importer(args: &Args) -> std::result::Result<&'static Importer, Usage> {
    match &args.target {
        Some(name) => Importer::named(name).ok_or_else(|| Usage::Importer(name.clone())),
        None => Ok(Importer::any()),
    }
}

fn zip(args: &Args, importer: &Importer, output: &Path) -> std::result::Result<Option<Zip>, Usage> {
    if !is_zip(output) {
        let typed = [
            (args.zip_max_size.is_some(), "--zip-max-size"),
            (args.zip_max_entries.is_some(), "--zip-max-entries"),
            (args.compression.is_some(), "--compression"),
        ];
        return match typed.into_iter().find(|(is_typed, _)| *is_typed) {
            Some((_, option)) => Err(Usage::NoZip(option)),
            None => Ok(None),
        };
    }
    let limits = Limits {
        max_size: args.zip_max_size.or(importer.zip_max_size),
        max_entries: args.zip_max_entries.map(NonZeroU64::get).or(importer.zip_max_entries),
    };
    let level = args.compression.and_then(Level::new).unwrap_or_default();
    Ok(Some(Zip { limits, level }))
}

fn layout(args: &Args, importer: &Importer) -> std::result::Result<Layout, Usage> {
    let layout = args.layout.unwrap_or(importer.layout);
    if !args.label_priority.is_empty() && !matches!(layout, LayoutArg::Label) {
        return Err(Usage::NoLabels);
    }
    Ok(match layout {
        LayoutArg::Flat => Layout::Flat,
        LayoutArg::Label => Layout::Label(LabelPriority::new(args.label_priority.clone())),
        LayoutArg::Date => Layout::Date,
    })
}

fn converter(args: &Args, importer: &Importer, charset: Charset) -> std::result::Result<Converter, Usage> {
    let template: Template = args.name.parse()?;
    let builder = Converter::builder()
        .names(Namer::new(template, charset).layout(layout(args, importer)?))
        .limit(args.limit)
        .importer_limit(importer.message_limit)
        .eol(match args.eol.unwrap_or(importer.eol) {
            EolArg::Crlf => Eol::Crlf,
            EolArg::Lf => Eol::Lf,
            EolArg::Keep => Eol::Keep,
        })
        .unquote(match args.unquote {
            UnquoteArg::Auto => Unquote::Auto,
            UnquoteArg::Mboxrd => Unquote::Mboxrd,
            UnquoteArg::Mboxo => Unquote::Mboxo,
            UnquoteArg::None => Unquote::None,
        })
        .split(match args.split {
            SplitArg::Auto => SplitRule::Auto,
            SplitArg::Strict => SplitRule::Strict,
            SplitArg::Any => SplitRule::Any,
        })
        .deleted(match args.deleted {
            DeletedArg::Skip => Deleted::Skip,
            DeletedArg::Keep => Deleted::Keep,
        });
    Ok(match args.threads {
        Some(threads) => builder.threads(threads).build(),
        None => builder.build(),
    })
}

//! Turns the command line into settings of the library.

use std::fs;
use std::io;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use mbox2eml::message::{LabelMap, LabelMapError, LabelName};
use mbox2eml::name::{Charset, LabelPriority, Layout, Namer, TemplateError};
use mbox2eml::proof::Proof;
use mbox2eml::report::Records;
use mbox2eml::select::{Filter, Known, Pattern, Sample};
use mbox2eml::sink::{Durability, Statistics};
use mbox2eml::source::{MappedFile, Source, Stream};
use mbox2eml::{Converter, ConverterBuilder};
use mbox2eml_archive::inputs::{Inputs, InputsBuilder, is_standard_input, is_unfinished};
use mbox2eml_archive::members::InflateLimit;
use mbox2eml_archive::volumes::{Level, Limits};

use crate::advice::{Advice, Written};
use crate::args::Args;
use crate::importer::Importer;
use crate::manifest::{self, Format};
use crate::{number, signals, terminal};

/// Why a command line is invalid.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Usage {
    #[error("an input and an output are needed: mbox2eml INPUT... OUTPUT")]
    TooFewPaths,
    #[error("an input and an earlier output are needed: mbox2eml verify INPUT... OUTPUT")]
    NothingToVerify,
    #[error("--dry-run is for converting: verify writes nothing")]
    DryVerify,
    #[error("--manifest: the name must end in .csv or .jsonl, which says how it is written")]
    ManifestFormat,
    #[error("--manifest lists what was written, but {0} writes nothing")]
    NoManifest(&'static str),
    #[error("--known: {}: the name of a manifest must end in .csv or .jsonl", terminal::escape(.0.display()))]
    KnownFormat(PathBuf),
    #[error("--known: {}: cannot read this manifest: {}", terminal::escape(.0.display()), terminal::escape(.1))]
    Known(PathBuf, io::Error),
    #[error("an input is needed: mbox2eml inspect INPUT...")]
    NoInput,
    #[error("--name: {0}")]
    Template(#[from] TemplateError),
    #[error("{0} is for ZIPs, and OUTPUT is a folder: give an OUTPUT ending in .zip")]
    NoZip(&'static str),
    #[error("--for: unknown importer {}; see --for list", terminal::escape(.0))]
    Importer(String),
    #[error("--label-priority is for --layout label")]
    NoLabels,
    #[error("--label-map: {}: {}", terminal::escape(.0.display()), terminal::escape(.1))]
    LabelMap(PathBuf, String),
    #[error("--since is after --until: no message can be in this range")]
    EmptyRange,
    #[error("standard input can be given only once")]
    StandardInputTwice,
    #[error(
        "{}: the last argument is the OUTPUT folder, and this is a file: mbox2eml INPUT... OUTPUT",
        terminal::escape(.0.display())
    )]
    OutputIsFile(PathBuf),
    #[error("{}: this is both INPUT and OUTPUT; give the EML files a folder of their own", terminal::escape(.0.display()))]
    OutputIsInput(PathBuf),
}

/// Everything that is known before the first mailbox is opened.
pub(crate) struct Plan {
    pub(crate) converter: Converter,
    /// How many threads work; by default one for each processor.
    pub(crate) threads: Option<NonZeroUsize>,
    /// The inputs; those that cannot be read are reported in their turn.
    pub(crate) inputs: Inputs,
    /// The importer that the messages are for.
    pub(crate) importer: &'static Importer,
}

/// Where the messages go.
pub(crate) struct Output {
    /// As it was typed.
    pub(crate) path: PathBuf,
    pub(crate) durability: Durability,
    /// The manifest that is written with it, or was.
    pub(crate) manifest: Option<(PathBuf, Format)>,
    /// How it is packed, if it is a ZIP.
    pub(crate) zip: Option<Zip>,
    pub(crate) layout: Layout,
}

/// How ZIPs are made.
pub(crate) struct Zip {
    pub(crate) limits: Limits,
    pub(crate) level: Level,
}

impl Output {
    /// Advice for a run that writes there.
    pub(crate) fn advice(&self) -> Advice {
        let path = self.path.clone();
        Advice::new(match self.layout {
            _ if self.zip.is_some() => Written::Zip(path),
            Layout::Label => Written::Labels(path),
            _ => Written::Folder(path),
        })
    }
}

impl Plan {
    /// The plan to inspect the inputs; every path is one.
    pub(crate) fn inspect(args: &Args, inputs: &[PathBuf]) -> Result<Self, Usage> {
        if inputs.is_empty() {
            return Err(Usage::NoInput);
        }
        if args.manifest.is_some() {
            return Err(Usage::NoManifest("inspect"));
        }
        let builder =
            Converter::builder().names(Namer::new("{index}".parse()?, Charset::Ascii)).read(Statistics::FIELDS);
        Self::new(args, inputs, None, builder)
    }

    /// The plan to convert the inputs, and where to: the last path.
    pub(crate) fn convert(args: &Args) -> Result<(Self, Output), Usage> {
        if args.dry_run && args.manifest.is_some() {
            return Err(Usage::NoManifest("--dry-run"));
        }
        let records = if args.manifest.is_some() { Records::All } else { Records::Off };
        Self::with_output(args, &args.paths, Usage::TooFewPaths, records)
    }

    /// The plan to compare the output, the last path, with the inputs.
    pub(crate) fn verify(args: &Args, paths: &[PathBuf]) -> Result<(Self, Output), Usage> {
        Self::with_output(args, paths, Usage::NothingToVerify, Records::Off)
    }

    fn with_output(args: &Args, paths: &[PathBuf], too_few: Usage, records: Records) -> Result<(Self, Output), Usage> {
        let Some((path, inputs)) = paths.split_last().filter(|(_, inputs)| !inputs.is_empty()) else {
            return Err(too_few);
        };
        check_output(inputs, path)?;
        let importer = importer(args)?;
        let durability = if args.fsync { Durability::Synced } else { Durability::Cached };
        let output = Output {
            path: path.clone(),
            durability,
            manifest: manifest(args)?,
            zip: zip(args, importer, path)?,
            layout: layout(args, importer),
        };
        let builder = Converter::builder().names(namer(args, importer)?).copies(args.label_copies).records(records);
        Ok((Self::new(args, inputs, Some(path), builder)?, output))
    }

    fn new(args: &Args, inputs: &[PathBuf], output: Option<&Path>, builder: ConverterBuilder) -> Result<Self, Usage> {
        if inputs.iter().filter(|path| is_standard_input(path)).count() > 1 {
            return Err(Usage::StandardInputTwice);
        }
        check_dates(args)?;
        let importer = importer(args)?;
        let builder = builder
            .filter(filter(args)?)
            .known(known(args)?)
            .sample(sample(args))
            .importer_limit(importer.message_limit)
            .proof(if args.prove { Proof::BodyHash } else { Proof::Off })
            .eol(args.eol.unwrap_or(importer.eol))
            .unquote(args.unquote)
            .split(args.split)
            .deleted(args.deleted);
        let builder = args.dedup.into_iter().fold(builder, ConverterBuilder::dedup);
        let search = Inputs::builder()
            .inflate_limit(args.inflate_limit.map_or_else(InflateLimit::default, InflateLimit::Bytes))
            .split(args.split)
            .names(namer(args, importer)?);
        let search = output.into_iter().fold(search, InputsBuilder::output);
        let search = if args.no_mmap { search } else { search.open_files(open_mapped) };
        let inputs = search.find(inputs);
        Ok(Self { converter: builder.build(), threads: args.threads, inputs, importer })
    }
}

/// What earlier runs have written, by their manifests.
fn known(args: &Args) -> Result<Known, Usage> {
    let mut all = Known::default();
    for path in &args.known {
        let format = Format::of(path).ok_or_else(|| Usage::KnownFormat(path.clone()))?;
        let (known, unreadable) = manifest::known(path, format).map_err(|error| Usage::Known(path.clone(), error))?;
        if unreadable > 0 && !args.quiet {
            let rows = number::count(unreadable, "row");
            let path = terminal::escape(path.display());
            terminal::eprint(format_args!("{path}: {rows} cannot be read; these messages count as new\n"));
        }
        all.extend(known);
    }
    Ok(all)
}

/// Maps a file; one that cannot be mapped is read.
fn open_mapped(path: &Path) -> mbox2eml::Result<Box<dyn Source>> {
    signals::guard_mapping(path);
    // SAFETY: this program does not write to its inputs. That no other program does meanwhile is for the user to ensure,
    // for which SECURITY.md asks, and `--no-mmap` is for those who cannot. If one does by accident, that is reported: a
    // cut by the guard, by a check for zeros or by the next window, and a changed byte by the file's time at the end.
    #[allow(unsafe_code)]
    let mapped = unsafe { MappedFile::open(path) };
    match mapped {
        Ok(mapped) => Ok(Box::new(mapped)),
        Err(_) => Ok(Box::new(Stream::open(path)?)),
    }
}

/// Refuses a range of dates that no message is in.
fn check_dates(args: &Args) -> Result<(), Usage> {
    let is_empty = args.since.zip(args.until).is_some_and(|(since, until)| since.start() >= until.end());
    if is_empty { Err(Usage::EmptyRange) } else { Ok(()) }
}

/// Refuses an output that cannot be intended.
fn check_output(inputs: &[PathBuf], output: &Path) -> Result<(), Usage> {
    if output.is_file() && !is_zip(output) {
        return Err(Usage::OutputIsFile(output.to_owned()));
    }
    let same =
        |path: &PathBuf| path.canonicalize().is_ok_and(|path| output.canonicalize().is_ok_and(|out| out == path));
    if inputs.iter().any(same) || inputs.iter().any(|path| is_zip(output) && is_unfinished(output, path)) {
        return Err(Usage::OutputIsInput(output.to_owned()));
    }
    Ok(())
}

/// The manifest, and how it is written.
pub(crate) fn manifest(args: &Args) -> Result<Option<(PathBuf, Format)>, Usage> {
    let Some(path) = &args.manifest else { return Ok(None) };
    Ok(Some((path.clone(), Format::of(path).ok_or(Usage::ManifestFormat)?)))
}

fn charset(args: &Args, importer: &Importer) -> Charset {
    if args.ascii.unwrap_or(importer.ascii) { Charset::Ascii } else { Charset::Unicode }
}

fn sample(args: &Args) -> Sample {
    match (args.limit, args.sample) {
        (Some(first), _) => Sample::First(first),
        (None, Some(spread)) => Sample::Evenly(spread),
        (None, None) => Sample::All,
    }
}

fn filter(args: &Args) -> Result<Filter, Usage> {
    let labels = |names: &[String]| -> Vec<LabelName> { names.iter().map(|name| LabelName::new(name)).collect() };
    let pattern = |text: &Option<String>| text.as_deref().map(Pattern::new);
    Ok(Filter::default()
        .since(args.since)
        .until(args.until)
        .labels(labels(&args.label))
        .not_labels(labels(&args.not_label))
        .label_map(label_map(args)?)
        .from(pattern(&args.from))
        .to(pattern(&args.to))
        .subject(pattern(&args.subject))
        .min_size(args.min_size)
        .max_size(args.max_size))
}

/// The user's label map.
fn label_map(args: &Args) -> Result<LabelMap, Usage> {
    let Some(path) = &args.label_map else { return Ok(LabelMap::default()) };
    let text = fs::read_to_string(path).map_err(|error| Usage::LabelMap(path.clone(), error.to_string()))?;
    text.parse().map_err(|error: LabelMapError| Usage::LabelMap(path.clone(), error.to_string()))
}

/// Whether the path is that of a ZIP; a folder may be called like one.
pub(crate) fn is_zip(output: &Path) -> bool {
    output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) && !output.is_dir()
}

fn importer(args: &Args) -> Result<&'static Importer, Usage> {
    match &args.target {
        Some(name) => Importer::named(name).ok_or_else(|| Usage::Importer(name.clone())),
        None => Ok(Importer::any()),
    }
}

fn zip(args: &Args, importer: &Importer, output: &Path) -> Result<Option<Zip>, Usage> {
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

/// The layout that was asked for, or that of the importer.
fn layout(args: &Args, importer: &Importer) -> Layout {
    args.layout.unwrap_or(importer.layout)
}

/// Names in the layout that was asked for.
fn namer(args: &Args, importer: &Importer) -> Result<Namer, Usage> {
    let layout = layout(args, importer);
    if !args.label_priority.is_empty() && layout != Layout::Label {
        return Err(Usage::NoLabels);
    }
    let namer = Namer::new(args.name.parse()?, charset(args, importer));
    let priority = LabelPriority::new(&args.label_priority).label_map(label_map(args)?);
    Ok(namer.layout(layout).label_priority(priority))
}

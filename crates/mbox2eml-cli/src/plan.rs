//! Turns the command line into settings of the library.

use std::fs;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::thread;

use mbox2eml::message::{LabelMap, LabelMapError, LabelName};
use mbox2eml::name::{Charset, LabelPriority, Layout, MailboxTree, Namer, Template};
use mbox2eml::proof::Proof;
use mbox2eml::report::Records;
use mbox2eml::select::{Dedup, Filter, Known, Pattern, Sample};
use mbox2eml::sink::Durability;
use mbox2eml::source::{MappedFile, Source, Stream};
use mbox2eml::transform::{Eol, Quote};
use mbox2eml::{Converter, ConverterBuilder, LabelCopies};
use mbox2eml_archive::bag::{Bag, OpenBag};
use mbox2eml_archive::inputs::{InflateLimit, Inputs, InputsBuilder, is_standard_input, is_unfinished};
use mbox2eml_archive::volumes::{Level, Limits};

use crate::advice::{Advice, Written};
use crate::args::{
    BagArgs, ConvertArgs, FilterArgs, FormatArg, InspectArgs, ManifestArgs, MboxArgs, MessageArgs, NameArgs,
    ReportingArgs, RunningArgs, VerifyArgs, ZipArgs,
};
use crate::importer::Importer;
use crate::kept::{folder_of, resolved};
use crate::manifest::{self, Format, UnreadRows};
use crate::paths::{self, Paths, expanded};
use crate::people::People;
use crate::planned::PlannedRange;
use crate::sources::{Hasher, Sources};
use crate::summary::FileKind;
use crate::sums::Part;
use crate::usage::Usage;
use crate::{number, page, signals};

/// Everything that is known before the first mailbox is opened.
pub(crate) struct Plan {
    pub(crate) converter: Converter,
    /// How many threads work; by default one for each processor.
    pub(crate) threads: Option<NonZeroUsize>,
    /// The inputs; those that cannot be read are reported in their turn.
    pub(crate) inputs: Inputs,
    /// Warnings about manifests of earlier runs that cannot be read whole.
    pub(crate) unread_rows: Vec<String>,
    /// The importer that the messages are for.
    pub(crate) importer: &'static Importer,
    /// What hashes the files that are read, if that is asked for.
    pub(crate) hasher: Option<Hasher>,
}

/// Where the messages go.
pub(crate) struct Output {
    /// The folder or ZIP with the messages.
    pub(crate) path: PathBuf,
    /// The bag that it is in, if any.
    pub(crate) bag: Option<Bagging>,
    pub(crate) durability: Durability,
    /// The manifest that is written with it, or was.
    pub(crate) manifest: Option<(PathBuf, Format)>,
    pub(crate) container: Container,
    /// What part of a plan goes there, if it is not all of its inputs.
    pub(crate) part: Option<Part>,
}

/// A bag to be made, and whose it is.
pub(crate) struct Bagging {
    pub(crate) bag: Bag,
    pub(crate) organization: Option<String>,
    /// The bag once it was begun.
    pub(crate) open: Option<OpenBag>,
}

/// What holds the messages. Each command has one place that chooses a sink by it.
pub(crate) enum Container {
    /// A folder of EML files.
    Folder,
    /// ZIPs of EML files.
    Zip(Zip),
    /// Maildir++ folders.
    Maildir,
    /// A folder of mailboxes.
    Mailboxes(Mbox),
}

/// How mailboxes are made.
#[derive(Clone, Copy)]
pub(crate) struct Mbox {
    pub(crate) tree: MailboxTree,
    pub(crate) quote: Quote,
}

/// How ZIPs are made.
pub(crate) struct Zip {
    pub(crate) limits: Limits,
    pub(crate) level: Level,
}

impl Output {
    /// As it was typed.
    pub(crate) fn named(&self) -> &Path {
        self.bag.as_ref().map_or(&self.path, |bagging| bagging.bag.root())
    }

    /// What its files are.
    pub(crate) fn kind(&self) -> FileKind {
        match self.container {
            Container::Folder | Container::Maildir => FileKind::Message,
            Container::Zip(_) => FileKind::Archive,
            Container::Mailboxes(Mbox { tree, .. }) => FileKind::Mailbox(tree),
        }
    }

    /// Advice for a run that writes there.
    pub(crate) fn advice(&self) -> Advice {
        Advice::new(match self.container {
            Container::Folder | Container::Maildir => Written::Folder,
            Container::Zip(_) => Written::Zip(self.path.clone()),
            Container::Mailboxes(_) => Written::Mailboxes(self.path.clone()),
        })
    }
}

impl Plan {
    /// The plan to inspect the inputs, and the manifest to write.
    pub(crate) fn inspect(args: &InspectArgs) -> Result<(Self, Option<(PathBuf, Format)>), Usage> {
        check_report(args.reporting.report.as_deref(), args.inputs.iter().chain(&args.manifest.manifest))?;
        let manifest = manifest_file(&args.manifest)?;
        let inputs = expanded(&args.inputs)?;
        let importer = importer(args.target.importer);
        let namer = Namer::new("{index}".parse()?, if importer.ascii { Charset::Ascii } else { Charset::Unicode })
            .layout(importer.layout);
        let builder = Converter::builder()
            .names(Namer::new("{index}".parse()?, Charset::Ascii))
            .eol(eol(&args.messages, FormatArg::Eml, importer))
            .import_checks(args.target.importer.is_some())
            .records(records(manifest.is_some()));
        let InspectArgs { messages, filters, reporting, running, .. } = args;
        let labels = label_map(filters)?;
        let source_hash = args.manifest.source_hash;
        let reading = Reading { messages, filters, labels, reporting, running, importer, source_hash };
        Ok((reading.plan(&inputs, None, namer, builder)?, manifest))
    }

    /// The plan to convert the inputs, and where to.
    pub(crate) fn convert(args: &ConvertArgs) -> Result<(Self, Output), Usage> {
        let ConvertArgs { messages, filters, names, reporting, running, manifest, .. } = args;
        if args.dry_run && manifest.manifest.is_some() {
            return Err(Usage::DryManifest);
        }
        let others = args.places.paths.iter().chain(&args.places.output).chain(&manifest.manifest);
        check_report(reporting.report.as_deref(), others)?;
        let words = &reporting.given.words;
        let importer = importer(args.target.importer);
        let takes_zips = importer.zip_max_size.is_some() && !args.bag.bag;
        let planned = args.range.as_deref().map(PlannedRange::given).transpose()?;
        let paths = match &planned {
            Some(planned) => planned_paths(args, planned)?,
            None => Paths::new(&args.places.paths, args.places.output.as_deref(), |input| {
                paths::new_output(words, input, takes_zips)
            })?,
        };
        if args.places.output.is_none() && planned.is_none() {
            paths.check_order(words)?;
            // A folder of mailboxes may be there from an earlier run.
            if args.places.format != FormatArg::Mbox || !paths.output.is_dir() {
                paths.check_output(words, takes_zips)?;
            }
        }
        check_output(&paths)?;
        // What an earlier run wrote there may be mailboxes, too.
        if args.places.format != FormatArg::Mbox && paths.hides_mailboxes() {
            return Err(Usage::OutputHidesMailboxes(paths.output));
        }
        let bag = bagging(&args.bag, &paths.output)?;
        if let (Some(bagging), Some(report)) = (&bag, &reporting.report)
            && is_below(report, bagging.bag.root())
        {
            return Err(Usage::ReportInBag(report.clone()));
        }
        let of_bag = || bag.as_ref().map(|bagging| (bagging.bag.root().join("messages.csv"), Format::Csv));
        let output = Output {
            durability: if args.fsync { Durability::Synced } else { Durability::Cached },
            manifest: manifest_file(manifest)?.or_else(of_bag).filter(|_| !args.dry_run),
            container: container(args.places.format, names, &args.zip, &args.mbox, importer, &paths.output)?,
            path: bag.as_ref().map_or(paths.output, |bagging| bagging.bag.payload()),
            bag,
            part: planned.as_ref().map(Part::from),
        };
        let labels = label_map(filters)?;
        let namer = namer(args.places.format, names, labels.clone(), importer)?;
        let builder = Converter::builder()
            .names(namer.clone())
            .copies(names.label_copies)
            .eol(eol(messages, args.places.format, importer))
            .status_lines(args.mbox.mbox_flags.unwrap_or_default())
            .records(records(output.manifest.is_some()));
        let source_hash = manifest.source_hash;
        let reading = Reading { messages, filters, labels, reporting, running, importer, source_hash };
        let mut plan = reading.plan(&paths.inputs, Some(&output.path), namer, builder)?;
        if is_joined(names, importer) {
            let known = plan.inputs.known_places();
            let people = People::among(known.iter().map(|(origin, place)| (origin.to_string(), place)));
            if people.is_some_and(|people| people.are_certain()) {
                return Err(Usage::SeveralPeople(importer.name));
            }
        }
        if let Some(planned) = planned
            && !plan.inputs.keep(Path::new(&planned.input), planned.range()?)
        {
            return Err(Usage::Range(format!("{}: no longer among the inputs of the plan", planned.input)));
        }
        Ok((plan, output))
    }

    /// The plan to compare the output with the inputs.
    pub(crate) fn verify(args: &VerifyArgs) -> Result<(Self, Output), Usage> {
        let VerifyArgs { messages, filters, names, reporting, running, .. } = args;
        let words = &reporting.given.words;
        let existing = |input: Option<&Path>| paths::existing_output(words, input);
        if let ([only], None) = (&*args.places.paths, &args.places.output) {
            paths::check_not_alone(only, words)?;
        }
        let paths = Paths::new(&args.places.paths, args.places.output.as_deref(), existing)?;
        if args.places.output.is_none() {
            paths.check_order(words)?;
        }
        check_output(&paths)?;
        let importer = importer(args.target.importer);
        let output = Output {
            durability: Durability::Cached,
            manifest: None,
            container: container(args.places.format, names, &ZipArgs::default(), &args.mbox, importer, &paths.output)?,
            path: with_messages(&paths.output),
            bag: None,
            part: None,
        };
        let labels = label_map(filters)?;
        let namer = namer(args.places.format, names, labels.clone(), importer)?;
        let builder = Converter::builder()
            .names(namer.clone())
            .copies(names.label_copies)
            .eol(eol(messages, args.places.format, importer))
            .status_lines(args.mbox.mbox_flags.unwrap_or_default());
        let reading = Reading { messages, filters, labels, reporting, running, importer, source_hash: false };
        Ok((reading.plan(&paths.inputs, Some(&output.path), namer, builder)?, output))
    }
}

/// The options of every command that reads mailboxes.
struct Reading<'a> {
    messages: &'a MessageArgs,
    filters: &'a FilterArgs,
    /// The user's label map. Its file may be a pipe, so it is read once.
    labels: LabelMap,
    reporting: &'a ReportingArgs,
    running: &'a RunningArgs,
    importer: &'static Importer,
    source_hash: bool,
}

impl Reading<'_> {
    fn plan(
        self,
        inputs: &[PathBuf],
        output: Option<&Path>,
        namer: Namer,
        builder: ConverterBuilder,
    ) -> Result<Plan, Usage> {
        let Self { messages, filters, labels, reporting, running, importer, source_hash } = self;
        if inputs.iter().filter(|path| is_standard_input(path)).count() > 1 {
            return Err(Usage::StandardInputTwice);
        }
        check_ranges(filters)?;
        let (known, unread_rows) = known(&filters.known)?;
        let builder = builder
            .filter(filter(filters, labels))
            .known(known)
            .sample(sample(filters))
            .importer_limit(importer.message_limit)
            .proof(if reporting.prove { Proof::BodyHash } else { Proof::Off })
            .unquote(messages.unquote)
            .split(messages.split)
            .deleted(messages.deleted);
        let builder = filters.dedup.into_iter().fold(builder, ConverterBuilder::dedup);
        let search = Inputs::builder()
            .inflate_limit(running.inflate_limit.map_or_else(InflateLimit::default, InflateLimit::Bytes))
            .split(messages.split)
            .names(namer);
        let search = output.into_iter().fold(search, InputsBuilder::output);
        let search = if running.no_mmap { search } else { search.open_files(open_mapped) };
        let (search, hasher) = if source_hash { hashing(search) } else { (search, None) };
        let inputs = search.find(inputs);
        Ok(Plan { converter: builder.build(), threads: running.threads, inputs, unread_rows, importer, hasher })
    }
}

/// The search with a hash of every file that is read.
fn hashing(search: InputsBuilder) -> (InputsBuilder, Option<Hasher>) {
    let (hasher, opening) = Sources::begin();
    let streams = hasher.sources().clone();
    (search.before_opening(opening).open_streams(move |path| streams.open_stream(path)), Some(hasher))
}

/// The inputs of the plan, and the output that was given.
fn planned_paths(args: &ConvertArgs, planned: &PlannedRange) -> Result<Paths, Usage> {
    let ConvertArgs { filters, names, target, .. } = args;
    let refused = [
        (layout(names, importer(target.importer)) == Layout::Label, "--layout label"),
        (is_joined(names, importer(target.importer)), "--for with this importer"),
        (filters.dedup.is_some_and(|dedup| dedup != Dedup::Off), "--dedup"),
        (args.places.format != FormatArg::Eml, "--format"),
    ];
    if let Some((_, option)) = refused.into_iter().find(|(is_given, _)| *is_given) {
        return Err(Usage::RangeOption(option));
    }
    let output = match (args.places.paths.as_slice(), &args.places.output) {
        ([output], None) | ([], Some(output)) => output.clone(),
        ([], None) => return Err(Usage::Range("no OUTPUT given".to_owned())),
        _ => return Err(Usage::Range("the plan names the INPUT, so give OUTPUT only".to_owned())),
    };
    Ok(Paths { inputs: planned.inputs.iter().map(PathBuf::from).collect(), output })
}

/// What earlier runs have written, by their manifests, and a warning for each manifest that cannot be read whole.
fn known(manifests: &[PathBuf]) -> Result<(Known, Vec<String>), Usage> {
    let (mut all, mut warnings) = (Known::default(), Vec::new());
    for path in manifests {
        let format = Format::of(path).ok_or_else(|| Usage::KnownFormat(path.clone()))?;
        let (known, unread) = manifest::known(path, format).map_err(|why| Usage::Known(path.clone(), why))?;
        warnings.extend(unread.map(|UnreadRows { number, first }| {
            let (path, rows) = (path.display(), number::count(number, "row"));
            format!("{path}: {rows} cannot be read, so these messages count as new; the first: {first}")
        }));
        all.extend(known);
    }
    Ok((all, warnings))
}

/// Opens a file as it is asked for: mapped or not.
pub(crate) fn open(path: &Path, no_mmap: bool) -> mbox2eml::Result<Box<dyn Source>> {
    if no_mmap { Ok(Box::new(Stream::open(path)?)) } else { open_mapped(path) }
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

/// Refuses a range of dates or sizes that no message is in.
fn check_ranges(args: &FilterArgs) -> Result<(), Usage> {
    if args.since.zip(args.until).is_some_and(|(since, until)| since.start() >= until.end()) {
        return Err(Usage::EmptyRange { from: "--since is after", to: "--until" });
    }
    if args.min_size.zip(args.max_size).is_some_and(|(min, max)| min > max) {
        return Err(Usage::EmptyRange { from: "--min-size is greater than", to: "--max-size" });
    }
    Ok(())
}

/// Refuses an output that cannot be intended.
fn check_output(Paths { inputs, output }: &Paths) -> Result<(), Usage> {
    if output == Path::new("-") {
        return Err(Usage::OutputIsStream);
    }
    if output.is_file() && !is_zip(output) {
        return Err(Usage::OutputIsFile(output.to_owned()));
    }
    if output.exists() && !output.is_dir() && !is_zip(output) {
        return Err(Usage::OutputIsNoFolder(output.to_owned()));
    }
    let same = |path: &PathBuf| !is_standard_input(path) && resolved(path) == resolved(output);
    if inputs.iter().any(same) || inputs.iter().any(|path| is_zip(output) && is_unfinished(output, path)) {
        return Err(Usage::OutputIsInput(output.to_owned()));
    }
    Ok(())
}

/// The bag to be made, if one was asked for.
fn bagging(args: &BagArgs, output: &Path) -> Result<Option<Bagging>, Usage> {
    let organization = args.bag_organization.clone();
    match args.bag {
        true if is_zip(output) => Err(Usage::BagIsZip),
        true => match Bag::at(output) {
            Ok(bag) => Ok(Some(Bagging { bag, organization, open: None })),
            Err(error) => Err(Usage::NoBag(output.to_owned(), error)),
        },
        false if Bag::existing(output).is_some() => Err(Usage::IsBag(output.to_owned())),
        false => Ok(None),
    }
}

/// The folder or ZIP with the messages of an output: in a bag, its payload.
pub(crate) fn with_messages(output: &Path) -> PathBuf {
    Bag::existing(output).map_or_else(|| output.to_owned(), |bag| bag.payload())
}

/// How many threads work.
pub(crate) fn threads(asked_for: Option<NonZeroUsize>) -> NonZeroUsize {
    let threads = asked_for.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    threads.min(Converter::MAX_THREADS)
}

/// Whether a file is in a folder, or will be.
fn is_below(path: &Path, folder: &Path) -> bool {
    resolved(folder_of(path)).starts_with(resolved(folder))
}

/// Refuses a report that is no page by its name, or another file of the run.
pub(crate) fn check_report<'a>(
    report: Option<&Path>,
    mut others: impl Iterator<Item = &'a PathBuf>,
) -> Result<(), Usage> {
    let Some(report) = report else { return Ok(()) };
    if !page::is_page(report) {
        return Err(Usage::ReportFormat);
    }
    let there = resolved(report);
    if others.any(|other| resolved(other) == there) { Err(Usage::ReportIsOther(report.to_owned())) } else { Ok(()) }
}

/// The manifest, and how it is written.
pub(crate) fn with_format(manifest: &Path) -> Result<(PathBuf, Format), Usage> {
    Ok((manifest.to_owned(), Format::of(manifest).ok_or(Usage::ManifestFormat)?))
}

/// The manifest to write, and how.
fn manifest_file(args: &ManifestArgs) -> Result<Option<(PathBuf, Format)>, Usage> {
    match args.manifest.as_deref().map(with_format).transpose()? {
        Some((path, Format::Csv)) if args.manifest_bom => Ok(Some((path, Format::CsvWithBom))),
        Some(_) if args.manifest_bom => Err(Usage::NoCsv),
        manifest => Ok(manifest),
    }
}

fn records(are_wanted: bool) -> Records {
    if are_wanted { Records::All } else { Records::Off }
}

fn charset(args: &NameArgs, importer: &Importer) -> Charset {
    if args.ascii.unwrap_or(importer.ascii) { Charset::Ascii } else { Charset::Unicode }
}

/// How many messages of each mailbox are read.
pub(crate) fn sample(args: &FilterArgs) -> Sample {
    match (args.limit, args.sample) {
        (Some(first), _) => Sample::First(first.get()),
        (None, Some(spread)) => Sample::Evenly(spread.get()),
        (None, None) => Sample::All,
    }
}

fn filter(args: &FilterArgs, map: LabelMap) -> Filter {
    let labels = |names: &[String]| -> Vec<LabelName> { names.iter().map(|name| LabelName::new(name)).collect() };
    let pattern = |text: &Option<String>| text.as_deref().map(Pattern::new);
    Filter::default()
        .since(args.since)
        .until(args.until)
        .labels(labels(&args.label))
        .not_labels(labels(&args.not_label))
        .label_map(map)
        .from(pattern(&args.from))
        .to(pattern(&args.to))
        .subject(pattern(&args.subject))
        .min_size(args.min_size)
        .max_size(args.max_size)
}

/// The user's label map.
fn label_map(args: &FilterArgs) -> Result<LabelMap, Usage> {
    let Some(path) = &args.label_map else { return Ok(LabelMap::default()) };
    let text = fs::read_to_string(path).map_err(|error| Usage::LabelMap(path.clone(), error.to_string()))?;
    text.parse().map_err(|error: LabelMapError| Usage::LabelMap(path.clone(), error.to_string()))
}

/// Whether the path is that of a ZIP; a folder may be called like one.
pub(crate) fn is_zip(output: &Path) -> bool {
    output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) && !output.is_dir()
}

fn importer(named: Option<&'static Importer>) -> &'static Importer {
    named.unwrap_or_else(Importer::any)
}

/// The line ends that were asked for, or those of the format and the importer.
fn eol(args: &MessageArgs, format: FormatArg, importer: &Importer) -> Eol {
    args.eol.unwrap_or(match format {
        FormatArg::Eml => importer.eol,
        FormatArg::Maildir | FormatArg::Mbox => Eol::Lf,
    })
}

/// What holds the messages: by the format, and of EML files by the name of the output.
fn container(
    format: FormatArg,
    names: &NameArgs,
    zip: &ZipArgs,
    mbox: &MboxArgs,
    importer: &Importer,
    output: &Path,
) -> Result<Container, Usage> {
    let typed = [
        (zip.zip_max_size.is_some(), "--zip-max-size"),
        (zip.zip_max_entries.is_some(), "--zip-max-entries"),
        (zip.compression.is_some(), "--compression"),
    ];
    let of_zip = typed.into_iter().find_map(|(is_typed, option)| is_typed.then_some(option));
    let MboxArgs { mbox_tree, quoting, mbox_flags } = *mbox;
    let typed = [
        (mbox_tree.is_some(), "--mbox-tree"),
        (quoting.is_some(), "--quoting"),
        (mbox_flags.is_some(), "--mbox-flags"),
    ];
    let of_mbox = typed.into_iter().find_map(|(is_typed, option)| is_typed.then_some(option));
    if let (FormatArg::Eml | FormatArg::Maildir, Some(option)) = (format, of_mbox) {
        return Err(Usage::NoMbox(option));
    }
    match (format, of_zip) {
        (FormatArg::Eml, _) if is_zip(output) => Ok(Container::Zip(packed(zip, importer))),
        (FormatArg::Eml, Some(option)) => Err(Usage::NoZip(option)),
        (FormatArg::Eml, None) => Ok(Container::Folder),
        (FormatArg::Mbox, _) if is_zip(output) => Err(Usage::MboxZip),
        (FormatArg::Mbox, Some(option)) => Err(Usage::NoZip(option)),
        (FormatArg::Maildir, _) if is_zip(output) => Err(Usage::MaildirZip),
        (FormatArg::Maildir, Some(option)) => {
            Err(Usage::NotForFormat { format: "maildir", option, why: "it is for ZIPs" })
        }
        (FormatArg::Mbox, None) => {
            check_importer("mbox", importer)?;
            Ok(Container::Mailboxes(Mbox { tree: mbox_tree.unwrap_or_default(), quote: quoting.unwrap_or_default() }))
        }
        (FormatArg::Maildir, None) => {
            check_importer("maildir", importer)?;
            check_for_maildir(names).map(|()| Container::Maildir)
        }
    }
}

/// Refuses an importer that takes only ZIPs of EML files.
fn check_importer(format: &'static str, importer: &Importer) -> Result<(), Usage> {
    match importer.zip_max_size {
        Some(_) => {
            Err(Usage::NotForFormat { format, option: "--for with this importer", why: "it imports ZIPs of EML files" })
        }
        None => Ok(()),
    }
}

/// Refuses options that make no difference to a Maildir.
fn check_for_maildir(names: &NameArgs) -> Result<(), Usage> {
    for (is_given, option, why) in [
        (names.name.is_some(), "--name", "its files have names that mail servers read"),
        (names.ascii.is_some(), "--ascii", "the names of its folders are in ASCII already, as mail servers expect"),
    ] {
        if is_given {
            return Err(Usage::NotForFormat { format: "maildir", option, why });
        }
    }
    Ok(())
}

/// How ZIPs are made: as was asked for, or as the importer needs them.
fn packed(args: &ZipArgs, importer: &Importer) -> Zip {
    let limits = Limits::default()
        .max_size(args.zip_max_size.or(importer.zip_max_size))
        .max_entries(args.zip_max_entries.map(NonZeroU64::get).or(importer.zip_max_entries));
    let level = args.compression.and_then(Level::new).unwrap_or_default();
    Zip { limits, level }
}

/// The layout that was asked for, or that of the importer.
fn layout(args: &NameArgs, importer: &Importer) -> Layout {
    args.layout.unwrap_or(importer.layout)
}

/// Whether all mailboxes go into one folder, as the importer takes them.
fn is_joined(args: &NameArgs, importer: &Importer) -> bool {
    importer.is_joined && args.layout.is_none()
}

/// Names in the layout that was asked for.
fn namer(format: FormatArg, args: &NameArgs, labels: LabelMap, importer: &Importer) -> Result<Namer, Usage> {
    let layout = layout(args, importer);
    if !args.label_priority.is_empty() && layout != Layout::Label {
        return Err(Usage::NoLabels);
    }
    if args.label_copies == LabelCopies::All
        && layout != Layout::Label
        && !args.name.as_ref().is_some_and(|name| name.contains("{label}"))
    {
        return Err(Usage::NoLabelFolders);
    }
    let (template, map) = match format {
        FormatArg::Eml | FormatArg::Mbox => (args.name.as_deref().map_or(Ok(Template::default()), str::parse)?, labels),
        // Only the folders of the names are used.
        FormatArg::Maildir => ("{index}".parse()?, labels.special_use()),
    };
    let namer = Namer::new(template, charset(args, importer));
    let priority = LabelPriority::new(&args.label_priority).label_map(map);
    Ok(namer.layout(layout).joined(is_joined(args, importer)).label_priority(priority))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_threads_than_a_converter_has() {
        for (asked_for, threads) in [(1, 1), (3, 3), (4000, Converter::MAX_THREADS.get())] {
            assert_eq!(super::threads(NonZeroUsize::new(asked_for)).get(), threads);
        }
    }
}

//! The main job: mailboxes in, EML files out.

use std::path::PathBuf;

use mbox2eml::Result;
use mbox2eml::report::Observer;
use mbox2eml::sink::{
    Directory, DryRun, ExistingFolder, ExistingMaildir, Mailboxes, MailboxesBuilder, Maildir, Measured, Null, Sink,
    WrittenMailbox,
};
use mbox2eml_archive::volumes::Volumes;

use super::{bag, exit, list_failures, print, refuse, run, with_manifest, write_report};
use crate::advice::{Advice, Written};
use crate::args::ConvertArgs;
use crate::exit::Exit;
use crate::kept::folder_of;
use crate::manifest::{Format, ManifestReport};
use crate::page::Page;
use crate::paths::with_zip;
use crate::people::People;
use crate::plan::{Container, Mbox, Output, Plan, Zip, sample, threads};
use crate::reporter::Reporter;
use crate::summary::{Made, Purpose, Summary};
use crate::terminal::{self, escape, json_line};

/// Converts as the command line says and reports the result.
pub(crate) fn convert(args: &ConvertArgs) -> Exit {
    let (mut plan, mut output) = match Plan::convert(args) {
        Ok(planned) => planned,
        Err(usage) => return refuse(&usage, "mbox2eml convert --help"),
    };
    note_loose_files(args, &plan, &output);
    if args.dry_run {
        if let Some(bagging) = &output.bag
            && let Err(error) = bag::check_unchanged(&bagging.bag, threads(args.running.threads))
        {
            return convert_into(args, plan, &output, Err::<Null, _>(error), |()| Made::Files);
        }
        note_existing_archive(args, &output);
        return match &output.container {
            Container::Mailboxes(mbox) => {
                let sink = mailboxes(&output, *mbox).dry_run();
                let folders =
                    |made: Vec<_>| made.into_iter().map(|WrittenMailbox { folder, tally, .. }| (folder, tally));
                convert_into(args, plan, &output, sink, |made| Made::Nothing(folders(made).collect()))
            }
            Container::Folder | Container::Maildir | Container::Zip(_) => {
                convert_into(args, plan, &output, dry_run(&output), Made::Nothing)
            }
        };
    }
    if !plan.inputs.has_mailbox() {
        // Where no input can be read, nothing is made for the output either, nor a manifest in it.
        let is_possible = |(path, _): &(PathBuf, Format)| {
            let folder = folder_of(path);
            folder.exists() || !folder.starts_with(output.named())
        };
        let (manifest, path) = (output.manifest.clone().filter(is_possible), output.named().to_owned());
        let output = Output { manifest, path, bag: None, ..output };
        return convert_into(args, plan, &output, Ok(Null), |()| Made::Files);
    }
    if let Some(bagging) = &mut output.bag {
        match bag::begin(&bagging.bag, threads(args.running.threads)) {
            Ok(open) => bagging.open = Some(open),
            Err(error) => return convert_into(args, plan, &output, Err::<Null, _>(error), |()| Made::Files),
        }
    }
    let Output { path, durability, container, .. } = &output;
    match container {
        Container::Folder => {
            // Others may convert other ranges into it meanwhile.
            let open = if output.part.is_some() { Directory::shared } else { Directory::create };
            let sink = open(path, *durability);
            convert_into(args, plan, &output, sink, |()| Made::Files)
        }
        Container::Zip(Zip { limits, level }) => {
            let sink = Volumes::at(path).limits(*limits).level(*level).durability(*durability).create();
            convert_into(args, plan, &output, sink, Made::Archives)
        }
        Container::Maildir => {
            let sink = Maildir::create(path, *durability);
            convert_into(args, plan, &output, sink, |()| Made::Files)
        }
        Container::Mailboxes(mbox) => {
            let sink = mailboxes(&output, *mbox).create();
            let paths = |made: Vec<_>| made.into_iter().map(|WrittenMailbox { path, .. }| path);
            convert_into(args, plan, &output, sink, |made| Made::Mailboxes(paths(made).collect()))
        }
    }
}

fn mailboxes(Output { path, durability, .. }: &Output, Mbox { tree, quote }: Mbox) -> MailboxesBuilder {
    Mailboxes::below(path).tree(tree).quote(quote).durability(*durability)
}

/// The sink that looks at what is in the output, if it is there.
fn dry_run(output: &Output) -> Result<DryRun> {
    match output.container {
        Container::Folder if output.path.exists() => ExistingFolder::open(&output.path).map(DryRun::into_existing),
        Container::Folder | Container::Zip(_) | Container::Mailboxes(_) => Ok(DryRun::default()),
        Container::Maildir if output.path.exists() => {
            ExistingMaildir::open(&output.path).map(DryRun::into_existing_maildir)
        }
        Container::Maildir => Ok(DryRun::maildir()),
    }
}

/// Notes in a dry run that there is an archive, which no run changes.
fn note_existing_archive(args: &ConvertArgs, output: &Output) {
    let existing = match output.container {
        Container::Zip(_) => Volumes::first_existing(&output.path),
        Container::Folder | Container::Maildir | Container::Mailboxes(_) => None,
    };
    if let (Some(path), false) = (existing, args.reporting.quiet) {
        terminal::eprint(format_args!(
            "{} exists: a run that does not make the same archive again is refused; move it away first, or use another \
             name\n",
            escape(path.display())
        ));
    }
}

/// Notes that a folder is not what the importer takes.
fn note_loose_files(args: &ConvertArgs, plan: &Plan, output: &Output) {
    if plan.importer.zip_max_size.is_none() || !matches!(output.container, Container::Folder) || args.reporting.quiet {
        return;
    }
    let (folder, name) = (escape(output.named().display()), plan.importer.name);
    let (what, line) = match output.bag {
        Some(_) => ("bag", None),
        None => ("folder", with_zip(&args.reporting.given.words, &output.path)),
    };
    let how = match line {
        Some(line) => format!("To get ZIPs for {name}:\n  {}", escape(line)),
        None => format!("To get ZIPs for {name}, give an OUTPUT ending in .zip."),
    };
    terminal::eprint(format_args!("{folder} is a {what}, so loose EML files are written. {how}\n"));
}

/// Converts into the sink; `made` turns its receipt into what was made.
fn convert_into<K: Sink<Receipt: Send>>(
    args: &ConvertArgs,
    plan: Plan,
    output: &Output,
    sink: Result<K>,
    made: impl Fn(K::Receipt) -> Made,
) -> Exit {
    let manifest = output.manifest.as_ref();
    let importer = plan.importer;
    let purpose = match output.container {
        _ if args.dry_run => Purpose::DryRun,
        Container::Zip(_) | Container::Mailboxes(_) => Purpose::Pack,
        Container::Folder | Container::Maildir => Purpose::Convert,
    };
    let advice = if args.dry_run { Advice::new(Written::Nothing) } else { output.advice() };
    let advice = advice.split(args.messages.split);
    let reporter = Reporter::new(&args.reporting, plan.inputs.size(), plan.inputs.several(), Some(purpose), advice);
    let report = args.reporting.report.as_deref();
    let sink = sink.map(|sink| Measured::new(sink, report.is_some()));
    let mut statistics = None;
    let done = match run(plan, sink, manifest, report, &reporter) {
        Ok(done) => done.map(|(receipt, found)| {
            statistics = found;
            made(receipt)
        }),
        Err(exit) => return exit,
    };
    let is_recorded = reporter.finish_manifest(output.durability);
    let exit = with_manifest(exit(&done), is_recorded);
    let bag = output.bag.as_ref().filter(|_| !args.dry_run);
    let rows = manifest.map(|(path, _)| path.as_path()).filter(|_| is_recorded);
    let bag = bag.map(|bagging| bag::complete(bagging, rows, done.ending, threads(args.running.threads), &reporter));
    let exit = match &bag {
        Some(bag) if !bag.complete && exit == Exit::Done && reporter.cancelled() => Exit::Interrupted,
        Some(bag) if !bag.complete && exit == Exit::Done => Exit::SomeFailed,
        _ => exit,
    };
    let written = |(path, _): &(PathBuf, Format)| ManifestReport::written(path.clone(), is_recorded);
    let summary = Summary::new(&done, output.named(), &reporter).of_kind(output.kind());
    let summary = summary.with_manifest(manifest.map(written));
    let mut summary = summary.with_bag(bag);
    summary.range = output.part.clone();
    summary.run.sample = sample(&args.filters);
    let messages = done.messages();
    let is_over = summary.run.complete && !args.dry_run && messages.written + messages.already_there > 0;
    if is_over && !summary.run.misses_parts() {
        summary.next = importer.next_step(&output.container, People::of(&done.mailboxes).as_ref());
    }
    let is_reported = !args.reporting.quiet && (exit != Exit::CouldNot || done.messages().found > 0);
    if is_reported {
        terminal::eprint(summary.for_people());
    }
    let exit = write_report(report, || Page::of_summary(&summary, statistics.as_deref()), exit, &reporter);
    list_failures(&summary.run, !args.reporting.quiet, &reporter);
    if args.reporting.json { print(json_line(&summary).as_bytes(), exit) } else { exit }
}

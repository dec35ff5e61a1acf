//! Compares an earlier conversion with its input or with its manifest; writes nothing.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use mbox2eml::sink::{
    Compare, CompareMailboxes, Differences, Existing, ExistingFolder, ExistingMailboxes, ExistingMaildir, Measured,
    Sink,
};
use mbox2eml::{Conversion, Error, Result};
use mbox2eml_archive::bag::Bag;
use mbox2eml_archive::volumes::ExistingVolumes;

use super::bag::check_bag;
use super::{check_report, exit, list_failures, print, refuse, run, write_report};
use crate::advice::{Advice, Written};
use crate::args::{FormatArg, VerifyArgs};
use crate::exit::Exit;
use crate::kept;
use crate::manifest::{Checked, Format, ManifestReport, MessageFiles, Row, Rows, WithoutOwnFiles, check, read};
use crate::page::Page;
use crate::paths::{existing_output, expanded};
use crate::plan::{self, Container, Mbox, Output, Plan, sample, threads, with_messages};
use crate::reporter::Reporter;
use crate::shell::quoted_path;
use crate::summary::{FileKind, Made, Purpose, Run, Summary};
use crate::terminal::{self, escape, json_line};
use crate::usage::Usage;

/// Manifests, and how each is written.
type Manifests = Vec<(PathBuf, Format)>;

/// Converts again with the same options, compares, and prints what differs. With a manifest and no input, checks the
/// files against the manifest; with both, does both.
pub(crate) fn verify(args: &VerifyArgs) -> Exit {
    let refuse = |usage: &Usage| refuse(usage, "mbox2eml verify --help");
    let manifests = match args.manifest.iter().map(|path| plan::with_format(path)).collect::<Result<Manifests, _>>() {
        Ok(manifests) => manifests,
        Err(usage) => return refuse(&usage),
    };
    let others = args.places.paths.iter().chain(&args.places.output).chain(&args.manifest);
    if let Err(usage) = plan::check_report(args.reporting.report.as_deref(), others) {
        return refuse(&usage);
    }
    if let (false, Some(output)) = (manifests.is_empty(), only_output(args)) {
        let doing =
            |threads, reporter: &Reporter| check_all(args, &manifests, &with_messages(output), threads, reporter);
        return verify_files(args, &args.manifest, output, doing);
    }
    if let Some(bag) = only_output(args).and_then(Bag::existing) {
        let doing = |threads, reporter: &Reporter| check_bag(&bag, threads, reporter);
        return verify_files(args, &[bag.manifest()], bag.root(), doing);
    }
    if !manifests.is_empty() && args.places.paths.is_empty() {
        return refuse(&Usage::NoOutput(existing_output(&args.reporting.given.words, None)));
    }
    let (plan, output) = match Plan::verify(args) {
        Ok(planned) => planned,
        Err(usage) => return refuse(&usage),
    };
    if let Container::Mailboxes(Mbox { tree, quote }) = output.container {
        let files = message_files(args, &output.path);
        let comparison = existing_mailboxes(args, &output.path)
            .map(|existing| CompareMailboxes::new(existing, tree, quote).counting(move |file| files.is_one(file)));
        return compare(args, plan, &output, &manifests, comparison);
    }
    let existing = existing(args, args.places.format, &output.path);
    let comparison = match args.places.format {
        FormatArg::Maildir => existing.map(Compare::maildir),
        FormatArg::Eml | FormatArg::Mbox => existing.map(Compare::new),
    };
    compare(args, plan, &output, &manifests, comparison)
}

/// Which files of an output are messages.
fn message_files(args: &VerifyArgs, output: &Path) -> MessageFiles {
    // The output may be among the paths, and is not in itself. A pattern that matches nothing was refused before.
    MessageFiles::new(output, expanded(&args.places.paths).unwrap_or_default())
}

/// What is there of an output, without what this program has written beside the messages.
fn existing(args: &VerifyArgs, format: FormatArg, output: &Path) -> Result<WithoutOwnFiles<Box<dyn Existing>>> {
    let existing: Box<dyn Existing> = match format {
        FormatArg::Eml if plan::is_zip(output) => Box::new(ExistingVolumes::open(output)?),
        FormatArg::Eml => Box::new(ExistingFolder::open(output)?),
        FormatArg::Maildir => Box::new(ExistingMaildir::open(output)?),
        FormatArg::Mbox => Box::new(existing_mailboxes(args, output)?),
    };
    Ok(WithoutOwnFiles::new(existing, message_files(args, output)))
}

fn existing_mailboxes(args: &VerifyArgs, output: &Path) -> Result<ExistingMailboxes> {
    ExistingMailboxes::open(output, args.mbox.quoting.unwrap_or_default(), &|path| {
        plan::open(path, args.running.no_mmap)
    })
}

/// The output, if there is no input.
fn only_output(args: &VerifyArgs) -> Option<&Path> {
    match (&*args.places.paths, args.places.output.as_deref()) {
        ([output], None) => Some(output),
        ([], output) => output,
        _ => None,
    }
}

fn compare<K: Sink<Receipt = Differences>>(
    args: &VerifyArgs,
    plan: Plan,
    output: &Output,
    manifests: &[(PathBuf, Format)],
    sink: Result<K>,
) -> Exit {
    let (size, several) = (plan.inputs.size(), plan.inputs.several());
    let advice = Advice::new(Written::Nothing).split(args.messages.split);
    let reporter = Reporter::new(&args.reporting, size, several, Some(Purpose::Verify), advice);
    let report = args.reporting.report.as_deref();
    let sink = sink.map(|sink| Measured::new(sink, report.is_some()));
    let mut statistics = None;
    let done = match run(plan, sink, None, report, &reporter) {
        Ok(done) => done.map(|(differences, found)| {
            statistics = found;
            Made::Compared(differences)
        }),
        Err(exit) => return exit,
    };
    let threads = threads(args.running.threads);
    let checked = match manifests {
        [] => Ok(None),
        manifests => check_all(args, manifests, &output.path, threads, &reporter).map(Some),
    };
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => return refuse_check(&reporter, &error),
    };
    let list = list(&done) + &checked.as_ref().map(Checked::list).unwrap_or_default();
    let exit = match (judge(&done), &checked) {
        (Exit::Done, Some(checked)) => judge_check(checked),
        (exit, _) => exit,
    };
    let checked = checked.map(|checked| ManifestReport::checked(&args.manifest, checked));
    let mut summary = Summary::new(&done, &output.path, &reporter).of_kind(output.kind()).with_manifest(checked);
    summary.run.sample = sample(&args.filters);
    if !args.reporting.quiet {
        terminal::eprint(summary.for_people());
    }
    let exit = write_report(report, || Page::of_summary(&summary, statistics.as_deref()), exit, &reporter);
    list_failures(&summary.run, !args.reporting.quiet, &reporter);
    let text = if args.reporting.json { json_line(&summary) } else { list };
    print(text.as_bytes(), exit)
}

/// Checks the files against manifests alone, as `check` does it.
fn verify_files(
    args: &VerifyArgs,
    manifests: &[PathBuf],
    output: &Path,
    check: impl FnOnce(NonZeroUsize, &Reporter) -> Result<Checked>,
) -> Exit {
    let reporter = Reporter::new(&args.reporting, None, false, None, Advice::new(Written::Nothing));
    let report = args.reporting.report.as_deref();
    if let Err(error) = check_report(report) {
        return refuse_check(&reporter, &error);
    }
    reporter.watch_for_interrupts();
    let checked = check(threads(args.running.threads), &reporter);
    reporter.end_progress();
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => return refuse_check(&reporter, &error),
    };
    if !args.reporting.quiet {
        let hint = earlier_manifests(manifests, &checked).unwrap_or_default();
        terminal::eprint(checked.headline(output, reporter.elapsed()) + &checked.for_people(manifests) + &hint);
    }
    let (list, exit) = (checked.list(), judge_check(&checked));
    let kind = match args.places.format {
        FormatArg::Eml if plan::is_zip(output) => FileKind::Archive,
        FormatArg::Eml | FormatArg::Maildir => FileKind::Message,
        FormatArg::Mbox => FileKind::Mailbox(args.mbox.mbox_tree.unwrap_or_default()),
    };
    let summary = Summary::without_run(Run::empty("verify", &reporter), output).of_kind(kind);
    let summary = summary.with_manifest(Some(ManifestReport::checked(manifests, checked)));
    let exit = write_report(report, || Page::of_summary(&summary, None), exit, &reporter);
    let text = if args.reporting.json { json_line(&summary) } else { list };
    print(text.as_bytes(), exit)
}

/// A hint if files are extra and there are manifests of earlier runs that were not given.
fn earlier_manifests(given: &[PathBuf], checked: &Checked) -> Option<String> {
    let earlier: Vec<PathBuf> = given.iter().flat_map(|path| kept::earlier(path)).collect();
    let earlier = earlier.iter().filter(|path| !checked.differences.extra.is_empty() && !given.contains(path));
    let options: Vec<String> = earlier.map(|path| format!(" --manifest {}", quoted_path(path))).collect();
    let line = format!("  Extra files may be those of earlier runs: give their manifests, too:{}\n", options.concat());
    (!options.is_empty()).then(|| escape(line.trim_end()).to_string() + "\n")
}

/// Checks every file of the output against its row in one of the manifests.
fn check_all(
    args: &VerifyArgs,
    manifests: &[(PathBuf, Format)],
    output: &Path,
    threads: NonZeroUsize,
    reporter: &Reporter,
) -> Result<Checked> {
    let unreadable = |path: &Path, source: io::Error| {
        let path = path.to_owned();
        Error::Output { path, doing: "cannot check the files against this manifest", source }
    };
    let written = match args.places.format {
        FormatArg::Eml => format_written(rows(manifests, unreadable)?.into_iter().flatten()),
        format => format,
    };
    let existing = existing(args, written, output)?;
    let first = manifests.first().map(|(path, _)| path.as_path()).unwrap_or(Path::new(""));
    check(rows(manifests, unreadable)?, output, &existing, threads, reporter)
        .map_err(|source| unreadable(first, source))
}

/// The rows of each manifest.
fn rows(manifests: &[(PathBuf, Format)], unreadable: impl Fn(&Path, io::Error) -> Error) -> Result<Vec<Rows>> {
    let is_one = manifests.len() == 1;
    let rows = manifests.iter().map(|(path, format)| {
        let rows = read(path, *format).map_err(|source| unreadable(path, source))?;
        let name = path.display().to_string();
        let named = move |fault| if is_one { fault } else { format!("{name}: {fault}") };
        let rows: Rows = Box::new(rows.map(move |row| row.map_err(&named)));
        Ok(rows)
    });
    rows.collect()
}

/// The format of the output that a manifest is of, as its first path shows.
fn format_written(rows: impl Iterator<Item = Result<Row<'static>, String>>) -> FormatArg {
    let path = rows.filter_map(Result::ok).find_map(|row| row.path.0.first().cloned());
    let Some(path) = path else { return FormatArg::Eml };
    let is_offset = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
    match folder.rsplit('/').next() {
        _ if file.ends_with(".eml") => FormatArg::Eml,
        _ if file.rsplit_once('!').is_some_and(|(_, end)| is_offset(end)) => FormatArg::Mbox,
        Some("cur" | "new") => FormatArg::Maildir,
        _ => FormatArg::Eml,
    }
}

fn refuse_check(reporter: &Reporter, error: &Error) -> Exit {
    reporter.report_error(error);
    Exit::CouldNot
}

/// A line for each difference: what it is, a tab, the path; for a file that differs, a tab and the first byte that does.
fn list(done: &Conversion<Made>) -> String {
    let Made::Compared(Differences { missing, different, extra, .. }) = &done.receipt else { return String::new() };
    let missing = missing.iter().map(|name| format!("missing\t{}\n", escape(name)));
    let different = different.iter().map(|(name, at)| format!("different\t{}\t{at}\n", escape(name)));
    let extra = extra.iter().map(|name| format!("extra\t{}\n", escape(name)));
    missing.chain(different).chain(extra).collect()
}

/// A difference is a finding, not a failure to do the job.
fn judge(done: &Conversion<Made>) -> Exit {
    let differs = matches!(&done.receipt, Made::Compared(differences) if differences.number > 0);
    let unread = !done.unopened.is_empty() || done.mailboxes.iter().any(|mailbox| mailbox.error.is_some());
    match exit(done) {
        Exit::CouldNot if !unread && differs => Exit::SomeFailed,
        Exit::Done if differs => Exit::SomeFailed,
        exit => exit,
    }
}

fn judge_check(checked: &Checked) -> Exit {
    match checked.differences.number {
        _ if checked.interrupted => Exit::Interrupted,
        0 => Exit::Done,
        _ => Exit::SomeFailed,
    }
}

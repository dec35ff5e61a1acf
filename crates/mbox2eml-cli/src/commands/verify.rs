//! Compares an earlier conversion with its input or with its manifest; writes nothing.

use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;
use std::time::Instant;

use mbox2eml::sink::{Compare, Differences, Existing, ExistingFolder};
use mbox2eml::{Conversion, Error, Result};
use mbox2eml_archive::volumes::ExistingVolumes;
use serde_json::json;

use super::{add_run, exit, list_failures, print, refuse, run, summary};
use crate::advice::{Advice, Written};
use crate::args::VerifyArgs;
use crate::exit::Exit;
use crate::manifest::{Apart, Checked, Format, check};
use crate::plan::{self, Output, Plan};
use crate::reporter::Reporter;
use crate::summary::{Made, Purpose};
use crate::terminal::{self, escape, json_line};
use crate::usage::Usage;

/// Converts again with the same options, compares, and prints what differs. With a manifest and no input, checks the
/// files against the manifest; with both, does both.
pub(crate) fn verify(args: &VerifyArgs) -> Exit {
    let refuse = |usage: &Usage| refuse(usage, "mbox2eml verify --help");
    let manifest = match plan::with_format(args.manifest.as_deref()) {
        Ok(manifest) => manifest,
        Err(usage) => return refuse(&usage),
    };
    if let (Some((path, format)), Some(output)) = (&manifest, only_output(args)) {
        return verify_by_manifest(args, path, *format, output);
    }
    let (plan, output) = match Plan::verify(args) {
        Ok(planned) => planned,
        Err(usage) => return refuse(&usage),
    };
    match output.zip {
        None => compare(args, plan, &output, ExistingFolder::open(&output.path)),
        Some(_) => compare(args, plan, &output, ExistingVolumes::open(&output.path)),
    }
}

/// The output, if there is no input.
fn only_output(args: &VerifyArgs) -> Option<&Path> {
    match (&*args.paths, args.output.path.as_deref()) {
        ([output], None) => Some(output),
        ([], output) => output,
        _ => None,
    }
}

fn compare<S: Existing>(args: &VerifyArgs, plan: Plan, output: &Output, existing: Result<S>) -> Exit {
    let begun = Instant::now();
    let reporter = Reporter::new(
        &args.reporting,
        plan.inputs.size(),
        plan.inputs.several().then_some(Purpose::Verify),
        Advice::new(Written::Nothing),
    );
    let existing =
        existing.map(|existing| Apart::new(existing, &output.path, output.manifest.as_ref().map(|(path, _)| &**path)));
    let done = match run(plan, existing.map(Compare::new), None, &reporter) {
        Ok(done) => done.map(Made::Compared),
        Err(exit) => return exit,
    };
    let manifest = output.manifest.as_ref();
    let checked = match manifest.map(|(path, format)| check_all(args, path, *format, &output.path, &reporter)) {
        Some(Err(error)) => return refuse_check(&reporter, &error),
        Some(Ok(checked)) => checked,
        None => Checked::default(),
    };
    let summary = summary(&args.filters, &args.reporting, &output.path, &done, &reporter, begun);
    if !args.reporting.quiet {
        terminal::eprint(summary.for_people());
        manifest.inspect(|(path, _)| terminal::eprint(checked.for_people(path)));
    }
    list_failures(&summary, !args.reporting.quiet, &reporter);
    let text = if args.reporting.json {
        let mut object = summary.to_json();
        if let Some((path, _)) = manifest {
            object["manifest"] = checked.to_json(path);
            if checked.number > 0 {
                object["complete"] = json!(false);
            }
        }
        add_run(&mut object, &args.reporting, &reporter);
        json_line(&object)
    } else {
        list(&done) + &checked.list()
    };
    let exit = judge(&done);
    print(text.as_bytes(), if exit == Exit::Done { judge_check(&checked) } else { exit })
}

/// Checks the files against the manifest alone.
fn verify_by_manifest(args: &VerifyArgs, manifest: &Path, format: Format, output: &Path) -> Exit {
    let begun = Instant::now();
    let reporter = Reporter::new(&args.reporting, None, None, Advice::new(Written::Nothing));
    reporter.watch_for_interrupts();
    let checked = check_all(args, manifest, format, output, &reporter);
    reporter.end_progress();
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => return refuse_check(&reporter, &error),
    };
    if !args.reporting.quiet {
        terminal::eprint(checked.headline(output, begun.elapsed()) + &checked.for_people(manifest));
    }
    let text = if args.reporting.json {
        let mut object = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "command": "verify",
            "complete": !checked.interrupted && checked.number == 0,
            "seconds": begun.elapsed().as_secs_f64(),
            "output": output.to_string_lossy(),
            "manifest": checked.to_json(manifest),
        });
        add_run(&mut object, &args.reporting, &reporter);
        json_line(&object)
    } else {
        checked.list()
    };
    print(text.as_bytes(), judge_check(&checked))
}

/// Checks every file of the output against its row.
fn check_all(
    args: &VerifyArgs,
    manifest: &Path,
    format: Format,
    output: &Path,
    reporter: &Reporter,
) -> Result<Checked> {
    let threads = args.running.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let checked = if plan::is_zip(output) {
        check(manifest, format, output, ExistingVolumes::open(output)?, threads, reporter)
    } else {
        check(manifest, format, output, ExistingFolder::open(output)?, threads, reporter)
    };
    checked.map_err(|source: io::Error| {
        let path = manifest.to_owned();
        Error::Output { path, doing: "cannot check the files against this manifest", source }
    })
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
    match checked.number {
        _ if checked.interrupted => Exit::Interrupted,
        0 => Exit::Done,
        _ => Exit::SomeFailed,
    }
}

//! An earlier conversion held against its input: nothing is written.

use std::path::PathBuf;
use std::time::Instant;

use mbox2eml::sink::{Compare, Differences, FolderStock, Stock};
use mbox2eml::{Conversion, Result};
use mbox2eml_archive::volumes::VolumesStock;

use super::{exit, print, refuse, run, summary};
use crate::args::Args;
use crate::exit::Exit;
use crate::plan::{Output, Plan};
use crate::reporter::Reporter;
use crate::summary::{Made, Purpose};
use crate::terminal::{self, escape};

/// Goes the whole way again with the same options, compares, and prints what differs.
pub(crate) fn verify(args: &Args, paths: &[PathBuf]) -> Exit {
    let (plan, output) = match Plan::verify(args, paths) {
        Ok(planned) => planned,
        Err(usage) => return refuse(&usage),
    };
    match output.zip {
        None => compare(args, plan, &output, FolderStock::open(&output.path)),
        Some(_) => compare(args, plan, &output, VolumesStock::open(&output.path)),
    }
}

fn compare<S: Stock>(args: &Args, plan: Plan, output: &Output, stock: Result<S>) -> Exit {
    let begun = Instant::now();
    let reporter = Reporter::new(args, &plan, plan.inputs.several().then_some(Purpose::Verify));
    let done = match run(plan, stock.map(Compare::new), &reporter) {
        Ok(done) => done.map(Made::Compared),
        Err(exit) => return exit,
    };
    let summary = summary(args, &output.path, &done, &reporter, begun);
    if !args.quiet {
        terminal::tell(summary.for_people());
    }
    let text = if args.json { summary.as_json() } else { list(&done) };
    print(text.as_bytes(), judge(&done))
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

//! Reports what mailboxes contain; writes nothing.

use std::num::NonZeroU64;
use std::time::Instant;

use mbox2eml::sink::Inspect;

use super::{add_run, exit, print, refuse, run};
use crate::advice::{Advice, Written};
use crate::args::InspectArgs;
use crate::exit::Exit;
use crate::failures::{self, failures};
use crate::inspection::Inspection;
use crate::plan::Plan;
use crate::reporter::Reporter;
use crate::terminal::{self, json_line};

/// Prints what is in the inputs.
pub(crate) fn inspect(args: &InspectArgs) -> Exit {
    let plan = match Plan::inspect(args) {
        Ok(plan) => plan,
        Err(usage) => return refuse(&usage, "mbox2eml inspect --help"),
    };
    let begun = Instant::now();
    let reporter = Reporter::new(&args.reporting, plan.inputs.size(), None, Advice::new(Written::Nothing));
    let is_several = plan.inputs.several();
    let importer = args.target.importer.is_some().then_some(plan.importer);
    let done = match run(plan, Ok(Inspect::default()), None, &reporter) {
        Ok(done) => done,
        Err(exit) => return exit,
    };
    let failed = failures(&done, &reporter);
    let inspection = Inspection {
        done: &done,
        importer,
        doubtful: &reporter.doubtful(),
        omitted: &reporter.omitted(),
        failed: &failed,
        limit: args.filters.limit.map(NonZeroU64::get),
        proof: args.reporting.prove.then(|| done.proof().unwrap_or_default()),
        elapsed: begun.elapsed(),
        verbose: args.reporting.is_verbose(),
    };
    let text = if args.reporting.json {
        let mut object = inspection.to_json();
        add_run(&mut object, &args.reporting, &reporter);
        json_line(&object)
    } else {
        inspection.for_people()
    };
    let exit = print(text.as_bytes(), exit(&done));
    if is_several && !failed.is_empty() && (!args.reporting.quiet || reporter.has_unlisted()) {
        terminal::eprint(failures::for_people(&failed));
    }
    exit
}

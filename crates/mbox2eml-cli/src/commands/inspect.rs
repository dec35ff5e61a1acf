//! Reports what mailboxes contain; writes nothing.

use mbox2eml::sink::{Durability, Inspect};

use super::{exit, list_failures, print, refuse, run, with_manifest, write_report};
use crate::advice::{Advice, Written};
use crate::args::InspectArgs;
use crate::exit::Exit;
use crate::inspection::Inspection;
use crate::manifest::ManifestReport;
use crate::page::Page;
use crate::plan::{Plan, sample};
use crate::reporter::Reporter;
use crate::terminal::json_line;

/// Prints what is in the inputs.
pub(crate) fn inspect(args: &InspectArgs) -> Exit {
    let (plan, manifest) = match Plan::inspect(args) {
        Ok(planned) => planned,
        Err(usage) => return refuse(&usage, "mbox2eml inspect --help"),
    };
    let (size, several) = (plan.inputs.size(), plan.inputs.several());
    let advice = Advice::new(Written::Nothing).split(args.messages.split);
    let reporter = Reporter::new(&args.reporting, size, several, None, advice);
    let importer = args.target.importer.is_some().then_some(plan.importer);
    let report = args.reporting.report.as_deref();
    let done = match run(plan, Ok(Inspect::default()), manifest.as_ref(), report, &reporter) {
        Ok(done) => done,
        Err(exit) => return exit,
    };
    let is_recorded = reporter.finish_manifest(Durability::Cached);
    let mut inspection = Inspection::new(&done, importer, &reporter);
    inspection.manifest = manifest.map(|(path, _)| ManifestReport::written(path, is_recorded));
    inspection.run.complete &= is_recorded;
    inspection.run.sample = sample(&args.filters);
    let text = if args.reporting.json { json_line(&inspection) } else { inspection.for_people() };
    let exit = print(text.as_bytes(), with_manifest(exit(&done), is_recorded));
    let exit = write_report(report, || Page::of_inspection(&inspection), exit, &reporter);
    list_failures(&inspection.run, !args.reporting.quiet, &reporter);
    exit
}

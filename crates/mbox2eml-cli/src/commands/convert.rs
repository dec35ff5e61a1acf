//! The main job: mailboxes in, EML files out.

use std::path::PathBuf;
use std::time::Instant;

use mbox2eml::report::MailboxSummary;
use mbox2eml::sink::{Directory, Null, Sink};
use mbox2eml::{Conversion, Ending, Result};
use mbox2eml_archive::volumes::Volumes;

use crate::args::Args;
use crate::exit::Exit;
use crate::plan::{Output, Plan, Usage, Zip};
use crate::reporter::Reporter;
use crate::summary::Summary;
use crate::terminal::{self, BAD};

/// Converts what the command line says and tells how it went.
pub(crate) fn convert(args: &Args) -> Exit {
    let plan = match Plan::new(args) {
        Ok(plan) => plan,
        Err(usage) => return refuse(&usage),
    };
    let reporter = Reporter::new(args, &plan);
    reporter.watch_for_interrupts();
    let Output { path, durability, zip } = &plan.output;
    if args.dry_run || plan.inputs.all_failed() {
        // Where no input can be read, nothing is made for the output either.
        return run(args, plan, Ok(Null), &reporter, |()| None);
    }
    match zip {
        None => {
            let sink = Directory::create(path, *durability);
            run(args, plan, sink, &reporter, |()| None)
        }
        Some(Zip { limits, level }) => {
            let sink = Volumes::at(path).limits(*limits).level(*level).durability(*durability).create();
            run(args, plan, sink, &reporter, |files| Some(files.as_slice()))
        }
    }
}

fn refuse(usage: &Usage) -> Exit {
    terminal::tell(format_args!("{BAD}mbox2eml:{BAD:#} {usage}\n  mbox2eml --help tells more\n"));
    Exit::CouldNot
}

/// Converts into the sink; `files` says which archives its receipt names, if it makes any.
fn run<K: Sink>(
    args: &Args,
    plan: Plan,
    sink: Result<K>,
    reporter: &Reporter,
    files: impl Fn(&K::Receipt) -> Option<&[PathBuf]>,
) -> Exit {
    let begun = Instant::now();
    let several = plan.inputs.several();
    let mailboxes = plan.inputs.open(|origin| reporter.pass_over(origin));
    let done = sink.and_then(|sink| plan.converter.convert_all(mailboxes, sink, reporter));
    reporter.end_progress();
    reporter.tell_untold();
    let done = match done {
        Ok(done) => done,
        Err(error) => {
            reporter.tell_error(&error);
            return Exit::CouldNot;
        }
    };
    let exit = exit(&done);
    let worth_telling = exit != Exit::CouldNot || done.messages().found > 0;
    let (limit, elapsed) = (args.limit, begun.elapsed());
    let places = |kind| reporter.places(kind);
    let (output, dry_run, files) = (&*plan.output.path, args.dry_run, files(&done.receipt));
    let passed_over = reporter.passed_over();
    let summary = Summary { output, files, dry_run, several, limit, passed_over, elapsed, places: &places };
    if !args.quiet && worth_telling {
        terminal::tell(summary.for_people(&done));
    }
    if args.json
        && let Err(error) = terminal::print(summary.as_json(&done).as_bytes())
    {
        terminal::tell(format_args!("mbox2eml: cannot print the summary: {error}\n"));
        return Exit::CouldNot;
    }
    exit
}

fn exit<R>(done: &Conversion<R>) -> Exit {
    // Of such a mailbox no message was converted, and not because there were none.
    let is_lost = |mailbox: &MailboxSummary| {
        mailbox.messages.found == mailbox.messages.failed && (mailbox.error.is_some() || mailbox.messages.found > 0)
    };
    let all_lost = done.mailboxes.iter().all(is_lost);
    match done.ending {
        Ending::OutputFailed => Exit::CouldNot,
        Ending::Cancelled => Exit::Interrupted,
        _ if done.has_failures() && all_lost => Exit::CouldNot,
        _ if done.has_failures() => Exit::SomeFailed,
        _ => Exit::Done,
    }
}

//! The main job: mailboxes in, EML files out.

use std::time::Instant;

use mbox2eml::report::MailboxSummary;
use mbox2eml::sink::{Directory, Null, Sink};
use mbox2eml::{Conversion, Ending, Result};

use crate::args::Args;
use crate::exit::Exit;
use crate::plan::{Plan, Usage};
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
    if args.dry_run || plan.inputs.iter().all(|input| input.is_err()) {
        // Where no input can be read, nothing is made for the output either.
        return run(args, plan, Ok(Null), &reporter);
    }
    let sink = Directory::create(&plan.output, plan.durability);
    run(args, plan, sink, &reporter)
}

fn refuse(usage: &Usage) -> Exit {
    terminal::tell(format_args!("{BAD}mbox2eml:{BAD:#} {usage}\n  mbox2eml --help tells more\n"));
    Exit::CouldNot
}

fn run<K: Sink>(args: &Args, plan: Plan, sink: Result<K>, reporter: &Reporter) -> Exit {
    let begun = Instant::now();
    let several = plan.inputs.len() > 1;
    let mailboxes = plan.inputs.into_iter().map(|input| input.and_then(|input| input.open()));
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
    let summary = Summary { output: &plan.output, dry_run: args.dry_run, several, limit, elapsed, places: &places };
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

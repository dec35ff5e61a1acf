//! What all commands that read mailboxes share.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use mbox2eml::sink::Sink;
use mbox2eml::{Conversion, Converter, Error, RunEnd};
use rayon::ThreadPoolBuilder;

use super::check_report;
use crate::exit::Exit;
use crate::failures;
use crate::manifest::Format;
use crate::plan::Plan;
use crate::reporter::Reporter;
use crate::summary::{Run, is_lost};
use crate::terminal::{self, BAD};
use crate::usage::Usage;

/// Reports why a command line is invalid; `help` shows how to write it.
pub(crate) fn refuse(usage: &Usage, help: &str) -> Exit {
    terminal::eprint(format_args!("{BAD}mbox2eml:{BAD:#} {usage}\n"));
    if !usage.is_about_file() {
        terminal::eprint(format_args!("\nFor more information, try '{help}'.\n"));
    }
    Exit::CouldNot
}

/// Has all mailboxes of the plan go through the converter into the sink, and reports what happens.
pub(super) fn run<K: Sink<Receipt: Send>>(
    plan: Plan,
    sink: Result<K, Error>,
    manifest: Option<&(PathBuf, Format)>,
    report: Option<&Path>,
    reporter: &Reporter,
) -> Result<Conversion<K::Receipt>, Exit> {
    reporter.watch_for_interrupts();
    let threads = plan.threads;
    plan.unread_rows.into_iter().for_each(|text| reporter.warn_of_unread_rows(text));
    let mailboxes = plan.inputs.filter_map(|found| reporter.take(found));
    // They come after the output, since they may be in it.
    let begin = |(path, format): &(PathBuf, Format)| reporter.begin_manifest(path, *format);
    let sink = sink.and_then(|sink| manifest.map_or(Ok(()), begin).and_then(|()| check_report(report)).map(|()| sink));
    let done = sink.map(|sink| in_pool(threads, || plan.converter.convert_all(mailboxes, sink, reporter)));
    let done = match (done, plan.hasher) {
        (Ok(done), Some(hasher)) => Ok(reporter.finish_sources(hasher, done)),
        (done, _) => done,
    };
    reporter.end_progress();
    reporter.report_unlisted();
    done.map_err(|error| {
        reporter.report_error(&error);
        Exit::CouldNot
    })
}

/// Calls `run` in a pool of this many threads, by default one per processor; on this thread if the system gives no more.
fn in_pool<T: Send>(threads: Option<NonZeroUsize>, run: impl FnOnce() -> T + Send) -> T {
    match ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, |threads| threads.min(Converter::MAX_THREADS).get()))
        .build()
    {
        Ok(pool) => pool.install(run),
        Err(_) => run(),
    }
}

/// Names everything that failed at the end of a run over several mailboxes, unless `-q` omits it and each error
/// was listed.
pub(super) fn list_failures<M>(run: &Run<M>, is_reported: bool, reporter: &Reporter) {
    if run.several && !run.failed.is_empty() && (is_reported || reporter.has_unlisted()) {
        terminal::eprint(failures::for_people(&run.failed));
    }
}

/// How a run ended.
pub(super) fn exit<R>(done: &Conversion<R>) -> Exit {
    match done.ending {
        RunEnd::OutputFailed => Exit::CouldNot,
        RunEnd::Cancelled => Exit::Interrupted,
        _ if is_lost(done) => Exit::CouldNot,
        _ if done.has_failures() => Exit::SomeFailed,
        _ => Exit::Done,
    }
}

/// The same, if the manifest was written to its end; else the run has failed in part.
pub(super) fn with_manifest(exit: Exit, is_recorded: bool) -> Exit {
    if exit == Exit::Done && !is_recorded { Exit::SomeFailed } else { exit }
}

/// Prints what was asked for on standard output.
pub(super) fn print(text: &[u8], exit: Exit) -> Exit {
    match terminal::print(text) {
        Ok(()) => exit,
        Err(error) => {
            terminal::eprint(format_args!("mbox2eml: cannot print: {error}\n"));
            Exit::CouldNot
        }
    }
}

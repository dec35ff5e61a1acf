//! The command `mbox2eml`, a thin layer over the library of the same name. It is a library with one function, so that the
//! page in `web/`, which is the same program compiled to WebAssembly, shows and writes the same.

mod advice;
mod args;
mod commands;
mod earlier;
mod exit;
mod failures;
mod folders;
mod given;
mod importer;
mod inspection;
mod kept;
mod manifest;
mod message;
mod noted;
mod number;
mod omitted;
mod page;
mod paths;
mod people;
mod plan;
mod planned;
mod progress;
mod reporter;
mod shell;
mod signals;
mod sources;
mod summary;
mod sums;
mod terminal;
mod usage;
mod vault;
mod warnings;

use std::io::ErrorKind;
use std::process::ExitCode;

use crate::args::{Job, Refusal, Why};
use crate::exit::Exit;
use crate::terminal::BAD;

/// Runs the command with the arguments of the process.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     mbox2eml_cli::main()
/// }
/// ```
pub fn main() -> ExitCode {
    signals::guard_memory();
    if commands::complete() {
        return Exit::Done.into();
    }
    match args::read() {
        Ok(job) => run(job),
        Err(Refusal { why: Why::Usage(usage), help }) => commands::refuse(&usage, &help),
        Err(Refusal { why: Why::Answer(answer), help }) => show(&answer, &help),
    }
    .into()
}

fn run(job: Job) -> Exit {
    if let Some(reporting) = job.reporting() {
        terminal::set_colors(reporting.color);
    }
    match job {
        Job::Convert(args) => commands::convert(&args),
        Job::Inspect(args) => commands::inspect(&args),
        Job::Verify(args) => commands::verify(&args),
        Job::Plan(args) => commands::plan(&args),
        Job::Sum(args) => commands::sum(&args),
        Job::Importers { name } => commands::importers(name),
        Job::Completions { shell } => commands::completions(shell),
        Job::Man { command } => commands::man(command.as_deref()),
    }
}

/// Shows what the parser answers: a help page, the version, or an error.
fn show(answer: &clap::Error, help: &str) -> Exit {
    if answer.use_stderr() {
        // It repeats arguments, which may be file names.
        let text = answer.render().to_string().replace("try '--help'", &format!("try '{help}'"));
        let text: String = text.lines().map(|line| format!("{}\n", terminal::escape(line))).collect();
        match text.strip_prefix("error:") {
            Some(error) => terminal::eprint(format_args!("{BAD}mbox2eml:{BAD:#}{error}")),
            None => terminal::eprint(text),
        }
        return Exit::CouldNot;
    }
    match answer.print() {
        // A broken pipe is not an error.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            terminal::eprint(format_args!("mbox2eml: cannot print: {error}\n"));
            Exit::CouldNot
        }
        _ => Exit::Done,
    }
}

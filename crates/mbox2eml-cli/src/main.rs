//! The command `mbox2eml`, a thin layer over the library of the same name.

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
mod number;
mod omitted;
mod plan;
mod progress;
mod reporter;
mod signals;
mod summary;
mod terminal;

use std::io::ErrorKind;
use std::process::ExitCode;

use crate::args::Args;
use crate::exit::Exit;

fn main() -> ExitCode {
    signals::guard_memory();
    let args = match Args::read() {
        Ok(args) => args,
        Err(error) if error.use_stderr() => {
            // It repeats arguments, which may be file names.
            let text = error.render().to_string();
            text.lines().for_each(|line| terminal::eprint(format_args!("{}\n", terminal::escape(line))));
            return Exit::CouldNot.into();
        }
        Err(help) => {
            // Help and version are not errors, and neither is a broken pipe.
            return match help.print() {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    terminal::eprint(format_args!("mbox2eml: cannot print: {error}\n"));
                    Exit::CouldNot.into()
                }
                _ => Exit::Done.into(),
            };
        }
    };
    terminal::set_colors(args.color);
    match (args.generate, args.target.as_deref()) {
        (Some(what), _) => commands::generate(what),
        (None, Some("list")) => commands::list_importers(),
        (None, _) => match args.paths.split_first() {
            Some((verb, inputs)) if verb.as_os_str() == "inspect" => commands::inspect(&args, inputs),
            Some((verb, paths)) if verb.as_os_str() == "verify" => commands::verify(&args, paths),
            _ => commands::convert(&args),
        },
    }
    .into()
}

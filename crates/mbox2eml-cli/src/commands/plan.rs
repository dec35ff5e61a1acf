//! Cuts mailboxes into ranges, for runs of `convert --range` in other processes or on other machines.

use std::path::{Path, PathBuf};

use mbox2eml::Mbox;
use mbox2eml::range::MessageRange;
use mbox2eml_archive::inputs::{Inputs, UnitKind, is_standard_input};

use super::refuse;
use crate::advice::{Advice, Written};
use crate::args::PlanArgs;
use crate::exit::Exit;
use crate::paths::expanded;
use crate::plan::open;
use crate::planned::PlannedRange;
use crate::terminal::{self, BAD, escape, json_line};
use crate::usage::Usage;

/// Prints a line for each range, and for each input that has none.
pub(crate) fn plan(args: &PlanArgs) -> Exit {
    match begin(args) {
        Ok((inputs, given)) => Plan { args, given, exit: Exit::Done }.print(&inputs),
        Err(usage) => refuse(&usage, "mbox2eml plan --help"),
    }
}

/// Finds the inputs, and how they were given.
fn begin(args: &PlanArgs) -> Result<(Inputs, Vec<String>), Usage> {
    let paths = expanded(&args.inputs)?;
    let text = |path: &PathBuf| path.to_str().map(str::to_owned).ok_or_else(|| Usage::PlanPath(path.clone()));
    let given = paths.iter().map(text).collect::<Result<_, _>>()?;
    if let Some(stream) = paths.iter().find(|path| is_standard_input(path)) {
        return Err(Usage::PlanOfStream(stream.clone()));
    }
    let inputs = Inputs::builder().split(args.split).find(&paths);
    for unit in inputs.units() {
        match unit.kind {
            UnitKind::Stream => return Err(Usage::PlanOfStream(unit.path.to_owned())),
            _ if unit.path.to_str().is_none() => return Err(Usage::PlanPath(unit.path.to_owned())),
            _ => {}
        }
    }
    Ok((inputs, given))
}

/// A plan being printed.
struct Plan<'a> {
    args: &'a PlanArgs,
    given: Vec<String>,
    exit: Exit,
}

impl Plan<'_> {
    fn print(mut self, inputs: &Inputs) -> Exit {
        for unit in inputs.units() {
            let printed = match unit.kind {
                UnitKind::File => self.print_ranges(unit.path),
                UnitKind::Unreadable(error) => {
                    self.report(error);
                    self.print_whole(unit.path)
                }
                _ => self.print_whole(unit.path),
            };
            if let Err(exit) = printed {
                return exit;
            }
        }
        self.exit
    }

    /// Prints the ranges of a mailbox. What cannot be read is left to the run that converts it, which reports it, too.
    fn print_ranges(&mut self, path: &Path) -> Result<(), Exit> {
        let source = match open(path, self.args.no_mmap) {
            Ok(source) => source,
            Err(error) => {
                self.report(&error);
                return self.print_whole(path);
            }
        };
        let size = source.size();
        let mut is_first = true;
        for range in Mbox::new(source).split(self.args.split).plan(self.args.every) {
            match range {
                Ok(range) => self.print_range(path, size, &range)?,
                Err(error) => {
                    self.report(&error);
                    if is_first {
                        self.print_whole(path)?;
                    }
                }
            }
            is_first = false;
        }
        Ok(())
    }

    fn print_range(&self, path: &Path, size: Option<u64>, range: &MessageRange) -> Result<(), Exit> {
        let row = PlannedRange {
            size,
            start: Some(range.bytes().start),
            end: Some(range.bytes().end),
            messages: Some(range.messages()),
            checkpoint: Some(range.start().to_string()),
            until: Some(range.end().to_string()),
            ..self.whole(path)
        };
        print(&row)
    }

    fn print_whole(&self, path: &Path) -> Result<(), Exit> {
        print(&self.whole(path))
    }

    /// The input as a whole.
    fn whole(&self, path: &Path) -> PlannedRange {
        PlannedRange {
            input: path.to_string_lossy().into_owned(),
            size: path.metadata().ok().filter(|file| file.is_file()).map(|file| file.len()),
            start: None,
            end: None,
            messages: None,
            inputs: self.given.clone(),
            checkpoint: None,
            until: None,
        }
    }

    fn report(&mut self, error: &mbox2eml::Error) {
        self.exit = Exit::SomeFailed;
        terminal::eprint(format_args!("{BAD}mbox2eml:{BAD:#} {}\n", escape(error.with_causes())));
        if let Some(advice) = Advice::new(Written::Nothing).split(self.args.split).on(error) {
            terminal::eprint(format_args!("  {}\n", escape(advice)));
        }
    }
}

fn print(row: &PlannedRange) -> Result<(), Exit> {
    match super::print(json_line(row).as_bytes(), Exit::Done) {
        Exit::Done => Ok(()),
        exit => Err(exit),
    }
}

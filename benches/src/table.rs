//! Programs that do the same work in turn, and the table of what each cost.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::bench::Scratch;
use crate::measure::{Running, Usage};

/// Makes the command that turns an input into files of an output folder.
pub type MakeCommand = dyn Fn(&Path, &Path) -> io::Result<Command>;

/// A row of the table.
pub struct Program {
    /// What the table calls it.
    pub name: String,
    command: Box<MakeCommand>,
    /// How many EML files it wrote.
    pub files: usize,
    /// What its runs cost.
    pub runs: Vec<Usage>,
}

impl Program {
    /// A program that has not run yet.
    #[must_use]
    pub fn new(name: impl Into<String>, command: impl Fn(&Path, &Path) -> io::Result<Command> + 'static) -> Self {
        Self { name: name.into(), command: Box::new(command), files: 0, runs: Vec::new() }
    }

    /// Runs it once, with a fresh output folder.
    ///
    /// # Errors
    ///
    /// The program failed.
    pub fn run(&mut self, scratch: &Scratch, input: &Path) -> io::Result<()> {
        let (usage, files) = scratch
            .run(|out| Running::start(&mut (self.command)(input, out)?)?.finish())
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.name)))?;
        self.files = files;
        self.runs.push(usage);
        Ok(())
    }
}

/// Prints the table; `against` says what the first program is, which all others are held against.
#[allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]
pub fn print_table(title: &str, programs: &[Program], against: &str) {
    let Some(floor) = programs.first() else {
        return;
    };
    println!("\n**{title}, {} rounds**\n", floor.runs.len());
    println!("| program | wall s | user s | system s | peak MiB | times {against} |");
    println!("|---|---|---|---|---|---|");
    for program in programs {
        let of = |what: fn(&Usage) -> f64| Spread::of(program.runs.iter().map(what));
        let ratios = program.runs.iter().zip(&floor.runs);
        println!(
            "| {} | {} | {:.2} | {:.2} | {} | {} |",
            program.name,
            of(|run| run.wall.as_secs_f64()),
            of(|run| run.user.as_secs_f64()).median,
            of(|run| run.system.as_secs_f64()).median,
            program.runs.iter().map(|run| run.peak_kib / 1024).max().unwrap_or(0),
            Spread::of(ratios.map(|(run, floor)| run.wall.div_duration_f64(floor.wall))),
        );
    }
}

/// Median, smallest and largest of some numbers.
struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    fn of(numbers: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = numbers.collect();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        let (low, high) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
        Self { median: f64::midpoint(at(low), at(high)), min: at(0), max: at(sorted.len().saturating_sub(1)) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.2} ({:.2}–{:.2})", self.median, self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let spread = Spread::of([4.0, 1.0, 3.0, 10.0].into_iter());
        assert_eq!(spread.to_string(), "3.50 (1.00–10.00)");
        assert_eq!(Spread::of([2.0].into_iter()).to_string(), "2.00 (2.00–2.00)");
    }
}

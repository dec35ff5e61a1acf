//! `compare`: runs the programs in turn, round after round, and prints a Markdown table.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use mbox2eml_bench::bench::{Scratch, machine, mbox2eml, sibling};
use mbox2eml_bench::measure::{Running, Usage};
use mbox2eml_bench::size::{self, MIB};

/// Compares whole programs that turn a mailbox into EML files.
#[derive(Parser)]
struct Arguments {
    /// The mbox2eml program; without it only the floor and the peer run.
    #[arg(long)]
    mbox2eml: Option<PathBuf>,
    /// Size of the mailbox of mixed mail.
    #[arg(long, default_value = "512MiB", value_parser = size::parse)]
    size: u64,
    /// Size of the mailbox of small messages.
    #[arg(long, default_value = "192MiB", value_parser = size::parse)]
    small_size: u64,
    /// How often each program runs.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Threads of the floor and of the first mbox2eml.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Where inputs and outputs are made. Default: the system's temporary folder.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Leave the inputs in DIR, and use those left by an earlier run.
    #[arg(long)]
    keep: bool,
    /// A date to print with the figures.
    #[arg(long)]
    date: Option<String>,
}

/// Makes the command that turns an input into files of an output folder.
type MakeCommand = dyn Fn(&Path, &Path) -> io::Result<Command>;

/// A row of the table.
struct Program {
    name: String,
    command: Box<MakeCommand>,
    files: usize,
    runs: Vec<Usage>,
}

impl Program {
    fn new(name: impl Into<String>, command: impl Fn(&Path, &Path) -> io::Result<Command> + 'static) -> Self {
        Self { name: name.into(), command: Box::new(command), files: 0, runs: Vec::new() }
    }

    fn run(&mut self, scratch: &Scratch, input: &Path) -> io::Result<()> {
        let (usage, files) = scratch
            .run(|out| Running::start(&mut (self.command)(input, out)?)?.finish())
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.name)))?;
        self.files = files;
        self.runs.push(usage);
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let parent = arguments.dir.clone().unwrap_or_else(std::env::temp_dir);
    let scratch = Scratch::new(&parent, arguments.keep)?;

    let date = arguments.date.iter().map(|date| format!("{date}; "));
    println!("{}{}.", date.collect::<String>(), machine(scratch.path()));
    for (title, kind, size) in
        [("Mixed Takeout mail", "takeout", arguments.size), ("Small messages", "small", arguments.small_size)]
    {
        let input = scratch.mailbox(kind, size)?;
        let mut programs = programs(&arguments);
        // Round 0 warms the machine up: a virtual one gets its memory only when it is first used.
        for round in 0..=arguments.rounds {
            eprintln!("{title}: round {round} of {}", arguments.rounds);
            for program in &mut programs {
                program.run(&scratch, &input)?;
            }
            check_files(&programs)?;
            if round == 0 {
                programs.iter_mut().for_each(|program| program.runs.clear());
            }
        }
        print_table(&format!("{title}, {} MiB", size / MIB), &programs);
    }
    Ok(())
}

/// The first of them is the one that all others are held against.
fn programs(arguments: &Arguments) -> Vec<Program> {
    let threads = arguments.threads;
    let floor = move |form: &'static str| {
        Program::new(format!("floor, scan {form}, {threads} threads"), move |input, out| {
            let mut command = sibling("floor")?;
            command.arg(input).arg(out).arg(threads.to_string()).arg(form);
            Ok(command)
        })
    };
    let mut programs = vec![floor("overlapped"), floor("first")];
    for threads in [threads, 1] {
        programs.extend(arguments.mbox2eml.clone().map(|path| {
            let name = format!("mbox2eml --threads {threads}");
            Program::new(name, move |input, out| {
                let mut command = mbox2eml(&path, threads);
                command.arg(input).arg(out);
                Ok(command)
            })
        }));
    }
    programs.push(Program::new("mail-parser's iterator", |input, out| {
        let mut command = sibling("peer_mail_parser")?;
        command.arg(input).arg(out);
        Ok(command)
    }));
    programs
}

/// A program that writes fewer files has not done the same work.
fn check_files(programs: &[Program]) -> Result<(), String> {
    for pair in programs.windows(2) {
        if let [one, other] = pair
            && one.files != other.files
        {
            return Err(format!("{} wrote {} files, {} wrote {}", one.name, one.files, other.name, other.files));
        }
    }
    Ok(())
}

fn print_table(title: &str, programs: &[Program]) {
    let Some(floor) = programs.first() else {
        return;
    };
    println!("\n**{title}, {} messages, {} rounds**\n", floor.files, floor.runs.len());
    println!("| program | wall s | user s | system s | peak MiB | times the floor |");
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

impl std::fmt::Display for Spread {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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

//! `suite`: converts every kind of mailbox to every kind of output with mbox2eml, the floor and the peers, and prints
//! Markdown tables.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the benchmarks, not of the product")]

mod programs;
mod scenario;

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Parser;
use clap::builder::PossibleValuesParser;
use mbox2eml_bench::bench::{Scratch, build, count_messages, machine, product, warm};
use mbox2eml_bench::peers::mailboxes;
use mbox2eml_bench::size::MIB;
use mbox2eml_bench::strace;
use mbox2eml_bench::table::{Cache, Work, compare};

use programs::{Sink, Task};
use scenario::{Extent, SCENARIOS, Scenario};

/// Compares whole programs that turn mailboxes into EML files, and prints Markdown tables.
#[derive(Parser)]
struct Arguments {
    /// Folder for inputs and outputs; repeat it for other file systems.
    #[arg(long, required = true)]
    dir: Vec<PathBuf>,
    /// Small inputs and one round, to check that everything works.
    #[arg(long)]
    quick: bool,
    /// Number of rounds in memory, except for slow programs. On disk and with large inputs at most 3.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Only this scenario; repeatable.
    #[arg(long, value_parser = PossibleValuesParser::new(SCENARIOS.map(|it| it.name)))]
    scenario: Vec<String>,
    /// Only this kind of output; repeatable.
    #[arg(long)]
    sink: Vec<Sink>,
    /// The mbox2eml program. Default: build that of this workspace.
    #[arg(long)]
    mbox2eml: Option<PathBuf>,
    /// Keep the inputs in DIR, and use those kept by an earlier run.
    #[arg(long)]
    keep: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = Arguments::parse();
    if arguments.quick {
        arguments.rounds = 1;
    }
    build("mbox2eml-bench")?;
    let mbox2eml = product(arguments.mbox2eml.take())?;
    let counts_calls = strace::is_there();
    if !counts_calls {
        println!("System calls are not counted: strace is not installed.\n");
    }
    for (number, dir) in arguments.dir.iter().enumerate() {
        let scratch = Scratch::new(dir, arguments.keep)?;
        // They are the same on every file system.
        let counts_calls = counts_calls && number == 0;
        Suite { arguments: &arguments, mbox2eml: &mbox2eml, scratch, counts_calls }.run()?;
    }
    Ok(())
}

/// The tables of one file system.
struct Suite<'a> {
    arguments: &'a Arguments,
    mbox2eml: &'a Path,
    scratch: Scratch,
    counts_calls: bool,
}

impl Suite<'_> {
    fn run(&self) -> io::Result<()> {
        println!("## {}\n", machine(self.scratch.path()));
        println!("{}\n", if self.scratch.is_tmpfs() { IN_MEMORY } else { ON_DISK });
        let Arguments { scenario, quick, keep, .. } = self.arguments;
        for it in SCENARIOS.iter().filter(|it| scenario.is_empty() || scenario.iter().any(|name| name == it.name)) {
            for (size, extent) in it.inputs(*quick, self.scratch.is_tmpfs()) {
                let tables = self.tables(extent);
                if tables.is_empty() {
                    continue;
                }
                let input = self.scratch.mailbox(it.kind, size, it.mailboxes)?;
                self.show(it, &input, extent, &tables)?;
                if !keep {
                    remove(&input)?;
                }
            }
        }
        Ok(())
    }

    /// The tables of one input, each printed as soon as it is complete.
    fn show(&self, scenario: &Scenario, input: &Path, extent: Extent, tables: &[(Sink, Cache)]) -> io::Result<()> {
        let bytes = length(input)?;
        warm(input)?;
        let messages = count_messages(input)?;
        let of = if scenario.mailboxes > 1 { format!(" in {} mailboxes", scenario.mailboxes) } else { String::new() };
        println!("### {}: {} MiB, {messages} messages{of}\n", scenario.title, bytes / MIB);
        for &(sink, cache) in tables {
            eprintln!("{}, {} MiB, {}, {} cache", scenario.name, bytes / MIB, sink.title(), cache.name());
            let work = Work { input, bytes, messages, cache };
            let task = Task { sink, scenario, messages, product: self.mbox2eml };
            let is_full = extent == Extent::Full;
            let mut programs = if is_full { task.programs() } else { task.floor_and_ours() };
            let calls = self.counts_calls && is_full;
            let table = compare(&mut programs, work, &self.scratch, self.rounds(extent), calls)?;
            println!("**{}, {} cache**\n\n{table}", sink.title(), cache.name());
        }
        Ok(())
    }

    /// The sinks and caches that are measured for an input in this folder.
    fn tables(&self, extent: Extent) -> Vec<(Sink, Cache)> {
        let tables: &[(Sink, Cache)] = match extent {
            Extent::Growth => &GROWTH_TABLES,
            Extent::Full if self.scratch.is_tmpfs() => &IN_MEMORY_TABLES,
            Extent::Full => &ON_DISK_TABLES,
        };
        let is_wanted = |sink| self.arguments.sink.is_empty() || self.arguments.sink.contains(&sink);
        tables.iter().copied().filter(|(sink, _)| is_wanted(*sink)).collect()
    }

    fn rounds(&self, extent: Extent) -> u16 {
        let has_few = extent == Extent::Growth || !self.scratch.is_tmpfs();
        if has_few { self.arguments.rounds.min(FEW_ROUNDS) } else { self.arguments.rounds }
    }
}

/// For slow rounds, and where the disk dominates.
const FEW_ROUNDS: u16 = 3;

const IN_MEMORY: &str = "In memory: everything that does not depend on a disk. Larger inputs: only the floor and mbox2eml, \
                         3 rounds. Programs that compress and git run twice, Python once.";
const GROWTH_TABLES: [(Sink, Cache); 2] = [(Sink::Folder, Cache::Warm), (Sink::Null, Cache::Warm)];
const IN_MEMORY_TABLES: [(Sink, Cache); 4] =
    [(Sink::Folder, Cache::Warm), (Sink::Null, Cache::Warm), (Sink::Zip, Cache::Warm), (Sink::Stored, Cache::Warm)];

const ON_DISK: &str = "On disk: everything that reads from it or writes to it, 3 rounds, half the size as in memory. Work \
                       on the page cache alone, and larger inputs, are in the tables for memory.";
const ON_DISK_TABLES: [(Sink, Cache); 4] =
    [(Sink::Folder, Cache::Warm), (Sink::Folder, Cache::Cold), (Sink::Null, Cache::Cold), (Sink::Stored, Cache::Warm)];

fn length(input: &Path) -> io::Result<u64> {
    mailboxes(input)?.iter().map(|mailbox| Ok(fs::metadata(mailbox)?.len())).sum()
}

fn remove(input: &Path) -> io::Result<()> {
    if input.is_dir() { fs::remove_dir_all(input) } else { fs::remove_file(input) }
}

//! `suite`: every kind of mailbox to every kind of output, the floor and the peers beside mbox2eml; Markdown tables.

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

use programs::{Sink, programs};
use scenario::{SCENARIOS, Scenario};

/// Compares whole programs that turn mailboxes into EML files, and prints Markdown tables.
#[derive(Parser)]
struct Arguments {
    /// Where inputs and outputs are made; repeat it for another file system.
    #[arg(long, required = true)]
    dir: Vec<PathBuf>,
    /// Small inputs and one round: does everything run?
    #[arg(long)]
    quick: bool,
    /// How often each program runs.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Only this scenario; repeatable.
    #[arg(long, value_parser = PossibleValuesParser::new(SCENARIOS.map(|it| it.name)))]
    scenario: Vec<String>,
    /// Only this kind of output; repeatable.
    #[arg(long)]
    sink: Vec<Sink>,
    /// The mbox2eml program. Default: that of this workspace, built now.
    #[arg(long)]
    mbox2eml: Option<PathBuf>,
    /// Leave the inputs in DIR, and use those left by an earlier run.
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
    for dir in &arguments.dir {
        let scratch = Scratch::new(dir, arguments.keep)?;
        let suite = Suite { arguments: &arguments, mbox2eml: &mbox2eml, scratch, counts_calls };
        suite.run()?;
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
        if self.scratch.is_tmpfs() {
            println!("No cold cache: what lies in a tmpfs cannot leave the memory.\n");
        }
        let Arguments { scenario, quick, keep, .. } = self.arguments;
        for it in SCENARIOS.iter().filter(|it| scenario.is_empty() || scenario.iter().any(|name| name == it.name)) {
            for &size in it.sizes(*quick) {
                let input = self.scratch.mailbox(it.kind, size, it.mailboxes)?;
                self.tables(it, &input)?;
                if !keep {
                    remove(&input)?;
                }
            }
        }
        Ok(())
    }

    /// The tables of one input.
    fn tables(&self, scenario: &Scenario, input: &Path) -> io::Result<()> {
        let bytes = length(input)?;
        warm(input)?;
        let messages = count_messages(input)?;
        let of = if scenario.mailboxes > 1 { format!(" in {} mailboxes", scenario.mailboxes) } else { String::new() };
        println!("### {}: {} MiB, {messages} messages{of}\n", scenario.title, bytes / MIB);
        let Arguments { sink: sinks, rounds, .. } = self.arguments;
        for (sink, cache) in TABLES {
            let cannot_cool = cache == Cache::Cold && self.scratch.is_tmpfs();
            if cannot_cool || !(sinks.is_empty() || sinks.contains(&sink)) {
                continue;
            }
            eprintln!("{}, {} MiB, {}, {} cache", scenario.name, bytes / MIB, sink.title(), cache.name());
            let work = Work { input, bytes, messages, cache };
            let mut programs = programs(sink, scenario, messages, self.mbox2eml);
            let calls = self.counts_calls && cache == Cache::Warm;
            let table = compare(&mut programs, work, &self.scratch, *rounds, calls)?;
            println!("**{}, {} cache; rounds: {rounds}**\n\n{table}", sink.title(), cache.name());
        }
        Ok(())
    }
}

const TABLES: [(Sink, Cache); 6] = [
    (Sink::Folder, Cache::Warm),
    (Sink::Folder, Cache::Cold),
    (Sink::Null, Cache::Warm),
    (Sink::Null, Cache::Cold),
    (Sink::Zip, Cache::Warm),
    (Sink::Stored, Cache::Warm),
];

fn length(input: &Path) -> io::Result<u64> {
    mailboxes(input)?.iter().map(|mailbox| Ok(fs::metadata(mailbox)?.len())).sum()
}

fn remove(input: &Path) -> io::Result<()> {
    if input.is_dir() { fs::remove_dir_all(input) } else { fs::remove_file(input) }
}

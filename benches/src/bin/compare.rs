//! `compare`: runs the programs in turn, round after round, and prints a Markdown table.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use mbox2eml_bench::bench::{Scratch, machine, mbox2eml, sibling};
use mbox2eml_bench::size::{self, MIB};
use mbox2eml_bench::table::{Program, print_table};

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
        let messages = programs.first().map_or(0, |program| program.files);
        print_table(&format!("{title}, {} MiB, {messages} messages", size / MIB), &programs, "the floor");
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

//! `archive`: ZIPs out and archives in, round after round, held against the deflater alone and against `cp`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Parser;
use mbox2eml_bench::bench::{Scratch, machine, mbox2eml, sibling};
use mbox2eml_bench::size::{self, MIB};
use mbox2eml_bench::table::{Program, print_table};

/// Measures archives.
#[derive(Parser)]
struct Arguments {
    /// The mbox2eml program.
    #[arg(long)]
    mbox2eml: PathBuf,
    /// Size of the mailbox of mixed mail.
    #[arg(long, default_value = "1GiB", value_parser = size::parse)]
    size: u64,
    /// How often each program runs.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
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
    let input = scratch.mailbox("takeout", arguments.size)?;
    let date = arguments.date.iter().map(|date| format!("{date}; "));
    println!("{}{}.", date.collect::<String>(), machine(scratch.path()));

    let mbox2eml = |threads, options: &'static [&'static str], output: &'static str| {
        let program = arguments.mbox2eml.clone();
        let name = format!("mbox2eml --threads {threads} {} to {output}", options.join(" "));
        Program::new(name, move |input, out| {
            let mut command = mbox2eml(&program, threads);
            command.args(options).arg(input).arg(out.join(output));
            Ok(command)
        })
    };
    let size = arguments.size / MIB;

    let mut deflate = vec![
        Program::new("the deflater alone, 1 thread", |input, _| {
            let mut command = sibling("deflate_alone")?;
            command.arg(input).stdout(Stdio::null());
            Ok(command)
        }),
        mbox2eml(1, &[], "out.zip"),
        mbox2eml(2, &[], "out.zip"),
    ];
    run(&arguments, &scratch, &input, &mut deflate)?;
    print_table(&format!("Compressed, {size} MiB of mixed mail"), &deflate, "the deflater");

    let mut stored = vec![
        Program::new("cp", |input, out| {
            let mut command = Command::new("cp");
            command.arg(input).arg(out.join("copy"));
            Ok(command)
        }),
        mbox2eml(2, &["--compression", "0"], "out.zip"),
        mbox2eml(1, &["--compression", "0"], "out.zip"),
    ];
    run(&arguments, &scratch, &input, &mut stored)?;
    print_table(&format!("Stored, {size} MiB of mixed mail"), &stored, "cp");
    Ok(())
}

fn run(arguments: &Arguments, scratch: &Scratch, input: &Path, programs: &mut [Program]) -> Result<(), Box<dyn Error>> {
    // Round 0 warms the machine up: a virtual one gets its memory only when it is first used.
    for round in 0..=arguments.rounds {
        for program in programs.iter_mut() {
            eprintln!("round {round} of {}: {}", arguments.rounds, program.name);
            program.run(scratch, input)?;
        }
        if round == 0 {
            programs.iter_mut().for_each(|program| program.runs.clear());
        }
    }
    Ok(())
}

//! `counts`: the number of instructions of mbox2eml for fixed inputs, compared with the record in `counts.tsv`.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use mbox2eml_bench::bench::{mbox2eml, processor, product, version_of};
use mbox2eml_bench::counts::{Count, Record, START, instructions};
use mbox2eml_bench::generator::{Kind, write_to};
use mbox2eml_bench::size::MIB;

/// Counts instructions with valgrind and prints the differences to the record, which are never a failure.
#[derive(Parser)]
struct Arguments {
    /// Write the counts to the record.
    #[arg(long)]
    record: bool,
    /// Folder for inputs and outputs, best in memory.
    #[arg(long, default_value = "/dev/shm")]
    dir: PathBuf,
    /// The mbox2eml program. Default: build that of this workspace.
    #[arg(long)]
    mbox2eml: Option<PathBuf>,
}

const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.tsv");

/// Names of inputs and how they are generated: kind, bytes, mailboxes.
const INPUTS: [(&str, Kind, u64, u64); 6] = [
    (START, Kind::Small, 1, 1),
    ("small", Kind::Small, 4 * MIB, 1),
    ("mixed", Kind::Takeout, 8 * MIB, 1),
    ("lf", Kind::Mboxrd, 8 * MIB, 1),
    ("quoted", Kind::Quoted, 4 * MIB, 1),
    ("many", Kind::Small, MIB, 200),
];

/// Names of outputs, with the options and the output of mbox2eml.
const SINKS: [(&str, &[&str], &str); 3] =
    [("null", &["--dry-run"], "out"), ("folder", &[], "out"), ("zip", &[], "out.zip")];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let program = product(arguments.mbox2eml)?;
    let scratch = tempfile::Builder::new().prefix("mbox2eml-counts-").tempdir_in(arguments.dir)?;
    let mut counted = Record { made_with: tools()?, counts: Vec::new() };
    for (input, kind, size, mailboxes) in INPUTS {
        let totals = write_to(&scratch.path().join(input), kind, size, 1, mailboxes)?;
        for (sink, options, output) in SINKS {
            let mut command = mbox2eml(&program, 1);
            command.args(options).arg(input).arg(output);
            let instructions = count(&command, scratch.path())?;
            let (input, sink) = (input.to_owned(), sink.to_owned());
            counted.counts.push(Count { input, sink, messages: totals.messages, bytes: totals.bytes, instructions });
            remove(&scratch.path().join(output))?;
        }
    }

    let before: Record =
        if Path::new(RECORD).exists() { fs::read_to_string(RECORD)?.parse()? } else { Record::default() };
    print!("{}", counted.table(&before));
    for (now, then) in counted.made_with.iter().zip(&before.made_with).filter(|(now, then)| now != then) {
        println!("\nThe record was made with {then}, these counts with {now}: this may explain differences.");
    }
    if arguments.record {
        fs::write(RECORD, counted.to_string())?;
    }
    Ok(())
}

/// What the counts depend on besides the program: memchr and other crates select code by the processor.
fn tools() -> io::Result<Vec<String>> {
    let valgrind = version_of("valgrind").ok_or_else(|| io::Error::other("valgrind is not installed"))?;
    let compiler = version_of("rustc").unwrap_or_else(|| "an unknown compiler".to_owned());
    Ok(vec![compiler, processor().unwrap_or_else(|| "an unknown processor".to_owned()), valgrind])
}

/// Runs the command under callgrind, always with the same environment and the same paths.
fn count(command: &Command, folder: &Path) -> io::Result<u64> {
    let log = folder.join("log");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=log"]);
    valgrind.arg(command.get_program()).args(command.get_args()).current_dir(folder);
    valgrind.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let status = valgrind.status()?;
    let text = fs::read_to_string(log)?;
    if !status.success() {
        return Err(io::Error::other(format!("under valgrind: {status}\n{text}")));
    }
    instructions(&text).ok_or_else(|| io::Error::other(format!("no count in the output of valgrind:\n{text}")))
}

/// Removes the output of a run, if any.
fn remove(output: &Path) -> io::Result<()> {
    match output.is_dir() {
        true => fs::remove_dir_all(output),
        false if output.exists() => fs::remove_file(output),
        false => Ok(()),
    }
}

//! `memory`: how much memory mbox2eml needs, by the size of its input and the way it comes.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use clap::Parser;
use mbox2eml_bench::bench::{Scratch, machine, mbox2eml};
use mbox2eml_bench::measure::{Running, Usage};
use mbox2eml_bench::size::{self, MIB};

/// Measures the memory of mbox2eml on large mailboxes, mapped and from a pipe.
#[derive(Parser)]
struct Arguments {
    /// The mbox2eml program.
    #[arg(long)]
    mbox2eml: PathBuf,
    /// Size of a mailbox; can be given more than once.
    #[arg(long, default_values = ["1GiB", "4GiB"], value_parser = size::parse)]
    size: Vec<u64>,
    /// Threads of mbox2eml.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Where inputs and outputs are made: twice the largest size must fit. Default: the system's
    /// temporary folder.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Leave the inputs in DIR, and use those left by an earlier run.
    #[arg(long)]
    keep: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let parent = arguments.dir.unwrap_or_else(std::env::temp_dir);
    let scratch = Scratch::new(&parent, arguments.keep)?;

    println!("{}; {} threads.\n", machine(scratch.path()), arguments.threads);
    println!("| input MiB | way | files | wall s | peak MiB | of it private MiB |");
    println!("|---|---|---|---|---|---|");
    let ways: [(&str, Way); 2] = [("mapped", mapped), ("pipe", piped)];
    for size in arguments.size {
        let input = scratch.mailbox("takeout", size)?;
        for (way, run) in ways {
            let command = mbox2eml(&arguments.mbox2eml, arguments.threads);
            let ((usage, private), files) = scratch.run(|out| run(command, &input, out))?;
            println!(
                "| {} | {way} | {files} | {:.2} | {} | {} |",
                size / MIB,
                usage.wall.as_secs_f64(),
                usage.peak_kib / 1024,
                private / 1024
            );
        }
    }
    Ok(())
}

/// Runs the command on an input and an output folder; gives also the peak of private memory.
type Way = fn(Command, &Path, &Path) -> io::Result<(Usage, u64)>;

fn mapped(mut command: Command, input: &Path, out: &Path) -> io::Result<(Usage, u64)> {
    watch(Running::start(command.arg(input).arg(out))?)
}

fn piped(mut command: Command, input: &Path, out: &Path) -> io::Result<(Usage, u64)> {
    let mut mailbox = File::open(input)?;
    let mut running = Running::start(command.arg("-").arg(out).stdin(Stdio::piped()))?;
    let mut pipe = running.child.stdin.take().ok_or_else(|| io::Error::other("no pipe"))?;
    // The pipe is closed when the copy ends: the program sees the end of its input.
    let feeder = thread::spawn(move || io::copy(&mut mailbox, &mut pipe));
    let watched = watch(running)?;
    feeder.join().map_err(|_| io::Error::other("panic"))??;
    Ok(watched)
}

/// Waits for the end, and looks every 5 ms at the memory that is the program's own: pages of
/// mapped files are the page cache's, and the kernel takes them back when it needs them.
fn watch(running: Running) -> io::Result<(Usage, u64)> {
    let status = format!("/proc/{}/status", running.child.id());
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut peak = 0;
            while !ended.load(Relaxed) {
                peak = peak.max(private_kib(&status).unwrap_or(0));
                thread::sleep(Duration::from_millis(5));
            }
            peak
        });
        let usage = running.finish();
        ended.store(true, Relaxed);
        let peak = watcher.join().map_err(|_| io::Error::other("panic"))?;
        Ok((usage?, peak))
    })
}

fn private_kib(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    value.trim().strip_suffix(" kB")?.parse().ok()
}

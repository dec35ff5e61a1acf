//! `seen`: the cost of the set of ids behind `--dedup id`, with ten million messages that all have different ids.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::fs;
use std::time::Instant;

use clap::Parser;
use mbox2eml::internals::Seen;
use mbox2eml::message::Headers;
use mbox2eml::select::Dedup;
use mbox2eml::transform::{Eml, Eol, Quoting};

/// Adds the ids of many messages to the set that finds duplicates.
#[derive(Parser)]
struct Arguments {
    /// Number of messages.
    #[arg(default_value_t = 10_000_000)]
    messages: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { messages } = Arguments::parse();
    let eml = Eml::new(b"\n", Quoting::None, Eol::Crlf);
    let (mut headers, mut seen) = (Headers::default(), Seen::default());
    let before = resident()?;
    let start = Instant::now();
    for round in ["new", "known"] {
        let round_start = Instant::now();
        let mut new = 0_u64;
        for id in 0..messages {
            headers.gmail_id = Some(id << 20);
            new += u64::from(Dedup::Id.key(&headers, &eml).is_none_or(|key| seen.insert(key)));
        }
        println!("{messages} {round}: {new} new, {:.2} s", round_start.elapsed().as_secs_f64());
    }
    let taken = resident()? - before;
    println!(
        "{:.2} s in total, {taken} KiB, {} bytes per message",
        start.elapsed().as_secs_f64(),
        taken * 1024 / messages.max(1)
    );
    Ok(())
}

/// Memory of this process, in KiB.
fn resident() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

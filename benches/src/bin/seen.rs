//! `seen`: ten million messages, each with an id of its own, go through `--dedup id`: what the set of ids costs.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::fs;
use std::time::Instant;

use clap::Parser;
use mbox2eml::message::Headers;
use mbox2eml::select::{Dedup, Seen};
use mbox2eml::split::LineEnd;
use mbox2eml::transform::{Eol, Quoting, Transform};

/// Adds the ids of many messages to the set that finds duplicates.
#[derive(Parser)]
struct Arguments {
    /// How many messages.
    #[arg(default_value_t = 10_000_000)]
    messages: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { messages } = Arguments::parse();
    let eml = Transform::new(Eol::Crlf, LineEnd::Lf).apply(b"\n", Quoting::None);
    let (mut headers, mut seen) = (Headers::default(), Seen::default());
    let before = resident()?;
    let begun = Instant::now();
    for round in ["new", "met again"] {
        let round_begun = Instant::now();
        let mut new = 0_u64;
        for id in 0..messages {
            headers.gmail_id = Some(id << 20);
            new += u64::from(Dedup::Id.key(&headers, &eml).is_none_or(|key| seen.insert(key)));
        }
        println!("{messages} {round}: {new} new, {:.2} s", round_begun.elapsed().as_secs_f64());
    }
    let taken = resident()? - before;
    println!(
        "{:.2} s in all, {taken} KiB, {} bytes a message",
        begun.elapsed().as_secs_f64(),
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

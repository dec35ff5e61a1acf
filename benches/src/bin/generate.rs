//! `generate KIND SIZE OUT [SEED [MAILBOXES]]`: writes a reproducible mailbox, or a folder of mailboxes.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::io;
use std::path::PathBuf;

use clap::Parser;
use mbox2eml_bench::generator::{Kind, write_to};
use mbox2eml_bench::size;

/// Writes a reproducible mailbox: the same arguments give the same bytes on every machine.
#[derive(Parser)]
struct Arguments {
    kind: Kind,
    /// Such as 512MiB.
    #[arg(value_parser = size::parse)]
    size: u64,
    out: PathBuf,
    #[arg(default_value_t = 1)]
    seed: u64,
    /// If more than 1, OUT is a folder with this number of mailboxes, of SIZE in total.
    #[arg(default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    mailboxes: u64,
}

fn main() -> io::Result<()> {
    let Arguments { kind, size, out, seed, mailboxes } = Arguments::parse();
    let totals = write_to(&out, kind, size, seed, mailboxes)?;
    println!(
        "{}, seed {seed}: {} messages, {} bytes, {} quoted lines",
        kind.name(),
        totals.messages,
        totals.bytes,
        totals.quoted_lines
    );
    Ok(())
}

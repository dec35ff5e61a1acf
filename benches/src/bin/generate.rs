//! `generate KIND SIZE OUT [SEED]`: writes a reproducible mailbox.
//!
//! KIND is `takeout`, `small` or `mboxrd`, SIZE such as `512MiB`; SEED is 1 if not given.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use mbox2eml_bench::generator::write_mailbox;
use mbox2eml_bench::size;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (kind, size, out, seed) = match arguments.as_slice() {
        [kind, size, out] => (kind, size, out, 1),
        [kind, size, out, seed] => (kind, size, out, seed.parse()?),
        _ => return Err("usage: generate takeout|small|mboxrd SIZE OUT [SEED]".into()),
    };

    // Renamed when complete: a mailbox that was cut short would be taken for the whole one.
    let partial = Path::new(out).with_extension("partial");
    let file = BufWriter::with_capacity(1 << 20, File::create(&partial)?);
    let totals = write_mailbox(kind.parse()?, size::parse(size)?, seed, file)?;
    fs::rename(&partial, out)?;
    println!(
        "{kind}, seed {seed}: {} messages, {} bytes, {} quoted lines",
        totals.messages, totals.bytes, totals.quoted_lines
    );
    Ok(())
}

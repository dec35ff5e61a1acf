//! `deflate_alone`: compresses the messages of a mailbox and does nothing else, on one thread: the lower limit for ZIP
//! output. Prints time, rate and compression ratio.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use flate2::{Compress, Compression, FlushCompress};
use libdeflater::{CompressionLvl, Compressor};
use mbox2eml::Mbox;
use mbox2eml_bench::peers::mailboxes;
use mbox2eml_bench::size::to_f64;

/// Compresses each message of a mailbox, or of a folder of mailboxes, separately.
#[derive(Parser)]
struct Arguments {
    input: PathBuf,
    /// The deflater.
    #[arg(long, default_value = "libdeflate")]
    with: Deflater,
    /// Compression levels.
    #[arg(long, value_delimiter = ',', default_value = "1")]
    levels: Vec<u8>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Deflater {
    Libdeflate,
    ZlibRs,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    for level in arguments.levels {
        let mut deflate = deflater(arguments.with, level)?;
        let (mut taken, mut before, mut after) = (Duration::ZERO, 0, 0);
        for mailbox in mailboxes(&arguments.input)? {
            for message in Mbox::open(mailbox)?.messages() {
                let message = message?;
                let eml = message.eml().to_bytes().into_owned();
                let start = Instant::now();
                after += deflate(&eml)?.min(eml.len());
                taken += start.elapsed();
                before += eml.len();
            }
        }
        let (bytes, left) = (to_f64(u64::try_from(before)?), to_f64(u64::try_from(after)?));
        println!(
            "{:?} level {level}: {:.2} s, {:.1} MB/s, {:.3} of {before} bytes",
            arguments.with,
            taken.as_secs_f64(),
            bytes / taken.as_secs_f64() / 1e6,
            left / bytes
        );
    }
    Ok(())
}

type Deflate = Box<dyn FnMut(&[u8]) -> Result<usize, Box<dyn Error>>>;

/// A function that returns the compressed size of a message.
fn deflater(which: Deflater, level: u8) -> Result<Deflate, Box<dyn Error>> {
    let mut scratch = Vec::new();
    Ok(match which {
        Deflater::Libdeflate => {
            let level = CompressionLvl::new(level.into()).map_err(|_| "no such level")?;
            let mut compressor = Compressor::new(level);
            Box::new(move |eml| {
                let bound = compressor.deflate_compress_bound(eml.len());
                if scratch.len() < bound {
                    scratch.resize(bound, 0);
                }
                Ok(compressor.deflate_compress(eml, &mut scratch)?)
            })
        }
        Deflater::ZlibRs => {
            let mut compress = Compress::new(Compression::new(level.into()), false);
            Box::new(move |eml| {
                let bound = eml.len() + eml.len() / 1000 + 64;
                if scratch.len() < bound {
                    scratch.resize(bound, 0);
                }
                compress.reset();
                compress.compress(eml, &mut scratch, FlushCompress::Finish)?;
                Ok(usize::try_from(compress.total_out())?)
            })
        }
    })
}

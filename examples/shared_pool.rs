//! Conversions in a rayon pool that the program has already: `cargo run --example shared_pool -- FILE...`.
//!
//! Called in a pool, a converter works on the threads of that pool and starts none of its own. So does a second one in
//! the same pool, at the same time.
#![allow(clippy::print_stdout)] // it is what the example is for

use std::error::Error;

use mbox2eml::Converter;
use mbox2eml::sink::Null;
use mbox2eml::source::Stream;
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<_> = std::env::args_os().skip(1).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let converter = Converter::builder().build();
    let counts: mbox2eml::Result<Vec<u64>> = pool.install(|| {
        let count = |path| Ok(converter.convert(Stream::open(path)?, Null, &()).into_result()?.messages().found);
        paths.par_iter().map(count).collect()
    });
    for (path, found) in paths.iter().zip(counts?) {
        println!("{found:>9} messages in {}", path.display());
    }
    Ok(())
}

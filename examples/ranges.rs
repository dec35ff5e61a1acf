//! Cuts a mailbox into ranges and reads each on a thread of its own: `cargo run --example ranges -- FILE [BYTES]`.
//!
//! The ranges could as well be read by other processes or on other machines: a checkpoint is a word of text.
#![allow(clippy::print_stdout)] // it is what the example is for

use std::{env, thread};

use mbox2eml::Mbox;
use mbox2eml::range::{Checkpoint, MessageRange};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or("usage: ranges FILE [BYTES]")?;
    let every = arguments.next().map_or(Ok(1 << 30), |bytes| bytes.parse())?;
    let mut tasks: Vec<[String; 2]> = Vec::new();
    for range in Mbox::open(&path)?.plan(every) {
        let range = range?;
        tasks.push([range.start().to_string(), range.end().to_string()]);
    }

    let task = |[start, end]: &[String; 2]| -> Result<String> {
        let range = MessageRange::new(start.parse::<Checkpoint>()?, end.parse::<Checkpoint>()?)?;
        let bytes = range.bytes();
        let messages = Mbox::open(&path)?.in_range(range).messages().collect::<mbox2eml::Result<Vec<_>>>()?;
        Ok(format!("{:>12}  {} messages", bytes.start, messages.len()))
    };
    thread::scope(|scope| {
        let running: Vec<_> = tasks.iter().map(|range| scope.spawn(|| task(range))).collect();
        for thread in running {
            println!("{}", thread.join().map_err(|_| "a thread panicked")??);
        }
        Ok(())
    })
}

//! Counts the messages of a mailbox and prints where each begins: `cargo run --example count -- FILE`.
//!
//! An `Mbox` reads a mailbox of any size in a few MiB of memory.
#![allow(clippy::print_stdout)] // it is what the example is for

use std::error::Error;

use mbox2eml::Mbox;
use mbox2eml::message::{Field, HeaderReader};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: count FILE")?;
    let reader = HeaderReader::new(&[Field::Subject]);
    let mut messages = Mbox::open(path)?.messages();
    let mut count = 0;
    for message in messages.by_ref() {
        let message = message?;
        let subject = reader.read(&message.raw()).subject.unwrap_or_default();
        // A mailbox may hold anything, so nothing of it is printed unescaped.
        println!("{:>12}  {}", message.offset(), subject.escape_debug());
        count += 1;
    }
    let dialect = messages.dialect().map_or("empty", |dialect| dialect.as_str());
    println!("{count} messages, dialect {dialect}");
    Ok(())
}

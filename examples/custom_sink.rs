//! A store of your own: `cargo run --example custom_sink -- FILE` keeps the messages in a map instead of writing files.
//!
//! `encode` runs on any thread, in any order; `put` runs in mailbox order, one message at a time.
#![allow(clippy::print_stdout)] // it is what the example is for

use std::collections::BTreeMap;
use std::error::Error;

use mbox2eml::name::EntryName;
use mbox2eml::sink::{Encode, Entry, Placed, Sink, WriteStatus};
use mbox2eml::source::Stream;
use mbox2eml::{Converter, WriteError};

/// The parallel half: makes an EML of a message. Work that takes long, such as compression, belongs here.
struct ToBytes;

impl Encode for ToBytes {
    type Item = (EntryName, Vec<u8>);

    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
        Ok((entry.name, entry.eml.to_bytes().into_owned()))
    }

    /// The converter stops reading while this many bytes wait to be stored.
    fn weight((_, bytes): &Self::Item) -> u64 {
        bytes.len().try_into().unwrap_or(u64::MAX)
    }
}

/// The ordered half: keeps them. A table of a database would be filled in the same way.
#[derive(Default)]
struct Store(BTreeMap<String, Vec<u8>>);

impl Sink for Store {
    type Encoder = ToBytes;
    type Receipt = BTreeMap<String, Vec<u8>>;

    fn encoder(&self) -> ToBytes {
        ToBytes
    }

    fn put(&mut self, (name, bytes): (EntryName, Vec<u8>)) -> Result<Placed, WriteError> {
        let known = self.0.insert(name.to_string(), bytes);
        let status = if known.is_some() { WriteStatus::AlreadyThere } else { WriteStatus::Written };
        Ok(Placed::new(name, status))
    }

    fn finish(self) -> Self::Receipt {
        self.0
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: custom_sink FILE")?;
    let done = Converter::builder().build().convert(Stream::open(path)?, Store::default(), &()).into_result()?;
    for (name, bytes) in &done.receipt {
        println!("{:>12}  {name}", bytes.len());
    }
    println!("{} messages", done.receipt.len());
    Ok(())
}

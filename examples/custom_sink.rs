//! A sink of one's own: adds up the sizes of the messages by year instead of writing them.
//! `cargo run --example custom_sink -- FILE`.
//!
//! `encode` runs on any worker, in any order; `put` runs in mailbox order, one message at a time.
#![allow(clippy::print_stdout)] // it is what the example is for

use std::collections::BTreeMap;
use std::error::Error;

use mbox2eml::name::{Charset, EntryName, Namer};
use mbox2eml::sink::{Encode, Entry, Placed, Sink, WriteStatus};
use mbox2eml::source::Stream;
use mbox2eml::{Converter, Result, WriteError};

/// The parallel half: looks at one message.
struct Measure;

impl Encode for Measure {
    type Item = (EntryName, u64);

    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
        Ok((entry.name, entry.eml.len()))
    }
}

/// The ordered half: keeps the sums.
#[derive(Default)]
struct ByYear(BTreeMap<String, (u64, u64)>);

impl Sink for ByYear {
    type Encoder = Measure;
    type Receipt = BTreeMap<String, (u64, u64)>;

    fn encoder(&self) -> Measure {
        Measure
    }

    fn put(&mut self, (name, size): (EntryName, u64)) -> Result<Placed, WriteError> {
        let (messages, bytes) = self.0.entry(name.folder().to_owned()).or_default();
        *messages += 1;
        *bytes += size;
        Ok(Placed::new(name, WriteStatus::Written))
    }

    fn finish(self) -> Self::Receipt {
        self.0
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: custom_sink FILE")?;
    let namer = Namer::new("{year}/{index}".parse()?, Charset::Unicode);
    let converter = Converter::builder().names(namer).build();
    let done = converter.convert(Stream::open(path)?, ByYear::default(), &()).into_result()?;
    for (year, (messages, bytes)) in done.receipt {
        let year = if year.is_empty() { "no date" } else { &year };
        println!("{year:8} {messages:>9} messages {bytes:>14} bytes");
    }
    Ok(())
}

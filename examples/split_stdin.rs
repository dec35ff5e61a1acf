//! Splits a mailbox from standard input into a folder: `zcat a.mbox.gz | cargo run --example split_stdin -- FOLDER`.
//!
//! Shows the converter with an observer that prints warnings.
#![allow(clippy::print_stdout, clippy::print_stderr)] // it is what the example is for

use std::error::Error;
use std::io;

use mbox2eml::Converter;
use mbox2eml::report::{Observer, Reported, Warning};
use mbox2eml::sink::{Directory, Durability};
use mbox2eml::source::{Origin, Stream};

struct PrintWarnings;

impl Observer for PrintWarnings {
    fn warned(&self, origin: &Origin, warning: &Warning, _: Option<Reported<'_>>) {
        eprintln!("{origin}: line {}: {}", warning.position.line, warning.why);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: split_stdin FOLDER")?;
    let input = Stream::new(Origin::standard_input(), io::stdin());
    let sink = Directory::create(folder, Durability::Cached)?;
    let done = Converter::builder().build().convert(input, sink, &PrintWarnings).into_result()?;

    let messages = done.messages();
    println!("{} found, {} written, {} already there", messages.found, messages.written, messages.already_there);
    Ok(())
}

//! From a Takeout as it was downloaded to ZIPs that an importer takes, without unpacking anything.
//! `cargo run --example to_zip -- takeout-001.zip out.zip`.
#![allow(clippy::print_stdout)] // it is what the example is for

use std::error::Error;

use mbox2eml::Converter;
use mbox2eml::name::{Charset, Layout, Namer, Template};
use mbox2eml_archive::inputs::{Found, Inputs};
use mbox2eml_archive::volumes::{Limits, Volumes};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1);
    let (Some(input), Some(output)) = (paths.next(), paths.next()) else {
        return Err("give an archive and a ZIP to write: to_zip INPUT OUTPUT".into());
    };

    let names = Namer::new(Template::default(), Charset::Ascii).layout(Layout::Label);
    // Each mailbox gets a folder of its own, whatever the archive calls it.
    let mailboxes = Inputs::builder().names(names.clone()).find(&[input]).filter_map(|found| match found {
        Found::Mailbox(mailbox) => Some(Ok(mailbox)),
        Found::Failed(failure) => Some(Err(failure.error)),
        _ => None,
    });

    let limits = Limits::default().max_size(450 << 20).max_entries(10_000);
    let sink = Volumes::at(output).limits(limits).create()?;
    let done = Converter::builder().names(names).build().convert_all(mailboxes, sink, &()).into_result()?;

    println!("{} messages", done.messages().written);
    for volume in &done.receipt {
        println!("{}", volume.display());
    }
    Ok(())
}

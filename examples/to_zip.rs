//! From a Takeout as it was downloaded to ZIPs that an importer takes, without unpacking anything.
//! `cargo run --example to_zip -- takeout-001.zip out.zip`.
#![allow(clippy::print_stdout)] // it is what the example is for

use std::error::Error;
use std::path::Path;

use mbox2eml::name::{Charset, Folders, Layout, Namer, Template};
use mbox2eml::{Converter, Mailbox};
use mbox2eml_archive::members::{Archive, InflateLimit, Member};
use mbox2eml_archive::volumes::{Limits, Volumes};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1);
    let (Some(input), Some(output)) = (paths.next(), paths.next()) else {
        return Err("give an archive and a ZIP to write: to_zip INPUT OUTPUT".into());
    };

    // Each mailbox gets a folder of its own, whatever the archive calls it.
    let mut folders = Folders::new(Charset::Ascii);
    let archive = Archive::open(Path::new(&input), InflateLimit::default())?;
    let mailboxes = archive.members().filter_map(|member| match member {
        Ok(Member::Mailbox { name, source, .. }) => Some(Ok(Mailbox { source, folder: folders.claim(&name) })),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    });

    let names = Namer::new(Template::default(), Charset::Ascii).layout(Layout::Label);
    let sink = Volumes::at(output).limits(Limits { max_size: Some(450 << 20), max_entries: Some(10_000) }).create()?;
    let done = Converter::builder().names(names).build().convert_all(mailboxes, sink, &()).into_result()?;

    println!("{} messages", done.messages().written);
    for volume in &done.receipt {
        println!("{}", volume.display());
    }
    Ok(())
}

//! `peer_mbox_reader IN OUTDIR`: the mbox-reader crate, an `fs::write` for each message.
//!
//! It never returns the last message of a mailbox, and keeps the blank line before a separator.

use std::fs;
use std::io;

use mbox_reader::MboxFile;
use mbox2eml_bench::peers::run;

fn main() -> io::Result<()> {
    run(|mailbox, folder| {
        for (index, entry) in MboxFile::from_file(mailbox)?.iter().enumerate() {
            fs::write(folder.join(format!("{:06}.eml", index + 1)), entry.message().unwrap_or_default())?;
        }
        Ok(())
    })
}

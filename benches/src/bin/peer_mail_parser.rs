//! `peer_mail_parser IN OUTDIR`: the mbox iterator of the mail-parser crate, used as its
//! documentation suggests.
//!
//! A likely first version of a converter. It splits at every line that begins with `From `, and keeps the blank line
//! before a separator as part of the message.

use std::fs::{self, File};
use std::io::{self, BufReader};

use mail_parser::mailbox::mbox::MessageIterator;
use mbox2eml_bench::peers::run;

fn main() -> io::Result<()> {
    run(|mailbox, folder| {
        let mailbox = BufReader::new(File::open(mailbox)?);
        for (index, message) in MessageIterator::new(mailbox).enumerate() {
            let message = message.map_err(|error| io::Error::other(format!("{error:?}")))?;
            fs::write(folder.join(format!("{:06}.eml", index + 1)), message.contents())?;
        }
        Ok(())
    })
}

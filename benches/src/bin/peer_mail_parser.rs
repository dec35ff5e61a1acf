//! `peer_mail_parser IN OUTDIR`: the mbox iterator of the mail-parser crate, used as its
//! documentation suggests.
//!
//! A simple program that many would write. It splits at every line that begins `From `, and keeps
//! the blank line before a separator as part of the message.

use std::error::Error;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use mail_parser::mailbox::mbox::MessageIterator;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, out] = arguments.as_slice() else {
        return Err("usage: peer_mail_parser IN OUTDIR".into());
    };
    let mailbox = BufReader::new(File::open(input)?);
    for (index, message) in MessageIterator::new(mailbox).enumerate() {
        let path = Path::new(out).join(format!("{:06}.eml", index + 1));
        fs::write(path, message?.contents())?;
    }
    Ok(())
}

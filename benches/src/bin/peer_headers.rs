//! `peer_headers`: reads a mailbox with mail-parser's iterator and parses the header of every message, on one thread:
//! the cost of inspecting a mailbox with existing code.

#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use mail_parser::MessageParser;
use mail_parser::mailbox::mbox::MessageIterator;
use mbox2eml_bench::peers::mailboxes;

fn main() -> Result<(), Box<dyn Error>> {
    let input = std::env::args_os().nth(1).map(PathBuf::from).ok_or("usage: peer_headers IN")?;
    let (mut messages, mut subjects) = (0_u64, 0_u64);
    for mailbox in mailboxes(&input)? {
        for message in MessageIterator::new(BufReader::new(File::open(mailbox)?)) {
            let message = message.map_err(|error| format!("{error:?}"))?;
            let parsed = MessageParser::default().parse_headers(message.contents());
            messages += 1;
            subjects += u64::from(parsed.is_some_and(|parsed| parsed.subject().is_some()));
        }
    }
    println!("{messages} messages, {subjects} subjects");
    Ok(())
}

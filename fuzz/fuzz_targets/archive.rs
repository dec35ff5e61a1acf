//! Any archive is read to its end without a panic and within its limit, and the totals of its mailboxes add up.
#![no_main]

use std::io::Write;
use std::num::NonZeroUsize;

use libfuzzer_sys::fuzz_target;
use mbox2eml::Converter;
use mbox2eml::sink::Null;
use mbox2eml_archive::inputs::{Found, InflateLimit, Inputs};

const LIMIT: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(data).expect("a temporary file");
    let inputs = Inputs::builder().inflate_limit(InflateLimit::Bytes(LIMIT)).find(&[file.path()]);
    let mailboxes = inputs.filter_map(|found| match found {
        Found::Mailbox(mailbox) => Some(Ok(mailbox)),
        Found::Failed(failure) => Some(Err(failure.error)),
        _ => None,
    });
    // One thread: the sanitizer reports ending threads as leaks.
    let converter = Converter::builder().threads(NonZeroUsize::MIN).build();
    let done = converter.convert_all(mailboxes, Null, &());
    assert_eq!(done.messages().found, done.messages().accounted());
    assert_eq!(done.bytes().input, done.bytes().accounted());
    assert!(done.mailboxes.iter().all(|mailbox| mailbox.bytes.input <= LIMIT));
});

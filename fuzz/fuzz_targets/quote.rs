//! What is quoted, in pieces of any length, is undone by reading; and nothing else is changed.
#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;
use mbox2eml::transform::{Eml, Eol, Quote, Quoting};

fuzz_target!(|data: &[u8]| {
    let Some((size, message)) = data.split_first() else { return };
    for quote in Quote::ALL {
        let mut writer = quote.writer(Vec::new());
        for piece in message.chunks(usize::from(*size).max(1)) {
            writer.write_all(piece).expect("writing to memory cannot fail");
        }
        let written = writer.finish().expect("writing to memory cannot fail");
        let quoting = match quote {
            Quote::Mboxrd => Quoting::Mboxrd,
            Quote::None => Quoting::None,
            // What began with `>From ` before loses that `>`.
            _ => continue,
        };
        assert_eq!(Eml::new(&written, quoting, Eol::Keep).to_bytes(), message);
    }
});

//! Unquoting and line ends give the same bytes as a simple implementation, of the length computed in advance.
#![no_main]

mod common;

use common::oracle::{quote, with_line_ends};
use libfuzzer_sys::fuzz_target;
use mbox2eml::internals::LineEnd;
use mbox2eml::transform::{Eml, Eol, Quoting};

fuzz_target!(|message: &[u8]| {
    for (eol, line_end) in common::EOLS.into_iter().flat_map(|eol| common::LINE_ENDS.map(|line_end| (eol, line_end))) {
        for quoting in common::QUOTINGS {
            let eml = Eml::with_line_end(message, line_end, quoting, eol);
            let unquoted = Eml::with_line_end(message, line_end, quoting, Eol::Keep);
            let expected = with_line_ends(&unquoted.to_bytes(), eol, line_end);
            let mut written = Vec::new();
            eml.write_to(&mut written).expect("writing to memory cannot fail");
            assert_eq!(written, expected);
            assert_eq!(eml.to_bytes(), expected);
            assert_eq!(usize::try_from(eml.len()), Ok(expected.len()));
        }
    }
    let head = b"Subject: a\n\n";
    let (quoted, plain) = ([head, &quote(message, LineEnd::Lf)[..]].concat(), [head, message].concat());
    let eml = Eml::new(&quoted, Quoting::Mboxrd, Eol::Keep);
    assert_eq!(eml.to_bytes(), plain);
});

//! Unquoting and line ends give the same bytes as a simple implementation, of the length computed in advance.
#![no_main]

mod common;

use common::oracle::{quote, with_line_ends};
use libfuzzer_sys::fuzz_target;
use mbox2eml::split::LineEnd;
use mbox2eml::transform::{Eol, Quoting, Transform};

fuzz_target!(|message: &[u8]| {
    for (eol, line_end) in common::EOLS.into_iter().flat_map(|eol| common::LINE_ENDS.map(|line_end| (eol, line_end))) {
        for quoting in common::QUOTINGS {
            let eml = Transform::new(eol, line_end).apply(message, quoting);
            let unquoted = Transform::new(Eol::Keep, line_end).apply(message, quoting);
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
    let eml = Transform::new(Eol::Keep, LineEnd::Lf).apply(&quoted, Quoting::Mboxrd);
    assert_eq!(eml.to_bytes(), plain);
});

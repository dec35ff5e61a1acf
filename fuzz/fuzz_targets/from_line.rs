//! Any line is parsed without a panic, with the same result with and without its line end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mbox2eml::internals::Shape;
use mbox2eml::split::{Dialect, FromLine};

fuzz_target!(|text: &[u8]| {
    assert_eq!(FromLine::parse(text).is_some(), text.starts_with(b"From "));

    // One line, without its line end.
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = &line[..line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1)];
    let bytes = [b"From ", text].concat();
    let line = FromLine::parse(&bytes).expect("it begins with 'From '");
    let parts = |line: &FromLine<'_>| (line.shape(), line.dialect(), line.seconds(), line.gmail_id());
    for end in [&b"\n"[..], b"\r\n", b"\r\r\n"] {
        let ended = [&bytes[..], end].concat();
        let ended = FromLine::parse(&ended).expect("it begins with 'From '");
        assert_eq!((parts(&ended), ended.sender()), (parts(&line), line.sender()), "{end:?}");
    }
    assert_eq!(line.sender(), line.sender().trim_ascii());
    assert!(text.windows(line.sender().len().max(1)).any(|part| part == line.sender()) || line.sender().is_empty());
    assert!(line.shape() == Shape::Strong || line.seconds().is_none() && line.dialect() == Dialect::Generic);
});

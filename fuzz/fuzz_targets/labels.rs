//! Any value of `X-Gmail-Labels` gives trimmed labels, and a quoted label is read back unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mbox2eml::internals::parse_labels;

fuzz_target!(|value: &[u8]| {
    for label in parse_labels(value) {
        assert!(!label.trim_matches(|c: char| c.is_ascii_whitespace()).is_empty());
        let special = label.contains(['"', '\\', '\r', '\n', '\t']) || label.contains("=?");
        if !special {
            assert_eq!(parse_labels(format!("\"{label}\"").as_bytes()), [label]);
        }
    }
});

//! No file beside the mailboxes of a Vault export panics, and metadata that is cut has no more records than the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mbox2eml_archive::vault::read_metadata;

/// The file is of each kind in turn.
const NAMES: [&str; 5] = ["a-metadata.xml", "a-metadata.csv", "a-results-count.csv", "a-errors.xml", "a-error.csv"];

fuzz_target!(|bytes: &[u8]| {
    for name in NAMES {
        let records = read_metadata(name, bytes);
        assert!(read_metadata(name, &bytes[..bytes.len() / 2]) <= records + 1);
    }
});

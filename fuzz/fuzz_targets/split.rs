//! Any bytes are split into spans that cover all of them, the same ones for any read windows.
#![no_main]

mod common;

use common::oracle::{check_doubts, check_silence, check_tiling};
use common::run::{split, split_source, stream};
use common::sources::Growing;
use libfuzzer_sys::fuzz_target;
use mbox2eml::split::SplitRule;

fuzz_target!(|mailbox: &[u8]| {
    for rule in common::RULES {
        let whole = split(mailbox, rule);
        if whole.refused.is_none() {
            check_tiling(mailbox, &whole);
            check_doubts(&whole);
            if rule == SplitRule::Auto {
                check_silence(mailbox, &whole);
            }
        }
        let steps = [1 + mailbox.len() % 61, 1 + mailbox.len() % 7];
        assert_eq!(split_source(Growing::new(mailbox, &steps), rule), whole, "steps of {steps:?}");
        let chunk = 1 + mailbox.len() % 509;
        assert_eq!(split_source(stream(mailbox, chunk), rule), whole, "chunks of {chunk}");
    }
});

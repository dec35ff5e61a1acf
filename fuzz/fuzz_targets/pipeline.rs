//! The whole conversion in memory: no panic, totals that add up, and the same output for any windows and threads.
#![no_main]

mod common;

use common::run::{Settings, check_sums, convert, stream};
use libfuzzer_sys::fuzz_target;
use mbox2eml::select::Deleted;
use mbox2eml::transform::Unquote;

fuzz_target!(|mailbox: &[u8]| {
    let pick = mailbox.len();
    let (rule, eol) = (common::RULES[pick % 3], common::EOLS[pick / 3 % 3]);
    let settings = Settings { eol, unquote: Unquote::Auto, deleted: Deleted::Skip, ..Settings::raw(rule) };
    let (expected, recorder) = convert(stream(mailbox, 1 << 20), &settings, 1);
    check_sums(&expected);
    let (actual, other) = convert(stream(mailbox, 1 + pick % 509), &settings, 2);
    assert_eq!(actual.receipt, expected.receipt);
    assert_eq!(other.reports(), recorder.reports());
});

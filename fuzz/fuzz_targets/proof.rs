//! Any message is compared with its signatures without a panic, with the same result for any line ends; and a quoting that
//! a signature proves is one with which it matches.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use mbox2eml::internals::{QuotingEvidence, detect_quoting};
use mbox2eml::proof::{Signatures, Verdict};
use mbox2eml::transform::{Eml, Eol};

fuzz_target!(|message: &[u8]| {
    let signatures = Signatures::of(message);
    for quoting in common::QUOTINGS {
        // The search for the cause of a mismatch is limited in bytes, so it may cover more or fewer lines.
        let check = |eol| signatures.check(&Eml::new(message, quoting, eol)).as_str();
        assert_eq!(check(Eol::Crlf), check(Eol::Keep));
        assert_eq!(check(Eol::Crlf) == Verdict::Unsigned.as_str(), signatures.usable() == 0);
        for line_end in common::LINE_ENDS {
            let QuotingEvidence::Proven(readings) = detect_quoting(message, line_end, quoting) else { continue };
            assert!(!readings.is_empty());
            for proven in readings {
                let eml = Eml::with_line_end(message, line_end, proven, Eol::Crlf);
                assert_eq!(signatures.check(&eml), Verdict::Matched, "{proven:?}");
            }
        }
    }
});

//! What an export says of its messages reaches each of them, for any number of threads and any order of the records.

use std::num::NonZeroUsize;
use std::sync::Arc;

use mbox2eml::metadata::{Facts, Key, Metadata};
use mbox2eml::name::{Layout, Namer};
use mbox2eml::proof::Proof;
use mbox2eml::sink::DryRun;
use mbox2eml::source::Memory;
use mbox2eml::transform::Eol;
use mbox2eml::{Converter, Mailbox};
use md5::{Digest as _, Md5};
use proptest::prelude::*;

use crate::cases;

/// What is known of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    Nothing,
    Right,
    Wrong,
}

fn known() -> impl Strategy<Value = Known> {
    prop_oneof![Just(Known::Nothing), Just(Known::Right), Just(Known::Right), Just(Known::Wrong)]
}

fn message(at: usize, lines: usize) -> String {
    format!("Subject: {at}\r\n\r\n{}", "A line of text.\r\n".repeat(lines))
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn each_message_gets_its_record(
        messages in proptest::collection::vec((known(), 0_usize..600), 1..30),
        seed in any::<u64>(),
        eol in prop_oneof![Just(Eol::Crlf), Just(Eol::Lf), Just(Eol::Keep)],
    ) {
        let mut mailbox = String::new();
        let mut records = Vec::new();
        for (at, (known, lines)) in messages.iter().enumerate() {
            let eml = message(at, *lines);
            mailbox.push_str(&format!("From {at}.mbox@xxx Mon Jan  1 00:00:00 2024\n{}\n", eml.replace("\r\n", "\n")));
            let mut facts = Facts::default();
            facts.labels = vec![format!("L{}", at % 3)];
            facts.size = u64::try_from(eml.len()).ok();
            let wrong = if *known == Known::Wrong { "x" } else { "" };
            facts.md5 = Some(Md5::digest(eml + wrong).into());
            if *known != Known::Nothing {
                records.push((format!("{at}.mbox"), facts));
            }
        }
        // As good as any order.
        records.sort_by_key(|(name, _)| Md5::digest(format!("{seed}{name}")).to_vec());
        let of = |wanted| messages.iter().filter(|(known, _)| *known == wanted).count();
        let expected = [of(Known::Right) + of(Known::Wrong), of(Known::Nothing), of(Known::Right), of(Known::Wrong)];
        for threads in [1, 3] {
            let mut metadata = Metadata::default();
            for (name, facts) in &records {
                metadata.add(name, &[Key::Sender(name)], facts.clone());
            }
            let metadata = Arc::new(metadata);
            let source = Memory::new("in", mailbox.clone());
            let mailbox = Mailbox::new(source).with_metadata(Arc::clone(&metadata));
            let names = Namer::default().layout(Layout::Label);
            let converter = Converter::builder().names(names).eol(eol).proof(Proof::BodyHash).threads(NonZeroUsize::new(threads)).build();
            let done = converter.convert_all(std::iter::once(Ok(mailbox)), DryRun::default(), &());
            let counts = done.metadata().unwrap();
            let counts = [counts.recorded, counts.unrecorded, counts.matched, counts.differ];
            prop_assert_eq!(counts.map(|count| usize::try_from(count).unwrap()), expected);
            prop_assert_eq!(metadata.unused().count(), 0);
            for (folder, tally) in &done.receipt {
                let label = folder.strip_prefix('L').map(|label| label.parse::<usize>().unwrap());
                let is_here = |(at, (known, _)): &(usize, &(Known, usize))| match label {
                    Some(label) => *known != Known::Nothing && at % 3 == label,
                    None => *known == Known::Nothing,
                };
                let here = messages.iter().enumerate().filter(is_here).count();
                prop_assert_eq!(usize::try_from(tally.messages).unwrap(), here, "{}", folder);
            }
        }
    }
}

//! Sums, line numbers, progress.

use mbox2eml::internals::LineEnd;
use mbox2eml::report::WarningKind;
use proptest::prelude::*;

use super::cases;
use super::choices::settings;
use super::mailbox::hostile;
use super::run::{check_sums, convert, split, stream};

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_byte_and_every_message_is_accounted_for(
        mailbox in hostile(), settings in settings(), chunk in 1..2000_usize, threads in 1..3_usize,
    ) {
        let (done, recorder) = convert(stream(&mailbox, chunk), &settings, threads);
        check_sums(&done);
        let whole = split(&mailbox, settings.rule);
        prop_assert_eq!(done.mailboxes.len(), 1);
        prop_assert_eq!(done.mailboxes[0].error.is_some(), whole.refused.is_some());
        if whole.refused.is_some() {
            prop_assert_eq!(done.bytes().input, 0);
            return Ok(());
        }
        let (size, found) = (u64::try_from(mailbox.len()).unwrap(), u64::try_from(whole.spans.len()).unwrap());
        prop_assert_eq!(done.bytes().input, size);
        prop_assert_eq!(done.messages().found, found);
        prop_assert_eq!(recorder.advanced(), (size - done.bytes().preamble, found));
        let part = |part: fn(&mbox2eml::split::Span) -> u64| whole.spans.iter().map(part).sum::<u64>();
        let bytes = done.bytes();
        prop_assert_eq!(bytes.from_lines, part(|span| span.from_line().end - span.from_line().start));
        prop_assert_eq!(bytes.messages, part(|span| span.message().end - span.message().start));
        prop_assert_eq!(bytes.separators, part(|span| span.separator().end - span.separator().start));
    }

    #[test]
    fn warnings_name_the_line_of_their_byte(
        mailbox in hostile(), settings in settings(), chunk in 1..2000_usize, threads in 1..3_usize,
    ) {
        let (done, recorder) = convert(stream(&mailbox, chunk), &settings, threads);
        let whole = split(&mailbox, settings.rule);
        let end_of_line = if whole.line_end == LineEnd::Cr { b'\r' } else { b'\n' };
        let warnings = recorder.warnings();
        for warning in &warnings {
            let before = &mailbox[..usize::try_from(warning.position.byte).unwrap()];
            let lines = before.iter().filter(|byte| **byte == end_of_line).count();
            prop_assert_eq!(warning.position.line, 1 + u64::try_from(lines).unwrap(), "{:?}", warning);
        }
        prop_assert_eq!(done.warnings().total(), u64::try_from(warnings.len()).unwrap());
        let reported = |kind| u64::try_from(warnings.iter().filter(|warning| warning.kind == kind).count()).unwrap();
        for (kind, count) in done.warnings().iter() {
            prop_assert_eq!(count, reported(kind), "{:?}", kind);
        }
    }

    #[test]
    fn every_doubt_becomes_a_warning(mailbox in hostile(), settings in settings(), chunk in 1..2000_usize) {
        let whole = split(&mailbox, settings.rule);
        let (_, recorder) = convert(stream(&mailbox, chunk), &settings, 2);
        // What is known of a message's content only, which the splitter does not read.
        let of_messages = [
            WarningKind::NoHeader,
            WarningKind::NulBytes,
            WarningKind::LoneCr,
            WarningKind::ReplacedBytes,
            WarningKind::ForeignLabels,
            WarningKind::MissingAttachment,
            WarningKind::SameId,
        ];
        let mut of_doubts: Vec<_> = recorder.warnings().into_iter().filter(|w| !of_messages.contains(&w.kind)).collect();
        let mut doubts = if whole.refused.is_some() { Vec::new() } else { whole.doubts };
        doubts.sort_by_key(|doubt| doubt.byte);
        of_doubts.sort_by_key(|warning| warning.position.byte);
        prop_assert_eq!(of_doubts.len(), doubts.len());
        for (warning, doubt) in of_doubts.iter().zip(&doubts) {
            let position = warning.position;
            prop_assert_eq!((warning.kind, position.message, position.byte), (doubt.kind, doubt.message, doubt.byte));
        }
    }
}

//! Spans tile the mailbox, and depend on its bytes alone.

use std::collections::HashSet;

use mbox2eml::report::WarningKind;
use mbox2eml::source::Stream;
use mbox2eml::split::{LineEnd, SplitRule};
use mbox2eml::{Error, Mbox};
use proptest::collection::vec;
use proptest::prelude::*;

use super::cases;
use super::mailbox::{hostile, vast};
use super::run::{Split, rule, split, split_source, stream};
use super::sources::{Growing, Trickle};

/// Every byte belongs to the preamble or to one part of one span, and spans begin where lines do.
fn check_tiling(mailbox: &[u8], split: &Split) {
    let size = u64::try_from(mailbox.len()).unwrap();
    let end_of_line: &[u8] = if split.line_end == LineEnd::Cr { b"\r" } else { b"\n" };
    let preamble = split.spans.first().map_or(size, |first| first.start);
    let mut at = preamble;
    for span in &split.spans {
        assert_eq!(span.start, at, "{span:?}");
        assert!(span.start < span.body && span.body <= span.end && span.end <= span.next, "{span:?}");
        let start = usize::try_from(span.start).unwrap();
        assert!(mailbox[start..].starts_with(b"From "), "{span:?}");
        let ends_before: &[&[u8]] = if at == preamble { &[b"\r", b"\n", b"\xef\xbb\xbf"] } else { &[end_of_line] };
        assert!(start == 0 || ends_before.iter().any(|end| mailbox[..start].ends_with(end)), "{span:?}");
        at = span.next;
    }
    assert_eq!(at, size);
}

/// Every doubt is about a place in its message, and no place is doubted twice for one reason.
fn check_doubts(split: &Split) {
    let mut met = HashSet::new();
    for doubt in &split.doubts {
        assert!(met.insert((doubt.byte, doubt.kind)), "twice: {doubt:?}");
        if matches!(doubt.kind, WarningKind::LeadingBytes | WarningKind::FolderData) {
            assert_eq!(doubt.message, 1);
            continue;
        }
        let index = usize::try_from(doubt.message).unwrap() - 1;
        if let Some(span) = split.spans.get(index) {
            assert!(doubt.byte < span.next, "{doubt:?} {span:?}");
            assert!(doubt.byte >= span.start || index == 0, "{doubt:?} {span:?}");
        } else {
            assert_eq!(doubt.kind, WarningKind::Truncated, "{doubt:?}");
        }
    }
}

#[test]
fn a_content_length_that_ends_in_the_middle_of_a_line_proves_nothing() {
    let separator = "From ann@example.org Mon Jan  1 00:00:00 2024\n";
    let hidden = format!("\n{separator}Subject: b\n\nx");
    let mailbox =
        format!("{separator}Content-Length: {}\n\n{hidden}{separator}\n{separator}Subject: c\n\n", hidden.len());
    assert_eq!(split(mailbox.as_bytes(), SplitRule::Auto).spans.len(), 3, "{mailbox}");
}

proptest! {
    #![proptest_config(cases(700))]

    #[test]
    fn spans_tile_the_mailbox(mailbox in hostile(), rule in rule()) {
        let split = split(&mailbox, rule);
        if split.refused.is_none() {
            check_tiling(&mailbox, &split);
        }
    }

    #[test]
    fn doubts_stand_in_their_messages(mailbox in hostile(), rule in rule()) {
        check_doubts(&split(&mailbox, rule));
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn spans_do_not_depend_on_windows(
        mailbox in hostile(), rule in rule(), chunk in 1..3000_usize, steps in vec(1..900_usize, 1..8),
    ) {
        let whole = split(&mailbox, rule);
        for chunk in [1, 2, 7, 4096, chunk] {
            prop_assert_eq!(&split_source(stream(&mailbox, chunk), rule), &whole, "chunks of {}", chunk);
        }
        for steps in [&[1][..], &steps] {
            prop_assert_eq!(&split_source(Growing::new(&mailbox, steps), rule), &whole, "steps of {:?}", steps);
        }
        let trickle = Stream::new("trickle", Trickle::new(&mailbox)).chunk(chunk);
        prop_assert_eq!(&split_source(trickle, rule), &whole, "one byte at a time");
    }

    #[test]
    fn the_plain_reader_finds_the_same_messages(mailbox in hostile(), rule in rule(), step in 1..500_usize) {
        let whole = split(&mailbox, rule);
        let messages: Vec<_> = Mbox::new(Growing::new(&mailbox, &[step])).split(rule).messages().collect();
        if whole.refused.is_some() {
            prop_assert!(matches!(&messages[..], [Err(Error::NotAnMbox { .. })]), "{:?}", messages);
            return Ok(());
        }
        prop_assert_eq!(messages.len(), whole.spans.len());
        for ((index, message), span) in (1..).zip(messages).zip(&whole.spans) {
            let message = message.unwrap();
            prop_assert_eq!((message.index(), message.offset(), message.span()), (index, span.start, *span));
            let at = |place| usize::try_from(place).unwrap();
            prop_assert_eq!(message.raw().from_line, &mailbox[at(span.start)..at(span.body)]);
            prop_assert_eq!(message.raw().bytes, &mailbox[at(span.body)..at(span.end)]);
        }
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn long_evidence_does_not_depend_on_windows(
        mailbox in vast(), rule in rule(), chunk in 1..70_000_usize, steps in vec(1000..70_000_usize, 1..5),
    ) {
        let whole = split(&mailbox, rule);
        if whole.refused.is_none() {
            check_tiling(&mailbox, &whole);
        }
        for chunk in [4096, chunk] {
            prop_assert_eq!(&split_source(stream(&mailbox, chunk), rule), &whole, "chunks of {}", chunk);
        }
        prop_assert_eq!(&split_source(Growing::new(&mailbox, &steps), rule), &whole, "steps of {:?}", steps);
    }
}

//! Spans tile the mailbox, and depend on its bytes alone.

use mbox2eml::source::Stream;
use mbox2eml::split::SplitRule;
use mbox2eml::{Error, Mbox};
use proptest::collection::vec;
use proptest::prelude::*;

use super::cases;
use super::choices::rule;
use super::mailbox::{hostile, vast};
use super::oracle::{check_doubts, check_silence, check_tiling};
use super::run::{split, split_source, stream};
use super::sources::{Growing, Trickle};

#[test]
fn a_content_length_that_ends_in_the_middle_of_a_line_proves_nothing() {
    let separator = "From ann@example.org Mon Jan  1 00:00:00 2024\n";
    let hidden = format!("\n{separator}Subject: b\n\nx");
    let mailbox =
        format!("{separator}Content-Length: {}\n\n{hidden}{separator}\n{separator}Subject: c\n\n", hidden.len());
    assert_eq!(split(mailbox.as_bytes(), SplitRule::Auto).spans.len(), 3, "{mailbox}");
}

#[test]
fn a_from_field_with_a_blank_before_its_colon_does_not_hide_the_fields_below() {
    let separator = "From ann@example.org Mon Jan  1 00:00:00 2024\n";
    let fields = "From : Ann <ann@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: <a@example.org>\n\
                  Return-Path: <ann@example.org>\n";
    let text = format!("Text\n\n{separator}Subject: b\n\nText\n");
    let length = format!("Content-Length: {}\n\n{text}", text.len());
    let parts = "Content-Type: multipart/mixed; boundary=cut\n\n--cut\n\nText\n";
    for rest in [&length, parts] {
        let mailbox = format!("{separator}{fields}{rest}\n{separator}Subject: c\n\nText\n");
        let whole = split(mailbox.as_bytes(), SplitRule::Auto);
        assert_eq!(whole.spans.len(), 2, "{whole:?}");
        for step in [1, 7, 61] {
            assert_eq!(split_source(Growing::new(mailbox.as_bytes(), &[step]), SplitRule::Auto), whole, "step {step}");
        }
    }
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
    fn nothing_that_could_begin_a_message_is_skipped_silently(mailbox in hostile()) {
        let split = split(&mailbox, SplitRule::Auto);
        if split.refused.is_none() {
            check_silence(&mailbox, &split);
        }
    }

    #[test]
    fn doubts_are_in_their_messages(mailbox in hostile(), rule in rule()) {
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
            prop_assert_eq!((message.index(), message.offset(), message.span()), (index, span.whole().start, *span));
            let at = |place| usize::try_from(place).unwrap();
            prop_assert_eq!(message.raw().from_line, &mailbox[at(span.from_line().start)..at(span.from_line().end)]);
            prop_assert_eq!(message.raw().bytes, &mailbox[at(span.message().start)..at(span.message().end)]);
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

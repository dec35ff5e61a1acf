//! The bytes of an EML: quoting undone, line ends as asked for, and nothing else.

use mbox2eml::internals::LineEnd;
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eml, Eol, Quoting};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::cases;
use super::mailbox::hostile;
use super::oracle::{quote, with_line_ends};
use super::run::{Settings, convert, split, stream};

/// Any bytes, near to what a line end or a quoted line is.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece =
        select(vec!["From ", ">From ", ">", ">>", "\n", "\n\n", "\r\n", "\r", "a", "Fro", "From\n", "\0", ": "]);
    vec(prop_oneof![20 => piece.prop_map(|piece| piece.as_bytes().to_vec()), 1 => vec(any::<u8>(), 0..5)], 0..60)
        .prop_map(|pieces| pieces.concat())
}

fn line_end() -> impl Strategy<Value = LineEnd> {
    select(vec![LineEnd::Lf, LineEnd::Lf, LineEnd::Cr])
}

fn eol() -> impl Strategy<Value = Eol> {
    select(vec![Eol::Crlf, Eol::Lf, Eol::Keep])
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn mboxrd_quoting_is_undone(body in text(), line_end in line_end(), eol in select(vec!["\n", "\r\n"])) {
        // Where CR ends a line, a line feed begins no new one, and such files have none.
        let (head, body) = match line_end {
            LineEnd::Cr => ("Subject: a\r>From head\r\r".into(), body.into_iter().filter(|b| *b != b'\n').collect()),
            _ => (format!("Subject: a{eol}>From head{eol}{eol}"), body),
        };
        let quoted = [head.as_bytes(), &quote(&body, line_end)].concat();
        let message = [head.as_bytes(), &body].concat();
        let eml = Eml::with_line_end(&quoted, line_end, Quoting::Mboxrd, Eol::Keep);
        prop_assert_eq!(eml.to_bytes(), message);
    }

    #[test]
    fn line_ends_are_those_asked_for(message in text(), eol in eol(), line_end in line_end()) {
        let eml = Eml::with_line_end(&message, line_end, Quoting::None, eol).to_bytes();
        prop_assert_eq!(&eml[..], &with_line_ends(&message, eol, line_end)[..]);
        if eol == Eol::Crlf {
            prop_assert!(eml.iter().enumerate().all(|(at, byte)| *byte != b'\n' || at > 0 && eml[at - 1] == b'\r'));
            let again = Eml::new(&eml, Quoting::None, eol);
            prop_assert_eq!(again.to_bytes(), &eml[..]);
        }
    }

    #[test]
    fn quoting_and_line_ends_do_not_disturb_each_other(
        message in text(), eol in eol(), line_end in line_end(),
        quoting in select(vec![Quoting::Mboxrd, Quoting::Mboxo, Quoting::None]),
    ) {
        let both = Eml::with_line_end(&message, line_end, quoting, eol).to_bytes();
        let unquoted = Eml::with_line_end(&message, line_end, quoting, Eol::Keep).to_bytes();
        prop_assert_eq!(&both[..], &with_line_ends(&unquoted, eol, line_end)[..]);
    }

    #[test]
    fn the_length_is_known_before_a_byte_is_written(
        message in text(), eol in eol(), line_end in line_end(),
        quoting in select(vec![Quoting::Mboxrd, Quoting::Mboxo, Quoting::None]),
    ) {
        let eml = Eml::with_line_end(&message, line_end, quoting, eol);
        let mut written = Vec::new();
        eml.write_to(&mut written).unwrap();
        prop_assert_eq!(eml.len(), u64::try_from(written.len()).unwrap());
        prop_assert_eq!(eml.is_empty(), written.is_empty());
        prop_assert_eq!(eml.to_bytes(), written);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn kept_and_not_unquoted_an_eml_is_the_message_to_the_byte(mailbox in hostile(), chunk in 1..2000_usize) {
        let whole = split(&mailbox, SplitRule::Auto);
        let (done, _) = convert(stream(&mailbox, chunk), &Settings::raw(SplitRule::Auto), 2);
        let at = |place| usize::try_from(place).unwrap();
        let expected: Vec<_> = whole.spans.iter().map(|span| &mailbox[at(span.message().start)..at(span.message().end)]).collect();
        let actual: Vec<_> = done.receipt.iter().map(|kept| &kept.bytes[..]).collect();
        prop_assert_eq!(actual, expected);
    }
}

use md5::{Digest as _, Md5};
use proptest::prelude::*;

use super::check::Original;
use super::{Added, Check, Facts, Key, Metadata};
use crate::split::LineEnd;
use crate::transform::Quoting;

fn labelled(labels: &[&str]) -> Facts {
    Facts { labels: labels.iter().map(|label| (*label).to_owned()).collect(), ..Facts::default() }
}

/// The labels of the record that these keys find.
fn found(metadata: &Metadata, keys: &[Key<'_>]) -> Option<Vec<String>> {
    metadata.find(keys.iter().copied()).map(|found| found.labels().to_vec())
}

#[test]
fn unique_keys_come_before_those_that_may_be_shared() {
    let mut metadata = Metadata::default();
    let id = |id, account| [Key::MessageId(id), Key::MessageIdIn { id, account }];
    for (name, account, label) in [("1", "ann@example.org", "a"), ("2", "Bob@example.org", "b")] {
        let keys = [&[Key::Sender(name)], &id("x", account)[..]].concat();
        assert_eq!(metadata.add(name, &keys, labelled(&[label])), Added::New);
    }
    assert_eq!(metadata.add("3", &id("same", "ann@example.org"), labelled(&["c"])), Added::New);
    assert_eq!(metadata.add("4", &id("same", "bob@example.org"), labelled(&["c"])), Added::New);
    assert_eq!(found(&metadata, &[Key::Sender("1"), Key::MessageId("x")]), Some(vec!["a".to_owned()]));
    // Two accounts have other labels on it.
    assert_eq!(found(&metadata, &[Key::MessageId("x")]), None);
    let in_account = Key::MessageIdIn { id: "x", account: "bob@example.org" };
    assert_eq!(found(&metadata, &[in_account]), Some(vec!["b".to_owned()]));
    assert_eq!(found(&metadata, &[Key::MessageId("same")]), Some(vec!["c".to_owned()]));
    assert_eq!(metadata.unused().collect::<Vec<_>>(), ["4"]);
    assert_eq!(metadata.account_in("in/case-BOB@example.org-1.mbox"), Some("bob@example.org"));
    assert_eq!(metadata.account_in("in/case.mbox"), None);
}

#[test]
fn a_second_file_adds_what_the_first_one_lacks() {
    let mut metadata = Metadata::default();
    let keys = [Key::GmailId(7)];
    let sized = Facts { size: Some(1), ..Facts::default() };
    assert_eq!(metadata.add("7", &keys, sized), Added::New);
    assert_eq!(metadata.add("7", &keys, labelled(&["late"])), Added::Repeated);
    metadata.begin_file();
    assert_eq!(metadata.add("7", &keys, Facts { size: Some(2), ..labelled(&["late"]) }), Added::Merged);
    let found = metadata.find(keys).unwrap();
    assert_eq!((found.labels(), found.size()), (&["late".to_owned()][..], Some(1)));
    assert_eq!(metadata.len(), 1);
}

/// What the comparison says of a message in a mailbox, and why.
fn check(size: u64, md5: &str, bytes: &[u8], line_end: LineEnd, quoting: Quoting) -> (Option<Check>, String) {
    let mut metadata = Metadata::default();
    let md5 = u128::from_str_radix(md5, 16).unwrap().to_be_bytes();
    let facts = Facts { size: Some(size), md5: Some(md5), ..Facts::default() };
    metadata.add("1", &[Key::Sender("1")], facts);
    let found = metadata.find([Key::Sender("1")]).unwrap();
    let original = Original { bytes, line_end, quoting };
    (found.check(original, None), found.difference(original))
}

#[test]
fn messages_are_compared_with_crlf_and_unquoted() {
    let sum = |bytes: &[u8]| format!("{:032x}", u128::from_be_bytes(Md5::digest(bytes).into()));
    let whole = sum(b"a\r\n\r\nFrom x\r\n");
    let of = |bytes: &[u8], quoting| check(13, &whole, bytes, LineEnd::Lf, quoting);
    for bytes in [&b"a\n\n>From x\n"[..], b"a\r\n\r\n>From x\r\n", b"a\r\n\n>From x\n"] {
        assert_eq!(of(bytes, Quoting::Mboxrd).0, Some(Check::Matched));
    }
    for (bytes, quoting, why) in [
        (&b"a\n\n>From x\n"[..], Quoting::None, ": with another --unquote it would be the same"),
        (b"a\n\nFrom y\n", Quoting::Mboxrd, " as in the metadata of its export"),
        (b"a\n\nFrom x", Quoting::Mboxrd, "has 11 bytes with CRLF line ends, not 13 as in the metadata of its export"),
    ] {
        let (check, is) = of(bytes, quoting);
        assert_eq!(check, Some(Check::Differs));
        assert!(is.ends_with(why), "{is}");
    }
    for (bytes, line_end) in [(&b"a\n\nb\n"[..], LineEnd::Lf), (b"a\r\rb\r", LineEnd::Cr)] {
        let (check, why) = check(u64::try_from(bytes.len()).unwrap(), &sum(bytes), bytes, line_end, Quoting::None);
        assert_eq!(check, Some(Check::Differs));
        assert!(why.ends_with(": with the line ends of the mailbox it would be the same"), "{why}");
    }
    let (_, why) = check(1, &sum(b"a"), b"a\n", LineEnd::Lf, Quoting::None);
    assert!(why.ends_with(": there its last line has no line end, which mailboxes cannot keep"), "{why}");
}

proptest! {
    #[test]
    fn every_record_is_found_in_any_order(order in Just((0..40_u64).collect::<Vec<_>>()).prop_shuffle()) {
        let mut metadata = Metadata::default();
        for at in &order {
            let name = at.to_string();
            let keys = [Key::Sender(&name), Key::GmailId(*at), Key::MessageId(&name)];
            let facts = Facts { received: i64::try_from(*at).ok(), ..labelled(&[&name, "all"]) };
            prop_assert_eq!(metadata.add(&name, &keys, facts), Added::New);
        }
        for at in 0..40 {
            let name = at.to_string();
            for key in [Key::Sender(&name), Key::GmailId(at), Key::MessageId(&name)] {
                prop_assert_eq!(found(&metadata, &[key]), Some(vec![name.clone(), "all".to_owned()]));
            }
        }
        prop_assert_eq!(metadata.unused().count(), 0);
        prop_assert_eq!(metadata.labels().len(), 41);
    }

    #[test]
    fn names_are_cut_at_a_character(name in "\\PC{0,300}") {
        let mut metadata = Metadata::default();
        metadata.add(&name, &[Key::Sender("a")], Facts::default());
        metadata.add("next", &[Key::Sender("b")], Facts::default());
        let unused: Vec<&str> = metadata.unused().collect();
        prop_assert!(name.starts_with(unused[0]) && unused[1] == "next");
    }
}

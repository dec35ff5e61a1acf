//! What holds for every name, whatever the template and the message: portable, pure, unique.
//!
//! The checker below is written from the rules of the systems, not from the code it checks.

use std::collections::{HashMap, HashSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use unicode_normalization::is_nfc;

use super::{Charset, EntryName, LabelPriority, Layout, Namer, Place, Template};
use crate::message::{Address, Headers, Received, ReceivedSource};

/// What is wrong with a component, if anything is.
fn fault(component: &str) -> Option<String> {
    let shown = |c: char| match u32::from(c) {
        0..=0x1F | 0x7F..=0x9F => false,
        0xAD | 0x61C | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF => false,
        0xE000..=0xF8FF | 0xFDD0..=0xFDEF | 0xF_0000..=0x10_FFFF => false,
        other => other % 0x1_0000 < 0xFFFE,
    };
    let stem = component.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let mut devices: Vec<String> = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].map(String::from).into();
    for digit in "0123456789¹²³".chars() {
        devices.extend([format!("COM{digit}"), format!("LPT{digit}")]);
    }
    let faults = [
        ("empty", component.is_empty()),
        ("too long", component.len() > 220),
        ("forbidden character", component.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*'])),
        ("hidden character", !component.chars().all(shown)),
        ("start", component.starts_with(['.', ' ', '-', '~'])),
        ("end", component.ends_with(['.', ' '])),
        ("device", devices.contains(&stem)),
        ("not normal", !is_nfc(component)),
    ];
    faults.iter().find(|(_, found)| *found).map(|(fault, _)| format!("{fault}: {component:?}"))
}

fn check_folder(path: &str) {
    for component in path.split('/').filter(|_| !path.is_empty()) {
        assert_eq!(fault(component), None, "{path:?}");
        assert!(!component.to_ascii_lowercase().ends_with(".eml"), "may be in the way of a file: {path:?}");
    }
}

fn check_name(name: &EntryName) {
    check_folder(name.folder());
    assert_eq!(fault(name.file_name()), None);
    assert!(name.file_name().ends_with(".eml") && !name.file_name().contains('~'), "{name}");
    let longest = name.alternative(999);
    assert_eq!(fault(longest.file_name()), None);
    assert!(longest.as_str().len() <= 240, "{longest}");
}

/// Text as a hostile sender would choose it.
fn text() -> impl Strategy<Value = String> {
    let nasty = select(vec![
        "..",
        "../",
        "/",
        "\\",
        "C:\\",
        "~",
        "~2",
        ".eml",
        ".EML",
        "CON",
        "nul.",
        "COM1",
        "LPT¹",
        "-",
        "_",
        ".",
        " ",
        "\0",
        "\t",
        "\r\n",
        "\u{202E}",
        "\u{200D}",
        "\u{FEFF}",
        "\u{2028}",
        "\u{301}",
        "e\u{301}",
        "\u{323}\u{307}",
        "가",
        "\u{1100}",
        "\u{1161}",
        "\u{11A8}",
        "👩",
        "語",
        "ß",
        "İ",
        "K",
        "½",
        "\u{E000}",
        "\u{FFFF}",
        "000001",
        "000002",
        "1000000",
        "2",
        "9",
        "٣",
        "_000001",
        "000001_",
        "000002_x",
        "Subject",
        "SUBJECT",
    ]);
    let piece = prop_oneof![
        8 => nasty.prop_map(String::from),
        1 => any::<String>(),
        1 => any::<char>().prop_map(String::from),
        1 => (select(vec!["a", "ж", "語", "😀", "x\u{307}", "CON/", "a/", "ﬀ", "0"]), 1_usize..400)
            .prop_map(|(text, times)| text.repeat(times)),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn template() -> impl Strategy<Value = Template> {
    let field = select(super::TemplateField::ALL).prop_map(|field| field.to_string());
    let literal =
        select(vec!["_", "-", " ", ".", "", "0", "7", "x", "mail", "CON", "COM", "é", "½", "語", ".eml", "/"]);
    let piece = prop_oneof![3 => field, 2 => literal.prop_map(String::from)];
    vec(piece, 1..9).prop_filter_map("no template", |pieces| pieces.concat().parse().ok())
}

fn charset() -> impl Strategy<Value = Charset> {
    select(vec![Charset::Unicode, Charset::Ascii])
}

fn layout() -> impl Strategy<Value = (Layout, LabelPriority)> {
    (select(Layout::ALL), vec(label(), 0..3).prop_map(LabelPriority::new))
}

fn label() -> impl Strategy<Value = String> {
    let of_gmail = select(vec!["Inbox", "Papierkorb", "Unread", "Kategorie: \"x\"", "IMAP_x", "受信トレイ", "Inbox/a"]);
    prop_oneof![text(), of_gmail.prop_map(String::from)]
}

fn headers() -> impl Strategy<Value = Headers> {
    let maybe = || proptest::option::of(text());
    let seconds = prop_oneof![any::<i64>(), -100_000_000_000_i64..300_000_000_000];
    let dated = proptest::option::of(seconds);
    (dated, [maybe(), maybe(), maybe(), maybe(), maybe()], any::<Option<u64>>(), vec(label(), 0..4)).prop_map(
        |(seconds, [subject, name, address, to, message_id], gmail_id, labels)| Headers {
            received: seconds.map(|seconds| Received::new(seconds, ReceivedSource::FromLine)),
            subject,
            from: Some(Address { name, address }),
            to: to.map(|to| Address { name: None, address: Some(to) }),
            message_id,
            gmail_id,
            labels,
            ..Headers::default()
        },
    )
}

/// Positions of which one looks like another's beginning, end or neighbour.
fn index() -> impl Strategy<Value = u64> {
    let near = vec![0, 1, 2, 10, 11, 12, 21, 101, 999_999, 1_000_000, 1_000_001, 1_000_002, 2_000_001, 10_000_001];
    prop_oneof![4 => select(near), 1 => any::<u64>()]
}

/// The index must not borrow a digit of its neighbour: every template of three of these pieces,
/// with every pair of these texts.
#[test]
fn no_text_imitates_an_index() {
    let pieces = ["", "{index}", "{subject}", "{from}", "1", "_"];
    let texts = ["", "0", "1", "01", "000001", "x1"];
    let indexes = [1, 10, 100_000, 1_000_000, 1_000_001, 10_000_001, 1_000_001_000_001];
    let messages: Vec<Headers> = pairs(texts)
        .map(|(subject, from)| Headers {
            subject: Some(subject.into()),
            from: Some(Address { name: None, address: Some(from.into()) }),
            ..Headers::default()
        })
        .collect();
    for (start, (middle, end)) in pieces.into_iter().flat_map(|start| pairs(pieces).map(move |rest| (start, rest))) {
        let Ok(template) = format!("{start}{middle}{end}").parse() else {
            continue;
        };
        let namer = Namer::new(template, Charset::Unicode);
        let mut owners = HashMap::new();
        for index in indexes {
            for headers in &messages {
                let name = namer.name(&Place::default(), index, headers);
                let owner = *owners.entry(name.clone()).or_insert(index);
                assert_eq!(owner, index, "{start}{middle}{end} {name}");
            }
        }
    }
}

/// Every text with every text.
fn pairs<const N: usize>(texts: [&str; N]) -> impl Iterator<Item = (&str, &str)> {
    texts.into_iter().flat_map(move |one| texts.into_iter().map(move |other| (one, other)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_name_is_portable_and_pure(
        template in template(), (layout, priority) in layout(), charset in charset(),
        mailbox in text(), index in index(), headers in headers(),
    ) {
        let namer = Namer::new(template, charset).layout(layout).label_priority(priority);
        for folder in [Place::root(mailbox.as_str()), Place::below(&mailbox, &namer)] {
            let name = namer.name(&folder, index, &headers);
            check_name(&name);
            prop_assert!(charset == Charset::Unicode || name.as_str().is_ascii(), "{name}");
            prop_assert_eq!(&name, &namer.clone().name(&folder, index, &headers.clone()));
            let copies = namer.names(&folder, index.into(), &headers);
            copies.iter().for_each(check_name);
            prop_assert_eq!(copies.first(), Some(&name));
        }
    }

    #[test]
    fn no_two_messages_get_the_same_name(
        template in template(),
        (layout, priority) in layout(),
        charset in charset(),
        messages in proptest::collection::hash_map(index(), headers(), 2..8),
    ) {
        let namer = Namer::new(template, charset).layout(layout).label_priority(priority);
        let folder = Place::root("000001/000002");
        let mut taken = HashSet::new();
        for (index, headers) in &messages {
            let name = namer.name(&folder, *index, headers);
            for name in [&name, &name.alternative(2), &name.alternative(1_000_001)] {
                prop_assert!(taken.insert(name.as_str().to_uppercase().to_lowercase()), "{name}");
            }
        }
    }

    #[test]
    fn no_template_panics(text in "[{}/.a_é\\\\ ]{0,12}|\\PC*", (layout, priority) in layout(), index in index(), headers in headers()) {
        if let Ok(template) = text.parse::<Template>() {
            let namer = Namer::new(template, Charset::Unicode).layout(layout).label_priority(priority);
            check_name(&namer.name(&Place::default(), index, &headers));
        }
    }
}

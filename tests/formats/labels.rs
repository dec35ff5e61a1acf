//! The labels of real Takeout exports.

use std::fs;

use mbox2eml::message::{Field, HeaderReader, parse_labels};

use crate::corpus;

/// The labels of every message of a Takeout export.
fn labels_of(path: &str) -> Option<Vec<Vec<String>>> {
    let mailbox = fs::read(corpus::folder()?.join(path)).unwrap();
    let reader = HeaderReader::new(&[Field::Labels]);
    let messages = corpus::messages(&mailbox);
    Some(messages.iter().map(|message| reader.read(message).labels).collect())
}

#[test]
fn an_export_of_2019_with_labels_in_encoded_words() {
    let Some(labels) = labels_of(corpus::TAKEOUT[0]) else {
        return;
    };
    let inbox: &[&str] = &["Inbox", "Unread", "takeout"];
    let important: &[&str] = &["Inbox", "Important", "Unread", "takeout"];
    let archived: &[&str] = &["Archived", "Unread", "takeout"];
    let expected: [&[&str]; 12] = [
        important,
        // The comma stands in quotes, and the value is folded in the midst of this label.
        &["1.Organizační", "3. Culture, Hledání ztraceného času", "Important"],
        important,
        inbox,
        inbox,
        inbox,
        &["1.Organizační", "X/@s-itsolution.cz (2011-2015)/Procesy/Resource Man. (PLAKA,CLARA2)"],
        archived,
        archived,
        // The quote that begins the label has a backslash before it.
        &["Archived", "☯", "'single-quote", "takeout"],
        inbox,
        inbox,
    ];
    assert_eq!(labels, expected);
}

#[test]
fn an_export_of_2025() {
    let Some(labels) = labels_of(corpus::TAKEOUT[1]) else {
        return;
    };
    assert_eq!(labels, [vec!["Sent"], vec!["Inbox", "Opened"], vec!["Inbox", "Opened"]]);
}

#[test]
fn an_export_of_2016_with_lf() {
    let Some(labels) = labels_of(corpus::TAKEOUT[2]) else {
        return;
    };
    assert_eq!(labels, [["Unread", "Inbox"], ["Important", "Inbox"]]);
}

#[test]
fn labels_of_the_whole_corpus_are_clean_and_lose_nothing() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let reader = HeaderReader::new(&[Field::Labels]);
    let mut labelled = 0;
    corpus::for_each_file(&folder, &mut |path, bytes| {
        for message in corpus::messages(bytes) {
            let labels = reader.read(&message).labels;
            let has_field =
                message.header().split(|&byte| byte == b'\n').any(|line| line.starts_with(b"X-Gmail-Labels: "));
            assert_eq!(!labels.is_empty(), has_field, "{}", path.display());
            labelled += usize::from(has_field);
            for label in labels {
                assert_eq!(label, label.trim(), "{}", path.display());
                assert!(!label.contains(['"', '\r', '\n', '\u{fffd}']), "{label:?}");
                assert!(!label.contains("=?"), "{label:?}");
                assert_eq!(parse_labels(format!("\"{label}\"").as_bytes()), [label]);
            }
        }
    });
    assert!(labelled >= 12 + 3 + 2, "{labelled} messages with labels");
}

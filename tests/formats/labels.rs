//! The labels of real Takeout exports, and the folders they make.

use std::collections::HashMap;
use std::fs;

use mbox2eml::internals::parse_labels;
use mbox2eml::message::{Field, HeaderReader};
use mbox2eml::name::{Charset, LabelPriority, Layout, Namer, Place};

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
        // The comma is in quotes, and the value is folded in the middle of this label.
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

/// The folder that each message of a Takeout export goes to.
fn folders_of(path: &str, priority: &str) -> Option<Vec<String>> {
    let mailbox = fs::read(corpus::folder()?.join(path)).unwrap();
    let reader = HeaderReader::new(&[Field::Labels]);
    let namer = by_label(priority);
    let name = |headers| namer.name(&Place::root("Mail"), 1, &headers).folder().to_owned();
    Some(corpus::messages(&mailbox).iter().map(|message| name(reader.read(message))).collect())
}

fn by_label(priority: &str) -> Namer {
    Namer::new("{index}".parse().unwrap(), Charset::Unicode)
        .layout(Layout::Label)
        .label_priority(priority.parse().unwrap())
}

#[test]
fn folders_of_an_export_of_2019() {
    let Some(folders) = folders_of(corpus::TAKEOUT[0], "") else {
        return;
    };
    let nested = "X/@s-itsolution.cz (2011-2015)/Procesy/Resource Man. (PLAKA,CLARA2)";
    let expected = [
        "takeout",
        "1.Organizační",
        "takeout",
        "takeout",
        "takeout",
        "takeout",
        nested,
        "takeout",
        "takeout",
        "☯",
        "takeout",
        "takeout",
    ];
    assert_eq!(folders, expected);
    let inbox_first = folders_of(corpus::TAKEOUT[0], "inbox,1.organizační").unwrap();
    assert_eq!(inbox_first[..2], ["Inbox", "1.Organizační"]);
    assert_eq!(inbox_first[6..8], ["1.Organizační", "takeout"]);
}

#[test]
fn folders_of_exports_without_labels_of_a_user() {
    let Some(folders) = folders_of(corpus::TAKEOUT[1], "") else {
        return;
    };
    assert_eq!(folders, ["Sent", "Inbox", "Inbox"]);
    assert_eq!(folders_of(corpus::TAKEOUT[2], "").unwrap(), ["Inbox", "Inbox"]);
}

#[test]
fn labels_of_the_whole_corpus_make_folders_of_their_own() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let reader = HeaderReader::new(&[Field::Labels]);
    let namer = by_label("");
    let mut labels = HashMap::new();
    corpus::for_each_file(&folder, &mut |path, bytes| {
        for message in corpus::messages(bytes) {
            let headers = reader.read(&message);
            let name = namer.name(&Place::default(), 1, &headers);
            let primary = LabelPriority::default().primary(&headers.labels).cloned();
            let archived = (!headers.labels.is_empty()).then(|| "Archive".to_owned());
            let label = primary.or(archived).unwrap_or_default().to_lowercase();
            let first = labels.entry(name.folder().to_lowercase()).or_insert_with(|| label.clone());
            assert_eq!(*first, label, "{}", path.display());
        }
    });
    assert!(labels.len() > 5, "{labels:?}");
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
            // Google writes it above all other fields but its own; two files of the corpus have it further down.
            let top = message.header().split(|&byte| byte == b'\n').take_while(|line| line.starts_with(b"X-G"));
            let has_field = top.into_iter().any(|line| line.starts_with(b"X-Gmail-Labels: "));
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

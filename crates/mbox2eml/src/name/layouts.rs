//! Layouts, case by case, and what holds for the folders of all labels.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::component::caseless;
use super::label_folders::label_folders;
use super::{Charset, LabelPriority, Layout, Namer, Place, TemplateField};
use crate::message::{Headers, Received, ReceivedSource, SystemLabel};

fn labelled(labels: &[&str]) -> Headers {
    Headers { labels: labels.iter().copied().map(String::from).collect(), ..Headers::default() }
}

fn received(seconds: i64) -> Headers {
    Headers { received: Some(Received::new(seconds, ReceivedSource::FromLine)), ..Headers::default() }
}

fn by_label(template: &str) -> Namer {
    Namer::new(template.parse().unwrap(), Charset::Unicode).layout(Layout::Label)
}

fn by_date(template: &str) -> Namer {
    Namer::new(template.parse().unwrap(), Charset::Unicode).layout(Layout::Date)
}

/// The folder of a message with these labels.
fn folder_by(priority: &str, labels: &[&str]) -> String {
    let namer = by_label("{index}").label_priority(priority.parse().unwrap());
    namer.name(&Place::root("Mail"), 1, &labelled(labels)).folder().to_owned()
}

fn folder(labels: &[&str]) -> String {
    folder_by("", labels)
}

fn names(namer: &Namer, labels: &[&str]) -> Vec<String> {
    let names = namer.names(&Place::root(""), 1.into(), &labelled(labels));
    names.iter().map(|name| name.as_str().to_owned()).collect()
}

#[test]
fn each_rank_comes_before_those_below() {
    let ranks = [
        vec!["Trash", "Bin", "Papierkorb", "Corbeille", "ゴミ箱"],
        vec!["Spam", "迷惑メール"],
        vec!["Drafts", "Entwürfe", "下書き"],
        vec!["Chat"],
        vec!["Work/Clients/2024"],
        vec!["Inbox/Work", "Unread/x", "a/b"],
        vec!["Work", "takeout", "Входящие"],
        vec!["Sent", "Gesendet", "Envoyé", "送信済みメール"],
        vec!["Inbox", "Posteingang", "受信トレイ"],
        vec!["Unread", "Geöffnet", "Starred", "重要", "Archived", "Category Social", "Kategorie: x", "IMAP_x", "Muted"],
    ];
    for (rank, labels) in ranks.iter().enumerate() {
        for (label, lower) in
            labels.iter().flat_map(|label| ranks[rank + 1..].iter().flatten().map(move |l| (label, l)))
        {
            let expected = label.to_string();
            assert_eq!(folder(&[label, lower]), expected, "before {lower}");
            assert_eq!(folder(&[lower, label]), expected, "before {lower}");
            assert_eq!(folder(&["Unread", lower, "Important", label, "Opened"]), expected, "before {lower}");
        }
    }
}

#[test]
fn of_equals_the_first() {
    assert_eq!(folder(&["b", "a"]), "b");
    assert_eq!(folder(&["b/x", "a", "a/x"]), "b/x");
    assert_eq!(folder(&["Envoyé", "Sent"]), "Envoyé");
}

#[test]
fn without_a_label_that_makes_a_folder() {
    assert_eq!(folder(&[]), "");
    assert_eq!(folder(&["Archived", "Unread"]), "Archive");
    assert_eq!(folder(&["Kategorie: \"Persönlich\"", "IMAP_$Forwarded"]), "Archive");
    assert_eq!(by_label("{index}").name(&Place::root(""), 1, &labelled(&["Unread"])).as_str(), "Archive/000001.eml");
}

#[test]
fn states_make_no_folders_and_all_others_do() {
    use SystemLabel::{Chat, Drafts, Inbox, Sent, Spam, Trash};
    for system in SystemLabel::ALL {
        let makes_folder = matches!(system, Inbox | Sent | Drafts | Spam | Trash | Chat);
        let expected = if makes_folder { system.name() } else { "Archive" };
        let label = match system {
            SystemLabel::Category => "Category Forums",
            SystemLabel::Imap => "IMAP_x",
            other => other.name(),
        };
        assert_eq!(folder(&[label]), expected);
    }
}

#[test]
fn priorities() {
    for (priority, labels, expected) in [
        ("Inbox", vec!["Work/2024", "Inbox"], "Inbox"),
        ("inbox", vec!["Trash", "Posteingang"], "Posteingang"),
        ("Posteingang", vec!["Work", "Inbox"], "Inbox"),
        ("Work,Inbox", vec!["Inbox", "other/deep/label", "work"], "work"),
        ("Work,Inbox", vec!["Inbox", "other/deep/label"], "Inbox"),
        ("Work,Inbox", vec!["Inbox", "Work/2024", "Work"], "Work/2024"),
        ("Work,Inbox", vec!["Trash", "Workshop"], "Trash"),
        ("\"a, b\",c", vec!["c", "a, b"], "a, b"),
        ("Starred", vec!["Work", "Markiert"], "Markiert"),
        ("Starred", vec!["Work", "Wichtig"], "Work"),
        ("Category Social", vec!["Work", "Category Social"], "Category Social"),
        ("Category Social", vec!["Work", "Category Forums"], "Work"),
        (",, ", vec!["Inbox", "Work"], "Work"),
        ("ÉTÉ", vec!["Trash", "e\u{301}te\u{301}/2024"], "été/2024"),
    ] {
        assert_eq!(folder_by(priority, &labels), expected, "{priority} {labels:?}");
    }
    assert_eq!(LabelPriority::new(["Work", "a, b"]), "Work,\"a, b\"".parse().unwrap());
    assert_eq!(LabelPriority::new([""; 0]), LabelPriority::default());
}

#[test]
fn dates() {
    let folder = |headers| by_date("{index}").name(&Place::root(""), 1, &headers).folder().to_owned();
    assert_eq!(folder(received(1_711_972_800)), "2024/04");
    // A second before the year turns, in UTC.
    assert_eq!(folder(received(1_704_067_199)), "2023/12");
    assert_eq!(folder(received(-1)), "1969/12");
    assert_eq!(folder(received(i64::MAX)), "undated");
    assert_eq!(folder(Headers::default()), "undated");
}

#[test]
fn between_the_mailbox_and_the_template() {
    let mailbox = Place::below("Mail/All", &by_label("{index}"));
    let headers = Headers { labels: labelled(&["Inbox", "Work/2024"]).labels, ..received(1_711_972_800) };
    let name = |namer: Namer| namer.name(&mailbox, 7, &headers).as_str().to_owned();
    assert_eq!(name(by_label("{year}/{index}")), "Mail/All/Work/2024/2024/000007.eml");
    assert_eq!(name(by_date("{label}/{index}")), "Mail/All/2024/04/Inbox/000007.eml");
    assert_eq!(name(by_label("{index}_{label}")), "Mail/All/Work/2024/000007_Work-2024.eml");
    assert_eq!(by_label("{index}_{label}").name(&mailbox, 7, &labelled(&["Unread"])).file_name(), "000007_Unread.eml");
}

#[test]
fn fields() {
    let has = |namer: &Namer, field| namer.fields().any(|it| it == field);
    assert!(has(&by_label("{index}"), TemplateField::Label));
    assert!(!has(&by_date("{index}"), TemplateField::Label));
    assert!(has(&by_date("{index}"), TemplateField::Year));
    assert_eq!(by_date("{index}").layout(Layout::Flat), Namer::new("{index}".parse().unwrap(), Charset::Unicode));
}

#[test]
fn a_copy_for_each_label_that_makes_a_folder() {
    let namer = by_label("{index}");
    let labels = ["Unread", "Inbox", "Work", "Category Social", "Work/2024", "Trash", "Starred", "work"];
    let copies = ["Trash/000001.eml", "Work/2024/000001.eml", "Work/000001.eml", "Inbox/000001.eml"];
    assert_eq!(names(&namer, &labels), copies);
    assert_eq!(names(&namer, &["Unread", "Opened"]), ["Archive/000001.eml"]);
    assert_eq!(names(&namer, &[]), ["000001.eml"]);
    assert_eq!(names(&by_label("{index}_{label}"), &["Unread", "a", "b"]), ["a/000001_a.eml", "b/000001_b.eml"]);
    assert_eq!(names(&by_date("{index}"), &["a", "b"]), ["undated/000001.eml"]);
    assert_eq!(
        names(&by_date("{label}/{index}"), &["a", "Unread"]),
        ["undated/a/000001.eml", "undated/Unread/000001.eml"]
    );
}

#[test]
fn a_long_template_does_not_mix_labels() {
    let namer = by_label(&format!("{}/{{subject}}/{{index}}", "long ".repeat(100)));
    let mailbox = Place::below(&"mailbox/".repeat(20), &namer);
    let names = [1, 2].map(|n| namer.name(&mailbox, 1, &labelled(&[&format!("{}{n}", "Work/".repeat(2_000))])));
    assert_ne!(names[0], names[1]);
    let labels = names.each_ref().map(|name| name.as_str().strip_prefix(mailbox.as_str()).unwrap());
    assert!(labels.iter().all(|path| path.starts_with("/Work/Work")), "{labels:?}");
    assert!(labels.iter().all(|path| path.contains("/long")), "{labels:?}");
}

/// Labels of which many are written alike.
fn label() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[aAbäÄ:?.~ /_-]{1,5}",
        2 => "[aä]{1,3}[:?/]{0,2}(\u{308}|\u{202E}|\u{FE0F}|\u{A0}|NUL|con|\\.eml|\\.EML|~2|ß|ss|ﬁ|語|\u{E000}|😀){1,2}",
        1 => "(NUL|Con|aux.x|x.eml|..|COM¹)(/a)?",
        1 => any::<String>(),
        1 => ("[aä語]", 1_usize..200, "[ab:/]{0,3}").prop_map(|(text, times, end)| text.repeat(times) + &end),
        1 => ("[ab]{1,9}/", 1_usize..60, "[ab:/]{0,3}").prop_map(|(text, times, end)| text.repeat(times) + &end),
    ];
    part.prop_filter("a label is not empty", |label| !label.is_empty())
}

/// What two labels have in common that may share a folder.
fn key(label: &str) -> String {
    let visible: String = label.chars().filter(|c| !matches!(c, '\u{200D}' | '\u{FE0F}')).nfc().collect();
    caseless(&visible)
}

fn without_accents(label: &str) -> String {
    label.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn labels_that_differ_have_folders_that_differ(
        one in label(), other in label(), ascii in any::<bool>(), room in 20_usize..=119,
    ) {
        let charset = if ascii { Charset::Ascii } else { Charset::Unicode };
        let [one_path, other_path] = [&one, &other].map(|label| label_folders(label, charset.into(), room).0);
        prop_assert!(one_path.len() <= room, "{one_path}");
        prop_assert!(one_path.split('/').all(|name| !name.is_empty() && !name.starts_with('~')), "{one_path}");
        let plain = |label: &str| if ascii { caseless(&without_accents(&key(label))) } else { key(label) };
        if plain(&one) != plain(&other) {
            prop_assert_ne!(caseless(&one_path), caseless(&other_path), "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn labels_that_differ_in_case_only_share_a_folder(label in "[a-zäж:/.? ]{1,60}|nul|x.eml", room in 20_usize..=119) {
        let path = |label: &str| caseless(&label_folders(label, Charset::Unicode.into(), room).0);
        prop_assert_eq!(path(&label), path(&label.to_uppercase()));
    }

    #[test]
    fn messages_of_labels_that_differ_do_not_mix(one in label(), other in label()) {
        let [one_folder, other_folder] = [&one, &other].map(|label| folder(&[label, "Unread"]));
        prop_assert!(!one_folder.is_empty());
        // All that make no folder share this one, and so does a user's label of this name.
        if key(&one) != key(&other) && one_folder != "Archive" {
            prop_assert_ne!(caseless(&one_folder), caseless(&other_folder), "{:?} {:?}", one, other);
        }
    }
}

/// As many names as labels would take hours, each with a text that is all read and leaves nothing.
#[test]
fn labels_that_make_one_name_are_not_all_tried() {
    let namer = by_label("{subject}_{index}");
    let labels = vec!["Work"; 200_000];
    let headers = Headers { subject: Some("\u{202E}".repeat(2_000_000)), ..labelled(&labels) };
    assert_eq!(namer.names(&Place::root(""), 1.into(), &headers).len(), 1);
}

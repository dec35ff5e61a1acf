//! The folders of a Gmail label: each label its own.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::{Charset, Letters, Style, cut, push_text};
use super::component::{FOLDER_MARKS, caseless, push_folder};
use crate::fnv::fnv1a;

/// How long a [`mark`] is, in bytes.
pub(super) const MARK: usize = 7;

/// The longest text of one folder, in bytes: what every file system takes, with room for what may be added to it.
const TEXT: usize = 200;

/// What a folder is called if nothing of its label is portable.
const NAMELESS: &str = "label";

/// The nested folders of `label`, with `/` between them: at most `room` bytes, which should be 20 or more; and whether
/// they had to be cut for that.
///
/// Two labels get different folders, even compared without case, unless they differ in nothing but
/// case, normal form or the invisible characters within emoji: a name that cannot stay as it is
/// (`a: b`, `work.`, `NUL`, one that is too long) gets a [`mark`], and so does a path of which the
/// end is cut off.
pub(super) fn label_folders(label: &str, letters: Letters, room: usize) -> (String, bool) {
    let mut path = String::new();
    for name in label.split('/') {
        push_name(&mut path, name, letters);
        if path.len() > room {
            return (shortened(&path, label, room), true);
        }
    }
    (path, false)
}

/// Appends one folder, marked if its name is not `name` itself.
fn push_name(path: &mut String, name: &str, letters: Letters) {
    let before = path.len();
    let mut text = String::new();
    push_text(&mut text, name, Style::Folder, letters, TEXT);
    push_folder(path, &text);
    let written = path.get(before..).unwrap_or_default().trim_start_matches('/');
    if !written.is_empty() && is_same(written, name, letters) {
        return;
    }
    path.truncate(before);
    let text = if text.is_empty() { NAMELESS } else { &text };
    push_folder(path, &format!("{text}{}", mark(name)));
}

/// The start of `path`, marked as that of `label`.
fn shortened(path: &str, label: &str, room: usize) -> String {
    let kept = cut(path, room.saturating_sub(MARK + FOLDER_MARKS), char::len_utf8).trim_end_matches('/');
    let (outer, last) = kept.rsplit_once('/').unwrap_or(("", kept));
    let last = cut(last, TEXT, char::len_utf8).trim_end();
    let mut path = outer.to_owned();
    push_folder(&mut path, &format!("{last}{}", mark(label)));
    path
}

/// Whether a name was `written` as it is. What joins and colours emoji may be missing, and so may accents where only
/// ASCII is written: a mark behind every German or French folder would be worse than the folder that `Müller` and
/// `Muller` share.
fn is_same(written: &str, name: &str, letters: Letters) -> bool {
    let visible = |c: &char| !matches!(c, '\u{200D}' | '\u{FE0F}');
    let plain = |c: char| match letters.language.and_then(|language| language.in_ascii(c)) {
        Some(letters) => letters.to_owned(),
        None => c.nfd().filter(|c| !is_combining_mark(*c)).collect(),
    };
    written == name
        || (!name.is_ascii() && name.chars().filter(visible).nfc().eq(written.chars()))
        || (letters.charset == Charset::Ascii && name.nfc().map(plain).collect::<String>() == written)
}

/// The mark of names that are written alike: `~` and 24 bits of a checksum. No
/// portable text has a `~`. It is the same in every run, and for the same name in another case.
pub(super) fn mark(name: &str) -> String {
    let hash = fnv1a(caseless(name).bytes());
    format!("~{:06x}", (hash ^ (hash >> 24)) & 0xFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Language;

    fn folders(label: &str) -> String {
        label_folders(label, Charset::Unicode.into(), 120).0
    }

    #[test]
    fn a_portable_label_stays_as_it_is() {
        for label in [
            "Work",
            "Work/Clients/2024",
            "1.Organizační",
            "3. Culture, Hledání ztraceného času",
            "X/@s-itsolution.cz (2011-2015)/Procesy/Resource Man. (PLAKA,CLARA2)",
            "☯",
            "'single-quote",
            "[Imap]/Sent",
            "_todo_",
            "受信トレイ",
            "Entwürfe",
        ] {
            assert_eq!(folders(label), label);
        }
        assert_eq!(folders("Entwu\u{308}rfe"), "Entwürfe");
        assert_eq!(folders("❤\u{FE0F} 👩\u{200D}👧"), "❤ 👩👧");
    }

    #[test]
    fn what_cannot_stay_is_marked() {
        for (label, expected) in [
            ("a:b", "a-b~"),
            ("a?b", "a-b~"),
            ("work.", "work~"),
            (".work", "work~"),
            ("-work-", "work~"),
            ("a  b", "a b~"),
            ("a\u{A0}b", "a b~"),
            (r"C:\temp", "C-temp~"),
            ("x~2", "x-2~"),
            ("NUL", "NUL~"),
            ("con.txt", "_con.txt~"),
            ("x.eml", "x.eml~"),
            ("..", "label~"),
            ("?", "label~"),
            ("\u{202E}", "label~"),
            ("a\u{202E}b", "ab~"),
            ("\u{301}x", "x~"),
        ] {
            let folder = folders(label);
            assert_eq!(folder.get(..folder.len() - 6), Some(expected), "{label:?}: {folder}");
        }
        assert_eq!(folders("a:b"), "a-b~310864");
        assert_eq!(folders("A:B"), "A-B~310864");
        assert_eq!(folders("a:b/c"), "a-b~310864/c");
        assert_eq!(folders("a//b"), folders("a/") + "/b");
    }

    #[test]
    fn labels_that_are_written_alike_stay_apart() {
        let alike = ["a-b", "a:b", "a?b", "a-b.", "-a-b", "a\\b", "a|b", "a -b", "a::b", "a-b~", "a\u{202E}-b"];
        let folders: std::collections::HashSet<String> = alike.map(folders).into();
        assert_eq!(folders.len(), alike.len(), "{folders:?}");
    }

    #[test]
    fn ascii() {
        let ascii = |label| label_folders(label, Charset::Ascii.into(), 120).0;
        assert_eq!(ascii("Work/a b"), "Work/a b");
        assert_eq!((ascii("Entwürfe"), ascii("Envoyés/Été")), ("Entwurfe".into(), "Envoyes/Ete".into()));
        let (scene, bei_jing, other) = (ascii("北京"), ascii("Bei Jing"), ascii("背景"));
        assert!(scene.starts_with("Bei Jing~") && bei_jing == "Bei Jing", "{scene}");
        assert_ne!(scene, other);
    }

    #[test]
    fn ascii_in_german() {
        let german = Letters { charset: Charset::Ascii, language: Some(Language::German) };
        assert_eq!(label_folders("Entwürfe/Straße", german, 120).0, "Entwuerfe/Strasse");
        assert_eq!(label_folders("Été", german, 120).0, "Ete");
    }

    #[test]
    fn long_labels_are_cut_and_marked() {
        let long = "Ж".repeat(300);
        let (one, other) = (folders(&format!("{long}1")), folders(&format!("{long}2")));
        assert!(one.starts_with("ЖЖЖ") && one.len() <= 120 && one != other, "{one} {other}");
        let room = 30;
        let cut = |label: &str| label_folders(label, Charset::Unicode.into(), room).0;
        assert_eq!(cut("Work/Clients/Ann Other/2024"), "Work/Clients/Ann Other/2024");
        let deeper = cut("Work/Clients/Ann Other/2024/Contracts");
        assert!(deeper.starts_with("Work/Clients/Ann Othe~") && deeper.len() <= room, "{deeper}");
        assert_ne!(deeper, cut("Work/Clients/Ann Other/2024/Letters"));
        let at_a_slash = cut("Work/Clients/Ann Oth/Contracts of 2024");
        assert!(at_a_slash.starts_with("Work/Clients/Ann Oth~"), "{at_a_slash}");
        let at_the_only_slash = cut("Work of twenty chars/Contracts of 2024");
        assert!(at_the_only_slash.starts_with("Work of twenty chars~"), "{at_the_only_slash}");
        let behind_a_slash = cut("Work/Clients of Ann/Contracts of 2024");
        assert!(behind_a_slash.starts_with("Work/Clients of Ann/C~"), "{behind_a_slash}");
    }

    #[test]
    fn ten_thousand_levels() {
        for level in ["a/", "NUL/", "/", "con.x/", "x.eml/", "語?/"] {
            for room in [20, 40, 60, 120] {
                let path = label_folders(&level.repeat(10_000), Charset::Unicode.into(), room).0;
                assert!(path.len() <= room && path.len() > room / 3, "{path}");
                assert!(path.split('/').all(|name| !name.is_empty()), "{path}");
            }
        }
    }
}

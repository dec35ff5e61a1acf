//! Folders that are numbered in the order in which they are claimed.

use std::collections::HashMap;

use super::Place;
use super::characters::{Charset, Style, cut, push_text};
use super::component::{COMPONENT, FOLDER_MARKS, caseless, fair_share, push_folder, utf16_len};

/// The longest path of a mailbox's folder, in UTF-16 units, before it is numbered.
const LONGEST: usize = 74;

/// How many levels of a mailbox's path are kept: the innermost ones.
const DEEPEST: usize = 8;

/// What numbering may add: `~99999`.
const NUMBER: usize = 6;

/// What a mailbox is called whose path has nothing portable in it.
const NAMELESS: &str = "mailbox";

/// Gives every mailbox a [`Place`] of its own.
///
/// Two that would get the same, compared without case, are kept apart with `~2`, `~3` …, in the
/// order in which they claim it. A folder may be inside another: `Inbox` and `Inbox/Work` are
/// two mailboxes. An outer folder is spelled as it was the first time. Folders that are long or
/// deep are shortened: at most 80 characters and 8 levels, of which the innermost are kept.
///
/// # Examples
///
/// ```
/// use mbox2eml::name::{Charset, Folders};
///
/// let mut folders = Folders::new(Charset::Unicode);
/// assert_eq!(folders.claim("Takeout/Mail/Sent").as_str(), "Takeout/Mail/Sent");
/// assert_eq!(folders.claim("Takeout/mail/sent").as_str(), "Takeout/Mail/Sent~2");
/// assert_eq!(folders.claim("../../etc/passwd").as_str(), "etc/passwd");
/// ```
#[derive(Debug, Default)]
pub struct Folders {
    charset: Charset,
    /// Every folder met so far, outer ones too, by its caseless path.
    known: HashMap<String, Known>,
}

#[derive(Debug)]
struct Known {
    spelling: String,
    claims: u32,
}

impl Folders {
    /// Starts with no folder taken, and names made of `charset`.
    pub fn new(charset: Charset) -> Self {
        Self { charset, known: HashMap::new() }
    }

    /// The folder for the mailbox that has this path below the input, with `/` between its
    /// components and without what marks it as a mailbox (`.mbox`, `.sbd`).
    ///
    /// Every call counts as a mailbox of its own, and its answer depends on the calls before.
    pub fn claim(&mut self, path_below_input: &str) -> Place {
        let mut path = String::new();
        for name in self.portable_names(path_below_input) {
            push_folder(&mut path, &name);
            path = self.spell(path);
        }
        let known = self.known(&path);
        known.claims += 1;
        // A number never makes the name of another mailbox's folder: no portable text has a `~`.
        if known.claims > 1 {
            path.push_str(&format!("~{}", known.claims));
        }
        Place::at(path, path_below_input)
    }

    /// `path` as it was spelled the first time, unless that is longer (`ss` for `ß`).
    fn spell(&mut self, path: String) -> String {
        let first = &self.known(&path).spelling;
        if utf16_len(first) <= utf16_len(&path) { first.clone() } else { path }
    }

    fn known(&mut self, path: &str) -> &mut Known {
        self.known.entry(caseless(path)).or_insert_with(|| Known { spelling: path.to_owned(), claims: 0 })
    }

    /// The names of the folders from the outermost on, short enough together.
    fn portable_names(&self, path: &str) -> Vec<String> {
        let mut names: Vec<String> = path
            .split('/')
            .filter_map(|part| {
                let mut name = String::new();
                push_text(&mut name, part, Style::Folder, self.charset, COMPONENT - FOLDER_MARKS - NUMBER);
                (!name.is_empty()).then_some(name)
            })
            .collect();
        names.drain(..names.len().saturating_sub(DEEPEST));
        if names.is_empty() {
            names.push(NAMELESS.to_owned());
        }
        shorten(&mut names);
        names
    }
}

/// Cuts the longest names until their path is at most [`LONGEST`] characters.
fn shorten(names: &mut [String]) {
    let room = LONGEST - names.len() * (FOLDER_MARKS + 1);
    let lengths: Vec<usize> = names.iter().map(|name| utf16_len(name)).collect();
    let share = fair_share(&lengths, room);
    for name in names {
        let kept = cut(name, share, char::len_utf16).len();
        name.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(charset: Charset, paths: &[&str]) -> Vec<String> {
        let mut folders = Folders::new(charset);
        paths.iter().map(|path| folders.claim(path).as_str().to_owned()).collect()
    }

    fn claim(path: &str) -> String {
        Folders::new(Charset::Unicode).claim(path).as_str().to_owned()
    }

    #[test]
    fn a_portable_path_stays_as_it_is() {
        for path in ["Inbox", "Takeout/Mail/All mail Including Spam and Trash", "Почта/Входящие", "[Gmail]", "__x__"]
        {
            assert_eq!(claim(path), path);
        }
    }

    #[test]
    fn hostile_paths() {
        for (path, folder) in [
            ("", "mailbox"),
            (".", "mailbox"),
            ("..", "mailbox"),
            ("///", "mailbox"),
            ("~", "mailbox"),
            ("\0\u{202E}", "mailbox"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("a/./b//c/", "a/b/c"),
            (r"C:\x", "C-x"),
            (r"\\host\share", "host-share"),
            ("a. /b .", "a/b"),
            (".hidden", "hidden"),
            ("-rf", "rf"),
            ("Sent~2", "Sent-2"),
            ("a\tb\r\nc", "a b c"),
            ("Category: \"Personal\"", "Category-Personal"),
            ("NUL/con.txt/Com¹/lpt0/CONIN$/COM10", "_NUL/_con.txt/_Com¹/_lpt0/_CONIN$/COM10"),
            ("000001_x.eml/sub.EML", "000001_x.eml_/sub.EML_"),
            ("A\u{30A}ngstro\u{308}m", "Ångström"),
            ("\u{301}x", "x"),
            ("a/b/c/d/e/f/g/h/i/j", "c/d/e/f/g/h/i/j"),
        ] {
            assert_eq!(claim(path), folder, "{path:?}");
        }
    }

    #[test]
    fn folders_that_fall_together_are_kept_apart() {
        let paths = ["Inbox", "INBOX", "inbox", "In?box", "In*box", "Inbox~2", "Inbox-2"];
        let folders = ["Inbox", "Inbox~2", "Inbox~3", "In-box", "In-box~2", "Inbox-2", "Inbox-2~2"];
        assert_eq!(claims(Charset::Unicode, &paths), folders);
        assert_eq!(claims(Charset::Unicode, &["Ä", "a\u{308}", "ä"]), ["Ä", "Ä~2", "Ä~3"]);
        assert_eq!(claims(Charset::Unicode, &["Straße", "STRASSE"]), ["Straße", "Straße~2"]);
        assert_eq!(claims(Charset::Unicode, &["", "/"]), ["mailbox", "mailbox~2"]);
    }

    #[test]
    fn a_mailbox_may_have_children() {
        let paths = ["Inbox", "Inbox/Work", "inbox/work/Old", "Mail/a", "mail", "MAIL/b"];
        let folders = ["Inbox", "Inbox/Work", "Inbox/Work/Old", "Mail/a", "Mail", "Mail/b"];
        assert_eq!(claims(Charset::Unicode, &paths), folders);
    }

    #[test]
    fn ascii() {
        assert_eq!(claims(Charset::Ascii, &["Entwürfe", "Entwurfe", "北京"]), ["Entwurfe", "Entwurfe~2", "Bei Jing"]);
    }

    #[test]
    fn long_paths_are_shortened_and_stay_apart() {
        let long = "Ж".repeat(300);
        let paths = [format!("{long}1/In"), format!("{long}2/In"), format!("{long}1/In"), format!("{long}/{long}/x")];
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let folders = claims(Charset::Unicode, &paths);
        // The inner folder keeps its name, as the longest gives way.
        assert!(folders[0].ends_with("Ж/In"), "{folders:?}");
        assert_eq!(folders[1], format!("{}~2", folders[0]));
        assert_eq!(folders[2], format!("{}~3", folders[0]));
        assert!(folders[3].ends_with("Ж/x"), "{folders:?}");
        for folder in &folders {
            assert!(utf16_len(folder) <= 80 && folder.split('/').all(|name| name.len() <= 100), "{folder}");
        }
    }

    #[test]
    fn ten_thousand_levels() {
        let folder = claim(&"CON.eml/".repeat(10_000));
        assert_eq!(folder, ["_CON.eml_"; 8].join("/").replace("CON.eml_", "CON.em"));
    }
}

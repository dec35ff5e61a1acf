//! The Maildir++ folder for a folder: one component, with dots between its levels.

use crate::message::SystemLabel;
use crate::name::characters::cut;
use crate::name::label_folders::{MARK, mark};
use crate::name::modified_utf7::encode_modified_utf7;

/// The longest name of a folder, in bytes: what file systems take.
const LONGEST: usize = 255;

/// The folder that every account has, and that is the account's Maildir itself.
const INBOX: &str = "INBOX";

/// What is called an inbox and is in another folder.
const NESTED_INBOX: &str = "Inbox";

/// What a folder is called in a Maildir.
///
/// ```
/// use mbox2eml::internals::maildir_folder;
///
/// assert_eq!(maildir_folder("Büro/2024").name, ".B&APw-ro.2024");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaildirFolder {
    /// Its name below the account's Maildir, such as `.Work.Clients`; empty for the inbox.
    pub name: String,
    /// What mail programs show, with `/` between its levels.
    pub shown: String,
    /// Whether it had to be cut.
    pub is_cut: bool,
    /// Whether it is for mail that was deleted.
    pub is_trash: bool,
}

/// The folder at this path below the account's, whose components are portable.
///
/// The account's inbox, and its folders for sent, deleted and unwanted mail and for drafts, get the names that servers
/// use (RFC 6154), whatever their language. All other folders stay apart: a level with a dot, which would be two, has a
/// mark of its own text, and so has a name that had to be cut.
///
/// ```
/// use mbox2eml::internals::maildir_folder;
///
/// let folder = maildir_folder("Gesendet");
/// assert_eq!((folder.name.as_str(), folder.shown.as_str()), (".Sent", "Sent"));
/// ```
pub fn maildir_folder(path: &str) -> MaildirFolder {
    let system = if path.is_empty() { Some(SystemLabel::Inbox) } else { SystemLabel::of(path) };
    let is_trash = system == Some(SystemLabel::Trash);
    if system == Some(SystemLabel::Inbox) {
        return MaildirFolder { name: String::new(), shown: INBOX.to_owned(), is_cut: false, is_trash };
    }
    let shown = match system.and_then(SystemLabel::special_use) {
        Some(name) => name.to_owned(),
        None => path.split('/').enumerate().map(|(depth, name)| level(name, depth)).collect::<Vec<_>>().join("/"),
    };
    let name = encoded(&shown);
    if name.len() <= LONGEST {
        return MaildirFolder { name, shown, is_cut: false, is_trash };
    }
    let mut kept = cut(&shown, LONGEST - 1 - MARK, char::len_utf8);
    loop {
        let shown = format!("{}{}", kept.trim_end_matches(['/', ' ']), mark(path));
        let name = encoded(&shown);
        if name.len() <= LONGEST {
            return MaildirFolder { name, shown, is_cut: true, is_trash };
        }
        kept = cut(kept, kept.len().saturating_sub(1), char::len_utf8);
    }
}

/// A level of a folder. Servers know the inbox in any case, and look for the folders in it in this one only. To them an
/// inbox further down, such as one of several accounts, is a folder like any other: it has one spelling, so that the
/// folders in it are where it is.
fn level(name: &str, depth: usize) -> String {
    if name.eq_ignore_ascii_case(INBOX) {
        if depth == 0 { INBOX.to_owned() } else { NESTED_INBOX.to_owned() }
    } else if name.contains('.') {
        format!("{}{}", name.replace('.', "-"), mark(name))
    } else {
        name.to_owned()
    }
}

/// As it is on disk.
fn encoded(shown: &str) -> String {
    format!(".{}", encode_modified_utf7(&shown.replace('/', ".")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::name::Charset;
    use crate::name::component::caseless;
    use crate::name::label_folders::label_folders;
    use crate::name::modified_utf7::decode_modified_utf7;

    fn name(path: &str) -> String {
        maildir_folder(path).name
    }

    #[test]
    fn folders_of_every_account() {
        for (path, expected) in [
            ("", ""),
            ("Inbox", ""),
            ("INBOX", ""),
            ("Posteingang", ""),
            ("受信トレイ", ""),
            ("Gesendet", ".Sent"),
            ("Sent", ".Sent"),
            ("Entwürfe", ".Drafts"),
            ("Spam", ".Junk"),
            ("迷惑メール", ".Junk"),
            ("Papierkorb", ".Trash"),
            ("Archive", ".Archive"),
        ] {
            assert_eq!(name(path), expected, "{path}");
            assert_eq!(maildir_folder(path).is_trash, expected == ".Trash");
        }
    }

    #[test]
    fn all_other_folders() {
        for (path, expected) in [
            ("Work", ".Work"),
            ("Work/Clients", ".Work.Clients"),
            ("Work.Clients", ".Work-Clients~8d3e53"),
            ("2024/04", ".2024.04"),
            ("Büro & Co", ".B&APw-ro &- Co"),
            ("cur", ".cur"),
            ("new", ".new"),
            ("tmp", ".tmp"),
            ("Work/cur", ".Work.cur"),
            // Dovecot finds `.INBOX.Work` only, whatever the case of the label.
            ("Inbox/Work", ".INBOX.Work"),
            ("INBOX/Work", ".INBOX.Work"),
            ("Inbox/Inbox", ".INBOX.Inbox"),
            ("Inbox/INBOX", ".INBOX.Inbox"),
            ("Work/Inbox", ".Work.Inbox"),
            ("ann/INBOX", ".ann.Inbox"),
            ("ann/Inbox/Work", ".ann.Inbox.Work"),
            ("Posteingang/Arbeit", ".Posteingang.Arbeit"),
            ("Chat", ".Chat"),
            ("Junk", ".Junk"),
        ] {
            assert_eq!(name(path), expected, "{path}");
        }
        assert_eq!(maildir_folder("Work/a.b").shown, "Work/a-b~ff4b28");
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        for text in ["ä&", "&", "語a", "😀"] {
            let path = text.repeat(200 / text.len());
            let (one, other) = (maildir_folder(&format!("{path}1")), maildir_folder(&format!("{path}2")));
            assert!(one.name.len() <= LONGEST && other.name.len() <= LONGEST, "{}", one.name);
            assert_ne!(one.name, other.name);
        }
        assert!(maildir_folder(&"&/".repeat(100)).is_cut);
        assert!(!maildir_folder(&"a".repeat(254)).is_cut);
    }

    proptest! {
        #[test]
        fn each_label_has_a_folder_of_its_own(
            one in "([aA.:ä&語~/ -]{1,6}|INBOX|inbox|cur|\\.\\.|[ä&]{90,130})(/[aI.:]{1,2}){0,2}",
            other in "([aA.:ä&語~/ -]{1,6}|INBOX|inbox|cur|\\.\\.|[ä&]{90,130})(/[aI.:]{1,2}){0,2}",
        ) {
            let [one, other] = [one, other].map(|label| label_folders(&label, Charset::Unicode.into(), 179).0);
            let [one_folder, other_folder] = [&one, &other].map(|path| maildir_folder(path));
            for folder in [&one_folder, &other_folder] {
                prop_assert!(folder.name.len() <= LONGEST && folder.name.is_ascii(), "{}", folder.name);
                let decoded = decode_modified_utf7(folder.name.trim_start_matches('.')).replace('.', "/");
                prop_assert!(folder.name.is_empty() || decoded == folder.shown, "{decoded} {}", folder.shown);
            }
            if caseless(&one) != caseless(&other) {
                prop_assert_ne!(caseless(&one_folder.name), caseless(&other_folder.name), "{} {}", one, other);
            }
        }
    }
}

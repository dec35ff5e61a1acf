//! What the mailbox of a folder is called.

use super::EntryName;
use super::component::PATH;
use super::place::name_for_all;
use crate::keyword::keywords;

/// How mailboxes for folders within folders are arranged.
///
/// ```
/// use mbox2eml::name::MailboxTree;
///
/// let path = |tree: MailboxTree| tree.mailbox("Work/Clients").as_str().to_owned();
/// assert_eq!(path(MailboxTree::Folders), "Work/Clients.mbox");
/// assert_eq!(path(MailboxTree::Thunderbird), "Work.sbd/Clients");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MailboxTree {
    /// `Work/Clients.mbox`: a mailbox beside the folder of those within it. The default.
    #[default]
    Folders,
    /// `Work.sbd/Clients`, as in a profile of Thunderbird's. Every folder has a mailbox, be it empty: Thunderbird shows
    /// no others.
    Thunderbird,
}

keywords!(MailboxTree, "mailbox tree", Folders = "folders", Thunderbird = "thunderbird");

/// Files of Thunderbird's have these extensions. It shows none of them as mailboxes.
const OF_THUNDERBIRD: [&str; 12] =
    ["sbd", "msf", "dat", "toc", "js", "html", "rdf", "json", "mozeml", "wdseml", "mozmsgs", "partial"];

/// And these names.
const TEMPORARY: [&str; 2] = ["nstmp", "searchtmp"];

impl MailboxTree {
    /// The path of the mailbox for the folder that has this path, which a [`Namer`](super::Namer) made. No two folders
    /// have the same one, and none is that of a folder on the way to another.
    pub fn mailbox(self, folder: &str) -> EntryName {
        let path = self.path(folder);
        // Every level may add to its length.
        let path = if path.len() > PATH { self.path(&name_for_all(folder)) } else { path };
        EntryName::of_mailbox(path)
    }

    /// The paths of the mailboxes that have to exist so that this one is shown, from the innermost outwards.
    pub(crate) fn around<'a>(self, mailbox: &'a str) -> impl Iterator<Item = &'a str> {
        let is_needed = self == Self::Thunderbird;
        let outwards = |path: &&'a str| path.rsplit_once('/')?.0.strip_suffix(".sbd");
        std::iter::successors(Some(mailbox).filter(|_| is_needed), outwards).skip(1)
    }

    fn path(self, folder: &str) -> String {
        let mut path = String::with_capacity(folder.len() + 8);
        let mut names = folder.split('/').peekable();
        while let Some(name) = names.next() {
            self.push_name(&mut path, name);
            path.push_str(match (self, names.peek().is_some()) {
                (Self::Folders, true) => "/",
                (Self::Folders, false) => ".mbox",
                (Self::Thunderbird, true) => ".sbd/",
                (Self::Thunderbird, false) => "",
            });
        }
        path
    }

    /// Appends the name of a folder, changed if it would be that of something else. No portable name begins with a `~`,
    /// or ends with `~1`.
    fn push_name(self, path: &mut String, name: &str) {
        let has_extension = |of: &[&str]| {
            let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            of.iter().any(|other| extension.eq_ignore_ascii_case(other))
        };
        let is_other = match self {
            Self::Folders => has_extension(&["mbox"]),
            Self::Thunderbird => {
                has_extension(&OF_THUNDERBIRD) || TEMPORARY.iter().any(|other| name.eq_ignore_ascii_case(other))
            }
        };
        if self == Self::Thunderbird && name.starts_with(['.', '#']) {
            path.push('~');
        }
        path.push_str(name);
        if is_other {
            path.push_str("~1");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_of_folders() {
        for (folder, folders, thunderbird) in [
            ("Inbox", "Inbox.mbox", "Inbox"),
            ("Work/Clients/2024", "Work/Clients/2024.mbox", "Work.sbd/Clients.sbd/2024"),
            ("Work.mbox/x", "Work.mbox~1/x.mbox", "Work.mbox.sbd/x"),
            ("Work.MBOX", "Work.MBOX~1.mbox", "Work.MBOX"),
            ("Inbox.sbd/x.msf", "Inbox.sbd/x.msf.mbox", "Inbox.sbd~1.sbd/x.msf~1"),
            ("#todo/nstmp", "#todo/nstmp.mbox", "~#todo.sbd/nstmp~1"),
        ] {
            assert_eq!(MailboxTree::Folders.mailbox(folder).as_str(), folders);
            assert_eq!(MailboxTree::Thunderbird.mailbox(folder).as_str(), thunderbird);
        }
    }

    #[test]
    fn all_levels_around_are_shown() {
        let around = |tree: MailboxTree, path| tree.around(path).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(around(MailboxTree::Thunderbird, "a.sbd/b.sbd/c"), ["a.sbd/b", "a"]);
        assert!(around(MailboxTree::Thunderbird, "a").is_empty());
        assert!(around(MailboxTree::Folders, "a/b.mbox").is_empty());
    }

    #[test]
    fn deep_folders_have_short_paths_of_their_own() {
        let [one, other] = ["a", "b"].map(|last| format!("{}{last}", "x/".repeat(89)));
        for tree in [MailboxTree::Folders, MailboxTree::Thunderbird] {
            let [one, other] = [&one, &other].map(|folder| tree.mailbox(folder));
            assert!(one.as_str().len() <= PATH && one != other, "{one}");
        }
    }
}

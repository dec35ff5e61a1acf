//! Which mailbox the messages of a folder go into.

use std::collections::{HashMap, HashSet};

use crate::name::{EntryName, MailboxTree, Place, caseless};

/// The mailboxes by their folders. They have numbers, from 0 in the order in which they are first needed.
#[derive(Debug)]
pub(super) struct Names {
    tree: MailboxTree,
    /// The numbers of the mailboxes, by their folders.
    by_folder: HashMap<String, usize>,
    /// The same, without regard to case.
    by_key: HashMap<Key, usize>,
    /// The paths of the mailboxes without case, as a file system may compare them.
    paths: HashSet<String>,
    /// What the mailbox for messages without a folder is called.
    current: String,
}

/// What a mailbox is for, without case.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Folder(String),
    /// The messages of a mailbox that have no folder.
    Mailbox(String),
}

/// The mailbox for a folder.
pub(super) enum Named {
    /// The one with this number.
    Known(usize),
    /// The next one: its path, and the folder that it is for.
    New(EntryName, String),
}

impl Names {
    pub(super) fn new(tree: MailboxTree) -> Self {
        let (by_folder, by_key, paths, current) = Default::default();
        Self { tree, by_folder, by_key, paths, current }
    }

    /// A mailbox begins that has this place.
    pub(super) fn begin(&mut self, place: &Place) {
        place.file_name().clone_into(&mut self.current);
        self.by_folder.remove("");
    }

    /// The mailbox for a folder. No two folders share one, unless they differ in case only.
    pub(super) fn find(&mut self, folder: &str) -> Named {
        if let Some(number) = self.by_folder.get(folder) {
            return Named::Known(*number);
        }
        let (own, key) = match folder {
            "" => (&*self.current, Key::Mailbox(caseless(&self.current))),
            folder => (folder, Key::Folder(caseless(folder))),
        };
        let next = self.by_key.len();
        let number = *self.by_key.entry(key).or_insert(next);
        let named = if number == next {
            let mut free = std::iter::once(own.to_owned()).chain((2..).map(|n: u64| format!("{own}~{n}")));
            let is_free = |folder: &String| self.paths.insert(caseless(self.tree.mailbox(folder).as_str()));
            let own = free.find(is_free).unwrap_or_default();
            Named::New(self.tree.mailbox(&own), own)
        } else {
            Named::Known(number)
        };
        self.by_folder.insert(folder.to_owned(), number);
        named
    }

    /// The paths of the mailboxes that have to exist besides this one, and are not for a folder.
    pub(super) fn around<'a>(&'a self, mailbox: &'a EntryName) -> impl Iterator<Item = &'a str> {
        self.tree.around(mailbox.as_str()).filter(|path| !self.paths.contains(&caseless(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &mut Names, folder: &str) -> String {
        match names.find(folder) {
            Named::Known(number) => number.to_string(),
            Named::New(name, folder) => format!("{name} for {folder}"),
        }
    }

    #[test]
    fn folders_share_a_mailbox_only_if_they_differ_in_case() {
        let mut names = Names::new(MailboxTree::Folders);
        names.begin(&Place::root("Work"));
        assert_eq!(found(&mut names, "Work"), "Work.mbox for Work");
        assert_eq!(found(&mut names, "WORK"), "0");
        // That of the mailbox itself is another one.
        assert_eq!(found(&mut names, ""), "Work~2.mbox for Work~2");
        assert_eq!(found(&mut names, ""), "1");
        names.begin(&Place::root("a/b:c"));
        assert!(found(&mut names, "").starts_with("b-c~"));
        names.begin(&Place::root(""));
        assert_eq!(found(&mut names, ""), "mailbox.mbox for mailbox");
    }
}

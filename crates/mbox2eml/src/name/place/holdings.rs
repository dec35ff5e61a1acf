//! What the folders around mailboxes hold, and which of them hold one mailbox and nothing else.

use std::collections::HashMap;

use super::{Key, Step, key};

/// What each folder holds, as far as that is known beforehand.
#[derive(Clone, Debug, Default)]
pub(super) struct Holdings(HashMap<Key, Held>);

/// What a folder holds: mailboxes, and folders that hold some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Mailbox(Key),
    Folder(Key),
    Several,
}

impl Holdings {
    /// Notes what the folders on the way to a mailbox hold; the mailbox itself only if it is known.
    pub(super) fn add(&mut self, steps: &[Step], is_known: bool) {
        let mut around = key(b"");
        for (at, step) in steps.iter().enumerate() {
            let is_mailbox = at + 1 == steps.len();
            let holds = if is_mailbox { Held::Mailbox(step.key) } else { Held::Folder(step.key) };
            if is_known || !is_mailbox {
                // The same folder again is one, and the same mailbox two.
                let add = |held: &mut Held| *held = if *held == holds && !is_mailbox { holds } else { Held::Several };
                self.0.entry(around).and_modify(add).or_insert(holds);
            }
            around = step.key;
        }
    }

    /// Whether a mailbox is all that its folder holds.
    pub(super) fn is_alone(&self, mailbox: &Step, folders: &[Step]) -> bool {
        let folder = folders.last().map_or_else(|| key(b""), |folder| folder.key);
        self.0.get(&folder) == Some(&Held::Mailbox(mailbox.key))
    }
}

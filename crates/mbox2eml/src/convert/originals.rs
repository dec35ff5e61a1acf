//! Where the first of equal messages is, for the records of its duplicates.

use std::collections::HashMap;

use crate::select::{DuplicateKey, Original};
use crate::source::Origin;

/// The first message of each key. One more map of 24 bytes for each message, so only where records are kept.
#[derive(Default)]
pub(super) struct Originals {
    /// The mailboxes, each with how many messages the ones before it have.
    mailboxes: Vec<(u64, Origin)>,
    /// The number of a message over all mailboxes.
    numbers: HashMap<DuplicateKey, u64>,
    /// How many messages were found so far.
    found: u64,
}

impl Originals {
    /// Begins a mailbox.
    pub(super) fn begin(&mut self, origin: &Origin) {
        self.mailboxes.push((self.found, origin.clone()));
    }

    /// Notes a message of the current mailbox by its number in it; `key` if it is the first of its equals.
    pub(super) fn note(&mut self, message: u64, key: Option<DuplicateKey>) {
        let number = self.mailboxes.last().map_or(0, |(before, _)| *before) + message;
        self.found = self.found.max(number);
        if let Some(key) = key {
            self.numbers.insert(key, number);
        }
    }

    /// The first message of this key.
    pub(super) fn of(&self, key: DuplicateKey) -> Option<Original> {
        let number = *self.numbers.get(&key)?;
        let after = self.mailboxes.partition_point(|(before, _)| *before < number);
        let (before, origin) = self.mailboxes.get(after.checked_sub(1)?)?;
        Some(Original { origin: origin.clone(), message: number - before })
    }
}

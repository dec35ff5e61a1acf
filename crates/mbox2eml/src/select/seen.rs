//! The keys of all messages before this one.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::DuplicateKey;

/// A set of keys. A mailbox of ten million messages takes 290 MB, and half as much again while the set grows.
///
/// Any number of messages can have the same id and different content, since a sender writes the Message-ID. Neither
/// takes a search.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The first content of each id. Both are halves of a key.
    first: HashMap<u64, u64>,
    /// The keys of further contents.
    others: HashSet<DuplicateKey>,
}

impl Seen {
    /// Adds `key`; whether it is new.
    pub fn insert(&mut self, key: DuplicateKey) -> bool {
        match self.first.entry(key.id()) {
            Entry::Vacant(entry) => {
                entry.insert(key.content());
                true
            }
            Entry::Occupied(entry) => *entry.get() != key.content() && self.others.insert(key),
        }
    }

    /// Whether there is a key of the same id, such as that of a message with the same Message-ID and other content.
    pub fn has_id(&self, key: DuplicateKey) -> bool {
        self.first.contains_key(&key.id())
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.first.len() + self.others.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU128;

    use proptest::prelude::*;

    use super::*;

    fn key(bits: u128) -> DuplicateKey {
        DuplicateKey::with(NonZeroU128::new(bits).unwrap())
    }

    #[test]
    fn keys_of_one_id() {
        let mut seen = Seen::default();
        assert!(seen.is_empty() && !seen.has_id(key(7 << 64)));
        seen.insert(key(7 << 64 | 1));
        assert!(seen.has_id(key(7 << 64 | 2)) && seen.has_id(key(7 << 64 | 1)) && !seen.has_id(key(8 << 64 | 1)));
    }

    #[test]
    fn many_contents_of_one_id() {
        let mut seen = Seen::default();
        let keys = || (1..100_000).map(|content| key(7 << 64 | content));
        assert!(keys().all(|key| seen.insert(key)));
        assert!(keys().all(|key| !seen.insert(key)));
    }

    proptest! {
        #[test]
        fn agrees_with_a_set(
            keys in prop::collection::vec(prop_oneof![1..40_u128, any::<u128>(), (1..9_u128).prop_map(|bits| bits << 120)], 0..600),
        ) {
            let (mut seen, mut expected) = (Seen::default(), HashSet::new());
            for bits in keys.into_iter().filter(|bits| *bits != 0) {
                prop_assert_eq!(seen.insert(key(bits)), expected.insert(bits));
                prop_assert_eq!(seen.len(), expected.len());
            }
        }
    }
}

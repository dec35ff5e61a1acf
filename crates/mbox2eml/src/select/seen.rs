//! The keys of all messages before this one.

use super::DuplicateKey;
use crate::size::to_u64;

/// A table of this many parts grows part by part: never do two whole copies of it stand in memory.
const PARTS: usize = 256;

/// A set of keys that takes no more than 21 bytes of memory for each: 16 for a key, and the rest for
/// the empty places that make it quick to find. A mailbox of ten million messages takes 200 MB.
///
/// A table of the standard library takes up to 39 bytes, and half as many again while it grows:
/// it doubles, and this one grows by an eighth.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::HeaderReader;
/// use mbox2eml::select::{Dedup, Seen};
/// use mbox2eml::split::LineEnd;
/// use mbox2eml::transform::{Eol, Quoting, Transform};
///
/// let eml = Transform::new(Eol::Crlf, LineEnd::Lf).apply(b"Subject: lunch\n\nAt noon?\n", Quoting::Mboxrd);
/// let key = Dedup::Content.key(&Default::default(), &eml).unwrap();
/// let mut seen = Seen::default();
/// assert!(seen.insert(key) && !seen.insert(key));
/// assert_eq!(seen.len(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Seen {
    parts: Box<[Part; PARTS]>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { parts: Box::new([const { Part { places: Vec::new(), taken: 0 } }; PARTS]) }
    }
}

impl Seen {
    /// Adds `key`; whether it is new.
    pub fn insert(&mut self, key: DuplicateKey) -> bool {
        let [first, ..] = key.bits().to_be_bytes();
        self.parts[usize::from(first)].insert(key)
    }

    /// Whether there is a key of the same id, as that of a message is which has the same Message-ID, and perhaps another
    /// content.
    pub fn has_id(&self, key: DuplicateKey) -> bool {
        let [first, ..] = key.bits().to_be_bytes();
        self.parts[usize::from(first)].has_id(key)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.taken).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A hash table with open addressing: a key stands at its home or, if that is taken, at the next free place behind it.
/// A key is a hash already, so its bits say where its home is.
#[derive(Clone, Debug)]
struct Part {
    places: Vec<Option<DuplicateKey>>,
    taken: usize,
}

impl Part {
    fn insert(&mut self, key: DuplicateKey) -> bool {
        // With more than seven of eight places taken, free ones are far between.
        if self.taken >= self.places.len() / 8 * 7 {
            self.grow();
        }
        let is_new = put(&mut self.places, key);
        self.taken += usize::from(is_new);
        is_new
    }

    fn has_id(&self, key: DuplicateKey) -> bool {
        let (before, from_home) = self.places.split_at(home(key, self.places.len()));
        let keys = from_home.iter().chain(before).map_while(|place| *place);
        keys.take(self.taken).any(|other| other.id() == key.id())
    }

    fn grow(&mut self) {
        let mut places = vec![None; self.places.len() + (self.places.len() / 64 + 1) * 8];
        for key in self.places.iter().flatten() {
            put(&mut places, *key);
        }
        self.places = places;
    }
}

/// Puts `key` into one of the places, of which one at least is free; whether it is new there.
fn put(places: &mut [Option<DuplicateKey>], key: DuplicateKey) -> bool {
    let (before, from_home) = places.split_at_mut(home(key, places.len()));
    let mut places = from_home.iter_mut().chain(before);
    let place = places.find(|place| place.is_none_or(|other| other == key));
    place.is_none_or(|place| place.replace(key).is_none())
}

/// The place out of so many to which the half of the bits leads that is the id, each as likely as another. The first byte
/// has chosen the part already.
fn home(key: DuplicateKey, places: usize) -> usize {
    let scaled = u128::from(key.id() << 8) * u128::from(to_u64(places));
    usize::try_from(scaled >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::num::NonZeroU128;

    use proptest::prelude::*;

    use super::*;

    fn key(bits: u128) -> DuplicateKey {
        DuplicateKey::with(NonZeroU128::new(bits).unwrap())
    }

    /// Numbers that look like hashes, the same every time: splitmix64, twice for each.
    fn hashes() -> impl Iterator<Item = u128> {
        let mut state = 0_u64;
        let mut next = move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            u128::from(mixed ^ mixed >> 31)
        };
        std::iter::repeat_with(move || next() << 64 | next())
    }

    #[test]
    fn many_keys_are_remembered_in_little_memory() {
        let mut seen = Seen::default();
        let mut most = 0.0_f64;
        for (number, bits) in hashes().take(400_000).enumerate() {
            assert!(seen.insert(key(bits)));
            if number >= 100_000 && number % 1000 == 0 {
                let places: usize = seen.parts.iter().map(|part| part.places.capacity()).sum();
                most = most
                    .max(f64::from(u32::try_from(places * 16).unwrap()) / f64::from(u32::try_from(number).unwrap()));
            }
        }
        assert!(most < 21.0, "{most} bytes for a key");
        assert_eq!(seen.len(), 400_000);
        assert!(hashes().take(400_000).all(|bits| !seen.insert(key(bits))));
        assert_eq!(seen.len(), 400_000);
    }

    #[test]
    fn keys_with_one_home_are_all_remembered() {
        for home in [0, u64::MAX] {
            let mut seen = Seen::default();
            let keys = || (0..2000_u128).map(|number| key(u128::from(home) << 64 | (number + 1)));
            assert!(keys().all(|key| seen.insert(key)));
            assert!(keys().all(|key| !seen.insert(key)));
        }
    }

    #[test]
    fn keys_of_one_id() {
        let mut seen = Seen::default();
        assert!(!seen.has_id(key(7 << 64)));
        seen.insert(key(7 << 64 | 1));
        assert!(seen.has_id(key(7 << 64 | 2)) && seen.has_id(key(7 << 64 | 1)) && !seen.has_id(key(8 << 64 | 1)));
    }

    #[test]
    fn an_empty_set() {
        assert!(Seen::default().is_empty());
        assert_eq!(size_of::<Option<DuplicateKey>>(), 16);
    }

    proptest! {
        #[test]
        fn agrees_with_a_set_of_the_standard_library(
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

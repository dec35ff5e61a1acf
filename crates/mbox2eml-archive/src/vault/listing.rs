//! A list of which only the first entries are named.

/// How many are named, and how long each may be.
const NAMED: usize = 3;
pub(super) const LONGEST: usize = 200;

/// How many there are of something, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) number: u64,
    pub(super) first: Vec<String>,
}

impl Listing {
    /// Counts one more, and names it if it is among the first and has a name.
    pub(super) fn add(&mut self, name: &str) {
        self.number += 1;
        if self.first.len() < NAMED && !name.is_empty() {
            self.first.push(name.chars().take(LONGEST).collect());
        }
    }
}

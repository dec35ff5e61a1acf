//! The first warnings of each kind, as they come.

use std::collections::BTreeMap;

use mbox2eml::report::WarningKind;

use crate::summary::Warned;

/// How many of each kind are reported, and how many doubtful boundaries.
const OF_EACH: usize = 100;
const DOUBTFUL: usize = 10_000;

/// The first warnings of each kind, each with the number of its mailbox among those that were opened, from 0.
#[derive(Default)]
pub(crate) struct Noted(BTreeMap<WarningKind, Vec<(usize, Warned)>>);

impl Noted {
    /// Whether one more of this kind would be kept.
    pub(crate) fn has_room(&self, kind: WarningKind) -> bool {
        let most = if kind == WarningKind::DoubtfulBoundary { DOUBTFUL } else { OF_EACH };
        self.0.get(&kind).is_none_or(|noted| noted.len() < most)
    }

    /// Keeps a warning if there is room.
    pub(crate) fn add(&mut self, kind: WarningKind, mailbox: usize, warned: Warned) {
        if self.has_room(kind) {
            self.0.entry(kind).or_default().push((mailbox, warned));
        }
    }

    /// The first of each kind.
    pub(crate) fn first(&self) -> Vec<Warned> {
        self.0.values().flat_map(|noted| noted.iter().take(OF_EACH)).map(|(_, warned)| warned.clone()).collect()
    }

    /// The doubtful boundaries, in the order in which they were met.
    pub(crate) fn doubtful(&self) -> Vec<(usize, Warned)> {
        self.0.get(&WarningKind::DoubtfulBoundary).cloned().unwrap_or_default()
    }
}

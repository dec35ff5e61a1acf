//! Which of the labels that the user named are on a message.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::message::{LabelMap, LabelName};

/// The labels that filters and priorities name.
#[derive(Debug, Default)]
pub(super) struct LabelUse {
    names: Vec<(LabelName, AtomicBool)>,
    map: LabelMap,
}

impl LabelUse {
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a LabelName>, map: &LabelMap) -> Self {
        let mut all: Vec<(LabelName, AtomicBool)> = Vec::new();
        for name in names {
            if all.iter().all(|(other, _)| other != name) {
                all.push((name.clone(), AtomicBool::new(false)));
            }
        }
        Self { names: all, map: map.clone() }
    }

    /// Notes the labels of a message.
    pub(super) fn note(&self, labels: &[String]) {
        for (name, is_found) in self.names.iter().filter(|(_, is_found)| !is_found.load(Ordering::Relaxed)) {
            if labels.iter().any(|label| name.matches_with(label, &self.map)) {
                is_found.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Those that no message has.
    pub(super) fn unmatched(self) -> Vec<LabelName> {
        self.names.into_iter().filter(|(_, is_found)| !is_found.load(Ordering::Relaxed)).map(|(name, _)| name).collect()
    }
}

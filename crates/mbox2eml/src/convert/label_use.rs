//! Which of the labels that the user named are on a message.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::message::{LabelMap, LabelName, Language};

/// The labels that filters and priorities name.
#[derive(Debug, Default)]
pub(super) struct LabelUse {
    names: Vec<Named>,
    map: LabelMap,
}

/// A label that was named, and whether a message has it.
#[derive(Debug)]
struct Named {
    name: LabelName,
    is_found: AtomicBool,
    /// Whether the account's language is one in which it would have been found.
    is_known: AtomicBool,
}

/// The labels that no message has.
#[derive(Debug, Default)]
pub(super) struct Unmatched {
    pub(super) all: Vec<LabelName>,
    /// Those that messages may have in a language that is not known.
    pub(super) unknown: Vec<LabelName>,
}

impl LabelUse {
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a LabelName>, map: &LabelMap) -> Self {
        let mut all: Vec<Named> = Vec::new();
        for name in names {
            if all.iter().all(|other| other.name != *name) {
                let (is_found, is_known) = (AtomicBool::new(false), AtomicBool::new(name.system().is_none()));
                all.push(Named { name: name.clone(), is_found, is_known });
            }
        }
        Self { names: all, map: map.clone() }
    }

    /// Notes the labels of a message.
    pub(super) fn note(&self, labels: &[String]) {
        for Named { name, is_found, is_known } in &self.names {
            if is_found.load(Ordering::Relaxed) {
                continue;
            }
            if labels.iter().any(|label| name.matches_with(label, &self.map)) {
                is_found.store(true, Ordering::Relaxed);
            } else if !is_known.load(Ordering::Relaxed)
                && Language::of_state(labels).is_some_and(|language| name.is_known_in(language))
            {
                is_known.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Those that no message has.
    pub(super) fn unmatched(self) -> Unmatched {
        let mut unmatched = Unmatched::default();
        for Named { name, is_known, .. } in
            self.names.into_iter().filter(|named| !named.is_found.load(Ordering::Relaxed))
        {
            if !is_known.into_inner() {
                unmatched.unknown.push(name.clone());
            }
            unmatched.all.push(name);
        }
        unmatched
    }
}

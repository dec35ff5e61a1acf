//! The ordered half of a sink, and what was put into it.

use std::collections::BTreeMap;

use super::Item;
use super::event::MailboxInfo;
use crate::error::Result;
use crate::proof::Verdict;
use crate::report::{Location, MailboxSummary, MessageCounts, ProofCounts, Record, Status};
use crate::sink::{Sink, SinkWarning, VolumeName, WriteStatus};
use crate::write_error::WriteError;

/// Gets the messages in mailbox order.
pub(super) struct Output<K> {
    sink: K,
    /// How many messages each folder got or has, by its path.
    folders: BTreeMap<String, u64>,
    /// The archive that the last message is in, and what was counted for its messages until it is completed.
    volume: Option<VolumeName>,
    unconfirmed: (MessageCounts, ProofCounts),
    unconfirmed_folders: BTreeMap<String, u64>,
}

/// What became of a message.
pub(super) struct Put {
    pub(super) status: Status,
    pub(super) warnings: Vec<SinkWarning>,
    /// Its first place, if there is no record that has it.
    pub(super) location: Option<Location>,
}

impl<K: Sink> Output<K> {
    pub(super) fn new(sink: K) -> Self {
        Self {
            sink,
            folders: BTreeMap::new(),
            volume: None,
            unconfirmed: Default::default(),
            unconfirmed_folders: BTreeMap::new(),
        }
    }

    /// A mailbox begins.
    pub(super) fn begin(&mut self, info: &MailboxInfo) {
        self.sink.begin(&info.origin, &info.folder);
    }

    /// Hands a message and its copies to the sink: it is written if one of them is, and fails if one fails. What becomes of
    /// it goes into its record, if there is one.
    pub(super) fn put(
        &mut self,
        first: Item<K>,
        copies: Vec<Item<K>>,
        verdict: Option<Verdict>,
        mut record: Option<&mut Record>,
    ) -> Result<Put, WriteError> {
        let (mut status, mut warnings, mut failure) = (Status::AlreadyThere, Vec::new(), None);
        let mut first_location = None;
        for item in std::iter::once(first).chain(copies) {
            match self.sink.put(item) {
                Ok(placed) => {
                    if placed.volume != self.volume {
                        self.confirm();
                        self.volume = placed.volume.clone();
                    }
                    if placed.status == WriteStatus::Written {
                        status = Status::Written;
                    }
                    warnings.extend(placed.warnings);
                    count(&mut self.folders, placed.name.folder());
                    if self.is_unconfirmed() {
                        count(&mut self.unconfirmed_folders, placed.name.folder());
                    }
                    let location = Location { name: placed.name, volume: placed.volume };
                    match &mut record {
                        Some(record) => record.locations.push(location),
                        None => first_location = first_location.or(Some(location)),
                    }
                }
                // The others are written nevertheless: one bad entry never loses another.
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if let Some(failure) = failure {
            if let Some(record) = record {
                (record.status, record.reason) = (Status::Failed, Some(failure.whole_story().into()));
                record.verdict = None;
                record.digest = record.digest.filter(|_| !record.locations.is_empty());
            }
            return Err(failure);
        }
        if let Some(record) = record {
            record.status = status;
        }
        if self.is_unconfirmed() {
            let (messages, proof) = &mut self.unconfirmed;
            messages.add(status);
            verdict.into_iter().for_each(|verdict| proof.add(verdict));
        }
        Ok(Put { status, warnings, location: first_location })
    }

    /// Whether the last message is in an archive that is not completed.
    fn is_unconfirmed(&self) -> bool {
        self.volume.as_ref().is_some_and(|volume| volume.path().is_none())
    }

    /// Keeps what was counted for the messages of the last archive if the archive is complete.
    fn confirm(&mut self) {
        if self.volume.as_ref().is_some_and(|volume| volume.path().is_some()) {
            (self.unconfirmed, self.unconfirmed_folders) = Default::default();
        }
    }

    /// Completes the output.
    pub(super) fn close(&mut self) -> Result<()> {
        self.sink.close()
    }

    /// Counts the messages of an archive that was not completed as failed. They are the last ones.
    pub(super) fn take_back(&mut self, mailboxes: &mut [MailboxSummary]) {
        self.confirm();
        let (lost, lost_proof) = &mut self.unconfirmed;
        for MailboxSummary { messages, proof, .. } in mailboxes.iter_mut().rev() {
            messages.failed += subtract(&mut lost.written, &mut messages.written);
            messages.failed += subtract(&mut lost.already_there, &mut messages.already_there);
            if let Some(proof) = proof {
                subtract(&mut lost_proof.matched, &mut proof.matched);
                subtract(&mut lost_proof.mismatched, &mut proof.mismatched);
                subtract(&mut lost_proof.unsigned, &mut proof.unsigned);
            }
        }
        for (folder, lost) in &mut self.unconfirmed_folders {
            self.folders.get_mut(folder).map(|count| subtract(lost, count));
        }
        self.folders.retain(|_, count| *count > 0);
    }

    /// What the sink reports, and the folders.
    pub(super) fn finish(self) -> (K::Receipt, BTreeMap<String, u64>) {
        (self.sink.finish(), self.folders)
    }
}

/// Counts one more message in a folder.
fn count(folders: &mut BTreeMap<String, u64>, folder: &str) {
    // Looked up first: a string is made for each folder, not for each message.
    match folders.get_mut(folder) {
        Some(messages) => *messages += 1,
        None => drop(folders.insert(folder.to_owned(), 1)),
    }
}

/// Takes from both as much as they have in common.
fn subtract(lost: &mut u64, counted: &mut u64) -> u64 {
    let common = (*lost).min(*counted);
    *lost -= common;
    *counted -= common;
    common
}

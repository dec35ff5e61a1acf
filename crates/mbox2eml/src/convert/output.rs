//! The ordered half of a sink, and what was put into it.

use std::collections::BTreeMap;

use super::Item;
use super::event::MailboxInfo;
use crate::error::Result;
use crate::metadata::Check;
use crate::proof::Verdict;
use crate::report::{Location, MailboxSummary, MessageCounts, MetadataCounts, ProofCounts, Status};
use crate::sink::{Sink, SinkWarning, VolumeName, WriteStatus};
use crate::write_error::WriteError;

/// Gets the messages in mailbox order.
pub(super) struct Output<K> {
    sink: K,
    /// How many messages each folder got or has, by its path.
    folders: BTreeMap<String, u64>,
    /// The archive that the last message is in, and what was counted for its messages until it is completed.
    volume: Option<VolumeName>,
    unconfirmed: (MessageCounts, ProofCounts, MetadataCounts),
    unconfirmed_folders: BTreeMap<String, u64>,
}

/// What became of a message and its copies.
pub(super) struct Put {
    /// It is written if one of them is, and fails if one fails.
    pub(super) result: Result<Status, WriteError>,
    /// Where it is.
    pub(super) locations: Vec<Location>,
    pub(super) warnings: Vec<SinkWarning>,
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

    /// Hands a message and its copies to the sink, with what signatures and metadata say of it.
    pub(super) fn put(
        &mut self,
        first: Item<K>,
        copies: Vec<Item<K>>,
        verdict: Option<Verdict>,
        check: Option<Check>,
    ) -> Put {
        let (mut status, mut failure) = (Status::AlreadyThere, None);
        let (mut locations, mut warnings) = (Vec::with_capacity(1 + copies.len()), Vec::new());
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
                    count(&mut self.folders, placed.folder());
                    if self.is_unconfirmed() {
                        count(&mut self.unconfirmed_folders, placed.folder());
                    }
                    warnings.extend(placed.warnings);
                    locations.push(Location { name: placed.name, volume: placed.volume });
                }
                // The others are written nevertheless: one bad entry never loses another.
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let result = failure.map_or(Ok(status), Err);
        if result.is_ok() && self.is_unconfirmed() {
            let (messages, proof, metadata) = &mut self.unconfirmed;
            messages.add(status);
            verdict.into_iter().for_each(|verdict| proof.add(verdict));
            check.into_iter().for_each(|check| metadata.compare(check));
        }
        Put { result, locations, warnings }
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
        let (lost, lost_proof, lost_metadata) = &mut self.unconfirmed;
        for MailboxSummary { messages, proof, metadata, .. } in mailboxes.iter_mut().rev() {
            messages.failed += subtract(&mut lost.written, &mut messages.written);
            messages.failed += subtract(&mut lost.already_there, &mut messages.already_there);
            if let Some(proof) = proof {
                subtract(&mut lost_proof.matched, &mut proof.matched);
                subtract(&mut lost_proof.mismatched, &mut proof.mismatched);
                subtract(&mut lost_proof.unsigned, &mut proof.unsigned);
            }
            if let Some(metadata) = metadata {
                subtract(&mut lost_metadata.matched, &mut metadata.matched);
                subtract(&mut lost_metadata.differ, &mut metadata.differ);
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

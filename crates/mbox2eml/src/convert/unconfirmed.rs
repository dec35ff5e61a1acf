//! What was counted for messages that are in files which may yet not be completed.

use std::collections::{BTreeMap, HashMap};

use super::output::count;
use crate::metadata::Check;
use crate::proof::Verdict;
use crate::report::{MailboxSummary, MessageCounts, MetadataCounts, ProofCounts, Status};
use crate::sink::VolumeName;

/// The counts, by volume: any number may be written at a time.
#[derive(Default)]
pub(super) struct Unconfirmed {
    numbers: HashMap<VolumeName, usize>,
    /// How many messages each folder has in each volume, by its number.
    folders: Vec<BTreeMap<String, u64>>,
    /// The messages that have copies in these volumes, by the mailboxes that they come from.
    messages: HashMap<Vec<usize>, Vec<OfMailbox>>,
    /// The volumes of the current message.
    current: Vec<usize>,
}

/// Those of one mailbox, by its number.
struct OfMailbox {
    mailbox: usize,
    messages: MessageCounts,
    proof: ProofCounts,
    metadata: MetadataCounts,
}

impl Unconfirmed {
    /// Notes that a copy of the current message is in this volume.
    pub(super) fn add_copy(&mut self, volume: &VolumeName, folder: &str) {
        let number = self.numbers.get(volume).copied().unwrap_or_else(|| {
            self.numbers.insert(volume.clone(), self.folders.len());
            self.folders.push(BTreeMap::new());
            self.folders.len() - 1
        });
        if let Some(folders) = self.folders.get_mut(number) {
            count(folders, folder);
        }
        if let Err(at) = self.current.binary_search(&number) {
            self.current.insert(at, number);
        }
    }

    /// Ends the current message, which came from the mailbox with this number; `None` if it failed.
    pub(super) fn end_message(
        &mut self,
        mailbox: usize,
        status: Option<Status>,
        verdict: Option<Verdict>,
        check: Option<Check>,
    ) {
        if let Some(status) = status.filter(|_| !self.current.is_empty()) {
            if !self.messages.contains_key(&self.current) {
                self.messages.insert(self.current.clone(), Vec::new());
            }
            if let Some(counts) = self.messages.get_mut(&self.current) {
                if counts.last().is_none_or(|last| last.mailbox != mailbox) {
                    let (messages, proof, metadata) = Default::default();
                    counts.push(OfMailbox { mailbox, messages, proof, metadata });
                }
                if let Some(OfMailbox { messages, proof, metadata, .. }) = counts.last_mut() {
                    messages.add(status);
                    verdict.into_iter().for_each(|verdict| proof.add(verdict));
                    check.into_iter().for_each(|check| metadata.compare(check));
                }
            }
        }
        self.current.clear();
    }

    /// Counts the messages that have a copy in a volume that was not completed as failed.
    pub(super) fn take_back(self, mailboxes: &mut [MailboxSummary], folders: &mut BTreeMap<String, u64>) {
        let mut is_lost = vec![false; self.folders.len()];
        for (volume, number) in &self.numbers {
            if let Some(is_lost) = is_lost.get_mut(*number) {
                *is_lost = volume.path().is_none();
            }
        }
        let is_lost = |number: &usize| is_lost.get(*number).copied().unwrap_or_default();
        let messages = self.messages.into_iter().filter(|(volumes, _)| volumes.iter().any(is_lost));
        for OfMailbox { mailbox, messages: lost, proof: lost_proof, metadata: lost_metadata } in
            messages.flat_map(|(_, counts)| counts)
        {
            let Some(MailboxSummary { messages, proof, metadata, .. }) = mailboxes.get_mut(mailbox) else { continue };
            messages.written -= lost.written;
            messages.already_there -= lost.already_there;
            messages.failed += lost.written + lost.already_there;
            if let Some(proof) = proof {
                proof.matched -= lost_proof.matched;
                proof.mismatched -= lost_proof.mismatched;
                proof.unsigned -= lost_proof.unsigned;
            }
            if let Some(metadata) = metadata {
                metadata.matched -= lost_metadata.matched;
                metadata.differ -= lost_metadata.differ;
            }
        }
        let lost = self.folders.into_iter().enumerate().filter(|(number, _)| is_lost(number));
        for (folder, lost) in lost.flat_map(|(_, folders)| folders) {
            if let Some(count) = folders.get_mut(&folder) {
                *count -= lost;
            }
        }
        folders.retain(|_, count| *count > 0);
    }
}

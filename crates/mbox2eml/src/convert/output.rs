//! The ordered half of a sink, and what was put into it.

use std::collections::BTreeMap;

use super::Item;
use super::event::MailboxInfo;
use super::unconfirmed::Unconfirmed;
use crate::error::Result;
use crate::metadata::Check;
use crate::proof::Verdict;
use crate::report::{Location, MailboxSummary, Status};
use crate::sink::{Placed, Sink, SinkWarning, WriteStatus};
use crate::write_error::WriteError;

/// Gets the messages in mailbox order.
pub(super) struct Output<K> {
    sink: K,
    /// How many messages each folder got or has, by its path.
    folders: BTreeMap<String, u64>,
    /// How many mailboxes began.
    begun: usize,
    unconfirmed: Unconfirmed,
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
        Self { sink, folders: BTreeMap::new(), begun: 0, unconfirmed: Unconfirmed::default() }
    }

    /// A mailbox begins.
    pub(super) fn begin(&mut self, info: &MailboxInfo) {
        self.begun += 1;
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
                    if placed.status == WriteStatus::Written {
                        status = Status::Written;
                    }
                    count(&mut self.folders, placed.folder());
                    if let Some(volume) = &placed.volume {
                        self.unconfirmed.add_copy(volume, placed.folder());
                    }
                    let Placed { name, volume, offset, warnings: more, .. } = placed;
                    warnings.extend(more);
                    locations.push(Location { name, volume, offset });
                }
                // The others are written nevertheless.
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let result = failure.map_or(Ok(status), Err);
        self.unconfirmed.end_message(self.begun.saturating_sub(1), result.as_ref().ok().copied(), verdict, check);
        Put { result, locations, warnings }
    }

    /// Completes the output.
    pub(super) fn close(&mut self) -> Result<()> {
        self.sink.close()
    }

    /// Counts the messages in files that were not completed as failed.
    pub(super) fn take_back(&mut self, mailboxes: &mut [MailboxSummary]) {
        std::mem::take(&mut self.unconfirmed).take_back(mailboxes, &mut self.folders);
    }

    /// What the sink reports, and the folders.
    pub(super) fn finish(self) -> (K::Receipt, BTreeMap<String, u64>) {
        (self.sink.finish(), self.folders)
    }
}

/// Counts one more message in a folder.
pub(super) fn count(folders: &mut BTreeMap<String, u64>, folder: &str) {
    // Looked up first: a string is made for each folder, not for each message.
    match folders.get_mut(folder) {
        Some(messages) => *messages += 1,
        None => drop(folders.insert(folder.to_owned(), 1)),
    }
}

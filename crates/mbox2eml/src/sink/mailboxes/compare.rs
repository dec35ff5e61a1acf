//! The sink of a verification of mailboxes: it compares what would be written with what is there, and writes nothing.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::encoder::{EncodedMessage, MailboxEncoder};
use super::existing::{ExistingMailboxes, Found, short};
use super::names::{Named, Names};
use crate::error::Result;
use crate::name::{EntryName, MailboxTree, Place};
use crate::report::Digest;
use crate::sink::difference::Difference;
use crate::sink::{Differences, Encode, Entry, Placed, Sink, WriteStatus};
use crate::source::Origin;
use crate::transform::Quote;
use crate::write_error::WriteError;

/// Compares every message with those of the mailbox that it belongs to, byte by byte.
///
/// A message that is there counts as [`WriteStatus::AlreadyThere`], wherever in its mailbox it is. One that is missing
/// or differs, in its From_ line or in itself, counts as failed. The receipt lists these, and the messages and files
/// that belong to no message.
///
/// Memory: about 60 bytes for each message.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::name::MailboxTree;
/// use mbox2eml::sink::{CompareMailboxes, ExistingMailboxes, Mailboxes};
/// use mbox2eml::source::{Memory, Stream};
/// use mbox2eml::transform::Quote;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path().join("out");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// let sink = Mailboxes::below(&output).create()?;
/// let _ = converter.convert(Memory::new("in", mailbox), sink, &()).into_result()?;
///
/// let existing = ExistingMailboxes::open(&output, Quote::Mboxrd, &|path| Ok(Box::new(Stream::open(path)?)))?;
/// let sink = CompareMailboxes::new(existing, MailboxTree::Folders, Quote::Mboxrd);
/// let done = converter.convert(Memory::new("in", mailbox), sink, &());
/// assert_eq!(done.receipt.number, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CompareMailboxes {
    existing: ExistingMailboxes,
    quote: Quote,
    /// What is being read.
    input: String,
    names: Names,
    mailboxes: Vec<Compared>,
    is_output: Box<dyn Fn(&str) -> bool + Send>,
    differences: Differences,
}

impl std::fmt::Debug for CompareMailboxes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompareMailboxes").field("existing", &self.existing).finish_non_exhaustive()
    }
}

/// A mailbox, as far as it was compared.
struct Compared {
    name: EntryName,
    folder: Arc<str>,
    found: Arc<[Found]>,
    is_matched: Vec<bool>,
    /// After the last message that matched.
    next: usize,
    /// The messages that did not match since.
    unmatched: usize,
    /// The messages by their hashes, once they are not in the same order.
    by_hash: Option<HashMap<[u8; 16], VecDeque<usize>>>,
    lost: Vec<Lost>,
}

/// A message that is not there.
struct Lost {
    /// Which one it is of the inputs.
    what: String,
    /// The message that is in its place, and the first byte in which it differs.
    instead: Option<(usize, u64)>,
}

impl Compared {
    fn new(name: EntryName, folder: String, found: Arc<[Found]>) -> Self {
        let is_matched = vec![false; found.len()];
        let (next, unmatched, by_hash, lost) = Default::default();
        Self { name, folder: folder.into(), found, is_matched, next, unmatched, by_hash, lost }
    }

    /// Finds a message that matches no other yet: the next one, or wherever it is.
    fn find(&mut self, hash: [u8; 16]) -> Option<usize> {
        let Self { found, is_matched, next, by_hash, .. } = self;
        let is_free = |is_matched: &[bool], at: usize| is_matched.get(at) == Some(&false);
        let is_next = found.get(*next).is_some_and(|found| found.hash == hash) && is_free(is_matched, *next);
        let at = if is_next {
            *next
        } else {
            let by_hash = by_hash.get_or_insert_with(|| {
                let mut all: HashMap<_, VecDeque<usize>> = HashMap::new();
                found.iter().enumerate().for_each(|(at, found)| all.entry(found.hash).or_default().push_back(at));
                all
            });
            let places = by_hash.get_mut(&hash)?;
            std::iter::from_fn(|| places.pop_front()).find(|at| is_free(is_matched, *at))?
        };
        if let Some(is_matched) = is_matched.get_mut(at) {
            *is_matched = true;
        }
        (*next, self.unmatched) = (at + 1, 0);
        Some(at)
    }
}

/// A message as it should be in a mailbox, and its hash.
#[derive(Debug)]
pub struct HashedMessage {
    message: EncodedMessage,
    /// The number of the message in the mailbox that is read.
    number: u64,
    hash: [u8; 16],
}

/// The half of a [`CompareMailboxes`] for the workers.
#[derive(Debug)]
pub struct Examiner {
    encoder: MailboxEncoder,
    quote: Quote,
}

impl Examiner {
    fn hashed(&self, message: EncodedMessage, number: u64) -> HashedMessage {
        let Digest { sha256, .. } = Digest::of_written(|hashing| message.write_read(self.quote, hashing));
        HashedMessage { message, number, hash: short(sha256) }
    }
}

impl Encode for Examiner {
    type Item = HashedMessage;

    fn encode(&self, entry: Entry<'_>) -> Result<HashedMessage, WriteError> {
        let number = entry.message.index;
        Ok(self.hashed(self.encoder.encode(entry)?, number))
    }

    fn copy(&self, entry: Entry<'_>, first: &HashedMessage) -> Result<HashedMessage, WriteError> {
        Ok(HashedMessage { message: self.encoder.copy(entry, &first.message)?, ..*first })
    }

    fn weight(hashed: &HashedMessage) -> u64 {
        MailboxEncoder::weight(&hashed.message)
    }
}

impl CompareMailboxes {
    /// A comparison with mailboxes that were written before in this tree, with this quoting.
    pub fn new(existing: ExistingMailboxes, tree: MailboxTree, quote: Quote) -> Self {
        let (input, mailboxes, differences) = Default::default();
        Self { existing, quote, input, names: Names::new(tree), mailboxes, is_output: Box::new(|_| true), differences }
    }

    /// Sets which of the files count that are there beside the mailboxes of the messages, by their paths. Default: all.
    #[must_use]
    pub fn counting(self, is_output: impl Fn(&str) -> bool + Send + 'static) -> Self {
        Self { is_output: Box::new(is_output), ..self }
    }

    /// The number of the mailbox of a folder.
    fn mailbox(&mut self, folder: &str) -> usize {
        match self.names.find(folder) {
            Named::Known(number) => number,
            Named::New(name, folder) => {
                let found = self.existing.messages(name.as_str()).unwrap_or_default();
                self.mailboxes.push(Compared::new(name, folder, found));
                self.mailboxes.len() - 1
            }
        }
    }

    /// The first byte in which a message differs from what is in its place.
    fn first_difference(&self, mailbox: &str, found: &Found, message: &EncodedMessage) -> u64 {
        let difference = self
            .existing
            .bytes(mailbox, found.whole())
            .map(|bytes| Difference::of_written(bytes, |writer| message.write_read(self.quote, writer)));
        match difference {
            Ok(Some(Difference::Byte(at) | Difference::Ends(at) | Difference::GoesOn(at))) => at,
            _ => 0,
        }
    }
}

impl Sink for CompareMailboxes {
    type Encoder = Examiner;
    type Receipt = Differences;

    fn encoder(&self) -> Examiner {
        Examiner { encoder: MailboxEncoder::new(self.quote), quote: self.quote }
    }

    fn begin(&mut self, origin: &Origin, place: &Place) {
        self.input = origin.to_string();
        self.names.begin(place);
    }

    fn put(&mut self, HashedMessage { message, number, hash }: HashedMessage) -> Result<Placed, WriteError> {
        let at = self.mailbox(message.name.folder());
        let Some(mailbox) = self.mailboxes.get_mut(at) else {
            return Err(WriteError::new("cannot compare", message.name, "its mailbox is missing"));
        };
        let name = mailbox.name.clone();
        if let Some(at) = mailbox.find(hash) {
            let offset = mailbox.found.get(at).map_or(0, |found| found.offset);
            return Ok(Placed::new(name, WriteStatus::AlreadyThere)
                .in_folder(Arc::clone(&mailbox.folder))
                .at(offset)
                .with_warnings(message.warning()));
        }
        let instead = mailbox.next + mailbox.unmatched;
        mailbox.unmatched += 1;
        let there = mailbox.found.get(instead).copied();
        let instead = there.map(|found| (instead, self.first_difference(name.as_str(), &found, &message)));
        let what = format!("message {number} of {}", self.input);
        if let Some(mailbox) = self.mailboxes.get_mut(at) {
            mailbox.lost.push(Lost { what, instead });
        }
        Err(WriteError::new("cannot find it in", name, "no message there has this From_ line and these bytes"))
    }

    fn close(&mut self) -> Result<()> {
        let Self { existing, mailboxes, is_output, differences, .. } = self;
        for Compared { name, found, is_matched, lost, .. } in mailboxes.iter_mut() {
            for Lost { what, instead } in lost.drain(..) {
                let instead = instead.filter(|(at, _)| is_matched.get(*at) == Some(&false));
                match instead.and_then(|(at, byte)| Some((found.get(at)?, is_matched.get_mut(at)?, byte))) {
                    Some((found, is_matched, byte)) => {
                        *is_matched = true;
                        differences.add_different(format!("{name}!{}", found.offset), byte);
                    }
                    None => differences.add_missing(format!("{name}: {what}")),
                }
            }
            let extra = found.iter().zip(is_matched).filter(|(_, is_matched)| !**is_matched);
            extra.for_each(|(found, _)| differences.add_extra(format!("{name}!{}", found.offset)));
        }
        let known: HashSet<&str> = mailboxes.iter().map(|mailbox| mailbox.name.as_str()).collect();
        for path in existing.paths().filter(|path| !known.contains(path) && is_output(path)) {
            let messages = existing.messages(path).unwrap_or_default();
            messages.iter().for_each(|found| differences.add_extra(format!("{path}!{}", found.offset)));
        }
        existing.others().filter(|path| is_output(path)).for_each(|path| differences.add_extra(path.to_owned()));
        Ok(())
    }

    fn finish(self) -> Differences {
        self.differences
    }
}

//! The records, kept as short as their number needs.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Key, KeyHash};
use crate::size::to_u64;

/// How many bytes of memory records take at most, by what is counted of each.
const LIMIT: u64 = 2 << 30;

/// About how much a record takes beside its name and its labels: with its keys, in tables that are half empty.
const RECORD: usize = 256;

/// How many bytes of a name are kept.
const NAME: usize = 200;

/// What a record says of a message.
///
/// ```
/// use mbox2eml::metadata::Facts;
///
/// let mut facts = Facts::default();
/// facts.labels = vec!["Inbox".into(), "Unread".into()];
/// facts.size = Some(1024);
/// # drop(facts);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Its labels, as Gmail names them in an English account.
    pub labels: Vec<String>,
    /// When it was received, in milliseconds since 1970-01-01T00:00:00Z.
    pub received: Option<i64>,
    /// How many bytes it has, with CRLF line ends.
    pub size: Option<u64>,
    /// The MD5 of these bytes.
    pub md5: Option<[u8; 16]>,
}

/// What became of a record that was [added](Metadata::add).
///
/// ```
/// use mbox2eml::metadata::{Added, Facts, Key, Metadata};
///
/// let mut metadata = Metadata::default();
/// let mut add = || metadata.add("1.mbox", &[Key::Sender("1.mbox")], Facts::default());
/// assert_eq!((add(), add()), (Added::New, Added::Repeated));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Added {
    /// It is the first with its keys.
    New,
    /// An earlier one of another file has one of its keys, and got what it lacked.
    Merged,
    /// An earlier one of the same file has one of its keys. The earlier one counts.
    Repeated,
    /// It was not taken: the records would need more memory than they may, 2 GiB.
    Full,
}

/// The records of an export's messages: from one file or several that belong together.
///
/// ```
/// use std::sync::Arc;
///
/// use mbox2eml::metadata::{Facts, Key, Metadata};
/// use mbox2eml::name::{Layout, Namer};
/// use mbox2eml::sink::DryRun;
/// use mbox2eml::source::Memory;
/// use mbox2eml::{Converter, Mailbox};
///
/// let mut facts = Facts::default();
/// facts.labels = vec!["Work".into()];
/// let mut metadata = Metadata::default();
/// metadata.add("ann", &[Key::Sender("ann")], facts);
/// let metadata = Arc::new(metadata);
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let mailbox = Mailbox::new(Memory::new("in", mailbox)).with_metadata(Arc::clone(&metadata));
/// let converter = Converter::builder().names(Namer::default().layout(Layout::Label)).build();
/// let done = converter.convert_all(std::iter::once(Ok(mailbox)), DryRun::default(), &());
/// assert!(done.receipt.keys().eq(["Work"]));
/// assert_eq!(metadata.unused().count(), 0);
/// ```
#[derive(Debug, Default)]
pub struct Metadata {
    records: Vec<Record>,
    keys: HashMap<KeyHash, Slot>,
    /// The names of all records, one after another.
    names: String,
    labels: HashMap<Arc<[String]>, usize>,
    label_sets: Vec<Arc<[String]>>,
    /// In lower case.
    accounts: BTreeSet<String>,
    has_message_ids: bool,
    /// The records from this one on are of the file that is being read.
    file_begins: usize,
    memory: u64,
}

#[derive(Debug)]
struct Record {
    /// Where its name ends; it begins where that of the record before does.
    name_end: usize,
    labels: usize,
    received: Option<i64>,
    size: Option<u64>,
    md5: Option<[u8; 16]>,
    /// Whether a message has it.
    is_used: AtomicBool,
}

/// Which record a key leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    One(usize),
    /// Several that differ, so none.
    Several,
}

/// A record that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'m> {
    record: &'m Record,
    labels: &'m [String],
}

impl Found<'_> {
    pub(crate) fn labels(&self) -> &[String] {
        self.labels
    }

    pub(crate) fn received(&self) -> Option<i64> {
        self.record.received
    }

    pub(crate) fn size(&self) -> Option<u64> {
        self.record.size
    }

    pub(crate) fn md5(&self) -> Option<[u8; 16]> {
        self.record.md5
    }
}

impl Metadata {
    /// Begins another file of the same export. What it says of messages of earlier files is added to theirs.
    pub fn begin_file(&mut self) {
        self.file_begins = self.records.len();
    }

    /// Adds a record. Its name is for reports; keys that are not unique lead to it only if no other record has them, or
    /// if all that have them say the same.
    pub fn add(&mut self, name: &str, keys: &[Key<'_>], facts: Facts) -> Added {
        let earlier = keys.iter().filter(|key| key.is_unique()).find_map(|key| self.slot(key.hash()));
        if let Some(Slot::One(at)) = earlier {
            // It is no error if several files describe a message in the same way.
            if at >= self.file_begins {
                return Added::Repeated;
            }
            self.complete(at, facts);
            return Added::Merged;
        }
        let mut end = name.len().min(NAME);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        let texts: usize = facts.labels.iter().map(|label| label.len() + size_of::<String>()).sum();
        let memory = self.memory + to_u64(RECORD + end + texts);
        if memory > LIMIT {
            return Added::Full;
        }
        self.memory = memory;
        self.names.push_str(&name[..end]);
        let at = self.records.len();
        let Facts { labels, received, size, md5 } = facts;
        let labels = self.label_set(labels);
        let is_used = AtomicBool::new(false);
        self.records.push(Record { name_end: self.names.len(), labels, received, size, md5, is_used });
        for key in keys {
            self.lead(*key, at);
        }
        Added::New
    }

    fn lead(&mut self, key: Key<'_>, to: usize) {
        if let Key::MessageIdIn { account, .. } = key {
            self.accounts.insert(account.to_lowercase());
        }
        self.has_message_ids |= !key.is_unique();
        match self.keys.entry(key.hash()) {
            Entry::Vacant(entry) => drop(entry.insert(Slot::One(to))),
            Entry::Occupied(mut entry) => {
                let says_same = match *entry.get() {
                    Slot::One(at) => says_same(&self.records, at, to),
                    Slot::Several => false,
                };
                if !says_same {
                    entry.insert(Slot::Several);
                }
            }
        }
    }

    /// Adds to a record what it lacks.
    fn complete(&mut self, at: usize, Facts { labels, received, size, md5 }: Facts) {
        let has_labels = self.records.get(at).is_some_and(|record| !self.labels_of(record).is_empty());
        let labels = (!has_labels).then(|| self.label_set(labels));
        if let Some(record) = self.records.get_mut(at) {
            record.labels = labels.unwrap_or(record.labels);
            record.received = record.received.or(received);
            record.size = record.size.or(size);
            record.md5 = record.md5.or(md5);
        }
    }

    /// The number of these labels, which most messages share with others.
    fn label_set(&mut self, labels: Vec<String>) -> usize {
        let labels: Arc<[String]> = labels.into();
        match self.labels.entry(Arc::clone(&labels)) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                self.label_sets.push(labels);
                *entry.insert(self.label_sets.len() - 1)
            }
        }
    }

    fn labels_of(&self, record: &Record) -> &[String] {
        self.label_sets.get(record.labels).map_or(&[], |labels| labels)
    }

    fn slot(&self, key: KeyHash) -> Option<Slot> {
        self.keys.get(&key).copied()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The labels of all records, each once.
    pub fn labels(&self) -> BTreeSet<&str> {
        self.label_sets.iter().flat_map(|labels| labels.iter()).map(String::as_str).collect()
    }

    /// The names of the records that no message had so far.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.records.iter().map(|record| record.name_end));
        let unused = starts.zip(&self.records).filter(|(_, record)| !record.is_used.load(Ordering::Relaxed));
        unused.filter_map(|(start, record)| self.names.get(start..record.name_end))
    }

    /// Whether messages are looked up by their `Message-ID`, too.
    pub(crate) fn has_message_ids(&self) -> bool {
        self.has_message_ids
    }

    /// The account whose address is in the name of a mailbox: the longest one.
    pub(crate) fn account_in(&self, mailbox: &str) -> Option<&str> {
        let mailbox = mailbox.to_lowercase();
        let accounts = self.accounts.iter().filter(|account| !account.is_empty() && mailbox.contains(&***account));
        accounts.max_by_key(|account| account.len()).map(String::as_str)
    }

    /// The record of a message with these keys: by the first one that leads to one.
    pub(crate) fn find<'k>(&self, keys: impl IntoIterator<Item = Key<'k>>) -> Option<Found<'_>> {
        let at = keys.into_iter().find_map(|key| match self.slot(key.hash())? {
            Slot::One(at) => Some(at),
            Slot::Several => None,
        })?;
        let record = self.records.get(at)?;
        record.is_used.store(true, Ordering::Relaxed);
        Some(Found { record, labels: self.labels_of(record) })
    }
}

fn says_same(records: &[Record], one: usize, other: usize) -> bool {
    let facts = |at: usize| records.get(at).map(|record| (record.labels, record.received, record.size, record.md5));
    facts(one) == facts(other)
}

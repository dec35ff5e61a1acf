//! What once went wrong when several workers, batches or a full disk came together.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use mbox2eml::sink::{Directory, Durability, Encode, Entry, Null, Placed, Sink};
use mbox2eml::source::{Origin, Source, Stream, Window};
use mbox2eml::split::SplitRule;
use mbox2eml::{Converter, Mailbox, RunEnd, WriteError};

use super::reruns::contents;
use super::run::{Memory, Settings, check_sums, convert, stream};

fn message(body: &str) -> Vec<u8> {
    format!("From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: same\n\n{body}\n\n").into_bytes()
}

#[test]
fn messages_that_want_one_name_at_the_same_time_are_all_kept() {
    let bodies: Vec<String> = ('a'..='h').map(|letter| letter.to_string().repeat(300_000)).collect();
    let mailboxes: Vec<Vec<u8>> = bodies.iter().map(|body| message(body)).collect();
    let converter = Converter::builder().threads(NonZeroUsize::new(4).unwrap()).build();
    for round in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let sink = Directory::create(folder.path(), Durability::Cached).unwrap();
        // None of them has a folder of its own.
        let inputs = mailboxes.iter().map(|mailbox| Ok(Mailbox::new(Stream::new("memory", &mailbox[..]))));
        let done = converter.convert_all(inputs, sink, &());
        check_sums(&done);
        assert_eq!(done.messages().written, 8, "round {round}");
        let files = contents(folder.path());
        assert_eq!(files.len(), 8, "round {round}");
        for body in &bodies {
            let eml = format!("Subject: same\r\n\r\n{body}\r\n");
            assert!(files.values().any(|bytes| bytes == eml.as_bytes()), "round {round}: {} is lost", &body[..1]);
        }
    }
}

/// A source that notes how many bytes are taken at a time.
struct Taken<'a>(Stream<&'a [u8]>, Arc<Mutex<Vec<usize>>>);

impl Source for Taken<'_> {
    fn origin(&self) -> &Origin {
        self.0.origin()
    }

    fn size(&self) -> Option<u64> {
        self.0.size()
    }

    fn window(&mut self) -> mbox2eml::Result<Window<'_>> {
        self.0.window()
    }

    fn take(&mut self, count: usize) -> Bytes {
        self.1.lock().unwrap().push(count);
        self.0.take(count)
    }
}

#[test]
fn short_messages_behind_a_long_one_come_in_portions() {
    let long = message(&"A line of a long message, which goes on and on and on.\n".repeat((24 << 20) / 55));
    let short: Vec<u8> = (0..20_000).flat_map(|number| message(&format!("{number:0500}"))).collect();
    let mailbox = [&long[..], &short].concat();
    let settings = Settings::raw(SplitRule::Auto);
    let taken = Arc::default();
    let (done, _) = convert(Taken(Stream::new("memory", &mailbox[..]), Arc::clone(&taken)), &settings, 2);
    check_sums(&done);
    assert_eq!(done.messages().written, 20_001);
    let taken = taken.lock().unwrap();
    assert_eq!(taken.iter().sum::<usize>(), mailbox.len());
    assert_eq!(taken[0], long.len());
    assert!(taken[1..].iter().all(|count| *count <= 4 << 20), "{taken:?}");
    let (small, _) = convert(stream(&mailbox, 100_000), &settings, 2);
    // No `assert_eq`, which would print megabytes.
    assert!(small.receipt == done.receipt && small.bytes() == done.bytes());
}

/// A sink whose disk is full, and how many messages its encoder saw.
struct Full(Arc<AtomicUsize>);

struct Counting(Arc<AtomicUsize>);

impl Encode for Counting {
    type Item = mbox2eml::name::EntryName;

    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(entry.name)
    }
}

impl Sink for Full {
    type Encoder = Counting;
    type Receipt = ();

    fn encoder(&self) -> Counting {
        Counting(Arc::clone(&self.0))
    }

    fn put(&mut self, name: mbox2eml::name::EntryName) -> Result<Placed, WriteError> {
        Err(WriteError::new("cannot add", name, io::Error::from(io::ErrorKind::StorageFull)))
    }

    fn finish(self) {}
}

#[test]
fn a_sink_that_is_full_in_its_ordered_half_stops_the_run() {
    let mailbox = message("Text").repeat(20_000);
    for threads in [1, 4] {
        let seen = Arc::default();
        let converter = Settings::raw(SplitRule::Auto).converter(threads);
        // About ten messages to a batch.
        let done = converter.convert(stream(&mailbox, 700), Full(Arc::clone(&seen)), &());
        check_sums(&done);
        assert_eq!((done.ending, done.messages().written), (RunEnd::OutputFailed, 0), "{threads} threads");
        let seen = seen.load(Ordering::Relaxed);
        assert!((1..2_000).contains(&seen), "{threads} threads: {seen} messages");
    }
}

#[test]
fn more_threads_than_work_do_no_harm() {
    let mailbox = message("Text").repeat(3);
    let (expected, _) = convert(stream(&mailbox, 100), &Settings::raw(SplitRule::Auto), 1);
    let converter = Settings::raw(SplitRule::Auto).converter(10_000);
    let done = converter.convert(stream(&mailbox, 100), Memory::default(), &());
    assert_eq!(done.receipt, expected.receipt);
    assert_eq!(converter.convert(stream(&mailbox, 100), Null, &()).messages().written, 3);
}

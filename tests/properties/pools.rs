//! A run uses the rayon pool that it is called in, and never waits for a thread that waits for it.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId};

use mbox2eml::sink::{Encode, Entry, Null, Placed, Sink};
use mbox2eml::{Converter, WriteError};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::run::{PATIENCE, stream};

const MESSAGES: usize = 60;

/// Messages that are more than a batch.
fn mailbox() -> Vec<u8> {
    let body = "x".repeat(100_000);
    let message = |n: usize| {
        format!("From a@example.org Mon Jan  1 00:00:00 2024\nMessage-ID: <{n}@example.org>\n\n>From {body}\n\n")
    };
    (0..MESSAGES).map(message).collect::<String>().into_bytes()
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

/// How many messages a converter writes, which gets them in many batches, so that all threads find work.
fn convert_with(converter: &Converter, mailbox: &[u8], sink: impl Sink) -> usize {
    let done = converter.convert(stream(mailbox, 200_000), sink, &()).into_result().unwrap();
    usize::try_from(done.messages().written).unwrap()
}

/// The same for a converter without settings.
fn convert(mailbox: &[u8], sink: impl Sink) -> usize {
    convert_with(&Converter::builder().build(), mailbox, sink)
}

/// Does something with each message on the thread that works on it.
struct Each<F>(F);

struct OnThread<F>(F);

impl<F: Fn() + Clone + Send + Sync> Sink for Each<F> {
    type Encoder = OnThread<F>;
    type Receipt = ();

    fn encoder(&self) -> OnThread<F> {
        OnThread(self.0.clone())
    }

    fn put(&mut self, item: Placed) -> Result<Placed, WriteError> {
        Ok(item)
    }

    fn finish(self) {}
}

impl<F: Fn() + Sync> Encode for OnThread<F> {
    type Item = Placed;

    fn encode(&self, entry: Entry<'_>) -> Result<Placed, WriteError> {
        (self.0)();
        Ok(Placed::new(entry.name, mbox2eml::sink::WriteStatus::Written))
    }
}

/// The threads that worked on the messages of a run. No message is done before so many have one.
fn threads_of(count: usize, run: impl FnOnce(Each<&(dyn Fn() + Sync)>)) -> HashSet<ThreadId> {
    let (threads, arrival) = (Mutex::new(HashSet::new()), Condvar::new());
    let note = || {
        let mut arrived = threads.lock().unwrap();
        arrived.insert(thread::current().id());
        arrival.notify_all();
        let (_guard, waited) = arrival.wait_timeout_while(arrived, PATIENCE, |arrived| arrived.len() < count).unwrap();
        assert!(!waited.timed_out(), "fewer than {count} threads work");
    };
    run(Each(&note));
    threads.into_inner().unwrap()
}

#[test]
fn the_pool_of_the_caller_is_used() {
    let mailbox = mailbox();
    let pool = pool(3);
    let members: HashSet<ThreadId> = pool.broadcast(|_| thread::current().id()).into_iter().collect();
    let threads = threads_of(3, |sink| assert_eq!(pool.install(|| convert(&mailbox, sink)), MESSAGES));
    assert_eq!(threads, members);
}

#[test]
fn a_number_of_threads_means_the_caller_and_one_pool() {
    let mailbox = mailbox();
    let converter = Converter::builder().threads(NonZeroUsize::new(3).unwrap()).build();
    let threads = threads_of(3, |sink| {
        for converter in [&converter, &converter.clone(), &converter] {
            assert_eq!(convert_with(converter, &mailbox, Each(sink.0)), MESSAGES);
        }
    });
    assert!(threads.contains(&thread::current().id()) && threads.len() == 3, "{threads:?}");

    let one = Converter::builder().threads(NonZeroUsize::MIN).build();
    let threads = threads_of(1, |sink| assert_eq!(convert_with(&one, &mailbox, sink), MESSAGES));
    assert_eq!(threads, HashSet::from([thread::current().id()]));
}

#[test]
fn a_pool_of_one_thread_is_enough() {
    let mailbox = mailbox();
    assert_eq!(pool(1).install(|| convert(&mailbox, Null)), MESSAGES);
}

#[test]
fn a_run_within_a_run_ends() {
    let mailbox = mailbox();
    for threads in 1..=3 {
        let nested = || assert_eq!(convert(&mailbox[..50_000], Null), 1);
        assert_eq!(pool(threads).install(|| convert(&mailbox, Each(&nested))), MESSAGES);
    }
}

#[test]
fn runs_side_by_side_in_one_pool_end() {
    let mailbox = mailbox();
    let run = || assert_eq!(convert(&mailbox, Null), MESSAGES);
    for threads in 1..=3 {
        pool(threads).scope(|scope| (0..4).for_each(|_| scope.spawn(|_| run())));
    }
}

#[test]
fn a_run_whose_sink_uses_the_pool_ends() {
    let mailbox = mailbox();
    let work = || rayon::join(|| (), || ()).0;
    for threads in 1..=3 {
        pool(threads).install(|| {
            let both = rayon::join(|| convert(&mailbox, Each(&work)), || convert(&mailbox, Each(&work)));
            assert_eq!(both, (MESSAGES, MESSAGES));
        });
    }
}

#[test]
fn a_busy_pool_does_not_keep_a_run_from_working() {
    let mailbox = mailbox();
    let pool = pool(2);
    let ((busy, is_busy), (release, released)) = (channel(), channel::<()>());
    pool.spawn(move || {
        busy.send(()).unwrap();
        assert!(released.recv().is_err());
    });
    is_busy.recv().unwrap();
    // The other thread is free again only when all messages but the last were worked on.
    let done = Mutex::new((0, Some(release)));
    let count = || {
        let mut done = done.lock().unwrap();
        done.0 += 1;
        if done.0 == MESSAGES - 1 {
            done.1 = None;
        }
    };
    assert_eq!(pool.install(|| convert(&mailbox, Each(&count))), MESSAGES);
}

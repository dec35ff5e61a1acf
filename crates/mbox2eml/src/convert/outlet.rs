//! The way from the workers to the books: results are handed in in any order and settled in the right one.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Item;
use super::ledger::{Done, Ledger};
use super::outcome::{Became, Worked};
use crate::sink::{Encode, Sink};
use crate::size::to_u64;

/// Takes results in any order and settles them in the right one.
///
/// Whoever hands in the result that is waited for settles it and all that follow; the others only park theirs and go
/// on, however long an archive takes to write.
pub(super) struct Outlet<'o, K: Sink> {
    queue: Mutex<Queue<Item<K>>>,
    /// Locked by the one who settles.
    ledger: Mutex<Ledger<'o, K>>,
    /// Told whenever results were settled.
    settled: Condvar,
    room: Room,
}

/// How much may be parked.
#[derive(Clone, Copy)]
struct Room {
    results: u64,
    bytes: u64,
}

struct Queue<T> {
    /// The number of the step to be settled next.
    next: u64,
    /// The highest number handed in so far, and one.
    reached: u64,
    parked: BTreeMap<u64, Parked<T>>,
    /// How many bytes the parked results hold.
    bytes: u64,
    /// Whether a worker settles at this moment.
    settling: bool,
    /// How many workers wait for room.
    waiting: usize,
    aborted: bool,
}

struct Parked<T> {
    done: Done<T>,
    bytes: u64,
}

impl Room {
    /// For each worker: enough for one long message among short ones, and little memory.
    const RESULTS: u64 = 16;
    const BYTES: u64 = 16 << 20;

    fn of(workers: NonZeroUsize) -> Self {
        let workers = to_u64(workers.get());
        Self { results: workers.saturating_mul(Self::RESULTS), bytes: workers.saturating_mul(Self::BYTES) }
    }
}

impl<'o, K: Sink> Outlet<'o, K> {
    pub(super) fn new(ledger: Ledger<'o, K>, workers: NonZeroUsize) -> Self {
        let (queue, ledger) = (Mutex::new(Queue::new()), Mutex::new(ledger));
        Self { queue, ledger, settled: Condvar::new(), room: Room::of(workers) }
    }

    /// Waits until there is room for more results; `false` if another worker broke down.
    ///
    /// The worker that everybody waits for is never among those who wait: it has a step in work.
    pub(super) fn wait_for_room(&self) -> bool {
        let mut queue = self.lock();
        while !queue.aborted && !queue.has_room(self.room) {
            queue.waiting += 1;
            queue = self.settled.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.waiting -= 1;
        }
        !queue.aborted
    }

    /// Hands in what was done with the step of that number.
    pub(super) fn detect_quoting(&self, number: u64, done: Done<Item<K>>) {
        let bytes = weight::<K>(&done);
        let mut queue = self.lock();
        queue.park(number, Parked { done, bytes });
        if queue.settling {
            // Whoever does looks again before ending.
            return;
        }
        queue.settling = true;
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(done) = queue.pop() {
            let anybody_waits = queue.waiting > 0;
            drop(queue);
            // The system is asked only if need be: of many small mailboxes every step would cost a call.
            if anybody_waits {
                self.settled.notify_all();
            }
            ledger.detect_quoting(done);
            queue = self.lock();
        }
        queue.settling = false;
    }

    /// Lets nobody wait for a thread that panics.
    pub(super) fn abort(&self) {
        self.lock().aborted = true;
        self.settled.notify_all();
    }

    /// The books, when all workers are done.
    pub(super) fn into_ledger(self) -> Ledger<'o, K> {
        self.ledger.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Queue<Item<K>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many bytes of memory a result holds until it is settled.
fn weight<K: Sink>(done: &Done<Item<K>>) -> u64 {
    let Done::Messages(outcome) = done else { return 0 };
    let of = |became: &Became<Item<K>>| match became {
        Became::Encoded { first, copies } => {
            K::Encoder::weight(first) + copies.iter().map(K::Encoder::weight).sum::<u64>()
        }
        _ => 0,
    };
    let with_record =
        |worked: &Worked<Item<K>>| of(&worked.became) + worked.record.as_ref().map_or(0, |record| record.weight());
    outcome.messages.iter().map(with_record).sum()
}

impl<T> Queue<T> {
    fn new() -> Self {
        Self { next: 0, reached: 0, parked: BTreeMap::new(), bytes: 0, settling: false, waiting: 0, aborted: false }
    }

    fn has_room(&self, room: Room) -> bool {
        self.reached <= self.next.saturating_add(room.results) && self.bytes <= room.bytes
    }

    fn park(&mut self, number: u64, parked: Parked<T>) {
        self.bytes += parked.bytes;
        self.reached = self.reached.max(number + 1);
        self.parked.insert(number, parked);
    }

    /// The result whose turn it is.
    fn pop(&mut self) -> Option<Done<T>> {
        let Parked { done, bytes } = self.parked.remove(&self.next)?;
        self.next += 1;
        self.bytes -= bytes;
        Some(done)
    }
}

//! Results come in any order and leave in the right one.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::size::to_u64;

/// Passes results on in the order of their numbers, from 0 on.
///
/// The thread that hands in the result that is due passes it on, and all that follow it. The others park theirs and go
/// on working, however long an archive takes to write: to wait instead cost up to 1.8 times the time.
pub(super) struct ReorderBuffer<T, R> {
    queue: Mutex<Queue<T>>,
    /// Locked by the thread that passes results on.
    receiver: Mutex<R>,
    receive: fn(&mut R, T),
    /// Signalled whenever a result was passed on.
    passed_on: Condvar,
    capacity: Capacity,
}

/// How much may be parked before nothing new is begun.
#[derive(Clone, Copy)]
struct Capacity {
    results: u64,
    bytes: u64,
}

struct Queue<T> {
    /// The number of the result that is due.
    next: u64,
    /// One more than the highest number handed in so far.
    end: u64,
    pending: BTreeMap<u64, Pending<T>>,
    /// How many bytes the pending results hold.
    bytes: u64,
    /// Whether a thread is passing results on.
    passing_on: bool,
    /// How many threads wait for room.
    waiting: usize,
    aborted: bool,
}

struct Pending<T> {
    result: T,
    bytes: u64,
}

impl Capacity {
    /// For each thread: enough for one long message among short ones, and little memory.
    const RESULTS: u64 = 16;
    const BYTES: u64 = 16 << 20;

    fn of(threads: NonZeroUsize) -> Self {
        let threads = to_u64(threads.get());
        Self { results: threads.saturating_mul(Self::RESULTS), bytes: threads.saturating_mul(Self::BYTES) }
    }
}

impl<T, R> ReorderBuffer<T, R> {
    /// `receive` gives a result to the receiver.
    pub(super) fn new(receiver: R, receive: fn(&mut R, T), threads: NonZeroUsize) -> Self {
        let (queue, receiver) = (Mutex::new(Queue::new()), Mutex::new(receiver));
        Self { queue, receiver, receive, passed_on: Condvar::new(), capacity: Capacity::of(threads) }
    }

    /// Waits until there is room for more results; `false` after an [abort](Self::abort).
    ///
    /// The thread with the result that is due never waits here: it is still working on it.
    pub(super) fn wait_for_room(&self) -> bool {
        let mut queue = self.lock();
        while !queue.aborted && !queue.has_room(self.capacity) {
            queue.waiting += 1;
            queue = self.passed_on.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.waiting -= 1;
        }
        !queue.aborted
    }

    /// Hands in the result with that number, which holds `bytes` of memory.
    pub(super) fn hand_in(&self, number: u64, result: T, bytes: u64) {
        let mut queue = self.lock();
        queue.park(number, Pending { result, bytes });
        if queue.passing_on {
            // The thread that passes results on checks again before it ends.
            return;
        }
        queue.passing_on = true;
        let mut receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(result) = queue.pop() {
            let is_awaited = queue.waiting > 0;
            drop(queue);
            // Only if need be: a system call for each of many small mailboxes would cost time.
            if is_awaited {
                self.passed_on.notify_all();
            }
            (self.receive)(&mut receiver, result);
            queue = self.lock();
        }
        queue.passing_on = false;
    }

    /// Ends all waiting, because a thread panicked.
    pub(super) fn abort(&self) {
        self.lock().aborted = true;
        self.passed_on.notify_all();
    }

    /// The receiver, when all threads are done.
    pub(super) fn into_receiver(self) -> R {
        self.receiver.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Queue<T> {
    fn new() -> Self {
        Self { next: 0, end: 0, pending: BTreeMap::new(), bytes: 0, passing_on: false, waiting: 0, aborted: false }
    }

    fn has_room(&self, capacity: Capacity) -> bool {
        self.end <= self.next.saturating_add(capacity.results) && self.bytes <= capacity.bytes
    }

    fn park(&mut self, number: u64, pending: Pending<T>) {
        self.bytes += pending.bytes;
        self.end = self.end.max(number + 1);
        self.pending.insert(number, pending);
    }

    /// The result that is due, if it is there.
    fn pop(&mut self) -> Option<T> {
        let Pending { result, bytes } = self.pending.remove(&self.next)?;
        self.next += 1;
        self.bytes -= bytes;
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::{Capacity, ReorderBuffer};

    fn buffer() -> ReorderBuffer<u64, Vec<u64>> {
        ReorderBuffer::new(Vec::new(), Vec::push, NonZeroUsize::MIN)
    }

    #[test]
    fn results_leave_in_order() {
        let buffer = buffer();
        for number in [2, 1, 0, 4, 3] {
            buffer.hand_in(number, number, 1);
        }
        assert_eq!(buffer.into_receiver(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_gap_holds_back_what_follows() {
        let buffer = buffer();
        for number in [0, 2, 3] {
            buffer.hand_in(number, number, 1);
        }
        assert_eq!(buffer.into_receiver(), [0]);
    }

    #[test]
    fn room_is_bounded_by_number_and_by_bytes() {
        let by_number = buffer();
        (1..=Capacity::RESULTS - 1).for_each(|number| by_number.hand_in(number, number, 0));
        let has_room = |buffer: &ReorderBuffer<u64, _>| buffer.lock().has_room(buffer.capacity);
        assert!(has_room(&by_number));
        by_number.hand_in(Capacity::RESULTS, 0, 0);
        assert!(!has_room(&by_number));
        by_number.hand_in(0, 0, 0);
        assert!(has_room(&by_number));

        let by_bytes = buffer();
        by_bytes.hand_in(1, 1, Capacity::BYTES + 1);
        assert!(!has_room(&by_bytes));
        by_bytes.hand_in(0, 0, 0);
        assert!(has_room(&by_bytes) && by_bytes.wait_for_room());
    }

    #[test]
    fn an_abort_ends_all_waiting() {
        let buffer = buffer();
        buffer.hand_in(1, 1, Capacity::BYTES + 1);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| buffer.wait_for_room());
            buffer.abort();
            assert!(!waiting.join().unwrap());
        });
    }

    #[test]
    fn many_threads_lose_nothing() {
        let (buffer, next) =
            (ReorderBuffer::new(Vec::new(), Vec::push, NonZeroUsize::new(4).unwrap()), AtomicU64::new(0));
        let work = || {
            while buffer.wait_for_room() {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= 10_000 {
                    break;
                }
                buffer.hand_in(number, number, number % 3);
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(work);
            }
        });
        assert!(buffer.into_receiver().into_iter().eq(0..10_000));
    }
}

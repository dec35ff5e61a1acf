//! What is done in mailbox order, on any thread.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A value that the events get one after another, by their numbers from 0 on.
///
/// A thread waits only for events with lower numbers, which other threads are working on at that moment. So the event
/// with the lowest number never waits.
pub(super) struct InOrder<T> {
    state: Mutex<State<T>>,
    passed: Condvar,
}

struct State<T> {
    value: T,
    /// The number of the event whose turn it is.
    next: u64,
    aborted: bool,
}

impl<T> InOrder<T> {
    pub(super) fn new(value: T) -> Self {
        Self { state: Mutex::new(State { value, next: 0, aborted: false }), passed: Condvar::new() }
    }

    /// Waits for the turn of the event with that number, and gives it the value.
    ///
    /// Every event must take its turn, even if it has nothing to do. After an [abort](Self::abort) `take` is not
    /// called.
    pub(super) fn turn(&self, number: u64, take: impl FnOnce(&mut T)) {
        let early = |state: &mut State<T>| state.next != number && !state.aborted;
        let mut state = self.passed.wait_while(self.lock(), early).unwrap_or_else(PoisonError::into_inner);
        if state.aborted {
            return;
        }
        take(&mut state.value);
        state.next += 1;
        drop(state);
        self.passed.notify_all();
    }

    /// Ends all waiting, because a thread panicked.
    pub(super) fn abort(&self) {
        self.lock().aborted = true;
        self.passed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::InOrder;

    #[test]
    fn turns_come_in_order_on_any_thread() {
        let (order, next) = (InOrder::new(Vec::new()), AtomicU64::new(0));
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= 1_000 {
                    break;
                }
                order.turn(number, |numbers| numbers.push(number));
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(work);
            }
        });
        assert!(order.lock().value.iter().copied().eq(0..1_000));
    }

    #[test]
    fn an_abort_ends_all_waiting() {
        let order = InOrder::new(0);
        thread::scope(|scope| {
            let late = scope.spawn(|| order.turn(1, |value| *value += 1));
            order.abort();
            assert!(late.join().is_ok());
        });
        assert_eq!(order.lock().value, 0);
    }
}

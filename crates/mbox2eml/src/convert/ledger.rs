//! The output side: results settled in mailbox order, and the books of every mailbox.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::feed::About;
use super::outcome::{Became, Outcome};
use super::{Conversion, Ending, Item};
use crate::error::{Error, Result, WriteError};
use crate::report::{
    ByteCounts, MailboxSummary, MessageCounts, Observer, Position, Warning, WarningCounts, WarningKind,
};
use crate::sink::{Fate, Sink};

/// What a worker has done with a step.
pub(super) enum Done<T> {
    Unopened(Error),
    Begin(Arc<About>),
    Messages(Outcome<T>),
    End(Option<Error>),
}

/// Takes results in any order and settles them in the right one.
pub(super) struct Outlet<'o, K: Sink> {
    queue: Mutex<Queue<'o, K>>,
    /// Told whenever results were settled.
    settled: Condvar,
    /// How many results may be parked.
    room: u64,
}

struct Queue<'o, K: Sink> {
    ledger: Ledger<'o, K>,
    /// The number of the step to be settled next.
    next: u64,
    /// The highest number handed in so far, and one.
    reached: u64,
    parked: BTreeMap<u64, Done<Item<K>>>,
    aborted: bool,
}

impl<'o, K: Sink> Outlet<'o, K> {
    /// Results parked for each worker, at most: enough for one long message among short ones, and little memory.
    const ROOM_PER_WORKER: usize = 16;

    pub(super) fn new(ledger: Ledger<'o, K>, workers: NonZeroUsize) -> Self {
        let room = crate::size::to_u64(workers.get().saturating_mul(Self::ROOM_PER_WORKER));
        let queue = Queue { ledger, next: 0, reached: 0, parked: BTreeMap::new(), aborted: false };
        Self { queue: Mutex::new(queue), settled: Condvar::new(), room }
    }

    /// Waits until results are not parked too far ahead; `false` if another worker broke down.
    ///
    /// The worker that everybody waits for is never among those who wait: it has a step in work.
    pub(super) fn wait_for_room(&self) -> bool {
        let full = |queue: &mut Queue<'_, K>| !queue.aborted && queue.reached > queue.next.saturating_add(self.room);
        let queue = self.settled.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        !queue.aborted
    }

    /// Hands in what was done with the step of that number.
    pub(super) fn settle(&self, number: u64, done: Done<Item<K>>) {
        let mut queue = self.lock();
        queue.parked.insert(number, done);
        queue.reached = queue.reached.max(number + 1);
        let next = queue.next;
        queue.settle_in_order();
        if queue.next > next {
            self.settled.notify_all();
        }
    }

    /// Wakes the others should this thread panic.
    pub(super) fn alarm(&self) -> Alarm<'_, 'o, K> {
        Alarm(self)
    }

    /// The books, when all workers are done.
    pub(super) fn into_ledger(self) -> Ledger<'o, K> {
        self.queue.into_inner().unwrap_or_else(PoisonError::into_inner).ledger
    }

    fn lock(&self) -> MutexGuard<'_, Queue<'o, K>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// On the way out of a panicking thread, tells the others not to wait for it.
pub(super) struct Alarm<'a, 'o, K: Sink>(&'a Outlet<'o, K>);

impl<K: Sink> Drop for Alarm<'_, '_, K> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.lock().aborted = true;
            self.0.settled.notify_all();
        }
    }
}

impl<K: Sink> Queue<'_, K> {
    fn settle_in_order(&mut self) {
        while let Some(done) = self.parked.remove(&self.next) {
            self.next += 1;
            self.ledger.settle(done);
        }
    }
}

/// The books of a run; everything is entered in mailbox order.
pub(super) struct Ledger<'o, K> {
    sink: K,
    observer: &'o dyn Observer,
    /// Set when nothing more can be written.
    stop: &'o AtomicBool,
    current: Option<Account>,
    mailboxes: Vec<MailboxSummary>,
    unopened: Vec<Error>,
    output_failed: bool,
    /// Whether a batch was left before its end because the run was stopped.
    interrupted: bool,
}

/// The mailbox whose results come in.
struct Account {
    summary: MailboxSummary,
    /// How many lines the batches before had.
    lines: u64,
}

impl<'o, K: Sink> Ledger<'o, K> {
    pub(super) fn new(sink: K, observer: &'o dyn Observer, stop: &'o AtomicBool) -> Self {
        Self {
            sink,
            observer,
            stop,
            current: None,
            mailboxes: Vec::new(),
            unopened: Vec::new(),
            output_failed: false,
            interrupted: false,
        }
    }

    fn settle(&mut self, done: Done<Item<K>>) {
        match done {
            Done::Unopened(error) => {
                self.observer.failed(&error);
                self.unopened.push(error);
            }
            Done::Begin(about) => {
                self.observer.started(&about.origin, about.size);
                self.current = Some(Account::open(&about));
            }
            Done::Messages(outcome) => self.enter(outcome),
            Done::End(error) => self.close(error),
        }
    }

    fn enter(&mut self, outcome: Outcome<Item<K>>) {
        let Some(account) = &mut self.current else { return };
        self.interrupted |= outcome.interrupted;
        for warning in outcome.warnings {
            account.warn(warning, self.observer);
        }
        for (position, became) in outcome.messages {
            let failure = match became {
                Became::Deleted => {
                    account.summary.messages.filtered += 1;
                    account.summary.deleted += 1;
                    continue;
                }
                Became::Failed(error) => error,
                Became::Encoded(item) => match self.sink.put(item) {
                    Ok(placed) => {
                        account.count(placed.fate, placed.moved.then_some(position), self.observer);
                        continue;
                    }
                    Err(error) => error,
                },
            };
            if failure.stops_the_run() {
                self.output_failed = true;
                self.stop.store(true, Ordering::Relaxed);
            }
            account.fail(position, failure, self.observer);
        }
        account.summary.profile = outcome.profile.or(account.summary.profile);
        account.summary.messages.found += outcome.found;
        account.summary.bytes += outcome.bytes;
        account.lines += outcome.lines;
    }

    fn close(&mut self, error: Option<Error>) {
        let Some(Account { mut summary, .. }) = self.current.take() else { return };
        summary.error = error.or_else(|| unbalanced(&summary));
        if let Some(error) = &summary.error {
            self.observer.failed(error);
        }
        self.observer.finished(&summary);
        self.mailboxes.push(summary);
    }

    /// Closes the books and the sink; `exhausted` says that no input was left.
    pub(super) fn finish(mut self, exhausted: bool) -> Result<Conversion<K::Receipt>> {
        self.close(None);
        let ending = match (self.output_failed, exhausted && !self.interrupted) {
            (true, _) => Ending::OutputFailed,
            (false, true) => Ending::Complete,
            (false, false) => Ending::Cancelled,
        };
        let receipt = self.sink.finish()?;
        Ok(Conversion { mailboxes: self.mailboxes, unopened: self.unopened, ending, receipt })
    }
}

impl Account {
    fn open(about: &About) -> Self {
        let summary = MailboxSummary {
            origin: about.origin.clone(),
            folder: about.folder.clone(),
            profile: None,
            messages: MessageCounts::default(),
            deleted: 0,
            bytes: ByteCounts::default(),
            warnings: WarningCounts::default(),
            error: None,
        };
        Self { summary, lines: 0 }
    }

    /// The place in the mailbox of a place in a batch.
    fn place(&self, in_batch: Position) -> Position {
        Position { line: self.lines + in_batch.line + 1, ..in_batch }
    }

    fn warn(&mut self, warning: Warning, observer: &dyn Observer) {
        let warning = Warning { position: self.place(warning.position), ..warning };
        self.summary.warnings.add(warning.kind);
        observer.warned(&self.summary.origin, &warning);
    }

    fn count(&mut self, fate: Fate, moved: Option<Position>, observer: &dyn Observer) {
        match fate {
            Fate::Written => self.summary.messages.written += 1,
            Fate::AlreadyThere => self.summary.messages.already_there += 1,
        }
        if let Some(position) = moved {
            let why = "another file has its name: it got the next free one";
            self.warn(Warning { kind: WarningKind::NameTaken, position, why }, observer);
        }
    }

    fn fail(&mut self, position: Position, source: WriteError, observer: &dyn Observer) {
        self.summary.messages.failed += 1;
        let (origin, position) = (self.summary.origin.clone(), self.place(position));
        observer.failed(&Error::Message { origin, position, source });
    }
}

/// Holds both sums of the books against each other.
fn unbalanced(summary: &MailboxSummary) -> Option<Error> {
    let MailboxSummary { origin, messages, bytes, .. } = summary;
    let sums = [("messages", messages.found, messages.accounted()), ("bytes", bytes.input, bytes.accounted())];
    sums.into_iter().find(|(_, left, right)| left != right).map(|(what, left, right)| Error::Unbalanced {
        origin: origin.clone(),
        what,
        left,
        right,
    })
}

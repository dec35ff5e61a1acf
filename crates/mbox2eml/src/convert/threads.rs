//! Which threads work on a run.

use std::cell::Cell;
use std::error::Error as _;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};

use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};

/// The threads of a converter and its clones.
#[derive(Clone, Debug, Default)]
pub(super) enum Threads {
    /// Those of the rayon pool that the caller is in: the global one, outside of any other.
    #[default]
    Current,
    /// This many: the caller's, and those of a pool that is built when it is first needed.
    Own(NonZeroUsize, Arc<OnceLock<Option<OwnPool>>>),
}

thread_local! {
    /// Whether this thread is working on a run.
    static IS_WORKING: Cell<bool> = const { Cell::new(false) };
}

impl Threads {
    /// More would only cost memory.
    pub(super) const MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

    pub(super) fn own(count: NonZeroUsize) -> Self {
        Self::Own(count.min(Self::MAX), Arc::default())
    }

    /// How many threads work on a run that the current thread begins now.
    pub(super) fn count(&self) -> NonZeroUsize {
        match self {
            _ if IS_WORKING.get() => NonZeroUsize::MIN,
            Self::Own(count, _) => *count,
            Self::Current if has_current_pool() => {
                NonZeroUsize::new(rayon::current_num_threads()).unwrap_or(NonZeroUsize::MIN)
            }
            Self::Current => NonZeroUsize::MIN,
        }
    }

    /// Calls `work` on up to `count` threads at a time, the current one among them, and returns when all calls have.
    ///
    /// Within a call of `work` the threads of the run may wait for each other. So no thread enters a run while it is in
    /// another: a run that is begun within a run, by a sink say, has the current thread only. And since the current
    /// thread does its part at once, a run makes progress even while all threads of the pool are busy.
    pub(super) fn run(&self, count: NonZeroUsize, work: impl Fn() + Sync) {
        if count == NonZeroUsize::MIN {
            return enter(work);
        }
        let working = AtomicUsize::new(1);
        let help = || {
            if !IS_WORKING.get() && working.fetch_add(1, Ordering::Relaxed) < count.get() {
                enter(&work);
            }
        };
        match self {
            Self::Current => rayon::in_place_scope(|scope| {
                scope.spawn_broadcast(|_, _| help());
                enter(&work);
            }),
            Self::Own(_, own) => match own.get_or_init(|| OwnPool::new(count.get() - 1)) {
                Some(OwnPool { pool: Some(pool), .. }) => pool.in_place_scope(|scope| {
                    scope.spawn_broadcast(|_, _| help());
                    enter(&work);
                }),
                _ => enter(work),
            },
        }
    }
}

/// A pool whose threads are gone when it is dropped.
///
/// Those of a dropped rayon pool end some time later. A program that makes many converters would pile them up.
#[derive(Debug)]
pub(super) struct OwnPool {
    pool: Option<ThreadPool>,
    threads: Vec<JoinHandle<()>>,
}

impl OwnPool {
    /// A pool of `count` threads; `None` if the system does not give them.
    fn new(count: usize) -> Option<Self> {
        let mut threads = Vec::with_capacity(count);
        let spawn = |thread: ThreadBuilder| {
            threads.push(thread::Builder::new().spawn(|| thread.run())?);
            Ok(())
        };
        let pool = ThreadPoolBuilder::new().num_threads(count).spawn_handler(spawn).build().ok()?;
        Some(Self { pool: Some(pool), threads })
    }
}

impl Drop for OwnPool {
    fn drop(&mut self) {
        drop(self.pool.take());
        let current = thread::current().id();
        for thread in self.threads.drain(..).filter(|thread| thread.thread().id() != current) {
            // A panic was reported where it happened.
            drop(thread.join());
        }
    }
}

/// Whether there is a pool to use: the global one cannot be built where the system gives no threads.
fn has_current_pool() -> bool {
    static HAS_GLOBAL_POOL: OnceLock<bool> = OnceLock::new();
    rayon::current_thread_index().is_some()
        || *HAS_GLOBAL_POOL.get_or_init(|| match ThreadPoolBuilder::new().build_global() {
            Ok(()) => true,
            // Without a source the error is that the application has built it already.
            Err(error) => error.source().is_none(),
        })
}

/// Does the current thread's part of a run.
fn enter(work: impl Fn()) {
    struct Leave(bool);
    impl Drop for Leave {
        fn drop(&mut self) {
            IS_WORKING.set(self.0);
        }
    }
    let _leave = Leave(IS_WORKING.replace(true));
    work();
}

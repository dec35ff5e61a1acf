//! Handlers for signals that would end the program without a message: they write an error and exit with a code.
//!
//! A mapped file that is cut short, or that its disk cannot read, raises `SIGBUS`; a failed allocation raises `SIGABRT`.
//! Windows raises exceptions instead, which end the process; there, `--no-mmap` is the safe way for such files.

use std::path::Path;

/// Makes sure that the program ends with a message if it is out of memory.
pub(crate) fn guard_memory() {
    #[cfg(unix)]
    unix::guard_memory();
}

/// Makes sure that a fault in `path`, which is about to be mapped, ends the program with a message.
#[cfg(unix)]
pub(crate) fn guard_mapping(path: &Path) {
    unix::guard_mapping(path);
}

/// Calls `handler` after Ctrl-C or a termination signal.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn on_interrupt(handler: impl FnMut() + Send + 'static) {
    // Without it, Ctrl-C ends the program at once, and the next run completes the file it cut.
    let _ = ctrlc::set_handler(handler);
}

/// There are no signals: a page ends its worker.
#[cfg(target_family = "wasm")]
pub(crate) fn on_interrupt(_handler: impl FnMut() + Send + 'static) {}

/// Nothing can be done here.
#[cfg(not(unix))]
pub(crate) fn guard_mapping(_path: &Path) {}

#[cfg(unix)]
#[allow(unsafe_code)]
mod unix {
    use std::path::Path;
    use std::ptr;
    use std::sync::Once;
    use std::sync::atomic::{AtomicPtr, Ordering};

    use crate::exit::Exit;
    use crate::terminal::escape;

    /// The message about a mapped file. Formatted beforehand, since a signal handler may neither allocate nor lock.
    static MAPPING_MESSAGE: AtomicPtr<String> = AtomicPtr::new(ptr::null_mut());

    const MEMORY_MESSAGE: &str = "mbox2eml: aborted by the fault reported above\n  \
        what was written is complete, or will be completed: run the same command again; if memory ran out, allow more of \
        it or use fewer --threads\n";

    pub(super) fn guard_memory() {
        install(libc::SIGABRT, on_sigabrt);
    }

    pub(super) fn guard_mapping(path: &Path) {
        static INSTALL: Once = Once::new();
        let words = format!(
            "\nmbox2eml: {}: an input became shorter while it was being read, or its disk failed (this one was opened \
             last)\n  what was written is whole, or will be completed: run the same command again when the input is \
             complete; --no-mmap reports the byte\n",
            escape(path.display())
        );
        // A few bytes for each mailbox are never freed: another thread may be reading them.
        MAPPING_MESSAGE.store(Box::leak(Box::new(words)), Ordering::Release);
        INSTALL.call_once(|| install(libc::SIGBUS, on_sigbus));
    }

    fn install(signal: libc::c_int, handler: extern "C" fn(libc::c_int)) {
        // SAFETY: the structure is plain data for which zeros are valid: no flags, so that a handler takes the signal's
        // number and nothing else, as ours do. Both pointers are to it or null, which asks for nothing. The handlers
        // call only functions that are safe in a signal handler (signal-safety(7)), cannot panic, and do not return to
        // the faulting instruction. Nothing else in this process relies on these signals: the standard library's own
        // handler of `SIGBUS`, which is replaced, only reports a stack overflow.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            #[allow(clippy::as_conversions)] // there is no other way from a function to its address
            let address = handler as libc::sighandler_t;
            action.sa_sigaction = address;
            libc::sigemptyset(&mut action.sa_mask);
            libc::sigaction(signal, &action, ptr::null_mut());
        }
    }

    extern "C" fn on_sigbus(_signal: libc::c_int) {
        // SAFETY: the pointer is null or was leaked by `guard_mapping`, so that the text lives for ever and is never
        // written to again; it was stored with `Release`, so that the text is seen whole.
        let words = unsafe { MAPPING_MESSAGE.load(Ordering::Acquire).as_ref() };
        write_and_exit(words.map_or("", |words| words));
    }

    extern "C" fn on_sigabrt(_signal: libc::c_int) {
        write_and_exit(MEMORY_MESSAGE);
    }

    fn write_and_exit(words: &str) -> ! {
        // SAFETY: `write` gets the text's own length, and like `_exit` is safe in a signal handler; a failure
        // cannot be reported.
        unsafe {
            libc::write(libc::STDERR_FILENO, words.as_ptr().cast(), words.len());
            libc::_exit(libc::c_int::from(Exit::CouldNot.code()));
        }
    }
}

//! A file cut short while it is mapped, or one that its disk no longer gives, raises a signal on Unix; this turns it into
//! an error message and an exit code.
//!
//! Windows raises an exception instead, which ends the process; there, `--no-mmap` is the safe way for such files.

use std::path::Path;

/// Makes sure that a cut in `path`, which is about to be mapped, ends the program with a message.
#[cfg(unix)]
pub(crate) fn guard(path: &Path) {
    unix::guard(path);
}

/// Nothing can be done here.
#[cfg(not(unix))]
pub(crate) fn guard(_path: &Path) {}

#[cfg(unix)]
#[allow(unsafe_code)]
mod unix {
    use std::path::Path;
    use std::ptr;
    use std::sync::Once;
    use std::sync::atomic::{AtomicPtr, Ordering};

    use crate::exit::Exit;
    use crate::terminal::escape;

    /// What the handler says. Formatted beforehand, since a signal handler may neither allocate nor lock.
    static LAST_WORDS: AtomicPtr<String> = AtomicPtr::new(ptr::null_mut());

    pub(super) fn guard(path: &Path) {
        static INSTALL: Once = Once::new();
        let words = format!(
            "\nmbox2eml: {}: an input became shorter while it was being read (this one was opened last)\n  \
             what was written is whole, or will be completed: run the same command again when the input is complete\n",
            escape(path.display())
        );
        // A few bytes for each mailbox are never freed: another thread may be reading them.
        LAST_WORDS.store(Box::leak(Box::new(words)), Ordering::Release);
        INSTALL.call_once(install);
    }

    fn install() {
        let handler: extern "C" fn(libc::c_int) = say_and_exit;
        // SAFETY: the structure is plain data for which zeros are valid: no flags, so that the handler takes the signal's
        // number and nothing else, as ours does. Both pointers are to it or null, which asks for nothing. The handler
        // calls only functions that are safe in a signal handler (signal-safety(7)), cannot panic, and does not return
        // to the faulting instruction. Nobody else in this process relies on `SIGBUS`: the standard library's own
        // handler, which is replaced, only words the end of a thread whose stack overflowed.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            #[allow(clippy::as_conversions)] // there is no other way from a function to its address
            let address = handler as libc::sighandler_t;
            action.sa_sigaction = address;
            libc::sigemptyset(&mut action.sa_mask);
            libc::sigaction(libc::SIGBUS, &action, ptr::null_mut());
        }
    }

    extern "C" fn say_and_exit(_signal: libc::c_int) {
        // SAFETY: the pointer is null or was leaked by `guard`, so that the text lives for ever and is never written to
        // again; it was stored with `Release`, so that the text is seen whole. `write` gets the text's own length, and
        // like `_exit` is safe in a signal handler; should it fail, there is nobody left to tell.
        unsafe {
            if let Some(words) = LAST_WORDS.load(Ordering::Acquire).as_ref() {
                libc::write(libc::STDERR_FILENO, words.as_ptr().cast(), words.len());
            }
            libc::_exit(libc::c_int::from(Exit::CouldNot.code()));
        }
    }
}

//! Runs a program and measures its cost.

#![allow(unsafe_code, reason = "the standard library has no wait4, syncfs, posix_fadvise, statvfs")]

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// The cost of one run of a program.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Time from before the program's start to after its end.
    pub wall: Duration,
    /// CPU time in user mode, all threads.
    pub user: Duration,
    /// CPU time in the kernel, all threads.
    pub system: Duration,
    /// Largest resident set in KiB, mapped pages of files included. At least the resident set of the program that
    /// started this one, which must therefore stay small.
    pub peak_kib: u64,
    /// Page faults without I/O.
    pub minor_faults: u64,
    /// Bytes read from disk, including read-ahead.
    pub read_bytes: u64,
}

/// A running program.
pub struct Running {
    /// Gives access to standard input and process id. Use [`finish`](Self::finish) to wait for it.
    pub child: Child,
    started: Instant,
}

impl Running {
    /// Starts `command` and the timer.
    ///
    /// # Errors
    ///
    /// Those of [`Command::spawn`].
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let started = Instant::now();
        let child = command.spawn()?;
        Ok(Self { child, started })
    }

    /// Waits until the program ends.
    ///
    /// # Errors
    ///
    /// The program failed, or could not be waited for.
    pub fn finish(self) -> io::Result<Usage> {
        let pid = libc::pid_t::try_from(self.child.id()).map_err(io::Error::other)?;
        let mut status = 0;
        // SAFETY: `rusage` consists of integers, so all zeros is a valid value.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: both pointers are to locals of the types that wait4 fills, and outlive the call.
        let waited = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
        let wall = self.started.elapsed();
        if waited != pid {
            return Err(io::Error::last_os_error());
        }
        if status != 0 {
            return Err(io::Error::other(format!("the program failed, wait status {status}")));
        }
        Ok(Usage {
            wall,
            user: duration(usage.ru_utime),
            system: duration(usage.ru_stime),
            peak_kib: u64::try_from(usage.ru_maxrss).unwrap_or(0),
            minor_faults: u64::try_from(usage.ru_minflt).unwrap_or(0),
            // Linux counts blocks of 512 bytes on every file system.
            read_bytes: u64::try_from(usage.ru_inblock).unwrap_or(0) * 512,
        })
    }
}

/// Waits until the program ends, and samples its own memory every 5 ms; also returns the peak in KiB. Pages of mapped
/// files are not included: they belong to the page cache, and the kernel takes them back when it needs them.
///
/// # Errors
///
/// Those of [`Running::finish`].
pub fn watch(running: Running) -> io::Result<(Usage, u64)> {
    let status = format!("/proc/{}/status", running.child.id());
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut peak = 0;
            while !ended.load(Relaxed) {
                peak = peak.max(private_kib(&status).unwrap_or(0));
                thread::sleep(Duration::from_millis(5));
            }
            peak
        });
        let usage = running.finish();
        ended.store(true, Relaxed);
        let peak = watcher.join().map_err(|_| io::Error::other("panic"))?;
        Ok((usage?, peak))
    })
}

fn private_kib(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    value.trim().strip_suffix(" kB")?.parse().ok()
}

fn duration(time: libc::timeval) -> Duration {
    Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0))
        + Duration::from_micros(u64::try_from(time.tv_usec).unwrap_or(0))
}

/// Writes out the dirty data of earlier runs in the file system of `path`, so that the next run does not pay for it.
///
/// # Errors
///
/// `path` cannot be opened, or the disk failed.
pub fn detect_quoting(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    // SAFETY: the call accesses no memory, and `file` keeps the descriptor open until after it.
    match unsafe { libc::syncfs(file.as_raw_fd()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Removes the file `path` from the page cache, except for pages in use. Has no effect on a tmpfs.
///
/// # Errors
///
/// `path` cannot be opened.
pub fn evict(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    // Only clean pages can be removed.
    file.sync_all()?;
    // SAFETY: `file` keeps the descriptor open.
    match unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) } {
        0 => Ok(()),
        code => Err(io::Error::from_raw_os_error(code)),
    }
}

/// Bytes available to this user in the file system of `path`.
///
/// # Errors
///
/// `path` does not exist.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `statvfs` consists of integers, so all zeros is a valid value.
    let mut facts: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends with a NUL, and `facts` has the type that statvfs fills.
    match unsafe { libc::statvfs(path.as_ptr(), &raw mut facts) } {
        0 => Ok(facts.f_bavail.saturating_mul(facts.f_frsize)),
        _ => Err(io::Error::last_os_error()),
    }
}

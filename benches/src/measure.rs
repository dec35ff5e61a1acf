//! Runs a program and says what it cost.

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

/// What one run of a program cost.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// From before the program's start to after its end.
    pub wall: Duration,
    /// CPU time in user mode, all threads.
    pub user: Duration,
    /// CPU time in the kernel, all threads.
    pub system: Duration,
    /// Largest resident set in KiB. Mapped pages of files count in it. Not less than the resident
    /// set of the program that started this one, which must stay small therefore.
    pub peak_kib: u64,
    /// Page faults that needed no reading.
    pub minor_faults: u64,
    /// Bytes that came from a disk for it, read ahead or waited for.
    pub read_bytes: u64,
}

/// A program at work.
pub struct Running {
    /// For its standard input and its id. Do not wait for it.
    pub child: Child,
    started: Instant,
}

impl Running {
    /// Starts `command` and the clock.
    ///
    /// # Errors
    ///
    /// Those of [`Command::spawn`].
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let started = Instant::now();
        let child = command.spawn()?;
        Ok(Self { child, started })
    }

    /// Waits for the end.
    ///
    /// # Errors
    ///
    /// The program failed, or could not be waited for.
    pub fn finish(self) -> io::Result<Usage> {
        let pid = libc::pid_t::try_from(self.child.id()).map_err(io::Error::other)?;
        let mut status = 0;
        // SAFETY: `rusage` is made of integers only, so all zeros is a value of it.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: both pointers are to locals of the types that wait4 fills, and live longer than the call.
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
            // Linux counts blocks of 512 bytes, whatever the file system has.
            read_bytes: u64::try_from(usage.ru_inblock).unwrap_or(0) * 512,
        })
    }
}

/// Waits for the end, and looks every 5 ms at the memory that is the program's own: pages of mapped files are the
/// page cache's, and the kernel takes them back when it needs them. Gives its peak in KiB, too.
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

/// Writes out what earlier runs left dirty in the file system of `path`, so that the next run does
/// not pay for it.
///
/// # Errors
///
/// `path` cannot be opened, or the disk failed.
pub fn detect_quoting(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    // SAFETY: no memory is touched; the descriptor is open for as long as `file` lives, which is longer than the call.
    match unsafe { libc::syncfs(file.as_raw_fd()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Takes the file `path` out of the page cache, as far as nobody holds its pages. A tmpfs keeps what it has.
///
/// # Errors
///
/// `path` cannot be opened.
pub fn evict(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    // Only clean pages can go.
    file.sync_all()?;
    // SAFETY: the descriptor is open for as long as `file` lives.
    match unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) } {
        0 => Ok(()),
        code => Err(io::Error::from_raw_os_error(code)),
    }
}

/// Bytes free for this user in the file system of `path`.
///
/// # Errors
///
/// `path` is not there.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `statvfs` is made of integers only, so all zeros is a value of it.
    let mut facts: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends with a NUL, and `facts` is of the type that statvfs fills.
    match unsafe { libc::statvfs(path.as_ptr(), &raw mut facts) } {
        0 => Ok(facts.f_bavail.saturating_mul(facts.f_frsize)),
        _ => Err(io::Error::last_os_error()),
    }
}

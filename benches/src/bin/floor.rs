//! `floor IN OUTDIR THREADS [--dressed]`: the least that any program must do.
//!
//! Maps a mailbox, finds its separators, and creates one file per message: one open, one write directly from the
//! mapping, one close; if lines end with LF, they are copied with CRLF first. Each thread scans the next 4 MiB and
//! writes the messages that begin there. Files are named by byte offset, so threads need no order. In a folder of
//! mailboxes, each thread takes the next mailbox.
//!
//! With `--dressed` each file also gets a time, and a name as long as ours.
//!
//! If OUTDIR is `-`, it only searches for separators and prints their number.

#![allow(unsafe_code, reason = "a memory map")]
#![allow(clippy::print_stdout, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::iter;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use mbox2eml_bench::peers::{folder_of, mailboxes};
use memchr::{memchr, memmem};

const USAGE: &str = "usage: floor IN OUTDIR|- THREADS [--dressed]";
const CHUNK: usize = 4 << 20;
/// Together with the offset and `.eml` 58 bytes long, the average for the generated mailboxes.
const SUBJECT: &str = "_20240401T120000Z_Minutes-of-both-meetings";
const DATE: Duration = Duration::from_secs(1_711_972_800);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, out, threads, dressed @ ..] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let is_dressed = match dressed {
        [] => false,
        [option] if option == "--dressed" => true,
        _ => return Err(USAGE.into()),
    };
    let floor = Floor { input: fs::canonicalize(input)?, writes: out != "-", is_dressed, found: AtomicUsize::new(0) };
    if floor.writes {
        // With names of one component the kernel need not look up the folder.
        std::env::set_current_dir(out)?;
    }
    floor.run(threads.parse()?)?;
    if !floor.writes {
        println!("{}", floor.found.into_inner());
    }
    Ok(())
}

struct Floor {
    input: PathBuf,
    writes: bool,
    is_dressed: bool,
    found: AtomicUsize,
}

impl Floor {
    fn run(&self, threads: usize) -> io::Result<()> {
        match mailboxes(&self.input)?.as_slice() {
            [one] => self.split(one, threads),
            many => share(threads, many.len(), |number| self.split(&many[number], 1)),
        }
    }

    fn split(&self, mailbox: &Path, threads: usize) -> io::Result<()> {
        let folder = self.writes.then(|| folder_of(mailbox, &self.input, Path::new(""))).transpose()?;
        // SAFETY: the benchmark owns the file, and nothing changes it during the run.
        let mailbox = unsafe { memmap2::Mmap::map(&File::open(mailbox)?)? };
        share(threads, mailbox.len().div_ceil(CHUNK), |chunk| {
            let start = chunk * CHUNK;
            let mut starts = separators(&mailbox, start..start + CHUNK).peekable();
            while let Some(start) = starts.next() {
                let next = starts.peek().copied().or_else(|| separators(&mailbox, start + 1..mailbox.len()).next());
                let next = next.unwrap_or(mailbox.len());
                self.found.fetch_add(1, Relaxed);
                if let Some(folder) = &folder {
                    self.write(&mailbox[start..next], folder, start)?;
                }
            }
            Ok(())
        })
    }

    /// Writes the text between the From_ line and the blank line at the end of an entry.
    fn write(&self, entry: &[u8], folder: &Path, start: usize) -> io::Result<()> {
        let subject = if self.is_dressed { SUBJECT } else { "" };
        let mut file = File::create_new(folder.join(format!("{start:012}{subject}.eml")))?;
        let body = memchr(b'\n', entry).map_or(entry.len(), |at| at + 1);
        let rest = &entry[body..];
        match rest.strip_suffix(b"\r\n") {
            Some(message) => file.write_all(message)?,
            None => file.write_all(&with_crlf(rest.strip_suffix(b"\n").unwrap_or(rest)))?,
        }
        if self.is_dressed { file.set_modified(UNIX_EPOCH + DATE) } else { Ok(()) }
    }
}

/// Calls `work` with each number below `jobs`; each thread takes the next one.
fn share<W>(threads: usize, jobs: usize, work: W) -> io::Result<()>
where
    W: Fn(usize) -> io::Result<()> + Sync,
{
    let next = AtomicUsize::new(0);
    let take = || Some(next.fetch_add(1, Relaxed)).filter(|job| *job < jobs);
    let worker = || iter::from_fn(take).try_for_each(&work);
    if threads == 1 {
        return worker();
    }
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let mut ends = workers.into_iter().map(|worker| worker.join());
        ends.try_for_each(|end| end.unwrap_or_else(|_| Err(io::Error::other("panic"))))
    })
}

/// The starts of separators in that part: in generated mailboxes every `From ` line is a separator.
fn separators(mailbox: &[u8], part: Range<usize>) -> impl Iterator<Item = usize> {
    let before = part.start.saturating_sub(1);
    let behind = mailbox.len().min(part.end + "From ".len());
    let found = memmem::find_iter(&mailbox[before..behind], b"\nFrom ").map(move |at| before + at + 1);
    (part.start..1).chain(found.filter(move |at| *at < part.end))
}

/// The text with CRLF for each LF. The initial capacity is enough for lines of 32 bytes on average.
fn with_crlf(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 32);
    let mut rest = text;
    while let Some(at) = memchr(b'\n', rest) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(b"\r\n");
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out
}

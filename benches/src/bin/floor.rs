//! `floor IN OUTDIR THREADS overlapped|first`: the least that any program must do.
//!
//! Maps a Takeout mailbox, finds its separators, and makes one file of each message: one open,
//! one write straight from the mapping, one close. `overlapped`: each thread scans the next 4 MiB
//! and writes the messages that begin there. `first`: one scan over everything, then the writing.
//! The files are named by their byte offset, which needs no order among the threads.

#![allow(unsafe_code, reason = "a memory map")]

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::iter;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use memchr::{memchr, memmem};

const CHUNK: usize = 4 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, out, threads, form] = arguments.as_slice() else {
        return Err("usage: floor IN OUTDIR THREADS overlapped|first".into());
    };
    let threads = threads.parse()?;
    // SAFETY: the benchmark owns the file, and nothing changes it meanwhile.
    let mailbox = unsafe { memmap2::Mmap::map(&File::open(input)?)? };
    // Names of one component spare the kernel the walk to the folder.
    std::env::set_current_dir(out)?;
    match form.as_str() {
        "overlapped" => overlapped(&mailbox, threads)?,
        "first" => first(&mailbox, threads)?,
        _ => return Err("the form is overlapped or first".into()),
    }
    Ok(())
}

fn overlapped(mailbox: &[u8], threads: usize) -> io::Result<()> {
    share(threads, mailbox.len().div_ceil(CHUNK), |chunk| {
        let end = (chunk + 1) * CHUNK;
        let mut starts = separators(mailbox, chunk * CHUNK).peekable();
        while let Some(start) = starts.next_if(|start| *start < end) {
            let next = starts.peek().copied().unwrap_or(mailbox.len());
            write(mailbox, start, next)?;
        }
        Ok(())
    })
}

fn first(mailbox: &[u8], threads: usize) -> io::Result<()> {
    let starts: Vec<usize> = separators(mailbox, 0).collect();
    share(threads, starts.len(), |message| {
        let next = starts.get(message + 1).copied().unwrap_or(mailbox.len());
        write(mailbox, starts[message], next)
    })
}

/// Does `work` for each number below `jobs`; every thread takes the next one.
fn share<W>(threads: usize, jobs: usize, work: W) -> io::Result<()>
where
    W: Fn(usize) -> io::Result<()> + Sync,
{
    let next = AtomicUsize::new(0);
    let take = || Some(next.fetch_add(1, Relaxed)).filter(|job| *job < jobs);
    thread::scope(|scope| {
        let worker = || iter::from_fn(take).try_for_each(&work);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let mut ends = workers.into_iter().map(|worker| worker.join());
        ends.try_for_each(|end| end.unwrap_or_else(|_| Err(io::Error::other("panic"))))
    })
}

/// Where Takeout's separators stand, from `start` on.
fn separators(mailbox: &[u8], start: usize) -> impl Iterator<Item = usize> {
    let before = start.saturating_sub(1);
    let found = memmem::find_iter(&mailbox[before..], b"\nFrom ").map(move |at| before + at + 1);
    (start..1).chain(found).filter(|at| {
        let sender = &mailbox[*at + b"From ".len()..];
        let digits = sender.iter().take_while(|it| it.is_ascii_digit()).count();
        sender[digits..].starts_with(b"@xxx ")
    })
}

/// Writes what stands after the From_ line at `start` and before the blank line at `next`.
fn write(mailbox: &[u8], start: usize, next: usize) -> io::Result<()> {
    let entry = &mailbox[start..next];
    let body = memchr(b'\n', entry).map_or(entry.len(), |at| at + 1);
    let rest = &entry[body..];
    let message = rest.strip_suffix(b"\r\n").unwrap_or(rest);
    File::create_new(format!("{start:012}.eml"))?.write_all(message)
}

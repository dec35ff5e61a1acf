//! Reads the payload back from the disk, on several threads and in the order of the paths.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use mbox2eml::report::Digest;
use walkdir::{DirEntry, WalkDir};

use super::{Payload, refusal};

/// How many files are hashed before their lines are written.
const BATCH: usize = 1024;

/// Calls `each` with the path and the digest of every file below `folder` of the bag at `root`.
pub(super) fn hash_payload(
    root: &Path,
    folder: &str,
    threads: NonZeroUsize,
    stop: &(dyn Fn() -> bool + Sync),
    mut each: impl FnMut(&str, Digest) -> io::Result<()>,
) -> io::Result<()> {
    let mut files = files(root, folder);
    loop {
        let batch = files.by_ref().take(BATCH).collect::<io::Result<Vec<_>>>()?;
        if batch.is_empty() {
            return Ok(());
        }
        for ((path, _), digest) in batch.iter().zip(digests(root, &batch, threads, stop)) {
            each(path, digest?)?;
        }
    }
}

/// How many files are below `folder`, and how many bytes these have.
pub(super) fn measure(root: &Path, folder: &str) -> io::Result<Payload> {
    let mut payload = Payload::default();
    for file in files(root, folder) {
        match file {
            Ok((_, metadata)) => {
                payload.files += 1;
                // Files with holes may say anything.
                payload.bytes = payload.bytes.saturating_add(metadata.len());
            }
            // What has no place in a bag is not counted.
            Err(error) if error.kind() == ErrorKind::InvalidData => {}
            Err(error) => return Err(error),
        }
    }
    Ok(payload)
}

/// The files below `folder`, with their paths in the bag. Anything else is an error.
fn files(root: &Path, folder: &str) -> impl Iterator<Item = io::Result<(String, Metadata)>> {
    let root = root.to_owned();
    let entries = WalkDir::new(root.join(folder)).min_depth(1).sort_by_file_name().into_iter();
    entries.filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => Some(file(&root, &entry)),
        Err(error) => Some(Err(error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop")))),
    })
}

fn file(root: &Path, entry: &DirEntry) -> io::Result<(String, Metadata)> {
    let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
    let mut parts = Vec::new();
    for part in path.components() {
        let part = part.as_os_str().to_str();
        parts.push(part.ok_or_else(|| refusal(format!("the name of {} is not Unicode", path.display())))?);
    }
    let path = parts.join("/");
    if !entry.file_type().is_file() {
        let what = if entry.path_is_symlink() { "a link" } else { "neither a file nor a folder" };
        return Err(refusal(format!("{path} is {what}, which has no place in a bag; remove it")));
    }
    Ok((path, entry.metadata().map_err(io::Error::from)?))
}

/// The digests of these files, in their order.
fn digests(
    root: &Path,
    batch: &[(String, Metadata)],
    threads: NonZeroUsize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Vec<io::Result<Digest>> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(batch.len())));
    let work = || {
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some((path, _)) = batch.get(at)
        {
            let digest = if stop() { Err(ErrorKind::Interrupted.into()) } else { digest(root.join(path), path) };
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, digest));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.get().min(batch.len()) {
            // Where the system gives no more threads, those there are suffice.
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, digest)| digest).collect()
}

fn digest(file: PathBuf, path: &str) -> io::Result<Digest> {
    let digest = File::open(file).and_then(Digest::of_file);
    digest.map_err(|error| io::Error::new(error.kind(), format!("cannot read {path}: {error}")))
}

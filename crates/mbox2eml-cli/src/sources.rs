//! The SHA-256 of every file that is read: mailboxes, archives, streams.
//!
//! Files are hashed beside the conversion, by a thread of their own, since much of an archive is never read for its
//! mailboxes. Each is hashed as it was when it was opened to be converted; if it is another at the end, that is an error.
//! What can be read only once is hashed while it is converted.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use mbox2eml::report::{Digest, Hashing};
use mbox2eml::source::{Origin, Source, Stream};
use mbox2eml::{Error, Result};
use serde::Serialize;

/// How often a run that waits for its hashes looks whether it was stopped.
const PAUSE: Duration = Duration::from_millis(5);

/// A file that was read, for programs and for the manifest.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct HashedSource {
    pub(crate) path: String,
    /// How many bytes it has; `None` if it was not read to its end, or was changed.
    pub(crate) bytes: Option<u64>,
    pub(crate) sha256: Option<String>,
}

/// The files that are read, and their hashes as far as they are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    found: Mutex<Vec<Found>>,
    /// The paths of these.
    paths: Mutex<HashSet<PathBuf>>,
    /// Whether no more files need to be hashed.
    is_stopped: AtomicBool,
}

/// A file, in the order in which they were opened.
#[derive(Debug)]
struct Found {
    origin: Origin,
    opened: Option<State>,
    /// `None` while it is not known, and for a stream that was not read to its end.
    digest: Option<io::Result<Digest>>,
}

/// By which a file is recognized as the same, with the same content.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    size: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64),
}

impl State {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: {
                use std::os::unix::fs::MetadataExt;
                (metadata.dev(), metadata.ino())
            },
        })
    }
}

/// The thread that hashes files.
#[derive(Debug)]
pub(crate) struct Hasher {
    sources: Sources,
    thread: Option<JoinHandle<()>>,
}

impl Sources {
    /// Begins to hash; also returns what has to be called with each file before it is opened.
    pub(crate) fn begin() -> (Hasher, impl Fn(&Path) + Send + 'static) {
        let (sources, (files, next)) = (Self::default(), mpsc::channel());
        let worker = sources.clone();
        let thread = thread::Builder::new().spawn(move || worker.work(&next)).ok();
        let hasher = Hasher { sources: sources.clone(), thread };
        (hasher, move |path: &Path| sources.open(path, &files))
    }

    /// Notes a file that is about to be opened.
    fn open(&self, path: &Path, files: &Sender<(usize, PathBuf)>) {
        if !self.0.paths.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned()) {
            return;
        }
        let mut found = self.found();
        found.push(Found { origin: Origin::file(path), opened: State::of(path), digest: None });
        // If there is no thread to receive it, the file is hashed at the end.
        let _ = files.send((found.len() - 1, path.to_owned()));
    }

    fn work(&self, next: &Receiver<(usize, PathBuf)>) {
        while let Ok((at, path)) = next.recv() {
            self.hash(at, &path);
        }
    }

    fn hash(&self, at: usize, path: &Path) {
        let digest = File::open(path).and_then(|file| Digest::of_file(Stoppable { file, stop: &self.0.is_stopped }));
        if let Some(found) = self.found().get_mut(at) {
            found.digest = Some(digest);
        }
    }

    /// Opens what can be read only once: the standard input or a pipe.
    pub(crate) fn open_stream(&self, path: Option<&Path>) -> Result<Box<dyn Source>> {
        let origin = path.map_or_else(Origin::standard_input, Origin::file);
        let reader: Box<dyn Read + Send> = match path {
            None => Box::new(io::stdin()),
            Some(path) => Box::new(File::open(path).map_err(|source| Error::Open { origin: origin.clone(), source })?),
        };
        let mut found = self.found();
        found.push(Found { origin: origin.clone(), opened: None, digest: None });
        let at = found.len() - 1;
        Ok(Box::new(Stream::new(origin, Tee { reader, hashing: Some(Hashing::default()), sources: self.clone(), at })))
    }

    fn found(&self) -> MutexGuard<'_, Vec<Found>> {
        self.0.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hasher {
    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Waits for the last file, or until the run is stopped; what is called with each file must be gone. Returns what is
    /// known of each, and an error for each that was changed or cannot be read.
    pub(crate) fn finish(self, stop: impl Fn() -> bool) -> (Vec<HashedSource>, Vec<Error>) {
        let Self { sources, thread } = self;
        while thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            sources.0.is_stopped.store(stop(), Ordering::Relaxed);
            thread::sleep(PAUSE);
        }
        let is_stopped = stop();
        sources.0.is_stopped.store(is_stopped, Ordering::Relaxed);
        let left: Vec<(usize, PathBuf)> = {
            let found = sources.found();
            let left = found.iter().enumerate().filter(|(_, found)| found.digest.is_none() && found.opened.is_some());
            left.filter_map(|(at, found)| Some((at, found.origin.path()?.to_owned()))).collect()
        };
        left.iter().for_each(|(at, path)| sources.hash(*at, path));
        let mut errors = Vec::new();
        let hashed = sources.found().drain(..).map(|found| found.hashed(is_stopped, &mut errors)).collect();
        (hashed, errors)
    }
}

impl Found {
    fn hashed(self, is_stopped: bool, errors: &mut Vec<Error>) -> HashedSource {
        let Self { origin, opened, digest } = self;
        let path = origin.to_string();
        let now = origin.path().filter(|_| opened.is_some()).and_then(State::of);
        let is_changed = now != opened;
        let digest = match digest {
            None => None,
            Some(Err(_)) if is_stopped => None,
            Some(Ok(digest)) if !is_changed && now.as_ref().is_none_or(|now| now.size == digest.size) => Some(digest),
            Some(Err(source)) if !is_changed => {
                errors.push(Error::Open { origin, source });
                None
            }
            // It cannot even be opened again if it was deleted.
            Some(digest) => {
                let was = opened.map(|opened| opened.size).or(digest.ok().map(|digest| digest.size)).unwrap_or(0);
                errors.push(Error::Changed { origin, was, now: now.map_or(0, |now| now.size) });
                None
            }
        };
        HashedSource { path, bytes: digest.map(|digest| digest.size), sha256: digest.map(|digest| digest.hex()) }
    }
}

/// Reads a file as long as that is of use.
struct Stoppable<'a> {
    file: File,
    stop: &'a AtomicBool,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopped"));
        }
        self.file.read(out)
    }
}

/// Hashes what is read of a stream. Its hash is known when it has ended.
struct Tee {
    reader: Box<dyn Read + Send>,
    hashing: Option<Hashing>,
    sources: Sources,
    at: usize,
}

impl Read for Tee {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(out)?;
        if count > 0 {
            self.hashing.iter_mut().for_each(|hashing| hashing.add(&out[..count]));
        } else if !out.is_empty()
            && let Some(hashing) = self.hashing.take()
            && let Some(found) = self.sources.found().get_mut(self.at)
        {
            found.digest = Some(Ok(hashing.finish()));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is reported of a file that could not be read again, after `change`.
    fn reported(is_stopped: bool, change: impl FnOnce(&Path)) -> Vec<Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mbox");
        fs::write(&path, "From a\n").unwrap();
        let opened = State::of(&path);
        change(&path);
        let digest = Some(Err(io::ErrorKind::NotFound.into()));
        let mut errors = Vec::new();
        let found = Found { origin: Origin::file(path), opened, digest };
        let hashed = found.hashed(is_stopped, &mut errors);
        assert_eq!((hashed.bytes, hashed.sha256), (None, None));
        errors
    }

    #[test]
    fn a_file_that_cannot_be_read_again_was_changed_if_it_is_another() {
        assert!(matches!(*reported(false, |_| ()), [Error::Open { .. }]));
        let deleted = reported(false, |path| fs::remove_file(path).unwrap());
        assert!(matches!(*deleted, [Error::Changed { was: 7, now: 0, .. }]));
        let longer = reported(false, |path| fs::write(path, "From another\n").unwrap());
        assert!(matches!(*longer, [Error::Changed { was: 7, now: 13, .. }]));
        assert!(reported(true, |path| fs::remove_file(path).unwrap()).is_empty());
    }
}

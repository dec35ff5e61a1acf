//! A file mapped into memory: the fastest source, and the one that needs `unsafe`.
#![allow(unsafe_code)]

use std::fs::{File, Metadata};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use memmap2::Mmap;

use super::{CHUNK, CutCheck, Origin, Source, Window, longer};
use crate::error::{Error, Result};
use crate::size::to_u64;

/// A mailbox file mapped into memory.
///
/// Pages are given back to the system as soon as their bytes are no longer in use, so that the memory in use stays
/// flat whatever the size of the file.
///
/// ```
/// use mbox2eml::Mbox;
/// use mbox2eml::source::MappedFile;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("mailbox");
/// # std::fs::write(&path, "From a Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\n")?;
///
/// // SAFETY: no other program changes this file meanwhile.
/// let mailbox = unsafe { MappedFile::open(&path)? };
/// assert_eq!(Mbox::new(mailbox).messages().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MappedFile {
    origin: Origin,
    file: Arc<File>,
    /// `None` for an empty file, which cannot be mapped.
    map: Option<Arc<Mmap>>,
    opened: State,
    position: usize,
    /// How long the next window is to be.
    scope: usize,
}

/// The metadata that show whether a file was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    size: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl MappedFile {
    /// Maps the file at `path`.
    ///
    /// Pipes and devices cannot be mapped, nor can files larger than the address space: use a
    /// [`Stream`](super::Stream) for them.
    ///
    /// # Safety
    /// While this value or any [`Bytes`] taken from it live, no process may cut the file short or write to it.
    ///
    /// A byte that changes is undefined behaviour, and not in theory only: what was found to be UTF-8 may be none when
    /// it is used. Where an attacker may write to the file, a [`Stream`](super::Stream) is the way to read it.
    ///
    /// A file cut short, or a disk that fails, ends the process with `SIGBUS` on Unix and an exception on Windows when
    /// a missing page is read. Every window checks the file's size first, which turns the common case into an error,
    /// but a race remains: an application that cannot rule it out handles the signal.
    ///
    /// # Errors
    /// [`Error::Open`] if the file cannot be opened or mapped.
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        let origin = Origin::file(path.as_ref());
        let opened = File::open(path.as_ref()).and_then(|file| Ok((file.metadata()?, file)));
        let mapped = opened.and_then(|(metadata, file)| {
            let map = match metadata.len() {
                0 if metadata.is_file() => None,
                // SAFETY: the caller guarantees that the file does not change while the map exists: as long as this
                // value or one of the regions it handed out, each of which holds the map.
                _ => Some(Arc::new(unsafe { Mmap::map(&file) }?)),
            };
            Ok((State::of(&metadata), file, map))
        });
        match mapped {
            Ok((opened, file, map)) => {
                Ok(Self { origin, file: Arc::new(file), map, opened, position: 0, scope: CHUNK })
            }
            Err(source) => Err(Error::Open { origin, source }),
        }
    }

    fn bytes(&self) -> &[u8] {
        self.map.as_ref().map_or(&[], |map| &map[..])
    }

    fn now(&self) -> Result<State> {
        let metadata = self.file.metadata();
        metadata.map(|m| State::of(&m)).map_err(|source| Error::Open { origin: self.origin.clone(), source })
    }

    fn changed(&self, now: State) -> Error {
        Error::Changed { origin: self.origin.clone(), was: self.opened.size, now: now.size }
    }
}

impl Source for MappedFile {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn size(&self) -> Option<u64> {
        Some(self.opened.size)
    }

    fn window(&mut self) -> Result<Window<'_>> {
        let now = self.now()?;
        if now.size < self.opened.size {
            return Err(self.changed(now));
        }
        let whole = self.bytes().len();
        let end = self.position.saturating_add(self.scope).min(whole);
        self.scope = longer(self.scope, CHUNK);
        Ok(Window { base: to_u64(self.position), bytes: &self.bytes()[self.position..end], at_end: end == whole })
    }

    fn take(&mut self, count: usize) -> Bytes {
        let Some(map) = &self.map else { return Bytes::new() };
        let end = self.position.saturating_add(count).min(map.len());
        let region = Region { map: Arc::clone(map), range: self.position..end };
        self.position = end;
        self.scope = CHUNK;
        Bytes::from_owner(region)
    }

    fn finish(&mut self) -> Result<()> {
        let now = self.now()?;
        if now == self.opened { Ok(()) } else { Err(self.changed(now)) }
    }

    fn begin_at(&mut self, offset: u64) -> Result<()> {
        let end = self.bytes().len();
        self.position = usize::try_from(offset).unwrap_or(end).clamp(self.position.min(end), end);
        self.scope = CHUNK;
        Ok(())
    }

    fn leave(&mut self) -> Result<()> {
        self.finish()
    }

    fn cut_check(&self) -> Option<CutCheck> {
        Some(CutCheck::new(Arc::clone(&self.file), self.opened.size))
    }
}

/// A part of the map that gives its pages back when the last holder lets go.
struct Region {
    map: Arc<Mmap>,
    range: Range<usize>,
}

impl AsRef<[u8]> for Region {
    fn as_ref(&self) -> &[u8] {
        &self.map[self.range.clone()]
    }
}

#[cfg(unix)]
impl Drop for Region {
    fn drop(&mut self) {
        // The whole map is released with its last owner.
        if self.range.len() == self.map.len() {
            return;
        }
        // Linux maps so many bytes around a missing one at once, from a multiple of them on. With the first byte of
        // this region it mapped pages of the one before it once more, which would stay in memory: so these are dropped,
        // too.
        const FAULT_AROUND: usize = 64 << 10;
        let start = self.range.start - self.range.start % FAULT_AROUND;
        // SAFETY: the range lies in the map, since `take` cuts it off at the map's end; what is rounded down does, too,
        // since a map starts with a page. The advice drops pages of a mapping that is shared and read-only: touched
        // once more, be it by a neighbour on the same page, they are read from the file again, which by the contract of
        // `open` still holds the same bytes. A refusal only costs memory.
        let _ = unsafe {
            self.map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, self.range.end - start)
        };
    }
}

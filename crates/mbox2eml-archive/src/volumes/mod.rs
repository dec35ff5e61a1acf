//! ZIP volumes: a sink whose entries are the same files that a folder would get.
//!
//! Entries are compressed by the workers and written in mailbox order, so that the bytes of a volume depend on the
//! messages and the options only. A volume gets its name when it is complete, and not before.

mod deflate;
mod existing;
mod packer;
mod record;
#[cfg(test)]
mod tests;
mod time;
mod volume;

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use deflate::Level;
pub use existing::ExistingVolumes;
use mbox2eml::internals::{PARTIAL, Target, TargetFolder, fingerprint};
use mbox2eml::name::EntryName;
use mbox2eml::report::WarningKind;
use mbox2eml::sink::{Durability, Placed, Sink, SinkWarning, VolumeName, WriteStatus};
use mbox2eml::{Error, ErrorScope, Result, WriteError};
use packer::{Packed, Packer};
use volume::Volume;

/// How large a volume may become. Default: as large as it takes, which is one volume.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::source::Memory;
/// use mbox2eml_archive::volumes::{Limits, Volumes};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("out.zip");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\n".repeat(3);
/// let sink = Volumes::at(&path).limits(Limits::default().max_entries(2)).create()?;
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), sink, &()).into_result()?;
/// assert_eq!(done.receipt, ["out-001.zip", "out-002.zip"].map(|name| path.with_file_name(name)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    max_size: Option<u64>,
    max_entries: Option<u64>,
}

impl Limits {
    /// Sets how large its file may be, in bytes. Default: `None`.
    #[must_use]
    pub fn max_size(mut self, bytes: impl Into<Option<u64>>) -> Self {
        self.max_size = bytes.into();
        self
    }

    /// Sets how many entries it may have. Default: `None`.
    #[must_use]
    pub fn max_entries(mut self, entries: impl Into<Option<u64>>) -> Self {
        self.max_entries = entries.into();
        self
    }
}

/// Sets up [`Volumes`].
///
/// ```
/// use mbox2eml::sink::Durability;
/// use mbox2eml_archive::volumes::{Level, Volumes};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("out.zip");
///
/// let sink = Volumes::at(&path).level(Level::new(9).unwrap_or_default()).durability(Durability::Synced).create()?;
/// # drop(sink);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct VolumesBuilder {
    path: PathBuf,
    limits: Limits,
    level: Level,
    durability: Durability,
}

impl VolumesBuilder {
    /// Sets how large a volume may become. Default: one volume of any size.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how hard to compress. Default: level 1.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Sets whether a volume is on the disk before it gets its name. Default: [`Durability::Cached`].
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Begins the first volume. Folders on the way to it are made.
    ///
    /// # Errors
    /// [`Error::Output`] if it cannot be written.
    pub fn create(self) -> Result<Volumes> {
        let Self { path, limits, level, durability } = self;
        let folder = folder_of(&path);
        let missing: Vec<PathBuf> =
            folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_path_buf).collect();
        if let Err(source) = fs::create_dir_all(folder) {
            return Err(Error::Output { path: folder.to_owned(), doing: "cannot create this folder", source });
        }
        let mut volumes =
            Volumes { path, limits, level, durability, current: None, finished: Vec::new(), names: HashSet::new() };
        match volumes.begin() {
            Ok(()) => Ok(volumes),
            Err(source) => {
                // Of a run that cannot begin, nothing is left. Only an empty folder can be removed.
                missing.iter().for_each(|folder| drop(fs::remove_dir(folder)));
                Err(Error::Output { path: volumes.path, doing: "cannot write this archive", source })
            }
        }
    }
}

/// Writes messages into ZIP archives: `out.zip`, or, if that would pass a limit, `out-001.zip`, `out-002.zip` and so on,
/// each complete in itself. A message is never cut: one that is too large for a volume has one of its own, and a
/// warning.
///
/// A volume that is being written is called `….zip.mbox2eml.partial`. If the run ends early, that file is removed, the messages in it
/// count as failed, and the volumes finished before stay. A finished volume is never overwritten: where one is there,
/// its bytes are compared with those that would be written, and if they differ the run ends with an error. So the same
/// run again completes an interrupted one. Without a message there is no archive.
///
/// Memory: 8 to 18 bytes for each entry, so that no two get the same name.
///
/// ```
/// use mbox2eml::source::Stream;
/// use mbox2eml::Converter;
/// use mbox2eml_archive::volumes::{Limits, Volumes};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("out.zip");
///
/// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\nHello\n\n"[..];
/// let limits = Limits::default().max_size(450 << 20).max_entries(10_000);
/// let sink = Volumes::at(&path).limits(limits).create()?;
/// let done = Converter::builder().build().convert(Stream::new("memory", mailbox), sink, &()).into_result()?;
/// assert_eq!(done.receipt, [path]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Volumes {
    path: PathBuf,
    limits: Limits,
    level: Level,
    durability: Durability,
    /// The volume being written; none after it failed.
    current: Option<Volume>,
    finished: Vec<PathBuf>,
    /// The fingerprints of the names of all entries. Should two ever share one, the second entry gets another name.
    names: HashSet<u64>,
}

impl Volumes {
    /// Volumes called after `path`, which ends in `.zip`.
    pub fn at(path: impl Into<PathBuf>) -> VolumesBuilder {
        let (limits, level, durability) = (Limits::default(), Level::default(), Durability::default());
        VolumesBuilder { path: path.into(), limits, level, durability }
    }

    /// Whether the file at `path` is an unfinished volume of a run that writes to `output`. Only the paths are compared.
    pub(crate) fn is_unfinished(output: &Path, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = output.file_stem().unwrap_or_default().to_string_lossy();
        output.parent() == path.parent() && name.starts_with(&*stem) && name.ends_with(PARTIAL)
    }

    /// Begins the next volume.
    fn begin(&mut self) -> io::Result<()> {
        let is_first = self.finished.is_empty();
        let numbered = self.numbered(self.finished.len() + 1);
        let candidates = [is_first.then_some(self.path.as_path()), Some(numbered.as_path())];
        let mut existing = None;
        for path in candidates.into_iter().flatten() {
            match fs::symlink_metadata(path) {
                Ok(_) => existing = existing.or(Some(path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let name = file_name(if is_first { &self.path } else { &numbered });
        let target = Target::open(TargetFolder::at(folder_of(&self.path))?, name, existing.map(file_name))?;
        self.current = Some(Volume::new(target, folder_of(&self.path)));
        Ok(())
    }

    /// Finishes the current volume as one of several.
    fn next_volume(&mut self) -> io::Result<()> {
        let name = self.numbered(self.finished.len() + 1);
        self.finish_volume(name)?;
        self.begin()
    }

    fn finish_volume(&mut self, name: PathBuf) -> io::Result<()> {
        let Some(volume) = self.current.take() else { return Ok(()) };
        if let Some(there) = volume.existing().filter(|existing| *existing != file_name(&name)) {
            let what = format!("{} already exists, from a run with other volumes", there.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
        volume.finish(&name, self.durability)?;
        self.finished.push(name);
        Ok(())
    }

    fn numbered(&self, number: usize) -> PathBuf {
        Self::numbered_after(&self.path, number)
    }

    /// The first archive called after `path` that is there already: itself, or the one with the number 1.
    #[must_use]
    pub fn first_existing(path: &Path) -> Option<PathBuf> {
        [path.to_owned(), Self::numbered_after(path, 1)].into_iter().find(|path| path.exists())
    }

    /// `out-001.zip` for `out.zip`.
    fn numbered_after(path: &Path, number: usize) -> PathBuf {
        let mut name = OsString::from(path.file_stem().unwrap_or_default());
        name.push(format!("-{number:03}."));
        name.push(path.extension().unwrap_or_default());
        path.with_file_name(name)
    }

    /// Gives an entry a name that no other has.
    fn claim(&mut self, packed: &mut Packed) -> Option<SinkWarning> {
        let name = &mut packed.record.name;
        let mut is_free = |name: &EntryName| self.names.insert(fingerprint(name.as_str()));
        if is_free(name) {
            return None;
        }
        *name = (2..).map(|n| name.alternative(n)).find(is_free)?;
        Some(SinkWarning::NAME_TAKEN)
    }

    /// Writes an entry, into a new volume if it has to be.
    fn write(&mut self, packed: &Packed, warnings: &mut Vec<SinkWarning>) -> io::Result<(WriteStatus, VolumeName)> {
        // Reported once only, with the error that caused it.
        let broken = || io::Error::other("the archive is broken");
        let mut volume = self.current.as_mut().ok_or_else(broken)?;
        let mut headers = volume.headers(packed);
        if volume.entries() > 0 && !volume.has_room(&headers, packed, self.limits) {
            self.next_volume()?;
            volume = self.current.as_mut().ok_or_else(broken)?;
            headers = volume.headers(packed);
        }
        if volume.entries() == 0 && !volume.has_room(&headers, packed, self.limits) {
            let why = "larger than the size limit of a ZIP: written to a ZIP of its own";
            warnings.push(SinkWarning::new(WarningKind::OversizeVolume, why));
        }
        volume.append(&headers, packed)?;
        let status = if volume.existing().is_some() { WriteStatus::AlreadyThere } else { WriteStatus::Written };
        Ok((status, volume.name().clone()))
    }

    /// Gives the last volume its name.
    fn complete(&mut self) -> io::Result<()> {
        if self.finished.is_empty() {
            return self.finish_volume(self.path.clone());
        }
        let last = self.finished.len() + 1;
        self.finish_volume(self.numbered(last))?;
        let next = self.numbered(last + 1);
        if fs::symlink_metadata(&next).is_ok() {
            let name = next.file_name().unwrap_or_default().display();
            let what = format!("everything was written, but {name} exists from a run with more volumes");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
        Ok(())
    }
}

impl Sink for Volumes {
    type Encoder = Packer;
    /// The finished volumes.
    type Receipt = Vec<PathBuf>;

    fn encoder(&self) -> Packer {
        Packer::new(self.level)
    }

    fn put(&mut self, mut packed: Packed) -> Result<Placed, WriteError> {
        let mut warnings = Vec::from_iter(self.claim(&mut packed));
        match self.write(&packed, &mut warnings) {
            Ok((status, volume)) => {
                Ok(Placed::new(packed.record.name, status).in_volume(volume).with_warnings(warnings))
            }
            Err(source) => {
                self.current = None;
                Err(WriteError::new("cannot write", packed.record.name, source).with_scope(ErrorScope::Output))
            }
        }
    }

    fn close(&mut self) -> Result<()> {
        if self.current.as_ref().is_none_or(|volume| volume.entries() == 0) {
            return Ok(());
        }
        self.complete().map_err(|source| {
            let path = self.path.clone();
            Error::Output { path, doing: "cannot finish this archive", source }
        })
    }

    fn finish(self) -> Vec<PathBuf> {
        self.finished
    }
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn file_name(path: &Path) -> &OsStr {
    path.file_name().unwrap_or_default()
}

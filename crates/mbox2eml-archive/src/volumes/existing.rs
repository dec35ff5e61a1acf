//! Volumes that were written before, for a comparison.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mbox2eml::internals::fingerprint;
use mbox2eml::sink::Existing;
use mbox2eml::{Error, Result};

use super::Volumes;
use crate::members::InflateLimit;
use crate::members::zip::{Fields, Record, Verified, Window, each_record};

/// The entries of `out.zip`, or of `out-001.zip`, `out-002.zip` and so on.
///
/// Memory: about 60 bytes for each entry.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Compare;
/// use mbox2eml::source::Memory;
/// use mbox2eml_archive::volumes::{ExistingVolumes, Volumes};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("out.zip");
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\n".repeat(3);
/// let converter = Converter::builder().build();
/// let sink = Volumes::at(&path).create()?;
/// let _ = converter.convert(Memory::new("in", mailbox.clone()), sink, &()).into_result()?;
///
/// let sink = Compare::new(ExistingVolumes::open(&path)?);
/// assert_eq!(converter.convert(Memory::new("in", mailbox), sink, &()).receipt.number, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ExistingVolumes {
    volumes: Vec<Found>,
    /// Where the entry of a name is, by the name's fingerprint.
    places: HashMap<u64, Place>,
}

#[derive(Clone, Copy)]
struct Place {
    volume: usize,
    fields: Fields,
}

/// A volume.
struct Found {
    path: PathBuf,
    file: Arc<File>,
    /// Its length in bytes.
    length: u64,
}

impl Found {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self { path: path.to_owned(), length: file.metadata()?.len(), file: Arc::new(file) })
    }

    fn each_record(&self, mut take: impl FnMut(Record)) -> Result<()> {
        let read = each_record(&self.file, self.length, |record| {
            take(record);
            true
        });
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "its directory is missing or damaged");
        read.ok_or_else(|| unreadable(&self.path, damaged()))
    }
}

impl fmt::Debug for ExistingVolumes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<_> = self.volumes.iter().map(|volume| &volume.path).collect();
        f.debug_struct("ExistingVolumes").field("volumes", &paths).finish_non_exhaustive()
    }
}

impl ExistingVolumes {
    /// Reads the directories of all volumes called after `path`.
    ///
    /// # Errors
    /// [`Error::Output`] if there is none, or one cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        let mut existing = Self { volumes: Vec::new(), places: HashMap::new() };
        if path.exists() {
            existing.add(path.to_owned())?;
            return Ok(existing);
        }
        for number in 1.. {
            let volume = Volumes::numbered_after(path, number);
            if !volume.exists() {
                break;
            }
            existing.add(volume)?;
        }
        if existing.volumes.is_empty() {
            let source = io::Error::new(io::ErrorKind::NotFound, "No such file or folder");
            return Err(Error::Output { path: path.to_owned(), doing: "cannot open this archive", source });
        }
        Ok(existing)
    }

    /// Remembers where each entry of the next volume is.
    fn add(&mut self, path: PathBuf) -> Result<()> {
        let found = Found::open(&path).map_err(|source| unreadable(&path, source))?;
        let volume = self.volumes.len();
        found.each_record(|record| {
            self.places.insert(fingerprint(record.name.as_str()), Place { volume, fields: record.fields });
        })?;
        self.volumes.push(found);
        Ok(())
    }
}

impl Existing for ExistingVolumes {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let Some(Place { volume, fields }) = self.places.get(&fingerprint(name)) else { return Ok(None) };
        let Some(Found { file, length, .. }) = self.volumes.get(*volume) else { return Ok(None) };
        let data = fields.locate(&mut Window::new(Arc::clone(file)), *length, fields.method()?)?;
        let bytes = data.read(file, InflateLimit::Bytes(fields.expected.size));
        Ok(Some(Box::new(Verified::new(bytes, fields.expected))))
    }

    fn list(&self, each: &mut dyn FnMut(String)) -> Result<()> {
        self.volumes.iter().try_for_each(|volume| {
            volume.each_record(|record| {
                if !record.is_folder() {
                    each(record.name.as_str().to_owned());
                }
            })
        })
    }
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Output { path: path.to_owned(), doing: "cannot read this archive", source }
}

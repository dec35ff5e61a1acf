//! Volumes that were written before, for a comparison.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::DeflateDecoder;
use mbox2eml::name::fingerprint;
use mbox2eml::sink::Existing;
use mbox2eml::{Error, Result};
use rawzip::{
    CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord,
};

use super::Volumes;

/// The entries of `out.zip`, or of `out-001.zip`, `out-002.zip` and so on.
///
/// Memory: about 60 bytes for each entry.
pub struct ExistingVolumes {
    volumes: Vec<(PathBuf, ZipArchive<FileReader>)>,
    /// Where the entry of a name is, by the name's fingerprint.
    places: HashMap<u64, Place>,
}

#[derive(Clone, Copy)]
struct Place {
    volume: usize,
    entry: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

impl fmt::Debug for ExistingVolumes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<_> = self.volumes.iter().map(|(path, _)| path).collect();
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
            let source = io::ErrorKind::NotFound.into();
            return Err(Error::Output { path: path.to_owned(), doing: "cannot open this archive", source });
        }
        Ok(existing)
    }

    fn add(&mut self, path: PathBuf) -> Result<()> {
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let opened = File::open(&path)
            .and_then(|file| ZipArchive::from_file(file, &mut buffer).map_err(io::Error::other))
            .and_then(|archive| self.index(&archive).map(|()| archive));
        match opened {
            Ok(archive) => self.volumes.push((path, archive)),
            Err(source) => return Err(unreadable(&path, source)),
        }
        Ok(())
    }

    /// Remembers where each entry of the next volume is.
    fn index(&mut self, archive: &ZipArchive<FileReader>) -> io::Result<()> {
        let volume = self.volumes.len();
        each_entry(archive, |record| {
            let place = Place { volume, entry: record.wayfinder(), method: record.compression_method() };
            self.places.insert(fingerprint(&name(record)), place);
        })
    }
}

impl Existing for ExistingVolumes {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let Some(Place { volume, entry, method }) = self.places.get(&fingerprint(name)).copied() else {
            return Ok(None);
        };
        let Some((_, archive)) = self.volumes.get(volume) else { return Ok(None) };
        let entry = archive.get_entry(entry).map_err(io::Error::other)?;
        let bytes = entry.reader();
        match method {
            CompressionMethod::STORE => Ok(Some(Box::new(entry.verifying_reader(bytes)))),
            CompressionMethod::DEFLATE => Ok(Some(Box::new(entry.verifying_reader(DeflateDecoder::new(bytes))))),
            method => Err(io::Error::new(io::ErrorKind::Unsupported, format!("it is packed by method {method}"))),
        }
    }

    fn list(&self, tell: &mut dyn FnMut(String)) -> Result<()> {
        for (path, archive) in &self.volumes {
            each_entry(archive, |record| {
                if !record.is_dir() {
                    tell(name(record));
                }
            })
            .map_err(|source| unreadable(path, source))?;
        }
        Ok(())
    }
}

/// Hands every record of an archive's directory to `take`.
fn each_entry(archive: &ZipArchive<FileReader>, mut take: impl FnMut(&ZipFileHeaderRecord<'_>)) -> io::Result<()> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let mut entries = archive.entries(&mut buffer);
    while let Some(record) = entries.next_entry().map_err(io::Error::other)? {
        take(&record);
    }
    Ok(())
}

fn name(record: &ZipFileHeaderRecord<'_>) -> String {
    String::from_utf8_lossy(record.file_path().as_bytes()).into_owned()
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Output { path: path.to_owned(), doing: "cannot read this archive", source }
}

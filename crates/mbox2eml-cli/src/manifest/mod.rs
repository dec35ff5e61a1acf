//! The manifest: a row for every message found, with its status, in mailbox order.
//!
//! Rows are written as the run goes. Those of an archive that is being written wait until it is finished, since only then
//! are its messages there and its name known.

mod check;
mod checked;
mod file;
mod known;
mod list;
mod pending_rows;
mod report;
mod row;
mod without_own_files;

use std::io;
use std::path::{Path, PathBuf};

pub(crate) use check::{Checked, check};
use file::RowFile;
pub(crate) use file::{MANIFEST, Rows, read};
pub(crate) use known::{UnreadRows, known};
use list::List;
use mbox2eml::report::{Record, Status};
use mbox2eml::sink::Durability;
use mbox2eml::source::Origin;
use pending_rows::PendingRows;
pub(crate) use pending_rows::{names_in, path_of};
pub(crate) use report::ManifestReport;
pub(crate) use row::Row;
pub(crate) use without_own_files::{MessageFiles, WithoutOwnFiles};

use crate::sources::HashedSource;

/// Why a catalogue is refused where the manifest of a conversion is needed.
const CATALOGUE: &str = "it lists messages that inspect found; give the manifest that convert wrote";

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// RFC 4180, with names in the first row.
    Csv,
    /// The same after a byte order mark, which Excel needs. A reader skips it, so it is only asked for where one is written.
    CsvWithBom,
    /// A JSON object on each line.
    JsonLines,
}

impl Format {
    /// By the name's end.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_ascii_lowercase();
        match extension.to_str()? {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// A manifest being written.
pub(crate) struct Manifest {
    file: RowFile,
    pending: PendingRows,
    /// The mailbox of the last row, and its name.
    mailbox: Option<(Origin, String)>,
    /// Where that of an earlier run is kept, if there was one.
    kept: Option<PathBuf>,
    /// Whether the messages are only looked at.
    is_catalogue: bool,
}

impl Manifest {
    /// Begins a manifest. One that is there is kept under the next free name, `m~1.csv`.
    pub(crate) fn create(path: &Path, format: Format) -> io::Result<Self> {
        let kept = MANIFEST.keep_earlier(path)?;
        let file = RowFile::create(path, format)?;
        Ok(Self { file, pending: PendingRows::new(path), mailbox: None, kept, is_catalogue: false })
    }

    /// The same as a catalogue of messages that are only looked at: they are found, and no file has them.
    pub(crate) fn catalogue(self) -> Self {
        Self { is_catalogue: true, ..self }
    }

    /// Where the manifest of an earlier run is kept, if there was one.
    pub(crate) fn kept(&self) -> Option<&Path> {
        self.kept.as_deref()
    }

    /// Adds the row of a message.
    pub(crate) fn add(&mut self, origin: &Origin, record: &Record) -> io::Result<()> {
        let Self { file, pending, mailbox, is_catalogue, .. } = self;
        pending.release_finished(|row| file.write(row))?;
        if mailbox.as_ref().is_none_or(|(of, _)| of != origin) {
            *mailbox = Some((origin.clone(), origin.to_string()));
        }
        let name = mailbox.as_ref().map_or("", |(_, name)| name);
        let mut row = Row::new(name, record);
        if *is_catalogue {
            return file.write(&if record.status == Status::Written { row.found() } else { row });
        }
        if pending.must_wait(&record.locations) {
            return pending.push(row, &record.locations);
        }
        row.path = List::new(record.locations.iter().map(path_of).collect::<Vec<_>>());
        file.write(&row)
    }

    /// Adds the row of a mailbox that could not be read, or not to its end.
    pub(crate) fn add_failure(&mut self, mailbox: &str, reason: String) -> io::Result<()> {
        let Self { file, pending, .. } = self;
        let row = Row::of_failure(mailbox, reason);
        if pending.must_wait(&[]) { pending.push(row, &[]) } else { file.write(&row) }
    }

    /// Adds the row of a file that was read, if its hash is known.
    pub(crate) fn add_source(&mut self, source: &HashedSource) -> io::Result<()> {
        let Self { file, pending, .. } = self;
        let Some(row) = Row::of_source(source) else { return Ok(()) };
        if pending.must_wait(&[]) { pending.push(row, &[]) } else { file.write(&row) }
    }

    /// Writes what is known by now.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }

    /// Writes the rows that still wait: what their archives were to hold is there, or has failed.
    pub(crate) fn finish(&mut self, durability: Durability) -> io::Result<()> {
        let Self { file, pending, .. } = self;
        pending.release_all(|row| file.write(row))?;
        file.flush()?;
        if durability == Durability::Synced { file.sync() } else { Ok(()) }
    }
}

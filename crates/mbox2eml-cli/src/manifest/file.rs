//! The file of a manifest: whole rows in, whole rows out.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;

use super::{Format, Row};
use crate::kept::OwnFile;

/// How many bytes of rows are collected before they are written.
const BLOCK: usize = 16 << 10;

/// What tells a manifest from other files.
pub(crate) const MANIFEST: OwnFile = OwnFile { noun: "manifest", looks_like_one };

/// A manifest that is being written. Only whole rows are written; if one cannot be, what was written of it is removed.
pub(super) struct RowFile {
    file: File,
    block: Block,
    /// How many bytes of whole rows are in the file.
    length: u64,
}

impl RowFile {
    /// Begins a file, which must not exist.
    pub(super) fn create(path: &Path, format: Format) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let mut rows = Self { file, block: Block::new(format), length: 0 };
        if let Block::Csv(writer) = &mut rows.block {
            writer.write_record(Row::COLUMNS)?;
            rows.flush()?;
        }
        Ok(rows)
    }

    /// Adds a row.
    pub(super) fn write(&mut self, row: &Row) -> io::Result<()> {
        if self.block.push(row)? >= BLOCK { self.flush() } else { Ok(()) }
    }

    /// Writes the rows that were collected.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let rows = self.block.take()?;
        let written = self.file.write_all(&rows);
        if written.is_ok() {
            self.length += u64::try_from(rows.len()).unwrap_or(0);
        } else {
            // A part of a row would be worse than none. If it cannot be removed, readers recognize a cut row.
            let _ = self.file.set_len(self.length);
        }
        written
    }

    /// Syncs everything that was written to the disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// Rows that are not written yet.
enum Block {
    Csv(Box<csv::Writer<Vec<u8>>>),
    JsonLines(Vec<u8>),
}

impl Block {
    fn new(format: Format) -> Self {
        let rows = Vec::with_capacity(2 * BLOCK);
        match format {
            Format::Csv => {
                let mut builder = csv::WriterBuilder::new();
                Self::Csv(Box::new(builder.terminator(csv::Terminator::CRLF).from_writer(rows)))
            }
            Format::JsonLines => Self::JsonLines(rows),
        }
    }

    /// Adds a row; returns how many bytes there are now.
    fn push(&mut self, row: &Row) -> io::Result<usize> {
        match self {
            Self::Csv(writer) => {
                for cell in row.cells().map(guarded) {
                    writer.write_field(cell.as_bytes())?;
                }
                writer.write_record(None::<&[u8]>)?;
                writer.flush()?;
                Ok(writer.get_ref().len())
            }
            Self::JsonLines(rows) => {
                serde_json::to_writer(&mut *rows, row)?;
                rows.push(b'\n');
                Ok(rows.len())
            }
        }
    }

    /// Takes all rows out.
    fn take(&mut self) -> io::Result<Vec<u8>> {
        let empty = Self::new(if let Self::Csv(_) = self { Format::Csv } else { Format::JsonLines });
        match std::mem::replace(self, empty) {
            Self::Csv(writer) => writer.into_inner().map_err(csv::IntoInnerError::into_error),
            Self::JsonLines(rows) => Ok(rows),
        }
    }
}

/// A cell that no spreadsheet takes for a formula: one that begins as such gets a `'`, and so does one that looks as if
/// it had got one, so that it can be undone.
fn guarded(cell: Cow<'_, str>) -> Cow<'_, str> {
    if is_formula(cell.trim_start_matches('\'')) { format!("'{cell}").into() } else { cell }
}

/// The same as it was.
fn unguarded(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(bare) if is_formula(bare.trim_start_matches('\'')) => bare.to_owned(),
        _ => cell,
    }
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Whether a file begins as manifests do, or is empty.
fn looks_like_one(path: &Path) -> io::Result<bool> {
    let mut line = Vec::new();
    BufReader::new(File::open(path)?).take(64 << 10).read_until(b'\n', &mut line)?;
    let is_header = line.trim_ascii_end() == Row::COLUMNS.join(",").as_bytes();
    Ok(line.is_empty() || is_header || line.starts_with(b"{\"index\":"))
}

/// The rows of a manifest; for one that cannot be read, the reason.
pub(super) type Rows = Box<dyn Iterator<Item = Result<Row, String>> + Send>;

/// Reads a manifest.
pub(super) fn read(path: &Path, format: Format) -> io::Result<Rows> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let file = BufReader::with_capacity(1 << 18, file);
    match format {
        Format::Csv => read_csv(file),
        Format::JsonLines => Ok(read_json_lines(file)),
    }
}

fn read_csv(file: impl Read + Send + 'static) -> io::Result<Rows> {
    let mut reader = csv::Reader::from_reader(file);
    let names = reader.headers()?;
    if let Some(missing) = Row::COLUMNS.iter().find(|column| !names.iter().any(|name| name == **column)) {
        let what = format!("it is not a manifest: its first row has no column {missing}");
        return Err(io::Error::new(ErrorKind::InvalidData, what));
    }
    Ok(Box::new(reader.into_deserialize::<Row>().map(|row| match row {
        Ok(row) => Ok(row.map_texts(unguarded)),
        Err(error) => Err(fault_in_row(&error)),
    })))
}

/// Which row cannot be read, and why. Its line is not exactly known, since cells may hold line ends.
fn fault_in_row(error: &csv::Error) -> String {
    let why = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} cells instead of {expected_len}")
        }
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        csv::ErrorKind::Utf8 { err, .. } => err.to_string(),
        _ => error.to_string(),
    };
    // The names of the columns are row 1.
    error.position().map_or_else(|| why.clone(), |place| format!("row {}: {why}", place.record() + 1))
}

fn read_json_lines(file: impl BufRead + Send + 'static) -> Rows {
    let mut is_broken = false;
    Box::new(file.split(b'\n').enumerate().map_while(move |(at, line)| {
        let fault = |error: &dyn std::fmt::Display| format!("line {}: {error}", at + 1);
        match line {
            // A file that cannot be read further would fail for ever.
            Err(_) if is_broken => None,
            Err(error) => {
                is_broken = true;
                Some(Err(fault(&error)))
            }
            Ok(line) => Some(serde_json::from_slice(&line).map_err(|error| fault(&error))),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_as_a_formula_and_each_is_found_again() {
        for (cell, written) in [
            ("", ""),
            ("plain", "plain"),
            ("=1", "'=1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@a", "'@a"),
            ("\t", "'\t"),
            ("\r\n", "'\r\n"),
            ("'", "'"),
            ("'quoted'", "'quoted'"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("a=1", "a=1"),
            ("\n=1", "\n=1"),
        ] {
            assert_eq!(guarded(cell.into()), written);
            assert_eq!(unguarded(written.to_owned()), cell);
        }
    }

    #[test]
    fn a_manifest_is_known_by_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.csv");
        drop(RowFile::create(&path, Format::Csv).unwrap());
        assert!(looks_like_one(&path).unwrap());
        std::fs::write(&path, "mine").unwrap();
        assert!(!looks_like_one(&path).unwrap());
    }
}

//! The file of a manifest: whole rows in, whole rows out.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;

use csv::ByteRecord;

use super::{Format, Row};
use crate::kept::OwnFile;
use crate::number::{count, to_u64};

/// How many bytes of rows are collected before they are written.
const BLOCK: usize = 16 << 10;

/// The byte order mark, by which Excel sees that a file is in UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// How the names of the columns begin, in every version.
const HEADER: &[u8] = b"index,mailbox,offset,length,path,eml_size,sha256,";

/// What distinguishes a manifest from other files.
pub(crate) const MANIFEST: OwnFile = OwnFile { noun: "manifest", looks_like_one };

/// A manifest that is being written.
pub(super) enum RowFile {
    Csv {
        writer: Box<csv::Writer<WholeRows>>,
        /// The cells of a row, whose memory the next one uses again.
        cells: ByteRecord,
    },
    JsonLines(WholeRows),
}

impl RowFile {
    /// Begins a file, which must not exist.
    pub(super) fn create(path: &Path, format: Format) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let mut rows = WholeRows { file, bytes: Vec::with_capacity(2 * BLOCK), length: 0, at_once: Cell::new(false) };
        if format == Format::JsonLines {
            return Ok(Self::JsonLines(rows));
        }
        if format == Format::CsvWithBom {
            rows.write_all(BOM)?;
        }
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(rows);
        writer.write_record(Row::COLUMNS)?;
        let mut file = Self::Csv { writer: Box::new(writer), cells: ByteRecord::new() };
        file.flush()?;
        Ok(file)
    }

    /// Adds a row.
    pub(super) fn write(&mut self, row: &Row) -> io::Result<()> {
        match self {
            Self::Csv { writer, cells } => {
                cells.clear();
                row.cells().map(guarded).for_each(|cell| cells.push_field(cell.as_bytes()));
                writer.write_byte_record(cells)?;
                writer.flush()
            }
            Self::JsonLines(rows) => {
                serde_json::to_writer(&mut *rows, row)?;
                rows.write_all(b"\n")?;
                rows.flush()
            }
        }
    }

    /// Writes the rows that were collected.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.rows().at_once.set(true);
        let written = match self {
            Self::Csv { writer, .. } => writer.flush(),
            Self::JsonLines(rows) => rows.flush(),
        };
        self.rows().at_once.set(false);
        written
    }

    /// Syncs everything that was written to the disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.rows().file.sync_all()
    }

    fn rows(&self) -> &WholeRows {
        match self {
            Self::Csv { writer, .. } => writer.get_ref(),
            Self::JsonLines(rows) => rows,
        }
    }
}

/// Whole rows on their way to the file: a flush follows each, and not before a block of them is complete are they
/// written. If they cannot be, what was written of them is removed.
pub(super) struct WholeRows {
    file: File,
    bytes: Vec<u8>,
    /// How many bytes of whole rows are in the file.
    length: u64,
    /// Whether the next flush writes them, however few.
    at_once: Cell<bool>,
}

impl Write for WholeRows {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.len() < BLOCK && !self.at_once.get() {
            return Ok(());
        }
        let written = self.file.write_all(&self.bytes);
        if written.is_ok() {
            self.length += to_u64(self.bytes.len());
        } else {
            // A part of a row would be worse than none. If it cannot be removed, readers recognize a cut row.
            let _ = self.file.set_len(self.length);
        }
        self.bytes.clear();
        written
    }
}

/// A cell that no spreadsheet takes for a formula: one that begins as such gets a `'`, and so does one that looks as if
/// it had got one, so that it can be undone.
fn guarded(cell: Cow<'_, str>) -> Cow<'_, str> {
    // Most cells begin with a letter or a digit, and are not looked at further.
    let may_be_one = cell.starts_with('\'') || is_formula(&cell);
    if may_be_one && is_formula(cell.trim_start_matches('\'')) { format!("'{cell}").into() } else { cell }
}

/// The same as it was.
fn unguarded(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('\'') {
        Some(bare) if is_formula(bare.trim_start_matches('\'')) => bare.into(),
        _ => cell.into(),
    }
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Whether a file begins as manifests do, or is empty.
fn looks_like_one(path: &Path) -> io::Result<bool> {
    let mut line = Vec::new();
    BufReader::new(File::open(path)?).take(64 << 10).read_until(b'\n', &mut line)?;
    let names = line.strip_prefix(BOM).unwrap_or(&line).trim_ascii_end();
    Ok(line.is_empty() || names.starts_with(HEADER) || line.starts_with(b"{\"index\":"))
}

/// The rows of a manifest; for one that cannot be read, the reason.
pub(crate) type Rows = Box<dyn Iterator<Item = Result<Row<'static>, String>> + Send>;

/// Reads a manifest.
pub(crate) fn read(path: &Path, format: Format) -> io::Result<Rows> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let file = BufReader::with_capacity(1 << 18, file);
    match format {
        Format::Csv | Format::CsvWithBom => read_csv(file),
        Format::JsonLines => Ok(read_json_lines(file)),
    }
}

fn read_csv(file: impl Read + Send + 'static) -> io::Result<Rows> {
    let mut reader = csv::Reader::from_reader(file);
    let names = reader.headers()?;
    let places: Vec<Option<usize>> =
        Row::COLUMNS.iter().map(|column| names.iter().position(|name| name == *column)).collect();
    let is_missing = |(column, place): &(&&str, &Option<usize>)| place.is_none() && !Row::LATER.contains(*column);
    if let Some((missing, _)) = Row::COLUMNS.iter().zip(&places).find(is_missing) {
        let what = format!("it is not a manifest: its first row has no column {missing}");
        return Err(io::Error::new(ErrorKind::InvalidData, what));
    }
    Ok(Box::new(reader.into_records().map(move |cells| {
        let cells = cells.map_err(|error| fault_in_row(&error))?;
        let row = Row::of_cells(places.iter().map(|place| unguarded(place.and_then(|at| cells.get(at)).unwrap_or(""))));
        row.map_err(|why| match cells.position() {
            Some(place) => format!("row {}: {why}", place.record() + 1),
            None => why,
        })
    })))
}

/// Which row cannot be read, and why. Its line is not exactly known, since cells may hold line ends.
fn fault_in_row(error: &csv::Error) -> String {
    let why = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {} instead of {expected_len}", count(*len, "cell"))
        }
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
            assert_eq!(unguarded(written), cell);
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

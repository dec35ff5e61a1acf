//! Messages as rows of a table, a batch of columns at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use mbox2eml::name::EntryName;
use mbox2eml::report::{Observer, Record, Records, Status, Warning};
use mbox2eml::sink::{Encode, Entry, Placed, Sink, WriteStatus};
use mbox2eml::source::Origin;
use mbox2eml::{Error, WriteError};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::convert::Given;
use crate::error::invalid;
use crate::options::Options;

/// A batch has no more rows than this,
const ROWS: usize = 10_000;

/// and is full once its EMLs have this many bytes.
const BYTES: usize = 8 << 20;

/// One message, or a mailbox that could not be read to its end.
struct Row {
    mailbox: Arc<str>,
    what: Result<Box<Record>, String>,
    eml: Option<Vec<u8>>,
}

/// Batches of rows: each column a list, and why a mailbox in it could not be read to its end, if so.
#[pyclass(module = "pymbox2eml", frozen)]
pub(crate) struct Rows {
    /// `None` after the last one.
    batches: Mutex<Receiver<Option<Vec<Row>>>>,
    columns: Vec<Column>,
}

#[pymethods]
impl Rows {
    #[new]
    fn new(
        py: Python<'_>,
        inputs: Vec<Bound<'_, PyAny>>,
        columns: Vec<String>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let options = Options::read(options)?;
        let columns = columns.iter().map(|name| Column::named(name)).collect::<PyResult<Vec<_>>>()?;
        let has_eml = columns.iter().any(|column| column.name == EML);
        let mailboxes = Given::open(py, &inputs, None, &options, None)?.into_mailboxes();
        let converter = options.builder.records(Records::All).build();
        let (sender, batches) = mpsc::sync_channel(1);
        // It ends when its batches are not wanted any more.
        thread::Builder::new().spawn(move || {
            let emls = Emls { are_wanted: has_eml, last: Arc::default() };
            let table = Table::new(sender, emls.clone());
            drop(converter.convert_all(mailboxes, emls, &table));
            table.end();
        })?;
        Ok(Self { batches: Mutex::new(batches), columns })
    }

    fn __iter__(rows: PyRef<'_, Self>) -> PyRef<'_, Self> {
        rows
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyDict>, Option<String>)>> {
        let next = py.detach(|| self.batches.try_lock().ok().map(|batches| batches.recv()));
        let rows = match next {
            Some(Ok(Some(rows))) => rows,
            Some(Ok(None)) => return Ok(None),
            Some(Err(_)) => return Err(PyRuntimeError::new_err("reading broke off: the last rows are missing")),
            None => return Err(PyRuntimeError::new_err("it is in use by another thread")),
        };
        let batch = PyDict::new(py);
        for Column { name, value } in &self.columns {
            let values = rows.iter().map(|row| value(py, row)).collect::<PyResult<Vec<_>>>()?;
            batch.set_item(name, PyList::new(py, values)?)?;
        }
        let failure = rows.iter().find_map(|row| row.what.as_ref().err().cloned());
        Ok(Some((batch, failure)))
    }
}

/// A column, and its value in a row.
struct Column {
    name: &'static str,
    value: for<'py> fn(Python<'py>, &Row) -> PyResult<Bound<'py, PyAny>>,
}

const EML: &str = "eml";

macro_rules! columns {
    ($($name:literal: |$record:ident| $value:expr,)*) => {
        /// The columns that messages have.
        const COLUMNS: &[Column] = &[$(Column {
            name: $name,
            value: |py, row| match &row.what {
                Ok($record) => object(py, $value),
                Err(_) => object(py, None::<u64>),
            },
        }),*];
    };
}

fn object<'py>(py: Python<'py>, value: impl IntoPyObject<'py>) -> PyResult<Bound<'py, PyAny>> {
    use pyo3::BoundObject as _;
    Ok(value.into_pyobject(py).map_err(Into::into)?.into_any().into_bound())
}

columns! {
    "offset": |record| record.position.byte,
    "length": |record| record.length,
    "eml_size": |record| record.digest.map(|digest| digest.size),
    "sha256": |record| record.digest.map(|digest| digest.hex()),
    "from_line": |record| String::from_utf8_lossy(&record.from_line),
    "received": |record| record.headers.received.and_then(|received| {
        received.seconds.checked_mul(1_000_000)?.checked_add(i64::from(received.milliseconds) * 1000)
    }),
    "received_source": |record| record.headers.received.map(|received| received.source.as_str()),
    "date": |record| record.headers.date.as_deref(),
    "from": |record| record.headers.from_text.as_deref(),
    "to": |record| record.headers.to_text.as_deref(),
    "cc": |record| record.headers.cc_text.as_deref(),
    "subject": |record| record.headers.subject.as_deref(),
    "message_id": |record| record.headers.message_id.as_deref(),
    "gmail_id": |record| record.headers.gmail_id.and_then(|id| i64::try_from(id).ok()),
    "gmail_thread": |record| record.headers.gmail_thread.and_then(|id| i64::try_from(id).ok()),
    "labels": |record| &record.headers.labels,
    "flags": |record| record.headers.flags.to_string(),
    "vault": |record| record.metadata.map(|check| check.as_str()),
    "warnings": |record| record.warnings.iter().map(Warning::to_string).collect::<Vec<_>>(),
}

/// The columns that every row has, and its EML.
const OF_ROWS: &[Column] = &[
    Column {
        name: "index",
        value: |py, row| object(py, row.what.as_ref().map_or(0, |record| record.position.message)),
    },
    Column { name: "mailbox", value: |py, row| object(py, &*row.mailbox) },
    Column {
        name: "status",
        value: |py, row| {
            let status = row.what.as_ref().map_or(Status::Failed, |record| record.status);
            object(py, if status == Status::Written { "found" } else { status.as_str() })
        },
    },
    Column {
        name: "reason",
        value: |py, row| match &row.what {
            Ok(record) => object(py, record.reason.as_deref()),
            Err(reason) => object(py, reason),
        },
    },
    Column { name: EML, value: |py, row| object(py, row.eml.as_ref().map(|eml| PyBytes::new(py, eml))) },
];

impl Column {
    fn named(name: &str) -> PyResult<Self> {
        let known = || OF_ROWS.iter().chain(COLUMNS);
        match known().find(|column| column.name == name) {
            Some(Self { name, value }) => Ok(Self { name, value: *value }),
            None => {
                let names: Vec<&str> = known().map(|column| column.name).collect();
                Err(invalid(format!("no column is called {name}; there are {}", names.join(", "))))
            }
        }
    }
}

/// Keeps the EML of each message for its row.
#[derive(Clone)]
struct Emls {
    are_wanted: bool,
    last: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Emls {
    fn last(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Encode for Emls {
    type Item = (EntryName, Option<Vec<u8>>);

    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
        let eml = self.are_wanted.then(|| entry.eml.to_bytes().into_owned());
        Ok((entry.name, eml))
    }

    fn weight((_, eml): &Self::Item) -> u64 {
        eml.as_ref().map_or(0, |eml| u64::try_from(eml.len()).unwrap_or(u64::MAX))
    }
}

impl Sink for Emls {
    type Encoder = Self;
    type Receipt = ();

    fn encoder(&self) -> Self {
        self.clone()
    }

    fn put(&mut self, (name, eml): (EntryName, Option<Vec<u8>>)) -> Result<Placed, WriteError> {
        *self.last() = eml;
        Ok(Placed::new(name, WriteStatus::Written))
    }

    fn finish(self) {}
}

/// Makes rows of what is reported, and batches of these.
struct Table {
    batches: SyncSender<Option<Vec<Row>>>,
    emls: Emls,
    filling: Mutex<(Vec<Row>, usize)>,
    /// The reader of the rows is gone.
    is_left: AtomicBool,
}

impl Table {
    fn new(batches: SyncSender<Option<Vec<Row>>>, emls: Emls) -> Self {
        Self { batches, emls, filling: Mutex::default(), is_left: AtomicBool::new(false) }
    }

    fn add(&self, origin: &Origin, what: Result<Box<Record>, String>) {
        let eml = what.as_ref().ok().and_then(|_| self.emls.last().take());
        let mut filling = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        let (rows, bytes) = &mut *filling;
        *bytes += eml.as_ref().map_or(0, Vec::len);
        let mailbox = origin.to_string();
        let mailbox = rows.last().map(|row| &row.mailbox).filter(|last| ***last == *mailbox).cloned();
        let mailbox = mailbox.unwrap_or_else(|| origin.to_string().into());
        rows.push(Row { mailbox, what, eml });
        if rows.len() >= ROWS || *bytes >= BYTES {
            self.send(std::mem::take(rows));
            *bytes = 0;
        }
    }

    /// Waits until the batch before it was taken.
    fn send(&self, rows: Vec<Row>) {
        if self.batches.send(Some(rows)).is_err() {
            self.is_left.store(true, Ordering::Relaxed);
        }
    }

    fn end(self) {
        let (rows, _) = std::mem::take(&mut *self.filling.lock().unwrap_or_else(PoisonError::into_inner));
        if !rows.is_empty() {
            self.send(rows);
        }
        // It fails only if the reader is gone, which needs no end.
        let _ = self.batches.send(None);
    }
}

impl Observer for Table {
    fn recorded(&self, origin: &Origin, record: &Record) {
        self.add(origin, Ok(Box::new(record.clone())));
    }

    fn failed(&self, error: &Error) {
        // A message has a row of its own.
        if !matches!(error, Error::Message { .. }) {
            let unknown = Origin::named("");
            self.add(error.origin().unwrap_or(&unknown), Err(error.with_causes()));
        }
    }

    fn cancelled(&self) -> bool {
        self.is_left.load(Ordering::Relaxed)
    }
}

//! Messages, read one after another.

use std::sync::Mutex;

use mbox2eml::Mbox;
use mbox2eml::message::{Field, HeaderReader, Headers};
use mbox2eml::source::Source;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::{exception, invalid};
use crate::input::open;
use crate::range::Range;

/// The messages of a mailbox, in its order.
#[pyclass(module = "pymbox2eml", frozen)]
pub(crate) struct Messages(Mutex<Box<mbox2eml::Messages<Box<dyn Source>>>>);

#[pymethods]
impl Messages {
    #[new]
    #[pyo3(signature = (input, *, split, unquote, eol, range))]
    fn new(
        py: Python<'_>,
        input: &Bound<'_, PyAny>,
        split: &str,
        unquote: &str,
        eol: &str,
        range: Option<&Range>,
    ) -> PyResult<Self> {
        let (rule, unquote) = (split.parse().map_err(invalid)?, unquote.parse().map_err(invalid)?);
        let eol = eol.parse().map_err(invalid)?;
        let mbox = Mbox::new(open(py, input)?).split(rule).unquote(unquote).eol(eol);
        let mbox = match range {
            Some(Range(range)) => mbox.in_range(range.clone()),
            None => mbox,
        };
        // Boxed: it has tables that must be aligned, and Python's memory is not.
        Ok(Self(Mutex::new(Box::new(mbox.messages()))))
    }

    /// The program that wrote the mailbox, once its first message was read.
    #[getter]
    fn dialect(&self) -> Option<&'static str> {
        self.0.try_lock().ok()?.dialect().map(|dialect| dialect.as_str())
    }

    fn __iter__(messages: PyRef<'_, Self>) -> PyRef<'_, Self> {
        messages
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Message>> {
        let next = py.detach(|| self.0.try_lock().ok().map(|mut messages| messages.next()));
        match next {
            None => Err(PyRuntimeError::new_err("it is in use by another thread")),
            Some(None) => Ok(None),
            Some(Some(Ok(message))) => Ok(Some(Message(Box::new(message)))),
            Some(Some(Err(error))) => Err(exception(py, &error)),
        }
    }
}

/// One message.
#[pyclass(module = "pymbox2eml", frozen, subclass)]
pub(crate) struct Message(Box<mbox2eml::Message>);

impl Message {
    fn read(&self, fields: &[Field]) -> Headers {
        HeaderReader::new(fields).read(&self.0.raw())
    }
}

#[pymethods]
impl Message {
    /// Its number in the mailbox, from 1.
    #[getter]
    fn index(&self) -> u64 {
        self.0.index()
    }

    /// The offset of its From_ line in the mailbox.
    #[getter]
    fn offset(&self) -> u64 {
        self.0.offset()
    }

    /// Its From_ line, without the line end.
    #[getter(from_line)]
    fn line_before<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let line = self.0.raw().from_line;
        let line = line.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        PyBytes::new(py, line)
    }

    /// When it was received, in seconds since 1970.
    #[getter]
    fn received_seconds(&self) -> Option<f64> {
        let received = self.read(&[]).received?;
        let seconds = i32::try_from(received.seconds).map(f64::from);
        let seconds = seconds.unwrap_or_else(|_| received.seconds.to_string().parse().unwrap_or_default());
        Some(seconds + f64::from(received.milliseconds) / 1000.0)
    }

    /// Gmail's labels, in the language of the account.
    #[getter]
    fn labels(&self) -> Vec<String> {
        self.read(&[Field::Labels]).labels
    }

    /// Its state as the letters of Maildir, such as ``"FS"``.
    #[getter]
    fn flags(&self) -> String {
        self.read(&[Field::Flags]).flags.to_string()
    }

    /// Gmail's id.
    #[getter]
    fn gmail_id(&self) -> Option<u64> {
        self.read(&[]).gmail_id
    }

    /// The text of a header field, decoded and unfolded; of several, the first.
    fn get(&self, name: &str) -> Option<String> {
        self.0.headers().text(name)
    }

    /// The names and texts of all header fields, in their order.
    fn items(&self) -> Vec<(String, String)> {
        let fields = self.0.headers();
        let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        fields.iter().filter_map(|field| Some((text(field.name()), field.text()?))).collect()
    }

    /// The message as it was sent.
    fn as_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.eml().to_bytes())
    }

    /// The message as it is in the mailbox, with its quoting.
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.raw().bytes)
    }
}

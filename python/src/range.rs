//! Ranges of a mailbox.

use std::sync::Mutex;

use mbox2eml::Mbox;
use mbox2eml::range::MessageRange;
use mbox2eml::source::Source;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::error::{exception, invalid};
use crate::input::open;

/// Messages that follow one another, which can be read by another process or on another machine.
///
/// Its two checkpoints are text, and make the same range again: ``Range(range.checkpoint, range.until)``.
#[pyclass(module = "pymbox2eml", frozen, eq)]
#[derive(Clone, PartialEq)]
pub(crate) struct Range(pub(crate) MessageRange);

#[pymethods]
impl Range {
    #[new]
    fn new(checkpoint: &str, until: &str) -> PyResult<Self> {
        let (start, end) = (checkpoint.parse().map_err(invalid)?, until.parse().map_err(invalid)?);
        MessageRange::new(start, end).map(Self).map_err(invalid)
    }

    /// The offset of the first byte.
    #[getter]
    fn start(&self) -> u64 {
        self.0.bytes().start
    }

    /// The offset of the first byte behind it.
    #[getter]
    fn end(&self) -> u64 {
        self.0.bytes().end
    }

    /// How many messages it has.
    #[getter]
    fn messages(&self) -> u64 {
        self.0.messages()
    }

    /// What is known where it begins, as text.
    #[getter]
    fn checkpoint(&self) -> String {
        self.0.start().to_string()
    }

    /// What is known where it ends, as text.
    #[getter]
    fn until(&self) -> String {
        self.0.end().to_string()
    }

    fn __getnewargs__(&self) -> (String, String) {
        (self.checkpoint(), self.until())
    }

    fn __repr__(&self) -> String {
        format!("<Range of bytes {}-{}, messages: {}>", self.start(), self.end(), self.messages())
    }
}

/// The ranges of a mailbox, in its order.
#[pyclass(module = "pymbox2eml", frozen)]
pub(crate) struct Plan(Mutex<Box<mbox2eml::range::Plan<Box<dyn Source>>>>);

#[pymethods]
impl Plan {
    #[new]
    fn new(py: Python<'_>, input: &Bound<'_, PyAny>, every: u64, split: &str) -> PyResult<Self> {
        let rule = split.parse().map_err(invalid)?;
        // Boxed: it has tables that must be aligned, and Python's memory is not.
        Ok(Self(Mutex::new(Box::new(Mbox::new(open(py, input)?).split(rule).plan(every)))))
    }

    fn __iter__(plan: PyRef<'_, Self>) -> PyRef<'_, Self> {
        plan
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Range>> {
        let next = py.detach(|| self.0.try_lock().ok().map(|mut plan| plan.next()));
        match next {
            None => Err(PyRuntimeError::new_err("it is in use by another thread")),
            Some(None) => Ok(None),
            Some(Some(Ok(range))) => Ok(Some(Range(range))),
            Some(Some(Err(error))) => Err(exception(py, &error)),
        }
    }
}

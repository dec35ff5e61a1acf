//! Errors as exceptions, in the same words.

use std::fmt::Display;
use std::io;

use mbox2eml::Error;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;

create_exception!(pymbox2eml, MboxError, PyException, "A mailbox, a message or an output failed.");
create_exception!(pymbox2eml, NotAnMboxError, MboxError, "An input is not an mbox.");
create_exception!(
    pymbox2eml,
    NotAsPlannedError,
    MboxError,
    "A mailbox is not the one that a range is of, or was changed."
);

/// Whether it may succeed another time: the system or an object of Python's failed, and not what is read.
pub(crate) fn may_pass(error: &Error) -> bool {
    let failure = match error {
        Error::Open { source, .. }
        | Error::Search { source, .. }
        | Error::Read { source, .. }
        | Error::Output { source, .. } => Some(source),
        Error::Message { source, .. } => source.source.downcast_ref::<io::Error>(),
        _ => None,
    };
    let is_certain = |kind| matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied);
    let is_of_python = |error: &io::Error| error.get_ref().is_some_and(|inner| inner.is::<PyErr>());
    failure.is_some_and(|error| (error.raw_os_error().is_some() || is_of_python(error)) && !is_certain(error.kind()))
}

/// The exception for an error. What an object of Python's raised is its cause.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let text = error.with_causes();
    let exception = match error {
        // A FileNotFoundError and the like.
        Error::Open { source, .. } => return io::Error::new(source.kind(), text).into(),
        Error::NotAnMbox { .. } | Error::NotAnArchive { .. } => NotAnMboxError::new_err(text),
        Error::NotAsPlanned { .. } => NotAsPlannedError::new_err(text),
        _ => MboxError::new_err(text),
    };
    if let Error::Read { source, .. } = error
        && let Some(raised) = source.get_ref().and_then(|inner| inner.downcast_ref::<PyErr>())
    {
        exception.set_cause(py, Some(raised.clone_ref(py)));
    }
    exception
}

/// The exception for an argument that makes no sense.
pub(crate) fn invalid(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

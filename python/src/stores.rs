//! Object stores, which Python reads and writes: see `pymbox2eml/stores.py`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mbox2eml::name::EntryName;
use mbox2eml::sink::{Encode, Entry, Placed, Sink, SinkWarning, WriteStatus};
use mbox2eml::source::{Origin, Stream};
use mbox2eml::{Error, ErrorScope, Result, WriteError};
use mbox2eml_archive::inputs::InputsBuilder;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::input::source;

/// How many names are tried for a message whose own is taken.
const NAMES_TRIED: u32 = 1000;

/// Whether a path is a URL, which Python opens.
fn is_url(path: &Path) -> bool {
    path.to_string_lossy().contains("://")
}

/// Calls a function of `pymbox2eml.stores` with a URL.
fn call<T>(name: &str, url: &Path, take: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<T>) -> Result<T> {
    let done = Python::attach(|py| {
        let stores = py.import("pymbox2eml.stores")?;
        take(&stores.call_method1(name, (url.to_string_lossy(),))?)
    });
    done.map_err(|error| Error::Open { origin: Origin::file(url), source: error.into() })
}

/// The same search, in which URLs are opened, too.
pub(crate) fn with_stores(search: InputsBuilder) -> InputsBuilder {
    // The last archive, which is deleted with it.
    let copy: Mutex<Option<Py<PyAny>>> = Mutex::default();
    let search = search.open_files(|path| {
        if !is_url(path) {
            return Ok(Box::new(Stream::open(path)?));
        }
        let file = call("open_url", path, |file| Ok(file.clone().unbind()))?;
        source(Origin::file(path), file, true)
    });
    search.copy_archives(move |path| {
        if !is_url(path) {
            return Ok(None);
        }
        let mut copy = copy.lock().unwrap_or_else(PoisonError::into_inner);
        *copy = None;
        let (file, name) = call("copied", path, |file| {
            let name: PathBuf = file.getattr("name")?.extract()?;
            Ok((file.clone().unbind(), name))
        })?;
        *copy = Some(file);
        Ok(Some(name))
    })
}

/// Writes each message as an object. Python's half says what was there.
pub(crate) struct Objects(Arc<Py<PyAny>>);

impl Objects {
    pub(crate) fn new(store: Py<PyAny>) -> Self {
        Self(Arc::new(store))
    }

    /// Puts an object; whether it was written, or was there with the same bytes; `None` if another has the name.
    fn put_object(&self, name: &EntryName, eml: &[u8]) -> io::Result<Option<WriteStatus>> {
        let status = Python::attach(|py| {
            let put = self.0.bind(py).call_method1("put", (name.as_str(), PyBytes::new(py, eml)))?;
            put.extract::<Option<bool>>()
        })?;
        Ok(status.map(|is_new| if is_new { WriteStatus::Written } else { WriteStatus::AlreadyThere }))
    }
}

impl Encode for Objects {
    type Item = Placed;

    fn encode(&self, entry: Entry<'_>) -> Result<Placed, WriteError> {
        let eml = entry.eml.to_bytes();
        for attempt in 1..=NAMES_TRIED {
            let name = if attempt == 1 { entry.name.clone() } else { entry.name.alternative(attempt) };
            match self.put_object(&name, &eml) {
                Ok(Some(status)) => {
                    let warning = (attempt > 1).then_some(SinkWarning::NAME_TAKEN);
                    return Ok(Placed::new(name, status).with_warnings(warning));
                }
                Ok(None) => {}
                // The store answers for the others as it does for this one.
                Err(error) => {
                    return Err(WriteError::new("cannot write", name, error).with_scope(ErrorScope::Output));
                }
            }
        }
        Err(WriteError::new("cannot write", entry.name, io::Error::from(io::ErrorKind::AlreadyExists)))
    }
}

impl Sink for Objects {
    type Encoder = Self;
    type Receipt = ();

    fn encoder(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    fn put(&mut self, item: Placed) -> Result<Placed, WriteError> {
        Ok(item)
    }

    fn finish(self) {}
}

//! What a mailbox is read from: a path, or an object with `read`.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

use mbox2eml::source::{Origin, Source, Stream};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::error::exception;

/// How many bytes are asked for at once. A call costs as much as copying some thousands.
const CHUNK: usize = 1 << 20;

/// Opens an input. A file is read and not mapped: another process may write to it.
pub(crate) fn open(py: Python<'_>, input: &Bound<'_, PyAny>) -> PyResult<Box<dyn Source>> {
    if !input.hasattr("read")? {
        let path: PathBuf = input.extract()?;
        return match py.detach(|| Stream::open(path)) {
            Ok(source) => Ok(Box::new(source)),
            Err(error) => Err(exception(py, &error)),
        };
    }
    let name = input.getattr("name").ok().and_then(|name| name.cast_into::<PyString>().ok());
    let origin = Origin::named(name.map_or_else(|| "file object".to_owned(), |name| name.to_string()));
    let is_seekable = input.call_method0("seekable").and_then(|is| is.is_truthy()).unwrap_or(false);
    let file = input.clone().unbind();
    py.detach(|| source(origin, file, is_seekable)).map_err(|error| exception(py, &error))
}

/// An object of Python's as a source.
pub(crate) fn source(origin: Origin, file: Py<PyAny>, is_seekable: bool) -> mbox2eml::Result<Box<dyn Source>> {
    let reader = BufReader::with_capacity(CHUNK, FileObject(file));
    Ok(if is_seekable { Box::new(Stream::seekable(origin, reader)?) } else { Box::new(Stream::new(origin, reader)) })
}

/// An object of Python's with `read(n)`, and perhaps `seek`.
struct FileObject(Py<PyAny>);

impl Read for FileObject {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Python::attach(|py| {
            let read = self.0.bind(py).call_method1("read", (buffer.len(),))?;
            let bytes =
                read.cast::<PyBytes>().map_err(|_| io::Error::other("read() returned no bytes: open it with 'rb'"))?;
            let bytes = bytes.as_bytes();
            let part =
                buffer.get_mut(..bytes.len()).ok_or_else(|| io::Error::other("read() returned too many bytes"))?;
            part.copy_from_slice(bytes);
            Ok(bytes.len())
        })
    }
}

impl Seek for FileObject {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        let (offset, whence) = match place {
            SeekFrom::Start(offset) => (i64::try_from(offset).map_err(io::Error::other)?, 0),
            SeekFrom::Current(by) => (by, 1),
            SeekFrom::End(by) => (by, 2),
        };
        Python::attach(|py| Ok(self.0.bind(py).call_method1("seek", (offset, whence))?.extract::<u64>()?))
    }
}

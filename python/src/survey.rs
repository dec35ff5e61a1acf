//! What a search has found, and parts of it for other processes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use mbox2eml::range::MessageRange;
use mbox2eml::source::FileKind;
use mbox2eml_archive::inputs::{Failure, Inputs, InputsBuilder, Object, UnitKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::{Deserialize, Serialize};

use crate::error::invalid;
use crate::options::Options;
use crate::range::Range;

/// The version whose surveys are understood.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// All that a search has found. It is text for other processes, which open parts of it.
#[pyclass(module = "pymbox2eml", frozen)]
pub(crate) struct Survey {
    survey: Arc<mbox2eml_archive::inputs::Survey>,
    /// What cannot be read; it is not part of the text.
    failures: Vec<(String, String, String)>,
}

#[derive(Serialize)]
struct Text<'a> {
    version: &'a str,
    survey: &'a mbox2eml_archive::inputs::Survey,
}

#[derive(Deserialize)]
struct OwnedText {
    version: String,
    survey: mbox2eml_archive::inputs::Survey,
}

#[pymethods]
impl Survey {
    /// Searches these paths as ``convert`` does.
    #[new]
    fn new(
        py: Python<'_>,
        inputs: Vec<PathBuf>,
        output: Option<PathBuf>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let search = Options::read(options)?.search();
        let search = output.into_iter().fold(search, InputsBuilder::output);
        Ok(py.detach(|| Self::of(search.find(&inputs))))
    }

    /// What these URLs have below them: of each object its input, what comes after that in its URL, its size and its first
    /// bytes.
    #[staticmethod]
    fn of_objects(
        py: Python<'_>,
        inputs: Vec<String>,
        objects: Vec<(String, String, u64, Vec<u8>)>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let Options { namer, split, .. } = Options::read(options)?;
        let object =
            |(input, below, size, head): (String, String, u64, Vec<u8>)| Object::new(input, below, size, &head);
        let objects = objects.into_iter().map(object).collect();
        let (survey, failures) =
            py.detach(|| mbox2eml_archive::inputs::Survey::of_objects(&inputs, objects, split, &namer));
        Ok(Self::new_of(survey, failures))
    }

    /// How many of an object's first bytes say what it is.
    #[classattr]
    const HEAD: usize = FileKind::HEAD;

    #[staticmethod]
    fn read(text: &str) -> PyResult<Self> {
        let OwnedText { version, survey } = serde_json::from_str(text).map_err(invalid)?;
        if version != VERSION {
            return Err(invalid(format!("the driver has pymbox2eml {version}, and this worker {VERSION}")));
        }
        Ok(Self { survey: Arc::new(survey), failures: Vec::new() })
    }

    fn text(&self) -> PyResult<String> {
        serde_json::to_string(&Text { version: VERSION, survey: &self.survey }).map_err(invalid)
    }

    /// The number, the path, the kind and the size in bytes of each input that can be read.
    fn units(&self) -> Vec<(usize, OsString, &'static str, Option<u64>)> {
        let units = self.survey.units().map(|(number, unit)| {
            let kind = match unit.kind {
                UnitKind::File => "mailbox",
                UnitKind::Archive => "archive",
                _ => "stream",
            };
            // As text: an object for paths would take a URL apart.
            (number, unit.path.as_os_str().to_owned(), kind, self.survey.size(number))
        });
        units.collect()
    }

    /// The path, the place and the error of each input that cannot be read.
    #[getter]
    fn failures(&self) -> Vec<(String, String, String)> {
        self.failures.clone()
    }

    /// The numbers of the inputs that have to be converted together.
    fn groups(&self, py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Vec<Vec<usize>>> {
        let options = Options::read(options)?;
        Ok(py.detach(|| self.survey.groups(&options.namer)))
    }

    /// These inputs, or a range of one, as an input of ``convert``.
    #[pyo3(signature = (numbers, range=None))]
    fn part(&self, numbers: Vec<usize>, range: Option<&Range>) -> PyResult<Part> {
        if range.is_some() && numbers.len() != 1 {
            return Err(PyValueError::new_err("a range is of one input"));
        }
        let range = range.map(|Range(range)| range.clone());
        Ok(Part { survey: Arc::clone(&self.survey), numbers, range, is_whole: false })
    }

    /// All inputs, as an input of ``convert``.
    fn whole(&self) -> Part {
        let numbers = self.survey.units().map(|(number, _)| number).collect();
        Part { survey: Arc::clone(&self.survey), numbers, range: None, is_whole: true }
    }
}

impl Survey {
    fn of(mut inputs: Inputs) -> Self {
        let survey = inputs.survey();
        Self::new_of(survey, inputs.take_unreadable())
    }

    fn new_of(survey: mbox2eml_archive::inputs::Survey, failures: Vec<Failure>) -> Self {
        let failures = failures.into_iter().map(|Failure { error, place, .. }| {
            let input = error.origin().map(ToString::to_string).unwrap_or_default();
            (input, place, error.with_causes())
        });
        Self { survey: Arc::new(survey), failures: failures.collect() }
    }
}

/// Some inputs of a survey.
#[pyclass(module = "pymbox2eml", frozen)]
pub(crate) struct Part {
    survey: Arc<mbox2eml_archive::inputs::Survey>,
    numbers: Vec<usize>,
    range: Option<MessageRange>,
    /// Whether no other process converts the rest.
    pub(crate) is_whole: bool,
}

impl Part {
    /// Opens it, each mailbox in the folder that it has among all.
    pub(crate) fn open(&self, search: InputsBuilder) -> Inputs {
        search.open(&self.survey, &self.numbers, self.range.clone())
    }
}

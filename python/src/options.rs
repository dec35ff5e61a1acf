//! The options of the command as Python gives them.

use std::num::NonZeroUsize;

use mbox2eml::message::LabelName;
use mbox2eml::name::{Charset, Layout, Namer, Template};
use mbox2eml::select::{Filter, Period, Sample};
use mbox2eml::split::SplitRule;
use mbox2eml::{Converter, ConverterBuilder};
use mbox2eml_archive::inputs::{Inputs, InputsBuilder};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::invalid;
use crate::stores::with_stores;

/// How messages are read, chosen and named.
pub(crate) struct Options {
    pub(crate) builder: ConverterBuilder,
    pub(crate) namer: Namer,
    pub(crate) split: SplitRule,
}

impl Options {
    pub(crate) fn read(options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut builder = Converter::builder();
        let (mut template, mut charset) = (Template::default(), Charset::Unicode);
        let (mut layout, mut filter) = (Layout::default(), Filter::default());
        let mut split = SplitRule::default();
        for (name, value) in options {
            let name: String = name.extract()?;
            if value.is_none() {
                continue;
            }
            let not = |what: &str, error| expected(value.py(), what, &name, error);
            let text = || value.extract::<String>().map_err(|error| not("a string", error));
            let period = || value.extract::<String>().map_err(|error| not(r#"a string such as "2020""#, error));
            let number = || value.extract::<NonZeroUsize>().map_err(|error| not("a number of at least 1", error));
            let names = || labels(&value).map_err(|error| not("a string or a list of strings", error));
            let yes = || value.extract::<bool>().map_err(|error| not("True or False", error));
            match name.as_str() {
                "eol" => builder = builder.eol(text()?.parse().map_err(invalid)?),
                "unquote" => builder = builder.unquote(text()?.parse().map_err(invalid)?),
                "split" => split = text()?.parse().map_err(invalid)?,
                "deleted" => builder = builder.deleted(text()?.parse().map_err(invalid)?),
                "dedup" => builder = builder.dedup(text()?.parse().map_err(invalid)?),
                "limit" => {
                    let limit = number()?.get().try_into().map_err(invalid)?;
                    builder = builder.sample(Sample::First(limit));
                }
                "threads" => builder = builder.threads(number()?),
                "name" => template = text()?.parse().map_err(invalid)?,
                "ascii" if yes()? => charset = Charset::Ascii,
                "ascii" => {}
                "layout" => layout = text()?.parse().map_err(invalid)?,
                "since" => filter = filter.since(period()?.parse::<Period>().map_err(invalid)?),
                "until" => filter = filter.until(period()?.parse::<Period>().map_err(invalid)?),
                "label" => filter = filter.labels(names()?),
                "not_label" => filter = filter.not_labels(names()?),
                _ => return Err(invalid(format!("unknown option: {name}"))),
            }
        }
        let namer = Namer::new(template, charset).layout(layout);
        let builder = builder.split(split).filter(filter).names(namer.clone());
        Ok(Self { builder, namer, split })
    }

    /// A search for inputs whose folders are those of these names, which opens URLs, too.
    pub(crate) fn search(&self) -> InputsBuilder {
        with_stores(Inputs::builder().names(self.namer.clone()).split(self.split))
    }
}

/// The exception for a value that an option does not take.
fn expected(py: Python<'_>, what: &str, option: &str, error: PyErr) -> PyErr {
    let text = format!("{option}: expected {what}");
    if error.is_instance_of::<PyTypeError>(py) { PyTypeError::new_err(text) } else { invalid(text) }
}

fn labels(value: &Bound<'_, PyAny>) -> PyResult<Vec<LabelName>> {
    let names = value.extract::<String>().map(|name| vec![name]).or_else(|_| value.extract::<Vec<String>>())?;
    Ok(names.iter().map(|name| LabelName::new(name)).collect())
}

/// Why a range would not become what it is in the whole mailbox, if so.
#[pyfunction]
pub(crate) fn objection_to_ranges(options: &Bound<'_, PyDict>) -> PyResult<Option<&'static str>> {
    Ok(Options::read(options)?.builder.build().objection_to_ranges())
}

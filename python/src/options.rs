//! The options of the command as Python gives them.

use std::num::NonZeroUsize;

use mbox2eml::message::LabelName;
use mbox2eml::name::{Charset, Layout, Namer, Template};
use mbox2eml::select::{Filter, Period, Sample};
use mbox2eml::split::SplitRule;
use mbox2eml::{Converter, ConverterBuilder};
use mbox2eml_archive::inputs::{Inputs, InputsBuilder};
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
            let text = || value.extract::<String>();
            match name.as_str() {
                "eol" => builder = builder.eol(text()?.parse().map_err(invalid)?),
                "unquote" => builder = builder.unquote(text()?.parse().map_err(invalid)?),
                "split" => split = text()?.parse().map_err(invalid)?,
                "deleted" => builder = builder.deleted(text()?.parse().map_err(invalid)?),
                "dedup" => builder = builder.dedup(text()?.parse().map_err(invalid)?),
                "limit" => builder = builder.sample(Sample::First(value.extract()?)),
                "threads" => builder = builder.threads(value.extract::<NonZeroUsize>()?),
                "name" => template = text()?.parse().map_err(invalid)?,
                "ascii" if value.extract()? => charset = Charset::Ascii,
                "ascii" => {}
                "layout" => layout = text()?.parse().map_err(invalid)?,
                "since" => filter = filter.since(text()?.parse::<Period>().map_err(invalid)?),
                "until" => filter = filter.until(text()?.parse::<Period>().map_err(invalid)?),
                "label" => filter = filter.labels(labels(&value)?),
                "not_label" => filter = filter.not_labels(labels(&value)?),
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

fn labels(value: &Bound<'_, PyAny>) -> PyResult<Vec<LabelName>> {
    Ok(value.extract::<Vec<String>>()?.iter().map(|name| LabelName::new(name)).collect())
}

/// Why a range would not become what it is in the whole mailbox, if so.
#[pyfunction]
pub(crate) fn objection_to_ranges(options: &Bound<'_, PyDict>) -> PyResult<Option<&'static str>> {
    Ok(Options::read(options)?.builder.build().objection_to_ranges())
}

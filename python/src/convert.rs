//! Whole conversions, which Python can watch and interrupt.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use mbox2eml::range::MessageRange;
use mbox2eml::report::{MailboxSummary, Observer};
use mbox2eml::sink::{Directory, Durability, Inspect, Sink, Statistics};
use mbox2eml::source::Source;
use mbox2eml::{Conversion, Error, Mailbox, Result, RunEnd};
use mbox2eml_archive::inputs::{Failure, Found, Inputs, InputsBuilder};
use mbox2eml_archive::volumes::Volumes;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value, json};

use crate::error::{exception, invalid, may_pass};
use crate::input::open;
use crate::options::Options;
use crate::range::Range;
use crate::stores::Objects;
use crate::survey::Part;

/// How often Python is asked whether to go on.
const PAUSE: Duration = Duration::from_millis(50);

/// Turns mailboxes into EML files, or into objects if `output` has `put`; returns the summary as JSON. `options` has the names and values of the command's options.
#[pyfunction]
#[pyo3(signature = (inputs, output, options, range, progress))]
pub(crate) fn convert(
    py: Python<'_>,
    inputs: Vec<Bound<'_, PyAny>>,
    output: Bound<'_, PyAny>,
    options: &Bound<'_, PyDict>,
    range: Option<&Range>,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let options = Options::read(options)?;
    let range = range.map(|Range(range)| range.clone());
    if output.hasattr("put")? {
        let inputs = Given::open(py, &inputs, range, &options, None)?;
        return run(py, options, inputs, Objects::new(output.unbind()), progress, |(), _| {});
    }
    let output: PathBuf = output.extract()?;
    let is_zip = output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    let inputs = Given::open(py, &inputs, range, &options, Some(output.clone()))?;
    if is_zip {
        let sink = Volumes::at(&output).create().map_err(|error| exception(py, &error))?;
        run(py, options, inputs, sink, progress, |files, summary| {
            let files: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
            summary.insert("files".to_owned(), files.into());
        })
    } else {
        let open = if inputs.is_part { Directory::shared } else { Directory::create };
        let sink = open(output, Durability::Cached).map_err(|error| exception(py, &error))?;
        run(py, options, inputs, sink, progress, |(), _| {})
    }
}

/// What mailboxes contain, as JSON; writes nothing.
#[pyfunction]
#[pyo3(signature = (inputs, options, progress))]
pub(crate) fn inspect(
    py: Python<'_>,
    inputs: Vec<Bound<'_, PyAny>>,
    options: &Bound<'_, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let options = Options::read(options)?;
    let inputs = Given::open(py, &inputs, None, &options, None)?;
    run(py, options, inputs, Inspect::default(), progress, |findings, summary| {
        let Statistics { all, labels, senders, .. } = findings.total;
        let counts = |counter: &mbox2eml::sink::Counter| {
            counter.iter().map(|(name, tally)| (name.to_owned(), tally.messages.into())).collect::<Map<_, _>>()
        };
        summary.insert("eml_bytes".to_owned(), all.bytes.into());
        summary.insert("labels".to_owned(), counts(&labels).into());
        summary.insert("senders".to_owned(), counts(&senders).into());
    })
}

/// The inputs: paths, which are searched like those of the command, objects with `read`, and parts of a survey.
pub(crate) struct Given {
    inputs: Vec<Inputs>,
    opened: Vec<Box<dyn Source>>,
    range: Option<MessageRange>,
    /// Whether other processes may be converting the rest.
    is_part: bool,
}

impl Given {
    pub(crate) fn open(
        py: Python<'_>,
        inputs: &[Bound<'_, PyAny>],
        range: Option<MessageRange>,
        options: &Options,
        output: Option<PathBuf>,
    ) -> PyResult<Self> {
        if inputs.is_empty() {
            return Err(invalid("no input given"));
        }
        let (mut paths, mut opened, mut found) = (Vec::new(), Vec::new(), Vec::new());
        let mut is_part = range.is_some();
        let search = || output.iter().fold(options.search(), InputsBuilder::output);
        for input in inputs {
            if let Ok(part) = input.cast::<Part>() {
                is_part |= !part.get().is_whole;
                found.push(part.get().open(search()));
            } else if input.hasattr("read")? || range.is_some() {
                opened.push(open(py, input)?);
            } else {
                paths.push(input.extract::<PathBuf>()?);
            }
        }
        if range.is_some() && opened.len() != 1 {
            return Err(invalid("a range is of one input"));
        }
        if !paths.is_empty() {
            let search = search();
            found.push(py.detach(|| search.find(&paths)));
        }
        Ok(Self { inputs: found, opened, range, is_part })
    }

    pub(crate) fn into_mailboxes(self) -> impl Iterator<Item = Result<Mailbox<'static>>> + Send {
        let Self { inputs, opened, range, .. } = self;
        let found = inputs.into_iter().flatten().filter_map(|found| match found {
            Found::Mailbox(mailbox) => Some(Ok(mailbox)),
            Found::Failed(Failure { error, .. }) => Some(Err(error)),
            _ => None,
        });
        let opened = opened.into_iter().map(move |source| {
            let mut mailbox = Mailbox::new(source);
            mailbox.range = range.clone();
            Ok(mailbox)
        });
        found.chain(opened)
    }
}

/// Follows a run, and ends it if Python requests that.
#[derive(Default)]
struct Watch {
    bytes: AtomicU64,
    messages: AtomicU64,
    is_cancelled: AtomicBool,
    /// Whether something failed that may succeed another time.
    is_transient: AtomicBool,
    failures: Mutex<Vec<String>>,
}

impl Observer for Watch {
    fn advanced(&self, bytes: u64, messages: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.messages.fetch_add(messages, Ordering::Relaxed);
    }

    fn failed(&self, error: &Error) {
        self.is_transient.fetch_or(may_pass(error), Ordering::Relaxed);
        if let Ok(mut failures) = self.failures.lock() {
            failures.push(error.with_causes());
        }
    }

    fn cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

/// Runs a conversion on a thread of its own, while this one calls `progress` and looks for signals.
fn run<K: Sink<Receipt: Send> + Send>(
    py: Python<'_>,
    options: Options,
    inputs: Given,
    sink: K,
    progress: Option<Py<PyAny>>,
    add: impl FnOnce(K::Receipt, &mut Map<String, Value>),
) -> PyResult<String> {
    let (converter, watch) = (options.builder.build(), Watch::default());
    let (ended, end) = mpsc::channel();
    let ask = || {
        Python::attach(|py| {
            py.check_signals()?;
            let Some(progress) = &progress else { return Ok(()) };
            let (bytes, messages) = (watch.bytes.load(Ordering::Relaxed), watch.messages.load(Ordering::Relaxed));
            progress.call1(py, (bytes, messages)).map(drop)
        })
    };
    let (watching, asking) = (&watch, &ask);
    let done = py.detach(move || {
        thread::scope(|scope| {
            let work = scope.spawn(move || {
                let done = converter.convert_all(inputs.into_mailboxes(), sink, watching);
                // The other side waits for it, so it is there.
                let _ = ended.send(());
                done
            });
            let mut raised = None;
            while let Err(RecvTimeoutError::Timeout) = end.recv_timeout(PAUSE) {
                if raised.is_none() {
                    raised = asking().err();
                    watching.is_cancelled.store(raised.is_some(), Ordering::Relaxed);
                }
            }
            let done = work.join().map_err(|_| PyRuntimeError::new_err("the conversion panicked"));
            raised.or_else(|| asking().err()).map_or(done, Err)
        })
    })?;
    let failures = watch.failures.into_inner().unwrap_or_default();
    let mut summary = summary(&done, failures);
    summary.insert("transient".to_owned(), watch.is_transient.into_inner().into());
    let done: Conversion<()> = done.map(|receipt| add(receipt, &mut summary));
    drop(done);
    Ok(Value::Object(summary).to_string())
}

/// What was done, with the keys that the command's summary has.
fn summary<R>(done: &Conversion<R>, failures: Vec<String>) -> Map<String, Value> {
    let mailbox = |mailbox: &MailboxSummary| {
        json!({
            "input": mailbox.origin.to_string(),
            "place": mailbox.export.as_deref().unwrap_or(mailbox.folder.as_str()),
            "profile": mailbox.dialect.map_or("empty", |dialect| dialect.as_str()),
            "messages": mailbox.messages,
            "bytes": mailbox.bytes,
            "received": mailbox.received,
            "warnings": mailbox.warnings,
            "error": mailbox.error.as_ref().map(Error::with_causes),
        })
    };
    let mailboxes: Vec<Value> = done.mailboxes.iter().map(mailbox).collect();
    let summary = json!({
        "complete": done.ending == RunEnd::Complete && !done.has_failures(),
        "mailboxes": mailboxes,
        "failed": failures,
        "messages": done.messages(),
        "bytes": done.bytes(),
        "warnings": done.warnings(),
        "folders": done.folders,
    });
    match summary {
        Value::Object(summary) => summary,
        _ => Map::new(),
    }
}

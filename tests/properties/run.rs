//! Runs over a mailbox, with everything they report: the splitter alone, or the whole way into memory. The fuzz targets
//! use it too.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Duration;

use mbox2eml::internals::{Doubt, LineEnd, NotAnMbox, Splitter};
use mbox2eml::message::Received;
use mbox2eml::name::EntryName;
use mbox2eml::report::{MailboxSummary, Observer, Reported, Warning};
use mbox2eml::select::{Dedup, Deleted, Filter, Sample};
use mbox2eml::sink::{Encode, Entry, Placed, Sink, WriteStatus};
use mbox2eml::source::{Origin, Source, Stream, Window};
use mbox2eml::split::{Dialect, Span, SplitRule};
use mbox2eml::transform::{Eol, Unquote};
use mbox2eml::{Conversion, Converter, ConverterBuilder, Error, WriteError};

/// How long to wait for something that hangs. No test may fail because the machine is busy with other work.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1200);

/// What a splitter finds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Split {
    pub(crate) spans: Vec<Span>,
    pub(crate) doubts: Vec<Doubt>,
    pub(crate) profile: Option<Dialect>,
    pub(crate) line_end: LineEnd,
    pub(crate) refused: Option<NotAnMbox>,
}

/// The mailbox split in one window, which is or is not the last.
pub(crate) fn split_window(mailbox: &[u8], at_end: bool, rule: SplitRule) -> Split {
    let mut splitter = Splitter::new(rule);
    let (mut spans, mut doubts) = (Vec::new(), Vec::new());
    let window = Window::new(0, mailbox, at_end);
    let refused = splitter.advance(&window, &mut spans, &mut doubts).err();
    Split { spans, doubts, profile: splitter.dialect(), line_end: splitter.line_end(), refused }
}

/// The mailbox split in one window.
pub(crate) fn split(mailbox: &[u8], rule: SplitRule) -> Split {
    split_window(mailbox, true, rule)
}

/// The mailbox split as its source gives it.
pub(crate) fn split_source(mut source: impl Source, rule: SplitRule) -> Split {
    let mut splitter = Splitter::new(rule);
    let (mut spans, mut doubts) = (Vec::new(), Vec::new());
    let mut refused = None;
    loop {
        let window = source.window().unwrap();
        let (base, at_end, known) = (window.base, window.at_end, spans.len());
        refused = refused.or(splitter.advance(&window, &mut spans, &mut doubts).err());
        if at_end || refused.is_some() {
            break;
        }
        if let Some(last) = spans[known..].last() {
            source.take(usize::try_from(last.whole().end - base).unwrap());
        }
    }
    Split { spans, doubts, profile: splitter.dialect(), line_end: splitter.line_end(), refused }
}

/// A mailbox in memory as a source, in windows of that size.
pub(crate) fn stream(mailbox: &[u8], chunk: usize) -> Stream<&[u8]> {
    Stream::new("memory", mailbox).chunk(chunk)
}

/// A message as it reaches the output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) name: EntryName,
    pub(crate) bytes: Vec<u8>,
    pub(crate) received: Option<Received>,
}

/// A sink that keeps every message in memory.
#[derive(Default)]
pub(crate) struct Memory(Vec<Kept>);

pub(crate) struct Copy;

impl Encode for Copy {
    type Item = Kept;

    fn encode(&self, entry: Entry<'_>) -> Result<Kept, WriteError> {
        let mut bytes = Vec::new();
        entry.eml.write_to(&mut bytes).unwrap();
        Ok(Kept { received: entry.received(), name: entry.name, bytes })
    }
}

impl Sink for Memory {
    type Encoder = Copy;
    type Receipt = Vec<Kept>;

    fn encoder(&self) -> Copy {
        Copy
    }

    fn put(&mut self, item: Kept) -> Result<Placed, WriteError> {
        let name = item.name.clone();
        self.0.push(item);
        Ok(Placed::new(name, WriteStatus::Written))
    }

    fn finish(self) -> Vec<Kept> {
        self.0
    }
}

/// Keeps all that is reported in mailbox order, and the sum of the rest.
#[derive(Default)]
pub(crate) struct Recorder {
    reports: Mutex<Vec<Report>>,
    advanced: Mutex<(u64, u64)>,
}

/// What an observer receives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Report {
    Started(Option<u64>),
    Warned(Warning),
    Failed(String),
    Finished(String),
}

impl Recorder {
    fn note(&self, report: Report) {
        self.reports.lock().unwrap().push(report);
    }

    /// Everything reported.
    pub(crate) fn reports(&self) -> Vec<Report> {
        self.reports.lock().unwrap().clone()
    }

    /// The warnings.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let warning = |report| if let Report::Warned(warning) = report { Some(warning) } else { None };
        self.reports().into_iter().filter_map(warning).collect()
    }

    /// How many bytes and messages are done with.
    pub(crate) fn advanced(&self) -> (u64, u64) {
        *self.advanced.lock().unwrap()
    }
}

impl Observer for Recorder {
    fn started(&self, _: &Origin, size: Option<u64>) {
        self.note(Report::Started(size));
    }

    fn advanced(&self, bytes: u64, messages: u64) {
        let mut sum = self.advanced.lock().unwrap();
        *sum = (sum.0 + bytes, sum.1 + messages);
    }

    fn warned(&self, _: &Origin, warning: &Warning, message: Option<Reported<'_>>) {
        if let Some(Reported { raw, .. }) = message {
            assert_eq!(raw.index, warning.position.message, "{warning:?}");
            assert!(raw.offset <= warning.position.byte, "{warning:?}");
        }
        self.note(Report::Warned(warning.clone()));
    }

    fn failed(&self, error: &Error) {
        self.note(Report::Failed(format!("{error:?}")));
    }

    fn finished(&self, summary: &MailboxSummary) {
        self.note(Report::Finished(totals(summary)));
    }
}

/// All of a summary but the mailbox's name.
pub(crate) fn totals(summary: &MailboxSummary) -> String {
    let MailboxSummary { dialect, messages, deleted, bytes, warnings, error, .. } = summary;
    format!("{dialect:?} {messages:?} {deleted} {bytes:?} {warnings:?} {error:?}")
}

/// How a mailbox is converted.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) rule: SplitRule,
    pub(crate) eol: Eol,
    pub(crate) unquote: Unquote,
    pub(crate) deleted: Deleted,
    pub(crate) filter: Filter,
    pub(crate) dedup: Dedup,
    pub(crate) sample: Sample,
}

impl Settings {
    /// No byte of a message changes, and every message is written.
    pub(crate) fn raw(rule: SplitRule) -> Self {
        let (filter, dedup, sample) = Default::default();
        Self { rule, eol: Eol::Keep, unquote: Unquote::None, deleted: Deleted::Keep, filter, dedup, sample }
    }

    pub(crate) fn converter(&self, threads: usize) -> Converter {
        self.builder(threads).build()
    }

    pub(crate) fn builder(&self, threads: usize) -> ConverterBuilder {
        let builder: ConverterBuilder = Converter::builder();
        let builder = builder.split(self.rule).eol(self.eol).unquote(self.unquote).deleted(self.deleted);
        let builder = builder.filter(self.filter.clone()).dedup(self.dedup).sample(self.sample);
        builder.threads(NonZeroUsize::new(threads).unwrap())
    }
}

/// The messages, and everything that was reported.
pub(crate) fn convert(source: impl Source, settings: &Settings, threads: usize) -> (Conversion<Vec<Kept>>, Recorder) {
    let recorder = Recorder::default();
    let done = settings.converter(threads).convert(source, Memory::default(), &recorder);
    (done, recorder)
}

/// Both sums add up.
pub(crate) fn check_sums<R>(done: &Conversion<R>) {
    assert_eq!(done.messages().found, done.messages().accounted());
    assert_eq!(done.bytes().input, done.bytes().accounted());
}

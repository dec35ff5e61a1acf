//! The converter and its settings.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::batch_reader::BatchReader;
use super::decisions::Decisions;
use super::in_order::InOrder;
use super::label_use::LabelUse;
use super::reorder_buffer::ReorderBuffer;
use super::settings::Settings;
use super::threads::Threads;
use super::totals::Totals;
use super::worker::Worker;
use super::{Conversion, LabelCopies, Mailbox};
use crate::error::Result;
use crate::name::Namer;
use crate::proof::{Proof, QuotingVotes};
use crate::report::{Observer, Records};
use crate::select::{Dedup, Deleted, Filter, Known, Sample};
use crate::sink::Sink;
use crate::source::Source;
use crate::split::SplitRule;
use crate::transform::{Eol, StatusLines, Unquote};

/// Turns mailboxes into entries of a sink.
///
/// ```
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Stream;
/// use mbox2eml::Converter;
///
/// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\nHello\n\n"[..];
/// let done = Converter::builder().build().convert(Stream::new("memory", mailbox), Null, &()).into_result()?;
/// assert_eq!(done.messages().written, 1);
/// assert_eq!(done.bytes().accounted(), 67);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Converter {
    settings: Settings,
    threads: Threads,
}

/// Sets up a [`Converter`].
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::select::{Filter, Pattern, Sample};
/// use mbox2eml::transform::Eol;
///
/// let converter = Converter::builder()
///     .eol(Eol::Lf)
///     .filter(Filter::default().from(Pattern::new("ann@example.org")))
///     .sample(Sample::First(100))
///     .build();
/// # drop(converter);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ConverterBuilder {
    settings: Settings,
    threads: Threads,
}

impl ConverterBuilder {
    /// Sets what begins a message. Default: [`SplitRule::Auto`].
    #[must_use]
    pub fn split(mut self, rule: SplitRule) -> Self {
        self.settings.split = rule;
        self
    }

    /// Sets which quoting is undone. Default: [`Unquote::Auto`].
    #[must_use]
    pub fn unquote(mut self, unquote: Unquote) -> Self {
        self.settings.unquote = unquote;
        self
    }

    /// Sets the line ends that are written. Default: [`Eol::Crlf`].
    #[must_use]
    pub fn eol(mut self, eol: Eol) -> Self {
        self.settings.eol = eol;
        self
    }

    /// Sets which header fields with the state of a message are written. Default: [`StatusLines::Keep`].
    #[must_use]
    pub fn status_lines(mut self, lines: StatusLines) -> Self {
        self.settings.status_lines = lines;
        self
    }

    /// Sets what is done with messages that Thunderbird marked as deleted. Default: [`Deleted::Skip`].
    #[must_use]
    pub fn deleted(mut self, deleted: Deleted) -> Self {
        self.settings.selection.deleted = deleted;
        self
    }

    /// Sets which messages are wanted by what they say of themselves. Default: all.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.settings.selection.filter = filter;
        self
    }

    /// Sets which messages an earlier run has written, which are left out. Default: none.
    #[must_use]
    pub fn known(mut self, known: Known) -> Self {
        self.settings.selection.known = Arc::new(known);
        self
    }

    /// Sets which messages count as equal, of which only the first is taken, over all mailboxes of a run. Default: by
    /// Gmail id within an export whose mailboxes are merged ([`Layout::Label`](crate::name::Layout::Label)), else
    /// [`Dedup::Off`].
    #[must_use]
    pub fn dedup(mut self, dedup: Dedup) -> Self {
        self.settings.selection.dedup = Some(dedup);
        self
    }

    /// Sets how many of the wanted messages of each mailbox are taken; [`Sample::First`] is for all mailboxes of an
    /// export together if they are merged. Default: [`Sample::All`].
    #[must_use]
    pub fn sample(mut self, sample: Sample) -> Self {
        self.settings.selection.sample = sample;
        self
    }

    /// Sets whether a message with several labels is written under the first only, or a copy under each. Default:
    /// [`LabelCopies::First`].
    #[must_use]
    pub fn copies(mut self, copies: LabelCopies) -> Self {
        self.settings.copies = copies;
        self
    }

    /// Sets how messages are named. Default: `{index}_{date}_{subject}`.
    #[must_use]
    pub fn names(mut self, namer: Namer) -> Self {
        self.settings.namer = namer;
        self
    }

    /// Sets how many bytes an EML may have for the importer that it is meant for; larger ones are written with a
    /// warning. Default: `None`, no limit.
    #[must_use]
    pub fn importer_limit(mut self, bytes: impl Into<Option<u64>>) -> Self {
        self.settings.importer_limit = bytes.into();
        self
    }

    /// Sets whether messages are checked for what importers may refuse: no `From` field or several, no `Date` field,
    /// white space in a field's name, a line over 998 bytes. Each is a warning. Default: false.
    #[must_use]
    pub fn import_checks(mut self, are_wanted: bool) -> Self {
        self.settings.import_checks = are_wanted;
        self
    }

    /// Sets whether bodies are checked against the hashes that were signed. Default: [`Proof::Off`].
    #[must_use]
    pub fn proof(mut self, proof: Proof) -> Self {
        self.settings.proof = proof;
        self
    }

    /// Sets whether the observer gets a [`Record`](crate::report::Record) of every message. Default: [`Records::Off`].
    #[must_use]
    pub fn records(mut self, records: Records) -> Self {
        self.settings.records = records;
        self
    }

    /// Sets how many threads work on a run: the caller's, and those of a pool that the converter and its clones share.
    /// Default: the threads of the rayon pool that [`convert`](Converter::convert) is called in, or of the global one.
    /// The output never depends on it. More than [`Converter::MAX_THREADS`] count as that many.
    #[must_use]
    pub fn threads(mut self, threads: impl Into<Option<NonZeroUsize>>) -> Self {
        self.threads = threads.into().map(Threads::own).unwrap_or_default();
        self
    }

    /// The converter.
    pub fn build(self) -> Converter {
        let Self { settings, threads } = self;
        Converter { settings, threads }
    }
}

impl Converter {
    /// The largest number of threads that work on a run: 256. More would only cost memory.
    pub const MAX_THREADS: NonZeroUsize = Threads::MAX;

    /// A builder with every default.
    pub fn builder() -> ConverterBuilder {
        ConverterBuilder::default()
    }

    /// Why a [range](Mailbox::in_range) of a mailbox would not become what it is in the whole, if so.
    ///
    /// ```
    /// use mbox2eml::Converter;
    /// use mbox2eml::select::Dedup;
    ///
    /// assert_eq!(Converter::builder().build().objection_to_ranges(), None);
    /// assert!(Converter::builder().dedup(Dedup::Content).build().objection_to_ranges().is_some());
    /// ```
    pub fn objection_to_ranges(&self) -> Option<&'static str> {
        self.settings.objection_to_ranges()
    }

    /// Converts one mailbox, its messages directly into the sink.
    ///
    /// What fails is reported in the [`Conversion`] and to the observer.
    pub fn convert<S: Source, K: Sink>(&self, source: S, sink: K, observer: &dyn Observer) -> Conversion<K::Receipt> {
        self.convert_all(std::iter::once(Ok(Mailbox::new(source))), sink, observer)
    }

    /// Converts mailboxes one after another; each is opened when its turn comes. Give each a folder of its own, as
    /// [`Places`](crate::name::Places) does. An `Err` among them is counted as a mailbox that failed, and the run goes
    /// on with the next one.
    pub fn convert_all<'s, K: Sink>(
        &self,
        mailboxes: impl Iterator<Item = Result<Mailbox<'s>>> + Send,
        sink: K,
        observer: &dyn Observer,
    ) -> Conversion<K::Receipt> {
        let Self { settings, threads } = self;
        let Settings { selection, namer, .. } = settings;
        let headers = settings.header_reader(sink.fields());
        let encoder = sink.encoder();
        let reader = BatchReader::new(mailboxes, settings);
        let stop = AtomicBool::new(false);
        let count = threads.count();
        let results = ReorderBuffer::new(Totals::new(sink, observer, &stop), Totals::add, count);
        let votes = (settings.unquote == Unquote::Auto).then(|| InOrder::new(QuotingVotes::default()));
        let decisions = selection
            .needs_order(namer.merges_exports())
            .then(|| InOrder::new(Decisions::new(settings.records, namer.merges_exports())));
        let priority = namer.priority();
        let label_use = LabelUse::new(selection.filter.label_names().chain(priority.names()), priority.map());
        let worker = Worker {
            settings,
            headers: &headers,
            encoder: &encoder,
            observer,
            votes: votes.as_ref(),
            decisions: decisions.as_ref(),
            label_use: &label_use,
            results: &results,
            stop: &stop,
        };
        threads.run(count, || worker.run(&reader));
        results.into_receiver().finish(reader.is_exhausted(), label_use.unmatched())
    }
}

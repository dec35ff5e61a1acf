//! The converter: the only part that knows every step, and the only one that starts threads.
//!
//! Workers take turns at the mailbox. Whoever is free takes the next batch: finds where its messages begin and end,
//! which must happen in order and is quick, then reads, names and writes them while others take the batches after it.
//! Results are settled in mailbox order; one that comes early is parked. So no worker waits for another, but for the
//! moment in which a batch is cut, and, where duplicates are dropped or messages counted, for the batches before to be
//! decided. Memory is bounded by the batches in work.

mod decisions;
mod desk;
mod feed;
mod in_order;
mod ledger;
mod outcome;
mod outlet;
mod panic;
mod worker;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;
use std::thread;

use self::decisions::Decisions;
use self::feed::Feed;
use self::in_order::InOrder;
use self::ledger::Ledger;
use self::outlet::Outlet;
use self::worker::Worker;
use crate::error::{Error, Result};
use crate::keyword::keywords;
use crate::message::{Field, HeaderReader};
use crate::name::{Folder, Namer, TemplateField};
use crate::proof::{Proof, QuotingVotes};
use crate::report::{
    ByteCounts, MailboxSummary, MessageCounts, Observer, ProofCounts, Record, Records, RunEnd, WarningCounts,
};
use crate::select::{Dedup, Deleted, Filter, Quota, Selection};
use crate::sink::{Encode, Sink};
use crate::source::Source;
use crate::split::SplitRule;
use crate::transform::{Eol, Unquote};

/// A mailbox to be converted.
pub struct Mailbox<'s> {
    /// Where its bytes come from.
    pub source: Box<dyn Source + 's>,
    /// Its folder in the output, which also knows what `{mailbox}` in a name stands for.
    pub folder: Folder,
}

impl fmt::Debug for Mailbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("source", self.source.origin()).field("folder", &self.folder).finish()
    }
}

impl<'s> Mailbox<'s> {
    /// A mailbox whose messages stand directly in the output.
    pub fn new(source: impl Source + 's) -> Self {
        let name = source.origin().path().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy());
        let folder = Folder::root(name.unwrap_or_default());
        Self { source: Box::new(source), folder }
    }
}

/// Where a message with several Gmail labels stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelCopies {
    /// Once, under the first of its labels that makes a name. The default.
    #[default]
    First,
    /// Under each of its labels that makes a name of its own, byte for byte the same.
    All,
}

keywords!(LabelCopies, "choice of label copies", First = "first", All = "all");

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
    split: SplitRule,
    unquote: Unquote,
    eol: Eol,
    selection: Selection,
    namer: Namer,
    headers: HeaderReader,
    copies: LabelCopies,
    importer_limit: Option<u64>,
    proof: Proof,
    records: Records,
    threads: NonZeroUsize,
}

/// Sets up a [`Converter`].
#[derive(Clone, Debug)]
pub struct ConverterBuilder {
    split: SplitRule,
    unquote: Unquote,
    eol: Eol,
    selection: Selection,
    namer: Namer,
    copies: LabelCopies,
    fields: Vec<Field>,
    importer_limit: Option<u64>,
    proof: Proof,
    records: Records,
    threads: Option<NonZeroUsize>,
}

impl ConverterBuilder {
    /// Sets what begins a message. Default: [`SplitRule::Auto`].
    #[must_use]
    pub fn split(mut self, rule: SplitRule) -> Self {
        self.split = rule;
        self
    }

    /// Sets which quoting is undone. Default: [`Unquote::Auto`].
    #[must_use]
    pub fn unquote(mut self, unquote: Unquote) -> Self {
        self.unquote = unquote;
        self
    }

    /// Sets the line ends that are written. Default: [`Eol::Crlf`].
    #[must_use]
    pub fn eol(mut self, eol: Eol) -> Self {
        self.eol = eol;
        self
    }

    /// Sets what is done with messages that Thunderbird marked as deleted. Default: [`Deleted::Skip`].
    #[must_use]
    pub fn deleted(mut self, deleted: Deleted) -> Self {
        self.selection.deleted = deleted;
        self
    }

    /// Sets which messages are wanted by what they say of themselves. Default: all.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.selection.filter = filter;
        self
    }

    /// Sets which messages count as equal, of which only the first is taken, over all mailboxes of a run. Default:
    /// [`Dedup::Off`].
    #[must_use]
    pub fn dedup(mut self, dedup: Dedup) -> Self {
        self.selection.dedup = dedup;
        self
    }

    /// Sets how many of the wanted messages of each mailbox are taken. Default: [`Quota::All`].
    #[must_use]
    pub fn quota(mut self, quota: Quota) -> Self {
        self.selection.quota = quota;
        self
    }

    /// Sets whether a message with several labels stands under the first only or has a copy under each. Default:
    /// [`LabelCopies::First`].
    #[must_use]
    pub fn copies(mut self, copies: LabelCopies) -> Self {
        self.copies = copies;
        self
    }

    /// Sets how messages are named. Default: `{index}_{date}_{subject}`.
    #[must_use]
    pub fn names(mut self, namer: Namer) -> Self {
        self.namer = namer;
        self
    }

    /// Sets how many bytes an EML may have for the importer that it is meant for; larger ones are written with a
    /// warning. Default: `None`, no limit.
    #[must_use]
    pub fn importer_limit(mut self, bytes: Option<u64>) -> Self {
        self.importer_limit = bytes;
        self
    }

    /// Sets whether bodies are held against the hashes that were signed. Default: [`Proof::Off`].
    #[must_use]
    pub fn proof(mut self, proof: Proof) -> Self {
        self.proof = proof;
        self
    }

    /// Sets whether the observer hears what is known of every message. Default: [`Records::Off`].
    #[must_use]
    pub fn records(mut self, records: Records) -> Self {
        self.records = records;
        self
    }

    /// Sets header fields that the sink looks at, beyond those that the other settings need. Default: none.
    #[must_use]
    pub fn read(mut self, fields: &[Field]) -> Self {
        self.fields = fields.to_vec();
        self
    }

    /// Sets how many threads work. Default: one for each processor. The output never depends on it.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The converter.
    pub fn build(self) -> Converter {
        let Self { split, unquote, eol, selection, namer, copies, mut fields, importer_limit, proof, records, threads } =
            self;
        if records == Records::All {
            fields.extend(Record::FIELDS);
        }
        let headers = HeaderReader::new(&wanted(&namer, &selection, fields));
        // Most of the time is the system's, which makes files on all processors at once: two are 1.8 times as fast as one.
        let threads = threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
        Converter { split, unquote, eol, selection, namer, headers, copies, importer_limit, proof, records, threads }
    }
}

impl Converter {
    /// A builder with every default.
    pub fn builder() -> ConverterBuilder {
        ConverterBuilder {
            split: SplitRule::default(),
            unquote: Unquote::default(),
            eol: Eol::default(),
            selection: Selection::default(),
            namer: Namer::default(),
            copies: LabelCopies::default(),
            fields: Vec::new(),
            importer_limit: None,
            proof: Proof::default(),
            records: Records::default(),
            threads: None,
        }
    }

    /// Converts one mailbox, its messages directly into the sink.
    ///
    /// What fails is told in the [`Conversion`] and to the observer.
    pub fn convert<S: Source, K: Sink>(&self, source: S, sink: K, observer: &dyn Observer) -> Conversion<K::Receipt> {
        self.convert_all(std::iter::once(Ok(Mailbox::new(source))), sink, observer)
    }

    /// Converts mailboxes one after another; each is opened when its turn comes. Give each a folder of its own, as
    /// [`Folders`](crate::name::Folders) does. An `Err` among them is counted as
    /// a mailbox that failed, and the next one follows.
    pub fn convert_all<'s, K: Sink>(
        &self,
        mailboxes: impl Iterator<Item = Result<Mailbox<'s>>> + Send,
        sink: K,
        observer: &dyn Observer,
    ) -> Conversion<K::Receipt> {
        let encoder = sink.encoder();
        let feed = Feed::new(mailboxes, self.split, self.selection.quota);
        let stop = AtomicBool::new(false);
        let outlet = Outlet::new(Ledger::new(sink, observer, &stop), self.threads);
        let turn = self.selection.needs_order().then(|| InOrder::new(Decisions::new()));
        let votes = (self.unquote == Unquote::Auto).then(|| InOrder::new(QuotingVotes::default()));
        let worker = Worker {
            converter: self,
            encoder: &encoder,
            observer,
            votes: votes.as_ref(),
            turn: turn.as_ref(),
            stop: &stop,
        };
        thread::scope(|scope| {
            for _ in 1..self.threads.get() {
                // Where the system gives no more threads, or nothing is left to do, those there are suffice.
                if feed.is_exhausted()
                    || thread::Builder::new().spawn_scoped(scope, || worker.run(&feed, &outlet)).is_err()
                {
                    break;
                }
            }
            worker.run(&feed, &outlet);
        });
        outlet.into_ledger().finish(feed.is_exhausted())
    }
}

/// What a run has done. It also stands for runs in which mailboxes or messages failed: look, or use
/// [`into_result`](Self::into_result).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct Conversion<R> {
    /// The books of each mailbox, in order.
    pub mailboxes: Vec<MailboxSummary>,
    /// Inputs that could not even be opened.
    pub unopened: Vec<Error>,
    /// Why the output could not be completed, if that was so in the end.
    pub unclosed: Option<Error>,
    /// How the run ended.
    pub ending: RunEnd,
    /// What the sink says.
    pub receipt: R,
}

impl<R> Conversion<R> {
    /// What became of the messages of all mailboxes.
    pub fn messages(&self) -> MessageCounts {
        let mut sum = MessageCounts::default();
        self.mailboxes.iter().for_each(|mailbox| sum += mailbox.messages);
        sum
    }

    /// Where the bytes of all mailboxes belong.
    pub fn bytes(&self) -> ByteCounts {
        let mut sum = ByteCounts::default();
        self.mailboxes.iter().for_each(|mailbox| sum += mailbox.bytes);
        sum
    }

    /// What signatures say of the bodies of all mailboxes, if that was to be found out.
    pub fn proof(&self) -> Option<ProofCounts> {
        self.mailboxes.iter().filter_map(|mailbox| mailbox.proof).reduce(|mut sum, more| {
            sum += more;
            sum
        })
    }

    /// What was odd in all mailboxes.
    pub fn warnings(&self) -> WarningCounts {
        let mut sum = WarningCounts::default();
        self.mailboxes.iter().for_each(|mailbox| sum += &mailbox.warnings);
        sum
    }

    /// The same with another receipt, made from this one.
    pub fn map<T>(self, receipt: impl FnOnce(R) -> T) -> Conversion<T> {
        let Self { mailboxes, unopened, unclosed, ending, receipt: old } = self;
        Conversion { mailboxes, unopened, unclosed, ending, receipt: receipt(old) }
    }

    /// The same, or the first error if a mailbox could not be opened or read to its end, or the output not completed.
    ///
    /// Single messages that failed are told to the observer and counted in [`messages`](Self::messages).
    ///
    /// # Errors
    /// That error.
    pub fn into_result(mut self) -> Result<Self> {
        let unread = self.mailboxes.iter_mut().find_map(|mailbox| mailbox.error.take());
        match self.unclosed.take().or(self.unopened.pop()).or(unread) {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// Whether a message, a mailbox or an input failed.
    pub fn has_failures(&self) -> bool {
        let failed = |mailbox: &MailboxSummary| mailbox.error.is_some() || mailbox.messages.failed > 0;
        self.unclosed.is_some() || !self.unopened.is_empty() || self.mailboxes.iter().any(failed)
    }
}

/// The header fields that names are made of, that choices depend on, and `others`.
fn wanted(namer: &Namer, selection: &Selection, others: Vec<Field>) -> Vec<Field> {
    let field = |field| match field {
        TemplateField::Subject => Some(Field::Subject),
        TemplateField::From | TemplateField::FromName => Some(Field::From),
        TemplateField::To => Some(Field::To),
        TemplateField::Id => Some(Field::MessageId),
        TemplateField::Label => Some(Field::Labels),
        _ => None,
    };
    namer.fields().filter_map(field).chain(selection.fields()).chain(others).collect()
}

/// What the ordered half of a sink takes over.
type Item<K> = <<K as Sink>::Encoder as Encode>::Item;

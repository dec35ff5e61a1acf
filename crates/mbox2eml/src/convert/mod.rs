//! The converter: the only part that knows every step, and the only one that uses threads.
//!
//! 1. [`BatchReader`](batch_reader) cuts the mailboxes into batches of whole messages, as numbered events, in order.
//! 2. Each thread runs [`Worker::run`](worker): it takes the next event while others work on those before.
//! 3. The worker finds evidence of how the messages are quoted, and adds it to the votes [in its turn](in_order).
//! 4. It reads each message: header, its record in the metadata of the export, bytes as they will be written, key of
//!    duplicates ([`Inspected`](inspected)).
//! 5. If a choice depends on the messages before, [`Decisions`](decisions) makes it, again in its turn; where records
//!    are kept, it also knows [which message a duplicate repeats](originals).
//! 6. It names and writes the messages that are wanted through the sink's `Encode` half, on its own thread.
//! 7. [`Positions`](positions) counts lines on the way, so that every warning gets its place.
//! 8. One [`MessageResult`](message_result) for each message, in one result for the batch, goes into the
//!    [`ReorderBuffer`](reorder_buffer), which parks results that come early and bounds memory. The batch goes along,
//!    so that a report can name the message that it is about.
//! 9. [`Totals`](totals) gets them in mailbox order, puts them into the sink's [ordered half](output), reports to the
//!    observer, and counts.
//! 10. At the end it closes the sink and checks that all sums add up: a [`Conversion`].

mod batch_reader;
mod conversion;
mod converter;
mod decisions;
mod event;
mod exports;
mod in_order;
mod inspected;
mod join;
mod label_use;
mod message_result;
mod originals;
mod output;
mod positions;
mod reorder_buffer;
mod settings;
mod spellings;
mod threads;
mod totals;
mod unconfirmed;
mod worker;

use std::fmt;
use std::sync::Arc;

pub use conversion::Conversion;
pub use converter::{Converter, ConverterBuilder};

use crate::keyword::keywords;
use crate::metadata::Metadata;
use crate::name::Place;
use crate::range::MessageRange;
use crate::sink::{Encode, Sink};
use crate::source::Source;

/// A mailbox to be converted.
///
/// ```
/// use mbox2eml::name::{MailboxPath, Namer, Places};
/// use mbox2eml::sink::DryRun;
/// use mbox2eml::source::Memory;
/// use mbox2eml::{Converter, Mailbox};
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let input = MailboxPath::of_inputs(&[Some("/mail".into())]).remove(0);
/// let paths = ["Sent.mbox", "Work/2024.mbox"].map(|path| input.join(path));
/// let mut places = Places::new(&Namer::default(), &paths, &[]);
/// let mailboxes = paths.iter().map(|path| Ok(Mailbox::new(Memory::new("in", mailbox)).in_folder(places.place(path))));
/// let done = Converter::builder().build().convert_all(mailboxes, DryRun::default(), &());
/// assert!(done.receipt.keys().eq(["Sent", "Work/2024"]));
/// ```
#[non_exhaustive]
pub struct Mailbox<'s> {
    /// Where its bytes come from.
    pub source: Box<dyn Source + 's>,
    /// Its folder in the output, and what `{mailbox}` in a name is replaced with.
    pub folder: Place,
    /// What is converted of it, if not all.
    pub range: Option<MessageRange>,
    /// What its export says of its messages in another file.
    pub metadata: Option<Arc<Metadata>>,
}

impl fmt::Debug for Mailbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("source", self.source.origin()).field("folder", &self.folder).finish()
    }
}

impl<'s> Mailbox<'s> {
    /// A mailbox whose messages go directly into the output.
    pub fn new(source: impl Source + 's) -> Self {
        let name = source.origin().path().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy());
        let folder = Place::root(name.unwrap_or_default());
        Self { source: Box::new(source), folder, range: None, metadata: None }
    }

    /// The same with a folder of its own in the output.
    #[must_use]
    pub fn in_folder(self, folder: Place) -> Self {
        Self { folder, ..self }
    }

    /// This range of it only, with the names and warnings that its messages have in the whole.
    ///
    /// A range that cannot be converted as the whole would be is [refused](crate::Error::RangeRefused): with
    /// [`Layout::Label`](crate::name::Layout::Label), duplicates, a sample, names without `{index}`, or another split
    /// rule. Several processes can write ranges into one [`Directory::shared`](crate::sink::Directory::shared).
    ///
    /// ```
    /// use mbox2eml::sink::DryRun;
    /// use mbox2eml::source::Memory;
    /// use mbox2eml::{Converter, Mailbox, Mbox};
    ///
    /// let mailbox = "From a Mon Jan  1 00:00:00 2024\nSubject: 1\n\nFrom b Mon Jan  1 00:00:00 2024\nSubject: 2\n\n";
    /// let converter = Converter::builder().build();
    /// for range in Mbox::from_bytes(mailbox).plan(1) {
    ///     let part = Mailbox::new(Memory::new("in", mailbox)).in_range(range?);
    ///     let done = converter.convert_all([Ok(part)].into_iter(), DryRun::default(), &()).into_result()?;
    ///     assert_eq!((done.messages().written, done.bytes().input), (1, 44));
    /// }
    /// # Ok::<(), mbox2eml::Error>(())
    /// ```
    #[must_use]
    pub fn in_range(self, range: MessageRange) -> Self {
        Self { range: Some(range), ..self }
    }

    /// The same with what its export says of its messages. The labels there count as those of the messages, and the
    /// messages are compared with the sizes and hashes there.
    #[must_use]
    pub fn with_metadata(self, metadata: Arc<Metadata>) -> Self {
        Self { metadata: Some(metadata), ..self }
    }
}

/// How often a message with several Gmail labels is written.
///
/// ```
/// use mbox2eml::name::{Layout, Namer};
/// use mbox2eml::sink::DryRun;
/// use mbox2eml::source::Memory;
/// use mbox2eml::{Converter, LabelCopies};
///
/// let mailbox = "From 1@xxx Mon Jan 01 00:00:00 +0000 2024\nX-Gmail-Labels: Home,Work\nSubject: Lunch\n\nAt noon?\n";
/// let names = Namer::default().layout(Layout::Label);
/// let converter = Converter::builder().names(names).copies(LabelCopies::All).build();
/// let done = converter.convert(Memory::new("in", mailbox), DryRun::default(), &());
/// assert!(done.receipt.keys().eq(["Home", "Work"]));
/// ```
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

/// What the ordered half of a sink takes over.
type Item<K> = <<K as Sink>::Encoder as Encode>::Item;

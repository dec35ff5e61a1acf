//! What a run has done.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::message::LabelName;
use crate::report::{ByteCounts, MailboxSummary, MessageCounts, MetadataCounts, ProofCounts, RunEnd, WarningCounts};

/// What a run has done. Mailboxes and messages in it may have failed: check [`has_failures`](Self::has_failures), or
/// use [`into_result`](Self::into_result).
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let done = Converter::builder().build().convert(Memory::new("in", mailbox), Null, &());
/// assert!(!done.has_failures());
/// assert_eq!(done.messages().found, done.messages().accounted());
/// ```
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct Conversion<R> {
    /// The counts of each mailbox, in order.
    pub mailboxes: Vec<MailboxSummary>,
    /// Inputs that could not even be opened.
    pub unopened: Vec<Error>,
    /// Why the output could not be completed, if it could not.
    pub unclosed: Option<Error>,
    /// How many messages each folder of the output got or has, by its path; the empty path is the output itself.
    pub folders: BTreeMap<String, u64>,
    /// The labels that filters and priorities name and no message has.
    pub unmatched_labels: Vec<LabelName>,
    /// Those of them that are system labels of Gmail's, unless the labels that were found are in a language in which
    /// these are known.
    pub unknown_labels: Vec<LabelName>,
    /// How the run ended.
    pub ending: RunEnd,
    /// What the sink returned.
    pub receipt: R,
}

impl<R> Conversion<R> {
    /// What became of the messages of all mailboxes.
    pub fn messages(&self) -> MessageCounts {
        self.mailboxes.iter().map(|mailbox| mailbox.messages).sum()
    }

    /// Where the bytes of all mailboxes belong.
    pub fn bytes(&self) -> ByteCounts {
        self.mailboxes.iter().map(|mailbox| mailbox.bytes).sum()
    }

    /// What signatures say of the bodies of all mailboxes, if they were checked.
    pub fn proof(&self) -> Option<ProofCounts> {
        let counts = || self.mailboxes.iter().filter_map(|mailbox| mailbox.proof);
        counts().next().map(|_| counts().sum())
    }

    /// What the metadata of their exports says of the messages of all mailboxes, if there is any.
    pub fn metadata(&self) -> Option<MetadataCounts> {
        let counts = || self.mailboxes.iter().filter_map(|mailbox| mailbox.metadata);
        counts().next().map(|_| counts().sum())
    }

    /// The warnings of all mailboxes.
    pub fn warnings(&self) -> WarningCounts {
        let mut sum = WarningCounts::default();
        self.mailboxes.iter().for_each(|mailbox| sum += &mailbox.warnings);
        sum
    }

    /// The same with another receipt, made from this one.
    pub fn map<T>(self, receipt: impl FnOnce(R) -> T) -> Conversion<T> {
        let Self { mailboxes, unopened, unclosed, folders, unmatched_labels, unknown_labels, ending, receipt: old } =
            self;
        let receipt = receipt(old);
        Conversion { mailboxes, unopened, unclosed, folders, unmatched_labels, unknown_labels, ending, receipt }
    }

    /// The same, or the first error if a mailbox could not be opened or read to its end, or the output not completed.
    ///
    /// Single messages that failed are reported to the observer and counted in [`messages`](Self::messages).
    ///
    /// # Errors
    /// That error.
    pub fn into_result(mut self) -> Result<Self> {
        let unread = self.mailboxes.iter_mut().find_map(|mailbox| mailbox.error.take());
        let unopened = if self.unopened.is_empty() { None } else { Some(self.unopened.remove(0)) };
        match self.unclosed.take().or(unopened).or(unread) {
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

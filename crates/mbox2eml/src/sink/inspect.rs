//! A sink that writes nothing and gathers what is in the mailboxes.

use super::facts::Facts;
use super::{Encode, Entry, Placed, Sink, Statistics, WriteStatus};
use crate::message::Field;
use crate::name::{EntryName, Place};
use crate::source::Origin;
use crate::write_error::WriteError;

/// Gathers [`Statistics`] of each mailbox and of all together.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Inspect, Statistics};
/// use mbox2eml::source::Stream;
///
/// let mailbox = &b"From ann@example.org Mon Jan  1 00:00:00 2024\nFrom: ann@example.org\n\nHello\n\n"[..];
/// let converter = Converter::builder().build();
/// let done = converter.convert(Stream::new("memory", mailbox), Inspect::default(), &()).into_result()?;
/// assert_eq!(done.receipt.total.senders.get("ann@example.org").unwrap().messages, 1);
/// # Ok::<(), mbox2eml::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Inspect {
    findings: Findings,
    /// The mailbox whose messages come in.
    mailbox: Option<Origin>,
}

/// What an [`Inspect`] has found.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::sink::{Inspect, Statistics};
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Lunch\n\nAt noon?\n";
/// let converter = Converter::builder().build();
/// let findings = converter.convert(Memory::new("in", mailbox), Inspect::default(), &()).receipt;
/// assert_eq!((findings.mailboxes.len(), findings.total.all.messages), (1, 1));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Findings {
    /// The mailboxes, in their order. Only the most frequent senders of each are kept.
    pub mailboxes: Vec<Statistics>,
    /// All together.
    pub total: Statistics,
}

impl Inspect {
    /// How many senders of each mailbox are kept.
    const SENDERS: usize = 100;
}

/// The half of an [`Inspect`] for the workers.
#[derive(Clone, Copy, Debug)]
pub struct InspectEncoder;

impl Encode for InspectEncoder {
    type Item = (EntryName, Box<Facts>);

    fn encode(&self, entry: Entry<'_>) -> Result<Self::Item, WriteError> {
        let facts = Box::new(Facts::of(&entry));
        Ok((entry.name, facts))
    }

    fn weight((_, facts): &Self::Item) -> u64 {
        facts.weight()
    }
}

impl Sink for Inspect {
    type Encoder = InspectEncoder;
    type Receipt = Findings;

    fn encoder(&self) -> InspectEncoder {
        InspectEncoder
    }

    fn fields(&self) -> Vec<Field> {
        Statistics::FIELDS.to_vec()
    }

    fn begin(&mut self, origin: &Origin, _: &Place) {
        self.end_mailbox();
        self.mailbox = Some(origin.clone());
        self.findings.mailboxes.push(Statistics::default());
    }

    fn put(&mut self, (name, facts): (EntryName, Box<Facts>)) -> Result<Placed, WriteError> {
        if let (Some(statistics), Some(mailbox)) = (self.findings.mailboxes.last_mut(), &self.mailbox) {
            statistics.add(&facts, mailbox, &name);
        }
        Ok(Placed::new(name, WriteStatus::Written))
    }

    fn finish(mut self) -> Findings {
        self.end_mailbox();
        self.findings
    }
}

impl Inspect {
    /// Adds the mailbox that ends here to the total.
    fn end_mailbox(&mut self) {
        let Findings { mailboxes, total } = &mut self.findings;
        if let Some(mailbox) = mailboxes.last_mut() {
            *total += mailbox;
            mailbox.senders.keep_most_frequent(Self::SENDERS);
        }
    }
}

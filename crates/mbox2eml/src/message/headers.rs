//! The header fields of a message, as values.

use super::{Address, Flags, MozillaStatus, Received, ReceivedSource};
use crate::keyword::keywords;

/// What the header of one message says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Headers {
    /// When the message arrived.
    pub received: Option<Received>,
    /// Whether the From_ line and the topmost `Received` field are more than a day apart, as in a mailbox that was
    /// copied.
    pub has_two_dates: bool,
    /// Whether an `X-Gmail-Labels` field was found that is not above the fields of the sender, and so ignored.
    pub has_foreign_labels: bool,
    /// The `Subject` field, decoded and unfolded.
    pub subject: Option<String>,
    /// The first address of the `From` field.
    pub from: Option<Address>,
    /// The address in [`from`](Self::from), or the name where there is no address.
    pub from_address: Option<String>,
    /// The first address of the `To` field.
    pub to: Option<Address>,
    /// The whole text of the `From` field, decoded and unfolded: every name and address, and the
    /// punctuation between them.
    pub from_text: Option<String>,
    /// The whole text of all `To` fields, with a comma between two.
    pub to_text: Option<String>,
    /// The whole text of all `Cc` fields.
    pub cc_text: Option<String>,
    /// The whole text of all `Bcc` fields.
    pub bcc_text: Option<String>,
    /// The `Message-ID` field without its angle brackets.
    pub message_id: Option<String>,
    /// Gmail's message id, from a Takeout or Vault From_ line.
    pub gmail_id: Option<u64>,
    /// Gmail's thread id, from `X-GM-THRID`.
    pub gmail_thread: Option<u64>,
    /// Gmail's labels, from `X-Gmail-Labels`, in the language of the account.
    pub labels: Vec<String>,
    /// The text of the `Date` field, decoded and unfolded.
    pub date: Option<String>,
    /// Thunderbird's flags.
    pub(crate) mozilla_status: MozillaStatus,
    /// The flags that any mail program set.
    pub flags: Flags,
    /// Which of them were asked for.
    pub(crate) read: FieldSet,
}

impl Headers {
    /// Whether `field` was asked for: if it was and is still `None`, the message does not have it.
    ///
    /// ```
    /// use mbox2eml::message::{Field, HeaderReader, RawMessage};
    ///
    /// let message = RawMessage::new(b"From -\n", b"To: ann@example.org\n\n");
    /// let headers = HeaderReader::new(&[Field::Subject]).read(&message);
    /// assert!(headers.subject.is_none() && headers.was_read(Field::Subject));
    /// assert!(headers.to.is_none() && !headers.was_read(Field::To));
    /// ```
    pub fn was_read(&self, field: Field) -> bool {
        self.read.has(field)
    }

    /// Adds what a record of the message says: its labels, and when it was received, in milliseconds since 1970.
    #[cfg(feature = "convert")]
    pub(crate) fn add(&mut self, labels: &[String], received: Option<i64>) {
        if self.read.has(Field::Labels) && !labels.is_empty() {
            self.labels = labels.to_vec();
        }
        if self.read.has(Field::Flags) {
            self.flags |= Flags::of_labels(labels);
        }
        let is_certain = |known: Received| known.source == ReceivedSource::GmailId;
        if !self.received.is_some_and(is_certain) {
            self.received = received.and_then(Received::of_record).or(self.received);
        }
    }
}

/// A field that [`HeaderReader`](super::HeaderReader) can be asked for.
///
/// ```
/// use mbox2eml::message::{Field, HeaderReader, RawMessage};
///
/// let message = RawMessage::new(b"From -\n", b"To: Ann <ann@example.org>, Bob <bob@example.org>\n\n");
/// let headers = HeaderReader::new(&[Field::To, Field::ToText]).read(&message);
/// assert_eq!(headers.to.unwrap().address.as_deref(), Some("ann@example.org"));
/// assert_eq!(headers.to_text.as_deref(), Some("Ann <ann@example.org>, Bob <bob@example.org>"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// `Subject`.
    Subject,
    /// `From`.
    From,
    /// The address of `From`, or the name where there is no address: cheaper than both.
    FromAddress,
    /// `To`.
    To,
    /// The whole text of `From`.
    FromText,
    /// The whole text of every `To`.
    ToText,
    /// The whole text of every `Cc`.
    CcText,
    /// The whole text of every `Bcc`.
    BccText,
    /// `Message-ID`.
    MessageId,
    /// `X-GM-THRID`.
    GmailThread,
    /// `X-Gmail-Labels`.
    Labels,
    /// The text of `Date`.
    Date,
    /// The flags in `Status` and `X-Status`, in Thunderbird's fields and in Gmail's labels.
    Flags,
}

keywords!(
    Field,
    "header field",
    Subject = "subject",
    From = "from",
    FromAddress = "from-address",
    To = "to",
    FromText = "from-text",
    ToText = "to-text",
    CcText = "cc-text",
    BccText = "bcc-text",
    MessageId = "message-id",
    GmailThread = "gmail-thread",
    Labels = "labels",
    Date = "date",
    Flags = "flags",
);

/// Some of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSet(u16);

impl FieldSet {
    pub(super) fn new(fields: &[Field]) -> Self {
        Self(fields.iter().fold(0, |set, field| set | Self::bit(*field)))
    }

    pub(super) fn has(self, field: Field) -> bool {
        self.0 & Self::bit(field) != 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |field| self.has(*field))
    }

    fn bit(field: Field) -> u16 {
        match field {
            Field::Subject => 1,
            Field::From => 1 << 1,
            Field::To => 1 << 2,
            Field::FromText => 1 << 3,
            Field::ToText => 1 << 4,
            Field::CcText => 1 << 5,
            Field::BccText => 1 << 6,
            Field::MessageId => 1 << 7,
            Field::GmailThread => 1 << 8,
            Field::Labels => 1 << 9,
            Field::Date => 1 << 10,
            Field::Flags => 1 << 11,
            Field::FromAddress => 1 << 12,
        }
    }
}

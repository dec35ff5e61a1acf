//! A mailbox read message by message, for programs that want the messages and no files.

use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;

use bytes::Bytes;

use crate::batch::{Batch, Batches};
use crate::error::{Error, Result};
use crate::message::{HeaderFields, RawMessage};
use crate::proof::QuotingVotes;
use crate::range::{MessageRange, Plan};
use crate::source::{Memory, Source, Stream};
use crate::split::{Dialect, LineEnd, Span, SplitRule};
use crate::transform::{Eml, Eol, Quoting, Unquote};

/// A mailbox, to be read from its start to its end.
///
/// ```
/// use mbox2eml::Mbox;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("mailbox");
/// # std::fs::write(&path, "From a@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\n>From here on\n\n")?;
///
/// for message in Mbox::open(&path)?.messages() {
///     let message = message?;
///     println!("message {} at byte {}", message.index(), message.offset());
///     assert!(message.eml().to_bytes().ends_with(b"\r\nFrom here on\r\n"));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Mbox<S> {
    source: S,
    rule: SplitRule,
    unquote: Unquote,
    eol: Eol,
    range: Option<MessageRange>,
}

impl Mbox<Stream<File>> {
    /// Opens a mailbox file.
    ///
    /// # Errors
    /// [`Error::Open`] if it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Stream::open(path).map(Self::new)
    }
}

impl Mbox<Memory> {
    /// A mailbox in memory: bytes, or text.
    ///
    /// ```
    /// use mbox2eml::Mbox;
    ///
    /// let mailbox = "From a@example.org Mon Jan  1 00:00:00 2024\nSubject: One\n\nHello\n";
    /// let messages = Mbox::from_bytes(mailbox).messages().collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(messages[0].headers().text("Subject").as_deref(), Some("One"));
    /// # Ok::<(), mbox2eml::Error>(())
    /// ```
    pub fn from_bytes(mailbox: impl Into<Bytes>) -> Self {
        Self::new(Memory::new("memory", mailbox))
    }
}

impl<S: Source> Mbox<S> {
    /// A mailbox that is read from `source`: a file mapped into memory, standard input, any reader.
    pub fn new(source: S) -> Self {
        Self { source, rule: SplitRule::default(), unquote: Unquote::default(), eol: Eol::default(), range: None }
    }

    /// Sets what begins a message. Default: [`SplitRule::Auto`].
    #[must_use]
    pub fn split(mut self, rule: SplitRule) -> Self {
        self.rule = rule;
        self
    }

    /// Sets which quoting [`Message::eml`] undoes. Default: [`Unquote::Auto`].
    #[must_use]
    pub fn unquote(mut self, unquote: Unquote) -> Self {
        self.unquote = unquote;
        self
    }

    /// Sets the line ends of [`Message::eml`]. Default: [`Eol::Crlf`].
    #[must_use]
    pub fn eol(mut self, eol: Eol) -> Self {
        self.eol = eol;
        self
    }

    /// Reads the messages of this range only, by the rule that it was planned with. Default: all messages.
    ///
    /// If it is not a range of this mailbox, that is an error in place of the first or the last messages.
    #[cfg(feature = "proof")]
    #[must_use]
    pub fn in_range(mut self, range: MessageRange) -> Self {
        self.range = Some(range);
        self
    }

    /// Cuts the mailbox into ranges, each of which is read by itself: see [`range`](crate::range). A range ends at the
    /// first message that begins `every` bytes after its start or more. The mailbox is read once, on the current
    /// thread.
    #[cfg(feature = "proof")]
    pub fn plan(self, every: u64) -> Plan<S> {
        Plan::new(self.source, self.rule, every)
    }

    /// The messages, in mailbox order. It takes a few MiB of memory, or as much as the longest message has.
    pub fn messages(self) -> Messages<S> {
        let Self { source, rule, unquote, eol, range } = self;
        let votes = range.as_ref().map(|range| range.start().votes).unwrap_or_default();
        let batches = match range {
            Some(range) => Batches::in_range(source, range),
            None => Batches::new(source, rule),
        };
        Messages { batches, unquote, votes, eol, ready: VecDeque::new() }
    }
}

/// The messages of an [`Mbox`]. The iterator ends after an error.
///
/// ```
/// use mbox2eml::Mbox;
/// use mbox2eml::split::Dialect;
///
/// let mut messages = Mbox::from_bytes("From - Mon Jan  1 00:00:00 2024\nX-Mozilla-Status: 0001\n\n").messages();
/// assert!(messages.next().is_some_and(|message| message.is_ok()));
/// assert_eq!(messages.dialect(), Some(Dialect::Thunderbird));
/// ```
#[derive(Debug)]
pub struct Messages<S> {
    batches: Batches<S>,
    unquote: Unquote,
    votes: QuotingVotes,
    eol: Eol,
    ready: VecDeque<Message>,
}

impl<S: Source> Messages<S> {
    /// The program that wrote the mailbox, once its first message was read.
    pub fn dialect(&self) -> Option<Dialect> {
        self.batches.dialect()
    }

    fn refill(&mut self, batch: &Batch) {
        let quotings = batch.quotings(self.unquote, &batch.quoting_evidence(self.unquote), &mut self.votes);
        for ((raw, span), quoting) in batch.messages().zip(quotings) {
            let message = Message {
                index: raw.index,
                span: *span,
                from_line: batch.bytes.slice_ref(raw.from_line),
                bytes: batch.bytes.slice_ref(raw.bytes),
                quoting,
                eol: self.eol,
                line_end: batch.line_end,
            };
            self.ready.push_back(message);
        }
    }
}

impl<S: Source> Iterator for Messages<S> {
    type Item = Result<Message>;

    fn next(&mut self) -> Option<Result<Message>> {
        while self.ready.is_empty() {
            match self.batches.next_batch() {
                Ok(Some(batch)) => self.refill(&batch),
                Ok(None) => return None,
                Err(error) => return Some(Err::<Message, Error>(error)),
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

/// One message with its bytes, which are shared: a clone copies none.
#[derive(Clone, Debug)]
pub struct Message {
    index: u64,
    span: Span,
    from_line: Bytes,
    bytes: Bytes,
    quoting: Quoting,
    eol: Eol,
    line_end: LineEnd,
}

impl Message {
    /// Its number in the mailbox, from 1.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Offset in bytes of its From_ line from the mailbox's start.
    pub fn offset(&self) -> u64 {
        self.span.whole().start
    }

    /// Where its From_ line, the message and its separator are.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The message as it is in the mailbox, for [`HeaderReader`](crate::message::HeaderReader).
    pub fn raw(&self) -> RawMessage<'_> {
        RawMessage {
            index: self.index,
            offset: self.span.whole().start,
            from_line: &self.from_line,
            bytes: &self.bytes,
        }
    }

    /// The header fields, each by its name.
    ///
    /// ```
    /// # let mailbox = &b"From a@example.org Mon Jan  1 00:00:00 2024\nX-Mailer: Pine\nCc: b@example.org, c@example.org\n\n"[..];
    /// # let mbox = mbox2eml::Mbox::new(mbox2eml::source::Stream::new("memory", mailbox));
    /// for message in mbox.messages() {
    ///     let message = message?;
    ///     assert_eq!(message.headers().text("X-Mailer").as_deref(), Some("Pine"));
    ///     assert_eq!(message.headers().get("Cc").unwrap().addresses().len(), 2);
    /// }
    /// # Ok::<(), mbox2eml::Error>(())
    /// ```
    pub fn headers(&self) -> HeaderFields<'_> {
        HeaderFields::of(&self.bytes)
    }

    /// How it is quoted, and how its mailbox ends lines.
    pub(crate) fn form(&self) -> (Quoting, LineEnd) {
        (self.quoting, self.line_end)
    }

    /// The message as it was sent: unquoted, with the line ends asked for.
    pub fn eml(&self) -> Eml<'_> {
        Eml::with_line_end(&self.bytes, self.line_end, self.quoting, self.eol)
    }
}

//! The half of the sink that runs on any worker: a message as it will be in a mailbox.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{BufMut, Bytes, BytesMut};

use super::separator::{from_line, line_end};
use crate::name::EntryName;
use crate::sink::blocks::Blocks;
use crate::sink::{Encode, Entry, SinkWarning};
use crate::size::to_u64;
use crate::transform::{Quote, SharedEml, has_separator};
use crate::warning::WarningKind;
use crate::write_error::WriteError;

/// A message that changes is made on a worker if it is no longer than this, else when it is written.
const MADE_BEFORE: u64 = 1 << 20;

/// A message as it will be in a mailbox.
#[derive(Clone, Debug)]
pub struct EncodedMessage {
    pub(super) name: EntryName,
    from_line: Bytes,
    line_end: &'static [u8],
    content: Content,
    is_unended: bool,
    has_unquoted: bool,
}

#[derive(Clone, Debug)]
enum Content {
    /// All of its bytes, and how many of them are memory of its own.
    Made(Bytes, u64),
    /// A long message of which a part changes.
    Unmade(SharedEml),
}

impl EncodedMessage {
    /// Writes it: the From_ line, the message, a line end if it has none, and an empty line.
    pub(super) fn write_to(&self, quote: Quote, out: &mut impl Write) -> io::Result<()> {
        self.write_from_line(out)?;
        self.write_content(quote, out)?;
        if self.is_unended {
            out.write_all(self.line_end)?;
        }
        out.write_all(self.line_end)
    }

    /// Writes the From_ line and the message as a reader will find them. Where the From_ line cannot say so, a line end
    /// that was added counts as part of the message.
    pub(super) fn write_read(&self, quote: Quote, out: &mut impl Write) -> io::Result<()> {
        self.write_from_line(out)?;
        self.write_content(quote, out)?;
        if self.is_unended && quote != Quote::Mboxrd { out.write_all(self.line_end) } else { Ok(()) }
    }

    fn write_from_line(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.from_line)?;
        out.write_all(self.line_end)
    }

    fn write_content(&self, quote: Quote, out: &mut impl Write) -> io::Result<()> {
        match &self.content {
            Content::Made(bytes, _) => out.write_all(bytes),
            Content::Unmade(eml) => {
                let mut writer = quote.writer(out);
                eml.as_eml().write_to(&mut writer)?;
                writer.finish().map(drop)
            }
        }
    }

    /// The warning about a line that programs may take for a separator.
    pub(super) fn warning(&self) -> Option<SinkWarning> {
        let why = "has a line that begins with 'From ' and is not quoted: other programs may split it there";
        self.has_unquoted.then(|| SinkWarning::new(WarningKind::UnquotedLine, why))
    }
}

/// Turns messages into [their form in a mailbox](EncodedMessage).
#[derive(Debug)]
pub struct MailboxEncoder {
    quote: Quote,
    shared: Mutex<Shared>,
}

/// What workers leave to one another.
#[derive(Debug, Default)]
struct Shared {
    /// Blocks that no worker uses at this moment.
    idle: Vec<BytesMut>,
    full: Blocks,
}

impl MailboxEncoder {
    pub(super) fn new(quote: Quote) -> Self {
        Self { quote, shared: Mutex::default() }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The message's bytes in a mailbox, and whether a line of it is not quoted.
    fn content(&self, entry: &Entry<'_>) -> io::Result<(Content, bool)> {
        let shared = entry.shared.and_then(|bytes| entry.eml.share(bytes));
        let unchanged = shared.as_ref().and_then(SharedEml::unchanged);
        if let Some(bytes) = unchanged.filter(|bytes| !has_separator(bytes)) {
            return Ok((Content::Made(bytes, 0), false));
        }
        match shared {
            Some(eml) if entry.eml.len() > MADE_BEFORE => {
                let mut writer = self.quote.writer(io::sink());
                entry.eml.write_to(&mut writer)?;
                let has_unquoted = writer.has_unquoted();
                Ok((Content::Unmade(eml), has_unquoted))
            }
            _ => self.make(entry),
        }
    }

    fn make(&self, entry: &Entry<'_>) -> io::Result<(Content, bool)> {
        let mut block = self.shared().idle.pop().unwrap_or_default();
        let length = usize::try_from(entry.eml.len()).unwrap_or(usize::MAX);
        if block.capacity() < length {
            block = self.shared().full.exchange(std::mem::take(&mut block));
        }
        let mut writer = self.quote.writer((&mut block).writer());
        entry.eml.write_to(&mut writer)?;
        let has_unquoted = writer.has_unquoted();
        writer.finish()?;
        let bytes = block.split().freeze();
        self.shared().idle.push(block);
        let own = to_u64(bytes.len());
        Ok((Content::Made(bytes, own), has_unquoted))
    }
}

impl Encode for MailboxEncoder {
    type Item = EncodedMessage;

    fn encode(&self, entry: Entry<'_>) -> Result<EncodedMessage, WriteError> {
        let (content, has_unquoted) = match self.content(&entry) {
            Ok(made) => made,
            Err(source) => return Err(WriteError::new("cannot write", entry.name, source)),
        };
        let is_unended = !entry.eml.is_empty() && !entry.eml.ends_line();
        Ok(EncodedMessage {
            from_line: from_line(&entry, self.quote, is_unended).into(),
            line_end: line_end(&entry),
            name: entry.name,
            content,
            is_unended,
            has_unquoted,
        })
    }

    fn copy(&self, entry: Entry<'_>, first: &EncodedMessage) -> Result<EncodedMessage, WriteError> {
        Ok(EncodedMessage { name: entry.name, ..first.clone() })
    }

    fn weight(message: &EncodedMessage) -> u64 {
        let content = if let Content::Made(_, own) = message.content { own } else { 0 };
        content + to_u64(size_of::<EncodedMessage>() + message.from_line.len())
    }
}

//! Joins a message to its record in the metadata of its export.

use std::sync::Arc;

use crate::message::{Field, HeaderReader, Headers, RawMessage, first_line};
use crate::metadata::{Found, Key, Metadata};
use crate::source::Origin;
use crate::split::FromLine;

/// The metadata of a mailbox.
#[derive(Debug)]
pub(super) struct Join {
    metadata: Arc<Metadata>,
    /// The account whose mailbox it is, by its name.
    account: Option<String>,
}

impl Join {
    pub(super) fn new(metadata: Arc<Metadata>, mailbox: &Origin) -> Self {
        let account = metadata.account_in(&mailbox.to_string()).map(str::to_owned);
        Self { metadata, account }
    }

    /// The record of a message, if there is one.
    pub(super) fn record(&self, message: &RawMessage<'_>, headers: &Headers) -> Option<Found<'_>> {
        let line = FromLine::parse(first_line(message.from_line));
        let sender = line.map(|line| String::from_utf8_lossy(line.sender()));
        let sender = sender.as_deref().map(|sender| sender.rsplit_once('@').map_or(sender, |(local, _)| local));
        let sender = sender.map(Key::Sender);
        let keys = sender.into_iter().chain(headers.gmail_id.map(Key::GmailId));
        self.metadata.find(keys).or_else(|| self.record_by_message_id(message, headers))
    }

    fn record_by_message_id(&self, message: &RawMessage<'_>, headers: &Headers) -> Option<Found<'_>> {
        if !self.metadata.has_message_ids() {
            return None;
        }
        let read;
        let id = if headers.was_read(Field::MessageId) {
            headers.message_id.as_deref()
        } else {
            read = HeaderReader::new(&[Field::MessageId]).read(message);
            read.message_id.as_deref()
        };
        let id = id?;
        let in_account = self.account.as_deref().map(|account| Key::MessageIdIn { id, account });
        self.metadata.find(in_account.into_iter().chain([Key::MessageId(id)]))
    }
}

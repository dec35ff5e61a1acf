//! What the mailboxes of one Google export have in common: their numbers, and the language of the account.

use std::collections::HashMap;

use crate::batch::Batch;
use crate::message::{Field, HeaderReader, Language, LanguageSearch};
use crate::name::Namer;

/// The exports of the mailboxes so far.
#[derive(Debug, Default)]
pub(super) struct Exports {
    known: HashMap<String, Export>,
    /// Reads labels, if the language is to be known.
    labels: Option<HeaderReader>,
}

/// An export, or a mailbox that is part of none.
#[derive(Debug, Default)]
pub(super) struct Export {
    /// How many messages the mailboxes before had.
    pub(super) messages: u64,
    pub(super) language: LanguageSearch,
}

/// The language of the account, as far as the messages up to the end of a batch show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AccountLanguage {
    language: Option<Language>,
    /// The first message of the batch that it is known for.
    first: u64,
}

impl AccountLanguage {
    /// The language for the message at this position of the mailbox. It depends on those before, not on batches.
    pub(super) fn at(self, index: u64) -> Option<Language> {
        self.language.filter(|_| index >= self.first)
    }
}

impl Exports {
    pub(super) fn new(namer: &Namer) -> Self {
        Self { known: HashMap::new(), labels: namer.needs_language().then(|| HeaderReader::new(&[Field::Labels])) }
    }

    /// The export that a mailbox belongs to.
    pub(super) fn begin(&mut self, export: Option<&str>) -> Export {
        export.and_then(|export| self.known.remove(export)).unwrap_or_default()
    }

    /// Notes that a mailbox with this many messages has ended.
    pub(super) fn end(&mut self, name: Option<&str>, mut export: Export, messages: u64) {
        if let Some(name) = name {
            export.messages += messages;
            self.known.insert(name.to_owned(), export);
        }
    }

    /// The language for the messages of the next batch.
    pub(super) fn language(&self, export: &mut Export, batch: &Batch) -> AccountLanguage {
        let shown = self.labels.as_ref().and_then(|labels| export.language.look(labels, batch.messages()));
        AccountLanguage { language: export.language.language(), first: shown.unwrap_or(batch.first) }
    }
}

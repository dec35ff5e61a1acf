//! The language of a Google account, as its labels show it.

use super::RawMessage;
use super::reader::HeaderReader;
use super::system_label::Language;
use crate::pairs::{Maybe, PairReader, Pairs, Unreadable};
use crate::split::Span;

/// After this many messages without a label of a known language the search ends.
const ENOUGH: u32 = 1000;

/// The search for it, message by message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LanguageSearch {
    language: Option<Language>,
    /// How many messages say nothing of it.
    silent: u32,
}

impl LanguageSearch {
    /// The language, if it was found.
    pub(crate) fn language(self) -> Option<Language> {
        self.language
    }

    /// Looks at messages, whose labels `reader` reads; returns the one that shows the language, if one does.
    pub(crate) fn look<'m>(
        &mut self,
        reader: &HeaderReader,
        messages: impl Iterator<Item = (RawMessage<'m>, &'m Span)>,
    ) -> Option<u64> {
        if self.language.is_some() {
            return None;
        }
        for (raw, span) in messages {
            if self.silent >= ENOUGH {
                break;
            }
            self.language = Language::of(&reader.read_below(span.from_line_facts, &raw).labels);
            if self.language.is_some() {
                return Some(raw.index);
            }
            self.silent += 1;
        }
        None
    }

    /// Writes it as text.
    pub(crate) fn write(self, pairs: &mut Pairs) {
        pairs.add("language", Maybe(self.language.and_then(Language::code)));
        pairs.add("silent", self.silent);
    }

    /// Reads what was written.
    pub(crate) fn read(pairs: &mut PairReader<'_>) -> Result<Self, Unreadable> {
        let language = match pairs.text("language")? {
            "-" => None,
            code => Some(Language::of_code(code).ok_or(Unreadable("language"))?),
        };
        Ok(Self { language, silent: pairs.value("silent")? })
    }
}

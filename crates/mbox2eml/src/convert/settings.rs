//! What a converter is set up to do.

use super::LabelCopies;
use crate::message::{Field, HeaderReader};
use crate::name::Namer;
use crate::proof::Proof;
use crate::report::{Record, Records};
use crate::select::Selection;
use crate::split::SplitRule;
use crate::transform::{Eol, StatusLines, Unquote};

/// The settings of a converter. [`ConverterBuilder`](super::ConverterBuilder) documents each.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) split: SplitRule,
    pub(super) unquote: Unquote,
    pub(super) eol: Eol,
    pub(super) status_lines: StatusLines,
    pub(super) selection: Selection,
    pub(super) namer: Namer,
    pub(super) copies: LabelCopies,
    pub(super) importer_limit: Option<u64>,
    pub(super) import_checks: bool,
    pub(super) proof: Proof,
    pub(super) records: Records,
}

impl Settings {
    /// Reads the header fields that are needed: for names, choices and records, and these for the sink.
    pub(super) fn header_reader(&self, mut fields: Vec<Field>) -> HeaderReader {
        if self.records == Records::All {
            fields.extend(Record::FIELDS);
        }
        if self.status_lines != StatusLines::Keep {
            fields.push(Field::Flags);
        }
        fields.extend(self.namer.header_fields().chain(self.selection.fields()));
        HeaderReader::new(&fields)
    }

    /// Why a range would not become what it is in the whole mailbox, if so.
    pub(super) fn objection_to_ranges(&self) -> Option<&'static str> {
        let Self { namer, selection, .. } = self;
        if namer.merges_exports() {
            Some("folders of labels and numbers that run on depend on the messages before it")
        } else if selection.needs_order(false) {
            Some("duplicates, limits and samples depend on the other messages")
        } else if !namer.has_index() {
            Some("names without {index} may be those of messages in other ranges")
        } else {
            None
        }
    }
}

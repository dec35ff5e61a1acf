//! What is known of a message before it is decided whether it is written.

use std::borrow::Cow;

use bytes::Bytes;

use super::LabelCopies;
use super::settings::Settings;
use crate::batch::Batch;
use crate::field::field_name;
use crate::message::{Headers, RawMessage, has_replaced_bytes, missing_attachment, objections};
use crate::metadata::Found;
use crate::name::{EntryName, Namer};
use crate::select::{DuplicateKey, SkipReason};
use crate::sink::Entry;
use crate::split::{Dialect, Extent, LineEnd, Span};
use crate::transform::{Eml, Quoting};
use crate::warning::WarningKind;

/// A message, what its header says, and its bytes as they will be written.
pub(super) struct Inspected<'b> {
    pub(super) raw: RawMessage<'b>,
    pub(super) span: &'b Span,
    pub(super) headers: Headers,
    /// Its record in the metadata of its export; `None` without metadata, and inside if there is no record.
    pub(super) record: Option<Option<Found<'b>>>,
    pub(super) eml: Eml<'b>,
    /// The bytes of its batch.
    pub(super) batch: &'b Bytes,
    pub(super) quoting: Quoting,
    /// What it has in common with messages that are equal to it, if duplicates are dropped.
    pub(super) key: Option<DuplicateKey>,
    /// Whether an earlier message has its id and other content.
    pub(super) shares_id: bool,
    /// Its labels as they are spelled in names, if that is not as they are.
    pub(super) spelled: Option<Vec<String>>,
    /// Why it is not written, if so.
    pub(super) skip_reason: Option<SkipReason>,
    /// Whether its name, or whether it is wanted, depends on more than its header.
    pub(super) needs_rest: bool,
}

impl Inspected<'_> {
    /// Its headers as names are made of them.
    pub(super) fn headers_for_names(&self) -> Cow<'_, Headers> {
        match &self.spelled {
            None => Cow::Borrowed(&self.headers),
            Some(labels) => Cow::Owned(Headers { labels: labels.clone(), ..self.headers.clone() }),
        }
    }

    /// The message on its way out, under that name.
    pub(super) fn entry(&self, name: EntryName) -> Entry<'_> {
        Entry {
            name,
            message: &self.raw,
            headers: &self.headers,
            eml: self.eml,
            quoting: self.quoting,
            shared: Some(self.batch),
        }
    }

    /// Why it cannot be written if its input broke off in it: a later run, on the whole input, might give it another
    /// name or none.
    pub(super) fn missing_part(&self) -> Option<&'static str> {
        match self.span.extent {
            Extent::NoHeader => Some("the input ends within its header"),
            Extent::Beginning if self.needs_rest => {
                Some("the input ends within it, and its name or whether it is wanted may depend on the rest")
            }
            Extent::Beginning | Extent::Whole => None,
        }
    }

    /// What is unusual about it, as far as the settings matter.
    pub(super) fn warnings(
        &self,
        batch: &Batch,
        settings: &Settings,
    ) -> impl Iterator<Item = (WarningKind, &'static str)> {
        let (stats, bytes) = (self.eml.line_stats(), self.raw.bytes);
        let has_lone_cr = stats.lone_cr() > 0 && batch.line_end == LineEnd::Lf;
        let is_thunderbirds = self.span.dialect == Dialect::Thunderbird;
        let missing = missing_attachment(bytes, is_thunderbirds);
        let is_too_large = settings.importer_limit.is_some_and(|limit| self.eml.len() > limit);
        let has_many_labels = settings.copies == LabelCopies::All && self.headers.labels.len() > Namer::COPIES;
        [
            (field_name(bytes).is_none(), WarningKind::NoHeader, "does not begin with a header field"),
            (stats.nul > 0, WarningKind::NulBytes, "contains NUL bytes (kept)"),
            (has_lone_cr, WarningKind::LoneCr, "contains carriage returns without a line feed (kept)"),
            (
                stats.is_8bit && has_replaced_bytes(bytes),
                WarningKind::ReplacedBytes,
                "bytes were replaced by U+FFFD before the mailbox was written",
            ),
            (
                self.headers.has_foreign_labels,
                WarningKind::ForeignLabels,
                "has an X-Gmail-Labels field below the sender's fields, possibly forged: ignored",
            ),
            (missing.is_some(), WarningKind::MissingAttachment, missing.unwrap_or_default()),
            (
                self.shares_id,
                WarningKind::SameId,
                "has the Message-ID of an earlier message but different content: both are kept",
            ),
            (is_too_large, WarningKind::TooLarge, "larger than the importer's limit; written anyway"),
            (has_many_labels, WarningKind::ManyLabels, "has more than 100 labels: only 100 copies are written"),
        ]
        .into_iter()
        .filter_map(|(is_so, kind, why)| is_so.then_some((kind, why)))
        .chain(settings.import_checks.then(|| objections(bytes)).into_iter().flatten())
    }
}

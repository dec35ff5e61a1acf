//! Which messages are wanted.
//!
//! [`Filter`] and [`Known`] decide by the message alone, [`Dedup`] by the messages before it, and [`Sample`] by its
//! place in the mailbox. All of them are pure; the last two need the messages in order.

mod content;
mod dedup;
mod filter;
mod known;
mod pattern;
mod period;
mod sample;
pub(crate) mod seen;

use std::borrow::Cow;
use std::sync::Arc;

pub use dedup::Dedup;
pub(crate) use dedup::{DuplicateKey, by_gmail_id_in};
pub use filter::Filter;
pub use known::{Known, KnownMessage};
pub use pattern::Pattern;
pub use period::{Period, PeriodError};
pub(crate) use sample::Remaining;
pub use sample::Sample;
pub(crate) use seen::Seen;

use crate::keyword::keywords;
use crate::message::{Field, Headers};
use crate::report::Digest;
use crate::source::Origin;
use crate::split::Dialect;
use crate::transform::Eml;

/// What to do with messages that Thunderbird marked as deleted and has not yet removed from the file.
///
/// ```
/// use mbox2eml::Converter;
/// use mbox2eml::select::Deleted;
/// use mbox2eml::sink::Null;
/// use mbox2eml::source::Memory;
///
/// let mailbox = "From - Mon Jan  1 00:00:00 2024\nX-Mozilla-Status: 0008\nSubject: Gone\n\nHello\n";
/// let written = |deleted| {
///     let converter = Converter::builder().deleted(deleted).build();
///     converter.convert(Memory::new("in", mailbox), Null, &()).messages().written
/// };
/// assert_eq!((written(Deleted::Skip), written(Deleted::Keep)), (0, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deleted {
    /// They are counted and skipped. The default.
    #[default]
    Skip,
    /// They are converted like all others.
    Keep,
}

keywords!(Deleted, "choice for deleted messages", Skip = "skip", Keep = "keep");

/// Why a message is skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SkipReason {
    /// It was deleted in the mail program.
    Deleted,
    /// It does not meet this condition of the filter.
    Filtered(&'static str),
    /// An earlier run has written it.
    Known,
    /// An equal one came before it: this one, if records are kept.
    Duplicate(Option<Original>),
    /// It is not in the sample.
    NotSampled,
}

/// The first of equal messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    /// Its mailbox.
    pub(crate) origin: Origin,
    /// Its number in it.
    pub(crate) message: u64,
}

impl SkipReason {
    /// The reason, for a report.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Deleted => "marked as deleted".into(),
            Self::Filtered(condition) => format!("filter: {condition}").into(),
            Self::Known => "written by an earlier run".into(),
            Self::Duplicate(None) => "equal to an earlier message".into(),
            Self::Duplicate(Some(Original { origin, message })) => {
                format!("equal to message {message} of {origin}").into()
            }
            Self::NotSampled => "filter: sample".into(),
        }
    }
}

/// Which messages of a mailbox are converted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    pub(crate) deleted: Deleted,
    pub(crate) filter: Filter,
    pub(crate) known: Arc<Known>,
    /// `None`: by Gmail id within an export whose mailboxes are merged, else not at all.
    pub(crate) dedup: Option<Dedup>,
    pub(crate) sample: Sample,
}

impl Selection {
    /// The header fields that it depends on.
    pub(crate) fn fields(&self) -> impl Iterator<Item = Field> {
        let dedup = self.dedup.unwrap_or_default().fields();
        self.filter.fields().chain(self.known.fields().iter().copied()).chain(dedup.iter().copied())
    }

    /// Whether a decision depends on the messages before, in a run that merges exports or not.
    pub(crate) fn needs_order(&self, merges_exports: bool) -> bool {
        merges_exports || self.dedup.is_some_and(|dedup| dedup != Dedup::Off) || self.sample != Sample::All
    }

    /// What a message has in common with those it is the same as; `export` is that of its mailbox if it is merged.
    pub(crate) fn key(&self, headers: &Headers, eml: &Eml<'_>, export: Option<&str>) -> Option<DuplicateKey> {
        match self.dedup {
            Some(dedup) => dedup.key(headers, eml),
            None => by_gmail_id_in(export?, headers),
        }
    }

    /// Whether the name of a message, or whether it is wanted, depends on more than its header; `export` is its
    /// mailbox's, if exports are merged.
    pub(crate) fn needs_content(&self, export: Option<&str>) -> bool {
        // The number of a message in a merged export depends on the other mailboxes.
        let is_merged = export.is_some();
        let finds_duplicates = self.dedup.is_some_and(|dedup| dedup != Dedup::Off);
        is_merged || finds_duplicates || !self.known.is_empty() || self.filter.has_size()
    }

    /// Why a message is skipped, as far as its own content decides.
    pub(crate) fn skip_reason(&self, headers: &Headers, eml: &Eml<'_>, dialect: Dialect) -> Option<SkipReason> {
        if self.drops_deleted(headers, dialect) {
            Some(SkipReason::Deleted)
        } else if let Some(condition) = self.filter.unmet(headers, || eml.len()) {
            Some(SkipReason::Filtered(condition))
        } else if self.known.contains(headers, || Digest::of(eml)) {
            Some(SkipReason::Known)
        } else {
            None
        }
    }

    /// Whether a message is skipped because Thunderbird marked it as deleted.
    ///
    /// In a mailbox of another program the flags came with the mail, and any sender can write such a header.
    fn drops_deleted(&self, headers: &Headers, dialect: Dialect) -> bool {
        self.deleted == Deleted::Skip
            && matches!(dialect, Dialect::Thunderbird | Dialect::Generic)
            && headers.mozilla_status.deleted()
    }
}

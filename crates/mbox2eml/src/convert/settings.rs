//! What a converter is set up to do.

use super::LabelCopies;
use crate::name::Namer;
use crate::proof::Proof;
use crate::report::Records;
use crate::select::Selection;
use crate::split::SplitRule;
use crate::transform::{Eol, Unquote};

/// The settings of a converter. [`ConverterBuilder`](super::ConverterBuilder) documents each.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) split: SplitRule,
    pub(super) unquote: Unquote,
    pub(super) eol: Eol,
    pub(super) selection: Selection,
    pub(super) namer: Namer,
    pub(super) copies: LabelCopies,
    pub(super) importer_limit: Option<u64>,
    pub(super) import_checks: bool,
    pub(super) proof: Proof,
    pub(super) records: Records,
}

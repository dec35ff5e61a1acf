//! The choices a user has.

use mbox2eml::select::Deleted;
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};
use proptest::prelude::*;
use proptest::sample::select;

use super::run::Settings;

pub(crate) fn rule() -> impl Strategy<Value = SplitRule> {
    select(vec![SplitRule::Auto, SplitRule::Auto, SplitRule::Strict, SplitRule::Any])
}

pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let eol = select(vec![Eol::Crlf, Eol::Lf, Eol::Keep]);
    let unquote = select(vec![Unquote::Auto, Unquote::Mboxrd, Unquote::Mboxo, Unquote::None]);
    let deleted = select(vec![Deleted::Skip, Deleted::Keep]);
    (rule(), eol, unquote, deleted).prop_map(|(rule, eol, unquote, deleted)| Settings { rule, eol, unquote, deleted })
}

//! The choices a user has.

use mbox2eml::message::LabelName;
use mbox2eml::select::{Dedup, Deleted, Filter, Pattern, Period, Sample};
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
    let dedup = select(vec![Dedup::Off, Dedup::Off, Dedup::Id, Dedup::Content]);
    let all = (rule(), eol, unquote, deleted, filter(), dedup);
    all.prop_map(|(rule, eol, unquote, deleted, filter, dedup)| {
        let sample = Sample::All;
        Settings { rule, eol, unquote, deleted, filter, dedup, sample }
    })
}

/// Filters that some of the hostile messages pass; half the time all do.
fn filter() -> impl Strategy<Value = Filter> {
    select(vec![
        Filter::default(),
        Filter::default(),
        Filter::default(),
        Filter::default().since("2007".parse::<Period>().unwrap()),
        Filter::default().until("2019-03-19T09:13:51Z".parse::<Period>().unwrap()),
        Filter::default().labels([LabelName::new("inbox"), LabelName::new("Spam")]),
        Filter::default().not_labels([LabelName::new("a, b")]),
        Filter::default().subject(Pattern::new("CAFÉ")),
        Filter::default().min_size(60),
        Filter::default().max_size(60),
    ])
}

/// How many messages are taken, which the mailboxes of the tests have more or fewer of.
pub(crate) fn sample() -> impl Strategy<Value = Sample> {
    (any::<bool>(), 0..7_u64).prop_map(|(first, n)| if first { Sample::First(n) } else { Sample::Evenly(n) })
}

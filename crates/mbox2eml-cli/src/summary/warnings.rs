//! The warnings of a run: how many of each kind, and the first ones.

use std::fmt::Write as _;

use mbox2eml::Conversion;
use mbox2eml::message::LabelName;
use mbox2eml::report::{Warning, WarningCounts, WarningKind};
use mbox2eml::source::Origin;
use serde::{Serialize, Serializer};

use crate::message::Message;
use crate::number::{grouped, to_u64};
use crate::omitted::Omitted;
use crate::terminal::{WARN, escape};

/// The kind of a label that an option names and no message has.
const UNMATCHED_LABEL: &str = "unmatched-label";

/// The number of warnings of every kind, those without one included, so that programs find the same keys everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Counts(Vec<(&'static str, u64)>);

impl Counts {
    /// Those of a mailbox.
    pub(crate) fn of_mailbox(warnings: &WarningCounts) -> Self {
        Self(WarningKind::ALL.iter().map(|kind| (kind.as_str(), warnings.of(*kind))).collect())
    }

    /// Those of a run: about its inputs, its options and its messages.
    pub(crate) fn of_run(warnings: &WarningCounts, omitted: &Omitted, unmatched: &[LabelName]) -> Self {
        let of_options = (UNMATCHED_LABEL, to_u64(unmatched.len()));
        let Self(of_mailboxes) = Self::of_mailbox(warnings);
        Self(omitted.warning_counts().into_iter().chain([of_options]).chain(of_mailboxes).collect())
    }

    /// How many there are of all kinds.
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().map(|(_, number)| number).sum()
    }

    /// How many there are of a kind.
    pub(crate) fn of(&self, kind: &str) -> u64 {
        self.0.iter().find(|(of, _)| *of == kind).map_or(0, |(_, number)| *number)
    }

    /// The kinds that there are, with their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.0.iter().copied().filter(|(_, number)| *number > 0)
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

/// A warning, and what it is about.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Warned {
    pub(crate) kind: &'static str,
    /// The mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<String>,
    #[serde(flatten)]
    pub(crate) message: Option<Message>,
    pub(crate) why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) advice: Option<String>,
}

impl Warned {
    /// A warning about an input or an option.
    pub(crate) fn of_input(kind: &'static str, why: String) -> Self {
        Self { kind, input: None, message: None, why, advice: None }
    }

    /// A warning about a place in a mailbox.
    pub(crate) fn in_mailbox(origin: &Origin, warning: &Warning, message: Message) -> Self {
        let (kind, why) = (warning.kind.as_str(), warning.why.clone().into_owned());
        Self { kind, input: Some(origin.to_string()), message: Some(message), why, advice: None }
    }

    /// Warnings about the labels that options name and no message has.
    pub(crate) fn of_labels<R>(done: &Conversion<R>) -> impl Iterator<Item = Self> + '_ {
        done.unmatched_labels.iter().map(|name| {
            let system = name.system().filter(|_| done.unknown_labels.contains(name));
            let advice = system.map(|system| {
                format!(
                    "this is a system label, and mbox2eml may not know the account's language; if so, name the label in a \
                     --label-map FILE: 'Label = @{}'",
                    system
                )
            });
            let why = format!("{}: no message has this label", name.as_str());
            Self { advice, ..Self::of_input(UNMATCHED_LABEL, why) }
        })
    }

    /// Its place and its reason on one line.
    pub(crate) fn line(&self) -> String {
        let why = escape(&self.why);
        match (&self.input, &self.message) {
            (Some(input), Some(Message { line, offset, .. })) => {
                format!("{}:{line}, byte {offset}: {why}", escape(input))
            }
            _ => why.to_string(),
        }
    }

    /// What else is to be said: which message it is, and what to do.
    pub(crate) fn details(&self) -> impl Iterator<Item = String> {
        let words = self.message.as_ref().and_then(Message::words);
        words.into_iter().chain(self.advice.as_ref().map(|advice| escape(advice).to_string()))
    }
}

/// Lists warnings by kind, each kind with its first ones. With `-v`, those about messages are listed as they come, and
/// the others here.
pub(crate) fn write_warnings(
    text: &mut String,
    counts: &Counts,
    first: &[Warned],
    listed: usize,
    verbose: bool,
) -> std::fmt::Result {
    let hint = if verbose { "listed above" } else { "list with -v" };
    for (kind, number) in counts.iter() {
        writeln!(text, "    {WARN}{kind}{WARN:#} {}", grouped(number))?;
        let of_kind = first.iter().filter(|warned| warned.kind == kind).enumerate();
        let is_listed = |(at, warned): &(usize, &Warned)| *at < listed || (verbose && warned.message.is_none());
        let mut left = number;
        for (_, warned) in of_kind.filter(is_listed) {
            left = left.saturating_sub(1);
            writeln!(text, "      {}", warned.line())?;
            for detail in warned.details() {
                writeln!(text, "        {detail}")?;
            }
        }
        if left > 0 {
            writeln!(text, "      and {} more ({hint})", grouped(left))?;
        }
    }
    Ok(())
}

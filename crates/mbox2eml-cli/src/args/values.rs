//! The values of options, each with its line in the help.

use std::str::FromStr;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mbox2eml::UnknownValue;

use crate::importer::{IMPORTERS, Importer};

/// The names of a library option's values, each with its line in the help.
pub(super) type Values = &'static [(&'static str, &'static str)];

pub(super) const EOLS: Values = &[("crlf", "CRLF, as RFC 5322 requires"), ("lf", "LF"), ("keep", "As in the mailbox")];

pub(super) const LAYOUTS: Values = &[
    ("flat", "No folders"),
    ("label", "A folder for each Gmail label; each message is in one of them"),
    ("date", "A folder for each month, yyyy/mm"),
    ("year", "A folder for each year, yyyy"),
];

pub(super) const DEDUPS: Values = &[
    ("off", "Keep all"),
    ("id", "By Gmail id, else Message-ID; messages with neither are all kept"),
    ("content", "By content as sent: line endings and fields added by mail programs are ignored"),
];

pub(super) const COPIES: Values =
    &[("first", "In the folder of its highest-ranked label"), ("all", "A copy in the folder of each label")];

pub(super) const QUOTINGS: Values = &[
    (
        "auto",
        "Decided by the message's own signature, else by earlier signed messages, else by the program that wrote it, else mboxrd",
    ),
    ("mboxrd", "Remove one '>' from '>From ', '>>From ' and so on"),
    ("mboxo", "Remove the '>' from '>From ' only"),
    ("none", "Leave bodies unchanged"),
];

pub(super) const QUOTES: Values = &[
    ("mboxrd", "A '>' before 'From ', '>From ' and so on; can be undone"),
    ("mboxo", "A '>' before 'From ' only"),
    ("none", "No quoting: other programs may split messages there"),
];

pub(super) const STATUS_LINES: Values = &[
    ("keep", "As in the mailbox"),
    ("status", "Status and X-Status, for mutt, Dovecot and Python"),
    ("mozilla", "X-Mozilla-Status, for Thunderbird"),
];

pub(super) const TREES: Values =
    &[("folders", "Work/Clients.mbox"), ("thunderbird", "Work.sbd/Clients, as in a profile of Thunderbird")];

pub(super) const SPLIT_RULES: Values = &[
    ("auto", "A 'From ' line, judged by all the evidence"),
    ("strict", "Only a dated separator after an empty line"),
    ("any", "Any line that starts with 'From '"),
];

pub(super) const DELETED: Values =
    &[("skip", "Count them, but do not write them"), ("keep", "Write them like any other message")];

/// Reads one of these values of a library option.
pub(super) fn one_of<T>(values: Values) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownValue> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(values.iter().map(|(name, help)| PossibleValue::new(*name).help(*help)))
        .try_map(|name| name.parse::<T>())
}

/// Reads a number that must not be zero.
pub(super) fn at_least_one<N: FromStr>(text: &str) -> Result<N, &'static str> {
    text.parse().map_err(|_| "must be a whole number of at least 1")
}

/// Reads a level of compression.
pub(super) fn compression(text: &str) -> Result<u8, &'static str> {
    text.parse().ok().filter(|level| *level <= 9).ok_or("must be 0 to 9")
}

/// Reads the name of an importer.
pub(super) fn importer() -> impl TypedValueParser<Value = &'static Importer> {
    PossibleValuesParser::new(IMPORTERS.iter().map(|importer| PossibleValue::new(importer.name).help(importer.what)))
        .try_map(|name| Importer::named(&name).ok_or("unknown importer"))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ShellArg {
    Bash,
    Elvish,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
    Zsh,
}

impl ShellArg {
    /// As the shell is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Elvish => "elvish",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Zsh => "zsh",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    /// A file for each message, in a folder or in ZIPs
    Eml,
    /// Maildir++ folders, with flags such as read and starred
    Maildir,
    /// A mailbox for each folder
    Mbox,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressArg {
    /// A bar on a terminal, plain lines elsewhere
    Auto,
    /// A bar
    Bar,
    /// A line every few seconds
    Plain,
    /// A JSON object a second
    Json,
    /// Nothing
    None,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColorArg {
    /// If the terminal supports them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[cfg(test)]
mod tests {
    use std::fmt::Display;

    use mbox2eml::LabelCopies;
    use mbox2eml::name::{Layout, MailboxTree};
    use mbox2eml::select::{Dedup, Deleted};
    use mbox2eml::split::SplitRule;
    use mbox2eml::transform::{Eol, Quote, StatusLines, Unquote};

    use super::*;

    fn check<T: FromStr<Err = UnknownValue> + Display>(offered: Values, known: &[T]) {
        let names: Vec<&str> = offered.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, known.iter().map(T::to_string).collect::<Vec<_>>());
    }

    #[test]
    fn every_value_of_the_library_is_offered() {
        check(EOLS, Eol::ALL);
        check(LAYOUTS, Layout::ALL);
        check(DEDUPS, Dedup::ALL);
        check(COPIES, LabelCopies::ALL);
        check(QUOTINGS, Unquote::ALL);
        check(QUOTES, Quote::ALL);
        check(STATUS_LINES, StatusLines::ALL);
        check(TREES, MailboxTree::ALL);
        check(SPLIT_RULES, SplitRule::ALL);
        check(DELETED, Deleted::ALL);
    }
}

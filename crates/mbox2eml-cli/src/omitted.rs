//! What was skipped among the inputs, counted by kind and listed.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use mbox2eml::source::Origin;
use mbox2eml_archive::inputs::{MissingParts, SharedName, Skipped, SkippedWhy};
use serde::Serialize;

use crate::number::{count, grouped, plural, to_u64};
use crate::summary::Warned;
use crate::terminal::escape;

/// How many are listed in JSON.
const LISTED: usize = 10_000;

/// The kind of warning about parts of an export that were not given.
pub(crate) const MISSING_PARTS: &str = "missing-parts";

/// The kinds of warnings about inputs, in the order in which they are reported.
const KINDS: [&str; 9] = [
    MISSING_PARTS,
    "second-copy",
    "shared-name",
    "unread-rows",
    "unread-metadata",
    "repeated-record",
    "unused-record",
    "other-count",
    "not-exported",
];

/// How many missing parts of an export are named.
const PARTS: usize = 5;

/// What was left out of the inputs.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Omitted {
    skipped: Vec<SkippedInput>,
    /// Files that are not mailboxes.
    #[serde(rename = "other_files")]
    others: u64,
    #[serde(rename = "nested_archives")]
    nested: u64,
    links: u64,
    /// Files of archives that cannot be read, and are no mailboxes by their names.
    #[serde(rename = "unreadable_members")]
    unreadable: u64,
    #[serde(rename = "special_files")]
    special: u64,
    #[serde(skip)]
    kinds: BTreeMap<&'static str, u64>,
    /// Warnings about the inputs: what kind, and the text.
    #[serde(skip)]
    warnings: Vec<(&'static str, String)>,
}

/// Something that was left out.
#[derive(Clone, Debug, Serialize)]
struct SkippedInput {
    path: String,
    why: String,
}

impl Omitted {
    /// Adds something that was skipped; returns the line that `-v` shows.
    pub(crate) fn skip(&mut self, Skipped { origin, why, .. }: &Skipped) -> String {
        let line = match why {
            SkippedWhy::NestedArchive => {
                self.nested += 1;
                format!("not opened: {} is an archive inside an archive\n", escape(origin))
            }
            SkippedWhy::UnreadableMember => {
                self.unreadable += 1;
                format!("not read: {} is {why}\n", escape(origin))
            }
            SkippedWhy::Link => {
                self.links += 1;
                format!("not followed: {} is a link\n", escape(origin))
            }
            SkippedWhy::Special => {
                self.special += 1;
                format!("not read: {} is a pipe or a device\n", escape(origin))
            }
            SkippedWhy::SameAs(other) => {
                let text = format!("{origin} has the same content as {other} and is not converted again");
                self.warnings.push(("second-copy", text.clone()));
                format!("not read: {}\n", escape(text))
            }
            SkippedWhy::SameFile(first) => {
                let text = if first == origin {
                    format!("{origin} is given twice and is converted once")
                } else {
                    format!("{origin} is the same as {first} and is not converted again")
                };
                self.warnings.push(("second-copy", text.clone()));
                format!("not read: {}\n", escape(text))
            }
            SkippedWhy::LateMetadata => {
                let text = format!("{origin} is not read, since it is {why}; unpack it beside the archive");
                self.warnings.push(("unread-metadata", text.clone()));
                format!("not read: {}\n", escape(text))
            }
            _ => {
                self.others += 1;
                *self.kinds.entry(why.kind()).or_default() += 1;
                format!("skipped: {} is not a mailbox\n", escape(origin))
            }
        };
        if self.skipped.len() < LISTED {
            self.skipped.push(SkippedInput { path: origin.to_string(), why: why.to_string() });
        }
        line
    }

    /// Adds a warning about the parts of an export; `again` says what to do when they are there.
    pub(crate) fn miss(&mut self, MissingParts { archive, missing, .. }: &MissingParts, again: &str) {
        let named: Vec<String> = missing.iter().take(PARTS).map(|part| format!("{part:03}")).collect();
        let more = match missing.len().saturating_sub(PARTS) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (parts, are, them) = if missing.len() == 1 { ("part", "is", "it") } else { ("parts", "are", "them") };
        let text = format!(
            "{}: {parts} {}{more} of this export {are} missing: download {them}, {again}",
            Origin::file(archive),
            named.join(", "),
        );
        self.warnings.push((MISSING_PARTS, text));
    }

    /// Adds a warning about a folder of an earlier run whose mailbox has another folder now.
    pub(crate) fn share(&mut self, SharedName { folder, now, .. }: &SharedName) {
        let mut folders: Vec<String> = now.iter().take(PARTS).map(|folder| folder.display().to_string()).collect();
        if now.len() > PARTS {
            folders.push(format!("{} more", now.len() - PARTS));
        }
        let text = format!(
            "{} has mail from an earlier run, but several mailboxes or exports now share this name and go to {}, so that \
             mail would be written again. To avoid this, rename the old folder to the one its mail belongs to, then run \
             the same command again",
            folder.display(),
            folders.join(" and "),
        );
        self.warnings.push(("shared-name", text));
    }

    /// Adds a warning about a manifest that cannot be read whole.
    pub(crate) fn leave_unread(&mut self, text: String) {
        self.warnings.push(("unread-rows", text));
    }

    /// Adds warnings about what an export says beside its mailboxes.
    pub(crate) fn warn_of_export(&mut self, warnings: impl IntoIterator<Item = (&'static str, String)>) {
        self.warnings.extend(warnings);
    }

    /// The warnings about the inputs, by kind.
    pub(crate) fn warned(&self) -> impl Iterator<Item = Warned> + '_ {
        let of_kind = |kind| self.warnings.iter().filter(move |(of, _)| *of == kind);
        KINDS.into_iter().flat_map(of_kind).map(|(kind, text)| Warned::of_input(kind, text.clone()))
    }

    /// How many there are of each kind.
    pub(crate) fn warning_counts(&self) -> [(&'static str, u64); KINDS.len()] {
        KINDS.map(|kind| (kind, to_u64(self.warnings.iter().filter(|(of, _)| *of == kind).count())))
    }

    /// What was skipped without a warning: a sentence for each kind, and what more there is to say of it.
    pub(crate) fn sentences(&self) -> Vec<(String, Option<String>)> {
        let mut sentences = Vec::new();
        if self.others > 0 {
            let are = plural(self.others, "is not a mailbox", "are not mailboxes");
            let mut kinds: Vec<_> = self.kinds.iter().collect();
            kinds.sort_by_key(|(kind, number)| (Reverse(**number), **kind));
            let in_words = |(kind, number): &(&&'static str, &u64)| match **kind {
                "in archives" => format!("{} in archives", grouped(**number)),
                kind => count(**number, kind),
            };
            let kinds: Vec<String> = kinds.iter().map(in_words).collect();
            sentences.push((format!("Skipped {} that {are}", count(self.others, "file")), Some(kinds.join(", "))));
        }
        if self.nested > 0 {
            let archives = count(self.nested, "archive");
            let them = plural(self.nested, "it", "them");
            sentences.push((format!("{archives} inside archives not opened; unpack {them} first"), None));
        }
        if self.unreadable > 0 {
            let are = plural(self.unreadable, "is", "are");
            let files = count(self.unreadable, "file");
            let sentence = format!(
                "{files} in archives {are} encrypted, or packed in an unknown way, and not read; if there is mail among \
                 them, unpack the archive first"
            );
            sentences.push((sentence, None));
        }
        if self.links > 0 {
            sentences.push((format!("{} not followed", count(self.links, "link")), None));
        }
        if self.special > 0 {
            let special = count(self.special, "special file");
            sentences.push((format!("{special}, such as a pipe or a device, not read"), None));
        }
        sentences
    }

    /// The same as lines; with `-v` each thing that was skipped was listed already.
    pub(crate) fn write(&self, text: &mut String, verbose: bool) -> std::fmt::Result {
        let hint = if verbose { "listed above" } else { "list with -v" };
        for (sentence, more) in self.sentences() {
            writeln!(text, "  {sentence} ({hint})")?;
            if let Some(more) = more {
                writeln!(text, "    {more}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mbox2eml::source::FileKind;

    use super::*;

    #[test]
    fn what_is_skipped_is_counted_in_the_plural_too() {
        let mut omitted = Omitted::default();
        let kinds = [FileKind::FromLine, FileKind::FromLine, FileKind::Mmdf, FileKind::Mmdf, FileKind::Html];
        for kind in kinds {
            omitted.skip(&Skipped::new("in/file".into(), SkippedWhy::NoMailbox(kind)));
        }
        let mut text = String::new();
        omitted.write(&mut text, true).unwrap();
        assert_eq!(
            text,
            "  Skipped 5 files that are not mailboxes (listed above)\n    2 MMDF mailboxes, 2 text files, 1 web page\n"
        );
    }
}

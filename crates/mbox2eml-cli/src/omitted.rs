//! What was skipped among the inputs, counted by kind and listed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use mbox2eml::source::Origin;
use mbox2eml_archive::inputs::{MissingParts, Skipped, SkippedWhy};
use serde_json::{Value, json};

use crate::number::{count, grouped, to_u64};
use crate::terminal::escape;

/// How many are listed in JSON.
const LISTED: usize = 10_000;

/// How many missing parts of an export are named.
const PARTS: usize = 5;

/// What was left out of the inputs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Omitted {
    listed: Vec<(String, String)>,
    kinds: BTreeMap<&'static str, u64>,
    /// Files that are not mailboxes.
    others: u64,
    nested: u64,
    links: u64,
    special: u64,
    /// Warnings about the inputs: what kind, and the text.
    warnings: Vec<(&'static str, String)>,
}

impl Omitted {
    /// Adds something that was skipped; returns the line that `-v` shows.
    pub(crate) fn skip(&mut self, Skipped { origin, why, .. }: &Skipped) -> String {
        let line = match why {
            SkippedWhy::NestedArchive => {
                self.nested += 1;
                format!("not opened: {} is an archive inside an archive\n", escape(origin))
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
                let text =
                    format!("{} has the same content as {} and is not converted again", escape(origin), escape(other));
                self.warnings.push(("second-copy", text.clone()));
                format!("not read: {text}\n")
            }
            _ => {
                self.others += 1;
                *self.kinds.entry(why.kind()).or_default() += 1;
                format!("skipped: {} is not a mailbox\n", escape(origin))
            }
        };
        if self.listed.len() < LISTED {
            self.listed.push((origin.to_string(), why.to_string()));
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
            escape(Origin::file(archive)),
            named.join(", "),
        );
        self.warnings.push(("missing-parts", text));
    }

    /// How many warnings there are.
    pub(crate) fn warnings(&self) -> u64 {
        to_u64(self.warnings.len())
    }

    /// The warnings by kind, each with its number and all texts; the kinds in this style.
    pub(crate) fn write_warnings(&self, text: &mut String, style: Style) -> std::fmt::Result {
        for (kind, number) in self.warning_counts().into_iter().filter(|(_, number)| *number > 0) {
            writeln!(text, "    {style}{kind}{style:#} {}", grouped(number))?;
            for (_, warning) in self.warnings.iter().filter(|(of, _)| *of == kind) {
                writeln!(text, "      {warning}")?;
            }
        }
        Ok(())
    }

    fn warning_counts(&self) -> [(&'static str, u64); 2] {
        let number = |kind| to_u64(self.warnings.iter().filter(|(of, _)| *of == kind).count());
        ["missing-parts", "second-copy"].map(|kind| (kind, number(kind)))
    }

    /// What was skipped without a warning, a line for each kind.
    pub(crate) fn write(&self, text: &mut String) -> std::fmt::Result {
        if self.others > 0 {
            let are = if self.others == 1 { "is not a mailbox" } else { "are not mailboxes" };
            writeln!(text, "  Skipped {} that {are} (list with -v)", count(self.others, "file"))?;
            let mut kinds: Vec<_> = self.kinds.iter().collect();
            kinds.sort_by_key(|(kind, number)| (std::cmp::Reverse(**number), **kind));
            let kinds: Vec<String> =
                kinds.iter().map(|(kind, number)| format!("{} {kind}", grouped(**number))).collect();
            writeln!(text, "    {}", kinds.join(", "))?;
        }
        if self.nested > 0 {
            let archives = count(self.nested, "archive");
            writeln!(text, "  {archives} inside archives not opened; unpack them first (list with -v)")?;
        }
        if self.links > 0 {
            writeln!(text, "  {} not followed (list with -v)", count(self.links, "link"))?;
        }
        if self.special > 0 {
            writeln!(text, "  {} (pipes, devices) not read (list with -v)", count(self.special, "special file"))?;
        }
        Ok(())
    }

    /// Adds all of it to a summary in JSON.
    pub(crate) fn add_to(&self, object: &mut Value) {
        object["passed_over"] = json!(self.others);
        object["nested_archives"] = json!(self.nested);
        object["links"] = json!(self.links);
        let skipped = |(path, why): &(String, String)| json!({ "path": path, "why": why });
        object["skipped"] = self.listed.iter().map(skipped).collect();
        for (kind, number) in self.warning_counts() {
            object["warnings"][kind] = json!(number);
        }
    }
}

//! The result of a manifest check, for people.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Checked;
use crate::number::{count, grouped, plural, rate, size, time, to_u64};
use crate::terminal::{BAD, BOLD, GOOD, WARN, escape};

impl Checked {
    /// How it went, as the headline of a run.
    pub(crate) fn headline(&self, output: &Path, elapsed: Duration) -> String {
        let (style, word) = match (self.interrupted, self.differences.number) {
            (true, _) => (WARN, "Stopped"),
            (false, 0) => (GOOD, "Verified"),
            (false, number) if number == to_u64(self.differences.failed.len()) => (BAD, "Incomplete"),
            (false, _) => (BAD, "Verification failed"),
        };
        let found = self.numbers().into_iter().filter(|(number, _)| *number > 0);
        let found: Vec<String> = found.map(|(number, what)| format!("{} {what}", grouped(number))).collect();
        let files = match found.is_empty() {
            true => count(self.same, "file"),
            false => format!("{} of {}", grouped(self.same), count(self.same + self.lost(), "file")),
        };
        let found = if found.is_empty() { String::new() } else { format!("; {}", found.join(", ")) };
        let output = escape(output.display());
        let rate = rate(self.bytes, elapsed).map(|rate| format!(" ({rate})")).unwrap_or_default();
        let (bytes, time) = (size(self.bytes), time(elapsed));
        let verb = plural(self.same, "matches", "match");
        format!(
            "{style}{word}{style:#}: {files} in {output} {verb} the manifest{found}; {bytes} read in {time}{rate}\n"
        )
    }

    /// How many files should be there, and are not, or are different.
    fn lost(&self) -> u64 {
        to_u64(self.differences.missing.len() + self.differences.different.len())
    }

    /// What was found, in two lines.
    pub(crate) fn for_people<'p>(&self, manifests: impl IntoIterator<Item = &'p PathBuf>) -> String {
        let listed = self.numbers().into_iter().filter(|(number, what)| *number > 0 || !what.starts_with("failed"));
        let listed: Vec<String> = listed.map(|(number, what)| format!("{} {what}", grouped(number))).collect();
        let listed = listed.join(", ");
        let manifests: Vec<String> = manifests.into_iter().map(|path| escape(path.display()).to_string()).collect();
        let (manifests, rows) = (manifests.join(", "), count(self.rows, "row"));
        let number = grouped(self.differences.number);
        format!("  {BOLD}manifest{BOLD:#}  {manifests}, {rows}\n  {BOLD}differing{BOLD:#} {number}: {listed}\n")
    }

    /// A line for each difference: what it is, a tab, the path, and in what it differs after another tab.
    pub(crate) fn list(&self) -> String {
        let line = |(what, path, why): (&str, &str, &str)| {
            let tab = if why.is_empty() { "" } else { "\t" };
            format!("{what}\t{}{tab}{}\n", escape(path), escape(why))
        };
        self.lines().map(line).collect()
    }
}

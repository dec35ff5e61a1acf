//! What is in mailboxes, for people and for programs.

use std::fmt::{Result, Write as _};
use std::time::Duration;

use anstyle::Style;
use mbox2eml::report::{MailboxSummary, ProofCounts, Tally, WarningCounts};
use mbox2eml::sink::{Counter, Findings, LargeMessage, Statistics};
use mbox2eml::transform::Quoting;
use mbox2eml::{Conversion, RunEnd};
use serde_json::{Value, json};

use crate::failures::Failed;
use crate::folders;
use crate::importer::{Importer, limit};
use crate::number::{count, date, grouped, rate, size, time, to_u64};
use crate::omitted::Omitted;
use crate::reporter::Doubtful;
use crate::summary::{add_proof, mailbox_json, profile_in_words, proof_sum, totals_json, whole_story, write_two_dates};
use crate::terminal::escape;

/// What was found, and what else is needed to show it.
pub(crate) struct Inspection<'a> {
    pub(crate) done: &'a Conversion<Findings>,
    /// The importer that the messages are for, if one is named.
    pub(crate) importer: Option<&'a Importer>,
    pub(crate) doubtful: &'a [Doubtful],
    pub(crate) omitted: &'a Omitted,
    pub(crate) failed: &'a [Failed],
    /// The most messages to read of each mailbox.
    pub(crate) limit: Option<u64>,
    /// How many bodies match their signatures, if that was checked.
    pub(crate) proof: Option<ProofCounts>,
    pub(crate) elapsed: Duration,
    /// Whether everything is listed, however long.
    pub(crate) verbose: bool,
}

/// How many labels, senders and doubtful places are listed without `-v`.
const LISTED: usize = 12;

/// The longest bar of the years, in characters.
const BAR: u64 = 32;

impl Inspection<'_> {
    /// A page on each mailbox, and one on all together.
    pub(crate) fn for_people(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> Result {
        let Findings { mailboxes, total, .. } = &self.done.receipt;
        for (at, (summary, statistics)) in self.done.mailboxes.iter().zip(mailboxes).enumerate() {
            let words = [profile_in_words(summary.dialect), line_ends(statistics), quoting(statistics)];
            let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
            writeln!(text, "{}: {}", escape(&summary.origin), words.join(", "))?;
            self.write_statistics(text, statistics)?;
            write_left(text, summary)?;
            self.write_warnings(text, &summary.warnings, Some(at))?;
            writeln!(text)?;
        }
        if self.done.mailboxes.len() > 1 {
            writeln!(text, "all {} mailboxes", self.done.mailboxes.len())?;
            self.write_statistics(text, total)?;
            self.write_warnings(text, &self.done.warnings(), None)?;
            writeln!(text)?;
        }
        if let Some(proof) = self.proof {
            writeln!(text, "proof: {}", proof_sum(proof))?;
        }
        self.omitted.write_warnings(text, Style::new())?;
        folders::write_unmatched(text, &self.done.unmatched_labels, Style::new())?;
        self.omitted.write(text)?;
        if let Some(limit) = self.limit {
            writeln!(text, "  Limited to the first {} of each mailbox.", count(limit, "message"))?;
        }
        let bytes = self.done.bytes().input;
        let rate = rate(bytes, self.elapsed).map(|rate| format!(" ({rate})")).unwrap_or_default();
        let read = if self.done.ending == RunEnd::Complete { "read" } else { "read before it was stopped" };
        writeln!(text, "{} {read} in {}{rate}", size(bytes), time(self.elapsed))
    }

    fn write_statistics(&self, text: &mut String, statistics: &Statistics) -> Result {
        let Statistics { all, dates, undated, labels, senders, largest, .. } = statistics;
        writeln!(text, "  messages  {}", tally(*all))?;
        if let Some((first, last)) = dates {
            writeln!(text, "  received  {} to {}", date(*first), date(*last))?;
        }
        write_years(text, statistics)?;
        if undated.messages > 0 {
            writeln!(text, "    date unknown: {}", tally(*undated))?;
        }
        self.write_counts(text, "labels", labels)?;
        self.write_counts(text, "senders", senders)?;
        self.write_largest(text, largest)?;
        self.importer.map_or(Ok(()), |importer| write_objections(text, importer, statistics))
    }

    fn write_counts(&self, text: &mut String, what: &str, counter: &Counter) -> Result {
        let number = counter.iter().count();
        if number == 0 {
            return Ok(());
        }
        writeln!(text, "  {what:8}  {}", grouped(to_u64(number)))?;
        let listed = if self.verbose { number } else { LISTED };
        for (name, of) in counter.most_frequent(listed) {
            writeln!(text, "    {}: {}", escape(name), tally(of))?;
        }
        match (number.saturating_sub(listed), counter.others().messages) {
            (0, 0) => Ok(()),
            (0, others) => writeln!(text, "    and {} of others", count(others, "message")),
            (more, _) => writeln!(text, "    and {more} more (list with -v)"),
        }
    }

    fn write_largest(&self, text: &mut String, largest: &[LargeMessage]) -> Result {
        let listed = if self.verbose { largest.len() } else { 3 };
        for (at, large) in largest.iter().take(listed).enumerate() {
            let what = if at == 0 { "largest" } else { "" };
            let subject = large.subject.as_deref().map(|subject| format!(": {}", escape(subject))).unwrap_or_default();
            writeln!(
                text,
                "  {what:8}  {}, message {} (byte {}){subject}",
                size(large.bytes),
                large.message,
                large.offset
            )?;
        }
        Ok(())
    }

    /// The warnings, with the first doubtful boundaries of the mailbox; no places for the total.
    fn write_warnings(&self, text: &mut String, warnings: &WarningCounts, mailbox: Option<usize>) -> Result {
        for (kind, number) in warnings.iter() {
            writeln!(text, "  {kind}: {}", grouped(number))?;
        }
        let here: Vec<&Doubtful> = self.doubtful.iter().filter(|doubtful| Some(doubtful.mailbox) == mailbox).collect();
        let listed = if self.verbose { here.len() } else { LISTED };
        for Doubtful { warning, .. } in here.iter().take(listed) {
            writeln!(text, "    line {}, byte {}: {}", warning.position.line, warning.position.byte, warning.why)?;
        }
        match here.len().saturating_sub(listed) {
            0 => Ok(()),
            more => writeln!(text, "    and {more} more (list with -v)"),
        }
    }

    /// One JSON object: that of a conversion, and what was found.
    pub(crate) fn to_json(&self) -> Value {
        let done = self.done;
        let Findings { mailboxes, total, .. } = &done.receipt;
        let all: Vec<Value> = done
            .mailboxes
            .iter()
            .zip(mailboxes)
            .enumerate()
            .map(|(at, (summary, statistics))| {
                let mut mailbox = mailbox_json(summary);
                self.add_findings(&mut mailbox, statistics, Some(at));
                mailbox
            })
            .collect();
        let mut object = totals_json(done, self.elapsed, self.omitted, self.failed, all);
        self.add_findings(&mut object, total, None);
        add_proof(&mut object, self.proof);
        object["command"] = json!("inspect");
        object
    }

    fn add_findings(&self, object: &mut Value, statistics: &Statistics, mailbox: Option<usize>) {
        let Statistics { all, dates, undated, labels, senders, largest, line_stats, .. } = statistics;
        object["labels"] = labels.iter().map(|(name, tally)| (name.to_owned(), json!(tally.messages))).collect();
        object["dates"] = json!({
            "first": dates.map(|(first, _)| date(first)),
            "last": dates.map(|(_, last)| date(last)),
            "by_year": statistics.by_year().iter().map(|(year, tally)| (year.to_string(), json!(tally.messages))).collect::<Value>(),
            "unknown": undated.messages,
        });
        object["sizes"] = json!({
            "total": all.bytes,
            "largest": largest.iter().map(large_json).collect::<Value>(),
            "by_label": labels.iter().map(|(name, tally)| (name.to_owned(), json!(tally.bytes))).collect::<Value>(),
        });
        let frequent = senders.most_frequent(if self.verbose { usize::MAX } else { 100 });
        object["senders"] =
            frequent.into_iter().map(|(name, tally)| (name.to_owned(), json!(tally.messages))).collect();
        object["line_ends"] =
            json!({ "crlf": line_stats.crlf, "lf": line_stats.bare_lf(), "cr": line_stats.lone_cr() });
        let here = self.doubtful.iter().filter(|doubtful| mailbox.is_none_or(|mailbox| doubtful.mailbox == mailbox));
        object["doubtful"] = here.map(doubtful_json).collect();
        if let Some(importer) = self.importer {
            object["for"] = json!({
                "importer": importer.name,
                "archives_about": archives(importer, *all),
            });
        }
    }
}

/// A bar for each year, in proportion.
fn write_years(text: &mut String, statistics: &Statistics) -> Result {
    let by_year = statistics.by_year();
    let most = by_year.values().map(|tally| tally.messages).max().unwrap_or(1);
    let digits = grouped(most).len();
    for (year, tally) in by_year {
        let length = (tally.messages * BAR).div_ceil(most);
        let bar = "#".repeat(usize::try_from(length).unwrap_or(0));
        writeln!(text, "    {year}  {:>digits$}  {bar}", grouped(tally.messages))?;
    }
    Ok(())
}

/// What would be left behind, and why a mailbox could not be read to its end.
fn write_left(text: &mut String, summary: &MailboxSummary) -> Result {
    let MailboxSummary { messages, deleted, two_dates, error, .. } = summary;
    write_two_dates(text, *two_dates)?;
    if *deleted > 0 {
        writeln!(text, "  deleted   {} marked as deleted and not yet removed", count(*deleted, "message"))?;
    }
    if messages.filtered > *deleted {
        writeln!(text, "  filtered  {}", count(messages.filtered - deleted, "message"))?;
    }
    if messages.duplicates > 0 {
        writeln!(text, "  repeated  {}", count(messages.duplicates, "duplicate"))?;
    }
    if messages.known > 0 {
        writeln!(text, "  known     {}", count(messages.known, "message"))?;
    }
    match error {
        Some(error) => writeln!(text, "  damaged   {}", escape(whole_story(error))),
        None => Ok(()),
    }
}

/// What the importer would object to.
fn write_objections(text: &mut String, importer: &Importer, Statistics { all, largest, .. }: &Statistics) -> Result {
    let name = importer.name;
    if let Some(archives) = archives(importer, *all) {
        writeln!(text, "  for {name}: about {}", count(archives, "ZIP"))?;
    }
    match (importer.message_limit, largest.first()) {
        (Some(max), Some(large)) if large.bytes > max => {
            writeln!(text, "  for {name}: some messages are over {}, see too-large", limit(max))
        }
        (Some(max), _) => writeln!(text, "  for {name}: no message is over {}", limit(max)),
        (None, _) => Ok(()),
    }
}

/// About how many archives the importer would need if nothing could be compressed: messages are not cut, so it can be
/// one more here and there, and usually it is fewer.
fn archives(importer: &Importer, all: Tally) -> Option<u64> {
    let by_size = importer.zip_max_size.map(|max| all.bytes.div_ceil(max));
    let by_entries = importer.zip_max_entries.map(|max| all.messages.div_ceil(max));
    by_size.max(by_entries)
}

/// Which quoting is undone in its messages.
fn quoting(Statistics { quotings, .. }: &Statistics) -> &'static str {
    match quotings.as_slice() {
        [] => "",
        [Quoting::Mboxrd] => "quoted as mboxrd",
        [Quoting::Mboxo] => "quoted as mboxo",
        [Quoting::None] => "not quoted",
        _ => "quoted in part",
    }
}

fn line_ends(Statistics { line_stats, .. }: &Statistics) -> &'static str {
    match (line_stats.crlf > 0, line_stats.bare_lf() > 0, line_stats.lone_cr() > 0) {
        (true, false, _) => "lines end in CRLF",
        (false, true, _) => "lines end in LF",
        (true, true, _) => "lines end in CRLF and LF",
        (false, false, true) => "lines end in CR",
        (false, false, false) => "",
    }
}

fn tally(Tally { messages, bytes, .. }: Tally) -> String {
    format!("{}, {}", grouped(messages), size(bytes))
}

fn large_json(large: &LargeMessage) -> Value {
    json!({ "bytes": large.bytes, "message": large.message, "offset": large.offset, "subject": large.subject })
}

fn doubtful_json(Doubtful { origin, warning, .. }: &Doubtful) -> Value {
    let position = warning.position;
    json!({
        "input": origin.to_string(), "message": position.message, "offset": position.byte, "line": position.line,
        "kind": warning.kind.as_str(), "why": warning.why,
    })
}

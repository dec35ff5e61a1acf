//! What is in mailboxes, for people.

use std::fmt::{Result, Write as _};

use anstream::adapter::strip_str;
use mbox2eml::RunEnd;
use mbox2eml::report::{MessageCounts, Tally};
use mbox2eml::sink::{Counter, LargeMessage, Statistics};
use mbox2eml::transform::Quoting;

use super::{Found, Import, InspectedMailbox, Inspection, Refusals};
use crate::manifest::ManifestReport;
use crate::number::{count, date, grouped, rate, size, time, to_u64};
use crate::summary::{
    Mailbox, Run, profile_in_words, proof_sum, sampled, write_mailboxes, write_two_dates, write_warnings,
};
use crate::terminal::escape;
use crate::vault::Vault;

/// How many labels and senders are listed without `-v`.
const LISTED: usize = 12;

/// The longest bar of the years, in characters.
const BAR: u64 = 32;

impl Inspection<'_> {
    /// A page on each mailbox, or a line if there are several, and one on all together.
    pub(crate) fn for_people(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text);
        // It goes to standard output, where a file may be.
        strip_str(&text).to_string()
    }

    fn write(&self, text: &mut String) -> Result {
        let Run { mailboxes, bytes, elapsed, ending, sample, verbose, .. } = &self.run;
        if mailboxes.is_empty() && !self.run.failed.is_empty() {
            // Nothing could be read, as the errors say.
            return Ok(());
        }
        let is_one = mailboxes.len() == 1;
        if *verbose || is_one {
            for InspectedMailbox { mailbox, found } in mailboxes {
                let Mailbox { input, dialect, .. } = mailbox;
                let words = [profile_in_words(*dialect), line_ends(found.statistics), quoting(found.statistics)];
                let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
                writeln!(text, "{}: {}", escape(input), words.join(", "))?;
                found.write(text, &mailbox.messages, false, *verbose)?;
                write_left(text, mailbox)?;
                if !is_one {
                    self.write_warnings_of(text, mailbox)?;
                }
            }
        }
        if !is_one {
            let all: Vec<&Mailbox> = mailboxes.iter().map(|mailbox| &mailbox.mailbox).collect();
            write_mailboxes(text, &all, None)?;
            writeln!(text, "all {} mailboxes", grouped(to_u64(mailboxes.len())))?;
            self.found.write(text, &self.run.messages, true, *verbose)?;
        }
        if let Some(proof) = self.run.proof {
            writeln!(text, "  proof     {}", proof_sum(proof))?;
        }
        for line in self.run.vault.iter().flat_map(Vault::lines) {
            writeln!(text, "  vault     {line}")?;
        }
        self.run.write_warnings(text, *verbose)?;
        self.run.omitted.write(text, *verbose)?;
        self.run.write_sources(text)?;
        if let Some(ManifestReport::Written { path, .. }) = &self.manifest {
            writeln!(text, "  manifest  {}", escape(path.0.display()))?;
        }
        if let Some(sampled) = sampled(*sample) {
            writeln!(text, "  {sampled}")?;
        }
        let rate = rate(bytes.input, *elapsed).map(|rate| format!(" ({rate})")).unwrap_or_default();
        let read = if *ending == RunEnd::Complete { "read" } else { "read before it was stopped" };
        writeln!(text, "{} {read} in {}{rate}", size(bytes.input), time(*elapsed))
    }

    /// The warnings of one of several mailboxes.
    fn write_warnings_of(&self, text: &mut String, Mailbox { input, warnings, .. }: &Mailbox) -> Result {
        let is_here = |input_of: &Option<String>| input_of.as_ref() == Some(input);
        let here = self.run.first_warnings.iter().filter(|warned| is_here(&warned.input));
        let here: Vec<_> = here.cloned().collect();
        write_warnings(text, warnings, &here, usize::MAX, self.run.verbose)?;
        writeln!(text)
    }
}

impl Found<'_> {
    /// What was found in a mailbox, or in several.
    fn write(&self, text: &mut String, counts: &MessageCounts, several: bool, verbose: bool) -> Result {
        let Statistics { all, dates, undated, labels, senders, largest, .. } = self.statistics;
        match (counts.found, counts.failed) {
            (_, 0) => writeln!(text, "  messages  {}", tally(*all))?,
            (found, failed) => {
                let (found, failed) = (grouped(found), grouped(failed));
                writeln!(
                    text,
                    "  messages  {found} found, {failed} failed; {} read, {}",
                    grouped(all.messages),
                    size(all.bytes)
                )?;
            }
        }
        if let Some((first, last)) = dates {
            writeln!(text, "  received  {} to {}", date(*first), date(*last))?;
        }
        self.write_years(text)?;
        if undated.messages > 0 {
            writeln!(text, "    date unknown: {}", tally(*undated))?;
        }
        write_counts(text, "labels", labels, verbose)?;
        write_counts(text, "senders", senders, verbose)?;
        write_largest(text, largest, several, verbose)?;
        self.importer.as_ref().map_or(Ok(()), |import| import.write(text))
    }

    /// A bar for each year, in proportion.
    fn write_years(&self, text: &mut String) -> Result {
        let by_year = &self.dates.by_year;
        let most = by_year.values().copied().max().unwrap_or(1);
        let digits = grouped(most).len();
        for (year, messages) in by_year {
            let length = (messages * BAR).div_ceil(most);
            let bar = "#".repeat(usize::try_from(length).unwrap_or(0));
            writeln!(text, "    {year}  {:>digits$}  {bar}", grouped(*messages))?;
        }
        Ok(())
    }
}

fn write_counts(text: &mut String, what: &str, counter: &Counter, verbose: bool) -> Result {
    let number = counter.iter().count();
    if number == 0 {
        return Ok(());
    }
    writeln!(text, "  {what:8}  {}", grouped(to_u64(number)))?;
    let listed = if verbose { number } else { LISTED };
    for (name, of) in counter.most_frequent(listed) {
        writeln!(text, "    {}: {}", escape(name), tally(of))?;
    }
    match (number.saturating_sub(listed), counter.others().messages) {
        (0, 0) => Ok(()),
        (0, others) => writeln!(text, "    and {} of others", count(others, "message")),
        (more, _) => writeln!(text, "    and {} more (list with -v)", grouped(to_u64(more))),
    }
}

/// The largest messages; those of several mailboxes with the names of these.
fn write_largest(text: &mut String, largest: &[LargeMessage], several: bool, verbose: bool) -> Result {
    let listed = if verbose { largest.len() } else { 3 };
    for (at, large) in largest.iter().take(listed).enumerate() {
        let what = if at == 0 { "largest" } else { "" };
        let subject = large.subject.as_deref().map(|subject| format!(": {}", escape(subject))).unwrap_or_default();
        let mailbox = if several { format!(" of {}", escape(&large.mailbox)) } else { String::new() };
        let LargeMessage { bytes, message, offset, .. } = large;
        writeln!(text, "  {what:8}  {}, message {message} (byte {offset}){mailbox}{subject}", size(*bytes))?;
    }
    Ok(())
}

/// What would be left behind, and why a mailbox could not be read to its end.
fn write_left(text: &mut String, mailbox: &Mailbox) -> Result {
    let Mailbox { messages, deleted, two_dates, error, .. } = mailbox;
    let MessageCounts { filtered, duplicates, known, .. } = *messages;
    write_two_dates(text, *two_dates)?;
    if *deleted > 0 {
        writeln!(text, "  deleted   {} marked as deleted and not yet removed", count(*deleted, "message"))?;
    }
    if filtered > *deleted {
        writeln!(text, "  filtered  {}", count(filtered - deleted, "message"))?;
    }
    if duplicates > 0 {
        writeln!(text, "  repeated  {}", count(duplicates, "duplicate"))?;
    }
    if known > 0 {
        writeln!(text, "  known     {}", count(known, "message"))?;
    }
    match error {
        Some(error) => writeln!(text, "  damaged   {}", escape(error)),
        None => Ok(()),
    }
}

impl Import {
    fn write(&self, text: &mut String) -> Result {
        let name = self.importer;
        if let Some(archives) = self.archives_about {
            writeln!(text, "  for {name}: about {}", count(archives, "ZIP"))?;
        }
        let Refusals(reasons) = &self.may_refuse;
        let mut reasons = reasons.iter().filter(|(_, number, _)| *number > 0).peekable();
        if reasons.peek().is_none() {
            return writeln!(text, "  for {name}: nothing found that it may refuse");
        }
        writeln!(text, "  for {name}: these may be refused (see the warnings below)")?;
        for (kind, number, why) in reasons {
            writeln!(text, "    {kind} {}: {why}", grouped(*number))?;
        }
        Ok(())
    }
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

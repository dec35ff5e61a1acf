//! The summary of a run, for people.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mbox2eml::RunEnd;
use mbox2eml::report::{ByteCounts, MailboxSummary, MessageCounts, ProofCounts};
use mbox2eml::select::Sample;
use mbox2eml::split::Dialect;

use super::warnings::write_warnings;
use super::{Different, FileKind, Mailbox, Purpose, Run, ShownPath, Summary, table};
use crate::earlier::{self, Evidence};
use crate::folders;
use crate::manifest::ManifestReport;
use crate::number::{count, grouped, plural, rate, size, time, to_u64};
use crate::terminal::{BAD, BOLD, GOOD, WARN, escape};
use crate::vault::Vault;

/// How many warnings of each kind are listed without `-v`.
const PLACES: usize = 3;

impl<M> Run<M> {
    /// The hash of the file that was read, or how many were hashed.
    pub(crate) fn write_sources(&self, text: &mut String) -> std::fmt::Result {
        let hashes = self.sources.iter().flatten().filter_map(|source| source.sha256.as_deref());
        match (&*hashes.clone().take(2).collect::<Vec<_>>(), hashes.count()) {
            ([], _) => Ok(()),
            ([hash], _) => writeln!(text, "  {BOLD}source{BOLD:#}    SHA-256 {hash}"),
            (_, number) => writeln!(text, "  {BOLD}sources{BOLD:#}   {} hashed", count(to_u64(number), "file")),
        }
    }
}

impl Summary {
    /// The summary as text.
    pub(crate) fn for_people(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let Run { messages, bytes, ref mailboxes, ref omitted, several, verbose, ending, .. } = self.run;
        writeln!(text, "{}", self.headline())?;
        if let ([mailbox], false) = (&**mailboxes, several) {
            let Mailbox { input, dialect, .. } = mailbox;
            writeln!(text, "  {BOLD}mailbox{BOLD:#}   {}, {}", escape(input), profile_in_words(*dialect))?;
        }
        writeln!(text, "  {BOLD}messages{BOLD:#}  {}", message_sum(&messages, self.run.differing, self.purpose))?;
        writeln!(text, "  {BOLD}bytes{BOLD:#}     {}", byte_sum(&bytes))?;
        self.write_made(text)?;
        table::write_mailboxes(text, mailboxes, self.purpose, verbose)?;
        if self.purpose != Purpose::Verify {
            let name = |folder: &str| match self.kind {
                FileKind::Mailbox(tree) => tree.mailbox(folder).to_string(),
                FileKind::Message | FileKind::Archive => format!("{folder}/"),
            };
            folders::write_folders(text, &self.folders, name, verbose)?;
        }
        if let Some(proof) = self.run.proof {
            writeln!(text, "  {BOLD}proof{BOLD:#}     {}", proof_sum(proof))?;
        }
        for line in self.run.vault.iter().flat_map(Vault::lines) {
            writeln!(text, "  {BOLD}vault{BOLD:#}     {line}")?;
        }
        self.run.write_warnings(text, false)?;
        if self.run.deleted > 0 {
            let deleted = count(self.run.deleted, "message");
            let (were, them) = (plural(self.run.deleted, "was", "were"), plural(self.run.deleted, "it", "them"));
            writeln!(text, "  {deleted} marked as deleted {were} skipped (--deleted keep writes {them})")?;
        }
        write_two_dates(text, self.run.two_dates)?;
        omitted.write(text, verbose)?;
        if self.dry_run {
            writeln!(text, "  Nothing was written.")?;
        }
        if let Some(sampled) = sampled(self.run.sample) {
            writeln!(text, "  {sampled}")?;
        }
        match (ending, &self.files) {
            (RunEnd::Cancelled, Some(_)) => {
                writeln!(
                    text,
                    "  Only finished {} are kept. Run the same command again to make the others.",
                    self.kind.plural()
                )?;
            }
            (RunEnd::Cancelled, None) => {
                writeln!(text, "  Everything written so far is complete. Run the same command again to continue.")?;
            }
            (RunEnd::OutputFailed, Some(_)) => {
                writeln!(text, "  Unfinished {} were removed; their messages count as failed.", self.kind.plural())?;
            }
            _ => {}
        }
        self.run.write_sources(text)?;
        self.write_manifest(text)?;
        if let Some(bag) = &self.bag {
            writeln!(text, "  {BOLD}bag{BOLD:#}       {}", bag.sentence())?;
        }
        match &self.next {
            Some(next) => writeln!(text, "  {BOLD}next{BOLD:#}      {}", escape(next)),
            None => Ok(()),
        }
    }

    fn write_manifest(&self, text: &mut String) -> std::fmt::Result {
        match &self.manifest {
            Some(ManifestReport::Written { path, complete: true }) => {
                writeln!(text, "  {BOLD}manifest{BOLD:#}  {}", escape(path.0.display()))
            }
            Some(ManifestReport::Checked { path, others, checked }) => {
                let paths = std::iter::once(path).chain(others).map(|ShownPath(path)| path);
                text.write_str(&checked.for_people(paths))
            }
            _ => Ok(()),
        }
    }

    fn write_made(&self, text: &mut String) -> std::fmt::Result {
        if let Some(differences) = &self.differences {
            let listed =
                kinds(differences).map(|(number, what)| format!("{} {what}", grouped(to_u64(number)))).join(", ");
            writeln!(text, "  {BOLD}differing{BOLD:#} {}: {listed}", grouped(differences.number))?;
            let hint = other_format(&self.run, &self.output.0)
                .or_else(|| other_options(&self.run, differences.number, &self.output.0));
            if let Some(hint) = hint {
                writeln!(text, "  {hint}")?;
            }
        }
        let Some(files) = self.files.as_deref() else { return Ok(()) };
        let what = self.kind.heading(files.len() == 1);
        match (files, self.kind) {
            ([], _) => writeln!(text, "  {BOLD}{what:8}{BOLD:#}  none"),
            ([only], _) => writeln!(text, "  {BOLD}{what:8}{BOLD:#}  {}", with_size(only)),
            ([first, .., last], FileKind::Archive) => {
                let number = grouped(to_u64(files.len()));
                writeln!(text, "  {BOLD}{what:8}{BOLD:#}  {number}: {} to {}", with_size(first), with_size(last))
            }
            (files, _) => {
                let sizes = files.iter().filter_map(|ShownPath(path)| fs::metadata(path).ok());
                let bytes = size(sizes.map(|metadata| metadata.len()).sum());
                writeln!(text, "  {BOLD}{what:8}{BOLD:#}  {}, {bytes}", count(to_u64(files.len()), "mailbox"))
            }
        }
    }

    fn headline(&self) -> String {
        let Run { messages, bytes, elapsed, ending, .. } = self.run;
        let has_failures = !self.run.failed.is_empty();
        let (style, word) = match ending {
            RunEnd::Cancelled => (WARN, "Stopped"),
            RunEnd::OutputFailed => (BAD, "Aborted"),
            _ if self.differences.as_ref().is_some_and(|differences| differences.number > 0) => {
                (BAD, "Verification failed")
            }
            _ if has_failures && self.purpose == Purpose::Verify => (BAD, "Incomplete"),
            _ if self.run.is_lost => (BAD, "Failed"),
            _ if has_failures && self.purpose == Purpose::DryRun => (WARN, "Dry run, with failures"),
            _ if has_failures => (WARN, "Done, with failures"),
            _ => match self.purpose {
                Purpose::DryRun => (GOOD, "Dry run"),
                Purpose::Verify => (GOOD, "Verified"),
                Purpose::Convert | Purpose::Pack => (GOOD, "Done"),
            },
        };
        let (number, what) = match self.purpose {
            Purpose::DryRun => (messages.written, "would be written to"),
            Purpose::Verify => (messages.already_there, plural(messages.already_there, "matches in", "match in")),
            Purpose::Convert | Purpose::Pack => (messages.written, "written to"),
        };
        let failures = (self.purpose == Purpose::Verify && has_failures)
            .then(|| format!("{} failed", count(to_u64(self.run.failed.len()), "input")));
        let found: String = self.findings().into_iter().chain(failures).map(|found| format!("; {found}")).collect();
        let whole = if self.purpose == Purpose::Verify { self.run.expected() } else { messages.found };
        let messages = match found.is_empty() {
            true => count(number, "message"),
            false => format!("{} of {}", grouped(number), count(whole, "message")),
        };
        let output = escape(self.output.0.display());
        let (size, time) = (size(bytes.input), time(elapsed));
        let rate = rate(bytes.input, elapsed).map(|rate| format!(" ({rate})")).unwrap_or_default();
        format!("{style}{word}{style:#}: {messages} {what} {output}{found}; {size} read in {time}{rate}")
    }

    /// What a comparison found, in a few words; `None` if nothing differs.
    fn findings(&self) -> Option<String> {
        let differences = self.differences.as_ref().filter(|differences| differences.number > 0)?;
        let found = kinds(differences).into_iter().filter(|(number, _)| *number > 0);
        let found: Vec<String> = found.map(|(number, what)| format!("{} {what}", grouped(to_u64(number)))).collect();
        Some(found.join(", "))
    }
}

impl FileKind {
    /// What many of them are called.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Message => "files",
            Self::Archive => "ZIPs",
            Self::Mailbox(_) => "mailboxes",
        }
    }

    /// The heading of a line about them. The mailboxes that were read have one of their own.
    fn heading(self, is_one: bool) -> &'static str {
        match (self, is_one) {
            (Self::Archive, true) => "archive",
            (Self::Archive, false) => "archives",
            (Self::Message | Self::Mailbox(_), true) => "file",
            (Self::Message | Self::Mailbox(_), false) => "files",
        }
    }
}

/// How many differences of each kind are listed.
fn kinds(Different { missing, different, extra, .. }: &Different) -> [(usize, &'static str); 3] {
    [(missing.len(), "missing"), (different.len(), "different"), (extra.len(), "extra")]
}

impl<M> Run<M> {
    /// How many warnings there are, and the first ones of each kind, or all that are kept.
    pub(crate) fn write_warnings(&self, text: &mut String, all: bool) -> std::fmt::Result {
        let Self { warnings, first_warnings, verbose, .. } = self;
        match warnings.total() {
            0 => writeln!(text, "  {BOLD}warnings{BOLD:#}  none"),
            total => {
                writeln!(text, "  {BOLD}warnings{BOLD:#}  {}", grouped(total))?;
                write_warnings(text, warnings, first_warnings, if all { usize::MAX } else { PLACES }, *verbose)
            }
        }
    }
}

/// A hint if everything is missing since the output was written in another format.
fn other_format<M>(run: &Run<M>, output: &Path) -> Option<String> {
    if run.expected() == 0 || run.differing < run.expected() {
        return None;
    }
    let format = run.options["format"].as_str().unwrap_or("eml");
    let hint = earlier::other_format(format, output)?;
    Some(format!("This output {hint}."))
}

/// A hint if nearly everything is missing and about as much is extra: the output was probably written with other options.
fn other_options<M>(run: &Run<M>, differences: u64, output: &Path) -> Option<String> {
    let extra = differences.saturating_sub(run.differing);
    let is_most = |part: u64, of: u64| of > 0 && part >= of - of / 10;
    if !is_most(run.differing, run.expected()) || !is_most(extra, run.differing) {
        return None;
    }
    let evidence = match earlier::evidence(output) {
        Some(Evidence::Summary(path)) => {
            format!("{} is the summary of such a run: use it with --like", escape(path.display()))
        }
        Some(Evidence::Manifest(path)) => {
            format!(
                "{} is the manifest of such a run and lists the paths: use verify --manifest",
                escape(path.display())
            )
        }
        None => {
            "its summary has them (--like SUMMARY.json), and its manifest has the paths (verify --manifest)".to_owned()
        }
    };
    Some(format!(
        "Nearly everything is missing, and about as many files are extra: the output was probably written with other\n  \
         options; {evidence}."
    ))
}

/// How many bodies match their signatures, in one line.
pub(crate) fn proof_sum(ProofCounts { matched, mismatched, unsigned, .. }: ProofCounts) -> String {
    let [matched, mismatched, unsigned] = [matched, mismatched, unsigned].map(grouped);
    format!("{matched} matched + {mismatched} mismatched + {unsigned} unsigned")
}

/// A file with its size.
fn with_size(ShownPath(path): &ShownPath) -> String {
    let bytes = fs::metadata(path).map(|metadata| format!(" ({})", size(metadata.len())));
    format!("{}{}", escape(path.display()), bytes.unwrap_or_default())
}

/// One line about one of several mailboxes.
pub(crate) fn mailbox_line(mailbox: &MailboxSummary, differing: u64, purpose: Purpose) -> String {
    let mut line = format!("{}: {}", escape(&mailbox.origin), message_sum(&mailbox.messages, differing, purpose));
    match mailbox.warnings.total() {
        0 => {}
        warnings => line = format!("{line}; {WARN}{}{WARN:#}", count(warnings, "warning")),
    }
    if mailbox.error.is_some() {
        line = format!("{line}; {BAD}not read to the end{BAD:#}");
    }
    line.push('\n');
    line
}

/// `found = written + …`, without the terms that are zero.
fn message_sum(messages: &MessageCounts, differing: u64, purpose: Purpose) -> String {
    let (written, there) = match purpose {
        Purpose::Convert => ("written", "already there"),
        Purpose::Pack => ("packed", "already there"),
        Purpose::DryRun => ("to be written", "already there"),
        Purpose::Verify => ("written", "the same"),
    };
    let mut terms = [
        (messages.written, written),
        (messages.already_there, there),
        (messages.duplicates, plural(messages.duplicates, "duplicate", "duplicates")),
        (messages.known, "known"),
        (messages.filtered, "filtered"),
        (messages.failed.saturating_sub(differing), "failed"),
        (differing, "missing or different"),
    ];
    if purpose == Purpose::Verify {
        // The first term is always shown, and verify writes nothing.
        terms.swap(0, 1);
    }
    let listed: Vec<String> = terms
        .iter()
        .enumerate()
        .filter(|(place, (number, _))| *place == 0 || *number > 0)
        .map(|(_, (number, what))| format!("{} {what}", grouped(*number)))
        .collect();
    format!("{} found = {}", grouped(messages.found), listed.join(" + "))
}

fn byte_sum(bytes: &ByteCounts) -> String {
    format!(
        "{} read = {} preamble + {} From_ lines + {} messages + {} separators",
        grouped(bytes.input),
        grouped(bytes.preamble),
        grouped(bytes.from_lines),
        grouped(bytes.messages),
        grouped(bytes.separators),
    )
}

pub(crate) fn profile_in_words(profile: Option<Dialect>) -> &'static str {
    match profile {
        None => "empty",
        Some(Dialect::GoogleTakeout) => "a Google Takeout",
        Some(Dialect::GoogleVault) => "a Google Vault export",
        Some(Dialect::Thunderbird) => "written by Thunderbird",
        Some(Dialect::PublicInbox) => "written by public-inbox",
        Some(Dialect::Pipermail) => "a Mailman archive",
        Some(Dialect::Git) => "git patches",
        Some(Dialect::Mbox2eml) => "written by mbox2eml",
        Some(_) => "an mbox",
    }
}

/// That only some messages of each mailbox were read, if so.
pub(crate) fn sampled(sample: Sample) -> Option<String> {
    match sample {
        Sample::First(1) => Some("Limited to the first matching message of each mailbox.".to_owned()),
        Sample::First(limit) => {
            Some(format!("Limited to the first {} matching messages of each mailbox.", grouped(limit)))
        }
        Sample::Evenly(number) => Some(format!("A sample of {} of each mailbox.", count(number, "message"))),
        _ => None,
    }
}

/// How many messages were copied or moved long after they had been received, if any.
pub(crate) fn two_dates(messages: u64) -> Option<String> {
    let have = plural(messages, "has", "have");
    let of = count(messages, "message");
    (messages > 0)
        .then(|| format!("{of} {have} a From_ line more than a day away from Received; the older date was used"))
}

/// The same as a line.
pub(crate) fn write_two_dates(text: &mut String, messages: u64) -> std::fmt::Result {
    two_dates(messages).map_or(Ok(()), |sentence| writeln!(text, "  {sentence}"))
}

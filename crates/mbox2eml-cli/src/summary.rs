//! What a run has done, for people and for programs.

use std::error::Error as _;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mbox2eml::report::{ByteCounts, MailboxSummary, MessageCounts, WarningCounts, WarningKind};
use mbox2eml::split::Profile;
use mbox2eml::{Conversion, Ending, Error};
use serde_json::{Value, json};

use crate::number::{count, grouped, rate, size, time};
use crate::terminal::{BAD, BOLD, GOOD, ODD, escape};

/// What the summary needs to know beyond the books.
pub(crate) struct Summary<'a> {
    pub(crate) output: &'a Path,
    /// The finished archives, if the output is one.
    pub(crate) files: Option<&'a [PathBuf]>,
    pub(crate) dry_run: bool,
    pub(crate) several: bool,
    /// How many messages of each mailbox were to be read at most.
    pub(crate) limit: Option<u64>,
    /// How many files in folders and archives were no mailboxes.
    pub(crate) passed_over: u64,
    pub(crate) elapsed: Duration,
    /// The first places at which warnings of a sort were met.
    pub(crate) places: &'a dyn Fn(WarningKind) -> Vec<String>,
}

impl Summary<'_> {
    /// A few lines that a person enjoys reading.
    pub(crate) fn for_people<R>(&self, done: &Conversion<R>) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, done);
        text
    }

    fn write<R>(&self, text: &mut String, done: &Conversion<R>) -> std::fmt::Result {
        let (messages, bytes) = (done.messages(), done.bytes());
        writeln!(text, "{}", self.headline(done))?;
        if let ([mailbox], false) = (&*done.mailboxes, self.several) {
            writeln!(
                text,
                "  {BOLD}mailbox{BOLD:#}   {}, {}",
                escape(&mailbox.origin),
                profile_in_words(mailbox.profile)
            )?;
        }
        writeln!(text, "  {BOLD}messages{BOLD:#}  {}", message_sum(&messages, self.dry_run))?;
        writeln!(text, "  {BOLD}bytes{BOLD:#}     {}", byte_sum(&bytes))?;
        self.write_files(text)?;
        self.write_warnings(text, &done.warnings())?;
        let deleted: u64 = done.mailboxes.iter().map(|mailbox| mailbox.deleted).sum();
        if deleted > 0 {
            let were = if deleted == 1 { "was" } else { "were" };
            writeln!(
                text,
                "  {} marked as deleted {were} left behind; --deleted keep takes them",
                count(deleted, "message")
            )?;
        }
        if self.passed_over > 0 {
            let (files, they) = match self.passed_over {
                1 => ("1 other file was".to_owned(), "it holds"),
                number => (format!("{} other files were", grouped(number)), "they hold"),
            };
            writeln!(text, "  {files} passed over, since {they} no mailbox; -v names them")?;
        }
        if self.dry_run {
            writeln!(text, "  Nothing was written, and what may be there already was not looked at.")?;
        }
        if let Some(limit) = self.limit {
            writeln!(
                text,
                "  Only the first {} of each mailbox, as asked; the rest was not read.",
                count(limit, "message")
            )?;
        }
        if done.ending != Ending::Complete && self.files.is_some() {
            writeln!(text, "  What was not finished is removed again, and its messages count as failed.")?;
        }
        if done.ending == Ending::Cancelled {
            writeln!(text, "  What was written is whole. Run the same command again to continue.")?;
        }
        Ok(())
    }

    fn write_files(&self, text: &mut String) -> std::fmt::Result {
        let Some(files) = self.files else { return Ok(()) };
        let number = u64::try_from(files.len()).unwrap_or(u64::MAX);
        match files {
            [] => writeln!(text, "  {BOLD}archives{BOLD:#}  none"),
            [only] => writeln!(text, "  {BOLD}archive{BOLD:#}   {}", archive(only)),
            [first, .., last] => {
                writeln!(text, "  {BOLD}archives{BOLD:#}  {}: {} to {}", grouped(number), archive(first), archive(last))
            }
        }
    }

    fn headline<R>(&self, done: &Conversion<R>) -> String {
        let (messages, bytes) = (done.messages(), done.bytes());
        let (style, word) = match done.ending {
            Ending::Cancelled => (ODD, "Stopped"),
            Ending::OutputFailed => (BAD, "Given up"),
            _ if done.has_failures() && messages.written + messages.already_there == 0 => (BAD, "Failed"),
            _ if done.has_failures() => (ODD, "Done, with failures"),
            _ if self.dry_run => (GOOD, "Dry run"),
            _ => (GOOD, "Done"),
        };
        let would = if self.dry_run { "would be written" } else { "written" };
        let written = count(messages.written, "message");
        let output = escape(self.output.display());
        let (size, time) = (size(bytes.input), time(self.elapsed));
        let rate = rate(bytes.input, self.elapsed).map(|rate| format!(" ({rate})")).unwrap_or_default();
        format!("{style}{word}{style:#}: {written} {would} to {output}; {size} read in {time}{rate}")
    }

    fn write_warnings(&self, text: &mut String, warnings: &WarningCounts) -> std::fmt::Result {
        if warnings.total() == 0 {
            return writeln!(text, "  {BOLD}warnings{BOLD:#}  none");
        }
        writeln!(text, "  {BOLD}warnings{BOLD:#}  {}", grouped(warnings.total()))?;
        for (kind, number) in warnings.iter() {
            writeln!(text, "    {ODD}{}{ODD:#} {}", kind.as_str(), grouped(number))?;
            let places = (self.places)(kind);
            for place in &places {
                writeln!(text, "      {place}")?;
            }
            let told = u64::try_from(places.len()).unwrap_or(u64::MAX);
            if number > told {
                writeln!(text, "      and {} more; -v tells them all", grouped(number - told))?;
            }
        }
        Ok(())
    }

    /// One JSON object, with a line end.
    pub(crate) fn as_json<R>(&self, done: &Conversion<R>) -> String {
        let mut object = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "output": self.output.to_string_lossy(),
            "dry_run": self.dry_run,
            "complete": done.ending == Ending::Complete,
            "seconds": self.elapsed.as_secs_f64(),
            "mailboxes": done.mailboxes.iter().map(mailbox_json).collect::<Vec<_>>(),
            "passed_over": self.passed_over,
            "unopened": done.unopened.iter().map(whole_story).collect::<Vec<_>>(),
            "messages": messages_json(&done.messages()),
            "bytes": bytes_json(&done.bytes()),
            "warnings": warnings_json(&done.warnings()),
        });
        if let (Some(files), Some(object)) = (self.files, object.as_object_mut()) {
            let files = files.iter().map(|file| json!(file.to_string_lossy())).collect();
            object.insert("files".to_owned(), files);
        }
        format!("{object}\n")
    }
}

/// An archive with its size.
fn archive(path: &Path) -> String {
    let bytes = fs::metadata(path).map(|metadata| format!(" ({})", size(metadata.len())));
    format!("{}{}", escape(path.display()), bytes.unwrap_or_default())
}

/// One line about one of several mailboxes.
pub(crate) fn mailbox_line(mailbox: &MailboxSummary, dry_run: bool) -> String {
    let mut line = format!("{}: {}", escape(&mailbox.origin), message_sum(&mailbox.messages, dry_run));
    match mailbox.warnings.total() {
        0 => {}
        warnings => line = format!("{line}; {ODD}{}{ODD:#}", count(warnings, "warning")),
    }
    if mailbox.error.is_some() {
        line = format!("{line}; {BAD}not read to its end{BAD:#}");
    }
    line.push('\n');
    line
}

/// `found = written + …`, without the terms that are nothing.
fn message_sum(messages: &MessageCounts, dry_run: bool) -> String {
    let terms = [
        (messages.written, if dry_run { "to be written" } else { "written" }),
        (messages.already_there, "already there"),
        (messages.duplicates, "duplicates"),
        (messages.filtered, "filtered"),
        (messages.failed, "failed"),
    ];
    let told: Vec<String> = terms
        .iter()
        .enumerate()
        .filter(|(place, (number, _))| *place == 0 || *number > 0)
        .map(|(_, (number, what))| format!("{} {what}", grouped(*number)))
        .collect();
    format!("{} found = {}", grouped(messages.found), told.join(" + "))
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

fn profile_in_words(profile: Option<Profile>) -> &'static str {
    match profile {
        None => "empty",
        Some(Profile::GoogleTakeout) => "a Google Takeout",
        Some(Profile::GoogleVault) => "a Google Vault export",
        Some(Profile::Thunderbird) => "written by Thunderbird",
        Some(Profile::PublicInbox) => "written by public-inbox",
        Some(Profile::Pipermail) => "a Mailman archive",
        Some(Profile::Git) => "patches of git",
        Some(_) => "an mbox",
    }
}

fn mailbox_json(mailbox: &MailboxSummary) -> Value {
    json!({
        "input": mailbox.origin.to_string(),
        "folder": mailbox.folder.as_str(),
        "profile": mailbox.profile.map_or("empty", Profile::as_str),
        "messages": messages_json(&mailbox.messages),
        "deleted": mailbox.deleted,
        "bytes": bytes_json(&mailbox.bytes),
        "warnings": warnings_json(&mailbox.warnings),
        "error": mailbox.error.as_ref().map(whole_story),
    })
}

/// An error with all that led to it.
fn whole_story(error: &Error) -> String {
    let mut story = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        story = format!("{story}: {source}");
        cause = source.source();
    }
    story
}

fn messages_json(messages: &MessageCounts) -> Value {
    json!({
        "found": messages.found, "written": messages.written, "already_there": messages.already_there,
        "duplicates": messages.duplicates, "filtered": messages.filtered, "failed": messages.failed,
    })
}

fn bytes_json(bytes: &ByteCounts) -> Value {
    json!({
        "input": bytes.input, "preamble": bytes.preamble, "from_lines": bytes.from_lines,
        "messages": bytes.messages, "separators": bytes.separators,
    })
}

/// Every sort of warning, so that programs find the same keys in every summary.
fn warnings_json(warnings: &WarningCounts) -> Value {
    let count = |kind: &WarningKind| (kind.as_str().to_owned(), json!(warnings.of(*kind)));
    Value::Object(WarningKind::ALL.iter().map(count).collect())
}

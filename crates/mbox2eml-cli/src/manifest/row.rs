//! One row: its columns, and how they are filled.

use std::borrow::Cow;

use mbox2eml::message::{Received, ReceivedSource};
use mbox2eml::report::{Record, Status, Warning};
use mbox2eml::source::Origin;
use serde::{Deserialize, Serialize};

use crate::number::instant;

/// What one cell of a table holds.
trait Cell {
    fn text(&self) -> Cow<'_, str>;
}

impl Cell for String {
    fn text(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl Cell for u64 {
    fn text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

impl Cell for Option<u64> {
    fn text(&self) -> Cow<'_, str> {
        self.map(|number| number.to_string()).unwrap_or_default().into()
    }
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)*) => {
        /// A row of the manifest. What is not known is empty.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) struct Row { $($(#[$doc])* pub(crate) $name: $kind,)* }

        impl Row {
            /// The names of the columns.
            pub(crate) const COLUMNS: &[&str] = &[$(stringify!($name),)*];

            /// The cells, in the order of the columns.
            pub(crate) fn cells(&self) -> impl Iterator<Item = Cow<'_, str>> {
                [$(Cell::text(&self.$name),)*].into_iter()
            }
        }
    };
}

columns! {
    /// The number of the message in its mailbox, from 1.
    index: u64,
    /// The mailbox, as the summary calls it.
    mailbox: String,
    /// The byte at which its From_ line begins.
    offset: u64,
    /// How many bytes it takes, From_ line and separator included.
    length: u64,
    /// Its path below the output; copies are separated by `|`.
    path: String,
    /// The bytes of its EML.
    eml_size: Option<u64>,
    /// Their SHA-256 in hexadecimal.
    sha256: String,
    /// The From_ line without its end.
    from_line: String,
    /// When it was received, in UTC (RFC 3339).
    received: String,
    /// Where that was read.
    received_source: String,
    /// The fields of its header, decoded: `Date`, every `From`, `To` and `Cc`, `Subject`, `Message-ID`.
    date: String,
    from: String,
    to: String,
    cc: String,
    subject: String,
    message_id: String,
    /// Gmail's ids of the message and of its thread.
    gmail_id: String,
    gmail_thread: String,
    /// Gmail's labels, separated by commas; one with a comma or a quote is quoted.
    labels: String,
    /// What mail programs noted, as the letters of Maildir.
    flags: String,
    /// Its status.
    status: String,
    /// Why, if it is not in the output.
    reason: String,
    /// Whether its body matches its signatures.
    proof: String,
    /// Its warnings, each with line and byte.
    warnings: String,
}

impl Row {
    /// The row with its texts as a guard against formulas would have left them, undone by `undo`.
    pub(super) fn map_texts(mut self, undo: impl Fn(String) -> String) -> Self {
        for text in [
            &mut self.path,
            &mut self.mailbox,
            &mut self.from_line,
            &mut self.date,
            &mut self.from,
            &mut self.to,
            &mut self.cc,
            &mut self.subject,
            &mut self.message_id,
            &mut self.labels,
            &mut self.reason,
        ] {
            *text = undo(std::mem::take(text));
        }
        self
    }

    /// The row of a mailbox that could not be read, or not to its end: it has no number, and takes no bytes.
    pub(crate) fn of_failure(mailbox: &str, reason: String) -> Self {
        let status = Status::Failed.as_str().to_owned();
        Self { mailbox: mailbox.to_owned(), status, reason, ..Self::default() }
    }

    /// Whether it is that of a mailbox and not of a message.
    pub(crate) fn is_of_mailbox(&self) -> bool {
        self.index == 0
    }

    /// The row of a message; its path is filled in when it is certain.
    pub(crate) fn new(origin: &Origin, record: &Record) -> Self {
        let headers = &record.headers;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        // A message without a place has no EML.
        let digest = record.digest.filter(|_| !record.locations.is_empty());
        Self {
            index: record.position.message,
            mailbox: origin.to_string(),
            offset: record.position.byte,
            length: record.length,
            path: String::new(),
            eml_size: digest.map(|digest| digest.size),
            sha256: digest.map(|digest| digest.hex()).unwrap_or_default(),
            from_line: String::from_utf8_lossy(&record.from_line).into_owned(),
            received: headers.received.and_then(|received| instant(received.seconds)).unwrap_or_default(),
            received_source: headers.received.map(source).unwrap_or_default().to_owned(),
            date: text(&headers.date),
            from: text(&headers.from_text),
            to: text(&headers.to_text),
            cc: text(&headers.cc_text),
            subject: text(&headers.subject),
            message_id: text(&headers.message_id),
            gmail_id: number(headers.gmail_id),
            gmail_thread: number(headers.gmail_thread),
            labels: labels(&headers.labels),
            flags: headers.flags.to_string(),
            status: record.status.as_str().to_owned(),
            reason: record.reason.clone().unwrap_or_default().into_owned(),
            proof: record.verdict.map(|verdict| verdict.as_str()).unwrap_or_default().to_owned(),
            warnings: warnings(&record.warnings),
        }
    }
}

fn source(received: Received) -> &'static str {
    match received.source {
        ReceivedSource::GmailId => "gmail-id",
        ReceivedSource::FromLine => "from-line",
        ReceivedSource::ReceivedField => "received",
        ReceivedSource::DateField => "date",
        _ => "",
    }
}

fn labels(labels: &[String]) -> String {
    let quoted = |label: &String| match label.contains([',', '"']) {
        true => format!("\"{}\"", label.replace('"', "\"\"")),
        false => label.clone(),
    };
    labels.iter().map(quoted).collect::<Vec<_>>().join(",")
}

fn warnings(warnings: &[Warning]) -> String {
    let text = |Warning { kind, position, why, .. }: &Warning| {
        format!("{} (line {}, byte {}): {why}", kind.as_str(), position.line, position.byte)
    };
    warnings.iter().map(text).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(of: &[&str]) -> String {
        labels(&of.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn labels_can_be_separated_again() {
        assert_eq!(cell(&[]), "");
        assert_eq!(cell(&["Inbox", "Work/2024", "two words"]), "Inbox,Work/2024,two words");
        assert_eq!(cell(&["a, b", "say \"x\"", "c"]), "\"a, b\",\"say \"\"x\"\"\",c");
        assert_eq!(cell(&["\""]), "\"\"\"\"");
    }
}

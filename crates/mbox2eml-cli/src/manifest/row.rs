//! One row: its columns, and how they are filled.

use std::borrow::Cow;

use mbox2eml::report::{Record, Status, Warning};
use serde::{Deserialize, Serialize};

use super::list::{Labels, List, Paths, Warnings};
use crate::number::instant;
use crate::sources::HashedSource;

/// What one cell of a table holds.
pub(super) trait Cell: Sized {
    fn text(&self) -> Cow<'_, str>;
    fn read(text: &str) -> Result<Self, String>;
}

impl Cell for Cow<'_, str> {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }

    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned().into())
    }
}

impl Cell for u64 {
    fn text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is not a number"))
    }
}

impl Cell for Option<u64> {
    fn text(&self) -> Cow<'_, str> {
        self.map(|number| number.to_string()).unwrap_or_default().into()
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { u64::read(text).map(Some) }
    }
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)*) => {
        /// A row of the manifest. What is not known is empty.
        #[derive(Clone, Debug, Default, Serialize, Deserialize)]
        pub(crate) struct Row<'a> { $($(#[$doc])* pub(crate) $name: $kind,)* }

        impl Row<'_> {
            /// The names of the columns.
            pub(crate) const COLUMNS: &'static [&'static str] = &[$(stringify!($name),)*];

            /// The cells, in the order of the columns.
            pub(crate) fn cells(&self) -> impl Iterator<Item = Cow<'_, str>> {
                [$(Cell::text(&self.$name),)*].into_iter()
            }

            /// The row of these cells, which are in the order of the columns.
            pub(super) fn of_cells<'c>(mut cells: impl Iterator<Item = Cow<'c, str>>) -> Result<Self, String> {
                let mut cell = || cells.next().unwrap_or_default();
                Ok(Self {
                    $($name: Cell::read(&cell()).map_err(|why| format!("{}: {why}", stringify!($name)))?,)*
                })
            }
        }
    };
}

columns! {
    /// The number of the message in its mailbox, from 1.
    index: u64,
    /// The mailbox, as the summary calls it.
    mailbox: Cow<'a, str>,
    /// The byte at which its From_ line begins.
    offset: u64,
    /// How many bytes it takes, From_ line and separator included.
    length: u64,
    /// Its path below the output, and those of its copies.
    path: List<'a, Paths>,
    /// The bytes of its EML.
    eml_size: Option<u64>,
    /// Their SHA-256 in hexadecimal.
    sha256: Cow<'a, str>,
    /// The From_ line without its end.
    from_line: Cow<'a, str>,
    /// When it was received, in UTC (RFC 3339).
    received: Cow<'a, str>,
    /// Where that was read.
    received_source: Cow<'a, str>,
    /// The fields of its header, decoded: `Date`, every `From`, `To` and `Cc`, `Subject`, `Message-ID`.
    date: Cow<'a, str>,
    from: Cow<'a, str>,
    to: Cow<'a, str>,
    cc: Cow<'a, str>,
    subject: Cow<'a, str>,
    message_id: Cow<'a, str>,
    /// Gmail's ids of the message and of its thread.
    gmail_id: Cow<'a, str>,
    gmail_thread: Cow<'a, str>,
    /// Gmail's labels.
    labels: List<'a, Labels>,
    /// What mail programs noted, as the letters of Maildir.
    flags: Cow<'a, str>,
    /// Its status.
    status: Cow<'a, str>,
    /// Why, if it is not in the output.
    reason: Cow<'a, str>,
    /// Whether its body matches its signatures.
    proof: Cow<'a, str>,
    /// Whether it has the size and the MD5 of its record in a Vault export. Older manifests do not have this column.
    #[serde(default)]
    vault: Cow<'a, str>,
    /// Its warnings, each with line and byte.
    warnings: List<'a, Warnings>,
}

/// The status of a file that was read.
const SOURCE: &str = "source";

/// The status of a message that was only looked at.
const FOUND: &str = "found";

impl<'a> Row<'a> {
    /// The columns that manifests of earlier versions do not have.
    pub(super) const LATER: &'static [&'static str] = &["vault"];

    /// The row of a file that was read, if its hash is known.
    pub(super) fn of_source(source: &'a HashedSource) -> Option<Self> {
        let (mailbox, length) = (source.path.as_str().into(), source.bytes?);
        let sha256 = source.sha256.as_deref()?.into();
        Some(Self { mailbox, length, sha256, status: SOURCE.into(), ..Self::default() })
    }

    /// The row of a file with this SHA-256, of which no more is known.
    pub(crate) fn of_file(path: String, sha256: String) -> Self {
        Self { path: List::new(vec![path]), sha256: sha256.into(), ..Self::default() }
    }

    /// The row of a mailbox that could not be read, or not to its end: it has no number, and takes no bytes.
    pub(crate) fn of_failure(mailbox: &'a str, reason: String) -> Self {
        let status = Status::Failed.as_str().into();
        Self { mailbox: mailbox.into(), status, reason: reason.into(), ..Self::default() }
    }

    /// The row of a message that was only looked at: it would have been written.
    pub(super) fn found(self) -> Self {
        Self { status: FOUND.into(), ..self }
    }

    /// Whether it is in a catalogue, which lists no files.
    pub(super) fn is_found(&self) -> bool {
        self.status == FOUND
    }

    /// Whether it is that of a mailbox and not of a message.
    pub(crate) fn is_of_mailbox(&self) -> bool {
        self.index == 0
    }

    /// The row of a message in this mailbox; its path is filled in when it is certain.
    pub(crate) fn new(mailbox: &'a str, record: &'a Record) -> Self {
        let headers = &record.headers;
        let text = |text: &'a Option<String>| Cow::Borrowed(text.as_deref().unwrap_or_default());
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default().into();
        // A message without a place has no EML.
        let digest = record.digest.filter(|_| !record.locations.is_empty());
        Self {
            index: record.position.message,
            mailbox: mailbox.into(),
            offset: record.position.byte,
            length: record.length,
            path: List::default(),
            eml_size: digest.map(|digest| digest.size),
            sha256: digest.map(|digest| digest.hex()).unwrap_or_default().into(),
            from_line: String::from_utf8_lossy(&record.from_line),
            received: headers.received.and_then(|received| instant(received.seconds)).unwrap_or_default().into(),
            received_source: headers.received.map(|received| received.source.as_str()).unwrap_or_default().into(),
            date: text(&headers.date),
            from: text(&headers.from_text),
            to: text(&headers.to_text),
            cc: text(&headers.cc_text),
            subject: text(&headers.subject),
            message_id: text(&headers.message_id),
            gmail_id: number(headers.gmail_id),
            gmail_thread: number(headers.gmail_thread),
            labels: List::new(&headers.labels[..]),
            flags: headers.flags.to_string().into(),
            status: record.status.as_str().into(),
            reason: record.reason.as_deref().unwrap_or_default().into(),
            proof: record.verdict.map(|verdict| verdict.as_str()).unwrap_or_default().into(),
            vault: record.metadata.map(|check| check.as_str()).unwrap_or_default().into(),
            warnings: List::new(record.warnings.iter().map(Warning::to_string).collect::<Vec<_>>()),
        }
    }
}

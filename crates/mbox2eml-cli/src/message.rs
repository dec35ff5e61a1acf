//! A message as reports name it, so that a person finds it.

use mbox2eml::report::{About, Location, Position};
use serde::{Serialize, Serializer};

use crate::manifest;
use crate::number::{date, instant};
use crate::terminal::{cut, escape};

/// The most characters of a sender and of a subject that are kept: the sender may have written any number.
const KEPT: usize = 256;

/// The most characters of them that people are shown.
const SENDER: usize = 40;
const SUBJECT: usize = 60;

/// Where a message is, and what a person knows it by.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    /// Its number in its mailbox, from 1.
    pub(crate) message: u64,
    /// The byte and the line that are meant, counted in the mailbox.
    pub(crate) offset: u64,
    pub(crate) line: u64,
    /// When it was received, RFC 3339.
    pub(crate) received: Option<String>,
    /// The sender's address, or the name where there is no address.
    pub(crate) from: Option<String>,
    pub(crate) subject: Option<String>,
    /// Its file below the output; that in an archive has the archive's name as soon as it is finished.
    #[serde(rename = "file", serialize_with = "path")]
    location: Option<Location>,
    #[serde(skip)]
    pub(crate) seconds: Option<i64>,
    /// Whether anything but its position is known.
    #[serde(skip)]
    is_known: bool,
}

impl Message {
    /// A message at this position; `about` is `None` for a place that is in no message.
    pub(crate) fn new(position: Position, about: Option<&About>) -> Self {
        let seconds = about.and_then(|about| about.received).map(|received| received.seconds);
        Self {
            message: position.message,
            offset: position.byte,
            line: position.line,
            received: seconds.and_then(instant),
            from: about.and_then(|about| about.sender()).map(|from| cut(from, KEPT)),
            subject: about.and_then(|about| about.subject.as_ref()).map(|subject| cut(subject, KEPT)),
            location: about.and_then(|about| about.location.clone()),
            seconds,
            is_known: about.is_some(),
        }
    }

    /// Its file below the output.
    pub(crate) fn file(&self) -> Option<String> {
        self.location.as_ref().map(manifest::path_of)
    }

    /// The same without its file, where no output has it.
    pub(crate) fn without_file(self) -> Self {
        Self { location: None, ..self }
    }

    /// Its date, sender, subject and file, for people; `None` for a place that is in no message.
    pub(crate) fn words(&self) -> Option<String> {
        let date = self.seconds.map_or_else(|| "no date".to_owned(), date);
        let from = self.from.as_ref().map_or_else(|| "no sender".to_owned(), |from| cut(escape(from), SENDER));
        let subject = self
            .subject
            .as_ref()
            .map_or_else(|| "no subject".to_owned(), |subject| format!("\"{}\"", cut(escape(subject), SUBJECT)));
        let file = self.file().map(|file| format!(" -> {}", escape(file))).unwrap_or_default();
        self.is_known.then(|| format!("{date}, {from}, {subject}{file}"))
    }
}

fn path<S: Serializer>(location: &Option<Location>, serializer: S) -> Result<S::Ok, S::Error> {
    location.as_ref().map(manifest::path_of).serialize(serializer)
}

//! The messages that an earlier run has written, by its manifest.

use std::fmt::Display;
use std::path::Path;

use mbox2eml::report::Status;
use mbox2eml::select::{Known, KnownMessage};

use super::file::read;
use super::{CATALOGUE, Format, Row};

/// Rows of a manifest that cannot be read.
#[derive(Debug)]
pub(crate) struct UnreadRows {
    pub(crate) number: u64,
    /// Which the first one is, and why.
    pub(crate) first: String,
}

/// Reads which messages are in the output of the run that wrote this manifest. Also says which rows cannot be read; these
/// messages count as new.
///
/// A duplicate is known, too, since an equal message was written, unless a message failed in that run: it may be that one.
/// A message that was cut off is not known: a later export may have all of it.
///
/// # Errors
/// Why no message is known by this file: it cannot be read, or is a catalogue.
pub(crate) fn known(path: &Path, format: Format) -> Result<(Known, Option<UnreadRows>), String> {
    let unreadable = |why: &dyn Display| format!("cannot read this manifest: {why}");
    let (mut known, mut duplicates) = (Known::default(), Known::default());
    let (mut unread, mut has_failures, mut has_rows): (Option<UnreadRows>, _, _) = (None, false, false);
    for row in read(path, format).map_err(|error| unreadable(&error))? {
        let row = match row {
            Ok(row) => row,
            Err(first) => {
                unread.get_or_insert(UnreadRows { number: 0, first }).number += 1;
                continue;
            }
        };
        has_rows = true;
        if row.is_found() {
            return Err(CATALOGUE.to_owned());
        }
        let is = |status: Status| row.status == status.as_str();
        has_failures |= is(Status::Failed);
        if is_cut_off(&row) {
            continue;
        }
        if is(Status::Written) || is(Status::AlreadyThere) || is(Status::Known) {
            known.insert(&message(&row));
        } else if is(Status::Duplicate) {
            duplicates.insert(&message(&row));
        }
    }
    if !has_failures {
        known.extend(duplicates);
    }
    match unread {
        Some(UnreadRows { first, .. }) if !has_rows => Err(unreadable(&first)),
        unread => Ok((known, unread)),
    }
}

fn message<'r>(row: &'r Row<'_>) -> KnownMessage<'r> {
    let mut message = KnownMessage::default();
    message.gmail_id = row.gmail_id.parse().ok();
    message.message_id = &row.message_id;
    message.date = &row.date;
    message.from = &row.from;
    message.to = &row.to;
    message.subject = &row.subject;
    message.sha256 = &row.sha256;
    message
}

fn is_cut_off(row: &Row) -> bool {
    row.warnings.0.iter().any(|warning| warning.starts_with("truncated "))
}

//! What failed: each mailbox and input with its reason and what to do about it, and the first messages.

use std::collections::{BTreeMap, HashSet};
use std::error::Error as _;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mbox2eml::report::MailboxSummary;
use mbox2eml::source::Origin;
use mbox2eml::{Conversion, Error};
use serde::Serialize;

use crate::message::Message;
use crate::number::{count, grouped, to_u64};
use crate::reporter::Reporter;
use crate::summary::place_of;
use crate::terminal::{BAD, escape};

/// Something that was to be converted and was not, or not wholly.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Failed {
    pub(crate) input: String,
    /// Its folder below the output, if known.
    pub(crate) place: String,
    pub(crate) reason: String,
    pub(crate) advice: Option<String>,
}

/// A message that could not be written.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FailedMessage {
    pub(crate) input: String,
    #[serde(flatten)]
    pub(crate) message: Message,
    pub(crate) reason: String,
    pub(crate) advice: Option<String>,
    /// Whether the output is at fault: its file is missing or different.
    #[serde(skip)]
    pub(crate) differs: bool,
}

/// How many faults of one archive are named.
const NAMED: usize = 3;

/// A fault, and what it is known by: the input file it is in, and its cause.
struct Fault {
    file: String,
    cause: String,
    failed: Failed,
}

/// Everything that failed: one entry for each input file, in their order.
pub(crate) fn failures<R>(done: &Conversion<R>, reporter: &Reporter) -> Vec<Failed> {
    let of_mailboxes = done.mailboxes.iter().enumerate();
    let of_mailboxes = of_mailboxes.filter_map(|(at, mailbox)| fault_of(mailbox, reporter.differing(at), reporter));
    let others = done.unopened.iter().chain(&done.unclosed).map(|error| {
        let place = error.origin().and_then(|origin| reporter.folder_of(&origin.to_string()));
        fault(error, place.as_deref().unwrap_or_default(), reporter)
    });
    let mut faults: Vec<Fault> = of_mailboxes.chain(others).collect();
    faults.sort_by(|one, other| (&one.file, &one.failed.input).cmp(&(&other.file, &other.failed.input)));
    faults.chunk_by(|one, other| one.file == other.file).filter_map(folded).collect()
}

fn fault(error: &Error, place: &str, reporter: &Reporter) -> Fault {
    let (file, cause) = identity(error);
    let (input, reason) = match pieces(error) {
        // The first piece is named for all of them.
        Some((whole, pieces)) => (file.clone(), format!("{whole} split into {} pieces", pieces.len())),
        None => (error.origin().map(ToString::to_string).unwrap_or_default(), reason(error)),
    };
    let failed = Failed { input, place: place.to_owned(), reason, advice: reporter.advice(error) };
    Fault { file, cause, failed }
}

/// What is wrong with a mailbox itself, of which `differing` messages are missing from the output or different there.
fn fault_of(mailbox: &MailboxSummary, differing: u64, reporter: &Reporter) -> Option<Fault> {
    let (input, place) = (mailbox.origin.to_string(), place_of(mailbox));
    let of_mailbox = mailbox.error.as_ref().map(|error| fault(error, place, reporter));
    let failed = mailbox.messages.failed.saturating_sub(differing);
    if failed == 0 {
        return of_mailbox;
    }
    let first = reporter.first_failed_message(&input);
    // Those of an archive that was not finished have no error of their own.
    let why = first.as_ref().map(|first| format!("; the first: {}", first.line()));
    let why = why.unwrap_or_else(|| ": their archive was not finished".to_owned());
    let of = count(mailbox.messages.found, "message");
    let of_messages = format!("{} of {of} failed{why}", grouped(failed));
    Some(match of_mailbox {
        Some(Fault { file, cause, failed: Failed { reason, advice, .. } }) => {
            let reason = format!("{reason}; {of_messages}");
            Fault { file, cause, failed: Failed { input, place: place.to_owned(), reason, advice } }
        }
        None => {
            let (file, cause) = (file_of(&mailbox.origin), of_messages.clone());
            let advice = first.and_then(|first| first.advice);
            Fault { file, cause, failed: Failed { input, place: place.to_owned(), reason: of_messages, advice } }
        }
    })
}

/// The faults of one file as one entry. A fault of an archive that is that of a mailbox in it is not named again.
fn folded(faults: &[Fault]) -> Option<Failed> {
    let is_of_file = |fault: &Fault| fault.failed.input == fault.file;
    let of_members: HashSet<&str> =
        faults.iter().filter(|fault| !is_of_file(fault)).map(|fault| &*fault.cause).collect();
    let mut seen = HashSet::new();
    let named = faults.iter().filter(|fault| !(is_of_file(fault) && of_members.contains(&*fault.cause)));
    let named: Vec<&Fault> = named.filter(|fault| seen.insert((&*fault.failed.input, &*fault.cause))).collect();
    let (first, others) = named.split_first()?;
    if others.is_empty() && (!faults.iter().any(is_of_file) || is_of_file(first)) {
        return Some(first.failed.clone());
    }
    let reason = |fault: &&Fault| {
        let member = fault.failed.input.strip_prefix(&fault.file).unwrap_or_default().trim_start_matches('!');
        let colon = if member.is_empty() { "" } else { ": " };
        format!("{member}{colon}{}", fault.failed.reason)
    };
    let mut reasons: Vec<String> = named.iter().take(NAMED).map(reason).collect();
    if named.len() > NAMED {
        reasons.push(format!("and {} more", grouped(to_u64(named.len() - NAMED))));
    }
    let advice = named.iter().find_map(|fault| fault.failed.advice.clone());
    let place = first.failed.place.clone();
    Some(Failed { input: first.file.clone(), place, reason: reasons.join("; "), advice })
}

/// The input file that an error is in, and its last cause: by these, one fault that is reported of an archive and of a
/// mailbox in it is known for one.
pub(crate) fn identity(error: &Error) -> (String, String) {
    let pieces = pieces(error);
    let file = match pieces {
        Some((_, pieces)) => pieces.first().map(|first| first.display().to_string()),
        None => error.origin().map(file_of),
    };
    let mut last = None;
    let mut cause = error.source();
    while let Some(source) = cause {
        last = Some(source.to_string());
        cause = source.source();
    }
    let cause = last.unwrap_or_else(|| if pieces.is_some() { String::new() } else { reason(error) });
    (file.unwrap_or_default(), cause)
}

/// What was split, and its pieces, if the error is about one of several.
pub(crate) fn pieces(error: &Error) -> Option<(&'static str, &[PathBuf])> {
    let (whole, pieces) = match error {
        Error::Piece { pieces, .. } => ("a mailbox", pieces),
        Error::ArchivePiece { pieces, .. } => ("an archive", pieces),
        _ => return None,
    };
    (pieces.len() > 1).then_some((whole, pieces))
}

/// The file that an input is in: an archive, or itself.
pub(crate) fn file_of(origin: &Origin) -> String {
    let name = origin.to_string();
    let mut starts = name.match_indices('!').filter_map(|(at, _)| name.get(..at));
    let archive = starts.find(|start| origin.path().is_none() && Path::new(start).is_file());
    archive.map(str::to_owned).unwrap_or(name)
}

impl FailedMessage {
    /// Which message it is, and why it failed.
    fn line(&self) -> String {
        let Message { message, offset, line, .. } = &self.message;
        let words = self.message.words().map(|words| format!(", {words}")).unwrap_or_default();
        format!("message {message} (byte {offset}, line {line}){words}: {}", self.reason)
    }
}

/// What went wrong, without the input's name in front.
pub(crate) fn reason(error: &Error) -> String {
    let text = error.with_causes();
    let origin = error.origin().map(|origin| format!("{origin}: ")).unwrap_or_default();
    text.strip_prefix(&origin).map(str::to_owned).unwrap_or(text)
}

/// The list for people: those with the same advice together, in the order of the first of each.
pub(crate) fn for_people(failed: &[Failed]) -> String {
    let mut text = format!("{BAD}Failed:{BAD:#} {}\n", grouped(to_u64(failed.len())));
    let mut places = BTreeMap::new();
    let mut by_advice: Vec<(&Option<String>, Vec<&Failed>)> = Vec::new();
    for one in failed {
        let at = *places.entry(&one.advice).or_insert(by_advice.len());
        match by_advice.get_mut(at) {
            Some((_, alike)) => alike.push(one),
            None => by_advice.push((&one.advice, vec![one])),
        }
    }
    // What nothing can be done about comes last, so that no advice follows it.
    by_advice.sort_by_key(|(advice, _)| advice.is_none());
    for (advice, alike) in by_advice {
        for Failed { input, reason, .. } in alike {
            let colon = if input.is_empty() { "" } else { ": " };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {}{colon}{}", escape(input), escape(reason));
        }
        if let Some(advice) = advice {
            let _ = writeln!(text, "    {}", escape(advice));
        }
    }
    text
}

//! What failed: each mailbox and input with its reason and what to do about it, and the first messages.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::Write as _;

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
}

/// Everything that failed, in the order of the inputs.
pub(crate) fn failures<R>(done: &Conversion<R>, reporter: &Reporter) -> Vec<Failed> {
    let about = |input: String, place: &str, error: &Error| Failed {
        input,
        place: place.to_owned(),
        reason: reason(error),
        advice: reporter.advice(error),
    };
    let messages = reporter.failed_messages();
    let mut failed = Vec::new();
    for mailbox in &done.mailboxes {
        let (input, place) = (mailbox.origin.to_string(), place_of(mailbox));
        if let Some(error) = &mailbox.error {
            failed.push(about(input.clone(), place, error));
        }
        if mailbox.messages.failed > 0 {
            let (number, of) = (grouped(mailbox.messages.failed), count(mailbox.messages.found, "message"));
            let first = messages.iter().find(|message| message.input == input);
            // Those of an archive that was not finished have no error of their own.
            let why = first.map(|first| format!("; the first: {}", first.line()));
            let why = why.unwrap_or_else(|| ": their archive was not finished".to_owned());
            let reason = format!("{number} of {of} failed{why}");
            let advice = first.and_then(|first| first.advice.clone());
            failed.push(Failed { input, place: place.to_owned(), reason, advice });
        }
    }
    for error in &done.unopened {
        let input = error.origin().map(ToString::to_string).unwrap_or_default();
        let place = reporter.folder_of(&input).unwrap_or_default();
        failed.push(about(input, &place, error));
    }
    if let Some(error) = &done.unclosed {
        failed.push(about(String::new(), "", error));
    }
    failed.sort_by(|one, other| one.input.cmp(&other.input));
    failed
}

impl FailedMessage {
    /// Which message it is, and why it failed.
    fn line(&self) -> String {
        let Message { message, offset, line, .. } = &self.message;
        let words = self.message.words().map(|words| format!(", {words}")).unwrap_or_default();
        format!("message {message} (byte {offset}, line {line}){words}: {}", self.reason)
    }
}

/// An error with all that led to it.
pub(crate) fn whole_story(error: &Error) -> String {
    let mut story = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        story = format!("{story}: {source}");
        cause = source.source();
    }
    story
}

/// What went wrong, without the input's name in front.
pub(crate) fn reason(error: &Error) -> String {
    let story = whole_story(error);
    let origin = error.origin().map(|origin| format!("{origin}: ")).unwrap_or_default();
    story.strip_prefix(&origin).map(str::to_owned).unwrap_or(story)
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

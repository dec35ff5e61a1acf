//! The list of what failed, at the end of a run: each with its reason and what to do about it.

use std::fmt::Write as _;

use mbox2eml::{Conversion, Error};
use serde_json::{Value, json};

use crate::number::{count, grouped, to_u64};
use crate::reporter::Reporter;
use crate::summary::whole_story;
use crate::terminal::{BAD, escape};

/// Something that was to be converted and was not, or not wholly.
pub(crate) struct Failed {
    input: String,
    /// Its folder below the output, if known.
    place: String,
    reason: String,
    advice: Option<String>,
}

/// Everything that failed, in the order of the inputs.
pub(crate) fn failures<R>(done: &Conversion<R>, reporter: &Reporter) -> Vec<Failed> {
    let about = |input: String, place: &str, error: &Error| Failed {
        input,
        place: place.to_owned(),
        reason: reason(error),
        advice: reporter.advice(error),
    };
    let mut failed = Vec::new();
    for mailbox in &done.mailboxes {
        let (input, place) = (mailbox.origin.to_string(), mailbox.folder.as_str());
        if let Some(error) = &mailbox.error {
            failed.push(about(input.clone(), place, error));
        }
        if mailbox.messages.failed > 0 {
            let (first, advice) = reporter.first_message_error(&input).unwrap_or_default();
            let (number, of) = (grouped(mailbox.messages.failed), count(mailbox.messages.found, "message"));
            let reason = format!("{number} of {of} failed");
            let reason = if first.is_empty() { reason } else { format!("{reason}; the first: {first}") };
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

/// What went wrong, without the input's name in front.
pub(crate) fn reason(error: &Error) -> String {
    let story = whole_story(error);
    let origin = error.origin().map(|origin| format!("{origin}: ")).unwrap_or_default();
    story.strip_prefix(&origin).map(str::to_owned).unwrap_or(story)
}

/// The list for people.
pub(crate) fn for_people(failed: &[Failed]) -> String {
    let mut text = format!("{BAD}Failed:{BAD:#} {}\n", grouped(to_u64(failed.len())));
    for Failed { input, reason, advice, .. } in failed {
        let colon = if input.is_empty() { "" } else { ": " };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}{colon}{}", escape(input), escape(reason));
        if let Some(advice) = advice {
            let _ = writeln!(text, "    {}", escape(advice));
        }
    }
    text
}

/// The list for programs.
pub(crate) fn to_json(failed: &[Failed]) -> Value {
    let object = |Failed { input, place, reason, advice }: &Failed| json!({ "input": input, "place": place, "reason": reason, "advice": advice });
    failed.iter().map(object).collect()
}

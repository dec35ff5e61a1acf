//! The table of mailboxes.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt::Write as _;

use anstyle::Style;

use super::{Mailbox, Purpose, State};
use crate::number::{date, grouped, size, to_u64};
use crate::terminal::{BAD, BOLD, WARN, escape, without_middle};

/// How many mailboxes are listed without `-v`, and how many of the largest if there are more.
const ALL: usize = 40;
const LARGEST: usize = 10;

/// The most characters of a place.
const PLACE: usize = 60;

/// A column with the part of the messages that the output got or has: its heading, and what it shows.
type Part = (&'static str, fn(&Mailbox) -> u64);

/// Lists mailboxes, if there are several: all, or the largest and those that failed.
pub(super) fn write_mailboxes(
    text: &mut String,
    mailboxes: &[Mailbox],
    purpose: Purpose,
    verbose: bool,
) -> std::fmt::Result {
    if mailboxes.len() < 2 {
        return Ok(());
    }
    writeln!(text, "  {BOLD}mailboxes{BOLD:#} {}", grouped(to_u64(mailboxes.len())))?;
    let listed = if mailboxes.len() <= ALL || verbose { mailboxes.iter().collect() } else { chosen(mailboxes) };
    let part: Part = match purpose {
        Purpose::Convert | Purpose::Pack => ("written", |mailbox| mailbox.messages.written),
        Purpose::DryRun => ("to be written", |mailbox| mailbox.messages.written),
        Purpose::Verify => ("the same", |mailbox| mailbox.messages.already_there),
    };
    let (_, number) = part;
    let differs = mailboxes.iter().any(|mailbox| number(mailbox) != mailbox.messages.found);
    write_rows(text, &listed, differs.then_some(part))?;
    match mailboxes.len() - listed.len() {
        0 => Ok(()),
        more => writeln!(text, "    and {} more, done (list with -v)", grouped(to_u64(more))),
    }
}

/// The largest mailboxes, and those that failed or were not finished.
fn chosen(mailboxes: &[Mailbox]) -> Vec<&Mailbox> {
    let mut by_size: Vec<usize> = (0..mailboxes.len()).collect();
    by_size.sort_by_key(|at| Reverse(mailboxes.get(*at).map(|mailbox| mailbox.bytes.input)));
    by_size.truncate(LARGEST);
    let is_chosen = |(at, mailbox): &(usize, &Mailbox)| by_size.contains(at) || mailbox.state != State::Done;
    mailboxes.iter().enumerate().filter(is_chosen).map(|(_, mailbox)| mailbox).collect()
}

/// A row for each mailbox, by name.
pub(crate) fn write_rows(text: &mut String, mailboxes: &[&Mailbox], part: Option<Part>) -> std::fmt::Result {
    let mut sorted: Vec<(String, &Mailbox)> =
        mailboxes.iter().map(|mailbox| (place(mailbox, mailboxes).into_owned(), *mailbox)).collect();
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    let (heading, _) = part.unzip();
    let head = ["mailbox", "found", heading.unwrap_or_default(), "size", "received", "state"].map(str::to_owned);
    let rows = sorted.iter().map(|(name, mailbox)| cells(name, mailbox, part));
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(rows).collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let states = [Style::new().dimmed()].into_iter().chain(sorted.iter().map(|(_, mailbox)| style(mailbox.state)));
    for ([name, found, number, size, received, state], style) in rows.iter().zip(states) {
        let [to_name, to_found, to_number, to_size, to_received, _] = widths;
        let number = if part.is_some() { format!("  {number:>to_number$}") } else { String::new() };
        writeln!(
            text,
            "    {name:to_name$}  {found:>to_found$}{number}  {size:>to_size$}  {received:to_received$}  \
             {style}{state}{style:#}"
        )?;
    }
    Ok(())
}

fn cells(name: &str, mailbox: &Mailbox, part: Option<Part>) -> [String; 6] {
    let Mailbox { messages, bytes, received, .. } = mailbox;
    let received = match received.seconds {
        Some((first, last)) => format!("{} to {}", date(first), date(last)),
        None => "-".to_owned(),
    };
    [
        // Its beginning says whose mail it is, and its end which.
        without_middle(escape(name), PLACE / 2, PLACE),
        grouped(messages.found),
        part.map(|(_, number)| grouped(number(mailbox))).unwrap_or_default(),
        size(bytes.input),
        received,
        state(mailbox),
    ]
}

/// The place of a mailbox, and which of those that share it this one is.
fn place<'m>(Mailbox { input, place, own_place, .. }: &'m Mailbox, listed: &[&Mailbox]) -> Cow<'m, str> {
    if place.is_empty() {
        return input.into();
    }
    if listed.iter().filter(|other| other.place == *place).count() < 2 {
        return place.into();
    }
    let name = own_place.strip_prefix(place).and_then(|name| name.strip_prefix('/')).unwrap_or(own_place);
    format!("{place}: {name}").into()
}

/// The state of a mailbox in a few words.
fn state(Mailbox { state, messages, differing, error, .. }: &Mailbox) -> String {
    match state {
        State::Done => "done".to_owned(),
        State::Stopped => "stopped".to_owned(),
        State::Failed if error.is_some() => "not read to the end".to_owned(),
        State::Failed => {
            let failed = messages.failed.saturating_sub(*differing);
            let parts = [(failed, "failed"), (*differing, "missing or different")];
            let parts = parts.into_iter().filter(|(number, _)| *number > 0);
            let parts: Vec<String> = parts.map(|(number, what)| format!("{} {what}", grouped(number))).collect();
            parts.join(", ")
        }
    }
}

fn style(state: State) -> Style {
    match state {
        State::Done => Style::new(),
        State::Stopped => WARN,
        State::Failed => BAD,
    }
}

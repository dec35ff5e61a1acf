//! The table of mailboxes.

use std::cmp::Reverse;

use maud::{Markup, html};

use super::document::Section;
use super::model::{Mailbox, Page, Shown, Task};
use super::text::foreign;
use crate::number::{date, grouped, plural, size, to_u64};

/// How many bytes the table may take, about: half of the page.
const ROOM: usize = 5 << 19;

/// The mailboxes to show, in their order: those that failed first of all, then those with the most messages.
pub(super) fn choose(mailboxes: Vec<Mailbox>) -> Shown<Mailbox> {
    let all = to_u64(mailboxes.len());
    let mut order: Vec<usize> = (0..mailboxes.len()).collect();
    order.sort_by_key(|at| mailboxes.get(*at).map(|of| Reverse((of.has_failed(), of.messages.found))));
    let mut room = ROOM;
    let fits = |at: &usize| {
        let weight = mailboxes.get(*at).map_or(0, weight);
        room.checked_sub(weight).inspect(|left| room = *left).is_some()
    };
    let mut kept: Vec<usize> = order.into_iter().take_while(fits).collect();
    kept.sort_unstable();
    let mut kept = kept.into_iter().peekable();
    let rows = mailboxes.into_iter().enumerate().filter(|(at, _)| kept.next_if_eq(at).is_some());
    Shown { rows: rows.map(|(_, mailbox)| mailbox).collect(), all }
}

/// About how many bytes the row of a mailbox takes at most.
fn weight(mailbox: &Mailbox) -> usize {
    let text = |text: &str| foreign(text).into_string().len();
    text(&mailbox.name) + text(&mailbox.place) + 250
}

pub(super) fn sections(page: &Page) -> Vec<Section> {
    let Page { mailboxes, .. } = page;
    if mailboxes.rows.is_empty() {
        return Vec::new();
    }
    let content = html! {
        div.scroll tabindex="0" role="region" aria-label="Table of mailboxes" { (table(page)) }
        @if mailboxes.more() > 0 {
            @let more = mailboxes.more();
            p.more { "and " (grouped(more)) (plural(more, " more mailbox", " more mailboxes")) ", without failures and no larger than these" }
        }
    };
    vec![Section { id: "mailboxes", heading: "Mailboxes", content }]
}

/// A column with numbers: its key, its heading, and what it shows.
type Column = (&'static str, &'static str, fn(&Mailbox) -> u64);

const COLUMNS: [Column; 9] = [
    ("found", "Found", |mailbox| mailbox.messages.found),
    ("written", "Written", |mailbox| mailbox.messages.written),
    ("already_there", "Already there", |mailbox| mailbox.messages.already_there),
    ("duplicates", "Duplicates", |mailbox| mailbox.messages.duplicates),
    ("known", "Known", |mailbox| mailbox.messages.known),
    ("filtered", "Filtered", |mailbox| mailbox.messages.filtered),
    ("failed", "Failed", |mailbox| mailbox.messages.failed.saturating_sub(mailbox.differing)),
    ("differing", "Missing or different", |mailbox| mailbox.differing),
    ("warnings", "Warnings", |mailbox| mailbox.warnings),
];

fn table(Page { mailboxes: Shown { rows, .. }, task, .. }: &Page) -> Markup {
    let has_something = |value: fn(&Mailbox) -> u64| rows.iter().any(|mailbox| value(mailbox) > 0);
    let columns: Vec<Column> =
        COLUMNS.into_iter().filter(|(key, _, value)| *key == "found" || has_something(*value)).collect();
    let has_places = rows.iter().any(|mailbox| !mailbox.place.is_empty());
    let has_dates = rows.iter().any(|mailbox| mailbox.dates.is_some());
    html! {
        table.mailboxes.sortable {
            caption { "Each mailbox, what became of its messages, and its state" }
            thead {
                tr {
                    th scope="col" { "Mailbox" }
                    @for (key, heading, _) in &columns { th.n scope="col" data-key=(key) { (heading_of(key, heading, *task)) } }
                    th.n scope="col" { "Size" }
                    @if has_dates { th scope="col" { "Received" } }
                    th scope="col" { "State" }
                }
            }
            tbody {
                @for mailbox in rows {
                    tr.failed[mailbox.has_failed()] {
                        th scope="row" {
                            (foreign(&mailbox.name))
                            span.place { (mailbox.profile) @if has_places { ", in " (folder(&mailbox.place)) } }
                        }
                        @for (_, _, value) in &columns { td { (grouped(value(mailbox))) } }
                        td data-v=(mailbox.bytes) { (size(mailbox.bytes)) }
                        @if has_dates { td.d { (dates(mailbox.dates)) } }
                        td.t { (state(mailbox)) }
                    }
                }
            }
        }
    }
}

fn folder(place: &str) -> Markup {
    if place.is_empty() {
        html! { "the output itself" }
    } else {
        foreign(place)
    }
}

fn heading_of(key: &str, heading: &'static str, task: Task) -> &'static str {
    match (task, key) {
        (Task::DryRun, "written") => "To be written",
        (Task::Inspect, "written") => "Looked at",
        (Task::Verify, "already_there") => "As expected",
        _ => heading,
    }
}

fn dates(dates: Option<(i64, i64)>) -> Markup {
    html! { @if let Some((first, last)) = dates { (date(first)) " –\n" (date(last)) } }
}

fn state(mailbox: &Mailbox) -> &'static str {
    match (mailbox.is_whole, mailbox.messages.failed) {
        (false, _) => "not read to its end",
        (true, 0) => "complete",
        (true, _) => "with failures",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_mailboxes_are_shown_whatever_their_size() {
        let mut mailboxes: Vec<Mailbox> = Vec::new();
        for number in 0..20_000 {
            let mut mailbox = Mailbox { name: format!("user{number}"), is_whole: number != 7, ..Mailbox::default() };
            mailbox.messages.found = number;
            mailboxes.push(mailbox);
        }
        let shown = choose(mailboxes);
        let found: Vec<u64> = shown.rows.iter().map(|mailbox| mailbox.messages.found).collect();
        assert_eq!((shown.all, found[0], found[found.len() - 1]), (20_000, 7, 19_999));
        assert!(found.is_sorted() && found.len() > 5_000, "{}", found.len());
        assert_eq!(shown.more(), 20_000 - to_u64(found.len()));
    }
}

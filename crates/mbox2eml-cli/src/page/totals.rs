//! The two sums of a run: what became of the messages, and what the bytes are.

use maud::{Markup, html};

use super::document::Section;
use super::model::{Check, Page, Task};
use super::parts::{self, Part};
use super::text::{Figure, bytes, sentence};
use crate::number::date;

/// What the tables are, for those who hear them.
const CAPTION: &str = "The whole and its parts";

pub(super) fn sections(page: &Page) -> Vec<Section> {
    if let (Task::CheckManifest, Some(check)) = (page.task, page.check) {
        return vec![Section { id: "totals", heading: "Totals", content: check_tiles(check) }];
    }
    let content = html! {
        (tiles(page))
        @if let Some(check) = page.check { h3 { "The manifest" } (check_tiles(check)) }
        div.pair {
            (messages(page))
            (all_bytes(page))
        }
        @for note in &page.notes { p.note { (sentence(note)) } }
    };
    vec![Section { id: "totals", heading: "Totals", content }]
}

/// The few numbers that most people look for.
fn tiles(page: &Page) -> Markup {
    let there = page.messages.written + page.messages.already_there;
    let dates = page.statistics.as_ref().and_then(|statistics| statistics.dates);
    html! {
        dl.tiles {
            div { dt { "Messages found" } dd { (Figure("found", page.messages.found)) } }
            div { dt { (there_in_words(page.task)) } dd { (Figure("there", there)) } }
            div { dt { "Read" } dd { (bytes(page.bytes.input)) } }
            @if let Some((first, last)) = dates {
                div { dt { "Received" } dd.dates { span { (date(first)) } " – " span { (date(last)) } } }
            }
            div { dt { "Mailboxes" } dd { (Figure("mailboxes", page.mailboxes.all)) } }
            div { dt { "Warnings" } dd { (Figure("warnings", page.warnings.iter().map(|of| of.number).sum())) } }
        }
    }
}

/// The figures of a check of the manifest.
fn check_tiles(Check { rows, same, bytes: read, differences }: Check) -> Markup {
    html! {
        dl.tiles {
            div { dt { "Rows of the manifest" } dd { (Figure("manifest.rows", rows)) } }
            div { dt { "Files as listed" } dd { (Figure("manifest.same", same)) } }
            div { dt { "Read" } dd { (bytes(read)) } }
            div { dt { "Differences" } dd { (Figure("manifest.differences", differences)) } }
        }
    }
}

fn there_in_words(task: Task) -> &'static str {
    match task {
        Task::Convert => "In the output",
        Task::DryRun => "To be written",
        Task::Verify | Task::CheckManifest => "As expected",
        Task::Inspect => "Looked at",
    }
}

/// What became of the messages, as a chart and a table.
fn messages(Page { messages, differing, task, .. }: &Page) -> Markup {
    let (written, there) = match task {
        Task::Convert => ("written", "already there"),
        Task::DryRun => ("to be written", "already there"),
        Task::Inspect => ("looked at", "already there"),
        Task::Verify | Task::CheckManifest => ("written", "as expected"),
    };
    let rows = [
        ("messages.written", written, messages.written, "c1"),
        ("messages.already_there", there, messages.already_there, "c2"),
        ("messages.duplicates", "duplicates", messages.duplicates, "c3"),
        ("messages.known", "known from an earlier run", messages.known, "c4"),
        ("messages.filtered", "filtered", messages.filtered, "c5"),
        ("messages.failed", "failed", messages.failed.saturating_sub(*differing), "c6"),
        ("messages.differing", "missing or different", *differing, "c6"),
    ];
    // Only a verification finds messages missing or different, and it writes none.
    let left_out = if *task == Task::Verify { "messages.written" } else { "messages.differing" };
    let rows: Vec<Part<'_>> = rows.into_iter().filter(|(key, ..)| *key != left_out).collect();
    html! {
        div {
            h3 { "Messages" }
            (parts::table("Messages", CAPTION, &rows, Some(("messages.found", "found", messages.found))))
        }
    }
}

/// What the bytes of the input are.
fn all_bytes(Page { bytes, .. }: &Page) -> Markup {
    let rows = [
        ("bytes.messages", "messages", bytes.messages, "c1"),
        ("bytes.from_lines", "From_ lines", bytes.from_lines, "c2"),
        ("bytes.separators", "separators", bytes.separators, "c3"),
        ("bytes.preamble", "before the first message", bytes.preamble, "c4"),
    ];
    html! {
        div {
            h3 { "Bytes" }
            (parts::table("Bytes", CAPTION, &rows, Some(("bytes.input", "read", bytes.input))))
        }
    }
}

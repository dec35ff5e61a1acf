//! What is in the messages: when they were received, their labels, folders, senders and sizes.

use maud::{Markup, html};
use mbox2eml::report::Tally;

use super::charts;
use super::document::Section;
use super::model::{Bars, Large, Page, Shown, Statistics, Task};
use super::text::{bytes, day, foreign, foreign_or, path};
use crate::number::{count, grouped, round_size, size};

pub(super) fn sections(page: &Page) -> Vec<Section> {
    let Some(statistics) = page.statistics.as_ref().filter(|statistics| statistics.all.messages > 0) else {
        return Vec::new();
    };
    let mut sections = vec![Section { id: "time", heading: "When they were received", content: years(statistics) }];
    let folders = &statistics.folders;
    let has_folders = folders.shown.all > 1 && page.task != Task::Inspect;
    if has_folders || statistics.labels.shown.all > 0 {
        let content = html! {
            div.pair {
                @if statistics.labels.shown.all > 0 { (bars("Labels", "label", &statistics.labels)) }
                @if has_folders { (bars("Folders", "folder", folders)) }
            }
        };
        let heading = if statistics.labels.shown.all == 0 { "Folders" } else { "Labels and folders" };
        sections.push(Section { id: "labels", heading, content });
    }
    let content = html! {
        div.pair {
            (bars("Senders", "sender", &statistics.senders))
            (sizes(statistics))
        }
        (largest(statistics, page.task != Task::Inspect))
    };
    sections.push(Section { id: "messages", heading: "Senders and sizes", content });
    sections
}

/// A row for each year, with a column for each of its months.
fn years(Statistics { years, undated, .. }: &Statistics) -> Markup {
    let most = years.rows.iter().flat_map(|year| year.months).max().unwrap_or(0);
    html! {
        @if !years.rows.is_empty() {
            table.years {
                caption { "Messages by year and month" }
                thead {
                    tr {
                        th scope="col" { "Year" }
                        th.chart scope="col" {
                            span.hidden { "Months" }
                            span.initials aria-hidden="true" {
                                @for month in charts::MONTHS { span { (month.chars().next().unwrap_or(' ')) } }
                            }
                        }
                        th.n scope="col" { "Messages" }
                        th.n scope="col" { "Size" }
                    }
                }
                tbody {
                    @for year in &years.rows {
                        tr {
                            th scope="row" { (year.year) }
                            td.chart { (charts::months(year, most)) }
                            td data-year=(year.year) { (grouped(year.all.messages)) }
                            td { (bytes(year.all.bytes)) }
                        }
                    }
                }
            }
        }
        @if years.more() > 0 { p.more { "and " (count(years.more(), "more year")) " with fewer messages" } }
        @if undated.messages > 0 { p.note { (count(undated.messages, "message")) " without a date" } }
    }
}

/// Names with bars in proportion to their messages.
fn bars(title: &'static str, noun: &str, Bars { shown, others }: &Bars) -> Markup {
    let most = charts::most(shown.rows.iter().map(|(_, tally)| tally));
    html! {
        div {
            h3 { (title) }
            @if shown.rows.is_empty() {
                p.note { "none" }
            } @else {
                table.bars {
                    caption.hidden { (title) " with the number and the size of their messages" }
                    thead.hidden { tr { th scope="col" { (title) } th scope="col" { "Messages" } th scope="col" { "Size" } } }
                    tbody { @for (name, tally) in &shown.rows { (row(html! { (name_of(name)) }, *tally, most)) } }
                }
                (rest(shown, noun, *others))
            }
        }
    }
}

/// A folder of the output that has no name is the output itself.
fn name_of(name: &str) -> Markup {
    if name.is_empty() {
        html! { span.muted { "(no folder)" } }
    } else {
        foreign(name)
    }
}

fn row(name: Markup, tally: Tally, most: u64) -> Markup {
    html! {
        tr {
            th scope="row" { (name) (charts::bar(tally.messages, most)) }
            td { (grouped(tally.messages)) }
            td { (bytes(tally.bytes)) }
        }
    }
}

/// What is not listed.
fn rest<T>(shown: &Shown<T>, noun: &str, others: Tally) -> Markup {
    let messages = format!("{}, {}", count(others.messages, "message"), size(others.bytes));
    html! {
        @match (shown.more(), others.messages) {
            (0, 0) => {}
            (0, _) => p.more { "and others: " (messages) }
            (more, _) => p.more { "and " (count(more, &format!("more {noun}"))) ": " (messages) }
        }
    }
}

fn sizes(Statistics { sizes, .. }: &Statistics) -> Markup {
    let most = charts::most(sizes.iter().map(|(_, tally)| tally));
    html! {
        div {
            h3 { "Sizes" }
            table.bars {
                caption.hidden { "Sizes of messages with the number and the size of their messages" }
                thead.hidden { tr { th scope="col" { "Size of a message" } th scope="col" { "Messages" } th scope="col" { "Size" } } }
                tbody { @for (least, tally) in sizes { (row(html! { (class_of(*least)) }, *tally, most)) } }
            }
        }
    }
}

/// The range of a class of sizes, each four times as large as the one before.
fn class_of(least: u64) -> String {
    let next = if least == 0 { 4 << 10 } else { least.saturating_mul(4) };
    let (least, next) = (round_size(least), round_size(next));
    if least.starts_with("0 ") { format!("below {next}") } else { format!("{least} to {next}") }
}

fn largest(Statistics { largest, .. }: &Statistics, has_files: bool) -> Markup {
    html! {
        h3 { "The largest messages" }
        div.scroll tabindex="0" role="region" aria-label="Table of the largest messages" {
            table.list {
                caption.hidden { "The largest messages" }
                thead {
                    tr {
                        th scope="col" { "Subject" }
                        th.n scope="col" { "Size" }
                        th scope="col" { "Sender" }
                        th scope="col" { "Received" }
                    }
                }
                tbody { @for large in largest { (large_row(large, has_files)) } }
            }
        }
    }
}

fn large_row(large: &Large, has_files: bool) -> Markup {
    let Large { bytes: size, message, received, sender, subject, mailbox, file } = large;
    html! {
        tr {
            th scope="row" {
                (foreign_or(subject.as_deref(), "no subject"))
                @if has_files { span.place { (path(file)) } }
                span.place { (foreign(mailbox)) ", message " (grouped(*message)) }
            }
            td { (bytes(*size)) }
            td.t.from { (foreign_or(sender.as_deref(), "no sender")) }
            td.t { (day(*received)) }
        }
    }
}

//! What to do next, and how the run was made.

use maud::html;

use super::document::Section;
use super::model::{Page, Step};
use super::text::{path, sentence};
use crate::number::count;

pub(super) fn sections(Page { next, making, archives, .. }: &Page) -> Vec<Section> {
    let next = html! {
        ol.next {
            @for Step { what, command } in next {
                li {
                    (sentence(what))
                    @if let Some(command) = command { pre tabindex="0" { (path(command)) } }
                }
            }
        }
    };
    let making = html! {
        dl.making {
            @for (name, value) in making { div { dt { (name) } dd { (path(value)) } } }
            @if archives.all > 0 {
                div {
                    dt { "Archives" }
                    dd {
                        @for archive in &archives.rows { (path(archive)) br; }
                        @if archives.more() > 0 { "and " (count(archives.more(), "more archive")) }
                    }
                }
            }
        }
    };
    vec![
        Section { id: "next", heading: "What to do next", content: next },
        Section { id: "making", heading: "How this was made", content: making },
    ]
}

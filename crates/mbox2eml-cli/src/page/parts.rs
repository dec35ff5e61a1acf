//! A whole and its parts, as a bar and as a table.

use maud::{Markup, html};

use super::charts;
use super::text::Figure;

/// A part: the key of its figure, what it is, its number, and the class of its colour.
pub(super) type Part<'a> = (&'static str, &'a str, u64, &'static str);

/// Parts, with the whole in the last row if it is named: its key, what it is, its number.
pub(super) fn table(what: &str, caption: &str, rows: &[Part<'_>], whole: Option<(&'static str, &str, u64)>) -> Markup {
    let parts: Vec<_> = rows.iter().map(|(_, what, number, class)| (*what, *number, *class)).collect();
    html! {
        (charts::parts(what, &parts))
        table.sum {
            caption.hidden { (caption) }
            thead.hidden { tr { th scope="col" { (what) } th scope="col" { "Number" } } }
            tbody {
                @for (key, what, number, class) in rows {
                    tr.zero[*number == 0] {
                        th scope="row" { span class={ "key " (class) } {} (what) }
                        td { (Figure(key, *number)) }
                    }
                }
            }
            @if let Some((key, what, number)) = whole {
                tfoot { tr { th scope="row" { (what) } td { (Figure(key, number)) } } }
            }
        }
    }
}

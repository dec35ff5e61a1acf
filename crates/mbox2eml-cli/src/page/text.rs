//! Text for a page: mail can neither add markup nor reorder or hide what is around it.

use std::fmt::Display;

use maud::{Markup, Render, html};

use crate::number::{date, grouped, size};
use crate::terminal::{cut, escape};

/// The longest text of a mail that is shown, in characters, and the longest sentence or path.
const LONGEST: usize = 160;
const LONGEST_SENTENCE: usize = 400;

/// Text from a mail, a file name or a path: control, bidirectional and invisible characters spelled out, long ones cut, and
/// set apart from the direction of the text around it. The template escapes the rest.
pub(super) fn foreign(text: impl Display) -> Markup {
    html! { bdi { (cut(escape(text), LONGEST)) } }
}

/// The same, or a word where there is none.
pub(super) fn foreign_or(text: Option<&str>, none: &str) -> Markup {
    match text.filter(|text| !text.trim().is_empty()) {
        Some(text) => foreign(text),
        None => html! { span.muted { (none) } },
    }
}

/// A file name or a path.
pub(super) fn path(text: impl Display) -> Markup {
    html! { code { (cut(escape(text), LONGEST_SENTENCE)) } }
}

/// A sentence with names or paths in it.
pub(super) fn sentence(text: impl Display) -> Markup {
    html! { bdi { (cut(escape(text), LONGEST_SENTENCE)) } }
}

/// A number that programs can find by its name.
pub(super) struct Figure(pub(super) &'static str, pub(super) u64);

impl Render for Figure {
    fn render(&self) -> Markup {
        html! { data data-figure=(self.0) value=(self.1) { (grouped(self.1)) } }
    }
}

/// Bytes for people, with the exact number for programs and for sorting.
pub(super) fn bytes(bytes: u64) -> Markup {
    html! { data value=(bytes) { (size(bytes)) } }
}

/// A day, or a word where there is none.
pub(super) fn day(seconds: Option<i64>) -> Markup {
    match seconds {
        Some(seconds) => html! { span.nowrap { (date(seconds)) } },
        None => html! { span.muted { "no date" } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_mail_is_markup_or_invisible() {
        for (text, shown) in [
            ("plain Grüße", "plain Grüße"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\"' onload=x &amp;", "&quot;' onload=x &amp;amp;"),
            ("a\u{202e}b\0c\nd\u{2066}", "a\\u{202e}b\\u{0}c\\u{a}d\\u{2066}"),
        ] {
            assert_eq!(foreign(text).into_string(), format!("<bdi>{shown}</bdi>"));
        }
        assert_eq!(foreign("é".repeat(200)).into_string(), format!("<bdi>{}…</bdi>", "é".repeat(LONGEST - 1)));
    }
}

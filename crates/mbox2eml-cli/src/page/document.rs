//! The page as a whole: its head, which forbids everything but the page's own style and script, and the order of its parts.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use mbox2eml::report::Digest;

use super::model::{Page, State, Task};
use super::{charts, contents, ending, findings, mailboxes, totals};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What each page has in its head, by which it is known for one.
pub(super) const GENERATOR: &str = "<meta name=\"generator\" content=\"mbox2eml report\">";

/// A part of a page: its anchor, its heading and what is below it.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) content: Markup,
}

/// The text of the page.
pub(super) fn render(page: &Page) -> io::Result<String> {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE)?,
        hash(SCRIPT)?
    );
    let parts = [
        totals::sections(page),
        findings::first(page),
        mailboxes::sections(page),
        contents::sections(page),
        findings::last(page),
        ending::sections(page),
    ];
    let sections: Vec<Section> = parts.into_iter().flatten().collect();
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                (PreEscaped(GENERATOR))
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (page.title) " – mbox2eml" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { (banner(page)) }
                nav aria-label="On this page" {
                    ul { @for Section { id, heading, .. } in &sections { li { a href={ "#" (id) } { (heading) } } } }
                }
                main {
                    @for Section { id, heading, content } in &sections {
                        section id=(id) aria-labelledby={ (id) "-heading" } {
                            h2 id={ (id) "-heading" } { (heading) }
                            (content)
                        }
                    }
                }
                footer { p { "Made by mbox2eml " (env!("CARGO_PKG_VERSION")) ". This page is one file and loads nothing." } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    Ok(markup.into_string())
}

fn hash(text: &str) -> io::Result<String> {
    Ok(STANDARD.encode(Digest::of_file(text.as_bytes())?.sha256))
}

fn banner(page: &Page) -> Markup {
    let (class, word) = match page.state {
        State::Good => ("good", "Success"),
        State::Partly => ("partly", "Attention"),
        State::Bad => ("bad", "Problem"),
    };
    let task = match page.task {
        Task::Convert => "Report of a conversion",
        Task::DryRun => "Report of a dry run",
        Task::Verify | Task::CheckManifest => "Report of a verification",
        Task::Inspect => "Report of an inspection",
    };
    html! {
        div class={ "banner " (class) } {
            (charts::sign(page.state))
            div {
                p.kind { (task) span.state { (word) } }
                h1 { (page.title) }
                p.verdict { (page.verdict) }
            }
        }
    }
}

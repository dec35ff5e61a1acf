//! What failed, what differs, and what was warned about; duplicates, proof, and what was left out.

use maud::{Markup, html};
use mbox2eml::report::{MetadataCounts, ProofCounts};

use super::document::Section;
use super::model::{Failure, Page, Place, Shown, Task, Warnings};
use super::parts;
use super::text::{Figure, day, foreign, foreign_or, path, sentence};
use crate::number::{count, grouped, to_u64};
use crate::vault::Vault;
use crate::warnings::meaning;

/// How many exports are listed.
const EXPORTS: usize = 20;

/// What is wrong: it comes before everything else.
pub(super) fn first(page: &Page) -> Vec<Section> {
    let mut sections = Vec::new();
    if page.failures.all > 0 {
        sections.push(Section { id: "failures", heading: "What failed", content: failures(page) });
    }
    if page.differences.iter().any(|(_, files)| files.all > 0) {
        sections.push(Section { id: "differences", heading: "What differs", content: differences(&page.differences) });
    }
    sections
}

/// What may need a look.
pub(super) fn last(page: &Page) -> Vec<Section> {
    if page.task == Task::CheckManifest {
        return Vec::new();
    }
    let mut sections = vec![Section { id: "warnings", heading: "Warnings", content: warnings(&page.warnings) }];
    if !page.duplicates.is_empty() {
        let content = html! { p { (page.duplicates) } };
        sections.push(Section { id: "duplicates", heading: "Duplicates", content });
    }
    if let Some(counts) = page.proof {
        sections.push(Section { id: "proof", heading: "Proof by signatures", content: proof(counts) });
    }
    if let Some(vault) = &page.vault {
        sections.push(Section { id: "vault", heading: "Proof by the Vault export", content: of_export(vault) });
    }
    if !page.omitted.is_empty() {
        let content = html! { ul.plain { @for line in &page.omitted { li { (sentence(line)) } } } };
        sections.push(Section { id: "omitted", heading: "Left out of the inputs", content });
    }
    sections
}

fn failures(Page { failures, failed_messages, .. }: &Page) -> Markup {
    html! {
        ul.cards {
            @for Failure { input, reason, advice } in &failures.rows {
                li.failure {
                    @if !input.is_empty() { p.what { (path(input)) } }
                    p { (sentence(reason)) }
                    @if let Some(advice) = advice { p.advice { strong { "What to do: " } (sentence(advice)) } }
                }
            }
        }
        @if failures.more() > 0 { p.more { "and " (count(failures.more(), "more failure")) } }
        @if failed_messages.all > 0 {
            details {
                summary { "The messages that failed" }
                ol.places { @for place in &failed_messages.rows { li { (place_of(place)) } } }
                @if failed_messages.more() > 0 { p.more { "and more; --manifest lists them all" } }
            }
        }
    }
}

fn differences(differences: &[(&'static str, Shown<String>)]) -> Markup {
    html! {
        @for (what, files) in differences.iter().filter(|(_, files)| files.all > 0) {
            h3 { (what) ": " (grouped(files.all)) }
            ul.paths { @for file in &files.rows { li { (path(file)) } } }
            @if files.more() > 0 { p.more { "and " (grouped(files.more())) " more" } }
        }
    }
}

fn warnings(warnings: &[Warnings]) -> Markup {
    html! {
        @if warnings.is_empty() { p { "No warnings." } }
        @for Warnings { kind, number, places } in warnings {
            details {
                summary { span.count { (Figure(kind, *number)) } " " span.kind { (kind) } }
                @if let Some(meaning) = meaning(kind) { p { (meaning) } }
                ol.places { @for place in places { li { (place_of(place)) } } }
                @let more = number.saturating_sub(to_u64(places.len()));
                @if more > 0 && !places.is_empty() { p.more { "and " (grouped(more)) " more" } }
            }
        }
    }
}

fn place_of(Place { mailbox, position, why, received, sender, subject, file, advice }: &Place) -> Markup {
    html! {
        @if subject.is_some() || sender.is_some() {
            p.what { (foreign_or(subject.as_deref(), "no subject")) }
            p.muted { (foreign_or(sender.as_deref(), "no sender")) ", " (day(*received)) }
        }
        @if let Some(file) = file { p { (path(file)) } }
        p { (sentence(why)) }
        @if let Some(advice) = advice { p { (sentence(advice)) } }
        p.muted {
            (foreign(mailbox))
            @if let Some((message, byte, line)) = position {
                ", message " (grouped(*message)) ", byte " (grouped(*byte)) ", line " (grouped(*line))
            }
        }
    }
}

fn proof(ProofCounts { matched, mismatched, unsigned, .. }: ProofCounts) -> Markup {
    let rows = [
        ("proof.matched", "as signed", matched, "c1"),
        ("proof.mismatched", "not as signed", mismatched, "c6"),
        ("proof.unsigned", "not signed", unsigned, "c5"),
    ];
    html! {
        p { "The bodies of signed messages were compared with the hashes that mail servers signed (DKIM, ARC)." }
        (parts::table("Bodies", "Bodies by what their signatures show", &rows, None))
    }
}

fn of_export(vault: &Vault) -> Markup {
    let MetadataCounts { matched, differ, unrecorded, .. } = vault.counts;
    let rows = [
        ("vault.matched", "as exported", matched, "c1"),
        ("vault.differ", "not as exported", differ, "c6"),
        ("vault.unrecorded", "without a record", unrecorded, "c5"),
    ];
    html! {
        @if matched + differ > 0 {
            p { "The messages were compared with the sizes and the MD5 hashes that Google gives in the export's metadata." }
            (parts::table("Messages", "Messages by what their records show", &rows, None))
        } @else {
            p { (sentence(vault.sum())) }
        }
        ul.plain { @for line in vault.of_exports().take(EXPORTS) { li { (foreign(&line)) } } }
    }
}

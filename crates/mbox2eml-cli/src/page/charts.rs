//! Charts as plain SVG. Their colours come from the style of the page.

use maud::{Markup, html};
use mbox2eml::report::Tally;

use super::model::{State, Year};
use crate::number::grouped;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A share as a length of at most `full`, with one digit behind the point; what is not zero can be seen.
fn length(part: u64, whole: u64, full: u64) -> String {
    let tenths = u128::from(part) * u128::from(full) * 10 / u128::from(whole.max(1));
    let tenths = if part > 0 { tenths.max(10) } else { 0 };
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A bar beside a number, which says the same.
pub(super) fn bar(part: u64, most: u64) -> Markup {
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track width="100" height="8" {}
            rect.fill width=(length(part, most, 100)) height="8" {}
        }
    }
}

/// The parts of a whole side by side, in the colours of their classes; a legend with numbers belongs beside it.
pub(super) fn parts(title: &str, parts: &[(&str, u64, &str)]) -> Markup {
    let whole: u64 = parts.iter().map(|(_, number, _)| number).sum();
    let listed = parts.iter().filter(|(_, number, _)| *number > 0);
    let words: Vec<String> = listed.clone().map(|(what, number, _)| format!("{} {what}", grouped(*number))).collect();
    let placed = listed.scan(0, |from, (_, number, class)| {
        let start = *from;
        *from += number;
        Some((start, *number, *class))
    });
    html! {
        svg.parts viewBox="0 0 1000 16" preserveAspectRatio="none" role="img" aria-label=(format!("{title}: {}", words.join(", "))) {
            rect.track width="1000" height="16" {}
            @for (start, number, class) in placed {
                rect class=(class) x=(length(start, whole, 1000)) width=(length(number, whole, 1000)) height="16" {}
            }
        }
    }
}

/// The months of a year as columns, on the scale of the month with the `most` messages.
pub(super) fn months(Year { year, months, .. }: &Year, most: u64) -> Markup {
    let named = MONTHS.iter().zip(months).filter(|(_, number)| **number > 0);
    let words: Vec<String> = named.map(|(month, number)| format!("{month} {}", grouped(*number))).collect();
    html! {
        svg.months viewBox="0 0 240 32" preserveAspectRatio="none" role="img" aria-label=(format!("{year} by month: {}", words.join(", "))) {
            @for (place, number) in months.iter().enumerate() {
                rect.track x=(place * 20 + 4) y="30" width="12" height="2" {}
                @if *number > 0 {
                    @let height = height(*number, most);
                    rect.fill x=(place * 20 + 4) y=(32 - height) width="12" height=(height) {
                        title { (MONTHS[place]) " " (year) ": " (grouped(*number)) }
                    }
                }
            }
        }
    }
}

/// Of 32.
fn height(number: u64, most: u64) -> u128 {
    (u128::from(number) * 32 / u128::from(most.max(1))).clamp(3, 32)
}

/// The most messages of these.
pub(super) fn most<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> u64 {
    tallies.into_iter().map(|tally| tally.messages).max().unwrap_or(0)
}

/// The sign of a state: its shape differs, not its colour alone.
pub(super) fn sign(state: State) -> Markup {
    html! {
        svg.sign viewBox="0 0 24 24" aria-hidden="true" focusable="false" {
            @match state {
                State::Good => {
                    circle cx="12" cy="12" r="11" {}
                    path d="M7 12.5l3.3 3.3L17 9" {}
                }
                State::Partly => {
                    path.solid d="M12 2.2 23 21.5H1z" {}
                    path d="M12 9.5v5M12 17.8v.2" {}
                }
                State::Bad => {
                    path.solid d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9z" {}
                    path d="M8 8l8 8M16 8l-8 8" {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_shares_and_what_is_there_can_be_seen() {
        for (part, whole, shown) in [(0, 7, "0.0"), (1, 2, "50.0"), (1, 3, "33.3"), (1, 9999, "1.0"), (0, 0, "0.0")] {
            assert_eq!(length(part, whole, 100), shown);
        }
        assert_eq!(length(u64::MAX, u64::MAX, 1000), "1000.0");
    }
}

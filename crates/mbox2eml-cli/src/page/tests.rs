//! The largest page.

use mbox2eml::report::{MessageCounts, ProofCounts, Tally, WarningKind};

use super::document::render;
use super::mailboxes::choose;
use super::model::{Bars, Failure, Large, Mailbox, Page, Place, Shown, State, Statistics, Step, Task, Warnings, Year};

/// No page is larger, whatever is converted.
const LARGEST: usize = 5 << 20;

/// What takes the most room: every character is spelled out or escaped.
fn long() -> String {
    "\"&\u{202e}<script>".repeat(60)
}

fn tally(messages: u64, bytes: u64) -> Tally {
    let mut tally = Tally::default();
    (tally.messages, tally.bytes) = (messages, bytes);
    tally
}

fn counts() -> MessageCounts {
    let mut counts = MessageCounts::default();
    for number in [&mut counts.found, &mut counts.written, &mut counts.already_there, &mut counts.duplicates] {
        *number = 1_000_000_000_000;
    }
    for number in [&mut counts.known, &mut counts.filtered, &mut counts.failed] {
        *number = 1_000_000_000_000;
    }
    counts
}

fn bars() -> Bars {
    let row = |_| (long(), tally(1_000_000, u64::MAX));
    Bars { shown: Shown::first(super::NAMES, (0..100_000).map(row)), others: Tally::default() }
}

fn statistics() -> Statistics {
    let year = |year| Year { year, months: [1_000_000; 12], all: tally(12_000_000, u64::MAX) };
    let large = |_| Large {
        bytes: u64::MAX,
        message: u64::MAX,
        received: Some(0),
        sender: Some(long()),
        subject: Some(long()),
        mailbox: long(),
        file: long(),
    };
    Statistics {
        all: tally(1_000_000, 1 << 40),
        dates: Some((0, 1)),
        years: Shown::first(super::YEARS, (-9999..=9999).map(year)),
        undated: tally(1, 1),
        labels: bars(),
        folders: bars(),
        senders: bars(),
        sizes: (0..30).map(|at| (1 << (2 * at), tally(7, 9))).collect(),
        largest: (0..10).map(large).collect(),
    }
}

fn page() -> Page {
    let mailbox = |number| Mailbox {
        name: format!("{number}{}", long()),
        place: long(),
        profile: "a Google Vault export",
        messages: counts(),
        differing: 0,
        bytes: u64::MAX,
        warnings: 1_000_000_000,
        dates: Some((0, i64::MAX)),
        is_whole: false,
    };
    let failure = |_| Failure { input: long(), reason: long(), advice: Some(long()) };
    let place = Place {
        mailbox: long(),
        position: Some((u64::MAX, u64::MAX, u64::MAX)),
        why: long(),
        received: Some(0),
        sender: Some(long()),
        subject: Some(long()),
        file: Some(long()),
        advice: Some(long()),
    };
    let failed_place = place.clone();
    let warnings = WarningKind::ALL.iter().map(|kind| Warnings {
        kind: kind.as_str(),
        number: 1_000_000,
        places: vec![place.clone(); super::PLACES],
    });
    let differences = ["missing", "different", "extra"]
        .map(|what| (what, Shown::first(super::DIFFERENCES, (0..10_000).map(|_| long()))));
    Page {
        task: Task::Convert,
        state: State::Bad,
        title: "Not everything was converted".to_owned(),
        verdict: "1 message found".to_owned(),
        messages: counts(),
        differing: 0,
        bytes: Default::default(),
        check: None,
        mailboxes: choose((0..10_000).map(mailbox).collect()),
        failures: Shown::first(super::FAILURES, (0..10_000).map(failure)),
        failed_messages: Shown::first(super::FAILED_MESSAGES, (0..10_000).map(|_| failed_place.clone())),
        differences: differences.into(),
        warnings: warnings.collect(),
        statistics: Some(statistics()),
        notes: vec![long(); 4],
        duplicates: "1 message repeats an earlier one.".to_owned(),
        proof: Some(ProofCounts::default()),
        vault: None,
        omitted: vec![long(); super::OMITTED],
        next: vec![Step { what: long(), command: Some(long()) }; 6],
        making: vec![("Input", long()); 12],
        archives: Shown::first(super::ARCHIVES, (0..10_000).map(|_| long())),
    }
}

#[test]
fn ten_thousand_mailboxes_with_the_longest_names_are_a_page_of_bounded_size() {
    let text = render(&page()).unwrap();
    assert!(text.len() < LARGEST, "{}", text.len());
    for more in ["more mailboxes", "more failures", "more labels", "more folders", "more senders", "more years"] {
        assert!(text.contains(more), "{more}");
    }
}

#[test]
fn ordinary_mailboxes_are_all_shown() {
    let mailbox = |number| Mailbox {
        name: format!("exports/department/user{number}@example.org/All mail Including Spam and Trash.mbox"),
        place: format!("department/user{number}@example.org/All mail Including Spam and Trash"),
        is_whole: true,
        ..Mailbox::default()
    };
    assert_eq!(choose((0..2_000).map(mailbox).collect()).more(), 0);
}

#[test]
fn no_text_becomes_markup() {
    let text = render(&page()).unwrap();
    assert_eq!(text.matches("<script").count(), 1);
    assert!(!text.contains('\u{202e}'));
}

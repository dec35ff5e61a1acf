//! Which messages are taken: compared with a simple selection, for any number of threads and size of windows.

use std::collections::HashSet;

use mbox2eml::LabelCopies;
use mbox2eml::message::LabelName;
use mbox2eml::name::{Charset, Layout, Namer, Template};
use mbox2eml::report::MessageCounts;
use mbox2eml::select::{Dedup, Filter, Pattern, Period, Sample};
use mbox2eml::split::SplitRule;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::cases;
use super::choices::{sample, settings};
use super::mailbox::hostile;
use super::run::{Kept, Memory, Report, Settings, check_sums, convert, stream};

/// The messages, the counts and what was reported.
fn output(
    mailbox: &[u8],
    chunk: usize,
    settings: &Settings,
    threads: usize,
) -> (Vec<Kept>, MessageCounts, Vec<Report>) {
    let size = u64::try_from(mailbox.len()).unwrap();
    let (done, recorder) = convert(stream(mailbox, chunk).sized(size), settings, threads);
    check_sums(&done);
    (done.receipt.clone(), done.messages(), recorder.reports())
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_quota_depends_neither_on_threads_nor_on_windows(
        mailbox in hostile(), settings in settings(), sample in sample(), chunk in 1..800_usize,
    ) {
        let settings = Settings { sample, ..settings };
        let expected = output(&mailbox, 1 << 20, &settings, 1);
        for threads in [1, 2, 4] {
            prop_assert_eq!(&output(&mailbox, chunk, &settings, threads), &expected, "{} threads", threads);
        }
    }

    #[test]
    fn a_limit_takes_the_first_of_those_that_are_wanted(
        mailbox in hostile(), settings in settings(), limit in 0..7_u64, threads in 1..4_usize,
    ) {
        let (all, counts, reports) = output(&mailbox, 500, &settings, 1);
        let limited = Settings { sample: Sample::First(limit), ..settings };
        let (first, first_counts, first_reports) = output(&mailbox, 500, &limited, threads);
        let length = all.len().min(usize::try_from(limit).unwrap());
        prop_assert_eq!(&first[..], &all[..length]);
        if all.len() < usize::try_from(limit).unwrap() {
            prop_assert_eq!((first_counts, first_reports), (counts, reports));
        }
    }

    #[test]
    fn a_sample_is_a_part_of_all_and_no_larger_than_asked_for(
        mailbox in hostile(), settings in settings(), number in 0..7_u64,
    ) {
        let (all, counts, _) = output(&mailbox, 500, &settings, 1);
        let (some, some_counts, _) = output(&mailbox, 500, &Settings { sample: Sample::Evenly(number), ..settings }, 2);
        prop_assert!(some.iter().all(|kept| all.contains(kept)) && some.len() <= usize::try_from(number).unwrap());
        prop_assert_eq!(some_counts.found, counts.found);
    }
}

/// A message that the tests know all about.
#[derive(Clone, Debug)]
struct Known {
    day: u32,
    labels: Vec<&'static str>,
    from: &'static str,
    cc: &'static str,
    subject: &'static str,
    id: u8,
    lines: usize,
}

/// The archive folder in the language that has this label, if one has.
fn archive_in_language_of(label: &str) -> Option<&'static str> {
    match label {
        "Inbox" | "Unread" => Some("Archive/"),
        "Posteingang" | "Papierkorb" => Some("Archiv/"),
        _ => None,
    }
}

const LABELS: &[&str] = &["Inbox", "Posteingang", "Work", "Work/2024", "Papierkorb", "Unread"];

fn known() -> impl Strategy<Value = Known> {
    let labels = subsequence(LABELS, 0..=LABELS.len());
    let from = select(vec!["Ann <ann@example.org>", "=?utf-8?Q?B=C3=B6b?= <bob@example.com>"]);
    let cc = select(vec!["", "carol@example.net", "Team <TEAM@example.org>"]);
    let subject = select(vec!["Lunch", "=?utf-8?B?R3LDvMOfZQ==?=", "RE: lunch on Friday"]);
    (1..29_u32, labels, from, cc, subject, 0..6_u8, 0..5_usize)
        .prop_map(|(day, labels, from, cc, subject, id, lines)| Known { day, labels, from, cc, subject, id, lines })
}

impl Known {
    fn text(&self) -> String {
        let Self { labels, from, cc, subject, id, lines, .. } = self;
        let cc = if cc.is_empty() { String::new() } else { format!("Cc: {cc}\n") };
        let labels = if labels.is_empty() { String::new() } else { format!("X-Gmail-Labels: {}\n", labels.join(",")) };
        let body = "A line of the body.\n".repeat(*lines);
        format!("{labels}From: {from}\nTo: list@example.org\n{cc}Subject: {subject}\nMessage-ID: <{id}@x>\n\n{body}")
    }

    /// What its sender wrote: equal ids alone do not make messages equal.
    fn sent(&self) -> String {
        Self { labels: Vec::new(), ..self.clone() }.text()
    }

    fn mailbox(all: &[Self]) -> String {
        let message =
            |known: &Self| format!("From ann@example.org Fri Mar {:2} 10:00:00 2024\n{}\n", known.day, known.text());
        all.iter().map(message).collect()
    }

    fn size(&self) -> u64 {
        u64::try_from(self.text().len()).unwrap()
    }
}

/// What is asked for, in the words of the command line.
#[derive(Clone, Debug)]
struct Asked {
    since: Option<u32>,
    until: Option<u32>,
    label: Vec<&'static str>,
    not_label: Vec<&'static str>,
    from: Option<&'static str>,
    to: Option<&'static str>,
    subject: Option<&'static str>,
    sizes: (Option<u64>, Option<u64>),
    dedup: Dedup,
}

fn asked() -> impl Strategy<Value = Asked> {
    let names = || subsequence(&["inbox", "WORK", "Work/2024", "trash", "Nobody's"][..], 0..3);
    let days = (option::weighted(0.3, 1..29_u32), option::weighted(0.3, 1..29_u32));
    let labels = (names(), names());
    let people = (
        option::weighted(0.3, select(vec!["ann@", "BÖB"])),
        option::weighted(0.3, select(vec!["team@", "Carol", "LIST"])),
    );
    let subject = option::weighted(0.3, select(vec!["lunch", "grüß"]));
    let sizes = (option::weighted(0.3, 150..300_u64), option::weighted(0.3, 150..300_u64));
    let dedup = select(vec![Dedup::Off, Dedup::Id]);
    (days, labels, people, subject, sizes, dedup).prop_map(
        |((since, until), (label, not_label), (from, to), subject, sizes, dedup)| Asked {
            since,
            until,
            label,
            not_label,
            from,
            to,
            subject,
            sizes,
            dedup,
        },
    )
}

impl Asked {
    fn filter(&self) -> Filter {
        let period = |day: u32| format!("2024-03-{day:02}").parse::<Period>().unwrap();
        let names = |names: &[&str]| names.iter().map(|name| LabelName::new(name)).collect::<Vec<_>>();
        Filter::default()
            .since(self.since.map(period))
            .until(self.until.map(period))
            .labels(names(&self.label))
            .not_labels(names(&self.not_label))
            .from(self.from.map(Pattern::new))
            .to(self.to.map(Pattern::new))
            .subject(self.subject.map(Pattern::new))
            .min_size(self.sizes.0)
            .max_size(self.sizes.1)
    }

    /// The simple selection: by what the test knows, not by what the header says.
    fn wants(&self, known: &Known) -> bool {
        let has = |name: &&str| {
            known.labels.iter().any(|label| match *name {
                "inbox" => ["Inbox", "Posteingang"].contains(label),
                "WORK" => ["Work", "Work/2024"].contains(label),
                "trash" => *label == "Papierkorb",
                name => *label == name,
            })
        };
        let from = if known.from.starts_with("Ann") { "ann@" } else { "BÖB" };
        let to = |pattern: &str| match pattern {
            "team@" => known.cc.contains("TEAM"),
            "Carol" => known.cc.contains("carol"),
            _ => true,
        };
        let subject = if known.subject.starts_with("=?") { "grüß" } else { "lunch" };
        self.since.is_none_or(|day| day <= known.day)
            && self.until.is_none_or(|day| known.day <= day)
            && (self.label.is_empty() || self.label.iter().any(has))
            && !self.not_label.iter().any(has)
            && self.from.is_none_or(|pattern| pattern == from)
            && self.to.is_none_or(to)
            && self.subject.is_none_or(|pattern| pattern == subject)
            && self.sizes.0.is_none_or(|min| known.size() >= min)
            && self.sizes.1.is_none_or(|max| known.size() <= max)
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn the_messages_taken_are_those_asked_for(all in vec(known(), 0..25), asked in asked(), threads in 1..4_usize) {
        let settings = Settings { filter: asked.filter(), dedup: asked.dedup, ..Settings::raw(SplitRule::Auto) };
        let (kept, counts, _) = output(Known::mailbox(&all).as_bytes(), 1000, &settings, threads);
        let mut seen = HashSet::new();
        let wanted: Vec<&Known> = all.iter().filter(|known| asked.wants(known)).collect();
        let first: Vec<&Known> =
            wanted.iter().copied().filter(|known| asked.dedup == Dedup::Off || seen.insert(known.sent())).collect();
        let texts: Vec<String> = kept.iter().map(|kept| String::from_utf8(kept.bytes.clone()).unwrap()).collect();
        prop_assert_eq!(texts, first.iter().map(|known| known.text()).collect::<Vec<_>>());
        let number = |messages: usize| u64::try_from(messages).unwrap();
        prop_assert_eq!(counts.duplicates, number(wanted.len() - first.len()));
        prop_assert_eq!(counts.filtered, number(all.len() - wanted.len()));
        // A filter does not change a name.
        let indexes: Vec<usize> = kept.iter().map(|kept| kept.name.as_str()[..6].parse().unwrap()).collect();
        prop_assert!(indexes.windows(2).all(|pair| pair[0] < pair[1]) && indexes.iter().all(|index| *index <= all.len()));
    }

    #[test]
    fn a_copy_is_under_each_label(all in vec(known(), 0..10), threads in 1..4_usize) {
        let namer = Namer::new("{index}".parse::<Template>().unwrap(), Charset::Unicode);
        let converter = Settings::raw(SplitRule::Auto).builder(threads).copies(LabelCopies::All);
        let converter = converter.names(namer.layout(Layout::Label)).build();
        let mailbox = Known::mailbox(&all);
        let done = converter.convert(stream(mailbox.as_bytes(), 1000), Memory::default(), &());
        check_sums(&done);
        prop_assert_eq!(done.messages().written, u64::try_from(all.len()).unwrap());
        let mut expected = Vec::new();
        // The archive folder has a name in the language that the labels up to there show first.
        let mut archive = None;
        for (at, known) in (1..).zip(&all) {
            archive = archive.or_else(|| known.labels.iter().find_map(|label| archive_in_language_of(label)));
            let folders = known.labels.iter().copied().filter(|label| *label != "Unread").map(|label| format!("{label}/"));
            let mut folders: Vec<String> = folders.collect();
            if folders.is_empty() {
                folders.push(if known.labels.is_empty() { String::new() } else { archive.unwrap_or("Archive/").to_owned() });
            }
            expected.extend(folders.into_iter().map(|folder| (format!("{folder}{at:06}.eml"), known.text())));
        }
        let mut kept: Vec<(String, String)> = done
            .receipt
            .into_iter()
            .map(|kept| (kept.name.as_str().to_owned(), String::from_utf8(kept.bytes).unwrap()))
            .collect();
        expected.sort();
        kept.sort();
        prop_assert_eq!(kept, expected);
    }
}

//! From_ lines that really occur, and the verdicts of other programs on lines made to try them.
//!
//! The corpus is not part of the repository. Where we judge otherwise, a table says why; a row of a
//! table that no longer differs is a failure like any other.

use std::fs;
use std::path::Path;

use jiff::{Timestamp, civil, fmt::strtime, tz::Offset};
use mbox2eml::internals::Shape;
use mbox2eml::split::FromLine;
use serde_json::Value;

use crate::corpus;

/// A line, whose it is, and why we see it otherwise.
type Deviation = (&'static str, &'static str, &'static str);

/// Examples of the shape list that are not separators.
const SHAPES_REFUSED: &[Deviation] = &[
    ("From <no date>", "From Herp Derp with love.", "prose, counted because a reader split there"),
    (
        "From word Www Mmm dd hh:mm:ss yyyy<br>",
        "From abc123 Mon Sep 17 00:00:00 2001<br>",
        "a patch pasted into an HTML body",
    ),
];

const NO_SENDER: &str = "Dovecot requires a sender; a valid date is evidence enough";
const LANGUAGE: &str = "a name that is not English may be another language's, so the shape is weak";
const WEAK: &str = "a weak shape: only an empty line before it and headers after it make it a separator";

/// Lines on which we and a peer disagree whether they may separate messages.
const VERDICTS: &[Deviation] = &[
    ("dovecot", "From Fri Jan  2 10:14 1970 +0000", NO_SENDER),
    ("dovecot", "From Fri Jan  2 10:14 1970", NO_SENDER),
    ("dovecot", "From user Fri, 2 Foo 1970 10:14:00", LANGUAGE),
    (
        "msgvault",
        "From a@b Mon Jan 1 00:00:00 2024 FOO",
        "msgvault takes unknown zones before the year but not after it; zones of both kinds occur",
    ),
    ("mboxshell", "From user@example.com", WEAK),
    ("mboxshell", "From -", WEAK),
    ("mboxshell", "From u@e.com Xxx Jan 01 00:00:00 2024", LANGUAGE),
];

/// Lines for which we and a peer read different instants.
const INSTANTS: &[Deviation] = &[(
    "neomutt",
    "From god@heaven.af.mil Sat Jan  3 01:05:34 MET DST 1996",
    "neomutt reads past the zone; MET DST is two hours east of UTC",
)];

#[test]
fn shapes_found_in_real_mailboxes_are_separators() {
    let Some(corpus) = corpus::folder() else { return };
    let list = fs::read_to_string(corpus.join("from_shapes.tsv")).unwrap();
    let mut deviations = Deviations::of(SHAPES_REFUSED);
    for row in list.lines().filter(|row| !row.starts_with('#')) {
        let [_, _, shape, example] = row.splitn(4, '\t').collect::<Vec<_>>().try_into().unwrap();
        // One example goes on past the lone CR that ends its line.
        let line = example.split('\r').next().unwrap();
        let found = is_separator(line);
        deviations.note(shape, example, found, &format!("separator: {found}"));
    }
    deviations.finish();
}

#[test]
fn peers_agree_on_what_separates() {
    let Some(corpus) = corpus::folder() else { return };
    let mut deviations = Deviations::of(VERDICTS);
    for case in cases(&corpus) {
        let valid = case["valid"].as_bool().unwrap();
        let (peer, line) = peer_and_line(&case);
        let found = is_separator(line);
        deviations.note(peer, line, found == valid, &format!("separator: {found}, theirs: {valid}"));
    }
    deviations.finish();
}

#[test]
fn peers_agree_on_the_instant() {
    let Some(corpus) = corpus::folder() else { return };
    let mut deviations = Deviations::of(INSTANTS);
    let mut compared = 0;
    for case in cases(&corpus) {
        let Some(theirs) = instant(&case) else {
            continue;
        };
        let (peer, line) = peer_and_line(&case);
        let ours = FromLine::parse(line.as_bytes()).and_then(|line| line.seconds());
        deviations.note(peer, line, ours == Some(theirs), &format!("{ours:?}, theirs: {theirs}"));
        compared += 1;
    }
    assert!(compared > 0, "no line of the corpus gives an instant");
    deviations.finish();
}

#[test]
fn peers_agree_on_the_sender() {
    let Some(corpus) = corpus::folder() else { return };
    let mut deviations = Deviations::of(&[]);
    for case in cases(&corpus).iter().filter(|case| case["valid"] == true) {
        let Some(theirs) = case["sender"].as_str() else {
            continue;
        };
        let (peer, line) = peer_and_line(case);
        let ours = FromLine::parse(line.as_bytes()).unwrap().sender();
        deviations.note(peer, line, ours == theirs.as_bytes(), &format!("{}", ours.escape_ascii()));
    }
    deviations.finish();
}

/// Collects where we differ, and compares it with the table.
struct Deviations {
    expected: &'static [Deviation],
    found: Vec<(String, String)>,
    failures: Vec<String>,
}

impl Deviations {
    fn of(expected: &'static [Deviation]) -> Self {
        Self { expected, found: Vec::new(), failures: Vec::new() }
    }

    fn note(&mut self, whose: &str, line: &str, agrees: bool, what: &str) {
        if agrees {
            return;
        }
        self.found.push((whose.to_owned(), line.to_owned()));
        if !self.expected.iter().any(|(w, l, _)| (*w, *l) == (whose, line)) {
            self.failures.push(format!("{whose}: {line:?}: {what}"));
        }
    }

    fn finish(mut self) {
        for (whose, line, reason) in self.expected {
            if !self.found.iter().any(|(w, l)| (w.as_str(), l.as_str()) == (*whose, *line)) {
                self.failures.push(format!("{whose}: {line:?} no longer deviates ({reason})"));
            }
        }
        assert!(self.failures.is_empty(), "{}", self.failures.join("\n"));
    }
}

fn cases(corpus: &Path) -> Vec<Value> {
    let text = fs::read(corpus.join("from_lines.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn peer_and_line(case: &Value) -> (&str, &str) {
    (case["peer"].as_str().unwrap(), case["line"].as_str().unwrap())
}

fn is_separator(line: &str) -> bool {
    FromLine::parse(line.as_bytes()).is_some_and(|line| line.shape() != Shape::Prose)
}

/// The instant a peer reads, in whichever of three ways it is given.
fn instant(case: &Value) -> Option<i64> {
    if let Some(epoch) = case["epoch"].as_i64() {
        return Some(epoch);
    }
    if let Some(utc) = case["utc"].as_str() {
        return Some(utc.parse::<Timestamp>().unwrap().as_second());
    }
    let asctime = case["utc_asctime"].as_str()?;
    let civil: civil::DateTime = strtime::parse("%a %b %e %H:%M:%S %Y", asctime).unwrap().to_datetime().unwrap();
    Some(Offset::UTC.to_timestamp(civil).unwrap().as_second())
}

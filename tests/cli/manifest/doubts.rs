//! Whatever is doubtful or damaged is in the warnings of its row, with line and byte, and in the summary.

use super::{Row, column, rows};
use crate::common::{Scratch, testdata};

/// The rows of this mailbox, all of whose warnings the summary counts as well.
#[track_caller]
fn converted(mbox: &[u8], options: &[&str]) -> Vec<Row> {
    let scratch = Scratch::with_mailbox(mbox);
    let ran = scratch.run(options.iter().chain(&["in.mbox", "out", "--json", "--manifest", "m.csv"])).ends(0);
    let rows = rows(&scratch, "m.csv");
    let json = ran.json();
    for (kind, count) in json["warnings"].as_object().unwrap() {
        let reported: usize = rows.iter().map(|row| row["warnings"].matches(&format!("{kind} (line ")).count()).sum();
        assert_eq!(*count, reported, "{kind}: {rows:?}");
        assert_eq!(reported > 0, ran.stderr.contains(&format!("{kind} ")), "{kind}: {ran:#?}");
    }
    rows
}

const FIRST: &str = "From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: One\n\nx\n\n";
const SECOND: &str = "From ann@example.org Mon Apr  1 12:01:00 2024\nSubject: Two\n\ny\n\n";

/// The warnings of each row, without what they say at the end.
fn places(rows: &[Row]) -> Vec<Vec<String>> {
    let place = |warning: &str| warning.split_once("): ").unwrap().0.to_owned() + ")";
    let of = |cell: &str| cell.split("; ").filter(|warning| !warning.is_empty()).map(place).collect();
    column(rows, "warnings").into_iter().map(of).collect()
}

#[test]
fn each_sort_of_damage_is_in_its_row() {
    let (first, second) = (FIRST.len(), FIRST.len() + SECOND.len());
    let separator = "From ann@example.org Mon Apr  1 12:02:00 2024\n";
    for (kind, third) in [
        ("nul-bytes", format!("{separator}Subject: Three\n\na\0b\n\n")),
        ("lone-cr", format!("{separator}Subject: Three\n\na\rb\n\n")),
        ("replaced-bytes", format!("{separator}Subject: Three\n\ncaf\u{fffd}\n\n")),
        ("no-header", format!("{separator}\nno header\n\n")),
    ] {
        let rows = converted([FIRST, SECOND, &third, SECOND].concat().as_bytes(), &["--split", "strict"]);
        let expected = format!("{kind} (line 11, byte {second})");
        assert_eq!(places(&rows), [vec![], vec![], vec![expected], vec![]], "{kind}");
    }
    // Without an empty line before it.
    let mbox = [FIRST.trim_end(), "\n", SECOND].concat();
    let rows = converted(mbox.as_bytes(), &[]);
    assert_eq!(places(&rows), [vec![], vec![format!("missing-blank-line (line 5, byte {})", first - 1)]]);
    // A separator that is a body's: the date alone does not begin a message.
    let text = format!("{separator}no field follows\n\n");
    let rows = converted([FIRST, &text, SECOND].concat().as_bytes(), &[]);
    assert_eq!(places(&rows), [vec![format!("doubtful-boundary (line 6, byte {first})")], vec![]]);
}

#[test]
fn what_comes_before_the_first_message_is_reported_on_its_row() {
    let rows = converted(["some text\n\n", FIRST, SECOND].concat().as_bytes(), &["--split", "any"]);
    assert_eq!(places(&rows), [vec!["leading-bytes (line 1, byte 0)".to_owned()], vec![]]);

    let pine = std::fs::read(testdata().join("pine/mail.mbox")).unwrap();
    let rows = converted(&pine, &[]);
    assert_eq!(places(&rows)[0], ["folder-data (line 1, byte 0)"]);
    assert!(places(&rows)[1..].iter().all(Vec::is_empty), "{rows:?}");
}

#[test]
fn a_message_that_is_cut_short_is_reported() {
    let mbox = std::fs::read(testdata().join("takeout/cut-short.mbox")).unwrap();
    let rows = converted(&mbox, &[]);
    let places = places(&rows);
    let (last, before) = places.split_last().unwrap();
    assert!(last.len() == 1 && last[0].starts_with("truncated (line "), "{last:?}");
    assert!(before.iter().all(Vec::is_empty), "{before:?}");
}

#[test]
fn warnings_of_later_batches_count_lines_from_the_start() {
    let mut mbox = crate::common::large_mailbox(600);
    let (bytes, lines) = (mbox.len(), mbox.iter().filter(|byte| **byte == b'\n').count());
    mbox.extend_from_slice(b"From ann@example.org Mon Apr  1 12:00:00 2024\nSubject: Last\n\na\0b\n");
    for threads in ["1", "3"] {
        let rows = converted(&mbox, &["--threads", threads]);
        let expected = format!("nul-bytes (line {}, byte {bytes})", lines + 1);
        assert_eq!(places(&rows).concat(), [expected]);
    }
}

#[test]
fn oddities_of_the_output_are_in_the_row_too() {
    let scratch = Scratch::with_mailbox([FIRST, SECOND].concat());
    scratch.write("out/000001.eml", "somebody's");
    scratch.run(["--name", "{index}", "in.mbox", "out", "--manifest", "m.csv"]).ends(0);
    assert_eq!(places(&rows(&scratch, "m.csv")), [vec!["name-taken (line 1, byte 0)".to_owned()], vec![]]);
    scratch.run(["--zip-max-size", "1", "in.mbox", "mail.zip", "--manifest", "z.csv"]).ends(0);
    let expected = [0, FIRST.len()].map(|byte| vec![format!("oversize-volume (line {}, byte {byte})", byte / 12 + 1)]);
    assert_eq!(places(&rows(&scratch, "z.csv")), expected);
}

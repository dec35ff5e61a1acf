//! The manifest: what its rows say, when they are written, and how files are verified with it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::common::{Ran, Scratch, with_slashes};
use crate::schema;

mod catalogue;
mod check;
mod columns;
#[cfg(unix)]
mod crash;
mod doubts;
#[cfg(unix)]
mod faults;
mod hostile;
mod known;
mod oracles;
pub(crate) mod proof;
mod sources;
mod statuses;
mod volumes;

/// The cells of a row by the names of their columns, as the file has them.
pub(crate) type Row = BTreeMap<String, String>;

const COLUMNS: &str = "index,mailbox,offset,length,path,eml_size,sha256,from_line,received,received_source,date,from,to,\
                       cc,subject,message_id,gmail_id,gmail_thread,labels,flags,status,reason,proof,vault,warnings";

/// The records of a CSV file, by RFC 4180 and nothing else.
#[track_caller]
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut cells, mut rest) = (Vec::new(), Vec::new(), text);
    while !rest.is_empty() {
        let (cell, after) = cell(rest);
        cells.push(cell);
        rest = match after.strip_prefix(',') {
            Some(next) => next,
            None => {
                records.push(std::mem::take(&mut cells));
                after.strip_prefix("\r\n").unwrap_or_else(|| panic!("a record that does not end in CRLF: {after:?}"))
            }
        };
    }
    assert!(cells.is_empty(), "the last record has no end: {cells:?}");
    records
}

/// The first cell, and what follows it.
#[track_caller]
fn cell(text: &str) -> (String, &str) {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\r']).unwrap_or(text.len());
        assert!(!text[..end].contains(['"', '\n']), "a cell that needs quotes: {:?}", &text[..end]);
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut cell = String::new();
    loop {
        let (before, after) = rest.split_once('"').expect("a cell without an end");
        cell.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => rest = more,
            None => return (cell, after),
        }
        cell.push('"');
    }
}

/// The rows of `text`, whose first record names the columns.
#[track_caller]
pub(crate) fn rows_of(text: &str) -> Vec<Row> {
    let mut records = records(text).into_iter();
    let names = records.next().expect("a record of names");
    assert_eq!(names.join(","), COLUMNS);
    let row = |cells: Vec<String>| {
        assert_eq!(cells.len(), names.len(), "{cells:?}");
        names.iter().cloned().zip(cells).collect()
    };
    records.map(row).collect()
}

/// The rows of a manifest of either sort.
#[track_caller]
pub(crate) fn rows(scratch: &Scratch, name: &str) -> Vec<Row> {
    let text = String::from_utf8(scratch.read(name)).unwrap();
    let mut rows = if name.ends_with(".csv") {
        rows_of(&text)
    } else {
        assert!(text.is_empty() || text.ends_with('\n'), "a row without an end");
        text.lines().map(json_row).collect()
    };
    rows.iter_mut().filter_map(|row| row.get_mut("mailbox")).for_each(|path| *path = with_slashes(path));
    rows
}

#[track_caller]
fn json_row(line: &str) -> Row {
    let row: Value = serde_json::from_str(line).unwrap();
    schema::check_row(&row);
    let Value::Object(cells) = row else { panic!("no object: {line}") };
    let cell = |(name, cell): (String, Value)| {
        let text = text(&name, cell);
        (name, text)
    };
    let row: Row = cells.into_iter().map(cell).collect();
    assert!(row.keys().eq(COLUMNS.split(',').collect::<std::collections::BTreeSet<_>>()), "{line}");
    row
}

/// What a CSV has for the cell.
fn text(column: &str, cell: Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Array(list) => {
            let list: Vec<&str> = list.iter().map(|member| member.as_str().unwrap()).collect();
            let quoted = |label: &&str| match label.contains([',', '"']) {
                true => format!("\"{}\"", label.replace('"', "\"\"")),
                false => (*label).to_owned(),
            };
            match column {
                "labels" => list.iter().map(quoted).collect::<Vec<_>>().join(","),
                "path" => list.join("|"),
                _ => list.join("; "),
            }
        }
        other => other.to_string(),
    }
}

/// The number in a cell.
#[track_caller]
pub(crate) fn number(row: &Row, column: &str) -> u64 {
    row[column].parse().unwrap_or_else(|error| panic!("{column}: {:?}: {error}", row[column]))
}

/// All cells of a column.
pub(crate) fn column<'r>(rows: &'r [Row], name: &str) -> Vec<&'r str> {
    rows.iter().map(|row| &*row[name]).collect()
}

/// A cell as it was before it was made safe for spreadsheets.
pub(crate) fn bare(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

/// The rows of each mailbox follow one another without a gap, in numbers and in bytes, up to this byte.
#[track_caller]
pub(crate) fn tile(rows: &[Row], from: u64, to: u64) {
    let mut at = from;
    for (index, row) in (1..).zip(rows) {
        assert_eq!((number(row, "index"), number(row, "offset")), (index, at), "{row:?}");
        at += number(row, "length");
    }
    assert_eq!(at, to, "the last one does not end where the mailbox does");
}

/// As many rows are of each status as the summary says, and they make up the messages that were found.
#[track_caller]
pub(crate) fn balance(ran: &Ran, rows: &[Row]) {
    let json = ran.json();
    let messages = &json["messages"];
    let of = |status: &str| rows.iter().filter(|row| row["status"] == status).count();
    for (key, status) in [
        ("written", "written"),
        ("already_there", "already_there"),
        ("duplicates", "duplicate"),
        ("known", "known"),
        ("filtered", "filtered"),
        ("failed", "failed"),
    ] {
        assert_eq!(messages[key], of(status), "{status}: {messages}");
    }
    assert_eq!(messages["found"], rows.len());
}

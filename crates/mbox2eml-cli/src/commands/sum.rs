//! Adds up the summaries of runs that each converted a range.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde_json::Value;

use super::{print, refuse};
use crate::args::SumArgs;
use crate::exit::Exit;
use crate::number::{count, to_u64};
use crate::planned::PlannedRange;
use crate::sums::{Part, Sums};
use crate::terminal::{self, BAD, escape, json_line};
use crate::usage::Usage;

/// How many of those that failed are named.
const FAILED: usize = 20;

/// Prints the summary that one run over all ranges would have printed, as far as it can be known.
pub(crate) fn sum(args: &SumArgs) -> Exit {
    match add_up(args) {
        Ok(sum) => {
            let exit = if sum["complete"] == true { Exit::Done } else { Exit::SomeFailed };
            report(&sum);
            print(json_line(&sum).as_bytes(), exit)
        }
        Err(usage) => refuse(&usage, "mbox2eml sum --help"),
    }
}

/// Says why a sum is not complete.
fn report(sum: &Value) {
    let failed = sum["failed"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut listed = failed.iter().take(FAILED).peekable();
    while let Some(one) = listed.next() {
        let text = |key: &str| one[key].as_str().unwrap_or_default();
        let (input, reason) = (text("input"), text("reason"));
        let colon = if input.is_empty() { "" } else { ": " };
        terminal::eprint(format_args!("{BAD}mbox2eml:{BAD:#} {}{colon}{}\n", escape(input), escape(reason)));
        let advice = text("advice");
        if !advice.is_empty() && listed.peek().is_none_or(|next| next["advice"] != one["advice"]) {
            terminal::eprint(format_args!("  {}\n", escape(advice)));
        }
    }
    match failed.len() {
        0 if sum["complete"] != true => {
            terminal::eprint(format_args!("{BAD}mbox2eml:{BAD:#} a run did not end as it should: run it again\n"));
        }
        number if number > FAILED => {
            let more = count(to_u64(number - FAILED), "more error");
            terminal::eprint(format_args!("{BAD}mbox2eml:{BAD:#} and {more}\n"));
        }
        _ => {}
    }
}

fn add_up(args: &SumArgs) -> Result<Value, Usage> {
    let mut sums = Sums::default();
    for path in &args.summaries {
        let invalid = |why: String| Usage::Summary(path.clone(), why);
        let bytes = fs::read(path).map_err(|error| invalid(error.to_string()))?;
        let summary =
            serde_json::from_slice(&bytes).map_err(|_| invalid("not a summary written by --json".to_owned()))?;
        sums.add(summary).map_err(invalid)?;
    }
    let planned = args.plan.as_deref().map(parts).transpose()?;
    Ok(sums.total(planned.as_deref()))
}

/// The parts that a plan has.
fn parts(plan: &Path) -> Result<Vec<Part>, Usage> {
    let invalid = |why: String| Usage::Summary(plan.to_owned(), why);
    let file = fs::File::open(plan).map_err(|error| invalid(error.to_string()))?;
    let lines = BufReader::new(file).lines();
    let part = |line: std::io::Result<String>| {
        let line = line.map_err(|error| invalid(error.to_string()))?;
        let row: PlannedRange = serde_json::from_str(&line).map_err(|_| invalid("not a plan".to_owned()))?;
        Ok(Part::from(&row))
    };
    lines.map(part).collect()
}

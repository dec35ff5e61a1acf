//! Adds up the summaries of runs that each converted a range.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde_json::Value;

use super::{print, refuse};
use crate::args::SumArgs;
use crate::exit::Exit;
use crate::planned::PlannedRange;
use crate::sums::{Part, Sums};
use crate::terminal::json_line;
use crate::usage::Usage;

/// Prints the summary that one run over all ranges would have printed, as far as it can be known.
pub(crate) fn sum(args: &SumArgs) -> Exit {
    match add_up(args) {
        Ok(sum) => {
            let exit = if sum["complete"] == true { Exit::Done } else { Exit::SomeFailed };
            print(json_line(&sum).as_bytes(), exit)
        }
        Err(usage) => refuse(&usage, "mbox2eml sum --help"),
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

//! A line of a plan: what one run of `convert --range` converts.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use mbox2eml::range::{Checkpoint, CheckpointError, MessageRange};
use serde::{Deserialize, Serialize};

use crate::sums::Part;
use crate::usage::Usage;

/// A range of a mailbox, or a whole input that has none: an archive, or what cannot be read, which the run reports.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PlannedRange {
    pub(crate) input: String,
    /// Of the input, in bytes.
    pub(crate) size: Option<u64>,
    /// The offset of the first byte.
    pub(crate) start: Option<u64>,
    /// The offset of the first byte behind it.
    pub(crate) end: Option<u64>,
    pub(crate) messages: Option<u64>,
    /// The inputs of the plan, among which this one has its folder.
    pub(crate) inputs: Vec<String>,
    /// What is known at the start and at the end.
    pub(crate) checkpoint: Option<String>,
    pub(crate) until: Option<String>,
}

impl PlannedRange {
    /// Reads the value of `--range`: a line of a plan, or `FILE:LINE`.
    pub(crate) fn given(text: &str) -> Result<Self, Usage> {
        let line = if text.starts_with('{') { text.to_owned() } else { line_of(text)? };
        serde_json::from_str(&line).map_err(|error| Usage::Range(format!("not a line of a plan: {error}")))
    }

    /// The range, if it is not a whole input.
    pub(crate) fn range(&self) -> Result<Option<MessageRange>, Usage> {
        let (Some(start), Some(end)) = (&self.checkpoint, &self.until) else { return Ok(None) };
        let parse = |text: &String| text.parse::<Checkpoint>();
        let range = parse(start).and_then(|start| MessageRange::new(start, parse(end)?));
        let changed = || Err(CheckpointError::NoRange);
        let range = range.and_then(|range| {
            let is_same = Some(range.bytes().start) == self.start && Some(range.bytes().end) == self.end;
            if is_same { Ok(range) } else { changed() }
        });
        range.map(Some).map_err(|error| Usage::Range(error.to_string()))
    }
}

impl From<&PlannedRange> for Part {
    fn from(PlannedRange { input, size, start, end, .. }: &PlannedRange) -> Self {
        Self { input: input.clone(), start: *start, end: *end, size: *size }
    }
}

/// The line that `FILE:LINE` means, counted from 1.
fn line_of(text: &str) -> Result<String, Usage> {
    let numbered = text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse::<usize>().ok()?)));
    let Some((file, number @ 1..)) = numbered else {
        return Err(Usage::Range(format!("{text:?} is neither a line of a plan nor FILE:LINE, counted from 1")));
    };
    let unread = |error| Usage::Range(format!("cannot read {file}: {error}"));
    let mut lines = BufReader::new(File::open(Path::new(file)).map_err(unread)?).lines();
    match lines.nth(number - 1) {
        Some(line) => line.map_err(unread),
        None => Err(Usage::Range(format!("{file} has no line {number}"))),
    }
}

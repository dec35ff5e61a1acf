//! The summaries of several runs as that of one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::given::is_of_one_run;

/// What a run has converted: a range of an input, or a whole one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) input: String,
    pub(crate) start: Option<u64>,
    pub(crate) end: Option<u64>,
    /// Of the input, in bytes.
    pub(crate) size: Option<u64>,
}

/// Summaries, each of one part.
#[derive(Debug, Default)]
pub(crate) struct Sums(Vec<(Part, Value)>);

impl Sums {
    /// Adds a summary, or says why it cannot be added to the others.
    pub(crate) fn add(&mut self, summary: Value) -> Result<(), String> {
        let part = summary.get("range").and_then(|part| Part::deserialize(part).ok());
        let (Some(part), true) = (part, summary.is_object()) else {
            return Err("not the summary of a run with --range".to_owned());
        };
        if let Some((_, first)) = self.0.first()
            && (options(first) != options(&summary) || first["version"] != summary["version"])
        {
            return Err(
                "the run had other options than that of the first summary, or was one of another version".to_owned()
            );
        }
        self.0.push((part, summary));
        Ok(())
    }

    /// The sum, which is complete if every summary is, and all parts of the plan, or else all bytes of every input that has a
    /// part here, are in exactly one of them.
    pub(crate) fn total(mut self, planned: Option<&[Part]>) -> Value {
        self.0.sort_by(|(one, _), (other, _)| one.cmp(other));
        let parts: Vec<Part> = self.0.iter().map(|(part, _)| part.clone()).collect();
        let number = self.0.len();
        let mut summaries = self.0.into_iter().map(|(_, summary)| summary);
        let mut total = summaries.next().unwrap_or_else(|| json!({}));
        summaries.for_each(|summary| add("", &mut total, summary));
        let Value::Object(sum) = &mut total else { return total };
        // They are about one run each.
        for key in ["range", "manifest", "bag", "sources"] {
            sum.remove(key);
        }
        if let Some(Value::Object(options)) = sum.get_mut("options") {
            options.retain(|name, _| !is_of_one_run(name));
        }
        add_up_labels(sum, number);
        let mut faults = planned.map_or_else(|| gaps(&parts), |planned| unlike(planned, &parts));
        faults.extend(imbalances(sum));
        if !faults.is_empty() {
            sum.insert("complete".to_owned(), false.into());
        }
        let faults = faults.into_iter().map(|(input, reason)| {
            json!({"input": input, "place": "", "reason": reason, "advice": "convert what is missing, and add up again"})
        });
        match sum.get_mut("failed") {
            Some(Value::Array(failed)) => failed.extend(faults),
            _ => drop(sum.insert("failed".to_owned(), faults.collect())),
        }
        total
    }
}

/// The options that decide what is written.
fn options(summary: &Value) -> Map<String, Value> {
    let mut options = summary["options"].as_object().cloned().unwrap_or_default();
    options.retain(|name, _| !is_of_one_run(name));
    options
}

/// Adds a value to one of the same key.
fn add(key: &str, total: &mut Value, more: Value) {
    match (key, &mut *total, more) {
        (_, _, Value::Null) => {}
        (_, Value::Null, more) => *total = more,
        (_, Value::Object(total), Value::Object(more)) => {
            for (key, value) in more {
                match total.get_mut(&key) {
                    Some(total) => add(&key, total, value),
                    None => drop(total.insert(key, value)),
                }
            }
        }
        ("mailboxes", Value::Array(total), Value::Array(more)) => more.into_iter().for_each(|mailbox| {
            match total.iter_mut().find(|known| known["input"] == mailbox["input"]) {
                Some(known) => add("", known, mailbox),
                None => total.push(mailbox),
            }
        }),
        ("exports", Value::Array(total), Value::Array(more)) => {
            more.into_iter().for_each(|export| {
                if !total.contains(&export) {
                    total.push(export)
                }
            });
        }
        ("unmatched_labels", Value::Array(total), Value::Array(more)) => total.retain(|label| more.contains(label)),
        (_, Value::Array(total), Value::Array(more)) => total.extend(more),
        ("complete", Value::Bool(total), Value::Bool(more)) => *total &= more,
        ("started" | "first", Value::String(total), Value::String(more)) if more < *total => *total = more,
        ("last", Value::String(total), Value::String(more)) if more > *total => *total = more,
        // Of a mailbox: the last one that is known, and the worst.
        ("profile", total, more) if more != "empty" => *total = more,
        ("state", total, more) if more != "done" && *total != "failed" => *total = more,
        (_, total @ Value::Number(_), Value::Number(more)) => {
            let whole = total.as_u64().zip(more.as_u64()).and_then(|(one, other)| one.checked_add(other));
            let sum = whole.map(Value::from).or_else(|| Some((total.as_f64()? + more.as_f64()?).into()));
            *total = sum.unwrap_or(Value::Null);
        }
        _ => {}
    }
}

/// A label is unmatched if no run has found it.
fn add_up_labels(sum: &mut Map<String, Value>, runs: usize) {
    const KIND: &str = "unmatched-label";
    let unmatched = sum.get("unmatched_labels").and_then(Value::as_array).map_or(0, Vec::len);
    if let Some(count) = sum.get_mut("warnings").and_then(|warnings| warnings.get_mut(KIND)) {
        *count = unmatched.into();
    }
    if let Some(Value::Array(first)) = sum.get_mut("first_warnings") {
        let all = std::mem::take(first);
        for warning in &all {
            let of_all = || all.iter().filter(|other| *other == warning).count() >= runs;
            if warning["kind"] != KIND || of_all() && !first.contains(warning) {
                first.push(warning.clone());
            }
        }
    }
}

/// Bytes of inputs that are in no part, or in two. The parts are sorted.
fn gaps(parts: &[Part]) -> Vec<(String, String)> {
    let mut inputs: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
    parts.iter().for_each(|part| inputs.entry(&part.input).or_default().push(part));
    let mut faults = Vec::new();
    for (input, parts) in inputs {
        let mut fault = |reason: String| faults.push((input.to_owned(), reason));
        if parts.len() > 1 && parts.iter().any(|part| part.start.is_none()) {
            fault("it is in several summaries".to_owned());
            continue;
        }
        let mut next = 0;
        for part in &parts {
            let (Some(start), Some(end)) = (part.start, part.end) else { break };
            if start > next {
                fault(format!("bytes {next} to {start} are in no summary"));
            } else if start < next {
                fault(format!("bytes {start} to {} are in two summaries", next.min(end)));
            }
            next = next.max(end);
        }
        match parts.iter().find_map(|part| part.size.filter(|_| part.end.is_some())) {
            Some(size) if next < size => fault(format!("bytes {next} to {size} are in no summary")),
            _ => {}
        }
    }
    faults
}

/// How the parts differ from those of the plan.
fn unlike(planned: &[Part], parts: &[Part]) -> Vec<(String, String)> {
    let mut counts: BTreeMap<&Part, i64> = BTreeMap::new();
    planned.iter().for_each(|part| *counts.entry(part).or_default() += 1);
    parts.iter().for_each(|part| *counts.entry(part).or_default() -= 1);
    let fault = |(part, count): (&Part, i64)| {
        let what = match (part.start, part.end) {
            (Some(start), Some(end)) => format!("bytes {start} to {end} are"),
            _ => "it is".to_owned(),
        };
        let reason = match count {
            0 => return None,
            1.. => format!("{what} in no summary"),
            _ => format!("{what} in more summaries than the plan has"),
        };
        Some((part.input.clone(), reason))
    };
    counts.into_iter().filter_map(fault).collect()
}

/// Sums that do not add up.
fn imbalances(sum: &Map<String, Value>) -> Vec<(String, String)> {
    let of = |what: &str, total: &str| {
        let counts = sum.get(what)?.as_object()?;
        let sum = |is_total: bool| {
            let counts = counts.iter().filter(move |(name, _)| (*name == total) == is_total);
            counts.filter_map(|(_, count)| count.as_u64()).map(u128::from).sum::<u128>()
        };
        (sum(true) != sum(false)).then(|| (String::new(), format!("the {what} do not add up")))
    };
    [of("messages", "found"), of("bytes", "input")].into_iter().flatten().collect()
}

//! Instruction counts of the program, and the record that a change is compared with.

use std::fmt;
use std::str::FromStr;

use crate::size::to_f64;

/// The input that measures the start of the program.
pub const START: &str = "start";

/// The instructions of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Name of the input.
    pub input: String,
    /// Name of the output.
    pub sink: String,
    /// Messages in the input.
    pub messages: u64,
    /// Bytes in the input.
    pub bytes: u64,
    /// Instructions in user mode.
    pub instructions: u64,
}

/// Counts, and the tools that they depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Compiler, processor, valgrind.
    pub made_with: Vec<String>,
    /// One for each pair of input and sink.
    pub counts: Vec<Count>,
}

impl Record {
    fn of(&self, input: &str, sink: &str) -> Option<&Count> {
        self.counts.iter().find(|count| (count.input.as_str(), count.sink.as_str()) == (input, sink))
    }

    /// A Markdown table of these counts; the last column is the difference to `before` in per cent.
    ///
    /// Counts per message and per byte exclude the start.
    #[must_use]
    pub fn table(&self, before: &Self) -> String {
        let mut table = String::from(
            "| input | to | messages | instructions | per message | per byte | compared with the record |\n\
             |---|---|---|---|---|---|---|\n",
        );
        for count in &self.counts {
            table.push_str(&self.row(count, before));
        }
        table
    }

    fn row(&self, count: &Count, before: &Self) -> String {
        let Count { input, sink, messages, bytes, instructions } = count;
        let start = self.of(START, sink).filter(|_| input != START).map_or(0, |start| start.instructions);
        let work = to_f64(instructions.saturating_sub(start));
        let change = match before.of(input, sink) {
            Some(old) if (old.messages, old.bytes) == (*messages, *bytes) => {
                format!("{:+.2} %", 100.0 * (to_f64(*instructions) / to_f64(old.instructions) - 1.0))
            }
            Some(_) => "another input".to_owned(),
            None => "new".to_owned(),
        };
        format!(
            "| {input} | {sink} | {messages} | {instructions} | {:.0} | {:.3} | {change} |\n",
            work / to_f64(*messages),
            work / to_f64(*bytes),
        )
    }
}

const COLUMNS: &str = "input\tto\tmessages\tbytes\tinstructions";

impl fmt::Display for Record {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.made_with {
            writeln!(out, "# {line}")?;
        }
        writeln!(out, "{COLUMNS}")?;
        for Count { input, sink, messages, bytes, instructions } in &self.counts {
            writeln!(out, "{input}\t{sink}\t{messages}\t{bytes}\t{instructions}")?;
        }
        Ok(())
    }
}

impl FromStr for Record {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut record = Self::default();
        for line in text.lines() {
            if let Some(fact) = line.strip_prefix("# ") {
                record.made_with.push(fact.to_owned());
            } else if line != COLUMNS {
                record.counts.push(count(line).ok_or_else(|| format!("not a line of a record: {line}"))?);
            }
        }
        Ok(record)
    }
}

fn count(line: &str) -> Option<Count> {
    let mut columns = line.split('\t');
    let (input, sink) = (columns.next()?.to_owned(), columns.next()?.to_owned());
    let mut number = || columns.next()?.parse().ok();
    let count = Count { input, sink, messages: number()?, bytes: number()?, instructions: number()? };
    columns.next().is_none().then_some(count)
}

/// The number of instructions in callgrind's output: `==12== Collected : 1234`.
#[must_use]
pub fn instructions(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(small: u64) -> Record {
        let count = |input: &str, messages, bytes, instructions| Count {
            input: input.into(),
            sink: "null".into(),
            messages,
            bytes,
            instructions,
        };
        let counts = vec![count(START, 1, 500, 2_000), count("small", 10, 5_000, small)];
        Record { made_with: vec!["rustc 1.95.0".into(), "a processor".into()], counts }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        assert_eq!(record(3_000).to_string().parse(), Ok(record(3_000)));
        assert!("small\tnull\t1\t2".parse::<Record>().is_err());
        assert!("small\tnull\t1\t2\t3\t4".parse::<Record>().is_err());
    }

    #[test]
    fn the_table_leaves_the_start_out_and_shows_the_change() {
        let table = record(3_030).table(&record(3_000));
        assert!(table.contains("| start | null | 1 | 2000 | 2000 | 4.000 | +0.00 % |\n"), "{table}");
        assert!(table.contains("| small | null | 10 | 3030 | 103 | 0.206 | +1.00 % |\n"), "{table}");
    }

    #[test]
    fn what_the_record_does_not_have_is_not_compared() {
        let mut before = record(3_000);
        before.counts[1].bytes = 4_000;
        assert!(record(3_000).table(&before).contains("| another input |\n"));
        assert!(record(3_000).table(&Record::default()).contains("| new |\n"));
    }

    #[test]
    fn instructions_are_read_from_what_valgrind_prints() {
        let text = "==12== Events    : Ir\n==12== Collected : 18064217\n==12== \n==12== I   refs: 18,064,217\n";
        assert_eq!(instructions(text), Some(18_064_217));
        assert_eq!(instructions("==12== Command: x\n"), None);
    }
}

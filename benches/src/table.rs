//! Runs programs that do the same work in turn, and makes a table of their costs.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bench::{Scratch, cool, warm};
use crate::measure::{Running, Usage};
use crate::size::{MIB, to_f64};
use crate::spread::Spread;
use crate::strace;

/// Builds the command that converts an input into files in an output folder.
pub type MakeCommand = dyn Fn(&Path, &Path) -> io::Result<Command>;

/// A row of the table.
pub struct Program {
    name: String,
    command: Box<MakeCommand>,
    /// The rows that this one is compared with.
    against: Vec<usize>,
    /// The number of files it must write.
    files: u64,
    /// The maximum number of rounds, beginning with the first that counts.
    most_rounds: Option<u16>,
    runs: Vec<Usage>,
    is_traced: bool,
    calls: Option<u64>,
}

impl Program {
    /// A program that must write `files` files and is compared with the rows `against`, counted from 0.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        files: u64,
        against: &[usize],
        command: impl Fn(&Path, &Path) -> io::Result<Command> + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            command: Box::new(command),
            against: against.to_vec(),
            files,
            most_rounds: None,
            runs: Vec::new(),
            is_traced: true,
            calls: None,
        }
    }

    /// Limits the number of rounds, for slow programs whose times differ clearly from the others.
    #[must_use]
    pub fn at_most(self, rounds: u16) -> Self {
        Self { most_rounds: Some(rounds), ..self }
    }

    /// Does not count system calls, for programs with so many that this takes too long.
    #[must_use]
    pub fn untraced(self) -> Self {
        Self { is_traced: false, ..self }
    }

    fn takes_part_in(&self, round: u16) -> bool {
        self.most_rounds.is_none_or(|most| (1..=most).contains(&round))
    }

    fn run(&mut self, work: &Work<'_>, scratch: &Scratch) -> io::Result<()> {
        match work.cache {
            Cache::Warm => warm(work.input)?,
            Cache::Cold => cool(work.input)?,
        }
        let usage = self.within(work, scratch, |mut command, _| Running::start(&mut command)?.finish())?;
        self.runs.push(usage);
        Ok(())
    }

    fn count_calls(&mut self, work: &Work<'_>, scratch: &Scratch) -> io::Result<()> {
        let notes = scratch.path().join("strace");
        self.calls = Some(self.within(work, scratch, |command, _| strace::count(&command, &notes))?);
        Ok(())
    }

    /// Calls `run` with the command and a new output folder, which must then contain the right number of files: a
    /// program that writes fewer has not done the same work.
    fn within<T>(
        &self,
        work: &Work<'_>,
        scratch: &Scratch,
        run: impl FnOnce(Command, &Path) -> io::Result<T>,
    ) -> io::Result<T> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", self.name));
        let quiet = |mut command: Command| {
            command.stdout(Stdio::null());
            command
        };
        let (done, files) =
            scratch.run(work.bytes, |out| run(quiet((self.command)(work.input, out)?), out)).map_err(named)?;
        if u64::try_from(files) != Ok(self.files) {
            return Err(named(io::Error::other(format!("wrote {files} files, not {}", self.files))));
        }
        Ok(done)
    }
}

/// The work that all programs of a table do.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// The mailbox, or folder of mailboxes.
    pub input: &'a Path,
    /// Its size.
    pub bytes: u64,
    /// Messages in it.
    pub messages: u64,
    /// Whether it is in the page cache at the start.
    pub cache: Cache,
}

/// Whether an input is in the page cache when a program starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// All of it.
    Warm,
    /// Nothing of it.
    Cold,
}

impl Cache {
    /// The name in titles.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Warm => "warm",
            Self::Cold => "cold",
        }
    }
}

/// Runs the programs in turn, `rounds` times or up to their own maximum, and returns the table. With `calls`, one more
/// round counts system calls.
///
/// # Errors
///
/// A program failed, or wrote the wrong number of files.
pub fn compare(
    programs: &mut [Program],
    work: Work<'_>,
    scratch: &Scratch,
    rounds: u16,
    calls: bool,
) -> io::Result<String> {
    // Round 0 warms up: a virtual machine gets its memory only when it is first used.
    for round in 0..=rounds {
        let mut in_turn: Vec<_> = programs.iter_mut().filter(|program| program.takes_part_in(round)).collect();
        // The order rotates, because a slow program affects the one that runs after it.
        let first = usize::from(round) % in_turn.len().max(1);
        in_turn.rotate_left(first);
        in_turn.into_iter().try_for_each(|program| program.run(&work, scratch))?;
        if round == 0 {
            programs.iter_mut().for_each(|program| program.runs.clear());
        }
    }
    if calls {
        let mut traced = programs.iter_mut().filter(|program| program.is_traced);
        traced.try_for_each(|program| program.count_calls(&work, scratch))?;
    }
    Ok(table(programs, work.messages))
}

fn table(programs: &[Program], messages: u64) -> String {
    let mut table = String::from(
        "| program | rounds | wall s | user s | system s | peak MiB | page faults | read MiB | calls per message | times |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for program in programs {
        let of = |what: fn(&Usage) -> f64| Spread::of(program.runs.iter().map(what));
        let calls = program.calls.map_or("–".into(), |calls| format!("{:.1}", to_f64(calls) / to_f64(messages)));
        let against = program.against.iter().filter_map(|row| programs.get(*row));
        let times: Vec<String> = against.map(|base| times(program, base)).collect();
        table.push_str(&format!(
            "| {} | {} | {} | {:.2} | {:.2} | {} | {:.0} | {:.0} | {calls} | {} |\n",
            program.name,
            program.runs.len(),
            of(|run| run.wall.as_secs_f64()),
            of(|run| run.user.as_secs_f64()).median,
            of(|run| run.system.as_secs_f64()).median,
            program.runs.iter().map(|run| run.peak_kib / 1024).max().unwrap_or(0),
            of(|run| to_f64(run.minor_faults)).median,
            of(|run| to_f64(run.read_bytes / MIB)).median,
            times.join("; "),
        ));
    }
    table
}

/// The ratio of the times of two programs in the same round.
fn times(program: &Program, base: &Program) -> String {
    let ratios = program.runs.iter().zip(&base.runs).map(|(run, base)| run.wall.div_duration_f64(base.wall));
    format!("{} {}", Spread::of(ratios), base.name)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn usage(milliseconds: u64) -> Usage {
        let wall = Duration::from_millis(milliseconds);
        Usage { wall, user: wall / 2, system: wall / 4, peak_kib: 3 << 10, minor_faults: 7, read_bytes: 2 * MIB }
    }

    fn program(name: &str, against: &[usize], walls: &[u64], calls: Option<u64>) -> Program {
        let runs = walls.iter().copied().map(usage).collect();
        Program { runs, calls, ..Program::new(name, 0, against, |_, _| Ok(Command::new("true"))) }
    }

    #[test]
    fn a_row_is_compared_with_the_same_round_of_another() {
        let programs = [
            program("floor", &[], &[1000, 2000], Some(30)),
            program("ours", &[0], &[2000, 3000], None),
            program("slow", &[0, 1], &[4000], None),
        ];
        let table = table(&programs, 10);
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| floor | 2 | 1.50 (1.00–2.00) | 0.75 | 0.38 | 3 | 7 | 2 | 3.0 |  |",
                "| ours | 2 | 2.50 (2.00–3.00) | 1.25 | 0.62 | 3 | 7 | 2 | – | 1.75 (1.50–2.00) floor |",
                "| slow | 1 | 4.00 (4.00–4.00) | 2.00 | 1.00 | 3 | 7 | 2 | – | 4.00 (4.00–4.00) floor; 2.00 (2.00–2.00) ours |",
            ]
        );
    }

    #[test]
    fn a_slow_program_runs_in_the_first_rounds_that_count() {
        let quick = program("quick", &[], &[], None);
        let slow = program("slow", &[], &[], None).at_most(2);
        assert_eq!([0, 1, 2, 3].map(|round| quick.takes_part_in(round)), [true; 4]);
        assert_eq!([0, 1, 2, 3].map(|round| slow.takes_part_in(round)), [false, true, true, false]);
    }

    #[test]
    fn a_program_that_writes_too_few_files_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(parent.path(), false).unwrap();
        let input = tempfile::NamedTempFile::new().unwrap();
        let work = Work { input: input.path(), bytes: 0, messages: 1, cache: Cache::Warm };
        let touch = |_: &Path, out: &Path| {
            let mut command = Command::new("touch");
            command.arg(out.join("a"));
            Ok(command)
        };
        let rounds = |files| {
            let mut programs = [Program::new("touch", files, &[], touch)];
            compare(&mut programs, work, &scratch, 1, false).map_err(|error| error.to_string())
        };
        assert!(rounds(1).is_ok());
        assert_eq!(rounds(2).unwrap_err(), "touch: wrote 1 files, not 2");
    }
}

//! `scale`: time and memory of mbox2eml by size of the input and by number of messages, with straight lines fitted to
//! them.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the benchmarks, not of the product")]

use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use clap::{Parser, ValueEnum};
use mbox2eml_bench::bench::{Scratch, build, cool, count_messages, machine, mbox2eml, product, sibling, warm};
use mbox2eml_bench::cgroup::Limit;
use mbox2eml_bench::generator::Kind;
use mbox2eml_bench::line::Line;
use mbox2eml_bench::measure::{Running, Usage, watch};
use mbox2eml_bench::size::{self, MIB, to_f64};

/// Measures mbox2eml on inputs that double in size, and fits straight lines to the times.
#[derive(Parser)]
struct Arguments {
    /// Folder for inputs and outputs, with room for twice the largest size.
    #[arg(long)]
    dir: PathBuf,
    /// Sizes of mailboxes with mixed mail.
    #[arg(long, value_delimiter = ',', default_value = "1GiB,2GiB,4GiB,8GiB", value_parser = size::parse)]
    sizes: Vec<u64>,
    /// Sizes of mailboxes with small messages, about 205,000 per GiB.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "50MiB,100MiB,200MiB,400MiB,800MiB,1600MiB,3200MiB,5120MiB",
        value_parser = size::parse
    )]
    small_sizes: Vec<u64>,
    /// How the input is passed.
    #[arg(long, value_delimiter = ',', default_value = "mapped,pipe")]
    way: Vec<Way>,
    /// Number of threads of mbox2eml.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Memory limit for mbox2eml, pages of files included. The input is then read from disk.
    #[arg(long, requires = "cgroup", value_parser = size::parse)]
    limit: Option<u64>,
    /// The control group in which a group with the limit is created, such as /sys/fs/cgroup/memory.
    #[arg(long)]
    cgroup: Option<PathBuf>,
    /// The mbox2eml program. Default: build that of this workspace.
    #[arg(long)]
    mbox2eml: Option<PathBuf>,
    /// Keep the inputs in DIR, and use those kept by an earlier run.
    #[arg(long)]
    keep: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Way {
    /// By its path
    Mapped,
    /// Through standard input
    Pipe,
    /// By its path to the floor instead of mbox2eml
    Floor,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = Arguments::parse();
    build("mbox2eml-bench")?;
    let program = product(arguments.mbox2eml.take())?;
    let scratch = Scratch::new(&arguments.dir, arguments.keep)?;
    if arguments.limit.is_some() && scratch.is_tmpfs() {
        return Err("--limit needs a DIR on disk: files in a tmpfs take memory that cannot be released".into());
    }
    println!("{}; {} threads.", machine(scratch.path()), arguments.threads);
    let scale = Scale { arguments: &arguments, program: &program, scratch: &scratch };
    scale.table("Mixed mail", Kind::Takeout, &arguments.sizes)?;
    scale.table("Small messages", Kind::Small, &arguments.small_sizes)?;
    Ok(())
}

struct Scale<'a> {
    arguments: &'a Arguments,
    program: &'a Path,
    scratch: &'a Scratch,
}

/// A row of a table.
struct Point {
    way: Way,
    bytes: u64,
    messages: u64,
    usage: Usage,
    private_kib: u64,
    /// Peak memory of the control group.
    group_kib: Option<u64>,
}

impl Scale<'_> {
    fn table(&self, title: &str, kind: Kind, sizes: &[u64]) -> io::Result<()> {
        if sizes.is_empty() {
            return Ok(());
        }
        println!("\n**{title}**\n");
        print!("| input MiB | messages | way | wall s | user s | system s ");
        println!("| peak MiB | private MiB | group MiB | read / size |");
        println!("|---|---|---|---|---|---|---|---|---|---|");
        let mut points = Vec::new();
        for &size in sizes {
            let input = self.scratch.mailbox(kind, size, 1)?;
            for &way in &self.arguments.way {
                eprintln!("{title}, {} MiB, {way:?}", size / MIB);
                let point = self.measure(&input, way)?;
                println!("{}", row(&point));
                points.push(point);
            }
            if !self.arguments.keep {
                fs::remove_file(input)?;
            }
        }
        println!();
        for &way in &self.arguments.way {
            let of_way: Vec<&Point> = points.iter().filter(|point| point.way == way).collect();
            print!("{}", lines(way, &of_way));
        }
        Ok(())
    }

    fn measure(&self, input: &Path, way: Way) -> io::Result<Point> {
        let limit = self.arguments.limit.zip(self.arguments.cgroup.as_deref());
        let limit = limit.map(|(bytes, parent)| Limit::new(parent, bytes)).transpose()?;
        let (bytes, messages) = (fs::metadata(input)?.len(), count_messages(input)?);
        // Pages that another group has read would not count in the limited one.
        if limit.is_some() {
            cool(input)?
        } else {
            warm(input)?
        }
        let ((usage, private_kib), files) = self.scratch.run(bytes, |out| {
            let mut command = self.command(way, input, out)?;
            if let Some(limit) = &limit {
                command = limit.apply(&command);
            }
            // In a dry run the floor prints a count.
            command.stdout(Stdio::null());
            match way {
                Way::Mapped | Way::Floor => watch(Running::start(&mut command)?),
                Way::Pipe => piped(command, input),
            }
        })?;
        if !self.arguments.dry_run && u64::try_from(files) != Ok(messages) {
            return Err(io::Error::other(format!("wrote {files} files of {messages} messages")));
        }
        let group_kib = limit.as_ref().and_then(Limit::peak_kib);
        Ok(Point { way, bytes, messages, usage, private_kib, group_kib })
    }

    fn command(&self, way: Way, input: &Path, out: &Path) -> io::Result<Command> {
        let Arguments { threads, dry_run, .. } = *self.arguments;
        if way == Way::Floor {
            let mut command = sibling("floor")?;
            command.arg(input).arg(if dry_run { Path::new("-") } else { out }).arg(threads.to_string());
            return Ok(command);
        }
        let mut command = mbox2eml(self.program, threads);
        command.args(dry_run.then_some("--dry-run"));
        command.arg(if way == Way::Pipe { Path::new("-") } else { input }).arg(out);
        Ok(command)
    }
}

fn piped(mut command: Command, input: &Path) -> io::Result<(Usage, u64)> {
    let mut mailbox = File::open(input)?;
    let mut running = Running::start(command.stdin(Stdio::piped()))?;
    let mut pipe = running.child.stdin.take().ok_or_else(|| io::Error::other("no pipe"))?;
    // The pipe is closed when the copy ends, so the program sees the end of its input.
    let feeder = thread::spawn(move || io::copy(&mut mailbox, &mut pipe));
    let watched = watch(running)?;
    feeder.join().map_err(|_| io::Error::other("panic"))??;
    Ok(watched)
}

fn row(point: &Point) -> String {
    let Point { way, bytes, messages, usage, private_kib, group_kib } = point;
    let read = match way {
        Way::Mapped | Way::Floor => format!("{:.2}", to_f64(usage.read_bytes) / to_f64(*bytes)),
        // The file is read by this program, not by the measured one.
        Way::Pipe => "–".into(),
    };
    format!(
        "| {} | {messages} | {way:?} | {:.2} | {:.2} | {:.2} | {} | {} | {} | {read} |",
        bytes / MIB,
        usage.wall.as_secs_f64(),
        usage.user.as_secs_f64(),
        usage.system.as_secs_f64(),
        usage.peak_kib / 1024,
        private_kib / 1024,
        group_kib.map_or("–".into(), |kib| (kib / 1024).to_string()),
    )
}

/// Straight lines: the cost of more bytes and of more messages.
fn lines(way: Way, points: &[&Point]) -> String {
    let wall = |point: &Point| point.usage.wall.as_secs_f64();
    let cpu = |point: &Point| (point.usage.user + point.usage.system).as_secs_f64();
    let line = |x: fn(&Point) -> f64, y: &dyn Fn(&Point) -> f64| {
        Line::through(&points.iter().map(|point| (x(point), y(point))).collect::<Vec<_>>())
    };
    let gib = |point: &Point| to_f64(point.bytes) / to_f64(1024 * MIB);
    let messages = |point: &Point| to_f64(point.messages);
    let describe = |what: &str, unit: &str, scale: f64, line: Option<Line>| {
        line.map_or(String::new(), |Line { base, slope, worst }| {
            let worst = 100.0 * worst;
            format!(
                "- {way:?}, {what}: {base:.3} s + {:.3} {unit}; worst point {worst:.0} % off the line\n",
                slope * scale
            )
        })
    };
    [
        describe("wall", "s per GiB", 1.0, line(gib, &wall)),
        describe("CPU", "s per GiB", 1.0, line(gib, &cpu)),
        describe("wall", "µs per message", 1e6, line(messages, &wall)),
        describe("CPU", "µs per message", 1e6, line(messages, &cpu)),
    ]
    .concat()
}

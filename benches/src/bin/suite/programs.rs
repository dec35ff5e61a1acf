//! Which programs run side by side for which output.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;
use mbox2eml_bench::bench::{mbox2eml, sibling, version_of};
use mbox2eml_bench::generator::Kind;
use mbox2eml_bench::table::Program;

use crate::scenario::Scenario;

/// Where the messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sink {
    /// A file for each
    Folder,
    /// Nowhere
    Null,
    /// A ZIP, compressed
    Zip,
    /// A ZIP, not compressed
    Stored,
}

impl Sink {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Folder => "To a folder",
            Self::Null => "To nothing, --dry-run",
            Self::Zip => "To a ZIP",
            Self::Stored => "To a ZIP, --compression 0",
        }
    }

    /// Options of mbox2eml, and what stands in the output folder.
    fn options(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Folder => (&[], ""),
            Self::Null => (&["--dry-run"], ""),
            Self::Zip => (&[], "mail.zip"),
            Self::Stored => (&["--compression", "0"], "mail.zip"),
        }
    }
}

/// The programs of a table. The first is the least that must be done; mbox2eml and the peers are held against it, or
/// against its run on the same number of threads.
pub(crate) fn programs(sink: Sink, scenario: &Scenario, messages: u64, product: &Path) -> Vec<Program> {
    let ours = |threads, against| ours(sink, product.to_owned(), threads, messages, against);
    match sink {
        Sink::Folder => {
            let mut programs = vec![floor(2, Some(messages), 0), ours(2, 0), floor(1, Some(messages), 2), ours(1, 2)];
            programs.extend(peers(scenario, messages));
            programs
        }
        Sink::Null => {
            let headers = Program::new("mail-parser's iterator and headers", 0, 2, |input, _| {
                let mut command = sibling("peer_headers")?;
                command.arg(input);
                Ok(command)
            });
            vec![floor(2, None, 0), ours(2, 0), floor(1, None, 2), ours(1, 2), headers]
        }
        Sink::Zip => {
            let deflater = Program::new("deflater, 1 thread", 0, 0, |input, _| {
                let mut command = sibling("deflate_alone")?;
                command.arg(input);
                Ok(command)
            });
            vec![deflater, ours(2, 0), ours(1, 0)]
        }
        Sink::Stored => {
            let cp = Program::new("cp", scenario.mailboxes, 0, |input, out| {
                let mut command = Command::new("cp");
                command.arg("-r").arg(input).arg(out);
                Ok(command)
            });
            vec![cp, ours(2, 0), ours(1, 0)]
        }
    }
}

fn ours(sink: Sink, product: PathBuf, threads: usize, messages: u64, against: usize) -> Program {
    let (options, output) = sink.options();
    let files = match sink {
        Sink::Folder => messages,
        Sink::Null => 0,
        Sink::Zip | Sink::Stored => 1,
    };
    Program::new(format!("mbox2eml --threads {threads}"), files, against, move |input, out| {
        let mut command = mbox2eml(&product, threads);
        command.args(options).arg(input).arg(out.join(output));
        Ok(command)
    })
}

/// Writes so many files, or looks for the separators only.
fn floor(threads: usize, files: Option<u64>, against: usize) -> Program {
    let name = if threads == 1 { "floor, 1 thread".to_owned() } else { format!("floor, {threads} threads") };
    Program::new(name, files.unwrap_or(0), against, move |input, out| {
        let mut command = sibling("floor")?;
        command.arg(input).arg(if files.is_some() { out } else { Path::new("-") }).arg(threads.to_string());
        Ok(command)
    })
}

/// All on one thread, as they are.
fn peers(scenario: &Scenario, messages: u64) -> Vec<Program> {
    const ONE_THREAD: usize = 2;
    let rust = |name, program, files| {
        Program::new(name, files, ONE_THREAD, move |input, out| {
            let mut command = sibling(program)?;
            command.arg(input).arg(out);
            Ok(command)
        })
    };
    let mut peers = vec![
        rust("mail-parser's iterator", "peer_mail_parser", messages),
        // It never gives the last message of a mailbox.
        rust("mbox-reader", "peer_mbox_reader", messages - scenario.mailboxes),
    ];
    if version_of("python3").is_some() {
        let python = Program::new("Python's mailbox", messages, ONE_THREAD, |input, out| {
            let mut command = Command::new("python3");
            command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peer_python.py")).arg(input).arg(out);
            Ok(command)
        });
        // It asks the kernel for its place in the file at every line.
        peers.push(python.untraced());
    }
    // It refuses the From_ lines of a Takeout.
    if scenario.kind == Kind::Mboxrd && version_of("git").is_some() {
        peers.push(Program::new("git mailsplit", messages, ONE_THREAD, |input, out| {
            let mut command = Command::new("git");
            command.args(["mailsplit", "--keep-cr", "--mboxrd"]).arg(format!("-o{}", out.display())).arg(input);
            Ok(command)
        }));
    }
    peers
}
